package schedule

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/optim"
)

// Plateau lowers the rates when a metric, such as the loss on held-out data,
// has stopped getting better.
//
//	source: torch.optim.lr_scheduler.ReduceLROnPlateau
type Plateau struct {
	groups []*optim.Group
	cfg    plateau
	state  PlateauState
}

// A PlateauState is what a Plateau needs to go on, with PyTorch's names.
type PlateauState struct {
	Steps    int      `json:"last_epoch"`
	Best     *float64 `json:"best"` // nil before the first step
	Bad      int      `json:"num_bad_epochs"`
	Cooldown int      `json:"cooldown_counter"`
}

type plateau struct {
	factor, threshold, eps float64
	patience, cooldown     int
	larger, absolute       bool
	minLR                  []float64
}

// A PlateauOption changes a Plateau.
type PlateauOption func(*plateau)

// Factor is what a rate is multiplied by; 0.1 unless given.
func Factor(f float64) PlateauOption { return func(p *plateau) { p.factor = f } }

// Patience is how many steps without progress are accepted; 10 unless given.
func Patience(steps int) PlateauOption { return func(p *plateau) { p.patience = steps } }

// Cooldown is how many steps after a change do not count as without progress;
// 0 unless given.
func Cooldown(steps int) PlateauOption { return func(p *plateau) { p.cooldown = steps } }

// Threshold is by which part of the best metric a better one must differ; 1e-4
// unless given.
func Threshold(part float64) PlateauOption {
	return func(p *plateau) { p.threshold, p.absolute = part, false }
}

// AbsoluteThreshold is by how much a better metric must differ from the best.
func AbsoluteThreshold(v float64) PlateauOption {
	return func(p *plateau) { p.threshold, p.absolute = v, true }
}

// Larger says that a larger metric is better, as of an accuracy.
func Larger(p *plateau) { p.larger = true }

// MinLR is where a rate stops, for all groups or for each; 0 unless given.
func MinLR(lr ...float64) PlateauOption { return func(p *plateau) { p.minLR = lr } }

// MinChange is the smallest change of a rate that is made; 1e-8 unless given.
// PyTorch calls it eps.
func MinChange(lr float64) PlateauOption { return func(p *plateau) { p.eps = lr } }

// NewPlateau returns a Plateau of opt's groups as they are now.
//
//	panics: with an error if opt is nil, the factor is not in [0, 1), or the number of
//	smallest rates is neither one nor that of the groups
func NewPlateau(opt Grouped, opts ...PlateauOption) *Plateau {
	if opt == nil {
		panic(errors.New("schedule: Plateau: the optimizer is nil"))
	}
	p := &Plateau{groups: slices.Clone(opt.Groups())}
	p.cfg = plateau{factor: 0.1, threshold: 1e-4, eps: 1e-8, patience: 10, minLR: []float64{0}}
	for _, o := range opts {
		o(&p.cfg)
	}
	n := len(p.groups)
	if len(p.cfg.minLR) == 1 {
		p.cfg.minLR = slices.Repeat(p.cfg.minLR, n)
	}
	want(p.cfg.factor >= 0 && p.cfg.factor < 1, "Plateau", "the factor", p.cfg.factor, "0 or more, and less than 1")
	want(len(p.cfg.minLR) == n, "Plateau", "the number of smallest rates", len(p.cfg.minLR), fmt.Sprintf("1 or %d", n))
	return p
}

// Step looks at the metric of one more epoch. NaN is no progress.
func (p *Plateau) Step(metric float64) {
	s := &p.state
	s.Steps++
	best := math.Inf(1)
	if s.Best != nil {
		best = *s.Best
	} else if p.cfg.larger {
		best = math.Inf(-1)
	}
	if p.better(metric, best) {
		s.Best, s.Bad = &metric, 0
	} else {
		s.Bad++
	}
	if s.Cooldown > 0 {
		s.Cooldown--
		s.Bad = 0
	}
	if s.Bad > p.cfg.patience {
		p.lower()
		s.Cooldown, s.Bad = p.cfg.cooldown, 0
	}
}

func (p *Plateau) better(metric, best float64) bool {
	by := p.cfg.threshold
	switch {
	case p.cfg.larger && p.cfg.absolute:
		return metric > best+by
	case p.cfg.larger:
		return metric > best*(1+by)
	case p.cfg.absolute:
		return metric < best-by
	}
	return metric < best*(1-by)
}

func (p *Plateau) lower() {
	for i, g := range p.groups {
		if lr := math.Max(g.LR*p.cfg.factor, p.cfg.minLR[i]); g.LR-lr > p.cfg.eps {
			g.LR = lr
		}
	}
}

// LR returns the rate of each group.
func (p *Plateau) LR() []float64 { return rates(p.groups) }

// StateDict returns what LoadStateDict needs. The rates are the optimizer's.
func (p *Plateau) StateDict() PlateauState {
	s := p.state
	if s.Best != nil {
		best := *s.Best
		s.Best = &best
	}
	return s
}

// LoadStateDict puts the Plateau where StateDict was called. It returns an
// error, and changes nothing, if a count is negative.
func (p *Plateau) LoadStateDict(s PlateauState) error {
	if s.Steps < 0 || s.Bad < 0 || s.Cooldown < 0 {
		return fmt.Errorf("schedule: Plateau: state after %d steps, %d of them bad, %d to cool down; want 0 or more", s.Steps, s.Bad, s.Cooldown)
	}
	p.state = s
	p.state = p.StateDict()
	return nil
}
