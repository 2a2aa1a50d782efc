package linalg

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
)

var errNoPivot = errors.New("want pivots; without them LU is not stable")

// shapes are the samples of a factorization: wide, square, tall, batches.
func shapes() []tensor.Sample {
	return []tensor.Sample{sample(mat(3, 3)), sample(mat(2, 4)), sample(mat(4, 2)), sample(mat(2, 3, 2)), sample(mat(1, 1)), sample(mat(0, 2)),
		sample(mat(2, 0)), sample(mat(0, 3, 2))}
}

func matrixBad(op string) []tensor.Bad {
	return []tensor.Bad{
		bad("tensor: "+op+" [3]: want a matrix: at least two dims", tensor.In(3)),
		bad("tensor: "+op+" [2 2]: dtype bool; want float32 or float64", tensor.In(2, 2).As(tensor.Bool)),
	}
}

// wantPivot refuses what PyTorch's CPU does too.
func wantPivot(a *tensor.Args, name string) {
	if !a.Bool(name) {
		tensor.Misuse("linalg.lu_factor_ex", errNoPivot, first(a))
	}
}

func luFactorExEntry() tensor.Entry {
	e := entry("linalg.lu_factor_ex", "lu_factor_ex(A, *, pivot=True, check_errors=False)", tensor.Here(), "linalg.LUFactorEx")
	e.Ops = []any{luOp{}, getrfOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		wantPivot(a, "pivot")
		lu, p, info := LUFactorEx(first(a))
		if a.Bool("check_errors") {
			wantRegular("linalg.lu_factor_ex", first(a), info)
		}
		return []*tensor.Tensor{lu, p, info}
	}
	e.Ref = refLUFactor
	e.Out = outInfo(1, 2)
	e.Samples = shapes()
	e.Bad = append(matrixBad("linalg.lu_factor_ex"), tensor.Bad{Args: []any{tensor.In(2, 2)}, Kw: map[string]any{"pivot": false},
		Want: "tensor: linalg.lu_factor_ex [2 2]: want pivots; without them LU is not stable"})
	return e
}

func refLUFactor(a *tensor.Args) []tensor.Array {
	x := firstArray(a)
	k := len(x.Shape)
	m, n := x.Shape[k-2], x.Shape[k-1]
	pivots := tensor.NewArray(append(append([]int{}, refLead(x)...), min(m, n))...)
	pivots.V = pivots.V[:0]
	lu := refEach(x, m, n, func(r rows) rows {
		lu, p, _ := refLU(r, n)
		pivots.V = append(pivots.V, p...)
		return lu
	})
	return []tensor.Array{lu, pivots, tensor.NewArray(refLead(x)...)}
}

func luFactorEntry() tensor.Entry {
	e := alias(luFactorExEntry(), "linalg.lu_factor", "lu_factor(A, *, pivot=True)", tensor.Here())
	e.Go = []string{"linalg.LUFactor"}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		wantPivot(a, "pivot")
		lu, p := LUFactor(first(a))
		return []*tensor.Tensor{lu, p}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array { return refLUFactor(a)[:2] }
	return e
}

// oldLU is torch.lu, whose info is a flag away.
func oldLU(at string) tensor.Entry {
	e := alias(luFactorExEntry(), "lu", "lu(input, pivot=True, get_infos=False)", at)
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		wantPivot(a, "pivot")
		lu, p, info := LUFactorEx(first(a))
		if !a.Bool("get_infos") {
			return []*tensor.Tensor{lu, p}
		}
		return []*tensor.Tensor{lu, p, info}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		out := refLUFactor(a)
		if !a.Bool("get_infos") {
			return out[:2]
		}
		return out
	}
	e.Samples = append(e.Samples, sample(mat(2, 2), true, true))
	return e
}

func luEntry() tensor.Entry {
	e := entry("linalg.lu", "lu(A, *, pivot=True)", tensor.Here(), "linalg.LU")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		wantPivot(a, "pivot")
		p, l, u := LU(first(a))
		return []*tensor.Tensor{p, l, u}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := firstArray(a)
		return refUnpack(x, func(m rows, n int) (rows, rows) {
			lu, _, p := refLU(m, n)
			return lu, p
		})
	}
	e.Samples, e.Bad = shapes(), matrixBad("linalg.lu_factor_ex")
	return e
}

// refUnpack splits what f gives for each matrix.
func refUnpack(x tensor.Array, f func(m rows, n int) (lu, p rows)) []tensor.Array {
	d := len(x.Shape)
	m, n, lead := x.Shape[d-2], x.Shape[d-1], refLead(x)
	k := min(m, n)
	var ps, ls, us []rows
	for _, a := range refRows(x) {
		lu, p := f(a, n)
		l, u := newRows(m, k), newRows(k, n)
		for i := range m {
			for j := range n {
				switch {
				case i > j:
					l[i][j] = lu[i][j]
				default:
					u[i][j] = lu[i][j]
				}
			}
			if i < k {
				l[i][i] = 1
			}
		}
		ps, ls, us = append(ps, p), append(ls, l), append(us, u)
	}
	return []tensor.Array{refArray(lead, ps, m, m), refArray(lead, ls, m, k), refArray(lead, us, k, n)}
}

func luUnpackEntry() tensor.Entry {
	e := entry("lu_unpack", "lu_unpack(LU_data, LU_pivots, unpack_data=True, unpack_pivots=True)", tensor.Here(), "linalg.LUUnpack")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		p, l, u := LUUnpack(a.Tensor("LU_data"), a.Tensor("LU_pivots"))
		none := func() *tensor.Tensor { return tensor.Make{DType: l.DType()}.Zeros(0) }
		if !a.Bool("unpack_pivots") {
			p = none()
		}
		if !a.Bool("unpack_data") {
			l, u = none(), none()
		}
		return []*tensor.Tensor{p, l, u}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		pivots := a.Array("LU_pivots").V
		return refUnpack(a.Array("LU_data"), func(m rows, n int) (rows, rows) {
			k := min(len(m), n)
			p := refExchange(refEye(len(m)), pivots[:k])
			pivots = pivots[k:]
			return m, refFlip(p, len(m))
		})
	}
	e.Samples = []tensor.Sample{sample(mat(3, 3), pivots(2, 3, 3)), sample(mat(2, 4), pivots(2, 2)), sample(mat(4, 2), pivots(4, 2)),
		sample(mat(2, 2, 2), tensor.In(2, 2).As(tensor.Int32).With(1, 2, 2, 2)), sample(mat(1, 1), pivots(1)), sample(mat(0, 2), tensor.In(0).As(tensor.Int32))}
	e.Bad = []tensor.Bad{
		bad("tensor: lu_unpack [2 2], [2]: pivots are int64; want int32", mat(2, 2), tensor.In(2).As(tensor.Int64)),
		bad("tensor: lu_unpack [2 2], [3]: pivots have shape [3]; want [2]", mat(2, 2), pivots(1, 2, 2)),
		bad("tensor: lu_unpack [2 2], [2]: a pivot is 3; want 1 to 2", mat(2, 2), pivots(1, 3)),
	}
	return e
}

// pivots is an argument of row exchanges.
func pivots(v ...float64) tensor.Arg { return tensor.In(len(v)).As(tensor.Int32).With(v...) }

// refExchange exchanges rows in place.
func refExchange(x rows, pivots []float64) rows {
	for i, p := range pivots {
		x[i], x[int(p)-1] = x[int(p)-1], x[i]
	}
	return x
}

func luSolveEntry() tensor.Entry {
	e := entry("linalg.lu_solve", "lu_solve(LU, pivots, B, *, left=True, adjoint=False)", tensor.Here(), "linalg.LUSolve")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		opts := append(leftFlag(a), flags(a, map[string]Option{"adjoint": Adjoint})...)
		return one(LUSolve(a.Tensor("LU"), a.Tensor("pivots"), a.Tensor("B"), opts...))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return refLUSolve(a.Array("LU"), a.Array("pivots"), a.Array("B"), a.Bool("left"), a.Bool("adjoint"))
	}
	kw := func(left, adjoint bool) map[string]any { return map[string]any{"left": left, "adjoint": adjoint} }
	two := tensor.In(2, 2).As(tensor.Int32).With(2, 2, 1, 2)
	e.Samples = []tensor.Sample{keyed(kw(true, false), mat(3, 3), pivots(3, 2, 3), numbers(3, 2)), keyed(kw(true, true), mat(3, 3), pivots(3, 2, 3), numbers(3, 1)),
		keyed(kw(false, false), mat(2, 2, 2), two, numbers(2, 3, 2)), keyed(kw(false, true), mat(2, 2, 2), two, numbers(2, 1, 2)),
		sample(mat(2, 2), pivots(2, 2), numbers(3, 2, 1)), sample(mat(1, 1), pivots(1), numbers(1, 1)), sample(mat(0, 0), pivots(), numbers(0, 2))}
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.lu_solve [2 2], [2], [3 1]: the right-hand side has 3 rows; want A's 2", mat(2, 2), pivots(1, 2), tensor.In(3, 1)),
		bad("tensor: linalg.lu_solve [2 3], [2], [3 1]: the matrix is 2×3; want a square one", tensor.In(2, 3), pivots(1, 2), tensor.In(3, 1)),
	}
	return e
}

func refLUSolve(lu, pivots, b tensor.Array, left, adjoint bool) []tensor.Array {
	k := pivots.Shape[len(pivots.Shape)-1]
	return refPairs(lu, b, func(i int, m, b rows) rows {
		n := len(m)
		perm := refFlip(refExchange(refEye(n), pivots.V[i*k:(i+1)*k]), n)
		a := refMul(perm, refMul(refTriangle(m, false, true), refTriangle(m, true, false)))
		if adjoint {
			a = refFlip(a, n)
		}
		if left {
			return refSolve(a, b)
		}
		return refFlip(refSolve(refFlip(a, n), refFlip(b, n)), len(b))
	})
}

// oldLUSolve is torch.lu_solve, with the right-hand side first.
func oldLUSolve(at string) tensor.Entry {
	e := alias(luSolveEntry(), "lu_solve", "lu_solve(input, LU_data, LU_pivots)", at)
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(LUSolve(a.Tensor("LU_data"), a.Tensor("LU_pivots"), a.Tensor("input")))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return refLUSolve(a.Array("LU_data"), a.Array("LU_pivots"), a.Array("input"), true, false)
	}
	e.Samples = []tensor.Sample{sample(numbers(3, 2), mat(3, 3), pivots(3, 2, 3)), sample(numbers(1, 1), mat(1, 1), pivots(1)), sample(numbers(0, 2), mat(0, 0), pivots())}
	e.Bad = []tensor.Bad{bad("tensor: linalg.lu_solve [2 2], [2], [3 1]: the right-hand side has 3 rows; want A's 2", tensor.In(3, 1), mat(2, 2), pivots(1, 2))}
	return e
}
