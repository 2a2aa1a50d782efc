package nn_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// toTensor is a golden tensor as one of ours.
func toTensor(g *golden.Tensor) *tensor.Tensor {
	t := tensor.FromSlice(g.Data, g.Shape)
	switch g.DType {
	case "float32":
		return t.Cast(tensor.Float32)
	case "bool":
		return t.Cast(tensor.Bool)
	case "int64":
		return t.Cast(tensor.Int64)
	}
	return t
}

// relative is the bound of |ours - PyTorch's| in float64, relative to the
// value and to 1: sums of up to a hundred products in another order.
const relative = 1e-12

// near compares t with PyTorch's values.
func near(t *testing.T, what string, got *tensor.Tensor, want *golden.Tensor, tol float64) {
	t.Helper()
	if got == nil || want == nil {
		if (got == nil) != (want == nil) {
			t.Errorf("%s: got %v, PyTorch has %v", what, got, want)
		}
		return
	}
	if fmt.Sprint(got.Shape()) != fmt.Sprint(want.Shape) || got.DType().String() != want.DType {
		t.Errorf("%s: %v %v; PyTorch has %s %v", what, got.DType(), got.Shape(), want.DType, want.Shape)
		return
	}
	for i, v := range tensor.Slice[float64](got) {
		w := want.Data[i]
		if v != w && !(math.IsNaN(v) && math.IsNaN(w)) && !(math.Abs(v-w) <= tol*(1+math.Abs(w))) {
			t.Errorf("%s: element %d is %v; PyTorch has %v", what, i, v, w)
			return
		}
	}
}

type moduleCase struct {
	Name, Module string
	Args         map[string]any
	Seed         uint64
	State        golden.State
	Load         golden.State
	Layers       []struct {
		Module string
		Args   map[string]any
	}
	Calls []struct {
		Training                             bool
		Draw                                 *uint64
		Input, Output, Cotangent, Grad_Input *golden.Tensor
		Grads, Buffers                       golden.State
	}
}

// Every layer has PyTorch's state names, its initial values to the bit, and in
// float64 its outputs, gradients and buffers.
func TestModules(t *testing.T) {
	var file struct{ Cases []moduleCase }
	golden.Read(t, "testdata/modules.json", &file)
	if len(file.Cases) < 60 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) { c.run(t) })
	}
}

func (c *moduleCase) run(t *testing.T) {
	m := c.build(nn.Gen(tensor.NewGenerator(c.Seed)))
	state := nn.StateDict(m)
	if got, want := fmt.Sprint(state.Names()), fmt.Sprint(namesOf(c.State)); got != want {
		t.Fatalf("state names %s; want %s", got, want)
	}
	for _, s := range c.State {
		near(t, "initial "+s.Name, state.Get(s.Name), s.Tensor, 0)
	}
	if t.Failed() {
		return
	}
	nn.Cast(m, tensor.Float64)
	load := &nn.State{}
	for _, s := range c.Load {
		load.Set(s.Name, toTensor(s.Tensor))
	}
	if err := nn.LoadStateDict(m, load, nn.NonStrict(nil)); err != nil {
		t.Fatal(err)
	}
	for i, call := range c.Calls {
		nn.Eval(m)
		if call.Training {
			nn.Train(m)
		}
		nn.ZeroGrad(m)
		x := toTensor(call.Input)
		if x.DType().IsFloat() {
			x.RequireGrad()
		}
		if call.Draw != nil {
			tensor.ManualSeed(*call.Draw)
		}
		y := m.Forward(x)
		at := func(what string) string { return fmt.Sprintf("call %d: %s", i, what) }
		near(t, at("output"), y, call.Output, relative)
		if y.RequiresGrad() {
			y.Backward(tensor.Seed(toTensor(call.Cotangent)))
		}
		tol := relative
		if c.Module == "Hardsigmoid" {
			tol = 1.0 / (1 << 24) // PyTorch's 1/6 in its gradient is that of float32
		}
		near(t, at("gradient of the input"), x.Grad(), call.Grad_Input, tol)
		params := map[string]*tensor.Tensor{}
		for name, p := range nn.Params(m) {
			params[name] = p
		}
		if len(params) != len(call.Grads) {
			t.Errorf("call %d: %d parameters; PyTorch has %d", i, len(params), len(call.Grads))
		}
		for _, g := range call.Grads {
			near(t, at("gradient of "+g.Name), params[g.Name].Grad(), g.Tensor, relative)
		}
		state := nn.StateDict(m)
		for _, b := range call.Buffers {
			near(t, at(b.Name), state.Get(b.Name), b.Tensor, relative)
		}
	}
}

func namesOf(s golden.State) []string {
	out := []string{}
	for _, n := range s {
		out = append(out, n.Name)
	}
	return out
}

// build makes the layer with PyTorch's arguments.
func (c *moduleCase) build(g nn.GenOption) nn.Layer {
	if c.Layers == nil {
		return build(c.Module, c.Args, g)
	}
	s := nn.NewSequential()
	for _, l := range c.Layers {
		s.Layers = append(s.Layers, build(l.Module, l.Args, g))
	}
	return s
}

// arguments are PyTorch's keyword arguments.
type arguments map[string]any

func (a arguments) int(name string) int { return int(a[name].(float64)) }

func (a arguments) ints(name string) []int {
	if v, ok := a[name].(float64); ok {
		return []int{int(v)}
	}
	var out []int
	for _, v := range a[name].([]any) {
		out = append(out, int(v.(float64)))
	}
	return out
}

func (a arguments) is(name string, v any) bool { x, ok := a[name]; return ok && x == v }

// add appends the option that f makes if the argument is given.
func add[O any](a arguments, opts []O, name string, f func() O) []O {
	if _, ok := a[name]; ok {
		opts = append(opts, f())
	}
	return opts
}

func build(module string, args map[string]any, g nn.GenOption) nn.Layer {
	a := arguments(args)
	switch module {
	case "Linear":
		opts := []nn.LinearOption{g}
		if a.is("bias", false) {
			opts = append(opts, nn.NoBias)
		}
		return nn.NewLinear(a.int("in_features"), a.int("out_features"), opts...)
	case "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d":
		return buildConv(module, a, g)
	case "MaxPool1d", "MaxPool2d", "MaxPool3d":
		return buildMaxPool(module, a)
	case "AvgPool1d", "AvgPool2d", "AvgPool3d":
		return buildAvgPool(module, a)
	case "BatchNorm1d":
		return nn.NewBatchNorm1d(a.int("num_features"), batchNormOptions(a)...)
	case "BatchNorm2d":
		return nn.NewBatchNorm2d(a.int("num_features"), batchNormOptions(a)...)
	case "LayerNorm":
		var opts []nn.LayerNormOption
		opts = add(a, opts, "eps", func() nn.LayerNormOption { return nn.Eps(a["eps"].(float64)) })
		opts = add(a, opts, "elementwise_affine", func() nn.LayerNormOption { return nn.NoAffine })
		opts = add(a, opts, "bias", func() nn.LayerNormOption { return nn.NoBias })
		return nn.NewLayerNorm(a.ints("normalized_shape"), opts...)
	case "Embedding":
		opts := []nn.EmbeddingOption{g}
		opts = add(a, opts, "padding_idx", func() nn.EmbeddingOption { return nn.PaddingIndex(a.int("padding_idx")) })
		return nn.NewEmbedding(a.int("num_embeddings"), a.int("embedding_dim"), opts...)
	case "Flatten":
		var opts []nn.FlattenOption
		opts = add(a, opts, "start_dim", func() nn.FlattenOption { return nn.StartDim(a.int("start_dim")) })
		opts = add(a, opts, "end_dim", func() nn.FlattenOption { return nn.EndDim(a.int("end_dim")) })
		return nn.NewFlatten(opts...)
	}
	if l := buildVision(module, a, g); l != nil {
		return l
	}
	if l := buildSmall(module, a); l != nil {
		return l
	}
	return buildActivation(module, a)
}

func buildActivation(module string, a arguments) nn.Layer {
	switch module {
	case "ReLU":
		return nn.NewReLU()
	case "LeakyReLU":
		return nn.NewLeakyReLU(add(a, nil, "negative_slope", func() nn.LeakyReLUOption { return nn.NegativeSlope(a["negative_slope"].(float64)) })...)
	case "GELU":
		if a.is("approximate", "tanh") {
			return nn.NewGELU(nn.ApproximateTanh)
		}
		return nn.NewGELU()
	case "SiLU":
		return nn.NewSiLU()
	case "Sigmoid":
		return nn.NewSigmoid()
	case "Tanh":
		return nn.NewTanh()
	case "Softplus":
		var opts []nn.SoftplusOption
		opts = add(a, opts, "beta", func() nn.SoftplusOption { return nn.Beta(a["beta"].(float64)) })
		opts = add(a, opts, "threshold", func() nn.SoftplusOption { return nn.LinearAbove(a["threshold"].(float64)) })
		return nn.NewSoftplus(opts...)
	case "Softmax":
		return nn.NewSoftmax(a.int("dim"))
	case "LogSoftmax":
		return nn.NewLogSoftmax(a.int("dim"))
	}
	panic("unknown module " + module)
}

func buildConv(module string, a arguments, g nn.GenOption) nn.Layer {
	opts := []nn.ConvOption{g}
	opts = add(a, opts, "stride", func() nn.ConvOption { return nn.Stride(a.ints("stride")...) })
	opts = add(a, opts, "dilation", func() nn.ConvOption { return nn.Dilation(a.ints("dilation")...) })
	opts = add(a, opts, "groups", func() nn.ConvOption { return nn.Groups(a.int("groups")) })
	if a.is("padding", "same") {
		opts = append(opts, nn.SamePadding)
	} else {
		opts = add(a, opts, "padding", func() nn.ConvOption { return nn.Padding(a.ints("padding")...) })
	}
	opts = add(a, opts, "padding_mode", func() nn.ConvOption { return nn.PaddingMode(a["padding_mode"].(string)) })
	opts = add(a, opts, "output_padding", func() nn.ConvOption { return nn.OutputPadding(a.ints("output_padding")...) })
	if a.is("bias", false) {
		opts = append(opts, nn.NoBias)
	}
	in, out, k := a.int("in_channels"), a.int("out_channels"), a.ints("kernel_size")
	switch {
	case module == "ConvTranspose1d":
		return nn.NewConvTranspose1d(in, out, k[0], opts...)
	case module == "ConvTranspose2d" && len(k) == 1:
		return nn.NewConvTranspose2d(in, out, k[0], opts...)
	case module == "ConvTranspose2d":
		return nn.NewConvTranspose2d(in, out, [2]int(k), opts...)
	case module == "ConvTranspose3d" && len(k) == 1:
		return nn.NewConvTranspose3d(in, out, k[0], opts...)
	case module == "ConvTranspose3d":
		return nn.NewConvTranspose3d(in, out, [3]int(k), opts...)
	case module == "Conv1d":
		return nn.NewConv1d(in, out, k[0], opts...)
	case module == "Conv2d" && len(k) == 1:
		return nn.NewConv2d(in, out, k[0], opts...)
	case module == "Conv2d":
		return nn.NewConv2d(in, out, [2]int(k), opts...)
	case len(k) == 1:
		return nn.NewConv3d(in, out, k[0], opts...)
	}
	return nn.NewConv3d(in, out, [3]int(k), opts...)
}

func buildMaxPool(module string, a arguments) nn.Layer {
	var opts []nn.MaxPoolOption
	opts = add(a, opts, "stride", func() nn.MaxPoolOption { return nn.Stride(a.ints("stride")...) })
	opts = add(a, opts, "padding", func() nn.MaxPoolOption { return nn.Padding(a.ints("padding")...) })
	opts = add(a, opts, "dilation", func() nn.MaxPoolOption { return nn.Dilation(a.ints("dilation")...) })
	opts = add(a, opts, "ceil_mode", func() nn.MaxPoolOption { return nn.CeilMode })
	k := a.ints("kernel_size")
	switch {
	case module == "MaxPool1d":
		return nn.NewMaxPool1d(k[0], opts...)
	case module == "MaxPool2d" && len(k) == 1:
		return nn.NewMaxPool2d(k[0], opts...)
	case module == "MaxPool2d":
		return nn.NewMaxPool2d([2]int(k), opts...)
	case len(k) == 1:
		return nn.NewMaxPool3d(k[0], opts...)
	}
	return nn.NewMaxPool3d([3]int(k), opts...)
}

func buildAvgPool(module string, a arguments) nn.Layer {
	var opts []nn.AvgPoolOption
	opts = add(a, opts, "stride", func() nn.AvgPoolOption { return nn.Stride(a.ints("stride")...) })
	opts = add(a, opts, "padding", func() nn.AvgPoolOption { return nn.Padding(a.ints("padding")...) })
	opts = add(a, opts, "ceil_mode", func() nn.AvgPoolOption { return nn.CeilMode })
	opts = add(a, opts, "divisor_override", func() nn.AvgPoolOption { return nn.Divisor(a.int("divisor_override")) })
	if a.is("count_include_pad", false) {
		opts = append(opts, nn.ExcludePad)
	}
	k := a.ints("kernel_size")
	switch {
	case module == "AvgPool1d":
		return nn.NewAvgPool1d(k[0], opts...)
	case module == "AvgPool2d" && len(k) == 1:
		return nn.NewAvgPool2d(k[0], opts...)
	case module == "AvgPool2d":
		return nn.NewAvgPool2d([2]int(k), opts...)
	case len(k) == 1:
		return nn.NewAvgPool3d(k[0], opts...)
	}
	return nn.NewAvgPool3d([3]int(k), opts...)
}

func batchNormOptions(a arguments) []nn.BatchNormOption {
	var opts []nn.BatchNormOption
	opts = add(a, opts, "eps", func() nn.BatchNormOption { return nn.Eps(a["eps"].(float64)) })
	opts = add(a, opts, "affine", func() nn.BatchNormOption { return nn.NoAffine })
	opts = add(a, opts, "bias", func() nn.BatchNormOption { return nn.NoBias })
	opts = add(a, opts, "track_running_stats", func() nn.BatchNormOption { return nn.NoRunningStats })
	opts = add(a, opts, "momentum", func() nn.BatchNormOption {
		if a["momentum"] == nil {
			return nn.CumulativeAverage
		}
		return nn.Momentum(a["momentum"].(float64))
	})
	return opts
}
