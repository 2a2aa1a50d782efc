package recipe

import (
	"fmt"
	"maps"
	"slices"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A layerKind makes a layer from a call. how is the way to write it.
type layerKind struct {
	how  string
	most int // numbers by place
	make func(c *call, gen nn.GenOption) nn.Layer
}

// plain is a layer without arguments.
func plain[L nn.Layer](name string, make func() L) layerKind {
	return layerKind{name, 0, func(*call, nn.GenOption) nn.Layer { return make() }}
}

// layerKinds are the layers of the list model.layers, with torch.nn's arguments.
func layerKinds() map[string]layerKind {
	return map[string]layerKind{
		"linear": {"linear(in, out, bias=true)", 2, func(c *call, gen nn.GenOption) nn.Layer {
			opts := []nn.LinearOption{gen}
			if !c.bool("bias", true) {
				opts = append(opts, nn.NoBias)
			}
			return nn.NewLinear(c.int(0, "in"), c.int(1, "out"), opts...)
		}},
		"conv1d": {"conv1d(in, out, kernel, stride=1, padding=0, dilation=1, groups=1, bias=true)", 3, func(c *call, gen nn.GenOption) nn.Layer {
			return nn.NewConv1d(c.int(0, "in"), c.int(1, "out"), c.int(2, "kernel"), convOptions(c, gen)...)
		}},
		"conv2d": {"conv2d(in, out, kernel, stride=1, padding=0, dilation=1, groups=1, bias=true)", 3, func(c *call, gen nn.GenOption) nn.Layer {
			return nn.NewConv2d(c.int(0, "in"), c.int(1, "out"), c.int(2, "kernel"), convOptions(c, gen)...)
		}},
		"maxpool2d": {"maxpool2d(kernel, stride=kernel, padding=0)", 1, func(c *call, _ nn.GenOption) nn.Layer {
			k := c.int(0, "kernel")
			return nn.NewMaxPool2d(k, nn.Stride(c.intOr(-1, "stride", k)), nn.Padding(c.intOr(-1, "padding", 0)))
		}},
		"avgpool2d": {"avgpool2d(kernel, stride=kernel, padding=0)", 1, func(c *call, _ nn.GenOption) nn.Layer {
			k := c.int(0, "kernel")
			return nn.NewAvgPool2d(k, nn.Stride(c.intOr(-1, "stride", k)), nn.Padding(c.intOr(-1, "padding", 0)))
		}},
		"adaptiveavgpool2d": {"adaptiveavgpool2d(size)", 1, func(c *call, _ nn.GenOption) nn.Layer {
			return nn.NewAdaptiveAvgPool2d(c.int(0, "size"))
		}},
		"batchnorm1d": {"batchnorm1d(features)", 1, func(c *call, _ nn.GenOption) nn.Layer { return nn.NewBatchNorm1d(c.int(0, "features")) }},
		"batchnorm2d": {"batchnorm2d(features)", 1, func(c *call, _ nn.GenOption) nn.Layer { return nn.NewBatchNorm2d(c.int(0, "features")) }},
		"layernorm":   {"layernorm(features)", 1, func(c *call, _ nn.GenOption) nn.Layer { return nn.NewLayerNorm(c.int(0, "features")) }},
		"groupnorm": {"groupnorm(groups, channels)", 2, func(c *call, _ nn.GenOption) nn.Layer {
			return nn.NewGroupNorm(c.int(0, "groups"), c.int(1, "channels"))
		}},
		"dropout":   {"dropout(p=0.5)", 1, func(c *call, gen nn.GenOption) nn.Layer { return nn.NewDropout(c.float(0, "p", 0.5, false), gen) }},
		"dropout2d": {"dropout2d(p=0.5)", 1, func(c *call, gen nn.GenOption) nn.Layer { return nn.NewDropout2d(c.float(0, "p", 0.5, false), gen) }},
		"softmax":   {"softmax(dim=-1)", 1, func(c *call, _ nn.GenOption) nn.Layer { return nn.NewSoftmax(c.intOr(0, "dim", -1)) }},
		"flatten":   {"flatten", 0, func(*call, nn.GenOption) nn.Layer { return nn.NewFlatten() }},
		"gelu":      {"gelu", 0, func(*call, nn.GenOption) nn.Layer { return nn.NewGELU() }},
		"elu":       {"elu", 0, func(*call, nn.GenOption) nn.Layer { return nn.NewELU() }},
		"leakyrelu": {"leakyrelu", 0, func(*call, nn.GenOption) nn.Layer { return nn.NewLeakyReLU() }},
		"softplus":  {"softplus", 0, func(*call, nn.GenOption) nn.Layer { return nn.NewSoftplus() }},
		"relu":      plain("relu", nn.NewReLU), "relu6": plain("relu6", nn.NewReLU6), "silu": plain("silu", nn.NewSiLU),
		"tanh": plain("tanh", nn.NewTanh), "sigmoid": plain("sigmoid", nn.NewSigmoid), "mish": plain("mish", nn.NewMish),
		"hardswish": plain("hardswish", nn.NewHardswish), "identity": plain("identity", nn.NewIdentity),
	}
}

func convOptions(c *call, gen nn.GenOption) []nn.ConvOption {
	opts := []nn.ConvOption{gen, nn.Stride(c.intOr(-1, "stride", 1)), nn.Padding(c.intOr(-1, "padding", 0)),
		nn.Dilation(c.intOr(-1, "dilation", 1)), nn.Groups(c.intOr(-1, "groups", 1))}
	if !c.bool("bias", true) {
		opts = append(opts, nn.NoBias)
	}
	return opts
}

// LayerKinds lists how to write each layer, in order.
func LayerKinds() []string {
	var out []string
	for _, k := range layerKinds() {
		out = append(out, k.how)
	}
	slices.Sort(out)
	return out
}

// sequential makes the layers of a list.
func sequential(texts []string, gen nn.GenOption) (*nn.Sequential, error) {
	kinds := layerKinds()
	var layers []nn.Layer
	for i, text := range texts {
		l, err := layer(kinds, text, gen)
		if err != nil {
			return nil, fmt.Errorf("model.layers, item %d: %w", i+1, err)
		}
		layers = append(layers, l)
	}
	return nn.NewSequential(layers...), nil
}

func layer(kinds map[string]layerKind, text string, gen nn.GenOption) (l nn.Layer, err error) {
	c, err := parseCall(text)
	if err != nil {
		return nil, err
	}
	kind, ok := kinds[c.name]
	if !ok {
		return nil, fmt.Errorf("there is no layer %q%s", c.name, Suggest(c.name, slices.Sorted(maps.Keys(kinds))))
	}
	c.wanted = kind.how
	misuse := tensor.Try(func() { l = kind.make(c, gen) })
	if err := c.end(kind.most); err != nil { // before misuse: a missing size came as 0
		return nil, err
	}
	return l, misuse
}
