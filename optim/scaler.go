package optim

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// A GradScaler keeps the gradients of float16 from vanishing: it scales the
// loss, so that they are large, and unscales them before the step. It skips
// steps whose gradients are Inf or NaN, and lowers the scale then; after many
// good ones it raises it. With bfloat16, whose range is float32's, there is no
// need for one.
//
//	scaler := optim.NewGradScaler()
//	for batch := range batches {
//		opt.ZeroGrad()
//		loss := criterion.Forward(model.Forward(batch.X.Autocast(tensor.Float16)), batch.Y)
//		scaler.Scale(loss).Backward()
//		scaler.Unscale(opt) // only where gradients are looked at, as for clipping
//		optim.ClipGradNorm(nn.Params(model), 1, 2)
//		scaler.Step(opt)
//		scaler.Update()
//	}
//
// source: torch.amp.GradScaler
type GradScaler struct {
	state   ScalerState
	unscale map[Optimizer]bool // those unscaled since the last Update, with whether all is finite
}

// A ScalerState is what a GradScaler needs to go on, with PyTorch's names.
type ScalerState struct {
	Scale    float64 `json:"scale"`
	Growth   float64 `json:"growth_factor"`
	Backoff  float64 `json:"backoff_factor"`
	Interval int     `json:"growth_interval"`
	Good     int     `json:"_growth_tracker"` // updates without Inf or NaN since the last change
}

// A ScalerOption changes a GradScaler.
type ScalerOption func(*ScalerState)

// InitScale is the first scale, 65536 unless given.
func InitScale(v float64) ScalerOption { return func(s *ScalerState) { s.Scale = v } }

// ScaleFactors say by what the scale grows and shrinks, 2 and 0.5 unless given.
func ScaleFactors(growth, backoff float64) ScalerOption {
	return func(s *ScalerState) { s.Growth, s.Backoff = growth, backoff }
}

// GrowthInterval is after how many good updates the scale grows, 2000 unless given.
func GrowthInterval(n int) ScalerOption { return func(s *ScalerState) { s.Interval = n } }

// NewGradScaler returns a scaler.
//
//	panics: with an error unless the scale is more than 0, growth more than 1,
//	backoff between 0 and 1, and the interval 1 or more
func NewGradScaler(opts ...ScalerOption) *GradScaler {
	s := ScalerState{Scale: 65536, Growth: 2, Backoff: 0.5, Interval: 2000}
	for _, o := range opts {
		o(&s)
	}
	if err := s.check(); err != nil {
		panic(fmt.Errorf("optim: GradScaler: %w", err))
	}
	return &GradScaler{state: s, unscale: map[Optimizer]bool{}}
}

func (s ScalerState) check() error {
	switch {
	case !(s.Scale > 0) || math.IsInf(s.Scale, 0):
		return fmt.Errorf("the scale is %v; want more than 0", s.Scale)
	case !(s.Growth > 1):
		return fmt.Errorf("the growth factor is %v; want more than 1", s.Growth)
	case !(s.Backoff > 0 && s.Backoff < 1):
		return fmt.Errorf("the backoff factor is %v; want between 0 and 1", s.Backoff)
	case s.Interval < 1 || s.Good < 0:
		return fmt.Errorf("the growth interval is %d, of which %d are done; want 1 or more, and 0 or more", s.Interval, s.Good)
	}
	return nil
}

// Scale returns loss times the scale, to call Backward on.
func (g *GradScaler) Scale(loss *tensor.Tensor) *tensor.Tensor { return loss.MulScalar(g.state.Scale) }

// Unscale divides the gradients of opt's parameters by the scale, in place.
// Step does so by itself where it was not done.
//
//	panics: with an error if called twice between two Updates
func (g *GradScaler) Unscale(opt Optimizer) {
	if _, twice := g.unscale[opt]; twice {
		panic(errors.New("optim: GradScaler: the gradients are unscaled already; call Update after Step"))
	}
	finite := true
	for _, group := range opt.Groups() {
		for _, p := range group.Params {
			if d := p.Grad(); d != nil {
				d = d.NoGrad().MulScalarInPlace(1 / g.state.Scale)
				finite = finite && d.IsFinite().All().Float() == 1
			}
		}
	}
	g.unscale[opt] = finite
}

// Step calls opt.Step, unless a gradient is Inf or NaN. It reports whether it
// did.
func (g *GradScaler) Step(opt Optimizer) bool {
	if _, done := g.unscale[opt]; !done {
		g.Unscale(opt)
	}
	if !g.unscale[opt] {
		return false
	}
	opt.Step()
	return true
}

// Update sets the scale for the next step.
//
//	panics: with an error if there was no Step or Unscale since the last Update
func (g *GradScaler) Update() {
	if len(g.unscale) == 0 {
		panic(errors.New("optim: GradScaler: there was no Step since the last Update"))
	}
	finite := true
	for _, f := range g.unscale {
		finite = finite && f
	}
	clear(g.unscale)
	s := &g.state
	if !finite {
		s.Scale, s.Good = s.Scale*s.Backoff, 0
		return
	}
	if s.Good++; s.Good == s.Interval {
		s.Scale, s.Good = s.Scale*s.Growth, 0
	}
}

// StateDict returns what LoadStateDict needs.
func (g *GradScaler) StateDict() ScalerState { return g.state }

// LoadStateDict puts the scaler where StateDict was called; an error, and no
// change, if a value is out of range.
func (g *GradScaler) LoadStateDict(s ScalerState) error {
	if err := s.check(); err != nil {
		return fmt.Errorf("optim: GradScaler: %w", err)
	}
	g.state = s
	return nil
}
