package nn_test

import (
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
		{nn.NewWeightNorm(nn.NewLinear(6, 2, g), 0), x2, nil, nil},
		{nn.NewSpectralNorm(nn.NewLinear(6, 2, g), 0, g), x2, nil, nil},
		{nn.NewEmbeddingBag(6, 3, g), labels, tensor.Of([]int64{0, 3}), []any{none}},
		{nn.NewCosineSimilarity(1), x2, y2, two},
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
