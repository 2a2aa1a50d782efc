package tensor

import (
	"errors"
	"fmt"
)

// BlockDiag returns the matrix with the given ones along its diagonal, and
// zeros elsewhere. A vector is a row, a scalar 1×1.
//
//	shape:  [m0, n0], [m1, n1], … → [m0+m1+…, n0+n1+…]
//	dtype:  promoted
//	panics: *Error for an empty list, or more than two dims
//	source: torch.block_diag
func BlockDiag(ts ...*Tensor) *Tensor {
	ts = joined("block_diag", ts)
	width := 0
	for i, t := range ts {
		if t.Dim() > 2 {
			misuse("block_diag", fmt.Errorf("tensor %d has %d dims; want at most 2", i, t.Dim()), ts...)
		}
	}
	for i, t := range ts {
		ts[i] = t.AtLeast2D()
		width += ts[i].Size(1)
	}
	at := 0
	for i, t := range ts {
		n := t.Size(1)
		ts[i] = t.Pad([]int{at, width - at - n})
		at += n
	}
	return Cat(0, ts...)
}

func blockDiagEntry() Entry {
	sample := func(shapes ...[]int) Sample {
		var s Sample
		for _, sh := range shapes {
			s.Args = append(s.Args, In(sh...))
		}
		return s
	}
	return Entry{
		Name: "block_diag", Sig: "block_diag(*tensors)", At: Here(), Go: []string{"BlockDiag"},
		Call: func(a *Args) []*Tensor { return one(BlockDiag(a.Tensors("tensors")...)) },
		Ref: func(a *Args) []Array {
			rows, cols := 0, 0
			in := a.Arrays("tensors")
			for i := range in {
				in[i].Shape = shape2D(in[i].Shape)
				rows, cols = rows+in[i].Shape[0], cols+in[i].Shape[1]
			}
			out := NewArray(rows, cols)
			r, c := 0, 0
			for _, x := range in {
				for p, v := range x.V {
					i := x.Index(p)
					out.V[out.position([]int{r + i[0], c + i[1]})] = v
				}
				r, c = r+x.Shape[0], c+x.Shape[1]
			}
			return []Array{out}
		},
		DTypes:  AllDTypes,
		Samples: []Sample{sample(nil), sample([]int{1}, nil), sample([]int{2, 3}, []int{2}, []int{1, 2}), sample([]int{2, 2}, []int{0, 2}, []int{0})},
		Bad:     []Bad{{Args: []any{In(2), In(1, 2, 2)}, Want: "tensor: block_diag [2], [1 2 2]: tensor 1 has 3 dims; want at most 2"}},
	}
}

// CartesianProd returns all ways to choose one element of each vector, one row
// each, the last one changing fastest; a single vector is returned as it is.
//
//	shape:  [n0], [n1], … → [n0·n1·…, count]
//	dtype:  promoted
//	panics: *Error for an empty list, or a tensor that is no vector
//	source: torch.cartesian_prod
func CartesianProd(ts ...*Tensor) *Tensor {
	ts = joined("cartesian_prod", ts)
	for i, t := range ts {
		if t.Dim() != 1 {
			misuse("cartesian_prod", fmt.Errorf("tensor %d has %d dims; want one", i, t.Dim()), ts...)
		}
	}
	if len(ts) == 1 {
		return ts[0]
	}
	return Stack(-1, Meshgrid("ij", ts...)...).Reshape(-1, len(ts))
}

func cartesianProdEntry() Entry {
	return Entry{
		Name: "cartesian_prod", Sig: "cartesian_prod(*tensors)", At: Here(), Go: []string{"CartesianProd"},
		Call: func(a *Args) []*Tensor { return one(CartesianProd(a.Tensors("tensors")...)) },
		Ref: func(a *Args) []Array {
			in := a.Arrays("tensors")
			if len(in) == 1 {
				return in
			}
			var sizes []int
			for _, x := range in {
				sizes = append(sizes, len(x.V))
			}
			grid := NewArray(sizes...)
			out := Array{Shape: []int{len(grid.V), len(in)}}
			for p := range grid.V {
				for k, i := range grid.Index(p) {
					out.V = append(out.V, in[k].V[i])
				}
			}
			return []Array{out}
		},
		DTypes:  AllDTypes,
		Samples: []Sample{{Args: []any{In(1)}}, {Args: []any{In(3), In(2)}}, {Args: []any{In(1), In(2), In(3)}}, {Args: []any{In(2), In(4)}}},
		Bad: []Bad{
			{Args: []any{In(2), In()}, Want: "tensor: cartesian_prod [2], []: tensor 1 has 0 dims; want one"},
			{Args: []any{In(2, 2)}, Want: "tensor: cartesian_prod [2 2]: tensor 0 has 2 dims; want one"},
		},
		Why: map[string]string{"0-d": "not a vector", "empty": "has no rows; PyTorch has no shape for them"},
	}
}

// Combinations returns all ways to choose r elements of a vector in their order,
// one row each; with again, an element more than once.
//
//	shape:  [n] → [count, r], or [0] if r is 0
//	panics: *Error unless t is a vector, and if r < 0
//	source: torch.combinations
func (t *Tensor) Combinations(r int, again bool) *Tensor {
	switch {
	case t.known("combinations").Dim() != 1:
		misuse("combinations", errors.New("want one dim"), t)
	case r < 0:
		misuse("combinations", fmt.Errorf("%d elements; want 0 or more", r), t)
	case r == 0:
		return like(t).Empty(0)
	}
	n := t.Len()
	var idx []int64
	rows := 0
	chosen := make([]int64, r)
	var choose func(k, from int)
	choose = func(k, from int) {
		if k == r {
			idx = append(idx, chosen...)
			rows++
			return
		}
		for i := from; i < n; i++ {
			chosen[k] = int64(i)
			choose(k+1, i+b2i(!again))
		}
	}
	choose(0, 0)
	return t.IndexSelect(0, Of(idx, len(idx)).To(t.b.dev)).Reshape(rows, r)
}

func combinationsEntry() Entry {
	kw := func(r int, again bool) map[string]any {
		return map[string]any{"r": r, "with_replacement": again}
	}
	return Entry{
		Name: "combinations", Sig: "combinations(input, r=2, with_replacement=False)", At: Here(), Go: []string{"Combinations"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Combinations(a.Int("r"), a.Bool("with_replacement")))
		},
		Ref: func(a *Args) []Array {
			x, r := a.Array("input"), a.Int("r")
			if r == 0 {
				return []Array{NewArray(0)}
			}
			n, power := len(x.V), 1
			for range r {
				power *= n
			}
			out := Array{Shape: []int{0, r}}
			for code := range power { // the digits of code, of which those in order stay
				row, ok := make([]float64, r), true
				for k, last := r-1, n; k >= 0; k-- {
					i := code % n
					code /= n
					ok = ok && (i < last || a.Bool("with_replacement") && i == last)
					last, row[k] = i, x.V[i]
				}
				if ok {
					out.Shape[0]++
					out.V = append(out.V, row...)
				}
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}), call([]int{4}), {Args: []any{In(4)}, Kw: kw(3, false)}, {Args: []any{In(3)}, Kw: kw(2, true)}, {Args: []any{In(3)}, Kw: kw(1, false)},
			{Args: []any{In(0)}, Kw: kw(2, false), NoGrad: true}, {Args: []any{In(2)}, Kw: kw(4, false), NoGrad: true}, {Args: []any{In(2)}, Kw: kw(0, false), NoGrad: true},
		},
		Bad: []Bad{
			bad("tensor: combinations [2 2]: want one dim", []int{2, 2}),
			{Args: []any{In(2)}, Kw: kw(-1, false), Want: "tensor: combinations [2]: -1 elements; want 0 or more"},
		},
		Why: map[string]string{"0-d": "not a vector"},
	}
}
