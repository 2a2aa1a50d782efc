package linalg

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// toleranceFlags are the options of a call that ranks singular values. tol and
// rcond are older names: of the absolute tolerance, without a relative one, and
// of the relative one, which is also a number in the place of a second matrix.
func toleranceFlags(a *tensor.Args) []Option {
	opts := flags(a, map[string]Option{"hermitian": Hermitian})
	for _, t := range []struct {
		name string
		make func(any) Option
	}{{"atol", ATol}, {"rtol", RTol}, {"tol", ATol}, {"rcond", RTol}} {
		if a.Has(t.name) {
			opts = append(opts, t.make(a.Any(t.name)))
		}
	}
	if a.Has("tol") && !a.Has("rtol") {
		opts = append(opts, RTol(0.0))
	}
	if a.Has("other") && !a.IsTensor("other") {
		opts = append(opts, RTol(a.Any("other")))
	}
	return opts
}

func pinvEntry() tensor.Entry {
	e := entry("linalg.pinv", "pinv(A, other=None, *, atol=None, rtol=None, rcond=None, hermitian=False)", tensor.Here(), "linalg.Pinv")
	e.Ops = []any{pinvOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(Pinv(product(a), toleranceFlags(a)...)) }
	e.Ref = refPinv
	rank1 := tensor.In(2, 3).With(1, 2, 3, 2, 4, 6)
	e.Samples = append(shapes(), sample(numbers(3, 2), numbers(4, 2)), sample(mat(3, 2), 1e-3))
	singular := keyed(map[string]any{"atol": 0.5}, rank1)
	singular.Only = []tensor.DType{tensor.Float32} // the reference has fewer digits there
	e.Samples = append(e.Samples, fixed(keyed(map[string]any{"hermitian": true}, definite(3, 3)), singular)...)
	e.Bad = append(matrixBad("linalg.pinv"), finiteBad("linalg.svd"), tensor.Bad{Args: []any{mat(2, 3)}, Kw: map[string]any{"hermitian": true},
		Want: "tensor: linalg.pinv [2 3]: the matrix is 2×3; want a square one"})
	return e
}

// refPinv is limits of regularized inverses, (AᵀA + δ)⁻¹Aᵀ, joined: with
// Richardson's extrapolation no δ needs to be small.
func refPinv(a *tensor.Args) []tensor.Array {
	x := refProduct(a)
	d := len(x.Shape)
	m, n := x.Shape[d-2], x.Shape[d-1]
	return []tensor.Array{refEach(x, n, m, func(r rows) rows {
		if m*n == 0 {
			return newRows(n, m)
		}
		const terms = 12
		at := refFlip(r, n)
		sums := make([]rows, terms)
		for k := range sums {
			g := refMul(at, r)
			for i := range g {
				g[i][i] += 0.01 / float64(int(1)<<k)
			}
			sums[k] = refSolve(g, at)
		}
		for level := 1; level < terms; level++ {
			f := float64(int(1) << level)
			for k := terms - 1; k >= level; k-- {
				for i := range sums[k] {
					for j := range sums[k][i] {
						sums[k][i][j] = (f*sums[k][i][j] - sums[k-1][i][j]) / (f - 1)
					}
				}
			}
		}
		return sums[terms-1]
	})}
}

// pinverse is torch.pinverse.
func pinverse(at string) tensor.Entry {
	e := alias(pinvEntry(), "pinverse", "pinverse(input, rcond=1e-15)", at)
	e.Samples, e.Bad = shapes(), matrixBad("linalg.pinv")
	return e
}

func matrixRankEntry() tensor.Entry {
	e := entry("linalg.matrix_rank", "matrix_rank(A, tol=None, *, atol=None, rtol=None, hermitian=False)", tensor.Here(), "linalg.MatrixRank")
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(MatrixRank(first(a), toleranceFlags(a)...)) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := firstArray(a)
		d := len(x.Shape)
		m, n := x.Shape[d-2], x.Shape[d-1]
		return []tensor.Array{refScalars(x, func(r rows) float64 {
			s := refSingular(r, n)
			rank, tol := 0.0, 1e-6*float64(max(m, n)) // the samples have nothing near it
			if a.Has("atol") || a.Has("rtol") {
				tol = 0
			}
			if a.Has("rtol") {
				tol = a.Float("rtol")
			}
			if a.Has("tol") {
				tol = a.Float("tol") / s[0]
			}
			for _, v := range s {
				bound := tol * s[0]
				if a.Has("atol") {
					bound = max(bound, a.Float("atol"))
				}
				if v > bound {
					rank++
				}
			}
			return rank
		})}
	}
	e.Out = func(tensor.DType, int) tensor.DType { return tensor.Int64 }
	kw := func(name string, v any) map[string]any { return map[string]any{name: v} }
	e.Samples = fixed(append(shapes(), sample(tensor.In(2, 2).With(1, 2, 2, 4)), keyed(kw("atol", 1.0), mat(3, 3)), keyed(kw("tol", 1.0), mat(3, 3)), keyed(kw("rtol", 0.5), mat(3, 3)), keyed(kw("hermitian", true), definite(2, 2, 2)))...)
	e.Bad = append(matrixBad("linalg.matrix_rank"), finiteBad("linalg.svdvals"))
	return e
}

func lstsqEntry() tensor.Entry {
	e := entry("linalg.lstsq", "lstsq(A, B, rcond=None, *, driver=None)", tensor.Here(), "linalg.Lstsq")
	e.Ops = []any{lstsqOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		driver, rcond := a.Str("driver"), -1.0
		if driver == "" {
			driver = "gelsy" // PyTorch's on the CPU
		}
		if a.Has("rcond") {
			rcond = a.Float("rcond")
		}
		r := Lstsq(a.Tensor("A"), a.Tensor("B"), driver, rcond)
		return []*tensor.Tensor{r.Solution, r.Residuals, r.Rank, r.SingularValues}
	}
	e.Ref = refLstsq
	e.Out = func(d tensor.DType, i int) tensor.DType {
		if i == 2 {
			return tensor.Int64
		}
		return d
	}
	for _, driver := range []string{"gels", "gelsy", "gelsd", "gelss"} {
		kw := map[string]any{"driver": driver}
		e.Samples = append(e.Samples, keyed(kw, mat(4, 2), numbers(4, 3)), keyed(kw, mat(2, 3), numbers(2, 1)), keyed(kw, mat(2, 2, 2), numbers(2, 2)))
	}
	e.Samples = append(e.Samples, sample(mat(1, 1), numbers(1, 1)), sample(mat(2, 3, 2), numbers(3, 1)))
	for i := range e.Samples { // a difference does not see that the other results have no gradient
		e.Samples[i].NoGrad = true
	}
	e.Bad = []tensor.Bad{
		{Args: []any{mat(2, 2), mat(2, 2)}, Kw: map[string]any{"driver": "gel"}, Want: `tensor: linalg.lstsq [2 2], [2 2]: driver is "gel"; want gels, gelsy, gelsd or gelss`},
		bad("tensor: linalg.lstsq [2 2], [3 1]: the right-hand side has 3 rows; want A's 2", mat(2, 2), mat(3, 1)),
	}
	e.Why["empty"] = "the corpus of PyTorch's samples has it"
	return e
}

func refLstsq(args *tensor.Args) []tensor.Array {
	a, b, driver := args.Array("A"), args.Array("B"), args.Str("driver")
	d := len(a.Shape)
	m, n, vector := a.Shape[d-2], a.Shape[d-1], slices.Equal(b.Shape, a.Shape[:d-1])
	if vector {
		b.Shape = append(slices.Clone(b.Shape), 1)
	}
	k := b.Shape[len(b.Shape)-1]
	lead := refLead(a)
	as, bs := refRows(a), refRows(b)
	xs := make([]rows, len(as))
	residuals, ranks := tensor.NewArray(append(slices.Clone(lead), k)...), tensor.NewArray(lead...)
	for i := range xs {
		at, y := refFlip(as[i], n), bs[min(i, len(bs)-1)]
		if m < n {
			xs[i] = refMul(at, refSolve(refMul(as[i], at), y))
		} else {
			xs[i] = refSolve(refMul(at, as[i]), refMul(at, y))
		}
		for r, row := range refMul(as[i], xs[i]) {
			for c, v := range row {
				residuals.V[i*k+c] += (v - y[r][c]) * (v - y[r][c])
			}
		}
		ranks.V[i] = float64(min(m, n))
	}
	out := []tensor.Array{refArray(lead, xs, n, k), residuals, ranks, refVectors(a, func(r rows) []float64 { return refSingular(r, n) })}
	if vector {
		out[0].Shape = out[0].Shape[:d-1]
	}
	if m <= n || driver == "gelsy" || driver == "" {
		out[1] = tensor.NewArray(0)
	}
	if driver == "gels" {
		out[2] = tensor.NewArray(0)
	}
	if driver != "gelsd" && driver != "gelss" {
		out[3] = tensor.NewArray(0)
	}
	return out
}
