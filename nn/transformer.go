package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/tensor"
)

// TransformerEncoder is a stack of layers, and perhaps a norm.
//
//	source: torch.nn.TransformerEncoder
type TransformerEncoder struct {
	Layers []*TransformerEncoderLayer
	Norm   Layer // or nil
}

// NewTransformerEncoder returns n copies of a layer, which start with its
// weights, and the norm, which may be nil.
//
//	panics: *tensor.Error if the layer is nil or n negative
func NewTransformerEncoder(l *TransformerEncoderLayer, n int, norm Layer) *TransformerEncoder {
	wantStack(l == nil, n)
	e := &TransformerEncoder{Norm: norm}
	for range n {
		e.Layers = append(e.Layers, l.clone())
	}
	return e
}

// Forward is Masked without masks.
//
//	panics: *tensor.Error as Masked does
func (e *TransformerEncoder) Forward(x *tensor.Tensor) *tensor.Tensor { return e.Masked(x, Masks{}) }

// Masked returns a tensor of x's shape; every layer has the masks.
//
//	shape:  [length, batch, features]; see [MultiheadAttention]
//	panics: *tensor.Error for other shapes
func (e *TransformerEncoder) Masked(x *tensor.Tensor, m Masks) *tensor.Tensor {
	y := x
	for _, l := range e.Layers {
		y = l.Masked(y, m)
	}
	if e.Norm != nil {
		y = e.Norm.Forward(y)
	}
	return tensor.Observed(e, x, y)
}

// TransformerDecoder is a stack of layers, and perhaps a norm.
//
//	source: torch.nn.TransformerDecoder
type TransformerDecoder struct {
	Layers []*TransformerDecoderLayer
	Norm   Layer // or nil
}

// NewTransformerDecoder returns n copies of a layer, which start with its
// weights, and the norm, which may be nil.
//
//	panics: *tensor.Error if the layer is nil or n negative
func NewTransformerDecoder(l *TransformerDecoderLayer, n int, norm Layer) *TransformerDecoder {
	wantStack(l == nil, n)
	d := &TransformerDecoder{Norm: norm}
	for range n {
		d.Layers = append(d.Layers, l.clone())
	}
	return d
}

// Forward is Masked without masks.
//
//	panics: *tensor.Error as Masked does
func (d *TransformerDecoder) Forward(x, memory *tensor.Tensor) *tensor.Tensor {
	return d.Masked(x, memory, Masks{}, Masks{})
}

// Masked returns a tensor of x's shape. The masks are those of x with itself
// and of x with the memory, in every layer.
//
//	shape:  [length, batch, features]; see [MultiheadAttention]
//	panics: *tensor.Error for other shapes
func (d *TransformerDecoder) Masked(x, memory *tensor.Tensor, own, mem Masks) *tensor.Tensor {
	y := x
	for _, l := range d.Layers {
		y = l.Masked(y, memory, own, mem)
	}
	if d.Norm != nil {
		y = d.Norm.Forward(y)
	}
	return tensor.Observed(d, x, y)
}

func wantStack(none bool, n int) {
	if none || n < 0 {
		tensor.Misuse("transformer", fmt.Errorf("%d copies of a layer that is nil: %v; want a layer, and 0 or more", n, none))
	}
}

// Transformer is an encoder, and a decoder that attends to what it gives.
//
//	source: torch.nn.Transformer; Vaswani et al. 2017, arXiv:1706.03762
type Transformer struct {
	Encoder *TransformerEncoder
	Decoder *TransformerDecoder
}

// NewTransformer returns a model for inputs of so many features; PyTorch's
// defaults are 512, 8, 6 and 6. Matrices are Xavier uniform.
//
//	panics: *tensor.Error unless heads divide model, and for sizes below 1
func NewTransformer(model, heads, encoderLayers, decoderLayers int, opts ...TransformerOption) *Transformer {
	c := transformerConfigOf(opts)
	e := NewTransformerEncoderLayer(model, heads, opts...)
	t := &Transformer{Encoder: NewTransformerEncoder(e, encoderLayers, c.norm(model))}
	d := NewTransformerDecoderLayer(model, heads, opts...)
	t.Decoder = NewTransformerDecoder(d, decoderLayers, c.norm(model))
	for _, p := range Params(t) {
		if p.Dim() > 1 {
			nninit.XavierUniform(p, nninit.Gen(c.gen))
		}
	}
	return t
}

// Forward is Masked without masks.
//
//	panics: *tensor.Error as Masked does
func (t *Transformer) Forward(source, target *tensor.Tensor) *tensor.Tensor {
	return t.Masked(source, target, Masks{}, Masks{}, Masks{})
}

// Masked returns a tensor of the target's shape. The masks are those of the
// source and the target with themselves, and of the target with what the
// encoder gives.
//
//	shape:  [length, batch, features]; see [MultiheadAttention]
//	panics: *tensor.Error for other shapes
func (t *Transformer) Masked(source, target *tensor.Tensor, src, tgt, mem Masks) *tensor.Tensor {
	y := t.Decoder.Masked(target, t.Encoder.Masked(source, src), tgt, mem)
	return tensor.Observed(t, source, y)
}

// GenerateSquareSubsequentMask returns what hides later keys from a query: an
// n×n mask of -Inf above the diagonal, and 0 elsewhere.
//
//	source: torch.nn.Transformer.generate_square_subsequent_mask; Masks.Causal
//	does the same, faster
func GenerateSquareSubsequentMask(n int) *tensor.Tensor {
	return tensor.Full(math.Inf(-1), n, n).Triu(1)
}

// clone returns a layer with the same weights in memory of its own.
func (l *TransformerEncoderLayer) clone() *TransformerEncoderLayer {
	c := *l
	c.SelfAttn = l.SelfAttn.clone()
	c.Linear1, c.Linear2 = l.Linear1.clone(), l.Linear2.clone()
	c.Norm1, c.Norm2 = l.Norm1.clone(), l.Norm2.clone()
	c.Dropout, c.Dropout1, c.Dropout2 = l.Dropout.clone(), l.Dropout1.clone(), l.Dropout2.clone()
	return &c
}

func (l *TransformerDecoderLayer) clone() *TransformerDecoderLayer {
	c := *l
	c.SelfAttn, c.MultiheadAttn = l.SelfAttn.clone(), l.MultiheadAttn.clone()
	c.Linear1, c.Linear2 = l.Linear1.clone(), l.Linear2.clone()
	c.Norm1, c.Norm2, c.Norm3 = l.Norm1.clone(), l.Norm2.clone(), l.Norm3.clone()
	c.Dropout, c.Dropout1, c.Dropout2, c.Dropout3 = l.Dropout.clone(), l.Dropout1.clone(), l.Dropout2.clone(), l.Dropout3.clone()
	return &c
}

func (l *MultiheadAttention) clone() *MultiheadAttention {
	c := *l
	for _, p := range []**tensor.Tensor{&c.InProjWeight, &c.QProjWeight, &c.KProjWeight, &c.VProjWeight, &c.InProjBias, &c.BiasK, &c.BiasV} {
		*p = cloned(*p)
	}
	c.OutProj = l.OutProj.clone()
	return &c
}

func (l *Linear) clone() *Linear { return &Linear{cloned(l.Weight), cloned(l.Bias)} }

func (l *LayerNorm) clone() *LayerNorm {
	return &LayerNorm{cloned(l.Weight), cloned(l.Bias), slices.Clone(l.Shape), l.Eps}
}

func (l *Dropout) clone() *Dropout { c := *l; return &c }

// cloned is a parameter of the same values, or nil.
func cloned(p *tensor.Tensor) *tensor.Tensor {
	if p == nil {
		return nil
	}
	c := p.Detach().Clone()
	if p.RequiresGrad() {
		c.RequireGrad()
	}
	return c
}
