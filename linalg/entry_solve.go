package linalg

import "github.com/facula-ml/facula/tensor"

func choleskyEntry() tensor.Entry {
	e := entry("linalg.cholesky", "cholesky(input, *, upper=False)", tensor.Here(), "linalg.Cholesky")
	e.Ops = []any{choleskyOp{}, potrfOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(Cholesky(a.Tensor("input"), upperFlag(a)...)) }
	e.Ref = refCholeskyOf
	e.Samples = fixed(sample(definite(3, 3)), keyed(map[string]any{"upper": true}, definite(2, 3, 3)), sample(definite(1, 1)), sample(definite(0, 0)),
		sample(definite(2, 0, 2, 2)))
	e.Bad = append(squareBad("linalg.cholesky"),
		bad("tensor: linalg.cholesky [2 2 2]: matrix 1 of the batch is not positive definite (the leading minor of order 2 is not positive)",
			tensor.In(2, 2, 2).With(1, 0, 0, 1, 1, 2, 2, 1)))
	return e
}

func refCholeskyOf(a *tensor.Args) []tensor.Array {
	x := a.Array("input")
	n := x.Shape[len(x.Shape)-1]
	return []tensor.Array{refEach(x, n, n, func(m rows) rows {
		if l := refCholesky(m); !a.Bool("upper") {
			return l
		} else {
			return refFlip(l, n)
		}
	})}
}

func choleskyExEntry() tensor.Entry {
	e := alias(choleskyEntry(), "linalg.cholesky_ex", "cholesky_ex(input, *, upper=False, check_errors=False)", tensor.Here())
	e.Go = []string{"linalg.CholeskyEx"}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		l, info := CholeskyEx(a.Tensor("input"), upperFlag(a)...)
		if a.Bool("check_errors") {
			wantDefinite("linalg.cholesky_ex", a.Tensor("input"), info)
		}
		return []*tensor.Tensor{l, info}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return append(refCholeskyOf(a), tensor.NewArray(refLead(a.Array("input"))...))
	}
	e.Out = outInfo(1)
	e.Bad = squareBad("linalg.cholesky_ex")
	return e
}

func choleskyInverseEntry() tensor.Entry {
	e := entry("cholesky_inverse", "cholesky_inverse(input, upper=False)", tensor.Here(), "linalg.CholeskyInverse")
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(CholeskyInverse(a.Tensor("input"), upperFlag(a)...)) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := a.Array("input")
		n := x.Shape[len(x.Shape)-1]
		return []tensor.Array{refEach(x, n, n, func(m rows) rows { return refSolve(refGram(m, a.Bool("upper")), refEye(n)) })}
	}
	e.Ops = []any{choleskyInverseOp{}}
	e.Samples = fixed(sample(mat(3, 3)), sample(mat(2, 2, 2), true), sample(mat(1, 1)), sample(mat(0, 0)))
	e.Bad = squareBad("cholesky_inverse")
	return e
}

// refGram is the matrix of which the triangle of m is the Cholesky factor.
func refGram(m rows, up bool) rows {
	l := refTriangle(m, up, false)
	if up {
		l = refFlip(l, len(m))
	}
	return refMul(l, refFlip(l, len(m)))
}

func choleskySolveEntry() tensor.Entry {
	e := entry("cholesky_solve", "cholesky_solve(input, input2, upper=False)", tensor.Here(), "linalg.CholeskySolve")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(CholeskySolve(a.Tensor("input"), a.Tensor("input2"), upperFlag(a)...))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return refPairs(a.Array("input2"), a.Array("input"), func(_ int, l, b rows) rows { return refSolve(refGram(l, a.Bool("upper")), b) })
	}
	e.Ops = []any{choleskySolveOp{}}
	e.Samples = fixed(sample(numbers(3, 2), mat(3, 3)), sample(numbers(2, 2, 1), mat(2, 2, 2), true), sample(numbers(1, 1), mat(1, 1)),
		sample(numbers(0, 2), mat(0, 0)))
	e.Bad = []tensor.Bad{
		bad("tensor: cholesky_solve [2 1], [3 3]: the right-hand side has 2 rows; want A's 3", tensor.In(2, 1), tensor.In(3, 3)),
		bad("tensor: cholesky_solve [2 1], [2 3]: the matrix is 2×3; want a square one", tensor.In(2, 1), tensor.In(2, 3)),
	}
	return e
}

// refPairs is f of each pair of matrices, whose batches are equal or one of
// which has none; the results have b's shape.
func refPairs(a, b tensor.Array, f func(i int, a, b rows) rows) []tensor.Array {
	k := len(b.Shape)
	as, bs, lead := refRows(a), refRows(b), refLead(b)
	if len(refLead(a)) > len(lead) {
		lead = refLead(a)
	}
	out := make([]rows, size(lead))
	for i := range out {
		at := min(i, len(as)-1)
		out[i] = f(at, as[at], bs[min(i, len(bs)-1)])
	}
	return []tensor.Array{refArray(lead, out, b.Shape[k-2], b.Shape[k-1])}
}

func solveEntry() tensor.Entry {
	e := entry("linalg.solve", "solve(A, B, *, left=True)", tensor.Here(), "linalg.Solve")
	e.Ops = []any{solveOp{}, getrfOp{}, getrsOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(Solve(a.Tensor("A"), a.Tensor("B"), leftFlag(a)...)) }
	e.Ref = refSolveOf
	e.Samples = []tensor.Sample{sample(mat(3, 3), numbers(3, 2)), sample(mat(3, 3), numbers(3)), sample(mat(2, 2, 2), numbers(2, 2)), sample(mat(2, 2, 2), numbers(2, 3)),
		sample(mat(2, 2), numbers(3, 2, 1)), keyed(map[string]any{"left": false}, mat(2, 2, 2), numbers(2, 3, 2)), sample(mat(1, 1), numbers(1, 1)),
		sample(mat(0, 0), numbers(0, 2))}
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.solve [2 2], [2 1]: the matrix is singular (the diagonal element 2 of its factor U is 0)", tensor.In(2, 2).With(1, 2, 2, 4), tensor.In(2, 1)),
		bad("tensor: linalg.solve [2 3], [2 1]: the matrix is 2×3; want a square one", tensor.In(2, 3), tensor.In(2, 1)),
		bad("tensor: linalg.solve [2 2], [3 1]: the right-hand side has 3 rows; want A's 2", mat(2, 2), tensor.In(3, 1)),
		bad("tensor: linalg.solve [2 2 2], [3 2 1]: batches [2] and [3] do not broadcast", mat(2, 2, 2), tensor.In(3, 2, 1)),
	}
	return e
}

func leftFlag(a *tensor.Args) []Option {
	if a.Bool("left") {
		return nil
	}
	return []Option{Right}
}

func refSolveOf(args *tensor.Args) []tensor.Array {
	a, b := args.Array("A"), args.Array("B")
	k := len(a.Shape)
	vector := len(b.Shape) == 1 || len(b.Shape) == k-1 && size(b.Shape) == size(a.Shape[:k-1]) && b.Shape[0] == a.Shape[0]
	shape := b.Shape
	if vector {
		b.Shape = append(append([]int{}, b.Shape...), 1)
	}
	out := refPairs(a, b, func(_ int, a, b rows) rows {
		n := len(a)
		if args.Bool("left") {
			return refSolve(a, b)
		}
		return refFlip(refSolve(refFlip(a, n), refFlip(b, n)), len(b))
	})
	if vector {
		out[0].Shape = shape
	}
	return out
}

func solveExEntry() tensor.Entry {
	e := alias(solveEntry(), "linalg.solve_ex", "solve_ex(A, B, *, left=True, check_errors=False)", tensor.Here())
	e.Go = []string{"linalg.SolveEx"}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		x, info := SolveEx(a.Tensor("A"), a.Tensor("B"), leftFlag(a)...)
		if a.Bool("check_errors") {
			wantRegular("linalg.solve_ex", a.Tensor("A"), info)
		}
		return []*tensor.Tensor{x, info}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := refSolveOf(a)
		lead := refLead(a.Array("A"))
		if b := a.Array("B"); len(b.Shape) > len(lead)+2 {
			lead = refLead(b)
		}
		return append(x, tensor.NewArray(lead...))
	}
	e.Out = outInfo(1)
	e.Bad = []tensor.Bad{bad("tensor: linalg.solve_ex [2 3], [2 1]: the matrix is 2×3; want a square one", tensor.In(2, 3), tensor.In(2, 1))}
	return e
}

func invEntry() tensor.Entry {
	e := entry("linalg.inv", "inv(A)", tensor.Here(), "linalg.Inv")
	e.Ops = []any{invOp{}, getrfOp{}, getrsOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(Inv(first(a))) }
	e.Ref = refInv
	e.Samples = []tensor.Sample{sample(mat(3, 3)), sample(mat(2, 2, 2)), sample(mat(1, 1)), sample(mat(0, 0)), sample(mat(2, 0, 3, 3))}
	e.Bad = append(squareBad("linalg.inv"), bad("tensor: linalg.inv [2 2 2]: matrix 1 of the batch is singular (the diagonal element 1 of its factor U is 0)",
		tensor.In(2, 2, 2).With(1, 0, 0, 1, 0, 0, 0, 0)))
	return e
}

func refInv(a *tensor.Args) []tensor.Array {
	x := firstArray(a)
	n := x.Shape[len(x.Shape)-1]
	return []tensor.Array{refEach(x, n, n, func(m rows) rows { return refSolve(m, refEye(n)) })}
}

// first is the matrix argument, which is "A" in newer signatures.
func first(a *tensor.Args) *tensor.Tensor {
	if a.Has("A") {
		return a.Tensor("A")
	}
	return a.Tensor("input")
}

func firstArray(a *tensor.Args) tensor.Array {
	if a.Has("A") {
		return a.Array("A")
	}
	return a.Array("input")
}

func one(t *tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{t} }

func invExEntry() tensor.Entry {
	e := alias(invEntry(), "linalg.inv_ex", "inv_ex(A, *, check_errors=False)", tensor.Here())
	e.Go = []string{"linalg.InvEx"}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		x, info := InvEx(first(a))
		if a.Bool("check_errors") {
			wantRegular("linalg.inv_ex", first(a), info)
		}
		return []*tensor.Tensor{x, info}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return append(refInv(a), tensor.NewArray(refLead(firstArray(a))...))
	}
	e.Out = outInfo(1)
	e.Bad = squareBad("linalg.inv_ex")
	return e
}

func solveTriangularEntry() tensor.Entry {
	e := entry("linalg.solve_triangular", "solve_triangular(A, B, *, upper, left=True, unitriangular=False)", tensor.Here(), "linalg.SolveTriangular")
	e.Ops = []any{triangularOp{}, trsmOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		opts := append(leftFlag(a), flags(a, map[string]Option{"upper": Upper, "unitriangular": UnitTriangular})...)
		return one(SolveTriangular(a.Tensor("A"), a.Tensor("B"), opts...))
	}
	e.Ref = func(args *tensor.Args) []tensor.Array {
		return refPairs(args.Array("A"), args.Array("B"), func(_ int, a, b rows) rows {
			a = refTriangle(a, args.Bool("upper"), args.Bool("unitriangular"))
			if n := len(a); !args.Bool("left") {
				return refFlip(refSolve(refFlip(a, n), refFlip(b, n)), len(b))
			}
			return refSolve(a, b)
		})
	}
	kw := func(up, left, unit bool) map[string]any {
		return map[string]any{"upper": up, "left": left, "unitriangular": unit}
	}
	e.Samples = []tensor.Sample{keyed(kw(true, true, false), mat(3, 3), numbers(3, 2)), keyed(kw(false, true, true), mat(2, 2, 2), numbers(2, 2, 1)),
		keyed(kw(false, false, false), mat(3, 3), numbers(2, 3)), keyed(kw(true, false, true), mat(2, 2), numbers(3, 1, 2)),
		keyed(kw(true, true, false), mat(1, 1), numbers(1, 1)), keyed(kw(true, true, false), mat(0, 0), numbers(0, 2))}
	e.Bad = []tensor.Bad{{Args: []any{tensor.In(2, 3), tensor.In(2, 1)}, Kw: map[string]any{"upper": true},
		Want: "tensor: linalg.solve_triangular [2 3], [2 1]: the matrix is 2×3; want a square one"}}
	return e
}

func triangularSolveEntry() tensor.Entry {
	e := entry("triangular_solve", "triangular_solve(b, A, upper=True, transpose=False, unitriangular=False)", tensor.Here(), "linalg.SolveTriangular")
	e.Ops = []any{triangularOp{}, trsmOp{}}
	e.Call = func(args *tensor.Args) []*tensor.Tensor {
		a, b := args.Tensor("A"), args.Tensor("b")
		up, opts := args.Bool("upper"), flags(args, map[string]Option{"unitriangular": UnitTriangular})
		m := a
		if args.Bool("transpose") {
			m, up = transposed(a), !up
		}
		if up {
			opts = append(opts, Upper)
		}
		x := SolveTriangular(m, b, opts...)
		a, _ = batches("triangular_solve", a, b)
		return []*tensor.Tensor{x, columns(a.Clone())}
	}
	e.Ref = func(args *tensor.Args) []tensor.Array {
		out := refPairs(args.Array("A"), args.Array("b"), func(_ int, a, b rows) rows {
			a = refTriangle(a, args.Bool("upper"), args.Bool("unitriangular"))
			if args.Bool("transpose") {
				a = refFlip(a, len(a))
			}
			return refSolve(a, b)
		})
		return append(out, args.Array("A"))
	}
	e.Samples = []tensor.Sample{sample(numbers(3, 2), mat(3, 3)), sample(numbers(2, 2, 1), mat(2, 2, 2), false, true), sample(numbers(2, 1), mat(2, 2), true, false, true),
		sample(numbers(1, 1), mat(1, 1)), sample(numbers(0, 2), mat(0, 0))}
	e.Bad = []tensor.Bad{bad("tensor: linalg.solve_triangular [2 3], [2 1]: the matrix is 2×3; want a square one", tensor.In(2, 1), tensor.In(2, 3))}
	return e
}
