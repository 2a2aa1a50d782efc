package onnx_test

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// An exportCase is a model that is exported and run elsewhere.
type exportCase struct {
	name  string
	model any
	in    []*tensor.Tensor
	dim   int // that is dynamic, -1 for none

	f func(in []*tensor.Tensor) []*tensor.Tensor // instead of a model
}

func ins(t ...*tensor.Tensor) []*tensor.Tensor { return t }

// exportCases are one case or more of each layer that exports, made from a seed.
func exportCases() []exportCase {
	tensor.ManualSeed(1)
	var cases []exportCase
	add := func(name string, model any, dim int, in ...*tensor.Tensor) {
		cases = append(cases, exportCase{name: name, model: model, in: in, dim: dim})
	}
	add("Sequential", nn.NewSequential(nn.NewLinear(5, 4), nn.NewReLU()), 0, tensor.Randn(2, 5))
	pointwise(func(name string, l nn.Layer) { add(name, l, 0, tensor.Randn(2, 6, 5)) })
	images(func(name string, l nn.Layer, shape ...int) { add(name, l, 0, tensor.Randn(shape...)) })
	sequences(add)
	losses(add)
	networks(add)
	zoo(add)
	if *exportTo != "" {
		largeZoo(add)
	}
	return cases
}

func pointwise(add func(name string, l nn.Layer)) {
	add("ReLU", nn.NewReLU())
	add("LeakyReLU", nn.NewLeakyReLU())
	add("GELU", nn.NewGELU())
	add("GELU_tanh", nn.NewGELU(nn.ApproximateTanh))
	add("SiLU", nn.NewSiLU())
	add("Sigmoid", nn.NewSigmoid())
	add("Tanh", nn.NewTanh())
	add("Softplus", nn.NewSoftplus())
	add("Softplus_beta", &nn.Softplus{Beta: 2, Threshold: 20})
	add("Softmax", nn.NewSoftmax(1))
	add("LogSoftmax", nn.NewLogSoftmax(-1))
	add("ELU", nn.NewELU(nn.Alpha(0.7)))
	add("CELU", nn.NewCELU(nn.Alpha(1.3)))
	add("SELU", nn.NewSELU())
	add("Hardshrink", nn.NewHardshrink())
	add("Softshrink", nn.NewSoftshrink())
	add("Hardtanh", nn.NewHardtanh())
	add("Threshold", nn.NewThreshold(0.1, 3))
	add("GLU", nn.NewGLU(1))
	add("PReLU", nn.NewPReLU())
	add("PReLU_channels", nn.NewPReLU(nn.NumParameters(6)))
	add("RReLU", nn.NewRReLU())
	add("ReLU6", nn.NewReLU6())
	add("Hardsigmoid", nn.NewHardsigmoid())
	add("Hardswish", nn.NewHardswish())
	add("Mish", nn.NewMish())
	add("Softsign", nn.NewSoftsign())
	add("Tanhshrink", nn.NewTanhshrink())
	add("LogSigmoid", nn.NewLogSigmoid())
	add("Softmin", nn.NewSoftmin(-1))
	add("Dropout", nn.NewDropout(0.5))
	add("Dropout1d", nn.NewDropout1d(0.5))
	add("AlphaDropout", nn.NewAlphaDropout(0.5))
	add("FeatureAlphaDropout", nn.NewFeatureAlphaDropout(0.5))
	add("Identity", nn.NewIdentity())
	add("Flatten", nn.NewFlatten())
	add("Unflatten", nn.NewUnflatten(1, 2, 3))
	add("Linear", nn.NewLinear(5, 4))
	add("Linear_nobias", nn.NewLinear(5, 4, nn.NoBias))
	add("SwiGLU", nn.NewSwiGLU(5, 8))
	add("LayerNorm", nn.NewLayerNorm(5))
	add("LayerNorm_two", nn.NewLayerNorm([]int{6, 5}))
	add("RMSNorm", nn.NewRMSNorm(5))
	add("GroupNorm", nn.NewGroupNorm(3, 6))
	add("BatchNorm1d", trained(nn.NewBatchNorm1d(6)))
	add("BatchNorm1d_plain", nn.NewBatchNorm1d(6, nn.NoAffine))
	add("InstanceNorm1d", nn.NewInstanceNorm1d(6, nn.Affine))
	add("WeightNorm", nn.NewWeightNorm(nn.NewLinear(5, 4)))
	add("SpectralNorm", nn.NewSpectralNorm(nn.NewLinear(5, 4)))
}

func images(add func(name string, l nn.Layer, shape ...int)) {
	add("Conv1d", nn.NewConv1d(3, 4, 3, nn.Stride(2), nn.Padding(1)), 2, 3, 9)
	add("Conv2d", nn.NewConv2d(3, 4, 3), 2, 3, 8, 7)
	add("Conv2d_same", nn.NewConv2d(3, 4, 4, nn.SamePadding), 2, 3, 8, 7)
	add("Conv2d_groups", nn.NewConv2d(4, 6, 3, nn.Groups(2), nn.Dilation(2), nn.NoBias), 2, 4, 9, 9)
	add("Conv3d", nn.NewConv3d(2, 3, 2, nn.Stride(2)), 2, 2, 5, 6, 7)
	add("ConvTranspose1d", nn.NewConvTranspose1d(3, 4, 3, nn.Stride(2), nn.OutputPadding(1)), 2, 3, 6)
	add("ConvTranspose2d", nn.NewConvTranspose2d(4, 6, 3, nn.Stride(2), nn.Padding(1), nn.Groups(2)), 2, 4, 5, 4)
	add("ConvTranspose3d", nn.NewConvTranspose3d(2, 3, 2), 2, 2, 3, 4, 3)
	add("MaxPool1d", nn.NewMaxPool1d(3, nn.Stride(2)), 2, 3, 10)
	add("MaxPool2d", nn.NewMaxPool2d(3, nn.Stride(2), nn.Padding(1)), 2, 3, 9, 8)
	add("MaxPool2d_ceil", nn.NewMaxPool2d(3, nn.Stride(2), nn.CeilMode), 2, 3, 8, 8)
	add("MaxPool3d", nn.NewMaxPool3d(2), 2, 3, 4, 5, 6)
	add("AvgPool1d", nn.NewAvgPool1d(3, nn.Stride(2), nn.Padding(1)), 2, 3, 10)
	add("AvgPool2d", nn.NewAvgPool2d(3, nn.Stride(2), nn.Padding(1)), 2, 3, 9, 8)
	add("AvgPool2d_exclude", nn.NewAvgPool2d(3, nn.Stride(2), nn.Padding(1), nn.ExcludePad), 2, 3, 9, 8)
	add("AvgPool3d", nn.NewAvgPool3d(2), 2, 3, 4, 5, 6)
	add("LPPool1d", nn.NewLPPool1d(2, 3), 2, 3, 9)
	add("LPPool2d", nn.NewLPPool2d(4, 2), 2, 3, 6, 6)
	add("LPPool3d", nn.NewLPPool3d(2, 2), 2, 3, 4, 4, 4)
	add("AdaptiveAvgPool1d", nn.NewAdaptiveAvgPool1d(3), 2, 3, 10)
	add("AdaptiveAvgPool2d", nn.NewAdaptiveAvgPool2d(1), 2, 3, 7, 7)
	add("AdaptiveAvgPool2d_uneven", nn.NewAdaptiveAvgPool2d(3), 2, 3, 7, 8)
	add("AdaptiveAvgPool3d", nn.NewAdaptiveAvgPool3d(2), 2, 3, 4, 5, 4)
	add("AdaptiveMaxPool1d", nn.NewAdaptiveMaxPool1d(3), 2, 3, 10)
	add("AdaptiveMaxPool2d", nn.NewAdaptiveMaxPool2d(2), 2, 3, 7, 8)
	add("AdaptiveMaxPool3d", nn.NewAdaptiveMaxPool3d(2), 2, 3, 4, 5, 4)
	add("BatchNorm2d", trained(nn.NewBatchNorm2d(3)), 2, 3, 5, 5)
	add("BatchNorm3d", trained(nn.NewBatchNorm3d(3)), 2, 3, 2, 3, 4)
	add("InstanceNorm2d", nn.NewInstanceNorm2d(3), 2, 3, 5, 5)
	add("InstanceNorm3d", nn.NewInstanceNorm3d(3, nn.Affine), 2, 3, 2, 3, 4)
	add("GroupNorm_2d", nn.NewGroupNorm(2, 4), 2, 4, 5, 5)
	add("LocalResponseNorm", nn.NewLocalResponseNorm(3), 2, 5, 4, 4)
	add("Dropout2d", nn.NewDropout2d(0.5), 2, 3, 4, 4)
	add("Dropout3d", nn.NewDropout3d(0.5), 2, 3, 2, 4, 4)
	add("Softmax2d", nn.NewSoftmax2d(), 2, 3, 4, 4)
	add("PixelShuffle", nn.NewPixelShuffle(2), 2, 8, 3, 4)
	add("PixelUnshuffle", nn.NewPixelUnshuffle(2), 2, 2, 4, 6)
	add("ChannelShuffle", nn.NewChannelShuffle(2), 2, 6, 3, 4)
	add("ZeroPad1d", nn.NewZeroPad1d([2]int{1, 2}), 2, 3, 5)
	add("ZeroPad2d", nn.NewZeroPad2d([4]int{1, 2, 0, 3}), 2, 3, 5, 4)
	add("ZeroPad3d", nn.NewZeroPad3d(1), 2, 3, 2, 3, 4)
	add("ConstantPad1d", nn.NewConstantPad1d(2, 1.5), 2, 3, 5)
	add("ConstantPad2d", nn.NewConstantPad2d([4]int{1, -1, 2, 0}, 1.5), 2, 3, 5, 4)
	add("ConstantPad3d", nn.NewConstantPad3d(1, -1), 2, 3, 2, 3, 4)
	add("ReflectionPad1d", nn.NewReflectionPad1d(2), 2, 3, 5)
	add("ReflectionPad2d", nn.NewReflectionPad2d([4]int{1, 2, 3, 0}), 2, 3, 5, 4)
	add("ReflectionPad3d", nn.NewReflectionPad3d(1), 2, 3, 3, 3, 4)
	add("ReplicationPad1d", nn.NewReplicationPad1d(2), 2, 3, 5)
	add("ReplicationPad2d", nn.NewReplicationPad2d(2), 2, 3, 5, 4)
	add("ReplicationPad3d", nn.NewReplicationPad3d(1), 2, 3, 3, 3, 4)
	add("CircularPad1d", nn.NewCircularPad1d(2), 2, 3, 5)
	add("CircularPad2d", nn.NewCircularPad2d(2), 2, 3, 5, 4)
	add("CircularPad3d", nn.NewCircularPad3d(1), 2, 3, 3, 3, 4)
	add("Upsample", nn.NewUpsample(nn.ScaleFactor(2)), 2, 3, 4, 5)
	add("Upsample_bilinear", nn.NewUpsample(nn.ScaleFactor(2), nn.Interpolation(vision.Bilinear)), 2, 3, 4, 5)
	add("Upsample_bicubic", nn.NewUpsample(nn.OutputSize(7, 9), nn.Interpolation(vision.Bicubic), nn.AlignCorners), 2, 3, 4, 5)
	add("Upsample_trilinear", nn.NewUpsample(nn.ScaleFactor(2), nn.Interpolation(vision.Trilinear)), 2, 3, 2, 3, 4)
	add("UpsamplingNearest2d", nn.NewUpsamplingNearest2d(nn.ScaleFactor(3)), 2, 3, 4, 5)
	add("UpsamplingBilinear2d", nn.NewUpsamplingBilinear2d(nn.ScaleFactor(2)), 2, 3, 4, 5)
	add("MaxUnpool1d", &unpooled{nn.NewMaxPool1d(2), nn.NewMaxUnpool1d(2)}, 2, 3, 8)
	add("MaxUnpool2d", &unpooled{nn.NewMaxPool2d(2), nn.NewMaxUnpool2d(2)}, 2, 3, 4, 6)
	add("MaxUnpool3d", &unpooled{nn.NewMaxPool3d(2), nn.NewMaxUnpool3d(2)}, 2, 3, 4, 6, 2)
	add("roll", layer(func(x *tensor.Tensor) *tensor.Tensor { return x.Roll(2, -1).Roll(-1, -2) }), 2, 3, 4, 5)
	add("flip", layer(func(x *tensor.Tensor) *tensor.Tensor { return x.Flip(1, 3) }), 2, 3, 4, 5)
	add("repeat", layer(func(x *tensor.Tensor) *tensor.Tensor { return x.Repeat(1, 2, 1, 3) }), 2, 3, 4, 5)
	add("expand", layer(func(x *tensor.Tensor) *tensor.Tensor { return x.Unsqueeze(1).Expand(x.Size(0), 2, 3, 4, 5) }), 2, 3, 4, 5)
	add("batch_last", layer(func(x *tensor.Tensor) *tensor.Tensor { return x.Permute(3, 1, 2, 0).Reshape(5, -1) }), 2, 3, 4, 5)
	add("batch_twice", layer(func(x *tensor.Tensor) *tensor.Tensor {
		return x.Reshape(x.Size(0), -1).MatMul(x.Reshape(x.Size(0), -1).T())
	}), 2, 3, 4, 5)
	add("slices", layer(func(x *tensor.Tensor) *tensor.Tensor {
		return x.Slice(3, 1, 4, 2).Select(1, -1).Narrow(1, 1, 3).Add(x.Mean(tensor.Dims(1, 2, 3), tensor.KeepDim).Select(1, 0))
	}), 2, 3, 4, 5)
	add("statistics", layer(func(x *tensor.Tensor) *tensor.Tensor {
		return tensor.Cat(-1, x.Std(tensor.Dims(-1), tensor.KeepDim), x.Var(tensor.Dims(-1), tensor.KeepDim), x.LogSumExp(tensor.Dims(-1), tensor.KeepDim), x.Norm(2, tensor.Dims(-1), tensor.KeepDim))
	}), 2, 3, 4, 5)
	add("rounding", layer(func(x *tensor.Tensor) *tensor.Tensor {
		return x.Trunc().Add(x.Frac()).Add(x.FloorDivideScalar(0.3)).Add(x.RemainderScalar(0.3)).Add(x.Round())
	}), 2, 3, 4, 5)
	add("order", layer(func(x *tensor.Tensor) *tensor.Tensor { v, i := x.TopK(3, -1); return v.Mul(i.Cast(tensor.Float32)) }), 2, 3, 4, 5)
	add("largest", layer(func(x *tensor.Tensor) *tensor.Tensor {
		v, i := x.MaxDim(1)
		return v.Mul(i.Cast(tensor.Float32)).Add(x.ArgMin(tensor.Dims(1)).Cast(tensor.Float32))
	}), 2, 3, 4, 5)
	add("masks", layer(func(x *tensor.Tensor) *tensor.Tensor {
		return tensor.Where(x.GtScalar(0), x.Tril(0), x.Triu(1)).MaskedFill(x.LtScalar(-1), 7)
	}), 2, 3, 4, 5)
	add("einsum", layer(func(x *tensor.Tensor) *tensor.Tensor { return tensor.Einsum("bchw,bdhw->bcd", x, x) }), 2, 3, 4, 5)
	add("scatter", layer(func(x *tensor.Tensor) *tensor.Tensor {
		return x.CumSum(-1).Scatter(3, x.ArgMax(tensor.Dims(3), tensor.KeepDim), x.Neg())
	}), 2, 3, 4, 5)
	add("Unfold", nn.NewUnfold(2), 2, 3, 4, 5)
	add("Fold", nn.NewFold([2]int{4, 5}, 2), 2, 12, 12)
}

func sequences(add func(name string, model any, dim int, in ...*tensor.Tensor)) {
	x := func() *tensor.Tensor { return tensor.Randn(5, 2, 6) }
	index := func(n int, shape ...int) *tensor.Tensor { return tensor.Make{}.RandInt(0, n, shape...) }
	add("Embedding", nn.NewEmbedding(10, 4), 0, index(10, 2, 5))
	add("Embedding_padding", nn.NewEmbedding(10, 4, nn.PaddingIndex(0)), 0, index(10, 2, 5))
	add("EmbeddingBag", nn.NewEmbeddingBag(10, 4), 0, index(10, 2, 5))
	add("LSTM", nn.NewLSTM(6, 4), 1, x())
	add("LSTM_two", nn.NewLSTM(6, 4, nn.NumLayers(2), nn.Bidirectional, nn.BatchFirst), 0, tensor.Randn(2, 5, 6))
	add("LSTM_states", nn.NewLSTM(6, 4, nn.NoBias), 1, x(), tensor.Randn(1, 2, 4), tensor.Randn(1, 2, 4))
	add("LSTM_projection", nn.NewLSTM(6, 4, nn.ProjSize(3)), 1, x())
	add("GRU", nn.NewGRU(6, 4), 1, x())
	add("GRU_two", nn.NewGRU(6, 4, nn.NumLayers(2), nn.Bidirectional), 1, x())
	add("GRU_states", nn.NewGRU(6, 4), 1, x(), tensor.Randn(1, 2, 4))
	add("RNN", nn.NewRNN(6, 4), 1, x())
	add("RNN_relu", nn.NewRNN(6, 4, nn.NonlinearityReLU, nn.NumLayers(2)), 1, x())
	add("LSTMCell", nn.NewLSTMCell(6, 4), 0, tensor.Randn(2, 6))
	add("GRUCell", nn.NewGRUCell(6, 4), 0, tensor.Randn(2, 6), tensor.Randn(2, 4))
	add("RNNCell", nn.NewRNNCell(6, 4), 0, tensor.Randn(2, 6), tensor.Randn(2, 4))
	add("MultiheadAttention", nn.NewMultiheadAttention(6, 2), 1, x(), x(), x())
	add("TransformerEncoderLayer", nn.NewTransformerEncoderLayer(6, 2, nn.FeedForward(8)), 1, x())
	add("TransformerDecoderLayer", nn.NewTransformerDecoderLayer(6, 2, nn.FeedForward(8), nn.NormFirst), 1, x(), x())
	add("Transformer", nn.NewTransformer(6, 2, 1, 1, nn.FeedForward(8)), 1, x(), x())
	add("TransformerEncoder", nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(6, 2, nn.FeedForward(8)), 2, nn.NewLayerNorm(6)), 1, x())
	add("TransformerDecoder", nn.NewTransformerDecoder(nn.NewTransformerDecoderLayer(6, 2, nn.FeedForward(8)), 2, nil), 1, x(), x())
	add("RotaryEmbedding", nn.NewRotaryEmbedding(4, 9, nn.Interleaved), 0, tensor.Randn(2, 3, 5, 4))
	add("LearnedPositions", nn.NewLearnedPositions(6, 9), 0, tensor.Randn(2, 5, 6))
	add("SinusoidalPositions", nn.NewSinusoidalPositions(6, 9), 0, tensor.Randn(2, 5, 6))
	add("Bilinear", nn.NewBilinear(3, 4, 5), 0, tensor.Randn(2, 3), tensor.Randn(2, 4))
	add("CosineSimilarity", nn.NewCosineSimilarity(), 0, tensor.Randn(2, 3), tensor.Randn(2, 3))
	add("PairwiseDistance", nn.NewPairwiseDistance(), 0, tensor.Randn(2, 3), tensor.Randn(2, 3))
}

func losses(add func(name string, model any, dim int, in ...*tensor.Tensor)) {
	a, b := tensor.Randn(3, 4), tensor.Randn(3, 4)
	class := tensor.Of([]int64{1, 0, 3})
	add("MSELoss", nn.NewMSELoss(), -1, a, b)
	add("L1Loss", nn.NewL1Loss(), -1, a, b)
	add("CrossEntropyLoss", nn.NewCrossEntropyLoss(), -1, a, class)
	add("NLLLoss", nn.NewNLLLoss(), -1, a, class)
	add("BCEWithLogitsLoss", nn.NewBCEWithLogitsLoss(), -1, a, b.Sigmoid())
	add("BCELoss", nn.NewBCELoss(), -1, a.Sigmoid(), b.Sigmoid())
	add("KLDivLoss", nn.NewKLDivLoss(), -1, a, b.Sigmoid())
	add("SoftMarginLoss", nn.NewSoftMarginLoss(), -1, a, b.Sign())
	add("HuberLoss", nn.NewHuberLoss(), -1, a, b)
	add("SmoothL1Loss", nn.NewSmoothL1Loss(), -1, a, b)
	add("CosineEmbeddingLoss", nn.NewCosineEmbeddingLoss(), -1, a, b, tensor.Of([]float32{1, -1, 1}))
	add("GaussianNLLLoss", nn.NewGaussianNLLLoss(), -1, a, b, b.Sigmoid())
	add("HingeEmbeddingLoss", nn.NewHingeEmbeddingLoss(), -1, a, b.Sign())
	add("MarginRankingLoss", nn.NewMarginRankingLoss(), -1, a, b, a.Sign())
	add("MultiLabelSoftMarginLoss", nn.NewMultiLabelSoftMarginLoss(), -1, a, b.Sign().ReLU())
	add("MultiMarginLoss", nn.NewMultiMarginLoss(), -1, a, class)
	add("PoissonNLLLoss", nn.NewPoissonNLLLoss(), -1, a, b.Exp())
	add("TripletMarginWithDistanceLoss", nn.NewTripletMarginWithDistanceLoss(nn.NewPairwiseDistance().Forward), -1, a, b, a.Flip(0))
	add("TripletMarginLoss", nn.NewTripletMarginLoss(), -1, a, b, a.Flip(0))
}

// trained gives a normalisation statistics that say something.
func trained[L nn.Layer](l L) L {
	for _, b := range nn.Buffers(l) {
		if b.DType().IsFloat() {
			b.CopyFrom(tensor.Rand(b.Shape()...).AddScalar(0.5))
		}
	}
	for _, p := range nn.Params(l) {
		p.Detach().CopyFrom(tensor.Randn(p.Shape()...))
	}
	return l
}

// unpooled is a pooling and its unpooling.
type unpooled struct {
	Pool interface {
		ForwardWithIndices(x *tensor.Tensor) (y, idx *tensor.Tensor)
	}
	Unpool interface {
		Forward(x, idx *tensor.Tensor) *tensor.Tensor
	}
}

func (u *unpooled) Forward(x *tensor.Tensor) *tensor.Tensor {
	y, idx := u.Pool.ForwardWithIndices(x)
	return u.Unpool.Forward(y, idx)
}

// refused are layers that do not export, with an example of each and the reason.
func refused() map[string]exportCase {
	a := tensor.Randn(3, 4)
	of := func(model any, in ...*tensor.Tensor) exportCase { return exportCase{model: model, in: in, dim: -1} }
	return map[string]exportCase{
		"op fractional_max_pool2d has no counterpart": of(nn.NewFractionalMaxPool2d(2, nn.OutputSize(3)), tensor.Randn(2, 3, 6, 6)),
		"op fractional_max_pool3d has no counterpart": of(nn.NewFractionalMaxPool3d(2, nn.OutputSize(2)), tensor.Randn(2, 3, 4, 4, 4)),
		"op cumprod has no counterpart":               of(nn.NewMultiLabelMarginLoss(), a, tensor.Of([]int64{3, 0, -1, 1, 1, -1, 0, 0, 0, 1, 2, 3}, 3, 4)),
		`op index_add, after layer "tail.0", has no`:  of(nn.NewAdaptiveLogSoftmaxWithLoss(4, 6, []int{3}), a, tensor.Of([]int64{1, 0, 3})),
		"the Forward of *nn.CTCLoss takes a []int":    of(nn.NewCTCLoss(), tensor.Randn(5, 2, 4).LogSoftmax(-1), tensor.Of([]int64{1, 2, 3, 1}, 2, 2)),
	}
}

// A function is one as a layer.
type function struct {
	f func(x *tensor.Tensor) *tensor.Tensor
}

func layer(f func(x *tensor.Tensor) *tensor.Tensor) *function { return &function{f} }

func (l *function) Forward(x *tensor.Tensor) *tensor.Tensor { return l.f(x) }
