package tensor

import (
	"fmt"
)

// AtLeast1D returns t, or a view of a scalar as a vector of one element.
//
//	source: torch.atleast_1d
func (t *Tensor) AtLeast1D() *Tensor {
	if t.known("atleast_1d").Dim() == 0 {
		return t.Reshape(1)
	}
	return t
}

// AtLeast2D returns t, or a view of a vector as a row, or of a scalar as a
// matrix.
//
//	source: torch.atleast_2d
func (t *Tensor) AtLeast2D() *Tensor {
	if t.known("atleast_2d").Dim() < 2 {
		return t.AtLeast1D().Unsqueeze(0)
	}
	return t
}

// AtLeast3D returns t, or a view of a matrix [m, n] as [m, n, 1], of a vector
// [n] as [1, n, 1], or of a scalar as [1, 1, 1].
//
//	source: torch.atleast_3d
func (t *Tensor) AtLeast3D() *Tensor {
	if t.known("atleast_3d").Dim() < 3 {
		return t.AtLeast2D().Unsqueeze(-1)
	}
	return t
}

// HStack joins tensors along dim 1, vectors along dim 0; scalars count as
// vectors.
//
//	panics: *Error for an empty list, or shapes that do not fit; see Cat
//	source: torch.hstack
func HStack(xs ...*Tensor) *Tensor {
	xs = lifted("hstack", xs, (*Tensor).AtLeast1D)
	return Cat(min(xs[0].Dim()-1, 1), xs...)
}

// VStack joins tensors along dim 0; vectors are rows, and scalars 1×1.
//
//	panics: *Error for an empty list, or shapes that do not fit; see Cat
//	source: torch.vstack
func VStack(xs ...*Tensor) *Tensor { return Cat(0, lifted("vstack", xs, (*Tensor).AtLeast2D)...) }

// DStack joins tensors along dim 2, after AtLeast3D.
//
//	panics: *Error for an empty list, or shapes that do not fit; see Cat
//	source: torch.dstack
func DStack(xs ...*Tensor) *Tensor { return Cat(2, lifted("dstack", xs, (*Tensor).AtLeast3D)...) }

// ColumnStack joins tensors along dim 1; vectors are columns, and scalars 1×1.
//
//	panics: *Error for an empty list, or shapes that do not fit; see Cat
//	source: torch.column_stack
func ColumnStack(xs ...*Tensor) *Tensor {
	return Cat(1, lifted("column_stack", xs, func(t *Tensor) *Tensor {
		if t.Dim() < 2 {
			return t.Reshape(-1, 1)
		}
		return t
	})...)
}

// lifted are the tensors as views of enough dims, at least one tensor.
func lifted(op string, xs []*Tensor, lift func(*Tensor) *Tensor) []*Tensor {
	out := make([]*Tensor, len(xs))
	for i, x := range joined(op, xs) {
		out[i] = lift(x)
		if out[i].Dim() != out[0].Dim() {
			misuse(op, fmt.Errorf("tensor %d has %d dims; want %d as the first", i, out[i].Dim(), out[0].Dim()), xs...)
		}
	}
	return out
}

// atLeastEntry is the entry of a view with at least n dims.
func atLeastEntry(name, method, at string, f func(*Tensor) *Tensor, shape func(in []int) []int) Entry {
	return Entry{
		Name: name, Sig: name + "(*tensors)", At: at, Go: []string{method},
		Call: func(a *Args) []*Tensor {
			var out []*Tensor
			for _, t := range a.Tensors("tensors") {
				out = append(out, f(t))
			}
			return out
		},
		Ref: func(a *Args) []Array {
			out := a.Arrays("tensors")
			for i := range out {
				out[i].Shape = shape(out[i].Shape)
			}
			return out
		},
		DTypes:  AllDTypes,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{In(), In(2), In(2, 3)}}, Sample{Args: []any{In(2, 1, 2, 3)}}),
		Why:     map[string]string{"errors": "takes every tensor"},
	}
}

func shape1D(s []int) []int {
	if len(s) == 0 {
		return []int{1}
	}
	return s
}

func shape2D(s []int) []int {
	if s = shape1D(s); len(s) == 1 {
		return []int{1, s[0]}
	}
	return s
}

func shape3D(s []int) []int {
	if s = shape2D(s); len(s) == 2 {
		return []int{s[0], s[1], 1}
	}
	return s
}

func atLeast1DEntry() Entry {
	return atLeastEntry("atleast_1d", "AtLeast1D", Here(), (*Tensor).AtLeast1D, shape1D)
}

func atLeast2DEntry() Entry {
	return atLeastEntry("atleast_2d", "AtLeast2D", Here(), (*Tensor).AtLeast2D, shape2D)
}

func atLeast3DEntry() Entry {
	return atLeastEntry("atleast_3d", "AtLeast3D", Here(), (*Tensor).AtLeast3D, shape3D)
}

// stacksEntry is the entry of a way to join tensors of which those of few dims
// get shape, along dim.
func stacksEntry(name, goName, at string, f func(...*Tensor) *Tensor, shape func([]int) []int, dim int, samples ...[][]int) Entry {
	e := Entry{
		Name: name, Sig: name + "(tensors)", At: at, Go: []string{goName}, Ops: []any{&catOp{}},
		Call: func(a *Args) []*Tensor { return one(f(a.Tensors("tensors")...)) },
		Ref: func(a *Args) []Array {
			xs := a.Arrays("tensors")
			for i := range xs {
				xs[i].Shape = shape(xs[i].Shape)
			}
			return []Array{refCat(xs, min(dim, len(xs[0].Shape)-1))}
		},
		DTypes: AllDTypes,
		Bad: []Bad{
			{Args: []any{[]any{}}, Want: "tensor: " + name + ": no tensors; want at least one"},
			{Args: []any{[]any{In(2, 2, 2), In(2, 2, 2, 2)}}, Want: "tensor: " + name + " [2 2 2], [2 2 2 2]: tensor 1 has 4 dims; want 3 as the first"},
		},
	}
	for _, shapes := range append(samples, [][]int{{}, {}}, [][]int{{1}, {1}}, [][]int{{2, 3}, {2, 3}}, [][]int{{2, 1, 2}, {2, 1, 2}, {2, 1, 2}}, [][]int{{2, 0}, {2, 0}}) {
		var list []any
		for _, s := range shapes {
			list = append(list, In(s...))
		}
		e.Samples = append(e.Samples, Sample{Args: []any{list}})
	}
	return e
}

func hstackEntry() Entry {
	return stacksEntry("hstack", "HStack", Here(), HStack, shape1D, 1, [][]int{{2}, {3}}, [][]int{{2, 1}, {2, 3}})
}

func vstackEntry() Entry {
	return stacksEntry("vstack", "VStack", Here(), VStack, shape2D, 0, [][]int{{3}, {3}}, [][]int{{3}, {2, 3}})
}

func dstackEntry() Entry {
	return stacksEntry("dstack", "DStack", Here(), DStack, shape3D, 2, [][]int{{3}, {3}}, [][]int{{2, 3}, {2, 3, 2}})
}

func columnStackEntry() Entry {
	column := func(s []int) []int {
		if len(s) < 2 {
			return []int{NewArray(s...).len(), 1}
		}
		return s
	}
	return stacksEntry("column_stack", "ColumnStack", Here(), ColumnStack, column, 1, [][]int{{3}, {3}}, [][]int{{2}, {2, 3}})
}
