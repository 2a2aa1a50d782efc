package train_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// squared is the mean of squared errors.
type squared struct{}

func (squared) Forward(x, y *tensor.Tensor) *tensor.Tensor {
	d := x.Sub(y)
	return d.Mul(d).Mean()
}

// points are n samples of y = x·w + 1 in batches of size; the last one is smaller.
func points(n, size int) train.Batches {
	g := tensor.NewGenerator(3)
	x := tensor.Make{Gen: g}.Randn(n, 3)
	y := x.MatMul(tensor.Of([]float32{1, -2, 0.5}, 3, 1)).AddScalar(1)
	return data.NewLoader(data.NewTensors(x, y), data.Config{BatchSize: size})
}

// config trains a line from points.
func config() train.Config {
	m := nn.NewLinear(3, 1, nn.Gen(tensor.NewGenerator(1)))
	return train.Config{Model: m, Loss: squared{}, Optimizer: optim.NewSGD(nn.Params(m), 0.1, optim.Momentum(0.5)),
		Train: points(100, 32), Epochs: 2, Output: io.Discard}
}

func TestFitLearns(t *testing.T) {
	c := config()
	c.Epochs, c.Val = 20, points(10, 4)
	history, err := train.Fit(t.Context(), c)
	if err != nil || len(history) != 20 {
		t.Fatalf("%d epochs, %v", len(history), err)
	}
	last := history[19]
	if last.Epoch != 20 || !(last.Val.Loss < 1e-6) || last.Val.Samples != 10 || last.Train.Samples != 100 || last.LR[0] != 0.1 {
		t.Errorf("the last epoch is %+v", last)
	}
	if !(last.Seconds > 0 && last.Train.SamplesPerSecond > 0 && last.Seconds >= last.Train.Seconds) {
		t.Errorf("the times are %+v", last)
	}
}

// TestFitIsTheLoop holds Fit against the loop by hand: the same batches in the
// same order give the same weights, to the bit, and the same mean loss.
func TestFitIsTheLoop(t *testing.T) {
	c := config()
	history, err := train.Fit(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	hand := config()
	total := 0.0
	for epoch := range hand.Epochs {
		total = 0
		for b, err := range hand.Train.All(t.Context()) {
			if err != nil {
				t.Fatal(epoch, err)
			}
			hand.Optimizer.ZeroGrad()
			loss := squared{}.Forward(hand.Model.Forward(b.X), b.Y)
			loss.Backward()
			hand.Optimizer.Step()
			total += loss.Float() * float64(b.Len())
		}
	}
	w, v := c.Model.(*nn.Linear).Weight, hand.Model.(*nn.Linear).Weight
	if a, b := fmt.Sprint(tensor.Slice[float32](w)), fmt.Sprint(tensor.Slice[float32](v)); a != b {
		t.Errorf("Fit gives %s, the loop %s", a, b)
	}
	if got := history[1].Train.Loss; math.Abs(got-total/100) > 1e-12 {
		t.Errorf("the mean loss is %v; want %v", got, total/100)
	}
}

// shaky fails in the given batch, counted over all epochs, as do says.
type shaky struct {
	train.Batches
	at, seen int
	do       func(b *data.Batch) error
}

func (s *shaky) All(ctx context.Context) iter.Seq2[data.Batch, error] {
	return func(yield func(data.Batch, error) bool) {
		for b, err := range s.Batches.All(ctx) {
			if s.seen++; s.seen == s.at {
				err = s.do(&b)
			}
			if !yield(b, err) {
				return
			}
		}
	}
}

func TestFitErrors(t *testing.T) {
	lost := errors.New("the disk is gone")
	wide := func(b *data.Batch) error { b.X = tensor.Zeros(32, 5); return nil }
	for name, x := range map[string]struct {
		change func(*train.Config)
		want   string // %v is the op's message
		op     bool
	}{
		"an op": {func(c *train.Config) { c.Train = &shaky{Batches: c.Train, at: 6, do: wide} },
			"train: epoch 2, batch 2, step 5: tensor: ", true},
		"an op in validation": {func(c *train.Config) { c.Val = &shaky{Batches: points(64, 32), at: 4, do: wide} },
			"train: epoch 2, validation batch 2, step 8: tensor: ", true},
		"the loader": {func(c *train.Config) {
			c.Train = &shaky{Batches: c.Train, at: 7, do: func(*data.Batch) error { return lost }}
		},
			"train: epoch 2, batch 3, step 6: the disk is gone", false},
		"OnStep": {func(c *train.Config) { c.OnStep = func(step int, _ *tensor.Tensor) error { return lost } },
			"train: epoch 1, batch 1, step 1: the disk is gone", false},
		"OnEpoch": {func(c *train.Config) { c.OnEpoch = func(train.Epoch) error { return lost } },
			"train: epoch 1, batch 4, step 4: the disk is gone", false},
		"no samples": {func(c *train.Config) { c.Val = points(0, 1) },
			"train: epoch 1, validation batch 0, step 4: no samples", false},
		"a loss of many": {func(c *train.Config) { c.Loss = many{} },
			"train: epoch 1, batch 1, step 0: tensor: ", true},
	} {
		t.Run(name, func(t *testing.T) {
			c := config()
			x.change(&c)
			history, err := train.Fit(t.Context(), c)
			var op *tensor.Error
			if err == nil || !strings.HasPrefix(err.Error(), x.want) || errors.As(err, &op) != x.op || !x.op && err.Error() != x.want {
				t.Errorf("got  %v\nwant %s", err, x.want)
			}
			if (strings.Contains(x.want, "epoch 2") || name == "OnEpoch") != (len(history) == 1) {
				t.Errorf("the history has %d epochs", len(history))
			}
		})
	}
}

type many struct{}

func (many) Forward(x, y *tensor.Tensor) *tensor.Tensor { return x.Sub(y) }

func TestOtherPanicsGoOn(t *testing.T) {
	c := config()
	c.OnStep = func(int, *tensor.Tensor) error { panic("a bug") }
	defer func() {
		if r := recover(); r != "a bug" {
			t.Errorf("recovered %v", r)
		}
	}()
	_, _ = train.Fit(t.Context(), c)
}

func TestCancel(t *testing.T) {
	for _, workers := range []int{0, 2} {
		ctx, cancel := context.WithCancel(t.Context())
		c := config()
		c.Train = data.NewLoader(data.NewTensors(tensor.Randn(100, 3), tensor.Zeros(100, 1)), data.Config{BatchSize: 10, Workers: workers})
		steps := 0
		c.OnStep = func(step int, _ *tensor.Tensor) error {
			if steps = step; step == 13 {
				cancel()
			}
			return nil
		}
		history, err := train.Fit(ctx, c)
		var at *train.Error
		if !errors.Is(err, context.Canceled) || !errors.As(err, &at) || at.Epoch != 2 || at.Step != 13 || steps != 13 || len(history) != 1 {
			t.Errorf("%d workers: %d epochs, %d steps, %v", workers, len(history), steps, err)
		}
	}
}

func TestStop(t *testing.T) {
	c := config()
	c.Epochs = 10
	c.OnEpoch = func(e train.Epoch) error {
		if e.Epoch == 3 {
			return train.ErrStop
		}
		return nil
	}
	if history, err := train.Fit(t.Context(), c); err != nil || len(history) != 3 {
		t.Errorf("%d epochs, %v", len(history), err)
	}
}

func TestSchedules(t *testing.T) {
	c := config()
	c.StepSchedule = schedule.New(c.Optimizer, schedule.Exponential(0.5))
	c.OnEpoch = func(e train.Epoch) error {
		if e.Epoch == 2 && e.LR[0] != 0.1/16 { // 4 batches an epoch
			t.Errorf("the rate of epoch 2 is %v", e.LR)
		}
		return nil
	}
	if _, err := train.Fit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	c = config()
	c.Epochs = 4
	c.EpochSchedule = schedule.New(c.Optimizer, schedule.Step(2, 0.1))
	history, err := train.Fit(t.Context(), c)
	if err != nil || history[1].LR[0] != 0.1 || math.Abs(history[2].LR[0]-0.01) > 1e-15 {
		t.Errorf("%+v, %v", history, err)
	}
	for _, val := range []train.Batches{nil, points(10, 10)} {
		c = config()
		c.Loss, c.Val, c.Epochs = flat{}, val, 4
		c.Plateau = schedule.NewPlateau(c.Optimizer, schedule.Patience(1), schedule.Factor(0.5))
		history, err = train.Fit(t.Context(), c)
		if err != nil || history[2].LR[0] != 0.1 || history[3].LR[0] != 0.05 {
			t.Errorf("%+v, %v", history, err)
		}
	}
}

// flat is a loss that never changes.
type flat struct{}

func (flat) Forward(x, y *tensor.Tensor) *tensor.Tensor { return x.MulScalar(0).Sum().AddScalar(1) }

func TestClipping(t *testing.T) {
	grad := func(change func(*train.Config)) (g []float64) {
		c := config()
		c.Loss, c.Epochs = huge{}, 1
		change(&c)
		c.OnStep = func(int, *tensor.Tensor) error {
			m := c.Model.(*nn.Linear)
			g = append(tensor.Slice[float64](m.Weight.Grad()), m.Bias.Grad().Float())
			return train.ErrStop
		}
		if _, err := train.Fit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		return g
	}
	norm := func(g []float64) (s float64) {
		for _, x := range g {
			s += x * x
		}
		return math.Sqrt(s)
	}
	if n := norm(grad(func(*train.Config) {})); n < 100 {
		t.Errorf("the norm without clipping is %v", n)
	}
	if n := norm(grad(func(c *train.Config) { c.ClipNorm = 2 })); math.Abs(n-2) > 1e-5 {
		t.Errorf("the norm is %v; want 2", n)
	}
	for _, x := range grad(func(c *train.Config) { c.ClipValue = 0.5 }) {
		if math.Abs(x) > 0.5 {
			t.Errorf("a gradient is %v; want at most 0.5", x)
		}
	}
}

type huge struct{}

func (huge) Forward(x, y *tensor.Tensor) *tensor.Tensor { return x.Sum().MulScalar(1000) }

// modes is a layer that notes in which mode it runs.
type modes struct {
	Line     *nn.Linear
	Training bool
	seen     *strings.Builder `state:"-"`
}

func (m *modes) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := m.Line.Forward(x)
	fmt.Fprint(m.seen, map[bool]string{true: "train", false: "eval"}[m.Training], y.RequiresGrad(), " ")
	return y
}

func TestModes(t *testing.T) {
	c := config()
	m := &modes{Line: c.Model.(*nn.Linear), seen: &strings.Builder{}}
	c.Model, c.Train, c.Val = m, points(4, 2), points(2, 2)
	if _, err := train.Fit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	const epoch = "traintrue traintrue evalfalse "
	if got := m.seen.String(); got != epoch+epoch {
		t.Errorf("the model saw %s", got)
	}
	if !m.Training {
		t.Error("the model is left in evaluation mode")
	}
}

func TestMisuse(t *testing.T) {
	for want, change := range map[string]func(*train.Config){
		"train: Config has no Model":                 func(c *train.Config) { c.Model = nil },
		"train: Config has no Loss":                  func(c *train.Config) { c.Loss = nil },
		"train: Config has no Optimizer":             func(c *train.Config) { c.Optimizer = nil },
		"train: Config has no Train":                 func(c *train.Config) { c.Train = nil },
		"train: Config has no Epochs":                func(c *train.Config) { c.Epochs = 0 },
		"train: Config.Epochs is -1; want 1 or more": func(c *train.Config) { c.Epochs = -1 },
		"train: Config.Metrics[1] is nil":            func(c *train.Config) { c.Metrics = []train.Metric{train.NewAccuracy(), nil} },
		"train: Config.Metrics has two of the name \"accuracy\"; want one of each": func(c *train.Config) {
			c.Metrics = []train.Metric{train.NewAccuracy(), &constant{}, train.NewAccuracy()}
		},
		"train: Config.ClipNorm is NaN and ClipValue 0; want 0 (no limit) or more": func(c *train.Config) { c.ClipNorm = math.NaN() },
		"train: Config.ClipNorm is -1 and ClipValue 0; want 0 (no limit) or more":  func(c *train.Config) { c.ClipNorm = -1 },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}()
			c := config()
			change(&c)
			_, _ = train.Fit(t.Context(), c)
		}()
	}
}

func TestAccuracy(t *testing.T) {
	a := train.NewAccuracy()
	if a.Value() != 0 {
		t.Errorf("the accuracy of nothing is %v", a.Value())
	}
	a.Add(tensor.Of([]float32{1, 2, 3, 0, 5, 0}, 2, 3), tensor.Of([]int64{2, 0}))
	a.Add(tensor.Of([]float32{9, 0, 0, 0, 1, 0}, 2, 3), tensor.Of([]int64{0, 1}))
	if a.Value() != 0.75 {
		t.Errorf("the accuracy is %v; want 0.75", a.Value())
	}
	a.Reset()
	if a.Value() != 0 {
		t.Errorf("the accuracy after Reset is %v", a.Value())
	}
}

// constant is a metric.
type constant struct{ n int }

func (c *constant) Name() string            { return "batches" }
func (c *constant) Reset()                  { c.n = 0 }
func (c *constant) Add(x, y *tensor.Tensor) { c.n++ }
func (c *constant) Value() float64          { return float64(c.n) }

// TestLines is the output where there is no terminal.
func TestLines(t *testing.T) {
	var out bytes.Buffer
	c := config()
	c.Output, c.Val, c.Metrics = &out, points(64, 32), []train.Metric{&constant{}}
	if _, err := train.Fit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want := `^epoch 1/2  loss [0-9.]+  batches 4.0000  val loss [0-9.]+  val batches 2.0000  [0-9.]+ s  [0-9]+ samples/s
epoch 2/2  loss [0-9.]+  batches 4.0000  val loss [0-9.]+  val batches 2.0000  [0-9.]+ s  [0-9]+ samples/s
$`
	if !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("the output is\n%s", &out)
	}
	out.Reset()
	c.LogEvery, c.Val, c.Epochs = time.Nanosecond, nil, 1
	if _, err := train.Fit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want = `^epoch 1/1  32/100  loss [0-9.e-]+  [0-9]+ samples/s
epoch 1/1  64/100  loss .*
epoch 1/1  96/100  loss .*
epoch 1/1  100/100  loss .*
epoch 1/1  loss [0-9.e-]+  batches 4.0000  [0-9.]+ s  [0-9]+ samples/s
$`
	if !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("the output is\n%s", &out)
	}
}

// TestClassifier learns which of two coordinates is larger, with the losses
// and metrics that a classifier takes.
func TestClassifier(t *testing.T) {
	g := tensor.NewGenerator(5)
	x := tensor.Make{Gen: g}.Randn(256, 2)
	y := x.Select(1, 1).Gt(x.Select(1, 0)).Cast(tensor.Int64)
	m := nn.NewLinear(2, 2, nn.Gen(g))
	history, err := train.Fit(t.Context(), train.Config{Model: m, Loss: nn.NewCrossEntropyLoss(), Optimizer: optim.NewAdam(nn.Params(m), 0.05),
		Train: data.NewLoader(data.NewTensors(x, y), data.Config{BatchSize: 32, Shuffle: true}), Epochs: 40,
		Metrics: []train.Metric{train.NewAccuracy()}, Output: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if last := history[39].Train; last.Metrics["accuracy"] < 0.98 || last.Loss > 0.2 {
		t.Errorf("the last epoch is %+v", last)
	}
}
