package train_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/runlog"
)

func weights(m any) string {
	s := ""
	for name, p := range nn.Params(m) {
		s += fmt.Sprintln(name, tensor.Slice[float32](p))
	}
	return s
}

// recorder notes the calls.
type recorder struct {
	train.Hooks
	calls []string
	fail  string // the call that fails
	with  error
}

func (r *recorder) note(call string, run *train.Run) error {
	r.calls = append(r.calls, fmt.Sprintf("%s %d.%d/%d", call, run.Epoch, run.Batch, run.Step))
	if call == r.fail {
		return r.with
	}
	return nil
}

func (r *recorder) OnStart(run *train.Run) error { return r.note("start", run) }
func (r *recorder) OnStep(run *train.Run) error  { return r.note("step", run) }
func (r *recorder) OnEpoch(run *train.Run) error { return r.note("epoch", run) }
func (r *recorder) OnEnd(run *train.Run) error {
	return r.note(fmt.Sprintf("end(%v)", run.Err), run)
}

func TestCallbackOrder(t *testing.T) {
	lost := errors.New("lost")
	for _, x := range []struct {
		fail string
		with error
		want string
	}{
		{"", nil, "start 1.0/0, step 1.1/1, step 1.2/2, epoch 1.2/2, step 2.1/3, step 2.2/4, epoch 2.2/4, end(<nil>) 2.2/4"},
		{"start", lost, "start 1.0/0, end(lost) 1.0/0"},
		{"start", train.ErrStop, "start 1.0/0, end(<nil>) 1.0/0"},
		{"step", train.ErrStop, "start 1.0/0, step 1.1/1, end(<nil>) 1.1/1"},
		{"step", lost, "start 1.0/0, step 1.1/1, end(lost) 1.1/1"},
		{"epoch", train.ErrStop, "start 1.0/0, step 1.1/1, step 1.2/2, epoch 1.2/2, end(<nil>) 1.2/2"},
		{"epoch", lost, "start 1.0/0, step 1.1/1, step 1.2/2, epoch 1.2/2, end(lost) 1.2/2"},
	} {
		c := config()
		c.Train = points(64, 32)
		r := &recorder{fail: x.fail, with: x.with}
		after := &recorder{}
		c.Callbacks = []train.Callback{r, after}
		_, err := train.Fit(t.Context(), c)
		if got := strings.Join(r.calls, ", "); got != x.want || errors.Is(err, lost) != (x.with == lost) || errors.Is(err, train.ErrStop) {
			t.Errorf("%s: %v\ngot  %s\nwant %s", x.fail, err, got, x.want)
		}
		if x.fail == "start" && len(after.calls) > 0 { // it never started
			t.Errorf("the second callback was called: %v", after.calls)
		}
	}
}

// What OnEnd returns is an error of the training, beside the one that ended it, and
// each callback gets its OnEnd.
func TestEndErrors(t *testing.T) {
	lost := errors.New("lost")
	c := config()
	ended := 0
	end := func(err error) train.Callback {
		return train.Hooks{End: func(*train.Run) error { ended++; return err }}
	}
	c.Callbacks = []train.Callback{end(lost), end(train.ErrStop), end(nil)}
	if _, err := train.Fit(t.Context(), c); !errors.Is(err, lost) || ended != 3 {
		t.Errorf("%v, %d ends", err, ended)
	}
	first := errors.New("first")
	c.OnStep = func(int, *tensor.Tensor) error { return first }
	if _, err := train.Fit(t.Context(), c); !errors.Is(err, first) || !errors.Is(err, lost) {
		t.Errorf("%v", err)
	}
	c = config() // misuse of an op in a callback is an error as everywhere
	c.OnEpoch = func(train.Epoch) error { tensor.Zeros(2).Add(tensor.Zeros(3)); return nil }
	var op *tensor.Error
	if _, err := train.Fit(t.Context(), c); !errors.As(err, &op) {
		t.Errorf("%v", err)
	}
}

// Three batches together make the step of one batch of all their samples, also
// where the last batch of an epoch is smaller.
func TestAccumulate(t *testing.T) {
	for _, n := range []int{96, 90, 50, 10} {
		whole, parts := config(), config()
		whole.Train, parts.Train = points(n, 48), points(n, 16)
		parts.Accumulate = 3
		for _, c := range []*train.Config{&whole, &parts} {
			c.ClipNorm = 0.7
		}
		steps := [2]int{}
		for i, c := range []*train.Config{&whole, &parts} {
			c.OnStep = func(step int, _ *tensor.Tensor) error { steps[i] = step; return nil }
			if _, err := train.Fit(t.Context(), *c); err != nil {
				t.Fatal(err)
			}
		}
		if steps[0] != steps[1] {
			t.Fatalf("%d samples: %d steps and %d", n, steps[0], steps[1])
		}
		w, v := tensor.Slice[float32](whole.Model.(*nn.Linear).Weight), tensor.Slice[float32](parts.Model.(*nn.Linear).Weight)
		for i := range w { // a few float32 roundings a step, of numbers near 1
			if math.Abs(float64(w[i]-v[i])) > 1e-6 {
				t.Errorf("%d samples: the weights are %v and %v", n, w, v)
				break
			}
		}
	}
}

// wrongCount says a number of samples that it does not have.
type wrongCount struct{ train.Batches }

func (wrongCount) Samples() int { return 1000 }

func TestAccumulateRest(t *testing.T) {
	c := config()
	c.Accumulate, c.Epochs, c.Train = 3, 2, wrongCount{points(64, 16)}
	steps := 0
	c.OnStep = func(step int, _ *tensor.Tensor) error { steps = step; return nil }
	if _, err := train.Fit(t.Context(), c); err != nil || steps != 4 {
		t.Errorf("%d steps of 4 batches by 3 in 2 epochs, %v", steps, err)
	}
}

func TestAverage(t *testing.T) {
	c := config()
	c.Average = optim.NewEMA(nn.Params(c.Model), 0.5)
	hand := config()
	ema := optim.NewEMA(nn.Params(hand.Model), 0.5)
	c.Val, hand.Val = points(8, 8), points(8, 8)
	c.Epochs, hand.Epochs = 1, 1
	hand.OnStep = func(int, *tensor.Tensor) error { ema.Update(); return nil }
	got, err := train.Fit(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := train.Fit(t.Context(), hand); err != nil {
		t.Fatal(err)
	}
	if a, b := weights(c.Model), weights(hand.Model); a != b || c.Average.Updates() != 4 {
		t.Errorf("the weights are\n%s, want\n%s", a, b)
	}
	ema.Swap()
	for b := range hand.Val.All(t.Context()) {
		want := squared{}.Forward(hand.Model.Forward(b.X), b.Y).Float()
		if math.Abs(got[0].Val.Loss-want) > 1e-12 {
			t.Errorf("the loss of Val is %v; with the averages it is %v", got[0].Val.Loss, want)
		}
	}
}

func TestMixedPrecision(t *testing.T) {
	c := config()
	c.Epochs, c.Autocast, c.Scaler = 30, tensor.Float16, optim.NewGradScaler(optim.InitScale(1<<30))
	seen := tensor.DType(0)
	c.Callbacks = []train.Callback{train.Hooks{Step: func(r *train.Run) error {
		seen = c.Model.(*nn.Linear).Weight.Grad().DType()
		return nil
	}}}
	c.ClipNorm, c.Accumulate = 100, 2
	history, err := train.Fit(t.Context(), c)
	if err != nil || !(history[29].Train.Loss < 1e-3) || seen != tensor.Float32 {
		t.Errorf("%v, the gradients are %v, the loss is %v", err, seen, history[len(history)-1].Train.Loss)
	}
	if s := c.Scaler.StateDict().Scale; !(s < 1<<30) { // it overflows at first
		t.Errorf("the scale is %v", s)
	}
	c = config()
	c.Autocast = tensor.BFloat16
	c.Model = &dtypes{c.Model, t}
	if _, err := train.Fit(t.Context(), c); err != nil {
		t.Error(err)
	}
}

// dtypes asks for products in half precision.
type dtypes struct {
	Inner nn.Layer
	t     *testing.T
}

func (d *dtypes) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := d.Inner.Forward(x)
	if y.DType() != tensor.BFloat16 {
		d.t.Errorf("a product is %v", y.DType())
	}
	return y
}

// losses gives the loss of validations.
func losses(v ...float64) *fakeMetric { return &fakeMetric{v: v, i: -1} }

type fakeMetric struct {
	v []float64
	i int
}

func (*fakeMetric) Name() string              { return "fake" }
func (m *fakeMetric) Reset()                  { m.i++ }
func (m *fakeMetric) Add(_, _ *tensor.Tensor) {}
func (m *fakeMetric) Value() float64          { return m.v[m.i] }

func TestEarlyStopping(t *testing.T) {
	nan := math.NaN()
	for _, x := range []struct {
		stop   train.EarlyStopping
		values []float64
		epochs int
		best   float64
	}{
		{train.EarlyStopping{Patience: 0}, []float64{3, 2, 2, 1}, 3, 2},
		{train.EarlyStopping{Patience: 1}, []float64{3, 2, 2, 1, 1, 5, 0}, 6, 1},
		{train.EarlyStopping{Patience: 2, MinDelta: 0.5}, []float64{3, 2.6, 2.5, 2.4, 2, 2, 2, 2}, 7, 2.4},
		{train.EarlyStopping{Patience: 1, Max: true}, []float64{1, 2, 3, 2, 2, 5}, 5, 3},
		{train.EarlyStopping{Patience: 1}, []float64{nan, 3, nan, nan, 1}, 4, 3},
		{train.EarlyStopping{Patience: 1}, []float64{math.Inf(1), 3, math.Inf(-1), 2}, 4, 2},
		{train.EarlyStopping{Patience: 1}, []float64{3, 2, 1}, 3, 1},
	} {
		c := config()
		c.Epochs, c.Metrics = len(x.values), []train.Metric{losses(x.values...)}
		x.stop.Metric = "train/fake"
		c.Callbacks = []train.Callback{&x.stop}
		history, err := train.Fit(t.Context(), c)
		if err != nil || len(history) != x.epochs || x.stop.State.Best != x.best {
			t.Errorf("%v: %d epochs, best %v, %v; want %d, %v", x.values, len(history), x.stop.State.Best, err, x.epochs, x.best)
		}
	}
	c := config()
	c.Callbacks = []train.Callback{&train.EarlyStopping{Metric: "val/loss"}}
	const want = `train: epoch 1, batch 4, step 4: early stopping: an epoch has no "val/loss"; it has train/loss`
	if _, err := train.Fit(t.Context(), c); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	c.Callbacks = []train.Callback{&train.EarlyStopping{}}
	if _, err := train.Fit(t.Context(), c); err == nil || !strings.Contains(err.Error(), "want a tag such as val/loss") {
		t.Error(err)
	}
}

func TestStopAfter(t *testing.T) {
	c := config()
	c.Epochs = 1_000_000
	c.Callbacks = []train.Callback{train.StopAfter(20 * time.Millisecond)}
	start := time.Now()
	if _, err := train.Fit(t.Context(), c); err != nil || time.Since(start) < 20*time.Millisecond {
		t.Errorf("stopped after %v, %v", time.Since(start), err)
	}
}

// memory is a logger that keeps events.
type memory struct{ events []runlog.Event }

func (m *memory) Write(e runlog.Event) error { m.events = append(m.events, e); return nil }

func (m *memory) values(tag string) (v []float64) {
	for _, e := range m.events {
		if e.Tag == tag {
			v = append(v, e.Value)
		}
	}
	return v
}

func TestLogging(t *testing.T) {
	c := config()
	c.Val, c.LogSteps = points(8, 8), 3 // of 4 steps an epoch
	c.Model = nn.NewLinear(3, 1, nn.Gen(tensor.NewGenerator(1)))
	c.Optimizer = optim.NewSGD(optim.Tensors(c.Model.(*nn.Linear).Weight), 0.1)
	c.Optimizer.(*optim.SGD).AddGroup(optim.Tensors(c.Model.(*nn.Linear).Bias), optim.LR(0.05))
	var each []float64
	c.OnStep = func(_ int, loss *tensor.Tensor) error { each = append(each, loss.Float()); return nil }
	log := &memory{}
	c.Loggers = []train.Logger{log}
	history, err := train.Fit(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	// Batches are of 32, 32, 32 and 4 samples. Means are of the steps since the
	// last value, and begin anew with an epoch.
	want := []float64{(each[0] + each[1] + each[2]) / 3, each[3], (each[4]*32 + each[5]*32) / 64, (each[6]*32 + each[7]*4) / 36}
	got := log.values("train/loss")
	if len(got) != len(want) {
		t.Fatalf("train/loss is %v, want %v", got, want)
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12 {
			t.Errorf("train/loss is %v, want %v", got, want)
			break
		}
	}
	if v := log.values("lr"); !reflect.DeepEqual(v, []float64{0.1, 0.1}) {
		t.Errorf("lr is %v", v)
	}
	if v := log.values("lr/1"); !reflect.DeepEqual(v, []float64{0.05, 0.05}) {
		t.Errorf("lr/1 is %v", v)
	}
	if v := log.values("val/loss"); !reflect.DeepEqual(v, []float64{history[0].Val.Loss, history[1].Val.Loss}) {
		t.Errorf("val/loss is %v", v)
	}
	for _, tag := range []string{"samples_per_second", "memory_bytes"} {
		if v := log.values(tag); len(v) != 2 || !(v[0] >= 0) { // so small a model needs no buffers
			t.Errorf("%s is %v", tag, v)
		}
	}
	last := log.events[len(log.events)-1]
	if last.Step != 8 || last.Epoch != 2 || last.Kind != runlog.KindScalar {
		t.Errorf("the last event is %+v", last)
	}
}

// A metric that is a matrix, histograms and pictures reach the loggers.
func TestLogOtherKinds(t *testing.T) {
	m := nn.NewLinear(3, 2)
	x, y := tensor.Randn(12, 3), tensor.RandInt(0, 2, 12)
	log := &memory{}
	_, err := train.Fit(t.Context(), train.Config{
		Model: m, Loss: nn.NewCrossEntropyLoss(), Optimizer: optim.NewSGD(nn.Params(m), 0.1), Epochs: 2, Output: &strings.Builder{},
		Train: data.NewLoader(data.NewTensors(x, y), data.Config{BatchSize: 4}), Metrics: []train.Metric{train.NewConfusion(2, "a", "b"), train.NewF1(2, train.Macro)},
		Loggers:   []train.Logger{log},
		Callbacks: []train.Callback{train.LogHistograms(3), train.LogImages("samples", 2, draw)},
	})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range log.events {
		if e.Kind != runlog.KindScalar {
			kinds = append(kinds, fmt.Sprintf("%s %s %d", e.Kind, e.Tag, e.Step))
		}
		if e.Kind == runlog.KindMatrix && (len(e.Matrix.Labels) != 2 || e.Matrix.Rows[0][0]+e.Matrix.Rows[0][1]+e.Matrix.Rows[1][0]+e.Matrix.Rows[1][1] != 12) {
			t.Errorf("the matrix is %+v", e.Matrix)
		}
	}
	epoch := func(step int) string {
		return fmt.Sprintf("histogram weights/weight %d, histogram grads/weight %[1]d, histogram weights/bias %[1]d, histogram grads/bias %[1]d, matrix train/confusion %[1]d", step)
	}
	if got, want := strings.Join(kinds, ", "), epoch(3)+", "+epoch(6)+", image samples 6"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// full is a disk that is.
type full struct{}

func (full) Write(runlog.Event) error { return errors.New("the disk is full") }

func TestLoggerErrors(t *testing.T) {
	c := config()
	c.Loggers = []train.Logger{full{}}
	if _, err := train.Fit(t.Context(), c); err == nil || err.Error() != "train: epoch 1, batch 4, step 4: the disk is full" {
		t.Error(err)
	}
}

func TestConfigMisuse(t *testing.T) {
	for want, change := range map[string]func(*train.Config){
		"train: Config.Accumulate is -1 and LogSteps 0; want 0 (the default) or more":                    func(c *train.Config) { c.Accumulate = -1 },
		"train: Config.Loggers[0] is nil":                                                                func(c *train.Config) { c.Loggers = []train.Logger{nil} },
		"train: Config.Callbacks[0] is nil":                                                              func(c *train.Config) { c.Callbacks = []train.Callback{nil} },
		"train: Config.From is {Epoch:0 Batch:-1 Step:0 Samples:0 LossSum:0}; want numbers of 0 or more": func(c *train.Config) { c.From.Batch = -1 },
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			}()
			c := config()
			change(&c)
			_, _ = train.Fit(context.Background(), c)
		}()
	}
}
