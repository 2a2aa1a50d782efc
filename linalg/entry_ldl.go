package linalg

import "github.com/facula-ml/facula/tensor"

// indefinite is an argument of a symmetric matrix that takes blocks of 2×2.
func indefinite() tensor.Arg {
	return tensor.In(4, 4).With(0, 3, 1, 2, 3, 0.5, -1, 1, 1, -1, 2, 0, 2, 1, 0, -1)
}

func ldlFactorExEntry() tensor.Entry {
	e := with(entry("linalg.ldl_factor_ex", "ldl_factor_ex(A, *, hermitian=False, check_errors=False)", tensor.Here(), "linalg.LDLFactorEx"), "values",
		"a reference would choose the same pivots: that of ldl_solve, and the corpus of PyTorch's samples")
	e.Ops, e.Undefined = []any{ldlOp{}}, true
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		ld, p, info := LDLFactorEx(first(a))
		if a.Bool("check_errors") {
			wantBlocks("linalg.ldl_factor_ex", first(a), info)
		}
		return []*tensor.Tensor{ld, p, info}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := firstArray(a)
		return []tensor.Array{tensor.NewArray(x.Shape...), tensor.NewArray(x.Shape[:len(x.Shape)-1]...), tensor.NewArray(refLead(x)...)}
	}
	e.Out = outInfo(1, 2)
	e.Samples = fixed(sample(definite(3, 3)), sample(indefinite()), sample(definite(2, 2, 2)), sample(definite(1, 1)), sample(definite(0, 0)))
	e.Bad = squareBad("linalg.ldl_factor_ex")
	return e
}

func ldlFactorEntry() tensor.Entry {
	e := alias(ldlFactorExEntry(), "linalg.ldl_factor", "ldl_factor(A, *, hermitian=False)", tensor.Here())
	e.Go = []string{"linalg.LDLFactor"}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		ld, p := LDLFactor(first(a))
		return []*tensor.Tensor{ld, p}
	}
	ref := e.Ref
	e.Ref = func(a *tensor.Args) []tensor.Array { return ref(a)[:2] }
	e.Bad = append(e.Bad, bad("tensor: linalg.ldl_factor [2 2]: the matrix is singular (the block 1 of its factor D is 0)", tensor.In(2, 2).With(0, 0, 0, 1)))
	return e
}

func ldlSolveEntry() tensor.Entry {
	e := entry("linalg.ldl_solve", "ldl_solve(LD, pivots, B, *, hermitian=False)", tensor.Here(), "linalg.LDLSolve")
	e.Ops = []any{ldlSolveOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(LDLSolve(a.Tensor("LD"), a.Tensor("pivots"), a.Tensor("B")))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		pivots := a.Array("pivots")
		n := pivots.Shape[len(pivots.Shape)-1]
		return refPairs(a.Array("LD"), a.Array("B"), func(i int, m, b rows) rows {
			return refSolve(refBlocks(m, pivots.V[i*n:(i+1)*n]), b)
		})
	}
	two := tensor.In(2, 2).As(tensor.Int32).With(2, 2, -2, -2)
	e.Samples = fixed(sample(mat(3, 3), pivots(3, 2, 3), numbers(3, 2)), sample(mat(4, 4), pivots(1, -4, -4, 4), numbers(4, 1)), sample(mat(2, 2, 2), two, numbers(2, 1)),
		sample(mat(4, 4), pivots(-3, -3, -4, -4), numbers(4, 2)), sample(mat(1, 1), pivots(1), numbers(1, 1)), sample(mat(0, 0), pivots(), numbers(0, 2)))
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.ldl_solve [2 2], [2], [3 1]: the right-hand side has 3 rows; want A's 2", mat(2, 2), pivots(1, 2), tensor.In(3, 1)),
		bad("tensor: linalg.ldl_solve [2 2], [3]: pivots are int32 [3]; want int32 [2]", mat(2, 2), pivots(1, 2, 3), tensor.In(2, 1)),
		bad("tensor: linalg.ldl_solve [2 2], [2]: pivot 1 of a matrix is -2; want 1 to 2, or a pair of negative ones", mat(2, 2), pivots(1, -2), tensor.In(2, 1)),
	}
	return e
}

// refBlocks is the matrix P·L·D·Lᵀ·Pᵀ: from the last block to the first, each
// step multiplies with its columns of L and exchanges its rows.
func refBlocks(m rows, pivots []float64) rows {
	n := len(m)
	d, all := newRows(n, n), refEye(n)
	for k := 0; k < n; k++ {
		last, p := k, int(pivots[k])-1
		if pivots[k] < 0 {
			last, p = k+1, int(-pivots[k])-1
			d[k+1][k], d[k][k+1], d[k+1][k+1] = m[k+1][k], m[k+1][k], m[k+1][k+1]
		}
		d[k][k] = m[k][k]
		swap := refEye(n)
		swap[last], swap[p] = swap[p], swap[last]
		l := refEye(n)
		for c := k; c <= last; c++ {
			for r := last + 1; r < n; r++ {
				l[r][c] = m[r][c]
			}
		}
		all = refMul(all, refMul(swap, l))
		k = last
	}
	return refMul(all, refMul(d, refFlip(all, n)))
}
