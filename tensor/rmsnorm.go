package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// RMSNorm divides t by the root of the mean square over its last dims, which
// have the given shape, then scales by weight, elementwise, which may be nil:
//
//	y = t / √(mean(t²) + eps) · weight
//
// An eps of 0 is the distance from 1 to the next number of the dtype that it
// computes in: 2⁻⁵² for float64, else 2⁻²³.
//
//	shape:  [..., shape], weight [shape] → t's
//	dtype:  floating point; half precision computes in float32
//	panics: *Error for other shapes or dtypes, and for an empty shape
//	source: torch.nn.functional.rms_norm; Zhang & Sennrich 2019, arXiv:1910.07467
func (t *Tensor) RMSNorm(shape []int, weight *Tensor, eps float64) *Tensor {
	if err := checkLayerNorm(t, shape, weight, nil); err != nil {
		misuse("rms_norm", err, t)
	}
	if t.Len() == 0 {
		return t.Clone()
	}
	if eps == 0 {
		eps = epsilon(statDType(t.DType()))
	}
	n := volumeOf(shape)
	o := normalizeTrainOp{device.Normalization{Eps: eps, Inner: true, RMS: true}}
	return ApplyMulti(o, t.Reshape(1, -1, n), affine(weight, 1, t, n), affine(nil, 0, t, n))[0].Reshape(t.shape()...)
}

// epsilon is how far the next number above 1 is.
func epsilon(d DType) float64 {
	if d == Float64 {
		return 0x1p-52
	}
	return 0x1p-23
}

func rmsNormEntry() Entry {
	return Entry{
		Name: "nn.functional.rms_norm", Sig: "rms_norm(input, normalized_shape, weight=None, eps=None)", At: Here(), Go: []string{"RMSNorm"},
		Ops: []any{normalizeTrainOp{}, normalizeGradOp{}},
		Call: func(a *Args) []*Tensor {
			eps := 0.0
			if a.Has("eps") {
				eps = a.Float("eps")
			}
			return one(a.Tensor("input").RMSNorm(a.Ints("normalized_shape"), a.OptTensor("weight"), eps))
		},
		Ref: func(a *Args) []Array {
			x, eps := a.Array("input"), 0x1p-23
			if a.Has("eps") {
				eps = a.Float("eps")
			}
			y, n := NewArray(x.Shape...), volumeOf(a.Ints("normalized_shape"))
			for start := 0; start < len(x.V); start += n {
				square := 0.0
				for _, v := range x.V[start : start+n] {
					square += v * v / float64(n)
				}
				for i, v := range x.V[start : start+n] {
					y.V[start+i] = refScaled(a, v/math.Sqrt(square+eps), i)
				}
			}
			return []Array{y}
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(1), []int{1}}, Kw: map[string]any{"eps": 0.1}}, {Args: []any{In(5), []int{5}}, Only: []DType{Float32, Float16, BFloat16}}, {Args: []any{In(3, 4), []int{4}, In(4), 1e-5}},
			{Args: []any{In(2, 2, 3), []int{2, 3}, In(2, 3)}, Kw: map[string]any{"eps": 0.5}}, {Args: []any{In(0, 3), []int{3}, In(3)}}, {Args: []any{In(2, 0), []int{0}}},
			{Args: []any{In(3, 70), []int{70}, In(70), 1e-6}}, {Args: []any{In(90, 5), []int{5}, In(5), 1e-6}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), []int{2}}, Want: "tensor: rms_norm [2 3]: the last dims are not [2], of which there must be at least one"},
			{Args: []any{In(2, 3), []int{3}, In(2)}, Want: "tensor: rms_norm [2 3]: the weight has shape [2]; want [3]"},
			{Args: []any{In(2, 3).As(Int64), []int{3}}, Want: "tensor: rms_norm [2 3]: dtype int64; want a floating-point dtype"},
		},
		Abs: 1,
		Why: map[string]string{"tol": "terms of the gradient cancel", "infinite": "the gradient of a line of one element is 0 by cancelling", "0-d": "there are no dims to normalise over"},
	}
}
