package tensor

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/device"
)

// LayerNorm normalises t over its last dims, which have the given shape, to
// mean 0 and variance 1, then scales by weight and shifts by bias, elementwise;
// both may be nil:
//
//	y = (t - mean) / √(variance + eps) · weight + bias
//
//	shape:  [..., shape], weight and bias [shape] → t's
//	dtype:  floating point; half precision computes in float32
//	panics: *Error for other shapes or dtypes, and for an empty shape
//	source: torch.nn.functional.layer_norm; Ba, Kiros & Hinton 2016, arXiv:1607.06450
func (t *Tensor) LayerNorm(shape []int, weight, bias *Tensor, eps float64) *Tensor {
	if err := checkLayerNorm(t, shape, weight, bias); err != nil {
		misuse("layer_norm", err, t)
	}
	if t.Len() == 0 {
		return t.Clone()
	}
	n := 1
	for _, d := range shape {
		n *= d
	}
	t = t.widened()
	x := t.Reshape(1, -1, n)
	o := normalizeTrainOp{device.Normalization{Eps: eps, Inner: true}}
	return ApplyMulti(o, x, affine(weight, 1, t, n), affine(bias, 0, t, n))[0].Reshape(t.shape()...)
}

func checkLayerNorm(t *Tensor, shape []int, weight, bias *Tensor) error {
	if t == nil {
		return fmt.Errorf("the input is nil")
	}
	if err := wantFloat(t.DType()); err != nil {
		return err
	}
	if n := t.Dim() - len(shape); len(shape) == 0 || n < 0 || !slices.Equal(t.shape()[n:], shape) {
		return fmt.Errorf("the last dims are not %v, of which there must be at least one", shape)
	}
	for i, w := range []*Tensor{weight, bias} {
		if w != nil && !slices.Equal(w.shape(), shape) {
			return fmt.Errorf("the %s has shape %v; want %v", [...]string{"weight", "bias"}[i], w.shape(), shape)
		}
	}
	return nil
}

func layerNormEntry() Entry {
	return Entry{
		Name: "nn.functional.layer_norm", At: Here(), Go: []string{"LayerNorm"},
		Sig: "layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05)",
		Ops: []any{normalizeTrainOp{}, normalizeGradOp{}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").LayerNorm(a.Ints("normalized_shape"), a.OptTensor("weight"), a.OptTensor("bias"), a.Float("eps")))
		},
		Ref:    refLayerNorm,
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(1), []int{1}}}, {Args: []any{In(5), []int{5}}}, {Args: []any{In(3, 4), []int{4}, In(4), In(4)}},
			{Args: []any{In(2, 2, 3), []int{2, 3}, In(2, 3), In(2, 3)}, Kw: map[string]any{"eps": 0.5}}, {Args: []any{In(2, 3), []int{2, 3}, nil, In(2, 3)}},
			{Args: []any{In(0, 3), []int{3}, In(3)}}, {Args: []any{In(2, 0), []int{0}}}, {Args: []any{In(3, 70), []int{70}, In(70), In(70)}}, {Args: []any{In(90, 5), []int{5}, In(5), In(5)}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), []int{2}}, Want: "tensor: layer_norm [2 3]: the last dims are not [2], of which there must be at least one"},
			{Args: []any{In(2, 3), []int{}}, Want: "tensor: layer_norm [2 3]: the last dims are not [], of which there must be at least one"},
			{Args: []any{In(2, 3), []int{3}, In(2)}, Want: "tensor: layer_norm [2 3]: the weight has shape [2]; want [3]"},
			{Args: []any{In(2, 3), []int{3}, nil, In(3, 1)}, Want: "tensor: layer_norm [2 3]: the bias has shape [3 1]; want [3]"},
			{Args: []any{In(2, 3).As(Int64), []int{3}}, Want: "tensor: layer_norm [2 3]: dtype int64; want a floating-point dtype"},
		},
		Abs: 1,
		Why: map[string]string{"tol": "differences to the mean cancel", "infinite": "the gradient of a constant line is 0 by cancelling", "0-d": "there are no dims to normalise over"},
	}
}

func refLayerNorm(a *Args) []Array { return []Array{refLayerNormOf(a, a.Array("input"))} }

func refLayerNormOf(a *Args, x Array) Array {
	y := NewArray(x.Shape...)
	n := volumeOf(a.Ints("normalized_shape"))
	for start := 0; start < len(x.V); start += n {
		list := make([]int, n)
		for i := range list {
			list[i] = start + i
		}
		mean, variance := moments(x.V, list)
		for i, p := range list {
			y.V[p] = refScaled(a, (x.V[p]-mean)/math.Sqrt(variance+a.Float("eps")), i)
		}
	}
	return y
}
