package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
)

// A Config says what Fit does. Model, Loss, Optimizer, Train and Epochs are
// required; the zero of every other field is to do without.
type Config struct {
	Model     nn.Layer
	Loss      Loss
	Optimizer optim.Optimizer
	Train     Batches
	Val       Batches // looked at after each epoch, in evaluation mode and without gradients
	Epochs    int
	Metrics   []Metric // of both Train and Val

	StepSchedule  *schedule.Schedule // goes on after each batch
	EpochSchedule *schedule.Schedule // goes on after each epoch
	Plateau       *schedule.Plateau  // sees the loss on Val, or on Train, after each epoch

	ClipNorm  float64 // the largest 2-norm of all gradients together; 0 is no limit
	ClipValue float64 // the largest absolute value of a gradient's element; 0 is no limit

	// OnStep is called after each step of the optimizer, OnEpoch after each
	// epoch. An error ends Fit; [ErrStop] does so without an error.
	OnStep  func(step int, loss *tensor.Tensor) error
	OnEpoch func(Epoch) error

	// Output gets the progress: a bar on a terminal; elsewhere a line each
	// epoch, and one every LogEvery in between. nil is os.Stderr; io.Discard
	// is silence.
	Output   io.Writer
	LogEvery time.Duration // 0 is 10 seconds
}

// A Loss is the mean loss of a batch; those of package nn are.
type Loss interface {
	Forward(x, target *tensor.Tensor) *tensor.Tensor
}

// Batches are an epoch's, again and again; *data.Loader[data.Batch] is.
type Batches interface {
	All(context.Context) iter.Seq2[data.Batch, error]
	Samples() int // of one epoch
}

// ErrStop is what a hook returns to end Fit early, without an error. The result
// of an epoch that OnStep stops is lost.
var ErrStop = errors.New("train: stop")

// An Error says where in the training Err happened: an op's *tensor.Error, a
// loader's error, what a hook returned, or the context's reason.
type Error struct {
	Epoch, Batch int // counted from 1
	Step         int // batches that were trained before, in all epochs
	Val          bool
	Err          error
}

// Error says the place and the reason.
func (e *Error) Error() string {
	phase := ""
	if e.Val {
		phase = "validation "
	}
	return fmt.Sprintf("train: epoch %d, %sbatch %d, step %d: %v", e.Epoch, phase, e.Batch, e.Step, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Fit trains cfg.Model and returns what each epoch gave, up to the end or to
// the error, which is an *Error. The model is left in training mode.
//
// Each step takes a batch to the model's device, drops the old gradients, and
// calls Backward and the optimizer; then the schedule. When ctx ends, Fit
// returns after the step in progress. It ends with an error if the optimizer has
// none of the model's trainable parameters, and when a training loss has become
// NaN or infinite. What a batch computes lives in a [tensor.Scope]: a layer that
// holds on to a tensor of Forward has to Keep it. As steps do not wait for the loss, it sees that whenever the
// progress is shown, and after the epoch.
//
//	panics: with an error if a required field is missing or out of range, or
//	a metric is nil or has the name of another
func Fit(ctx context.Context, cfg Config) ([]Epoch, error) {
	cfg.check()
	f := &fitter{Config: cfg, scope: tensor.NewScope(), out: newProgress(cfg.Output, cfg.LogEvery)}
	defer f.out.clear()
	for f.epoch = 1; f.epoch <= cfg.Epochs; f.epoch++ {
		f.out.epoch = fmt.Sprintf("epoch %d/%d", f.epoch, cfg.Epochs)
		err := f.run(ctx)
		if errors.Is(err, ErrStop) {
			break
		}
		if err != nil {
			return f.history, &Error{f.epoch, f.batch, f.step, f.val, err}
		}
	}
	return f.history, nil
}

func (c *Config) check() {
	for _, f := range []struct {
		missing bool
		name    string
	}{{c.Model == nil, "Model"}, {c.Loss == nil, "Loss"}, {c.Optimizer == nil, "Optimizer"}, {c.Train == nil, "Train"}, {c.Epochs == 0, "Epochs"}} {
		if f.missing {
			panic(fmt.Errorf("train: Config has no %s", f.name))
		}
	}
	if c.Epochs < 0 {
		panic(fmt.Errorf("train: Config.Epochs is %d; want 1 or more", c.Epochs))
	}
	names := map[string]bool{}
	for i, m := range c.Metrics {
		if m == nil {
			panic(fmt.Errorf("train: Config.Metrics[%d] is nil", i))
		}
		if names[m.Name()] {
			panic(fmt.Errorf("train: Config.Metrics has two of the name %q; want one of each", m.Name()))
		}
		names[m.Name()] = true
	}
	if !(c.ClipNorm >= 0 && c.ClipValue >= 0) {
		panic(fmt.Errorf("train: Config.ClipNorm is %v and ClipValue %v; want 0 (no limit) or more", c.ClipNorm, c.ClipValue))
	}
	if c.Output == nil {
		c.Output = os.Stderr
	}
	if c.LogEvery == 0 {
		c.LogEvery = 10 * time.Second
	}
}

type fitter struct {
	Config
	out                *progress
	dev                device.Device // of the model; nil without parameters
	epoch, batch, step int
	val                bool
	scope              *tensor.Scope // of a batch
	history            []Epoch
}

// run is one epoch.
func (f *fitter) run(ctx context.Context) error {
	e := Epoch{Epoch: f.epoch}
	for _, g := range f.Optimizer.Groups() {
		e.LR = append(e.LR, g.LR)
	}
	start := time.Now()
	f.val, f.batch = false, 0
	var unheld error
	err := tensor.Try(func() {
		nn.Train(f.Model)
		unheld = f.find()
	})
	if err == nil {
		err = unheld
	}
	if err != nil {
		return err
	}
	if e.Train, err = f.pass(ctx, f.Train, f.train); err != nil {
		return err
	}
	if f.Val != nil {
		f.val = true
		nn.Eval(f.Model)
		v, err := f.pass(ctx, f.Val, f.evaluate)
		nn.Train(f.Model)
		if err != nil {
			return err
		}
		e.Val = &v
	}
	e.Seconds = time.Since(start).Seconds()
	f.history = append(f.history, e)
	f.out.line(e.text(f.Epochs, f.Metrics))
	return f.after(e)
}

// find looks at the model's parameters. It returns an error if some can be
// trained but the optimizer has none of them, so that training would do nothing.
func (f *fitter) find() error {
	known := map[*tensor.Tensor]bool{}
	for _, g := range f.Optimizer.Groups() {
		for _, p := range g.Params {
			known[p] = true
		}
	}
	trainable, held := 0, 0
	for _, p := range nn.Params(f.Model) {
		f.dev = p.Device()
		if p.RequiresGrad() {
			trainable++
			if known[p] {
				held++
			}
		}
	}
	if trainable > 0 && held == 0 {
		return fmt.Errorf("the optimizer has none of the model's %d trainable parameters; make it from nn.Params(model)", trainable)
	}
	return nil
}

// after is what follows an epoch.
func (f *fitter) after(e Epoch) error {
	if f.EpochSchedule != nil {
		f.EpochSchedule.Step()
	}
	if f.Plateau != nil {
		if e.Val != nil {
			f.Plateau.Step(e.Val.Loss)
		} else {
			f.Plateau.Step(e.Train.Loss)
		}
	}
	if f.OnEpoch != nil {
		return f.OnEpoch(e)
	}
	return nil
}

// pass goes through all batches; do gives a batch's output and loss.
func (f *fitter) pass(ctx context.Context, batches Batches, do func(data.Batch) (out, loss *tensor.Tensor, err error)) (Result, error) {
	m := newMeter(f.Metrics)
	f.batch = 0
	f.out.start(batches.Samples(), f.val)
	for b, err := range batches.All(ctx) {
		f.batch++
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return Result{}, err
		}
		var hook error
		err = tensor.Try(func() {
			defer f.scope.Close()
			if f.dev != nil {
				b = b.To(f.dev)
			}
			b.X = f.scope.In(b.X)
			var out, loss *tensor.Tensor
			if out, loss, hook = do(b); hook == nil {
				m.add(out, loss, b)
				if f.out.due() {
					f.out.update(m)
					hook = f.finite(m)
				}
			}
		})
		if err == nil {
			err = hook
		}
		if err != nil {
			return Result{}, err
		}
	}
	if m.n == 0 {
		return Result{}, errors.New("no samples")
	}
	if err := f.finite(m); err != nil {
		return Result{}, err
	}
	return m.result(), ctx.Err()
}

// finite is an error if a loss of the training was NaN or infinite: steps after
// it are lost time.
func (f *fitter) finite(m *meter) error {
	if f.val {
		return nil
	}
	return m.finite()
}

func (f *fitter) train(b data.Batch) (out, loss *tensor.Tensor, err error) {
	f.Optimizer.ZeroGrad()
	out = f.Model.Forward(b.X)
	loss = f.Loss.Forward(out, b.Y)
	loss.Backward()
	if f.ClipValue > 0 {
		optim.ClipGradValue(nn.Params(f.Model), f.ClipValue)
	}
	if f.ClipNorm > 0 {
		optim.ClipGradNorm(nn.Params(f.Model), f.ClipNorm, 2)
	}
	f.Optimizer.Step()
	f.step++
	if f.StepSchedule != nil {
		f.StepSchedule.Step()
	}
	if f.OnStep != nil {
		err = f.OnStep(f.step, loss.Keep())
	}
	return out, loss, err
}

func (f *fitter) evaluate(b data.Batch) (out, loss *tensor.Tensor, err error) {
	out = f.Model.Forward(b.X.NoGrad())
	return out, f.Loss.Forward(out, b.Y), nil
}
