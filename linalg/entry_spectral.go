package linalg

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// signs is why the entries of eigenvectors have no reference.
const signs = "the signs are LAPACK's: spectral_test.go, and the corpus of PyTorch's samples"

func eighEntry() tensor.Entry {
	e := with(entry("linalg.eigh", "eigh(A, UPLO='L')", tensor.Here(), "linalg.Eigh"), "values", signs)
	e.Ops, e.Undefined = []any{eighOp{}}, true
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		l, v := Eigh(first(a), uploFlag(a)...)
		return []*tensor.Tensor{l, v}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := firstArray(a)
		return []tensor.Array{tensor.NewArray(x.Shape[:len(x.Shape)-1]...), tensor.NewArray(x.Shape...)}
	}
	e.Samples, e.Bad = symmetricSamples(), append(squareBad("linalg.eigh"), finiteBad("linalg.eigh"),
		bad(`tensor: linalg.eigh [2 2]: UPLO is "D"; want L or U`, mat(2, 2), "D"))
	return e
}

func finiteBad(op string) tensor.Bad {
	return bad("tensor: "+op+" [2 2]: the matrix has an element that is not finite", tensor.In(2, 2).With(1, 0, math.NaN(), 1))
}

func uploFlag(a *tensor.Args) []Option {
	switch u := a.Str("UPLO"); u {
	case "U", "u":
		return []Option{Upper}
	case "L", "l":
	default:
		tensor.Misuse("linalg.eigh", fmt.Errorf("UPLO is %q; want L or U", u), first(a))
	}
	return nil
}

// symmetricSamples have no gradients here: differences of one element would
// not see that the other triangle is the same.
func symmetricSamples() []tensor.Sample {
	return fixed(sample(definite(3, 3)), sample(definite(2, 2, 2), "U"), sample(definite(1, 1)), sample(definite(0, 0)), sample(definite(0, 2, 2)))
}

func eigvalshEntry() tensor.Entry {
	e := entry("linalg.eigvalsh", "eigvalsh(A, UPLO='L')", tensor.Here(), "linalg.Eigvalsh")
	e.Ops = []any{eighOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(Eigvalsh(first(a), uploFlag(a)...)) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return []tensor.Array{refVectors(firstArray(a), func(m rows) []float64 { return refEigen(m) })}
	}
	e.Samples, e.Bad = symmetricSamples(), append(squareBad("linalg.eigvalsh"), finiteBad("linalg.eigvalsh"))
	return e
}

// refVectors is the array of a vector for each matrix.
func refVectors(x tensor.Array, f func(m rows) []float64) tensor.Array {
	d := len(x.Shape)
	out := tensor.NewArray(append(append([]int{}, refLead(x)...), min(x.Shape[d-2], x.Shape[d-1]))...)
	out.V = out.V[:0]
	for _, m := range refRows(x) {
		out.V = append(out.V, f(m)...)
	}
	return out
}

// symeigEntry is the old name of eigh, which gives eigenvectors on demand.
func symeigEntry() tensor.Entry {
	e := alias(eighEntry(), "symeig", "symeig(input, eigenvectors=False, upper=True)", tensor.Here())
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		if !a.Bool("eigenvectors") {
			return []*tensor.Tensor{Eigvalsh(first(a), upperFlag(a)...), tensor.Make{DType: first(a).DType()}.Zeros(0)}
		}
		l, v := Eigh(first(a), upperFlag(a)...)
		return []*tensor.Tensor{l, v}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := firstArray(a)
		vectors := tensor.NewArray(0)
		if a.Bool("eigenvectors") {
			vectors = tensor.NewArray(x.Shape...)
		}
		return []tensor.Array{tensor.NewArray(x.Shape[:len(x.Shape)-1]...), vectors}
	}
	e.Samples = fixed(sample(definite(3, 3), true), sample(definite(2, 2, 2), false, false), sample(definite(1, 1)), sample(definite(0, 0)))
	e.Bad = squareBad("linalg.eigvalsh")
	return e
}

func svdEntry() tensor.Entry {
	e := with(entry("linalg.svd", "svd(A, full_matrices=True)", tensor.Here(), "linalg.SVD"), "values", signs)
	e.Ops, e.Undefined = []any{svdOp{}}, true
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		u, s, vh := SVD(first(a), a.Bool("full_matrices"))
		return []*tensor.Tensor{u, s, vh}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return refSVDShapes(firstArray(a), a.Bool("full_matrices"), false)
	}
	e.Samples = svdSamples("full_matrices", false)
	e.Samples = append(e.Samples, fixed(sample(mat(4, 2)), sample(mat(2, 4)), sample(mat(0, 2)))...)
	e.Bad = append(matrixBad("linalg.svd"), finiteBad("linalg.svd"))
	return e
}

func svdSamples(name string, v bool) []tensor.Sample {
	s := append(shapes(), sample(mat(5, 2)))
	for i := range s {
		s[i].Kw = map[string]any{name: v}
	}
	return s
}

func refSVDShapes(x tensor.Array, full, flip bool) []tensor.Array {
	d := len(x.Shape)
	m, n := x.Shape[d-2], x.Shape[d-1]
	ucols, vrows := svdOp{full: full}.sizes(m, n)
	shape := func(s ...int) tensor.Array { return tensor.NewArray(append(append([]int{}, refLead(x)...), s...)...) }
	if flip {
		return []tensor.Array{shape(m, ucols), shape(min(m, n)), shape(n, vrows)}
	}
	return []tensor.Array{shape(m, ucols), shape(min(m, n)), shape(vrows, n)}
}

// oldSVD is torch.svd, which gives V instead of its transpose.
func oldSVD(at string) tensor.Entry {
	e := alias(svdEntry(), "svd", "svd(input, some=True, compute_uv=True)", at)
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		x := first(a)
		if !a.Bool("compute_uv") {
			m, n, lead := x.Size(-2), x.Size(-1), x.Shape()[:x.Dim()-2]
			zeros := func(k int) *tensor.Tensor {
				return tensor.Make{DType: x.DType()}.Zeros(append(append([]int{}, lead...), k, k)...)
			}
			return []*tensor.Tensor{zeros(m), SVDVals(x), zeros(n)}
		}
		u, s, vh := SVD(x, !a.Bool("some"))
		return []*tensor.Tensor{u, s, transposed(vh)}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return refSVDShapes(firstArray(a), !a.Bool("some") || !a.Bool("compute_uv"), true)
	}
	e.Samples, e.Bad = append(svdSamples("some", true), sample(mat(3, 2), true, false)), matrixBad("linalg.svd")
	return e
}

func svdvalsEntry() tensor.Entry {
	e := entry("linalg.svdvals", "svdvals(A)", tensor.Here(), "linalg.SVDVals")
	e.Ops = []any{svdOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(SVDVals(first(a))) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := firstArray(a)
		return []tensor.Array{refVectors(x, func(m rows) []float64 { return refSingular(m, x.Shape[len(x.Shape)-1]) })}
	}
	e.Samples, e.Bad = append(shapes(), sample(mat(5, 2)), sample(mat(2, 5))), append(matrixBad("linalg.svdvals"), finiteBad("linalg.svdvals"))
	return e
}

// product is the matrix argument; where PyTorch's samples give a second
// tensor, the matrix is input·otherᵀ, which has a low rank.
func product(a *tensor.Args) *tensor.Tensor {
	x := first(a)
	if a.IsTensor("other") {
		return x.MatMul(transposed(a.Tensor("other")))
	}
	return x
}

func refProduct(a *tensor.Args) tensor.Array {
	x := firstArray(a)
	if !a.Has("other") || len(a.Array("other").Shape) == 0 {
		return x
	}
	y := a.Array("other")
	n := y.Shape[len(y.Shape)-1]
	list, ys := refRows(x), refRows(y)
	for i := range list {
		list[i] = refMul(list[i], refFlip(ys[i], n))
	}
	return refArray(refLead(x), list, x.Shape[len(x.Shape)-2], y.Shape[len(y.Shape)-2])
}

func svdLowRankEntry() tensor.Entry {
	e := with(entry("svd_lowrank", "svd_lowrank(input, other=None, q=6, niter=2, M=None)", tensor.Here(), "linalg.SVDLowRank"), "values",
		"the basis is random: spectral_test.go, and the corpus of PyTorch's samples")
	e.Undefined = true
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		u, s, v := SVDLowRank(product(a), rankOf(a, 6), a.Int("niter"), a.OptTensor("M"))
		return []*tensor.Tensor{u, s, v}
	}
	e.Ref = refLowRankShapes
	kw := func(q int) map[string]any { return map[string]any{"q": q} }
	e.Samples = fixed(keyed(kw(2), mat(4, 3)), keyed(kw(1), mat(2, 2, 3)), keyed(kw(1), mat(1, 1)), keyed(kw(0), mat(0, 2)))
	e.Bad = []tensor.Bad{{Args: []any{mat(2, 3)}, Kw: kw(3), Want: "tensor: svd_lowrank [2 3]: q is 3; want 0 to 2"}}
	return e
}

// rankOf is the rank that a call names, or the other one.
func rankOf(a *tensor.Args, otherwise int) int {
	if a.Has("q") {
		return a.Int("q")
	}
	return otherwise
}

func refLowRankShapes(a *tensor.Args) []tensor.Array {
	x := refProduct(a)
	d, q, lead := len(x.Shape), a.Int("q"), refLead(x)
	shape := func(s ...int) tensor.Array { return tensor.NewArray(append(append([]int{}, lead...), s...)...) }
	return []tensor.Array{shape(x.Shape[d-2], q), shape(q), shape(x.Shape[d-1], q)}
}

func pcaLowRankEntry() tensor.Entry {
	e := with(alias(svdLowRankEntry(), "pca_lowrank", "pca_lowrank(input, other=None, q=None, center=True, niter=2)", tensor.Here()))
	e.Go = []string{"linalg.PCALowRank"}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		x := product(a)
		u, s, v := PCALowRank(x, rankOf(a, min(6, x.Size(-2), x.Size(-1))), a.Bool("center"), a.Int("niter"))
		return []*tensor.Tensor{u, s, v}
	}
	e.Bad = []tensor.Bad{{Args: []any{mat(2, 3)}, Kw: map[string]any{"q": 3}, Want: "tensor: pca_lowrank [2 3]: q is 3; want 0 to 2"}}
	return e
}
