package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// A TransformerOption changes [NewTransformerEncoderLayer],
// [NewTransformerDecoderLayer] and [NewTransformer]: FeedForward, DropoutP,
// Activation, Eps, BatchFirst, NormFirst, NoBias, Gen.
type TransformerOption interface{ transformer(*transformerConfig) }

type transformerConfig struct {
	feedForward                   int
	dropout, eps                  float64
	activation                    Layer
	batchFirst, normFirst, noBias bool
	gen                           *tensor.Generator
}

type transformerOption func(*transformerConfig)

func (o transformerOption) transformer(c *transformerConfig) { o(c) }
func (noBias) transformer(c *transformerConfig)              { c.noBias = true }
func (o GenOption) transformer(c *transformerConfig)         { c.gen = o.g }
func (e EpsOption) transformer(c *transformerConfig)         { c.eps = float64(e) }
func (p dropoutP) transformer(c *transformerConfig)          { c.dropout = float64(p) }
func (batchFirst) transformer(c *transformerConfig)          { c.batchFirst = true }

// FeedForward is how many features are between the two Linear of a
// transformer's layer, 2048 without it.
func FeedForward(n int) TransformerOption {
	return transformerOption(func(c *transformerConfig) { c.feedForward = n })
}

// Activation is the layer between the two Linear of a transformer's layer, ReLU
// without it.
func Activation(l Layer) TransformerOption {
	return transformerOption(func(c *transformerConfig) { c.activation = l })
}

// NormFirst normalises what goes into each part of a transformer's layer, and
// not the sum behind it.
var NormFirst TransformerOption = transformerOption(func(c *transformerConfig) { c.normFirst = true })

func transformerConfigOf(opts []TransformerOption) *transformerConfig {
	c := &transformerConfig{feedForward: 2048, dropout: 0.1, eps: 1e-5}
	for _, o := range opts {
		o.transformer(c)
	}
	if c.activation == nil {
		c.activation = NewReLU()
	}
	wantProbability("transformer", "the dropout probability is", c.dropout)
	return c
}

func (c *transformerConfig) attention(model, heads int) *MultiheadAttention {
	opts := []AttentionOption{DropoutP(c.dropout), Gen(c.gen)}
	if c.noBias {
		opts = append(opts, NoBias)
	}
	if c.batchFirst {
		opts = append(opts, BatchFirst)
	}
	return NewMultiheadAttention(model, heads, opts...)
}

func (c *transformerConfig) linear(in, out int) *Linear {
	opts := []LinearOption{Gen(c.gen)}
	if c.noBias {
		opts = append(opts, NoBias)
	}
	return NewLinear(in, out, opts...)
}

func (c *transformerConfig) norm(model int) *LayerNorm {
	opts := []LayerNormOption{Eps(c.eps)}
	if c.noBias {
		opts = append(opts, NoBias)
	}
	return NewLayerNorm(model, opts...)
}

func (c *transformerConfig) drop() *Dropout { return NewDropout(c.dropout, Gen(c.gen)) }

// TransformerEncoderLayer is self-attention and two Linear, each with a way
// around it and a norm.
//
//	source: torch.nn.TransformerEncoderLayer; Vaswani et al. 2017, arXiv:1706.03762
type TransformerEncoderLayer struct {
	SelfAttn         *MultiheadAttention
	Linear1, Linear2 *Linear
	Norm1, Norm2     *LayerNorm

	Dropout, Dropout1, Dropout2 *Dropout // between the Linear, and of what is added
	Activation                  Layer
	NormFirst                   bool
}

// NewTransformerEncoderLayer returns a layer for inputs of so many features.
//
//	panics: *tensor.Error unless heads divide model, and for sizes below 1
func NewTransformerEncoderLayer(model, heads int, opts ...TransformerOption) *TransformerEncoderLayer {
	c := transformerConfigOf(opts)
	l := &TransformerEncoderLayer{Activation: c.activation, NormFirst: c.normFirst}
	l.SelfAttn = c.attention(model, heads)
	l.Linear1, l.Linear2 = c.linear(model, c.feedForward), c.linear(c.feedForward, model)
	l.Norm1, l.Norm2 = c.norm(model), c.norm(model)
	l.Dropout, l.Dropout1, l.Dropout2 = c.drop(), c.drop(), c.drop()
	return l
}

// Forward is Masked without masks.
//
//	panics: *tensor.Error as Masked does
func (l *TransformerEncoderLayer) Forward(x *tensor.Tensor) *tensor.Tensor {
	return l.Masked(x, Masks{})
}

// Masked returns a tensor of x's shape.
//
//	shape:  [length, batch, features]; see [MultiheadAttention]
//	panics: *tensor.Error for other shapes
func (l *TransformerEncoderLayer) Masked(x *tensor.Tensor, m Masks) *tensor.Tensor {
	if l.SelfAttn == nil || x == nil {
		refuseTransformer(l.SelfAttn == nil)
	}
	attend := func(x *tensor.Tensor) *tensor.Tensor { return l.Dropout1.Forward(l.SelfAttn.Attend(x, x, x, m)) }
	feed := func(x *tensor.Tensor) *tensor.Tensor {
		return l.Dropout2.Forward(feedForward(x, l.Linear1, l.Linear2, l.Activation, l.Dropout))
	}
	return tensor.Observed(l, x, around(x, l.NormFirst, []*LayerNorm{l.Norm1, l.Norm2}, attend, feed))
}

func refuseTransformer(unmade bool) {
	if unmade {
		tensor.Misuse("transformer", fmt.Errorf("the layer has no weights; make it with its New function"))
	}
	tensor.Misuse("transformer", fmt.Errorf("the input is nil"))
}

// around adds to x what each part makes of it. The norm comes before the part,
// or after the sum.
func around(x *tensor.Tensor, first bool, norms []*LayerNorm, parts ...func(*tensor.Tensor) *tensor.Tensor) *tensor.Tensor {
	y := x
	if first {
		y = norms[0].Forward(x)
	}
	for i, part := range parts {
		dx := part(y)
		switch {
		case !first:
			_, y = norms[i].ForwardSum(y, dx)
		case i+1 < len(parts):
			x, y = norms[i+1].ForwardSum(x, dx)
		default:
			y = x.Add(dx)
		}
	}
	return y
}

// feedForward is the two Linear with an activation and dropout between them.
func feedForward(x *tensor.Tensor, one, two *Linear, act Layer, drop *Dropout) *tensor.Tensor {
	var h *tensor.Tensor
	if _, relu := act.(*ReLU); relu && !tensor.Observing(x) {
		h = one.forwardReLU(one, x)
	}
	if h == nil {
		h = act.Forward(one.Forward(x))
	}
	return two.Forward(drop.Forward(h))
}

// TransformerDecoderLayer is self-attention, attention to the encoder's output,
// which is the memory, and two Linear, each with a way around it and a norm.
//
//	source: torch.nn.TransformerDecoderLayer; Vaswani et al. 2017, arXiv:1706.03762
type TransformerDecoderLayer struct {
	SelfAttn, MultiheadAttn *MultiheadAttention
	Linear1, Linear2        *Linear
	Norm1, Norm2, Norm3     *LayerNorm

	Dropout, Dropout1, Dropout2, Dropout3 *Dropout // between the Linear, and of what is added
	Activation                            Layer
	NormFirst                             bool
}

// NewTransformerDecoderLayer returns a layer for inputs of so many features.
//
//	panics: *tensor.Error unless heads divide model, and for sizes below 1
func NewTransformerDecoderLayer(model, heads int, opts ...TransformerOption) *TransformerDecoderLayer {
	c := transformerConfigOf(opts)
	l := &TransformerDecoderLayer{Activation: c.activation, NormFirst: c.normFirst}
	l.SelfAttn = c.attention(model, heads)
	l.MultiheadAttn = c.attention(model, heads)
	l.Linear1, l.Linear2 = c.linear(model, c.feedForward), c.linear(c.feedForward, model)
	l.Norm1, l.Norm2, l.Norm3 = c.norm(model), c.norm(model), c.norm(model)
	l.Dropout, l.Dropout1, l.Dropout2, l.Dropout3 = c.drop(), c.drop(), c.drop(), c.drop()
	return l
}

// Forward is Masked without masks.
//
//	panics: *tensor.Error as Masked does
func (l *TransformerDecoderLayer) Forward(x, memory *tensor.Tensor) *tensor.Tensor {
	return l.Masked(x, memory, Masks{}, Masks{})
}

// Masked returns a tensor of x's shape. The masks are those of x with itself
// and of x with the memory.
//
//	shape:  [length, batch, features]; see [MultiheadAttention]
//	panics: *tensor.Error for other shapes
func (l *TransformerDecoderLayer) Masked(x, memory *tensor.Tensor, own, mem Masks) *tensor.Tensor {
	if l.SelfAttn == nil || x == nil || memory == nil {
		refuseTransformer(l.SelfAttn == nil)
	}
	y := around(x, l.NormFirst, []*LayerNorm{l.Norm1, l.Norm2, l.Norm3},
		func(x *tensor.Tensor) *tensor.Tensor { return l.Dropout1.Forward(l.SelfAttn.Attend(x, x, x, own)) },
		func(x *tensor.Tensor) *tensor.Tensor {
			return l.Dropout2.Forward(l.MultiheadAttn.Attend(x, memory, memory, mem))
		},
		func(x *tensor.Tensor) *tensor.Tensor {
			return l.Dropout3.Forward(feedForward(x, l.Linear1, l.Linear2, l.Activation, l.Dropout))
		})
	return tensor.Observed(l, x, y)
}
