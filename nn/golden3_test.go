package nn_test

import (
	"fmt"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// What TestModules says, of activations and other small layers, and of those
// that PyTorch 1.13 lacks.
func TestMoreModules(t *testing.T) {
	for path, least := range map[string]int{"testdata/activations.json": 30, "testdata/current.json": 15} {
		var file struct{ Cases []moduleCase }
		golden.Read(t, path, &file)
		if len(file.Cases) < least {
			t.Fatalf("%s: %d cases", path, len(file.Cases))
		}
		for _, c := range file.Cases {
			t.Run(c.Name, func(t *testing.T) { c.run(t) })
		}
	}
}

// option makes a list of the option that f makes of an argument, if it is given.
func option[O any](a arguments, name string, f func(float64) O) []O {
	return add(a, nil, name, func() O { return f(a[name].(float64)) })
}

// buildSmall makes the layers without sizes, nil for others.
func buildSmall(module string, a arguments) nn.Layer {
	switch module {
	case "ELU":
		return nn.NewELU(option(a, "alpha", nn.Alpha)...)
	case "CELU":
		return nn.NewCELU(option(a, "alpha", nn.Alpha)...)
	case "Hardshrink":
		return nn.NewHardshrink(option(a, "lambd", nn.Lambda)...)
	case "Softshrink":
		return nn.NewSoftshrink(option(a, "lambd", nn.Lambda)...)
	case "Hardtanh":
		return nn.NewHardtanh(append(option(a, "min_val", nn.MinVal), option(a, "max_val", nn.MaxVal)...)...)
	case "Threshold":
		return nn.NewThreshold(a["threshold"].(float64), a["value"].(float64))
	case "GLU":
		return nn.NewGLU(option(a, "dim", func(d float64) nn.DimOption { return nn.Dim(int(d)) })...)
	case "PReLU":
		n := func(n float64) nn.PReLUOption { return nn.NumParameters(int(n)) }
		return nn.NewPReLU(append(option(a, "num_parameters", n), option(a, "init", nn.Init)...)...)
	case "RReLU":
		return nn.NewRReLU(append(option(a, "lower", nn.Lower), option(a, "upper", nn.Upper)...)...)
	case "Dropout":
		if p, ok := a["p"].(float64); ok {
			return nn.NewDropout(p)
		}
		return nn.NewDropout(0.5)
	case "Softmin":
		return nn.NewSoftmin(a.int("dim"))
	case "Unflatten":
		return nn.NewUnflatten(a.int("dim"), a.ints("unflattened_size")...)
	case "GroupNorm":
		return nn.NewGroupNorm(a.int("num_groups"), a.int("num_channels"), nn.NoBias)
	case "InstanceNorm1d":
		return nn.NewInstanceNorm1d(a.int("num_features"), nn.Affine, nn.NoBias)
	case "RMSNorm":
		opts := option(a, "eps", func(e float64) nn.RMSNormOption { return nn.Eps(e) })
		opts = add(a, opts, "elementwise_affine", func() nn.RMSNormOption { return nn.NoAffine })
		return nn.NewRMSNorm(a.ints("normalized_shape"), opts...)
	}
	if f := plain[module]; f != nil {
		return f()
	}
	return nil
}

// plain are the layers without arguments.
var plain = map[string]func() nn.Layer{
	"ReLU6": func() nn.Layer { return nn.NewReLU6() }, "SELU": func() nn.Layer { return nn.NewSELU() },
	"Hardsigmoid": func() nn.Layer { return nn.NewHardsigmoid() }, "Hardswish": func() nn.Layer { return nn.NewHardswish() },
	"Mish": func() nn.Layer { return nn.NewMish() }, "Softsign": func() nn.Layer { return nn.NewSoftsign() },
	"Tanhshrink": func() nn.Layer { return nn.NewTanhshrink() }, "LogSigmoid": func() nn.Layer { return nn.NewLogSigmoid() },
	"Identity": func() nn.Layer { return nn.NewIdentity() }, "Softmax2d": func() nn.Layer { return nn.NewSoftmax2d() },
}

// Attention gives what the current PyTorch gives, with its gradients.
func TestCurrentAttention(t *testing.T) {
	var file struct {
		Attention []struct {
			Name                                 string
			Query, Key, Value, Output, Cotangent *golden.Tensor
			Attn_Mask                            *golden.Tensor
			Is_Causal, Enable_GQA                bool
			Scale                                *float64
			Grads                                []*golden.Tensor
		}
	}
	golden.Read(t, "testdata/current.json", &file)
	if len(file.Attention) < 9 {
		t.Fatalf("%d cases", len(file.Attention))
	}
	for _, c := range file.Attention {
		t.Run(c.Name, func(t *testing.T) {
			var opts []tensor.AttentionOption
			if c.Attn_Mask != nil {
				opts = append(opts, tensor.AttentionMask(toTensor(c.Attn_Mask)))
			}
			if c.Is_Causal {
				opts = append(opts, tensor.Causal)
			}
			if c.Enable_GQA {
				opts = append(opts, tensor.GroupedQuery)
			}
			if c.Scale != nil {
				opts = append(opts, tensor.AttentionScale(*c.Scale))
			}
			in := []*tensor.Tensor{toTensor(c.Query).RequireGrad(), toTensor(c.Key).RequireGrad(), toTensor(c.Value).RequireGrad()}
			y := tensor.ScaledDotProductAttention(in[0], in[1], in[2], opts...)
			near(t, "output", y, c.Output, relative)
			y.Backward(tensor.Seed(toTensor(c.Cotangent)))
			for i, g := range c.Grads {
				near(t, fmt.Sprintf("gradient of input %d", i), in[i].Grad(), g, relative)
			}
		})
	}
}
