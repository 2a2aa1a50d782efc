package train_test

import (
	"errors"
	"math"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// fn is a layer of a function.
type fn struct {
	f func(x *tensor.Tensor) *tensor.Tensor
}

func (l *fn) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, l.f(x)) }

// sum is a loss that is the mean of the output.
type sum struct {
	f func(x *tensor.Tensor) *tensor.Tensor
}

func (s sum) Forward(x, y *tensor.Tensor) *tensor.Tensor { return s.f(x).Mean() }

func same1(x *tensor.Tensor) *tensor.Tensor { return x }

// guarded trains linear → middle → linear on ones for a step with the guard.
func guarded(t *testing.T, middle func(x *tensor.Tensor) *tensor.Tensor, change func(*train.Config)) error {
	t.Helper()
	first, last := nn.NewLinear(2, 2), nn.NewLinear(2, 1)
	first.Weight.NoGrad().Fill(1)
	first.Bias.NoGrad().Fill(0)
	model := nn.NewSequential(first, nn.NewSequential(nn.NewIdentity(), &fn{middle}), last)
	c := config()
	c.Model, c.Optimizer, c.Loss, c.NaNGuard = model, optim.NewSGD(nn.Params(model), 0), sum{same1}, true
	c.Train = data.NewLoader(data.NewTensors(tensor.Ones(8, 2), tensor.Ones(8, 1)), data.Config{BatchSize: 4})
	if change != nil {
		change(&c)
	}
	_, err := train.Fit(t.Context(), c)
	return err
}

func TestNaNGuard(t *testing.T) {
	inf := tensor.Scalar(math.Inf(1))
	neverNaN := func(x *tensor.Tensor) *tensor.Tensor { // a mask has infinities that are meant
		return x.MaskedFill(x.Eq(x), math.Inf(-1)).Exp().Add(x)
	}
	for name, x := range map[string]struct {
		middle func(x *tensor.Tensor) *tensor.Tensor
		change func(*train.Config)
		want   string
	}{
		"forward": {func(x *tensor.Tensor) *tensor.Tensor { return x.Neg().Log() }, nil,
			"the loss is NaN or infinite: the first was made by log in layer 1.1 (*train_test.fn) from finite numbers"},
		"overflow, then NaN": {func(x *tensor.Tensor) *tensor.Tensor { y := x.MulScalar(1000).Exp(); return y.Sub(y) }, nil,
			"the loss is NaN or infinite: the first was made by exp in layer 1.1 (*train_test.fn) from finite numbers"},
		"infinity": {func(x *tensor.Tensor) *tensor.Tensor { return x.MulScalar(1000).Exp() }, nil,
			"the loss is NaN or infinite: the first was made by exp in layer 1.1 (*train_test.fn) from finite numbers"},
		"a mask before it": {func(x *tensor.Tensor) *tensor.Tensor { return neverNaN(x).Neg().Sqrt() }, nil,
			"the loss is NaN or infinite: the first was made by sqrt in layer 1.1 (*train_test.fn) from finite numbers"},
		"backward": {func(x *tensor.Tensor) *tensor.Tensor { return x.Sub(x).Sqrt() }, nil,
			"gradients are NaN or infinite: the first was made by div backward in layer 1.1 (*train_test.fn) from finite numbers"},
		"the loss": {same1, func(c *train.Config) {
			c.Loss = sum{func(x *tensor.Tensor) *tensor.Tensor { return x.Abs().Neg().SubScalar(1).Log() }}
		},
			"the loss is NaN or infinite: the first was made by log from finite numbers"},
		"input": {same1, func(c *train.Config) {
			c.Train = data.NewLoader(data.NewTensors(tensor.Ones(8, 2).Mul(inf), tensor.Ones(8, 1)), data.Config{BatchSize: 4})
		}, "the loss is NaN or infinite: the batch's input was not finite before the step"},
		"target": {same1, func(c *train.Config) {
			c.Loss = squared{}
			c.Train = data.NewLoader(data.NewTensors(tensor.Ones(8, 2), tensor.Ones(8, 1).Mul(inf)), data.Config{BatchSize: 4})
		}, "the loss is NaN or infinite: the batch's target was not finite before the step"},
		"parameter": {same1, func(c *train.Config) {
			c.Model.(*nn.Sequential).Layers[0].(*nn.Linear).Bias.NoGrad().Fill(math.NaN())
		}, "the loss is NaN or infinite: parameter 0.bias was not finite before the step"},
		"nothing": {neverNaN, nil, ""},
	} {
		err := guarded(t, x.middle, x.change)
		if x.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var nan *train.NaNError
		want := "train: epoch 1, batch 1, step 0: " + x.want
		if !errors.As(err, &nan) || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", name, err, want)
		}
	}
}

// A step with dropout is run again with the same numbers dropped.
func TestNaNGuardRepeatsDropout(t *testing.T) {
	tensor.ManualSeed(4)
	err := guarded(t, func(x *tensor.Tensor) *tensor.Tensor {
		drop := nn.NewDropout(0.05) // in a training some step drops one of the 8
		y := drop.Forward(x)
		return y.Add(y.Eq(tensor.Scalar(float32(0))).Cast(tensor.Float32).MulScalar(-10)).Log()
	}, func(c *train.Config) { c.Epochs = 100 })
	var nan *train.NaNError
	if !errors.As(err, &nan) || nan.Op != "log" || nan.Layer != "1.1 (*train_test.fn)" {
		t.Errorf("%v", err)
	}
}

// The guard changes no bit of a training that goes well, and leaves alone the
// steps that a scaler skips.
func TestNaNGuardIsQuiet(t *testing.T) {
	a, b := newProgram(), newProgram()
	b.cfg.NaNGuard = true
	for _, p := range []*program{a, b} {
		tensor.ManualSeed(11)
		if _, err := train.Fit(t.Context(), p.cfg); err != nil {
			t.Fatal(err)
		}
	}
	if weights(a.model) != weights(b.model) {
		t.Error("the guard changes the weights")
	}
	c := config()
	c.Autocast, c.Scaler, c.NaNGuard = tensor.Float16, optim.NewGradScaler(optim.InitScale(1<<40)), true
	if _, err := train.Fit(t.Context(), c); err != nil {
		t.Error(err)
	}
}
