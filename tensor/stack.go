package tensor

import "fmt"

// Stack joins tensors of one shape along a new dim.
//
//	shape:  n tensors of shape s → s with n put in at dim
//	dtype:  promoted
//	panics: *Error for an empty list or shapes that differ
//	source: torch.stack
func Stack(dim int, xs ...*Tensor) *Tensor {
	xs = joined("stack", xs)
	n := xs[0].Dim() + 1
	if dim < -n || dim >= n {
		misuse("stack", fmt.Errorf("dim %d is out of range; want %d to %d", dim, -n, n-1), xs...)
	}
	if dim < 0 {
		dim += n
	}
	parts := make([]*Tensor, len(xs))
	for i, x := range xs {
		if *x.spec() != *xs[0].spec() {
			misuse("stack", fmt.Errorf("tensor %d has shape %v; want %v as the first", i, x.shape(), xs[0].shape()), xs...)
		}
		parts[i] = x.Unsqueeze(dim)
	}
	return Cat(dim, parts...)
}

func stackEntry() Entry {
	list := func(dim int, a ...any) Sample { return Sample{Args: []any{a, dim}} }
	return Entry{
		Name: "stack", Sig: "stack(tensors, dim=0)", At: Here(), Ops: []any{&catOp{}}, Go: []string{"Stack"},
		Call: func(a *Args) []*Tensor { return one(Stack(a.Int("dim"), a.Tensors("tensors")...)) },
		Ref: func(a *Args) []Array {
			xs := a.Arrays("tensors")
			n := len(xs[0].Shape) + 1
			dim := (a.Int("dim") + n) % n
			for i := range xs {
				s := xs[i].Shape
				xs[i].Shape = append(append(append([]int{}, s[:dim]...), 1), s[dim:]...)
			}
			return []Array{refCat(xs, dim)}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			list(0, In(), In(), In()), list(0, In(1)), list(1, In(2, 3), In(2, 3)), list(-1, In(2, 3), In(2, 3), In(2, 3), In(2, 3)),
			list(-2, In(2, 0), In(2, 0)),
		},
		Bad: []Bad{
			{Args: []any{[]any{}}, Want: "tensor: stack: no tensors; want at least one"},
			{Args: []any{[]any{In(2), In(3)}}, Want: "tensor: stack [2], [3]: tensor 1 has shape [3]; want [2] as the first"},
			{Args: []any{[]any{In(2)}, 2}, Want: "tensor: stack [2]: dim 2 is out of range; want -2 to 1"},
		},
	}
}
