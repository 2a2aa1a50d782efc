package train_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

func openRun(t *testing.T) *run.Folder {
	t.Helper()
	folder, err := run.Open(t.TempDir(), run.Keep(1), run.Output(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// brokenLoss is NaN once.
type brokenLoss struct{ batch, at int }

func (l *brokenLoss) Forward(x, y *tensor.Tensor) *tensor.Tensor {
	loss := nn.NewMSELoss().Forward(x, y)
	if l.batch++; l.batch == l.at {
		return loss.MulScalar(math.NaN())
	}
	return loss
}

// A model that NaN has spoilt does not push out a good checkpoint.
func TestCheckpointNaN(t *testing.T) {
	folder := openRun(t)
	p := newFull()
	p.cfg.Loss = &brokenLoss{at: 3} // in the second step
	if _, err := p.cfg.Checkpoint(folder, 1); err != nil {
		t.Fatal(err)
	}
	_, err := train.Fit(t.Context(), p.cfg)
	if err == nil || !strings.Contains(err.Error(), "the mean training loss is NaN") {
		t.Errorf("the error is %v", err)
	}
	if list := folder.List(); len(list) != 1 || list[0].Step != 1 {
		t.Errorf("the checkpoints are %+v; want that of step 1", list)
	}
}

// unbounded is a metric that JSON cannot write.
type unbounded struct{}

func (unbounded) Name() string            { return "unbounded" }
func (unbounded) Reset()                  {}
func (unbounded) Add(_, _ *tensor.Tensor) {}
func (unbounded) Value() float64          { return math.Inf(1) }

// A metric without bounds stops a training early, but does not keep it from
// being saved.
func TestCheckpointInfinity(t *testing.T) {
	for _, larger := range []bool{false, true} {
		folder := openRun(t)
		p := newFull()
		p.cfg.Metrics = []train.Metric{unbounded{}}
		p.cfg.Callbacks = []train.Callback{&train.EarlyStopping{Metric: "val/unbounded", Max: larger, Patience: 1}}
		if _, err := p.cfg.Checkpoint(folder, 0); err != nil {
			t.Fatal(err)
		}
		if history, err := train.Fit(t.Context(), p.cfg); err != nil || len(history) != 2 || folder.List()[0].Epoch != 2 {
			t.Errorf("%d epochs, checkpoints %+v, %v", len(history), folder.List(), err)
		}
	}
}

// stateless is a loader that cannot go on in the middle of an epoch.
type stateless struct{ train.Batches }

func (s stateless) All(ctx context.Context) iter.Seq2[data.Batch, error] { return s.Batches.All(ctx) }

// Without the position of its data, a training goes on from whole epochs alone.
func TestCheckpointWithoutPosition(t *testing.T) {
	folder := openRun(t)
	for _, stop := range []int{6, 0} {
		p := newFull()
		p.cfg.Train = stateless{p.cfg.Train}
		if _, err := p.cfg.Checkpoint(folder, 0); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		steps := 0
		p.cfg.OnStep = func(step int, _ *tensor.Tensor) error {
			if steps = step; step == stop {
				cancel()
			}
			return nil
		}
		_, err := train.Fit(ctx, p.cfg)
		cancel()
		if stop > 0 {
			if list := folder.List(); !errors.Is(err, context.Canceled) || len(list) != 1 || list[0].Step != 4 {
				t.Fatalf("stopped in the second epoch: %+v, %v; want the checkpoint of the first, at step 4", list, err)
			}
		} else if err != nil || steps != 16 {
			t.Errorf("%d steps, %v; want 16", steps, err)
		}
	}
	defer func() {
		if s, ok := recover().(error); !ok || !strings.Contains(s.Error(), "has no State and SetState") {
			t.Errorf("saving within epochs gives %v", s)
		}
	}()
	p := newFull()
	p.cfg.Train = stateless{p.cfg.Train}
	p.cfg.Checkpoint(folder, 1)
}

// Other callbacks may come and go between two starts.
func TestCheckpointOtherCallbacks(t *testing.T) {
	folder := openRun(t)
	for i := range 2 {
		p := newFull()
		p.cfg.Epochs = 1 + i
		if i == 1 {
			p.cfg.Callbacks = append([]train.Callback{train.Hooks{}}, p.cfg.Callbacks...)
		}
		if _, err := p.cfg.Checkpoint(folder, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := train.Fit(t.Context(), p.cfg); err != nil {
			t.Fatal(err)
		}
	}
}
