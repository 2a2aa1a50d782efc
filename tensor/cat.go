package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Cat joins tensors along a dim that they have.
//
//	shape:  equal but for dim, where the sizes are added; a tensor of shape [0]
//	        fits everywhere and adds nothing
//	dtype:  promoted
//	panics: *Error for an empty list, a scalar, or shapes that do not fit
//	source: torch.cat
func Cat(dim int, xs ...*Tensor) *Tensor {
	xs = joined("cat", xs)
	first := xs[0]
	for _, x := range xs {
		if !x.none() {
			first = x
			break
		}
	}
	return Apply(&catOp{dim: first.dim("cat", dim), first: *first.spec(), sizes: catSizes(first.dim("cat", dim), xs)}, xs...)
}

// none reports whether Cat skips t.
func (t *Tensor) none() bool { return t.Dim() == 1 && t.Len() == 0 }

// joined checks a list of tensors and casts them to their common dtype.
func joined(op string, xs []*Tensor) []*Tensor {
	if len(xs) == 0 {
		misuse(op, errors.New("no tensors; want at least one"))
	}
	var p promotion
	for i, x := range xs {
		if x == nil {
			misuse(op, fmt.Errorf("input %d is nil", i), xs...)
		}
		p.tensor(x)
	}
	out := make([]*Tensor, len(xs))
	for i, x := range xs {
		out[i] = x.Cast(p.result())
	}
	return out
}

// catSizes are the lengths of the parts along dim.
func catSizes(dim int, xs []*Tensor) []int {
	sizes := make([]int, len(xs))
	for i, x := range xs {
		if dim < x.Dim() && !x.none() {
			sizes[i] = x.shape()[dim]
		}
	}
	return sizes
}

type catOp struct {
	dim   int
	first device.Spec // of the first tensor that is not skipped
	sizes []int
}

func (*catOp) Name() string          { return "cat" }
func (*catOp) Kernel() device.Kernel { return device.NoKernel }
func (*catOp) Reads() Reads          { return Nothing }
func (o *catOp) Infer(in []*Tensor) (device.Spec, error) {
	out := o.first
	if out.Rank == 0 {
		return out, errors.New("a scalar cannot be joined; use Stack")
	}
	out.Dim[o.dim] = 0
	for i, x := range in {
		s := *x.spec()
		if x.none() {
			continue
		}
		if s.Rank != out.Rank {
			return out, fmt.Errorf("tensor %d has %d dims; want %d as the first", i, s.Rank, out.Rank)
		}
		for d, n := range s.Shape() {
			if d != o.dim && n != o.first.Dim[d] {
				return out, fmt.Errorf("dim %d of tensor %d is %d; want %d as in the first", d, i, n, o.first.Dim[d])
			}
		}
		out.Dim[o.dim] += o.sizes[i]
	}
	return out, nil
}

// Body writes each part where it belongs.
func (o *catOp) Body(in []*Tensor) *Tensor {
	spec, _ := o.Infer(in)
	out := in[0].fresh(&spec)
	at := 0
	for i, x := range in {
		if !x.none() {
			out.Narrow(o.dim, at, o.sizes[i]).copyFrom(x)
			at += o.sizes[i]
		}
	}
	return out
}

// The gradient of a part is that part of the gradient.
func (o *catOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	at := 0
	for i, n := range o.sizes {
		if c.Needs(i) {
			part := dy.Narrow(o.dim, at, n)
			if n == 0 {
				part = part.Reshape(c.Shape(i)...) // a tensor that was skipped
			}
			if i < len(g) {
				g[i] = part
			} else {
				c.Set(i, part)
			}
		}
		at += n
	}
	return g
}

func catEntry() Entry {
	list := func(dim int, a ...any) Sample { return Sample{Args: []any{a, dim}} }
	return Entry{
		Name: "cat", Sig: "cat(tensors, dim=0)", At: Here(), Ops: []any{&catOp{}}, Go: []string{"Cat"},
		Call:   func(a *Args) []*Tensor { return one(Cat(a.Int("dim"), a.Tensors("tensors")...)) },
		Ref:    func(a *Args) []Array { return []Array{refCat(a.Arrays("tensors"), a.Int("dim"))} },
		DTypes: AllDTypes,
		Samples: []Sample{
			list(0, In(2, 3), In(1, 3)), list(-1, In(2, 3), In(2, 1), In(2, 0)), list(1, In(2, 1, 2), In(2, 3, 2)),
			list(0, In(1)), list(0, In(0), In(2), In(0)), list(1, In(0), In(2, 2), In(2, 1)), list(0, In(0), In(0)),
			list(0, In(1, 2), In(1, 2), In(1, 2), In(1, 2), In(1, 2), In(1, 2), In(1, 2), In(1, 2)),
		},
		Bad: []Bad{
			{Args: []any{[]any{}}, Want: "tensor: cat: no tensors; want at least one"},
			{Args: []any{[]any{In(2), In()}}, Want: "tensor: cat [2], []: tensor 1 has 0 dims; want 1 as the first"},
			{Args: []any{[]any{In()}}, Want: "tensor: cat []: a scalar cannot be joined; use Stack"},
			{Args: []any{[]any{In(2, 3), In(3, 2)}, 1}, Want: "tensor: cat [2 3], [3 2]: dim 0 of tensor 1 is 3; want 2 as in the first"},
			{Args: []any{[]any{In(2, 3)}, 2}, Want: "tensor: cat [2 3]: dim 2 is out of range; want -2 to 1"},
		},
		Why: map[string]string{"0-d": "a scalar has no dim to join along"},
	}
}

// refCat copies element by element.
func refCat(xs []Array, dim int) Array {
	var parts []Array
	for _, x := range xs {
		if len(x.Shape) != 1 || x.Shape[0] > 0 {
			parts = append(parts, x)
		}
	}
	if len(parts) == 0 {
		return NewArray(0)
	}
	dim = (dim + len(parts[0].Shape)) % len(parts[0].Shape)
	shape := append([]int{}, parts[0].Shape...)
	shape[dim] = 0
	for _, x := range parts {
		shape[dim] += x.Shape[dim]
	}
	out := NewArray(shape...)
	st, at := out.Strides(), 0
	for _, x := range parts {
		for i, v := range x.V {
			pos := at * st[dim]
			for d, k := range x.Index(i) {
				pos += k * st[d]
			}
			out.V[pos] = v
		}
		at += x.Shape[dim]
	}
	return out
}
