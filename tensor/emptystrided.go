package tensor

import (
	"errors"

	"github.com/facula-ml/facula/device"
)

// EmptyStrided returns uninitialised memory seen through the given shape and
// strides.
//
//	panics: *Error for a negative dim or stride, or as many strides as dims are not given
//	source: torch.empty_strided
func (m Make) EmptyStrided(shape, stride []int) *Tensor {
	spec, err := shapeSpec(m.dtype(Float32), shape)
	v := device.View{Spec: spec}
	if err == nil {
		err = setStrides(&v, stride, maxElements)
	}
	if err != nil {
		misuse("empty_strided", err)
	}
	if v.Len() == 0 {
		return m.Empty(shape...) // strides over nothing
	}
	_, n := reach(&v)
	return m.Empty(n).AsStrided(shape, stride, 0)
}

// EmptyStrided is Make{}.EmptyStrided.
func EmptyStrided(shape, stride []int) *Tensor { return Make{}.EmptyStrided(shape, stride) }

// Resize returns a tensor of another shape that begins with t's elements, in
// row-major order; what is left of the memory is uninitialised.
//
//	panics: *Error for a shape that nothing has, and if t requires a gradient
//	source: torch.Tensor.resize_, without the change in place
func (t *Tensor) Resize(shape ...int) *Tensor {
	if t.known("resize_").RequiresGrad() {
		misuse("resize_", errors.New("a tensor that requires a gradient has none after it; use its Detach"), t)
	}
	y := like(t).Empty(shape...)
	n := min(t.Len(), y.Len())
	y.Reshape(-1).Narrow(0, 0, n).copyFrom(t.Reshape(-1).Narrow(0, 0, n))
	return y
}

func newEmptyStridedEntry() Entry {
	e := fresh("new_empty_strided", "size, stride, ", Here(), constant(0), func(m Make, a *Args) *Tensor { return m.EmptyStrided(a.Ints("size"), a.Ints("stride")) })
	e.Go = []string{"EmptyStrided"}
	sample := func(size, stride []int) Sample { return Sample{Args: []any{In(2), size, stride}, NoGrad: true} }
	e.Samples = []Sample{sample([]int{}, []int{}), sample([]int{2, 3}, []int{1, 2}), sample([]int{2, 3}, []int{9, 3}), sample([]int{2, 0}, []int{1, 1})}
	e.Bad = []Bad{
		{Args: []any{In(2), []int{2}, []int{1, 1}}, Want: "tensor: empty_strided: 2 strides for 1 dims"},
		{Args: []any{In(2), []int{2}, []int{-1}}, Want: "tensor: empty_strided: stride -1 is out of range for 144115188075855871 elements"},
	}
	return e.undefined(uninitialised)
}

// resizeEntry is called on a copy: PyTorch's changes its tensor.
func resizeEntry() Entry {
	e := Entry{
		Name: "resize_", Sig: "resize_(input, *size, memory_format=None)", At: Here(), Go: []string{"Resize"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").Resize(a.Ints("size")...)) },
		Ref:    func(a *Args) []Array { return []Array{NewArray(a.Ints("size")...)} },
		DTypes: AllDTypes,
		Bad:    []Bad{bad("tensor: empty: dim 0 is -1; want 0 or more", []int{2}, -1)},
	}
	for _, s := range []Sample{call(nil, 1, 1), call([]int{1}, 3), call([]int{2, 3}, 3, 2), call([]int{2, 3}, 2), call([]int{0}, 2, 2), call([]int{2}, []int{})} {
		s.NoGrad = true
		e.Samples = append(e.Samples, s)
	}
	return e.undefined(uninitialised)
}

func resizeAsEntry() Entry {
	e := resizeEntry()
	e.Name, e.Sig, e.At, e.Go = "resize_as_", "resize_as_(input, other, memory_format=None)", Here(), nil
	e.Call = func(a *Args) []*Tensor { return one(a.Tensor("input").Resize(a.OnlyTensor("other").Shape()...)) }
	e.Ref = func(a *Args) []Array { return []Array{NewArray(a.Array("other").Shape...)} }
	e.Samples = []Sample{
		{Args: []any{In(), In(1)}, NoGrad: true}, {Args: []any{In(2, 3), In(2)}, NoGrad: true}, {Args: []any{In(0), In(2, 2)}, NoGrad: true},
	}
	e.Bad, e.Why["errors"] = nil, "takes every two tensors"
	return e
}
