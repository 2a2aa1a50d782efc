package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// GroupNorm splits the channels of t evenly into groups and normalises each
// sample's groups to mean 0 and variance 1, then scales each channel by weight
// and shifts it by bias, which may be nil:
//
//	y = (t - mean) / √(variance + eps) · weight + bias
//
//	shape:  [n, c, ...], weight and bias [c] → t's
//	dtype:  floating point; half precision computes in float32
//	panics: *Error for other shapes or dtypes, for groups that do not divide the
//	channels, and if a single sample has groups of one element
//	source: torch.nn.functional.group_norm; Wu & He 2018, arXiv:1803.08494
func (t *Tensor) GroupNorm(groups int, weight, bias *Tensor, eps float64) *Tensor {
	if err := checkGroupNorm(t, groups, weight, bias); err != nil {
		misuse("group_norm", err, t)
	}
	if t.Len() == 0 {
		return t.Clone()
	}
	n, c := t.shape()[0], t.shape()[1]
	o := normalizeTrainOp{device.Normalization{Eps: eps}}
	x := t.wide().Reshape(1, n*groups, -1)
	y := ApplyMulti(o, x, affine(nil, 1, x, n*groups), affine(nil, 0, x, n*groups))[0].Reshape(n, c, -1)
	switch w, b := weight, bias; {
	case w != nil && b != nil:
		y = b.Cast(x.DType()).Unsqueeze(-1).Addcmul(y, w.Cast(x.DType()).Unsqueeze(-1), 1)
	case w != nil:
		y = y.Mul(w.Cast(x.DType()).Unsqueeze(-1))
	case b != nil:
		y = y.Add(b.Cast(x.DType()).Unsqueeze(-1))
	}
	return y.Reshape(t.shape()...).Cast(t.DType())
}

func checkGroupNorm(t *Tensor, groups int, weight, bias *Tensor) error {
	if t == nil {
		return errors.New("the input is nil")
	}
	if err := wantFloat(t.DType()); err != nil {
		return err
	}
	if t.Dim() < 2 {
		return fmt.Errorf("the input has %d dims; want at least 2", t.Dim())
	}
	c := t.shape()[1]
	if groups < 1 || c%groups != 0 {
		return fmt.Errorf("%d channels do not divide into %d groups", c, groups)
	}
	for i, w := range []*Tensor{weight, bias} {
		if w != nil && (w.Dim() != 1 || w.Len() != c) {
			return fmt.Errorf("the %s has shape %v; want [%d]", [...]string{"weight", "bias"}[i], w.shape(), c)
		}
	}
	if t.Len() == groups {
		return errors.New("one element a group; want more")
	}
	return nil
}

func groupNormEntry() Entry {
	return Entry{
		Name: "nn.functional.group_norm", Sig: "group_norm(input, num_groups, weight=None, bias=None, eps=1e-05)", At: Here(), Go: []string{"GroupNorm"},
		Ops: []any{normalizeTrainOp{}, normalizeGradOp{}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").GroupNorm(a.Int("num_groups"), a.OptTensor("weight"), a.OptTensor("bias"), a.Float("eps")))
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			each := len(x.V) / max(1, x.Shape[0]*a.Int("num_groups"))
			return []Array{refNormed(a, x, func(at []int) int { return x.flat(at) / each })}
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(1, 2), 1}}, {Args: []any{In(2, 6, 3), 2, In(6), In(6), 0.5}}, {Args: []any{In(2, 4, 1, 2), 4}}, {Args: []any{In(2, 4), 2, In(4)}},
			{Args: []any{In(2, 3, 2), 1, nil, In(3)}}, {Args: []any{In(0, 2), 1}}, {Args: []any{In(2, 1), 1}, NoGrad: true}, {Args: []any{In(3, 4, 50), 2, In(4), In(4)}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), 2}, Want: "tensor: group_norm [2 3]: 3 channels do not divide into 2 groups"},
			{Args: []any{In(3), 1}, Want: "tensor: group_norm [3]: the input has 1 dims; want at least 2"},
			{Args: []any{In(1, 2), 2}, Want: "tensor: group_norm [1 2]: one element a group; want more"},
			{Args: []any{In(2, 4), 2, In(2)}, Want: "tensor: group_norm [2 4]: the weight has shape [2]; want [4]"},
			{Args: []any{In(2, 4).As(Int64), 2}, Want: "tensor: group_norm [2 4]: dtype int64; want a floating-point dtype"},
		},
		Abs: 1,
		Why: map[string]string{"tol": "differences to the mean cancel", "infinite": "the gradient of a constant group is 0 by cancelling", "0-d": "there are no channels", "size-1": "a group has more than one element"},
	}
}

// flat is the position of an element in row-major order.
func (a Array) flat(at []int) int {
	pos := 0
	for d, st := range a.Strides() {
		pos += at[d] * st
	}
	return pos
}

// refNormed normalises the elements of each group, which group names, and
// scales them by channel.
func refNormed(a *Args, x Array, group func(at []int) int) Array {
	y := NewArray(x.Shape...)
	lists := map[int][]int{}
	for p := range x.V {
		g := group(x.Index(p))
		lists[g] = append(lists[g], p)
	}
	for _, list := range lists {
		mean, variance := moments(x.V, list)
		for _, p := range list {
			y.V[p] = refScaled(a, (x.V[p]-mean)/math.Sqrt(variance+a.Float("eps")), x.Index(p)[1])
		}
	}
	return y
}
