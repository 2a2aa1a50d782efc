package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
)

// An LRRange says which learning rates FindLR tries.
type LRRange struct {
	Min, Max float64 // 0 is 1e-7 and 10
	Steps    int     // 0 is 100
}

// An LRCurve is what FindLR saw.
type LRCurve struct {
	LR   []float64 // rising by one factor from step to step
	Loss []float64 // of each step, smoothed
	// Suggestion is the rate where the loss fell fastest, 0 if it never fell.
	Suggestion float64
}

// FindLR trains a little, with a learning rate that rises from step to step, and
// returns the loss at each. It ends when the loss is four times its lowest, or
// no number. Model, optimizer, generators and a *data.Loader are put
// back into the state that they had; cfg's schedules, validation, callbacks,
// loggers, Average and number of epochs do not count.
//
// The loss is smoothed by an exponential average, without its bias: each value
// has 0.95 of the one before.
//
//	errors: those of Fit, and of an LRRange that does not rise
//	panics: as Fit does
//	source: Smith 2015, arXiv:1506.01186 (range test); the smoothing and the limit
//	are those of fastai's lr_find, the steepest slope over log(lr) is its "steep"
func FindLR(ctx context.Context, cfg Config, over LRRange) (*LRCurve, error) {
	cfg.Epochs = math.MaxInt
	cfg.check()
	if err := over.fill(); err != nil {
		return nil, err
	}
	restore := remember(&cfg)
	curve := &LRCurve{}
	f := finder{over: over, curve: curve, cfg: &cfg}
	cfg.Val, cfg.StepSchedule, cfg.EpochSchedule, cfg.Plateau, cfg.Average, cfg.Loggers = nil, nil, nil, nil, nil, nil
	cfg.Metrics, cfg.OnStep, cfg.OnEpoch, cfg.From, cfg.Output, cfg.NaNGuard = nil, nil, nil, Position{}, io.Discard, false
	cfg.Callbacks = []Callback{Hooks{Start: f.start, Step: f.step}}
	_, err := Fit(ctx, cfg)
	if f.over.diverged(curve) { // a loss of no number ends Fit too
		err = nil
	}
	if e := restore(); err == nil {
		err = e
	}
	if err != nil {
		return nil, fmt.Errorf("train: FindLR: %w", err)
	}
	curve.suggest()
	return curve, nil
}

func (r *LRRange) fill() error {
	if r.Min == 0 {
		r.Min = 1e-7
	}
	if r.Max == 0 {
		r.Max = 10
	}
	if r.Steps == 0 {
		r.Steps = 100
	}
	if !(r.Min > 0 && r.Min < r.Max && !math.IsInf(r.Max, 0)) || r.Steps < 2 {
		return fmt.Errorf("train: FindLR from %v to %v in %d steps; want rising rates above 0 and 2 steps or more", r.Min, r.Max, r.Steps)
	}
	return nil
}

// diverged reports whether there is a loss beyond which the curve says nothing.
func (r *LRRange) diverged(c *LRCurve) bool {
	low := math.Inf(1)
	for _, l := range c.Loss {
		if math.IsNaN(l) || math.IsInf(l, 0) || l > 4*low && low > 0 {
			return true
		}
		low = min(low, l)
	}
	return false
}

type finder struct {
	over  LRRange
	curve *LRCurve
	cfg   *Config
	mean  float64 // of the losses, not yet without bias
}

// rate is that of step i, counted from 0.
func (f *finder) rate(i int) float64 {
	return f.over.Min * math.Pow(f.over.Max/f.over.Min, float64(i)/float64(f.over.Steps-1))
}

func (f *finder) start(r *Run) error { f.set(f.rate(0)); return nil }

func (f *finder) set(lr float64) {
	for _, g := range f.cfg.Optimizer.Groups() {
		g.LR = lr
	}
}

// step notes the loss that the last rate began with, and sets the next one.
func (f *finder) step(r *Run) error {
	const beta = 0.95
	n := len(f.curve.LR)
	f.mean = beta*f.mean + (1-beta)*r.Loss.Float()
	f.curve.LR = append(f.curve.LR, f.rate(n))
	f.curve.Loss = append(f.curve.Loss, f.mean/(1-math.Pow(beta, float64(n+1))))
	if n+1 == f.over.Steps || f.over.diverged(f.curve) {
		return ErrStop
	}
	f.set(f.rate(n + 1))
	return nil
}

// suggest looks for the steepest fall per factor of the rate. The end, where the
// loss explodes, is no part of the curve.
func (c *LRCurve) suggest() {
	steepest := 0.0
	for i := 1; i+1 < len(c.LR); i++ {
		slope := (c.Loss[i+1] - c.Loss[i-1]) / math.Log(c.LR[i+1]/c.LR[i-1])
		if slope < steepest {
			steepest, c.Suggestion = slope, c.LR[i]
		}
	}
}

// remember returns a function that puts back what a training changes.
func remember(cfg *Config) (restore func() error) {
	model, opt, rewind := nn.StateDict(cfg.Model).Clone(), cfg.Optimizer.StateDict(), generators(cfg.Model)
	loader, _ := cfg.Train.(interface {
		State() data.LoaderState
		SetState(data.LoaderState) error
	})
	var at data.LoaderState
	if loader != nil {
		at = loader.State()
	}
	var scaler optim.ScalerState
	if cfg.Scaler != nil {
		scaler = cfg.Scaler.StateDict()
	}
	return func() error {
		errs := []error{nn.LoadStateDict(cfg.Model, model), cfg.Optimizer.LoadStateDict(opt), rewind()}
		cfg.Optimizer.ZeroGrad()
		if loader != nil {
			errs = append(errs, loader.SetState(at))
		}
		if cfg.Scaler != nil {
			errs = append(errs, cfg.Scaler.LoadStateDict(scaler))
		}
		return errors.Join(errs...)
	}
}
