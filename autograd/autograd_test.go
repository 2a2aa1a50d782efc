package autograd_test

import (
	"math"
	"slices"
	"testing"

	"github.com/facula-ml/facula/autograd"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func float64s(v []float64, shape ...int) *tensor.Tensor { return tensor.FromSlice(v, shape) }

// within compares to a bound that rounding in float64 explains.
func within(t *testing.T, what string, got *tensor.Tensor, want []float64, shape ...int) {
	t.Helper()
	if !slices.Equal(got.Shape(), shape) {
		t.Fatalf("%s: shape %v; want %v", what, got.Shape(), shape)
	}
	for i, g := range tensor.Slice[float64](got) {
		if math.Abs(g-want[i]) > 1e-12*max(1, math.Abs(want[i])) {
			t.Errorf("%s: element %d is %v; want %v", what, i, g, want[i])
		}
	}
}

// f(x, w) = (x₀²·w, x₀·x₁, w³), whose derivatives a reader can write down.
func f(in []*tensor.Tensor) *tensor.Tensor {
	x0, x1, w := in[0].Select(0, 0), in[0].Select(0, 1), in[1]
	return tensor.Stack(0, x0.Square().Mul(w), x0.Mul(x1), w.Mul(w).Mul(w))
}

func scalarInputs() []*tensor.Tensor {
	return []*tensor.Tensor{float64s([]float64{2, 5}, 2), tensor.Make{DType: tensor.Float64}.Scalar(3)}
}

func TestJacobian(t *testing.T) {
	j := autograd.Jacobian(f, scalarInputs()...)
	within(t, "J of x", j[0], []float64{2 * 2 * 3, 0, 5, 2, 0, 0}, 3, 2)
	within(t, "J of w", j[1], []float64{4, 0, 27}, 3)
}

func TestProducts(t *testing.T) {
	in := scalarInputs()
	y, g := autograd.VJP(f, float64s([]float64{1, 10, 100}, 3), in...)
	within(t, "f", y, []float64{12, 10, 27}, 3)
	within(t, "vᵀJ of x", g[0], []float64{12 + 50, 20}, 2)
	within(t, "vᵀJ of w", g[1], []float64{4 + 2700})
	y, jv := autograd.JVP(f, []*tensor.Tensor{float64s([]float64{1, 10}, 2), tensor.Make{DType: tensor.Float64}.Scalar(100)}, in...)
	within(t, "f", y, []float64{12, 10, 27}, 3)
	within(t, "Jv", jv, []float64{12 + 400, 5 + 20, 2700}, 3)
}

func TestHessian(t *testing.T) {
	sum := func(in []*tensor.Tensor) *tensor.Tensor { return f(in).Sum() }
	h := autograd.Hessian(sum, scalarInputs()...)
	within(t, "xx", h[0][0], []float64{2 * 3, 1, 1, 0}, 2, 2)
	within(t, "xw", h[0][1], []float64{4, 0}, 2)
	within(t, "wx", h[1][0], []float64{4, 0}, 2)
	within(t, "ww", h[1][1], []float64{18})
	v := []*tensor.Tensor{float64s([]float64{1, 10}, 2), tensor.Make{DType: tensor.Float64}.Scalar(100)}
	y, hv := autograd.HVP(sum, v, scalarInputs()...)
	within(t, "f", y, []float64{49})
	within(t, "Hv of x", hv[0], []float64{6 + 10 + 400, 1}, 2)
	within(t, "Hv of w", hv[1], []float64{4 + 1800})
}

// A function that is linear, or does not depend on an input, has zeros.
func TestConstant(t *testing.T) {
	x := float64s([]float64{1, 2}, 2)
	linear := func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Sum() }
	within(t, "H", autograd.Hessian(linear, x)[0][0], make([]float64, 4), 2, 2)
	constant := func([]*tensor.Tensor) *tensor.Tensor { return float64s([]float64{7}, 1) }
	within(t, "J", autograd.Jacobian(constant, x)[0], make([]float64, 2), 1, 2)
	_, hv := autograd.HVP(linear, []*tensor.Tensor{x}, x)
	within(t, "Hv", hv[0], make([]float64, 2), 2)
}

func TestMisuse(t *testing.T) {
	x := float64s([]float64{1, 2}, 2)
	id := func(in []*tensor.Tensor) *tensor.Tensor { return in[0].MulScalar(2) }
	for _, c := range []struct {
		want string
		call func()
	}{
		{"tensor: hessian: the function is nil", func() { autograd.Hessian(nil, x) }},
		{"tensor: vjp: input 0 is nil", func() { autograd.VJP(id, nil, nil) }},
		{"tensor: autograd []: the function's result is marked NoGrad, by what it reads beside its inputs; Detach that",
			func() {
				autograd.Jacobian(func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Mul(x.NoGrad()) }, x)
			}},
		{"tensor: jacobian: no inputs", func() { autograd.Jacobian(id) }},
		{"tensor: jacobian [2]: input 0 is int64; want a floating-point dtype", func() { autograd.Jacobian(id, tensor.Of([]int64{1, 2})) }},
		{"tensor: hessian [2]: the function's result has 2 elements; want one", func() { autograd.Hessian(id, x) }},
		{"tensor: hvp [2]: 0 directions for 1 inputs; want one each", func() { autograd.HVP(id, nil, x) }},
		{"tensor: jvp [1], [2]: direction 0 is unlike the input", func() { autograd.JVP(id, []*tensor.Tensor{tensor.Ones(1)}, x) }},
		{"tensor: per_sample: no samples", func() { autograd.PerSample(id, nil) }},
		{"tensor: per_sample [2], [3]: the first dims differ; want 2 samples in each", func() { autograd.PerSample(id, nil, x, tensor.Ones(3)) }},
	} {
		if err := tensor.Try(c.call); err == nil || err.Error() != c.want {
			t.Errorf("got %v; want %s", err, c.want)
		}
	}
}

// The mean of the samples' gradients is the gradient of the mean loss.
func TestPerSample(t *testing.T) {
	tensor.ManualSeed(1)
	model := nn.NewSequential(nn.NewLinear(3, 4), nn.NewTanh(), nn.NewLinear(4, 2))
	x, y := tensor.Randn(7, 3), tensor.RandInt(0, 2, 7)
	var params []*tensor.Tensor
	for _, p := range nn.Params(model) {
		params = append(params, p)
	}
	loss := func(in []*tensor.Tensor) *tensor.Tensor {
		return nn.NewCrossEntropyLoss().Forward(model.Forward(in[0]), in[1])
	}
	each := autograd.PerSample(loss, params, x, y)
	loss([]*tensor.Tensor{x, y}).Backward()
	for i, p := range params {
		got, want := tensor.Slice[float64](each[i].Mean(tensor.Dims(0))), tensor.Slice[float64](p.Grad())
		if each[i].Size(0) != 7 {
			t.Fatalf("parameter %d: shape %v; want 7 samples", i, each[i].Shape())
		}
		for k := range want {
			if math.Abs(got[k]-want[k]) > 1e-6 { // float32 sums of 7
				t.Errorf("parameter %d: element %d is %v; want %v", i, k, got[k], want[k])
			}
		}
	}
}

// A checkpointed function has the gradients, and the dropped elements, of the
// plain one, and runs twice.
func TestCheckpoint(t *testing.T) {
	l1, l2, drop := nn.NewLinear(4, 8), nn.NewLinear(8, 4), nn.NewDropout(0.5)
	calls := 0
	inner := func(in []*tensor.Tensor) *tensor.Tensor {
		calls++
		return l2.Forward(drop.Forward(l1.Forward(in[0]).Tanh())).Mul(in[1])
	}
	params := []*tensor.Tensor{l1.Weight, l1.Bias, l2.Weight, l2.Bias}
	x, z := tensor.Randn(3, 4).RequireGrad(), tensor.Randn(3, 4)
	want := append([]*tensor.Tensor{x}, params...)
	run := func(g func() *tensor.Tensor) []*tensor.Tensor {
		tensor.ManualSeed(5)
		y := g()
		tensor.Rand(10) // the generator moves on before the second call
		return append(tensor.Grad([]*tensor.Tensor{y.Square().Sum()}, want), y)
	}
	plain := run(func() *tensor.Tensor { return inner([]*tensor.Tensor{x, z}) })
	calls = 0
	saved := run(func() *tensor.Tensor { return autograd.Checkpoint(inner, params, x, z) })
	if calls != 2 {
		t.Errorf("the function ran %d times; want 2", calls)
	}
	for i := range plain {
		a, b := tensor.Slice[float32](plain[i]), tensor.Slice[float32](saved[i])
		for k := range a {
			if a[k] != b[k] {
				t.Fatalf("tensor %d: element %d is %v; want %v", i, k, b[k], a[k])
			}
		}
	}
}

// Gradients through a checkpoint differentiate again.
func TestCheckpointTwice(t *testing.T) {
	w := float64s([]float64{0.5, -1}, 2).RequireGrad()
	cube := func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Mul(w).Mul(in[0]).Mul(in[0]).Sum() }
	x := float64s([]float64{2, 3}, 2).RequireGrad()
	err := tensor.GradGradCheck(func(in []*tensor.Tensor) []*tensor.Tensor {
		return []*tensor.Tensor{autograd.Checkpoint(cube, []*tensor.Tensor{w}, in[0])}
	}, []*tensor.Tensor{x})
	if err != nil {
		t.Error(err)
	}
	y := autograd.Checkpoint(cube, []*tensor.Tensor{w}, x)
	g := tensor.Grad([]*tensor.Tensor{y}, []*tensor.Tensor{x}, tensor.CreateGraph)[0]
	gw := tensor.Grad([]*tensor.Tensor{g.Sum()}, []*tensor.Tensor{w})[0] // of 3·w·x²
	within(t, "∂²/∂x∂w", gw, []float64{12, 27}, 2)
}
