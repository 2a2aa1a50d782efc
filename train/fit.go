package train

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// Fit trains cfg.Model and returns what each epoch gave, up to the end or to
// the error, which is an *Error. The model is left in training mode.
//
// Each step takes a batch to the model's device, drops the old gradients, and
// calls Backward and the optimizer; then the schedule. When ctx ends, Fit
// returns after the step in progress, which may take Config.Accumulate batches. It ends with an error if the optimizer has
// none of the model's trainable parameters, and when a training loss has become
// NaN or infinite. What a batch computes lives in a [tensor.Scope]: a layer that
// holds on to a tensor of Forward has to Keep it. As steps do not wait for the
// loss, Fit sees that whenever the progress is shown, and after the epoch, but
// for Config.NaNGuard.
//
//	panics: with an error if a required field is missing or out of range, or
//	a metric is nil or has the name of another
func Fit(ctx context.Context, cfg Config) ([]Epoch, error) {
	cfg.check()
	f := &fitter{Config: cfg, scope: tensor.NewScope(), out: newProgress(cfg.Output, cfg.LogEvery), all: cfg.callbacks()}
	f.run = Run{Model: cfg.Model, Optimizer: cfg.Optimizer, Epoch: cfg.From.Epoch + 1, Step: cfg.From.Step, f: f}
	defer f.out.clear()
	started := 0 // callbacks
	err := f.each(func(cb Callback) error { started++; return cb.OnStart(&f.run) })
	for err == nil && f.run.Epoch <= cfg.Epochs {
		f.out.epoch = fmt.Sprintf("epoch %d/%d", f.run.Epoch, cfg.Epochs)
		if err = f.epoch(ctx); err == nil {
			f.run.Epoch++
		}
	}
	if errors.Is(err, ErrStop) {
		err = nil
	}
	f.run.Err = err
	f.run.Epoch = min(f.run.Epoch, cfg.Epochs)
	f.all = f.all[:started]
	if e := f.end(); e != nil {
		err = errors.Join(err, e) // a state that was not saved on the way out is news
	}
	if err != nil {
		err = &Error{f.run.Epoch, f.run.Batch, f.run.Step, f.val, err}
	}
	return f.run.History, err
}

// fitter is a Fit in progress.
type fitter struct {
	Config
	run   Run
	all   []Callback
	out   *progress
	dev   device.Device // of the model; nil without parameters
	val   bool
	scope *tensor.Scope // of a batch

	meter     *meter // of the pass
	group     group  // of the step
	done      int    // batches of the epoch that were trained
	between   bool   // between two steps: the position is one to go on from
	epochDone bool   // and validated
}

// each calls f for the callbacks, up to an error; misuse of an op is one.
func (f *fitter) each(call func(Callback) error) error {
	var err error
	op := tensor.Try(func() {
		for _, cb := range f.all {
			if err = call(cb); err != nil {
				return
			}
		}
	})
	if err == nil {
		err = op
	}
	return err
}

// end calls all that is to be called at the end, whatever the others return.
func (f *fitter) end() error {
	var errs []error
	all := f.all
	for _, cb := range all {
		f.all = []Callback{cb}
		if err := f.each(func(cb Callback) error { return cb.OnEnd(&f.run) }); !errors.Is(err, ErrStop) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// epoch is one epoch.
func (f *fitter) epoch(ctx context.Context) error {
	e := Epoch{Epoch: f.run.Epoch}
	for _, g := range f.Optimizer.Groups() {
		e.LR = append(e.LR, g.LR)
	}
	start := time.Now()
	f.val, f.epochDone, f.run.Batch, f.done = false, false, 0, 0
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
		v, err := f.validate(ctx)
		if err != nil {
			return err
		}
		e.Val, f.val = &v, false
	}
	e.Seconds = time.Since(start).Seconds()
	f.run.History = append(f.run.History, e)
	f.out.line(e.text(f.Epochs, f.Metrics))
	return f.after(e)
}

// validate looks at Val, with the averages if there are some.
func (f *fitter) validate(ctx context.Context) (Result, error) {
	f.val = true
	nn.Eval(f.Model)
	defer nn.Train(f.Model)
	if f.Average != nil {
		f.Average.Swap()
		defer f.Average.Swap()
	}
	return f.pass(ctx, f.Val, f.evaluate)
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
	f.epochDone, f.between = true, true
	return f.each(func(cb Callback) error { return cb.OnEpoch(&f.run) })
}

// pass goes through all batches; do makes a batch's output and loss known to
// the meter.
func (f *fitter) pass(ctx context.Context, batches Batches, do func(data.Batch) error) (Result, error) {
	f.begin(batches)
	load := ctx
	if !f.val && f.Accumulate > 1 { // a step of several batches is finished, so that there is a place to go on from
		if f.between = true; ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
		load = context.WithoutCancel(ctx)
	}
	for b, err := range batches.All(load) {
		f.run.Batch++
		f.between = false
		if err != nil {
			if isContext(err) {
				f.between = !f.val && f.group.batches == 0 // no batch was taken
			}
			return Result{}, err
		}
		var stop error
		err = tensor.Try(func() {
			defer f.scope.Close()
			if stop = do(f.take(b)); stop == nil && f.out.due() {
				f.out.update(f.meter)
				stop = f.finite()
			}
		})
		if err == nil {
			err = stop
		}
		if err == nil && f.group.batches == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return Result{}, err
		}
	}
	f.between = false
	switch err := f.flush(); {
	case err != nil:
		return Result{}, err
	case f.meter.n == 0:
		return Result{}, errors.New("no samples")
	}
	if err := f.finite(); err != nil {
		return Result{}, err
	}
	return f.meter.result(), ctx.Err()
}

// begin makes a new meter, which goes on where a stopped epoch was.
func (f *fitter) begin(batches Batches) {
	f.meter = newMeter(f.Metrics, batches.Samples())
	f.run.Batch, f.group = 0, group{}
	if p := f.From; !f.val && f.run.Epoch == p.Epoch+1 {
		f.done, f.run.Batch = p.Batch, p.Batch
		f.meter.resume(p)
	}
	f.out.start(batches.Samples(), f.val)
}

// take brings a batch to the model's device and into the scope.
func (f *fitter) take(b data.Batch) data.Batch {
	if f.dev != nil {
		b = b.To(f.dev)
	}
	b.X = f.scope.In(b.X)
	if f.Autocast != 0 {
		b.X = b.X.Autocast(f.Autocast)
	}
	return b
}

// finite is an error if a loss of the training was NaN or infinite: steps after
// it are lost time.
func (f *fitter) finite() error {
	if f.val {
		return nil
	}
	return f.meter.finite()
}

func (f *fitter) evaluate(b data.Batch) error {
	out := f.Model.Forward(b.X.NoGrad())
	f.meter.add(out, f.Loss.Forward(out, b.Y), b)
	return nil
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
