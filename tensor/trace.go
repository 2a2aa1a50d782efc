package tensor

import (
	"errors"
	"fmt"
)

// Trace returns the sum of the diagonal of a matrix.
//
//	shape:  [m, n] → []
//	dtype:  t's; integers give int64
//	panics: *Error unless t has two dims, and for bool
//	source: torch.trace
func (t *Tensor) Trace() *Tensor {
	switch {
	case t.known("trace").Dim() != 2:
		misuse("trace", errors.New("want two dims"), t)
	case t.DType() == Bool:
		misuse("trace", errors.New("dtype bool; want a number"), t)
	}
	return t.Diagonal(0, 0, 1).Sum()
}

func traceEntry() Entry {
	return Entry{
		Name: "trace", Sig: "trace(input)", At: Here(), Ops: []any{sumOp{}}, Go: []string{"Trace"},
		Call: UnaryCall((*Tensor).Trace),
		Ref: func(a *Args) []Array {
			x, out := a.Array("input"), NewArray()
			for p, v := range x.V {
				if i := x.Index(p); i[0] == i[1] {
					out.V[0] += v
				}
			}
			return []Array{out}
		},
		Out:     OutSum,
		Abs:     1,
		DTypes:  Numbers,
		Samples: []Sample{call([]int{1, 1}), call([]int{3, 3}), call([]int{2, 4}), call([]int{4, 2}), call([]int{0, 3})},
		Bad: []Bad{
			bad("tensor: trace [2]: want two dims", []int{2}),
			{Args: []any{In(2, 2).As(Bool)}, Want: "tensor: trace [2 2]: dtype bool; want a number"},
		},
		Why: map[string]string{"0-d": "has no diagonal", "tol": "terms of size 1 cancel"},
	}
}

// Diagflat returns the square matrix with all elements of t, in order, on a
// diagonal, and zeros elsewhere; see Diag.
//
//	shape:  any of n elements → [n+|diagonal|, n+|diagonal|]
//	source: torch.diagflat
func (t *Tensor) Diagflat(diagonal int) *Tensor {
	return t.known("diagflat").Reshape(-1).diagEmbed("diagflat", diagonal, 0, 1)
}

func diagflatEntry() Entry {
	return Entry{
		Name: "diagflat", Sig: "diagflat(input, offset=0)", At: Here(), Go: []string{"Diagflat"},
		Ops:  []any{&diagEmbedOp{scatterViewOp: scatterViewOp{ops: []viewOp{diagonalOp{}}}}},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Diagflat(a.Int("offset"))) },
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			return []Array{refDiagEmbed(Array{[]int{len(x.V)}, x.V}, a.Int("offset"), 0, 1)}
		},
		DTypes:  AllDTypes,
		Samples: []Sample{call(nil), call([]int{1}), call([]int{3}, 1), call([]int{2, 2}), call([]int{2, 2}, -2), call([]int{0}), call([]int{2, 0}, 1)},
		Why:     map[string]string{"errors": "takes every tensor"},
	}
}

// SumToSize sums t down to a shape that broadcasts to its own: what Expand did,
// undone.
//
//	dtype:  t's; integers and bool give int64 where something is summed
//	panics: *Error for another shape
//	source: torch.Tensor.sum_to_size
func (t *Tensor) SumToSize(shape ...int) *Tensor {
	s, err := shapeSpec(t.known("sum_to_size").DType(), shape)
	if err != nil {
		misuse("sum_to_size", err, t)
	}
	if whole, err := broadcast(&s, t.spec()); err != nil || whole.Rank != t.spec().Rank || whole.Dim != t.spec().Dim {
		misuse("sum_to_size", fmt.Errorf("the size %v does not broadcast to the shape", shape), t)
	}
	switch {
	case len(shape) == 0:
		return t.Sum() // in int64 even where nothing is summed, as in PyTorch
	case s == *t.spec():
		return t
	}
	s.DType = OutSum(s.DType, 0)
	return t.Cast(s.DType).sumTo(&s)
}

func sumToSizeEntry() Entry {
	return Entry{
		Name: "sum_to_size", Sig: "sum_to_size(input, *size)", At: Here(), Ops: []any{sumOp{}}, Go: []string{"SumToSize"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").SumToSize(a.Ints("size")...)) },
		Ref: func(a *Args) []Array {
			x, out := a.Array("input"), NewArray(a.Ints("size")...)
			for p, v := range x.V {
				i := x.Index(p)[len(x.Shape)-len(out.Shape):]
				for d := range i {
					i[d] %= out.Shape[d]
				}
				out.V[out.position(i)] += v
			}
			return []Array{out}
		},
		Abs:    1,
		DTypes: Floats,
		Samples: []Sample{
			call(nil, []int{}), call([]int{1}, 1), call([]int{5}, 1), call([]int{2, 3}, 2, 3), call([]int{2, 3}, 3), call([]int{2, 3}, []int{}), call([]int{2, 3, 4}, 2, 1, 4), call([]int{0, 3}, 3),
			{Args: []any{In(2, 3), 1, 3}, Only: append([]DType{Bool}, Ints...), Out: func(DType, int) DType { return Int64 }}, {Args: []any{In(2, 3), 2, 3}, Only: append([]DType{Bool}, Ints...)},
		},
		Bad: []Bad{
			bad("tensor: sum_to_size [2 3]: the size [2 2] does not broadcast to the shape", []int{2, 3}, 2, 2),
			bad("tensor: sum_to_size [2 3]: the size [1 2 3] does not broadcast to the shape", []int{2, 3}, 1, 2, 3),
		},
		Why: map[string]string{"tol": "terms of size 1 cancel"},
	}
}
