package train

import (
	"errors"
	"slices"
	"time"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train/runlog"
)

// A Callback is called as a training goes on. An error ends it; [ErrStop] does
// so without an error. [Hooks] makes one of functions; a type of one's own embeds
// Hooks and has the methods that it needs.
type Callback interface {
	OnStart(*Run) error // before the first step
	OnStep(*Run) error  // after each step of the optimizer
	OnEpoch(*Run) error // after each epoch, with its validation
	OnEnd(*Run) error   // once, after an error too, if OnStart was called
}

// Hooks are a Callback of functions; nil does nothing.
type Hooks struct {
	Start, Step, Epoch, End func(*Run) error
}

// OnStart calls Start.
func (h Hooks) OnStart(r *Run) error { return call(h.Start, r) }

// OnStep calls Step.
func (h Hooks) OnStep(r *Run) error { return call(h.Step, r) }

// OnEpoch calls Epoch.
func (h Hooks) OnEpoch(r *Run) error { return call(h.Epoch, r) }

// OnEnd calls End.
func (h Hooks) OnEnd(r *Run) error { return call(h.End, r) }

// none is a callback that does nothing, for types that need some of its methods.
type none struct{}

func (none) OnStart(*Run) error { return nil }
func (none) OnStep(*Run) error  { return nil }
func (none) OnEpoch(*Run) error { return nil }
func (none) OnEnd(*Run) error   { return nil }

func call(f func(*Run) error, r *Run) error {
	if f == nil {
		return nil
	}
	return f(r)
}

// A Run is a training in progress, as callbacks see it. It is Fit's: look at it
// only within the call.
type Run struct {
	Model     nn.Layer
	Optimizer optim.Optimizer
	Epoch     int            // counted from 1
	Batch     int            // of the epoch, counted from 1
	Step      int            // how many steps the optimizer has made
	Loss      *tensor.Tensor // of the last batch, on its device
	History   []Epoch        // the last one is, in OnEpoch, the epoch that ended
	Err       error          // in OnEnd, why the training ended early, or nil

	f *fitter
}

// A Position is a place between two steps of a training, to go on from.
type Position struct {
	Epoch   int     `json:"epoch"`    // whole epochs that were done
	Batch   int     `json:"batch"`    // and batches of the one after
	Step    int     `json:"step"`     // steps of the optimizer
	Samples int     `json:"samples"`  // in those batches
	LossSum float64 `json:"loss_sum"` // over those samples
}

// Position returns where the training is, for Config.From of another run of the
// program. It waits for the device. Metrics of an epoch that goes on in the
// middle are of the rest alone.
func (r *Run) Position() Position {
	f := r.f
	switch {
	case f.meter == nil: // in OnStart
		return f.From
	case f.epochDone:
		return Position{Epoch: r.Epoch, Step: r.Step}
	}
	p := Position{Epoch: r.Epoch - 1, Batch: f.done, Step: r.Step}
	if m := f.meter; m.n > 0 {
		p.Samples, p.LossSum = m.n, m.total()
	}
	return p
}

// Value returns a number of the last epoch by its tag: train/loss, val/loss, or
// train/NAME and val/NAME of a metric. ok is false where there is none.
func (r *Run) Value(tag string) (v float64, ok bool) {
	if len(r.History) == 0 {
		return 0, false
	}
	return r.History[len(r.History)-1].Value(tag)
}

// Log gives an event to all loggers. The event's step and epoch are set, if they
// are 0.
func (r *Run) Log(e runlog.Event) error {
	if e.Step == 0 {
		e.Step = r.Step
	}
	if e.Epoch == 0 {
		e.Epoch = r.Epoch
	}
	var errs []error
	for _, l := range r.f.Loggers {
		errs = append(errs, l.Write(e))
	}
	return errors.Join(errs...)
}

// StopAfter is a callback that stops the training after the first step that ends
// d or more after the start.
func StopAfter(d time.Duration) Callback {
	var start time.Time
	return Hooks{
		Start: func(*Run) error { start = time.Now(); return nil },
		Step: func(*Run) error {
			if time.Since(start) >= d {
				return ErrStop
			}
			return nil
		},
	}
}

// SaveEvery is a callback that calls save after every given number of steps, and
// after each epoch, and when the training ends between two of them by ErrStop or
// the end of its context. save stores what is needed to go on: the model, the
// optimizer, the loader's state and [Run.Position]; [Config.Checkpoint] does.
//
//	panics: with an error if steps is negative; 0 is after epochs alone
func SaveEvery(steps int, save func(*Run) error) Callback {
	if steps < 0 {
		panic(errors.New("train: SaveEvery: the number of steps is negative; want 0 (after epochs alone) or more"))
	}
	var saved Position
	store := func(r *Run) error { saved = r.Position(); return save(r) }
	return Hooks{
		Start: func(r *Run) error { saved = r.f.From; return nil },
		Step: func(r *Run) error {
			if steps > 0 && r.Step%steps == 0 {
				return store(r)
			}
			return nil
		},
		Epoch: store,
		End: func(r *Run) error {
			if r.f.between && (r.Err == nil || isContext(r.Err)) && saved != r.Position() {
				return store(r)
			}
			return nil
		},
	}
}

// callbacks are those of the config, with the loggers and hooks as the first.
func (c *Config) callbacks() []Callback {
	var all []Callback
	if len(c.Loggers) > 0 {
		all = append(all, &logging{every: c.LogSteps})
	}
	h := Hooks{}
	if f := c.OnStep; f != nil {
		h.Step = func(r *Run) error { return f(r.Step, r.Loss) }
	}
	if f := c.OnEpoch; f != nil {
		h.Epoch = func(r *Run) error { return f(r.History[len(r.History)-1]) }
	}
	if h.Step != nil || h.Epoch != nil {
		all = append(all, h)
	}
	return slices.Concat(all, c.Callbacks)
}
