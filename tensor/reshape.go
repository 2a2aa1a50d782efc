package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Reshape returns t's elements, in row-major order, with a new shape. One dim
// may be -1 and is worked out. The result is a view where t's layout allows
// it, and a copy otherwise.
//
//	panics: *Error if the number of elements differs
//	source: torch.reshape
func (t *Tensor) Reshape(shape ...int) *Tensor {
	to := t.wantShape("reshape", shape)
	return t.reshapeTo(&to)
}

// reshapeTo is Reshape to a shape that has as many elements.
func (t *Tensor) reshapeTo(to *device.Spec) *Tensor {
	op := &reshapeOp{name: "reshape", to: *to}
	if !t.IsContiguous() {
		if v := t.b.view; op.view(&v) != nil {
			t = t.copyOf()
		}
	}
	return t.see(op)
}

// View returns t's data with a new shape, never a copy. One dim may be -1.
//
//	panics: *Error if the number of elements differs, or if t's layout needs a copy
//	source: torch.Tensor.view
func (t *Tensor) View(shape ...int) *Tensor {
	return t.see(&reshapeOp{name: "view", to: t.wantShape("view", shape)})
}

// Flatten joins dims from start to end, both included, into one. A scalar
// becomes a tensor of one dim.
//
//	panics: *Error if a dim is out of range or start is after end
//	source: torch.flatten
func (t *Tensor) Flatten(start, end int) *Tensor {
	s, e := t.dim("flatten", start), t.dim("flatten", end)
	if s > e {
		misuse("flatten", fmt.Errorf("start dim %d is after end dim %d", s, e), t)
	}
	if t.Dim() == 0 {
		return t.Reshape(1)
	}
	n := 1
	for _, d := range t.shape()[s : e+1] {
		n *= d
	}
	shape := append(append([]int{}, t.shape()[:s]...), n)
	return t.Reshape(append(shape, t.shape()[e+1:]...)...)
}

// wantShape works out a dim of -1.
func (t *Tensor) wantShape(op string, shape []int) device.Spec {
	spec, err := fill(t.known(op).spec(), shape)
	if err != nil {
		misuse(op, err, t)
	}
	return spec
}

// fill is the spec of the given shape, with a dim of -1 worked out, for the
// elements of from.
func fill(from *device.Spec, shape []int) (device.Spec, error) {
	if len(shape) > device.MaxRank {
		return shapeSpec(from.DType, shape) // which refuses it
	}
	full := append([]int(nil), shape...)
	n, free := 1, -1
	for i, d := range shape {
		switch {
		case d == -1 && free >= 0:
			return device.Spec{}, fmt.Errorf("two dims of %v are -1; want at most one", shape)
		case d == -1:
			free = i
		default:
			n *= d
		}
	}
	if free >= 0 && n != 0 {
		full[free] = from.Len() / n
	}
	spec, err := shapeSpec(from.DType, full)
	if err != nil || spec.Len() != from.Len() {
		return spec, fmt.Errorf("%d elements do not fill %v", from.Len(), shape)
	}
	return spec, nil
}

type reshapeOp struct {
	name string
	to   device.Spec
}

func (o *reshapeOp) Name() string { return o.name }
func (o *reshapeOp) grad(dy *Tensor, in *device.Spec) *Tensor {
	return dy.Reshape(in.Shape()...)
}

// view finds strides for the new shape, from the last dim on: a run of old dims
// that memory walks as one is shared out among new dims. Dims of size 1 get the
// strides that PyTorch gives them.
func (o *reshapeOp) view(v *device.View) error {
	to := device.View{Spec: o.to, Offset: v.Offset, Buf: v.Buf}
	if v.Rank == 0 || v.Len() == 0 {
		to.SetContiguous()
		*v = to
		return nil
	}
	j := int(to.Rank) - 1
	run, base := 1, v.Stride[v.Rank-1] // elements and inner stride of the run
	for i := int(v.Rank) - 1; i >= 0; i-- {
		run *= v.Dim[i]
		if i > 0 && (v.Dim[i-1] == 1 || v.Stride[i-1] == run*base) {
			continue
		}
		n := 1
		for ; j >= 0 && (n < run || to.Dim[j] == 1); j-- {
			to.Stride[j] = n * base
			n *= to.Dim[j]
		}
		if n != run {
			return fmt.Errorf("the layout with strides %v cannot be seen as %v; use Reshape", v.Stride[:v.Rank], o.to.Shape())
		}
		if i > 0 {
			run, base = 1, v.Stride[i-1]
		}
	}
	*v = to
	return nil
}

// Unflatten splits a dim into several. One of them may be -1.
//
//	panics: *Error if dim is out of range or shape does not fill it
//	source: torch.unflatten
func (t *Tensor) Unflatten(dim int, shape ...int) *Tensor {
	d := t.sizeToCut("unflatten", dim)
	part := device.Spec{DType: t.DType(), Rank: 1, Dim: [device.MaxRank]int{d}}
	to, err := fill(&part, shape)
	if err != nil || len(shape) == 0 {
		misuse("unflatten", fmt.Errorf("%v does not fill dim %d of size %d", shape, dim, d), t)
	}
	i := t.dim("unflatten", dim)
	full := append(append([]int{}, t.shape()[:i]...), to.Shape()...)
	return t.Reshape(append(full, t.shape()[i+1:]...)...)
}

func reshapeEntry() Entry {
	return Entry{
		Name: "reshape", Sig: "reshape(input, *shape)", At: Here(), Go: []string{"Reshape"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").Reshape(a.Ints("shape")...)) },
		Ref:    refReshape(func(a *Args, in []int) []int { return fit(a.Ints("shape"), NewArray(in...).len()) }),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, []int{}), call(nil, 1, 1), call([]int{1}, []int{}), call([]int{6}, 2, 3), call([]int{2, 3}, 6), call([]int{2, 3}, 3, 2),
			call([]int{2, 3, 4}, 4, -1), call([]int{2, 3, 4}, -1, 1, 2), call([]int{2, 0, 3}, 0, 5), call([]int{2, 3}, []int{1, 2, 1, 3, 1}),
			call([]int{4, 3}, 2, 2, 3), call([]int{4, 3}, 2, 1, 2, 1, 3),
		},
		Bad: []Bad{
			bad("tensor: reshape [2 3]: 6 elements do not fill [4 2]", []int{2, 3}, 4, 2),
			bad("tensor: reshape [2 3]: 6 elements do not fill [4 -1]", []int{2, 3}, 4, -1),
			bad("tensor: reshape [2 3]: 6 elements do not fill [-2 -3]", []int{2, 3}, -2, -3),
			bad("tensor: reshape [2 0]: 0 elements do not fill [0 -1]", []int{2, 0}, 0, -1),
			bad("tensor: reshape [1]: 9 dims; want at most 8", []int{1}, 1, 1, 1, 1, 1, 1, 1, 1, 1),
			bad("tensor: reshape [2 3]: two dims of [-1 -1] are -1; want at most one", []int{2, 3}, -1, -1),
		},
	}
}

func viewEntry() Entry {
	e := reshapeEntry().as("view")
	e.Sig, e.At, e.Go = "view(input, *shape)", Here(), []string{"View"}
	e.Call = func(a *Args) []*Tensor { return one(a.Tensor("input").View(a.Ints("shape")...)) }
	e.Bad = []Bad{bad("tensor: view [2 3]: 6 elements do not fill [4 2]", []int{2, 3}, 4, 2)}
	e.Why = map[string]string{"layout": "some layouts cannot be seen in another shape; TestViewsAsPyTorch has those"}
	return e
}

func flattenEntry() Entry {
	return Entry{
		Name: "flatten", Sig: "flatten(input, start_dim=0, end_dim=-1)", At: Here(), Go: []string{"Flatten"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Flatten(a.Int("start_dim"), a.Int("end_dim")))
		},
		Ref: refReshape(func(a *Args, in []int) []int {
			if len(in) == 0 {
				return []int{1}
			}
			s, e, n := wrap(a.Int("start_dim"), len(in)), wrap(a.Int("end_dim"), len(in)), 1
			for _, d := range in[s : e+1] {
				n *= d
			}
			return append(append(append([]int{}, in[:s]...), n), in[e+1:]...)
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil), call([]int{1}), call([]int{5}), call([]int{2, 3}), call([]int{2, 3, 4}, 1), call([]int{2, 3, 4}, 0, 1), call([]int{2, 3, 4}, -2, -2), call([]int{2, 0, 3}, 1),
		},
		Bad: []Bad{
			bad("tensor: flatten [2 3]: start dim 1 is after end dim 0", []int{2, 3}, 1, 0),
			bad("tensor: flatten [2 3]: dim 2 is out of range; want -2 to 1", []int{2, 3}, 0, 2),
		},
	}
}

func unflattenEntry() Entry {
	return Entry{
		Name: "unflatten", Sig: "unflatten(input, dim, sizes)", At: Here(), Go: []string{"Unflatten"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Unflatten(a.Int("dim"), a.Ints("sizes")...)) },
		Ref: refReshape(func(a *Args, in []int) []int {
			d := wrap(a.Int("dim"), len(in))
			return append(append(append([]int{}, in[:d]...), fit(a.Ints("sizes"), in[d])...), in[d+1:]...)
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}, 0, []int{1, 1}), call([]int{6}, 0, []int{2, 3}), call([]int{2, 6}, -1, []int{-1, 2}), call([]int{4, 0}, 0, []int{2, 2}), call([]int{4, 3}, 0, []int{4}),
		},
		Bad: []Bad{
			bad("tensor: unflatten [6]: [4 2] does not fill dim 0 of size 6", []int{6}, 0, []int{4, 2}),
			bad("tensor: unflatten [1]: [] does not fill dim 0 of size 1", []int{1}, 0, []int{}),
			bad("tensor: unflatten []: want at least one dim", nil, 0, []int{1}),
		},
		Why: map[string]string{"0-d": "has no dim to split"},
	}
}

func ravelEntry() Entry {
	e := flattenEntry().as("ravel")
	e.Sig, e.At = "ravel(input)", Here()
	e.Call = UnaryCall(func(t *Tensor) *Tensor { return t.Flatten(0, -1).Contiguous() })
	e.Ref = refReshape(func(_ *Args, in []int) []int { return []int{NewArray(in...).len()} })
	e.Samples, e.Bad = UnarySamples(-2, 2), nil
	e.Why = map[string]string{"errors": "takes every tensor"}
	return e
}

func reshapeAsEntry() Entry {
	return asOther("reshape_as", Here(), (*Tensor).Reshape)
}

func viewAsEntry() Entry {
	e := asOther("view_as", Here(), (*Tensor).View)
	e.Why = viewEntry().Why
	return e
}

// asOther is the entry of a form that takes the shape from another tensor.
func asOther(name, at string, f func(t *Tensor, shape ...int) *Tensor) Entry {
	pair := func(a, b []int) Sample { return Sample{Args: []any{In(a...), In(b...).As(Bool)}} }
	return Entry{
		Name: name, Sig: name + "(input, other)", At: at,
		Call:    func(a *Args) []*Tensor { return one(f(a.Tensor("input"), a.Tensor("other").shape()...)) },
		Ref:     refReshape(func(a *Args, _ []int) []int { return a.Array("other").Shape }),
		DTypes:  AllDTypes,
		Samples: []Sample{pair(nil, []int{1}), pair([]int{1}, nil), pair([]int{2, 3}, []int{3, 2}), pair([]int{2, 0}, []int{0, 5}), pair([]int{6}, []int{1, 6})},
		Bad: []Bad{{
			Args: []any{In(2, 3), In(5)}, Want: "tensor: " + name[:len(name)-len("_as")] + " [2 3]: 6 elements do not fill [5]",
		}},
	}
}
