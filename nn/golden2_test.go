package nn_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

type case2 struct {
	Name, Module string
	Args         map[string]json.RawMessage
	Seed         uint64
	State        golden.State
	Calls        []struct {
		Training          bool
		Draw              *uint64
		Inputs            []json.RawMessage
		Output, Cotangent *golden.Tensor
		Grads_Input       []*golden.Tensor
		Grads, Buffers    golden.State
	}
}

// Losses and layers of several inputs have PyTorch's state names, its initial
// values to the bit, and in float64 its outputs, gradients and buffers.
func TestLosses2(t *testing.T) {
	var file struct{ Cases []case2 }
	golden.Read(t, "testdata/losses2.json", &file)
	if len(file.Cases) < 90 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) { c.run(t) })
	}
}

func (c *case2) run(t *testing.T) {
	tensor.ManualSeed(c.Seed)
	m := c.build(t)
	state := nn.StateDict(m)
	got, want := slices.Clone(state.Names()), namesOf(c.State)
	slices.Sort(got)
	slices.Sort(want)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("state names %v; want %v", got, want)
	}
	for _, s := range c.State {
		tol := 0.0
		if c.Module == "SpectralNorm" || s.Name == "weight_g" {
			tol = 1e-6 // sums in another order
		}
		near(t, "initial "+s.Name, state.Get(s.Name), s.Tensor, tol)
	}
	load := &nn.State{}
	for _, s := range c.State {
		load.Set(s.Name, toTensor(s.Tensor))
	}
	if err := nn.LoadStateDict(m, load); err != nil {
		t.Fatal(err)
	}
	nn.Cast(m, tensor.Float64)
	for i := range c.Calls {
		c.call(t, m, i)
	}
}

func (c *case2) call(t *testing.T, m any, i int) {
	call := c.Calls[i]
	nn.Eval(m)
	if call.Training {
		nn.Train(m)
	}
	nn.ZeroGrad(m)
	if call.Draw != nil {
		tensor.ManualSeed(*call.Draw)
	}
	var args []reflect.Value
	var leaves []*tensor.Tensor
	for _, raw := range call.Inputs {
		var list []int
		if json.Unmarshal(raw, &list) == nil {
			args = append(args, reflect.ValueOf(list))
			continue
		}
		var g golden.Tensor
		if err := json.Unmarshal(raw, &g); err != nil {
			t.Fatal(err)
		}
		x := toTensor(&g)
		if x.DType().IsFloat() {
			leaves = append(leaves, x.RequireGrad())
		}
		args = append(args, reflect.ValueOf(x))
	}
	f := reflect.ValueOf(m).MethodByName("Forward")
	if c.Module == "CTCLoss" { // of a log-softmax
		args[0] = reflect.ValueOf(leaves[0].LogSoftmax(-1))
	}
	for len(args) < f.Type().NumIn() {
		args = append(args, reflect.ValueOf((*tensor.Tensor)(nil)))
	}
	y := f.Call(args)[0].Interface().(*tensor.Tensor)
	at := func(what string) string { return fmt.Sprintf("call %d: %s", i, what) }
	near(t, at("output"), y, call.Output, relative)
	y.Backward(tensor.Seed(toTensor(call.Cotangent)))
	for k, want := range call.Grads_Input {
		if want != nil {
			near(t, at(fmt.Sprintf("gradient of input %d", k)), leaves[k].Grad(), want, relative)
		}
	}
	params := map[string]*tensor.Tensor{}
	for name, p := range nn.Params(m) {
		params[name] = p
	}
	for _, g := range call.Grads {
		near(t, at("gradient of "+g.Name), params[g.Name].Grad(), g.Tensor, relative)
	}
	state := nn.StateDict(m)
	for _, b := range call.Buffers {
		near(t, at(b.Name), state.Get(b.Name), b.Tensor, relative)
	}
}

// keyed are PyTorch's keyword arguments.
type keyed map[string]json.RawMessage

func (k keyed) has(name string) bool { _, ok := k[name]; return ok }

// get reads an argument into a Go value of type T, its zero value without it.
func get[T any](k keyed, name string) (v T) {
	if raw, ok := k[name]; ok {
		if err := json.Unmarshal(raw, &v); err != nil {
			panic(err)
		}
	}
	return v
}

// with appends the options that are given as O.
func with[O any](opts ...any) (out []O) {
	for _, o := range opts {
		if v, ok := o.(O); ok {
			out = append(out, v)
		}
	}
	return out
}

// options are those of this package for all arguments that there are.
func (k keyed) options() (opts []any) {
	for name := range k {
		switch name {
		case "reduction":
			switch r := get[string](k, name); r {
			case "batchmean":
				opts = append(opts, nn.BatchMean)
			default:
				opts = append(opts, map[string]nn.Reduction{"mean": nn.ReduceMean, "sum": nn.ReduceSum, "none": nn.ReduceNone}[r])
			}
		case "mode":
			opts = append(opts, map[string]nn.BagMode{"mean": nn.BagMean, "sum": nn.BagSum, "max": nn.BagMax}[get[string](k, name)])
		case "dim":
			opts = append(opts, nn.Dim(get[int](k, name)))
		case "margin":
			opts = append(opts, nn.Margin(get[float64](k, name)))
		case "p":
			opts = append(opts, nn.P(get[float64](k, name)))
		case "eps":
			opts = append(opts, nn.Eps(get[float64](k, name)))
		case "momentum":
			opts = append(opts, nn.Momentum(get[float64](k, name)))
		case "div_value":
			opts = append(opts, nn.DivValue(get[float64](k, name)))
		case "max_norm":
			opts = append(opts, nn.MaxNorm(get[float64](k, name)))
		case "norm_type":
			opts = append(opts, nn.NormType(get[float64](k, name)))
		case "padding_idx":
			opts = append(opts, nn.PaddingIndex(get[int](k, name)))
		case "blank":
			opts = append(opts, nn.Blank(get[int](k, name)))
		case "log_input":
			opts = append(opts, nn.LogInput(get[bool](k, name)))
		case "weight":
			w := get[golden.Tensor](k, name)
			opts = append(opts, nn.Weight(toTensor(&w)))
		default:
			opts = append(opts, switches[name])
		}
	}
	return opts
}

// switches are options that are on or off; PyTorch's default is the other.
var switches = map[string]any{
	"swap": nn.Swap, "full": nn.Full, "log_target": nn.LogTarget, "zero_infinity": nn.ZeroInfinity, "keepdim": nn.KeepDim, "track_running_stats": nn.RunningStats,
	"scale_grad_by_freq": nn.ScaleGradByFreq, "include_last_offset": nn.IncludeLastOffset, "head_bias": nn.HeadBias, "bias": nn.NoBias,
}

// build makes the layer with PyTorch's arguments.
func (c *case2) build(t *testing.T) any {
	k := keyed(c.Args)
	opts := k.options()
	int := func(name string) int { return get[int](k, name) }
	switch c.Module {
	case "HingeEmbeddingLoss":
		return nn.NewHingeEmbeddingLoss(with[nn.HingeEmbeddingOption](opts...)...)
	case "MarginRankingLoss":
		return nn.NewMarginRankingLoss(with[nn.MarginRankingOption](opts...)...)
	case "SoftMarginLoss":
		return nn.NewSoftMarginLoss(with[nn.SoftMarginOption](opts...)...)
	case "CosineEmbeddingLoss":
		return nn.NewCosineEmbeddingLoss(with[nn.CosineEmbeddingOption](opts...)...)
	case "TripletMarginLoss":
		return nn.NewTripletMarginLoss(with[nn.TripletMarginOption](opts...)...)
	case "TripletMarginWithDistanceLoss":
		return nn.NewTripletMarginWithDistanceLoss(nil, with[nn.TripletMarginWithDistanceOption](opts...)...)
	case "CosineSimilarity":
		return nn.NewCosineSimilarity(with[nn.CosineSimilarityOption](opts...)...)
	case "PairwiseDistance":
		return nn.NewPairwiseDistance(with[nn.PairwiseDistanceOption](opts...)...)
	case "Bilinear":
		return nn.NewBilinear(int("in1_features"), int("in2_features"), int("out_features"), with[nn.BilinearOption](opts...)...)
	case "MultiMarginLoss":
		return nn.NewMultiMarginLoss(with[nn.MultiMarginOption](opts...)...)
	case "MultiLabelMarginLoss":
		return nn.NewMultiLabelMarginLoss(with[nn.MultiLabelMarginOption](opts...)...)
	case "MultiLabelSoftMarginLoss":
		return nn.NewMultiLabelSoftMarginLoss(with[nn.MultiLabelSoftMarginOption](opts...)...)
	case "KLDivLoss":
		return nn.NewKLDivLoss(with[nn.KLDivOption](opts...)...)
	case "PoissonNLLLoss":
		return nn.NewPoissonNLLLoss(with[nn.PoissonNLLOption](opts...)...)
	case "GaussianNLLLoss":
		return nn.NewGaussianNLLLoss(with[nn.GaussianNLLOption](opts...)...)
	case "CTCLoss":
		return nn.NewCTCLoss(with[nn.CTCOption](opts...)...)
	case "AdaptiveLogSoftmaxWithLoss":
		return nn.NewAdaptiveLogSoftmaxWithLoss(int("in_features"), int("n_classes"), get[[]int_](k, "cutoffs"), with[nn.AdaptiveLogSoftmaxOption](opts...)...)
	}
	return c.buildLayer(t, k, opts)
}

type int_ = int

func (c *case2) buildLayer(t *testing.T, k keyed, opts []any) any {
	features := get[int](k, "num_features")
	if k.has("affine") && c.Module != "GroupNorm" {
		opts = append(opts, nn.Affine)
	} else if k.has("affine") {
		opts = append(opts, nn.NoAffine)
	}
	p := get[float64](k, "p")
	switch c.Module {
	case "InstanceNorm1d":
		return nn.NewInstanceNorm1d(features, with[nn.InstanceNormOption](opts...)...)
	case "InstanceNorm2d":
		return nn.NewInstanceNorm2d(features, with[nn.InstanceNormOption](opts...)...)
	case "InstanceNorm3d":
		return nn.NewInstanceNorm3d(features, with[nn.InstanceNormOption](opts...)...)
	case "BatchNorm3d":
		return nn.NewBatchNorm3d(features)
	case "GroupNorm":
		return nn.NewGroupNorm(get[int](k, "num_groups"), get[int](k, "num_channels"), with[nn.GroupNormOption](opts...)...)
	case "EmbeddingBag":
		return nn.NewEmbeddingBag(get[int](k, "num_embeddings"), get[int](k, "embedding_dim"), with[nn.EmbeddingBagOption](opts...)...)
	case "Embedding":
		return nn.NewEmbedding(get[int](k, "num_embeddings"), get[int](k, "embedding_dim"), with[nn.EmbeddingOption](opts...)...)
	case "Dropout1d":
		return nn.NewDropout1d(p)
	case "Dropout2d":
		return nn.NewDropout2d(p)
	case "Dropout3d":
		return nn.NewDropout3d(p)
	case "AlphaDropout":
		return nn.NewAlphaDropout(p)
	case "FeatureAlphaDropout":
		return nn.NewFeatureAlphaDropout(p)
	}
	switch c.Name {
	case "WeightNorm/linear":
		return nn.NewWeightNorm(nn.NewLinear(3, 2))
	case "WeightNorm/conv":
		return nn.NewWeightNorm(nn.NewConv1d(2, 3, 2), nn.Dim(1))
	case "SpectralNorm/linear":
		return nn.NewSpectralNorm(nn.NewLinear(3, 2))
	case "SpectralNorm/conv":
		return nn.NewSpectralNorm(nn.NewConv1d(2, 3, 2), nn.Dim(1), nn.PowerIterations(2))
	}
	t.Fatalf("unknown module %s", c.Module)
	return nil
}
