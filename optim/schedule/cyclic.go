package schedule

import "math"

// A CyclicOption changes Cyclic.
type CyclicOption func(*cyclic)

type cyclic struct {
	up, down  int
	scale     func(cycle, k int) float64
	low, high float64
	keep      bool
}

// StepsDown is how many steps the rate falls; as many as it rises unless given.
func StepsDown(n int) CyclicOption { return func(c *cyclic) { c.down = n } }

// Halving halves the height of the peaks with every cycle: PyTorch's triangular2.
func Halving(c *cyclic) {
	c.scale = func(cycle, _ int) float64 { return math.Pow(2, float64(-cycle)) }
}

// Shrinking scales the height by gamma in every step: PyTorch's exp_range.
func Shrinking(gamma float64) CyclicOption {
	return func(c *cyclic) { c.scale = func(_, k int) float64 { return math.Pow(gamma, float64(k)) } }
}

// CyclicMomentum is between which bounds the momentum moves, against the rate;
// 0.8 and 0.9 unless given.
func CyclicMomentum(low, high float64) CyclicOption {
	return func(c *cyclic) { c.low, c.high = low, high }
}

// SteadyMomentum leaves the momentum as it is.
func SteadyMomentum(c *cyclic) { c.keep = true }

// Cyclic rises from low to high in up steps and falls again, over and over,
// while the momentum falls and rises. It does not look at the rate that the
// group started with.
//
//	panics: with an error if up, or the number of steps down, is less than 1
//	source: torch.optim.lr_scheduler.CyclicLR; Smith 2015, arXiv:1506.01186
func Cyclic(low, high float64, up int, opts ...CyclicOption) Curve {
	c := cyclic{up: up, down: up, scale: func(int, int) float64 { return 1 }, low: 0.8, high: 0.9}
	for _, o := range opts {
		o(&c)
	}
	want(c.up >= 1, "Cyclic", "the number of steps up", c.up, "1 or more")
	want(c.down >= 1, "Cyclic", "the number of steps down", c.down, "1 or more")
	curve := Curve{LR: func(k int, _ float64) float64 { return low + (high-low)*c.height(k) }}
	if !c.keep {
		curve.Momentum = func(k int, _ float64) float64 { return c.high - (c.high-c.low)*c.height(k) }
	}
	return curve
}

// height is where between 0 and 1 the wave is after k steps.
func (c *cyclic) height(k int) float64 {
	cycle, at := k/(c.up+c.down), k%(c.up+c.down)
	h := float64(at) / float64(c.up)
	if at > c.up {
		h = float64(c.up+c.down-at) / float64(c.down)
	}
	return h * c.scale(cycle, k)
}
