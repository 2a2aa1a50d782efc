package nn

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// RotaryEmbedding turns pairs of features of queries and keys by angles that
// grow with the position, so that their product depends on the distance.
//
//	source: Su et al. 2021, arXiv:2104.09864
type RotaryEmbedding struct {
	Interleaved bool // pairs lie next to each other, else in the two halves

	// byDType are cos and sin, [positions, size/2], of float32 and float64. They
	// keep their digits in a model that is cast to half precision.
	byDType map[tensor.DType][2]*tensor.Tensor `state:"-"`
}

// A RotaryOption changes [NewRotaryEmbedding]: RotaryBase, Interleaved.
type RotaryOption interface{ rotary(*rotaryConfig) }

type rotaryConfig struct {
	base        float64
	interleaved bool
}

type rotaryOption func(*rotaryConfig)

func (o rotaryOption) rotary(c *rotaryConfig) { o(c) }

// RotaryBase is the base of the wave lengths of a RotaryEmbedding, 10000 without it.
func RotaryBase(b float64) RotaryOption {
	return rotaryOption(func(c *rotaryConfig) { c.base = b })
}

// Interleaved makes a RotaryEmbedding turn features 2i and 2i+1, as the paper
// does, instead of i and i + size/2, as GPT-NeoX and Llama's weights of the
// transformers library want.
var Interleaved RotaryOption = rotaryOption(func(c *rotaryConfig) { c.interleaved = true })

// NewRotaryEmbedding returns a layer for heads of size features, and positions
// below most.
//
//	panics: *tensor.Error unless size is even, and for negative sizes
func NewRotaryEmbedding(size, most int, opts ...RotaryOption) *RotaryEmbedding {
	c := rotaryConfig{base: 10000}
	for _, o := range opts {
		o.rotary(&c)
	}
	wantSizes("rotary", "features and positions are", size, most)
	if size%2 != 0 {
		tensor.Misuse("rotary", fmt.Errorf("%d features; want an even number", size))
	}
	angles := waves(size, most, c.base)
	l := &RotaryEmbedding{Interleaved: c.interleaved, byDType: map[tensor.DType][2]*tensor.Tensor{}}
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		l.byDType[d] = [2]*tensor.Tensor{angles.Cos().Cast(d), angles.Sin().Cast(d)}
	}
	return l
}

// waves are the angles position·base^(-2i/size), one for each two features.
func waves(size, most int, base float64) *tensor.Tensor {
	half := (size + 1) / 2
	v := make([]float64, 0, most*half)
	for p := range most {
		for i := range half {
			v = append(v, float64(p)*math.Pow(base, -2*float64(i)/float64(size)))
		}
	}
	return tensor.FromSlice(v, []int{most, half})
}

// Forward is From position 0 on.
//
//	panics: *tensor.Error as From does
func (l *RotaryEmbedding) Forward(x *tensor.Tensor) *tensor.Tensor { return l.From(x, 0) }

// From turns rows that begin at the given position: that of the first token
// after a [KVCache] is its Len.
//
//	shape:  [..., length, size] → x's
//	dtype:  floating point; half precision computes in float32
//	panics: *tensor.Error for other shapes, and for positions that the layer has not
func (l *RotaryEmbedding) From(x *tensor.Tensor, position int) *tensor.Tensor {
	if x == nil || x.Dim() < 2 {
		tensor.Misuse("rotary", fmt.Errorf("want an input of shape [..., length, size]"), x)
	}
	d := tensor.Float32
	if x.DType() == tensor.Float64 {
		d = tensor.Float64
	}
	t, ok := l.byDType[d]
	if !ok {
		tensor.Misuse("rotary", fmt.Errorf("the layer has no angles; make it with its New function"), x)
	}
	n := x.Size(-2)
	if most := t[0].Size(0); position < 0 || position+n > most {
		tensor.Misuse("rotary", fmt.Errorf("positions %d to %d; the layer has %d", position, position+n-1, most), x)
	}
	cos, sin := t[0].Narrow(0, position, n).To(x.Device()), t[1].Narrow(0, position, n).To(x.Device())
	return tensor.Observed(l, x, x.Rotary(cos, sin, l.Interleaved))
}

// SinusoidalPositions adds to each position sines and cosines of waves of
// growing length. The length is the dim before the last: transformers and
// recurrent layers have it there with [BatchFirst] alone.
//
//	source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5
type SinusoidalPositions struct {
	PE *tensor.Tensor `state:"pe,buffer"` // [positions, features]: even ones are sines, odd ones cosines
}

// NewSinusoidalPositions returns a layer for so many features and positions.
//
//	panics: *tensor.Error for negative sizes
func NewSinusoidalPositions(features, most int) *SinusoidalPositions {
	wantSizes("sinusoidal_positions", "features and positions are", features, most)
	angles := waves(features, most, 10000)
	pe := tensor.Stack(-1, angles.Sin(), angles.Cos()).Flatten(1, -1).Narrow(1, 0, features)
	return &SinusoidalPositions{pe.Cast(tensor.Float32).Contiguous()}
}

// Forward adds the first rows of PE.
//
//	shape:  [..., length, features] → x's
//	panics: *tensor.Error for other features, and more positions than the layer has
func (l *SinusoidalPositions) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Add(firstRows("sinusoidal_positions", x, l.PE)))
}

// LearnedPositions adds to each position a trained vector, as GPT-2 does.
//
//	source: Gehring et al. 2017, arXiv:1705.03122
type LearnedPositions struct {
	Weight *tensor.Tensor // [positions, features]
}

// NewLearnedPositions returns a layer for so many features and positions. The
// weights are standard normal, as those of an Embedding.
//
//	panics: *tensor.Error for negative sizes
func NewLearnedPositions(features, most int, opts ...EmbeddingOption) *LearnedPositions {
	return &LearnedPositions{NewEmbedding(most, features, opts...).Weight}
}

// Forward is From position 0 on.
//
//	panics: *tensor.Error as From does
func (l *LearnedPositions) Forward(x *tensor.Tensor) *tensor.Tensor { return l.From(x, 0) }

// From adds the rows of Weight from the given position on.
//
//	shape:  [..., length, features] → x's
//	panics: *tensor.Error for other features, and for positions that the layer has not
func (l *LearnedPositions) From(x *tensor.Tensor, position int) *tensor.Tensor {
	wantReady("learned_positions", x, l.Weight)
	if most := l.Weight.Size(0); position < 0 || position > most {
		tensor.Misuse("learned_positions", fmt.Errorf("position %d; the layer has %d", position, most), x)
	}
	return tensor.Observed(l, x, x.Add(firstRows("learned_positions", x, l.Weight.Narrow(0, position, l.Weight.Size(0)-position))))
}

// firstRows are as many rows of a table as x has.
func firstRows(op string, x, table *tensor.Tensor) *tensor.Tensor {
	wantReady(op, x, table)
	if x.Dim() < 2 || x.Size(-1) != table.Size(1) || x.Size(-2) > table.Size(0) {
		tensor.Misuse(op, fmt.Errorf("want an input of shape [..., length, %d], of at most %d positions", table.Size(1), table.Size(0)), x)
	}
	return table.Narrow(0, 0, x.Size(-2))
}
