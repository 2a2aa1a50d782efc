package train_test

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// newFull is a program with all that Checkpoint saves.
func newFull() *program {
	p := newProgram()
	p.model.Layers = append(p.model.Layers, nn.NewDropout(0.1, nn.Gen(tensor.NewGenerator(8))))
	p.cfg.EpochSchedule = nil
	p.cfg.Plateau = schedule.NewPlateau(p.opt, schedule.Patience(0))
	p.cfg.Scaler = optim.NewGradScaler(optim.InitScale(1<<20), optim.GrowthInterval(3))
	p.cfg.Average = optim.NewEMA(nn.Params(p.model), 0.9)
	p.cfg.Callbacks = []train.Callback{&train.EarlyStopping{Metric: "val/loss", Patience: 50}}
	p.cfg.Epochs = 4
	return p
}

// A program that is stopped again and again ends with the bits of one that is
// not, however often it saves.
func TestCheckpoint(t *testing.T) {
	whole := newFull()
	tensor.ManualSeed(11)
	history, err := train.Fit(t.Context(), whole.cfg)
	if err != nil {
		t.Fatal(err)
	}
	whole.cfg.Average.Swap()
	want := weights(whole.model)
	for _, every := range []int{0, 1, 3} {
		folder, err := run.Open(t.TempDir(), run.Keep(2), run.Best("val/loss", run.Min), run.Output(io.Discard))
		if err != nil {
			t.Fatal(err)
		}
		var last []train.Epoch
		for start := 0; ; start++ {
			p := newFull()
			tensor.ManualSeed(uint64(11 + start)) // only the first start counts
			found, err := p.cfg.Checkpoint(folder, every)
			if err != nil || found != (start > 0) {
				t.Fatalf("start %d: found %v, %v", start, found, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			p.cfg.OnStep = func(step int, _ *tensor.Tensor) error {
				if step == p.cfg.From.Step+1+start%5 {
					cancel()
				}
				return nil
			}
			epochs, err := train.Fit(ctx, p.cfg)
			cancel()
			last = append(last, epochs...)
			if err == nil {
				p.cfg.Average.Swap()
				if got := weights(p.model); got != want {
					t.Fatalf("saved every %d steps, %d starts: the averages are\n%s, want\n%s", every, start, got, want)
				}
				break
			}
			if !errors.Is(err, context.Canceled) || start > 40 {
				t.Fatal(err)
			}
		}
		if len(last) != len(history) {
			t.Fatalf("%d epochs, want %d", len(last), len(history))
		}
		for i, e := range last {
			if e.Train.Loss != history[i].Train.Loss || e.Val.Loss != history[i].Val.Loss {
				t.Errorf("epoch %d: %+v, want %+v", i+1, e, history[i])
			}
		}
		best, ok := folder.BestCheckpoint()
		low := math.Inf(1)
		for _, e := range history {
			low = min(low, e.Val.Loss)
		}
		if !ok || best.Metrics["val/loss"] != low {
			t.Errorf("the best checkpoint is %+v; the lowest loss is %v", best, low)
		}
	}
}

// That an interrupted training could not be saved is an error beside the context's.
func TestInterruptedAndNotSaved(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, full := config(), errors.New("disk full")
	c.OnStep = func(int, *tensor.Tensor) error { cancel(); return nil }
	c.Callbacks = []train.Callback{train.SaveEvery(0, func(*train.Run) error { return full })}
	if _, err := train.Fit(ctx, c); !errors.Is(err, full) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A loss that is lost is named as such, also where a checkpoint comes first.
func TestCheckpointOfNaN(t *testing.T) {
	folder, err := run.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := config()
	c.Loss = scaled{math.NaN()}
	if _, err := c.Checkpoint(folder, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := train.Fit(t.Context(), c); err == nil || !strings.Contains(err.Error(), "the mean training loss is NaN") {
		t.Errorf("%v", err)
	}
	if n := len(folder.List()); n != 0 {
		t.Errorf("%d checkpoints", n)
	}
}

// A validation loss that overflows is no improvement, and can be saved.
func TestCheckpointOfInfinity(t *testing.T) {
	folder, err := run.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := config()
	c.Epochs = 3
	x := tensor.Full(math.Inf(1), 8, 3)
	c.Val = data.NewLoader(data.NewTensors(x, tensor.Zeros(8, 1)), data.Config{BatchSize: 8})
	stop := &train.EarlyStopping{Metric: "val/loss", Patience: 5}
	c.Callbacks = []train.Callback{stop}
	if _, err := c.Checkpoint(folder, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := train.Fit(t.Context(), c); err != nil || stop.State.Seen || stop.State.Bad != 3 {
		t.Errorf("%+v, %v", stop.State, err)
	}
}

// A training that is over, or was stopped early, stays so.
func TestCheckpointOver(t *testing.T) {
	folder, err := run.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for start := range 3 {
		p := newFull()
		p.cfg.Callbacks = []train.Callback{&train.EarlyStopping{Metric: "val/loss", MinDelta: 1e9}}
		if _, err := p.cfg.Checkpoint(folder, 0); err != nil {
			t.Fatal(err)
		}
		history, err := train.Fit(t.Context(), p.cfg)
		if want := []int{2, 0, 0}[start]; err != nil || len(history) != want {
			t.Errorf("start %d: %d epochs, %v", start, len(history), err)
		}
	}
	p := newFull()
	p.cfg.Model = nn.NewLinear(7, 7)
	if _, err := p.cfg.Checkpoint(folder, 0); err == nil {
		t.Error("another model passes")
	}
}
