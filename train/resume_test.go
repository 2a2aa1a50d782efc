package train_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// program is a training with all that has a state: 50 shuffled samples in
// batches of 8 make 7 batches, by 2 four steps an epoch.
type program struct {
	model  *nn.Sequential
	opt    *optim.Adam
	loader *data.Loader[data.Batch]
	sched  *schedule.Schedule
	cfg    train.Config
	losses map[int]float64
}

func newProgram() *program {
	g := tensor.NewGenerator(5)
	x := tensor.Make{Gen: g}.Randn(50, 3)
	y := x.MatMul(tensor.Of([]float32{1, -2, 0.5}, 3, 1))
	p := &program{model: nn.NewSequential(nn.NewLinear(3, 8, nn.Gen(g)), nn.NewDropout(0.3), nn.NewLinear(8, 1, nn.Gen(g))), losses: map[int]float64{}}
	p.opt = optim.NewAdam(nn.Params(p.model), 0.01)
	p.loader = data.NewLoader(data.NewTensors(x, y), data.Config{BatchSize: 8, Shuffle: true, Seed: 3, Workers: 2})
	p.sched = schedule.New(p.opt, schedule.Cosine(12, 0))
	p.cfg = train.Config{Model: p.model, Loss: squared{}, Optimizer: p.opt, Train: p.loader, Epochs: 3, Accumulate: 2,
		StepSchedule: p.sched, Val: points(8, 8), Output: io.Discard,
		OnStep: func(step int, loss *tensor.Tensor) error { p.losses[step] = loss.Float(); return nil }}
	return p
}

// saved is the state of a program.
type saved struct {
	model  *nn.State
	opt    optim.StateDict
	loader data.LoaderState
	sched  schedule.State
	random []byte
	at     train.Position
}

func (p *program) save(r *train.Run) saved {
	return saved{nn.StateDict(p.model).Clone(), p.opt.StateDict(), p.loader.State(), p.sched.StateDict(), tensor.DefaultGenerator().State(), r.Position()}
}

func (p *program) load(t *testing.T, s saved) {
	t.Helper()
	for _, err := range []error{nn.LoadStateDict(p.model, s.model), p.opt.LoadStateDict(s.opt), p.loader.SetState(s.loader),
		p.sched.LoadStateDict(s.sched), tensor.DefaultGenerator().SetState(s.random)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p.cfg.From = s.at
}

// A training goes on from each of its steps and epochs to the same bits, with
// the same losses, in the middle of an epoch too.
func TestResume(t *testing.T) {
	whole := newProgram()
	var states []saved
	whole.cfg.Callbacks = []train.Callback{train.SaveEvery(1, func(r *train.Run) error {
		states = append(states, whole.save(r))
		return nil
	})}
	tensor.ManualSeed(11)
	history, err := train.Fit(t.Context(), whole.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(states) != 3*(4+1) {
		t.Fatalf("%d states were saved", len(states))
	}
	for _, s := range states {
		p := newProgram()
		tensor.ManualSeed(99)
		p.load(t, s)
		rest, err := train.Fit(t.Context(), p.cfg)
		if err != nil {
			t.Fatalf("from %+v: %v", s.at, err)
		}
		if a, b := weights(p.model), weights(whole.model); a != b {
			t.Fatalf("from %+v: the weights are\n%s, want\n%s", s.at, a, b)
		}
		for step, loss := range whole.losses {
			if got := p.losses[step]; step > s.at.Step && got != loss {
				t.Errorf("from %+v: the loss of step %d is %v, want %v", s.at, step, got, loss)
			}
		}
		same(t, s.at, rest, history)
	}
}

// same compares the epochs of a training that went on with those of the whole.
func same(t *testing.T, at train.Position, rest, whole []train.Epoch) {
	t.Helper()
	if len(rest) != len(whole)-at.Epoch {
		t.Fatalf("from %+v: %d epochs", at, len(rest))
	}
	for i, e := range rest {
		w := whole[at.Epoch+i]
		if e.Epoch != w.Epoch || e.Train.Loss != w.Train.Loss || e.Train.Samples != w.Train.Samples || e.Val.Loss != w.Val.Loss {
			t.Errorf("from %+v: got  %+v %+v\nwant %+v %+v", at, e, e.Val, w, w.Val)
		}
	}
}

// A training whose context ends is saved at the step that it reached.
func TestSaveAtTheEnd(t *testing.T) {
	whole := newProgram()
	tensor.ManualSeed(11)
	if _, err := train.Fit(t.Context(), whole.cfg); err != nil {
		t.Fatal(err)
	}
	for _, stop := range []int{1, 4, 6, 12} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p := newProgram()
		var last saved
		saves := 0
		count := p.cfg.OnStep
		p.cfg.OnStep = func(step int, loss *tensor.Tensor) error {
			if step == stop {
				cancel()
			}
			return count(step, loss)
		}
		p.cfg.Callbacks = []train.Callback{train.SaveEvery(0, func(r *train.Run) error { saves++; last = p.save(r); return nil })}
		tensor.ManualSeed(11)
		if _, err := train.Fit(ctx, p.cfg); err == nil {
			t.Fatal("no error")
		}
		if last.at.Step != stop || saves != 1+(stop-1)/4 {
			t.Fatalf("stopped at %d: %d saves, the last %+v", stop, saves, last.at)
		}
		p = newProgram()
		tensor.ManualSeed(99)
		p.load(t, last)
		if _, err := train.Fit(t.Context(), p.cfg); err != nil {
			t.Fatal(err)
		}
		if a, b := weights(p.model), weights(whole.model); a != b {
			t.Fatalf("stopped at %d: the weights are\n%s, want\n%s", stop, a, b)
		}
	}
}

// A context that ends within a step of several batches ends the training after it.
func TestSaveAtTheEndOfAStep(t *testing.T) {
	for batch, want := range map[int]int{1: 1, 2: 1, 3: 1, 4: 2} {
		ctx, cancel := context.WithCancel(t.Context())
		c, steps := config(), 0
		c.Accumulate = 3
		c.Train = &shaky{Batches: c.Train, at: batch, do: func(*data.Batch) error { cancel(); return nil }}
		c.Callbacks = []train.Callback{train.SaveEvery(0, func(r *train.Run) error { steps = r.Position().Step; return nil })}
		if _, err := train.Fit(ctx, c); !errors.Is(err, context.Canceled) || steps != want {
			t.Errorf("batch %d: saved at step %d, want %d; %v", batch, steps, want, err)
		}
	}
}

// Nothing is saved of a training that failed.
func TestNoSaveOfFailures(t *testing.T) {
	for name, change := range map[string]func(c *train.Config){
		"error": func(c *train.Config) {
			c.OnStep = func(int, *tensor.Tensor) error { return fmt.Errorf("lost") }
		},
		"NaN": func(c *train.Config) { c.Loss, c.NaNGuard = scaled{math.NaN()}, true },
	} {
		c := config()
		change(&c)
		c.Callbacks = []train.Callback{train.SaveEvery(100, func(*train.Run) error { t.Errorf("%s: saved", name); return nil })}
		if _, err := train.Fit(t.Context(), c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// In OnStart, the position is the one to go on from.
func TestPositionAtStart(t *testing.T) {
	c := config()
	c.Epochs, c.From = 2, train.Position{Epoch: 1, Batch: 2, Step: 6, Samples: 64, LossSum: 7}
	at := train.Position{}
	c.Callbacks = []train.Callback{train.Hooks{Start: func(r *train.Run) error { at = r.Position(); return train.ErrStop }}}
	if _, err := train.Fit(t.Context(), c); err != nil || at != c.From {
		t.Errorf("%+v, %v", at, err)
	}
}
