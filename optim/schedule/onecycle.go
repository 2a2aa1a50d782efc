package schedule

// A OneCycleOption changes OneCycle.
type OneCycleOption func(*oneCycle)

type oneCycle struct {
	rise, div, finalDiv float64
	low, high           float64
	linear, three, keep bool
}

// Rise is the part of the steps in which the rate rises; 0.3 unless given.
// PyTorch calls it pct_start.
func Rise(part float64) OneCycleOption { return func(c *oneCycle) { c.rise = part } }

// DivFactors say that the rate starts at maxLR/div, and ends at
// maxLR/(div·final); 25 and 1e4 unless given.
func DivFactors(div, final float64) OneCycleOption {
	return func(c *oneCycle) { c.div, c.finalDiv = div, final }
}

// MomentumRange is between which bounds the momentum moves, against the rate;
// 0.85 and 0.95 unless given.
func MomentumRange(low, high float64) OneCycleOption {
	return func(c *oneCycle) { c.low, c.high = low, high }
}

// KeepMomentum leaves the momentum as it is.
func KeepMomentum(c *oneCycle) { c.keep = true }

// LinearAnneal moves along lines in place of cosines.
func LinearAnneal(c *oneCycle) { c.linear = true }

// ThreePhase lets the rate fall back to the first one in as many steps as it
// rose, and only then to the last one.
func ThreePhase(c *oneCycle) { c.three = true }

// OneCycle rises to maxLR and falls to next to nothing within the given steps,
// usually all batches of a training run, while the momentum falls and rises.
// It does not look at the rate that the group started with. Beyond the last
// step the rate stays, where PyTorch raises an error.
//
//	panics: with an error if steps < 1, maxLR < 0, a factor is not more than 0,
//	or the rise is not between 0 and 1
//	source: torch.optim.lr_scheduler.OneCycleLR; arXiv:1708.07120
func OneCycle(maxLR float64, steps int, opts ...OneCycleOption) Curve {
	c := oneCycle{rise: 0.3, div: 25, finalDiv: 1e4, low: 0.85, high: 0.95}
	for _, o := range opts {
		o(&c)
	}
	want(steps >= 1, "OneCycle", "the number of steps", steps, "1 or more")
	want(maxLR >= 0, "OneCycle", "the rate", maxLR, "0 or more")
	want(c.div > 0, "OneCycle", "the first factor", c.div, "more than 0")
	want(c.finalDiv > 0, "OneCycle", "the last factor", c.finalDiv, "more than 0")
	want(c.rise >= 0 && c.rise <= 1, "OneCycle", "the rise", c.rise, "0 to 1")
	start, last := maxLR/c.div, maxLR/c.div/c.finalDiv
	curve := Curve{LR: c.along(steps, start, maxLR, last)}
	if !c.keep {
		curve.Momentum = c.along(steps, c.high, c.low, c.high)
	}
	return curve
}

// along moves from start to peak and to last; with three phases, through start.
func (c oneCycle) along(steps int, start, peak, last float64) func(int, float64) float64 {
	move := cosine
	if c.linear {
		move = linear
	}
	type phase struct{ end, from, to float64 }
	n, end := float64(steps), float64(steps-1)
	phases := []phase{{c.rise*n - 1, start, peak}, {end, peak, last}}
	if c.three {
		phases = []phase{{c.rise*n - 1, start, peak}, {2*c.rise*n - 2, peak, start}, {end, start, last}}
	}
	return func(k int, _ float64) float64 {
		x, from := min(float64(k), end), 0.0
		i := 0
		for ; i < len(phases)-1 && x > phases[i].end; i++ {
			from = phases[i].end
		}
		p := phases[i]
		if p.end == from { // a phase of one step
			return p.to
		}
		return move(p.from, p.to, (x-from)/(p.end-from))
	}
}
