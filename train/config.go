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

	StepSchedule  *schedule.Schedule // goes on after each step
	EpochSchedule *schedule.Schedule // goes on after each epoch
	Plateau       *schedule.Plateau  // sees the loss on Val, or on Train, after each epoch

	ClipNorm  float64 // the largest 2-norm of all gradients together; 0 is no limit
	ClipValue float64 // the largest absolute value of a gradient's element; 0 is no limit

	// Accumulate is from how many batches a step takes its gradient: that of one
	// batch of all their samples, for a loss that is a mean over samples. The
	// last step of an epoch takes those that are left. 0 is 1.
	Accumulate int

	// Autocast is the dtype of products: tensor.BFloat16, or tensor.Float16,
	// which wants a Scaler. Parameters stay as they are. 0 is without.
	Autocast tensor.DType
	Scaler   *optim.GradScaler

	// Average takes in the parameters after each step, and Val sees the model
	// with the averages in their place.
	Average *optim.Average

	// NaNGuard looks at the loss and the gradients of each batch before the
	// step, and ends Fit with a [*NaNError] at the first that is NaN or infinite.
	NaNGuard bool

	// Loggers get the loss, learning rate, speed and memory every LogSteps steps,
	// and the metrics after each epoch, and what callbacks log. See [Run.Log].
	Loggers  []Logger
	LogSteps int // 0 is 50

	// Callbacks are called in this order, after the loggers and OnStep or OnEpoch.
	Callbacks []Callback

	// From is where a training that was stopped goes on. Model, optimizer,
	// schedules and loader have to be brought to the state of that place.
	From Position

	// OnStep is called after each step of the optimizer, with the loss of its last
	// batch, OnEpoch after each epoch. An error ends Fit; [ErrStop] does so
	// without an error.
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

// ErrStop is what a hook or callback returns to end Fit early, without an error.
// The result of an epoch that is stopped in the middle is lost.
var ErrStop = errors.New("train: stop")

// An Error says where in the training Err happened: an op's *tensor.Error, a
// loader's error, what a hook returned, or the context's reason.
type Error struct {
	Epoch, Batch int // counted from 1
	Step         int // steps that were made before, in all epochs
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

// check panics at a Config that says nothing sensible, and fills in defaults.
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
	c.checkLists()
	if !(c.ClipNorm >= 0 && c.ClipValue >= 0) {
		panic(fmt.Errorf("train: Config.ClipNorm is %v and ClipValue %v; want 0 (no limit) or more", c.ClipNorm, c.ClipValue))
	}
	if c.Accumulate < 0 || c.LogSteps < 0 {
		panic(fmt.Errorf("train: Config.Accumulate is %d and LogSteps %d; want 0 (the default) or more", c.Accumulate, c.LogSteps))
	}
	if p := c.From; p.Epoch < 0 || p.Batch < 0 || p.Step < 0 || p.Samples < 0 {
		panic(fmt.Errorf("train: Config.From is %+v; want numbers of 0 or more", p))
	}
	if c.Output == nil {
		c.Output = os.Stderr
	}
	if c.LogEvery == 0 {
		c.LogEvery = 10 * time.Second
	}
	c.Accumulate = max(c.Accumulate, 1)
	if c.LogSteps == 0 {
		c.LogSteps = 50
	}
}

// checkLists is check of the fields that are slices.
func (c *Config) checkLists() {
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
	for i, l := range c.Loggers {
		if l == nil {
			panic(fmt.Errorf("train: Config.Loggers[%d] is nil", i))
		}
	}
	for i, cb := range c.Callbacks {
		if cb == nil {
			panic(fmt.Errorf("train: Config.Callbacks[%d] is nil", i))
		}
	}
}
