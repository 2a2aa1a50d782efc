package nn_test

import (
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// more is samples of norms, distances, and losses, some of which take more than
// an input and a target.
func more() []sample {
	g := nn.Gen(tensor.NewGenerator(3))
	rand := tensor.Make{Gen: tensor.NewGenerator(4)}.Rand
	x2, x3, x4, x5 := rand(4, 6), rand(2, 3, 8), rand(2, 3, 6, 6), rand(1, 2, 4, 4, 4)
	y2, z2, labels := rand(4, 6), rand(4, 6), tensor.Of([]int64{5, 0, 2, 1})
	sign, lists := tensor.Of([]int64{1, -1, 1, -1}), tensor.Of([]int64{0, 2, -1, 1, 1, 1, 3, -1, 0, -1, 2, 2}, 2, 6)
	none := (*tensor.Tensor)(nil)
	two := []any{}
	return []sample{
		{nn.NewBatchNorm3d(2), x5, nil, nil},
		{nn.NewInstanceNorm1d(3, nn.Affine, nn.RunningStats), x3, nil, nil},
		{nn.NewInstanceNorm2d(3), x4, nil, nil},
		{nn.NewInstanceNorm3d(2), x5, nil, nil},
		{nn.NewGroupNorm(3, 6), x2, nil, nil},
		{nn.NewRMSNorm(6), x2, nil, nil},
		{nn.NewDropout1d(0.5), x3, nil, nil},
		{nn.NewDropout2d(0.5), x4, nil, nil},
		{nn.NewDropout3d(0.5), x5, nil, nil},
		{nn.NewAlphaDropout(0.5), x2, nil, nil},
		{nn.NewFeatureAlphaDropout(0.5), x4, nil, nil},
		{nn.NewWeightNorm(nn.NewLinear(6, 2, g)), x2, nil, nil},
		{nn.NewSpectralNorm(nn.NewLinear(6, 2, g), g), x2, nil, nil},
		{nn.NewEmbeddingBag(6, 3, g), labels, tensor.Of([]int64{0, 3}), []any{none}},
		{nn.NewCosineSimilarity(), x2, y2, two},
		{nn.NewPairwiseDistance(nn.KeepDim), x2, y2, two},
		{nn.NewBilinear(6, 6, 2, g), x2, y2, two},
		{nn.NewAdaptiveLogSoftmaxWithLoss(6, 8, []int{2, 4}, g), x2, labels, two},
		{nn.NewKLDivLoss(), x2, y2, nil},
		{nn.NewPoissonNLLLoss(), x2, y2, nil},
		{nn.NewGaussianNLLLoss(), x2, y2, []any{z2}},
		{nn.NewHingeEmbeddingLoss(), x2.Select(1, 0), sign, nil},
		{nn.NewSoftMarginLoss(), x2, y2, nil},
		{nn.NewMarginRankingLoss(), x2.Select(1, 0), x2.Select(1, 1), []any{sign}},
		{nn.NewMultiMarginLoss(nn.Weight(tensor.Ones(6))), x2, labels, nil},
		{nn.NewMultiLabelMarginLoss(), x2.Narrow(0, 0, 2), lists, nil},
		{nn.NewMultiLabelSoftMarginLoss(nn.Weight(tensor.Ones(6))), x2, y2, nil},
		{nn.NewCosineEmbeddingLoss(), x2, y2, []any{sign}},
		{nn.NewTripletMarginLoss(), x2, y2, []any{z2}},
		{nn.NewTripletMarginWithDistanceLoss(nil), x2, y2, []any{z2}},
		{nn.NewCTCLoss(), x3.LogSoftmax(2), tensor.Of([]int64{1, 2, 3}, 3, 1), []any{[]int{2, 2, 1}, []int{1, 1, 1}}},
	}
}

func TestNewLayerMisuse(t *testing.T) {
	x := tensor.Zeros(2, 6)
	for want, f := range map[string]func(){
		"tensor: instance_norm2d [2 6]: 2 dims; want an input of shape [c, h, w] or [n, c, h, w]": func() { nn.NewInstanceNorm2d(6).Forward(x) },
		"tensor: instance_norm: the channels are [-1]; want 0 or more":                            func() { nn.NewInstanceNorm1d(-1) },
		"tensor: group_norm: 6 channels do not divide into 4 groups":                              func() { nn.NewGroupNorm(4, 6) },
		"tensor: rms_norm: the shape has no dims; want at least one":                              func() { nn.NewRMSNorm([]int{}) },
		"tensor: rms_norm [2 6]: the last dims are not [5], of which there must be at least one":  func() { nn.NewRMSNorm(5).Forward(x) },
		"tensor: dropout1d: the input is nil":                                                     func() { nn.NewDropout1d(0.5).Forward(nil) },
		"tensor: dropout: p is 2; want 0 to 1":                                                    func() { nn.NewAlphaDropout(2) },
		"tensor: feature_alpha_dropout [12]: 1 dims; want at least 2":                             func() { nn.NewFeatureAlphaDropout(0.5).Forward(tensor.Zeros(12)) },
		"tensor: bilinear: input and output features are [-1 2 3]; want 0 or more":                func() { nn.NewBilinear(-1, 2, 3) },
		"tensor: embedding_bag: rows and their size are [-5 2]; want 0 or more":                   func() { nn.NewEmbeddingBag(-5, 2) },
		"tensor: adaptive_log_softmax: the cutoffs [3 3] do not increase from 1 to 9":             func() { nn.NewAdaptiveLogSoftmaxWithLoss(8, 10, []int{3, 3}) },
		"tensor: weight_norm: *nn.ReLU is no pointer to a layer with a Weight":                    func() { nn.NewWeightNorm(nn.NewReLU()) },
		"tensor: weight_norm [2 6]: dim 2; want -1 to 1":                                          func() { nn.NewWeightNorm(nn.NewLinear(6, 2), nn.Dim(2)) },
		"tensor: spectral_norm [2 6]: dim -1; want 0 to 1":                                        func() { nn.NewSpectralNorm(nn.NewLinear(6, 2), nn.Dim(-1)) },
		"tensor: spectral_norm [2 6]: 0 iterations; want at least one":                            func() { nn.NewSpectralNorm(nn.NewLinear(6, 2), nn.PowerIterations(0)) },
		"tensor: poisson_nll_loss [2 6]: an input is nil":                                         func() { nn.NewPoissonNLLLoss().Forward(x, nil) },
		"tensor: multi_margin_loss: p is 1.5; want 1 or 2":                                        func() { nn.NewMultiMarginLoss(nn.P(1.5)) },
		"tensor: ctc_loss_backward: there is no second gradient":                                  secondCTC,
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// secondCTC differentiates the gradient of a CTCLoss.
func secondCTC() {
	x := tensor.Zeros(3, 2).RequireGrad()
	y := nn.NewCTCLoss().Forward(x, tensor.Of([]int64{1}, 1), []int{3}, []int{1})
	g := tensor.Grad([]*tensor.Tensor{y.Mul(y)}, []*tensor.Tensor{x}, tensor.CreateGraph)
	tensor.Grad([]*tensor.Tensor{g[0].Sum()}, []*tensor.Tensor{x})
}

// A layer whose weight was taken over gives what it gave before, and so does
// what Remove returns.
func TestWeightNormKeepsTheLayer(t *testing.T) {
	l := nn.NewLinear(6, 2, nn.Gen(tensor.NewGenerator(1)))
	x := tensor.Make{Gen: tensor.NewGenerator(2)}.Randn(3, 6)
	want := l.Forward(x)
	w := nn.NewWeightNorm(l)
	for what, y := range map[string]*tensor.Tensor{"WeightNorm": w.Forward(x), "Remove": w.Remove().Forward(x)} {
		if d := y.Sub(want).Abs().Max().Float(); d > 1e-6 {
			t.Errorf("%s is off by %v", what, d)
		}
	}
	if l.Weight != nil {
		t.Error("the layer still has a weight")
	}
}
