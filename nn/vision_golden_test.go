package nn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// What TestModules says, of the layers of images.
func TestVisionModules(t *testing.T) {
	var file struct{ Cases []moduleCase }
	golden.Read(t, "testdata/vision.json", &file)
	if len(file.Cases) < 50 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) { c.run(t) })
	}
}

// poolUnpool is a pooling and what undoes it.
type poolUnpool struct {
	Pool interface {
		ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor)
	}
	Unpool interface {
		ForwardSize(x, index *tensor.Tensor, size ...int) *tensor.Tensor
	}
}

func (l *poolUnpool) Forward(x *tensor.Tensor) *tensor.Tensor {
	y, index := l.Pool.ForwardWithIndices(x)
	return l.Unpool.ForwardSize(y, index, x.Shape()[2:]...)
}

// buildVision makes the layers of images, nil for others.
func buildVision(module string, a arguments, g nn.GenOption) nn.Layer {
	switch {
	case strings.HasSuffix(module, "Pad1d") || strings.HasSuffix(module, "Pad2d") || strings.HasSuffix(module, "Pad3d"):
		return buildPad(module, a)
	case strings.HasPrefix(module, "Adaptive"):
		return buildAdaptive(module, a)
	case strings.HasPrefix(module, "Upsampl"):
		return buildUpsample(module, a)
	}
	switch module {
	case "MaxUnpool1d":
		return &poolUnpool{nn.NewMaxPool1d(a.int("kernel_size"), nn.Stride(a.int("stride"))), nn.NewMaxUnpool1d(a.int("kernel_size"), nn.Stride(a.int("stride")))}
	case "MaxUnpool2d":
		return &poolUnpool{nn.NewMaxPool2d(a.int("kernel_size"), nn.Stride(a.int("stride"))), nn.NewMaxUnpool2d(a.int("kernel_size"), nn.Stride(a.int("stride")))}
	case "MaxUnpool3d":
		return &poolUnpool{nn.NewMaxPool3d(a.int("kernel_size"), nn.Stride(a.int("stride"))), nn.NewMaxUnpool3d(a.int("kernel_size"), nn.Stride(a.int("stride")))}
	case "FractionalMaxPool2d":
		return nn.NewFractionalMaxPool2d(a.int("kernel_size"), fractional(a, g)...)
	case "FractionalMaxPool3d":
		return nn.NewFractionalMaxPool3d(a.int("kernel_size"), fractional(a, g)...)
	case "LPPool1d":
		return nn.NewLPPool1d(a["norm_type"].(float64), a.int("kernel_size"), lpPool(a)...)
	case "LPPool2d":
		return nn.NewLPPool2d(a["norm_type"].(float64), a.int("kernel_size"), lpPool(a)...)
	case "LPPool3d":
		if k := a.ints("kernel_size"); len(k) == 3 {
			return nn.NewLPPool3d(a["norm_type"].(float64), [3]int(k), lpPool(a)...)
		}
		return nn.NewLPPool3d(a["norm_type"].(float64), a.int("kernel_size"), lpPool(a)...)
	case "Fold":
		return nn.NewFold([2]int(a.ints("output_size")), a.int("kernel_size"), folding(a)...)
	case "Unfold":
		return nn.NewUnfold([2]int(a.ints("kernel_size")), folding(a)...)
	case "PixelShuffle":
		return nn.NewPixelShuffle(a.int("upscale_factor"))
	case "PixelUnshuffle":
		return nn.NewPixelUnshuffle(a.int("downscale_factor"))
	case "ChannelShuffle":
		return nn.NewChannelShuffle(a.int("groups"))
	case "LocalResponseNorm":
		if _, ok := a["alpha"]; !ok {
			return nn.NewLocalResponseNorm(a.int("size"))
		}
		return nn.NewLocalResponseNorm(a.int("size"), nn.Alpha(a["alpha"].(float64)), nn.Beta(a["beta"].(float64)), nn.K(a["k"].(float64)))
	}
	return nil
}

func buildPad(module string, a arguments) nn.Layer {
	one, pad, value := 0, a.ints("padding"), 0.0
	if v, ok := a["value"].(float64); ok {
		value = v
	}
	if len(pad) == 1 {
		one = pad[0]
		return map[string]func() nn.Layer{
			"ConstantPad1d": func() nn.Layer { return nn.NewConstantPad1d(one, value) }, "ConstantPad2d": func() nn.Layer { return nn.NewConstantPad2d(one, value) },
			"ConstantPad3d": func() nn.Layer { return nn.NewConstantPad3d(one, value) }, "ZeroPad2d": func() nn.Layer { return nn.NewZeroPad2d(one) },
			"ReflectionPad1d": func() nn.Layer { return nn.NewReflectionPad1d(one) }, "ReflectionPad2d": func() nn.Layer { return nn.NewReflectionPad2d(one) },
			"ReflectionPad3d": func() nn.Layer { return nn.NewReflectionPad3d(one) }, "ReplicationPad1d": func() nn.Layer { return nn.NewReplicationPad1d(one) },
			"ReplicationPad2d": func() nn.Layer { return nn.NewReplicationPad2d(one) }, "ReplicationPad3d": func() nn.Layer { return nn.NewReplicationPad3d(one) },
			"CircularPad1d": func() nn.Layer { return nn.NewCircularPad1d(one) }, "CircularPad2d": func() nn.Layer { return nn.NewCircularPad2d(one) },
			"CircularPad3d": func() nn.Layer { return nn.NewCircularPad3d(one) }, "ZeroPad1d": func() nn.Layer { return nn.NewZeroPad1d(one) },
			"ZeroPad3d": func() nn.Layer { return nn.NewZeroPad3d(one) },
		}[module]()
	}
	switch module {
	case "ConstantPad2d":
		return nn.NewConstantPad2d([4]int(pad), value)
	case "ZeroPad2d":
		return nn.NewZeroPad2d([4]int(pad))
	case "ReflectionPad1d":
		return nn.NewReflectionPad1d([2]int(pad))
	case "ReflectionPad2d":
		return nn.NewReflectionPad2d([4]int(pad))
	case "CircularPad1d":
		return nn.NewCircularPad1d([2]int(pad))
	case "CircularPad2d":
		return nn.NewCircularPad2d([4]int(pad))
	case "CircularPad3d":
		return nn.NewCircularPad3d([6]int(pad))
	case "ZeroPad1d":
		return nn.NewZeroPad1d([2]int(pad))
	case "ZeroPad3d":
		return nn.NewZeroPad3d([6]int(pad))
	}
	return nn.NewReplicationPad3d([6]int(pad))
}

func buildAdaptive(module string, a arguments) nn.Layer {
	size := slices.Clone(a.ints("output_size"))
	return map[string]func() nn.Layer{
		"AdaptiveAvgPool1d": func() nn.Layer { return nn.NewAdaptiveAvgPool1d(size[0]) },
		"AdaptiveAvgPool2d": func() nn.Layer { return nn.NewAdaptiveAvgPool2d([2]int(size)) },
		"AdaptiveAvgPool3d": func() nn.Layer { return nn.NewAdaptiveAvgPool3d([3]int(size)) },
		"AdaptiveMaxPool1d": func() nn.Layer { return nn.NewAdaptiveMaxPool1d(size[0]) },
		"AdaptiveMaxPool2d": func() nn.Layer { return nn.NewAdaptiveMaxPool2d([2]int(size)) },
		"AdaptiveMaxPool3d": func() nn.Layer { return nn.NewAdaptiveMaxPool3d([3]int(size)) },
	}[module]()
}

func buildUpsample(module string, a arguments) nn.Layer {
	var opts []nn.UpsampleOption
	opts = add(a, opts, "size", func() nn.UpsampleOption { return nn.OutputSize(a.ints("size")...) })
	opts = add(a, opts, "scale_factor", func() nn.UpsampleOption { return nn.ScaleFactor(a["scale_factor"].(float64)) })
	opts = add(a, opts, "mode", func() nn.UpsampleOption { return nn.Interpolation(vision.Mode(a["mode"].(string))) })
	opts = add(a, opts, "align_corners", func() nn.UpsampleOption { return nn.AlignCorners })
	opts = add(a, opts, "recompute_scale_factor", func() nn.UpsampleOption { return nn.RecomputeScale })
	switch module {
	case "UpsamplingNearest2d":
		return nn.NewUpsamplingNearest2d(opts...)
	case "UpsamplingBilinear2d":
		return nn.NewUpsamplingBilinear2d(opts...)
	}
	return nn.NewUpsample(opts...)
}

func fractional(a arguments, g nn.GenOption) []nn.FractionalOption {
	opts := []nn.FractionalOption{g}
	opts = add(a, opts, "output_size", func() nn.FractionalOption { return nn.OutputSize(a.ints("output_size")...) })
	return add(a, opts, "output_ratio", func() nn.FractionalOption { return nn.OutputRatio(a["output_ratio"].(float64)) })
}

func lpPool(a arguments) []nn.LPPoolOption {
	var opts []nn.LPPoolOption
	opts = add(a, opts, "stride", func() nn.LPPoolOption { return nn.Stride(a.ints("stride")...) })
	return add(a, opts, "ceil_mode", func() nn.LPPoolOption { return nn.CeilMode })
}

func folding(a arguments) []nn.FoldOption {
	var opts []nn.FoldOption
	opts = add(a, opts, "stride", func() nn.FoldOption { return nn.Stride(a.ints("stride")...) })
	opts = add(a, opts, "padding", func() nn.FoldOption { return nn.Padding(a.ints("padding")...) })
	return add(a, opts, "dilation", func() nn.FoldOption { return nn.Dilation(a.ints("dilation")...) })
}
