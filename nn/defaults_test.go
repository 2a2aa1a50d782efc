package nn_test

import (
	"testing"

	"github.com/facula-ml/facula/nn"
)

// Without options a layer has PyTorch's defaults: those of the signatures of
// torch.nn in PyTorch 2.15. What is off is not listed.
func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		layer any
		want  string
	}{
		{nn.NewLinear(3, 2), "Linear(weight=[2 3], bias=[2])"},
		{nn.NewBilinear(3, 4, 2), "Bilinear(weight=[2 3 4], bias=[2])"},
		{nn.NewConv1d(2, 3, 4), "Conv1d(weight=[3 2 4], bias=[3], groups=1)"},
		{nn.NewConv2d(2, 3, 4), "Conv2d(weight=[3 2 4 4], bias=[3], groups=1)"},
		{nn.NewConv3d(2, 3, 4), "Conv3d(weight=[3 2 4 4 4], bias=[3], groups=1)"},
		{nn.NewConvTranspose2d(2, 3, 4), "ConvTranspose2d(weight=[2 3 4 4], bias=[3], groups=1)"},
		{nn.NewMaxPool2d(2), "MaxPool2d(kernel=[2 2])"},
		{nn.NewAvgPool2d(2), "AvgPool2d(kernel=[2 2], divisor=0)"},
		{nn.NewMaxUnpool2d(2), "MaxUnpool2d(kernel=[2 2])"},
		{nn.NewLPPool2d(2, 3), "LPPool2d(p=2, kernel=[3 3])"},
		{nn.NewUnfold(2), "Unfold(kernel=[2 2])"},
		{nn.NewUpsample(nn.ScaleFactor(2)), "Upsample(scale=[2], mode=nearest)"},
		{nn.NewUpsamplingBilinear2d(nn.ScaleFactor(2)), "UpsamplingBilinear2d(scale=[2])"},
		{nn.NewLocalResponseNorm(2), "LocalResponseNorm(size=2, alpha=0.0001, beta=0.75, k=1)"},
		{nn.NewBatchNorm2d(3), "BatchNorm2d(weight=[3], bias=[3], eps=1e-05, momentum=0.1)"},
		{nn.NewInstanceNorm2d(3), "InstanceNorm2d(eps=1e-05, momentum=0.1)"},
		{nn.NewGroupNorm(3, 6), "GroupNorm(weight=[6], bias=[6], groups=3, eps=1e-05)"},
		{nn.NewLayerNorm(6), "LayerNorm(weight=[6], bias=[6], shape=[6], eps=1e-05)"},
		{nn.NewRMSNorm(6), "RMSNorm(weight=[6], shape=[6], eps=0)"}, // 0 is the dtype's
		{nn.NewEmbedding(5, 3), "Embedding(weight=[5 3], max_norm=0, norm_type=2)"},
		{nn.NewEmbeddingBag(5, 3), "EmbeddingBag(weight=[5 3], max_norm=0, norm_type=2, mode=mean)"},
		{nn.NewGRU(1, 1), "GRU(weight_ih_l0=[3 1], weight_hh_l0=[3 1], bias_ih_l0=[3], bias_hh_l0=[3], dropout=0)"},
		{nn.NewRNNCell(1, 2), "RNNCell(weight_ih=[2 1], weight_hh=[2 2], bias_ih=[2], bias_hh=[2])"},
		{nn.NewFlatten(), "Flatten(start_dim=1, end_dim=-1)"},
		{nn.NewLeakyReLU(), "LeakyReLU(negative_slope=0.01)"},
		{nn.NewGELU(), "GELU()"},
		{nn.NewSoftplus(), "Softplus(beta=1, threshold=20)"},
		{nn.NewELU(), "ELU(alpha=1)"},
		{nn.NewCELU(), "CELU(alpha=1)"},
		{nn.NewHardshrink(), "Hardshrink(lambda=0.5)"},
		{nn.NewSoftshrink(), "Softshrink(lambda=0.5)"},
		{nn.NewHardtanh(), "Hardtanh(min=-1, max=1)"},
		{nn.NewGLU(), "GLU(dim=-1)"},
		{nn.NewPReLU(), "PReLU(weight=[1])"},
		{nn.NewRReLU(), "RReLU(lower=0.125, upper=0.3333333333333333)"},
		{nn.NewWeightNorm(nn.NewLinear(3, 2)), "WeightNorm(weight_g=[2 1], weight_v=[2 3], dim=0\n  Linear(bias=[2])\n)"},
		{nn.NewSpectralNorm(nn.NewLinear(3, 2)), "SpectralNorm(weight_orig=[2 3], iterations=1, eps=1e-12, dim=0\n  Linear(bias=[2])\n)"},
		{nn.NewSpectralNorm(nn.NewConvTranspose1d(3, 2, 1)), "SpectralNorm(weight_orig=[3 2 1], iterations=1, eps=1e-12, dim=1\n  ConvTranspose1d(bias=[2], groups=1)\n)"},
		{nn.NewCosineSimilarity(), "CosineSimilarity(dim=1, eps=1e-08)"},
		{nn.NewPairwiseDistance(), "PairwiseDistance(p=2, eps=1e-06)"},
		{nn.NewMSELoss(), "MSELoss(reduction=mean)"},
		{nn.NewL1Loss(), "L1Loss(reduction=mean)"},
		{nn.NewHuberLoss(), "HuberLoss(delta=1, reduction=mean)"},
		{nn.NewSmoothL1Loss(), "SmoothL1Loss(beta=1, reduction=mean)"},
		{nn.NewBCELoss(), "BCELoss(reduction=mean)"},
		{nn.NewBCEWithLogitsLoss(), "BCEWithLogitsLoss(reduction=mean)"},
		{nn.NewNLLLoss(), "NLLLoss(ignore_index=-100, reduction=mean)"},
		{nn.NewCrossEntropyLoss(), "CrossEntropyLoss(ignore_index=-100, label_smoothing=0, reduction=mean)"},
		{nn.NewCTCLoss(), "CTCLoss(blank=0, reduction=mean)"},
		{nn.NewCosineEmbeddingLoss(), "CosineEmbeddingLoss(margin=0, reduction=mean)"},
		{nn.NewHingeEmbeddingLoss(), "HingeEmbeddingLoss(margin=1, reduction=mean)"},
		{nn.NewMarginRankingLoss(), "MarginRankingLoss(margin=0, reduction=mean)"},
		{nn.NewSoftMarginLoss(), "SoftMarginLoss(reduction=mean)"},
		{nn.NewMultiMarginLoss(), "MultiMarginLoss(p=1, margin=1, reduction=mean)"},
		{nn.NewMultiLabelMarginLoss(), "MultiLabelMarginLoss(reduction=mean)"},
		{nn.NewMultiLabelSoftMarginLoss(), "MultiLabelSoftMarginLoss(reduction=mean)"},
		{nn.NewTripletMarginLoss(), "TripletMarginLoss(margin=1, p=2, eps=1e-06, reduction=mean)"},
		{nn.NewTripletMarginWithDistanceLoss(nil), "TripletMarginWithDistanceLoss(margin=1, reduction=mean)"},
		{nn.NewKLDivLoss(), "KLDivLoss(reduction=mean)"},
		{nn.NewPoissonNLLLoss(), "PoissonNLLLoss(log_input=true, eps=1e-08, reduction=mean)"},
		{nn.NewGaussianNLLLoss(), "GaussianNLLLoss(eps=1e-06, reduction=mean)"},
	} {
		if got := nn.Describe(c.layer); got != c.want {
			t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
		}
	}
	if a := nn.NewAdaptiveLogSoftmaxWithLoss(64, 10, []int{5}); nn.Describe(a.Tail[0]) != "Sequential(\n  (0): Linear(weight=[16 64])\n  (1): Linear(weight=[5 16])\n)" {
		t.Errorf("AdaptiveLogSoftmaxWithLoss: %s", nn.Describe(a))
	}
	m := nn.NewTransformerEncoderLayer(4, 2)
	if m.Linear1.Weight.Size(0) != 2048 || m.Dropout.P != 0.1 || m.Norm1.Eps != 1e-5 || m.NormFirst {
		t.Errorf("TransformerEncoderLayer: %s", nn.Describe(m))
	}
}
