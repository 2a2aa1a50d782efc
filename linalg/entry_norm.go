package linalg

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// normOptions are the dims and keepdim of a call; all says that no dims mean
// all of them.
func normOptions(a *tensor.Args) []Option {
	opts := flags(a, map[string]Option{"keepdim": KeepDim})
	if a.Has("dim") {
		opts = append(opts, Dims(a.Ints("dim")...))
	}
	return opts
}

// inDType is the input in the dtype that a call names.
func inDType(a *tensor.Args) *tensor.Tensor {
	x := first(a)
	if d := a.DType("dtype"); d != 0 {
		return x.Cast(d)
	}
	return x
}

func matrixNormEntry() tensor.Entry {
	e := entry("linalg.matrix_norm", "matrix_norm(A, ord='fro', dim=(-2, -1), keepdim=False, *, dtype=None)", tensor.Here(), "linalg.MatrixNorm")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(MatrixNorm(inDType(a), a.Any("ord"), normOptions(a)...))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return refNormOf(firstArray(a), a.Any("ord"), a.Ints("dim"), a.Bool("keepdim"))
	}
	for _, ord := range []any{"fro", "nuc", 1, -1, 2, -2, math.Inf(1), math.Inf(-1)} {
		e.Samples = append(e.Samples, sample(mat(3, 2), ord), sample(mat(2, 3, 3), ord, []int{2, 0}, true))
	}
	e.Samples = append(e.Samples, sample(mat(2, 0), "nuc"), sample(mat(1, 1)))
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.matrix_norm [2 2]: order 3 is none of fro, nuc, 1, 2, Inf and the negatives of numbers", mat(2, 2), 3),
		bad("tensor: linalg.matrix_norm [2 2]: dims 0 and -2 are the same", mat(2, 2), 1, []int{0, -2}),
		bad("tensor: linalg.matrix_norm [2]: dim -2 is out of range; want -1 to 0", tensor.In(2)),
		bad("tensor: linalg.matrix_norm [2 2]: dims [0]; want two", mat(2, 2), 1, []int{0}),
	}
	return e
}

// refNormOf is the norm over dims, of which two span matrices.
func refNormOf(x tensor.Array, ord any, dims []int, keep bool) []tensor.Array {
	n := len(x.Shape)
	for i := range dims {
		dims = slices.Clone(dims)
		dims[i] = (dims[i] + n) % n
	}
	var shape, kept []int
	for d, s := range x.Shape {
		if slices.Contains(dims, d) {
			kept = append(kept, 1)
			continue
		}
		shape, kept = append(shape, s), append(kept, s)
	}
	count := func(i int) int {
		if i < len(dims) {
			return x.Shape[dims[i]]
		}
		return 1
	}
	out := tensor.NewArray(shape...)
	groups := make([]rows, len(out.V))
	for i := range groups {
		groups[i] = newRows(count(0), count(1))
	}
	st := out.Strides()
	for p, v := range x.V {
		idx, at, k := x.Index(p), 0, 0
		for d := range x.Shape {
			if !slices.Contains(dims, d) {
				at += idx[d] * st[k]
				k++
			}
		}
		r, c := idx[dims[0]], 0
		if len(dims) > 1 {
			c = idx[dims[1]]
		}
		groups[at][r][c] = v
	}
	for i, g := range groups {
		out.V[i] = refNormMatrix(g, count(1), ord, len(dims) == 2)
	}
	if keep {
		out.Shape = kept
	}
	return []tensor.Array{out}
}

func refNormMatrix(m rows, n int, ord any, matrix bool) float64 {
	var all, rowSums []float64
	colSums := make([]float64, n)
	for _, r := range m {
		s := 0.0
		for j, v := range r {
			all = append(all, v)
			s += math.Abs(v)
			colSums[j] += math.Abs(v)
		}
		rowSums = append(rowSums, s)
	}
	p := order(ord)
	switch {
	case ord == nil || ord == "fro":
		return refP(all, 2)
	case !matrix:
		return refP(all, p)
	case ord == "nuc":
		return refP(refSingular(m, n), 1)
	case math.Abs(p) == 2:
		return refP(refSingular(m, n), p*math.Inf(1))
	case math.Abs(p) == 1:
		return refP(colSums, p*math.Inf(1))
	}
	return refP(rowSums, p)
}

// refP is the p-norm of a vector.
func refP(v []float64, p float64) float64 {
	s := 0.0
	for i, x := range v {
		x = math.Abs(x)
		switch {
		case math.IsInf(p, 0) && i == 0:
			s = x
		case math.IsInf(p, 1):
			s = max(s, x)
		case math.IsInf(p, -1):
			s = min(s, x)
		case p == 0 && x != 0:
			s++
		case p != 0:
			s += math.Pow(x, p)
		}
	}
	if p == 0 || math.IsInf(p, 0) {
		return s
	}
	return math.Pow(s, 1/p)
}

func normEntry() tensor.Entry {
	e := entry("linalg.norm", "norm(A, ord=None, dim=None, keepdim=False, *, dtype=None)", tensor.Here(), "linalg.Norm")
	delete(e.Why, "0-d")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(Norm(inDType(a), a.Any("ord"), normOptions(a)...))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x, dims := firstArray(a), a.Ints("dim")
		if dims == nil && a.Any("ord") == nil {
			return refAll(x, 2, a.Bool("keepdim"))
		}
		if dims == nil {
			dims = []int{0, 1}[:len(x.Shape)]
		}
		return refNormOf(x, a.Any("ord"), dims, a.Bool("keepdim"))
	}
	kw := func(dim any) map[string]any { return map[string]any{"dim": dim, "keepdim": true} }
	e.Samples = []tensor.Sample{sample(numbers()), sample(numbers(2, 3, 2)), sample(numbers(4), 3), sample(numbers(4), math.Inf(-1)), sample(mat(3, 3), "nuc"), sample(mat(3, 2), -2),
		keyed(kw(1), numbers(2, 3)), keyed(kw(1), numbers(2, 3), 1), keyed(kw([]int{0, 2}), numbers(2, 2, 3), 1), keyed(kw([]int{0, 1}), numbers(2, 3)), sample(numbers(1), 2),
		sample(numbers(0), 2), sample(mat(0, 2), "nuc")}
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.norm [2 2 2]: want one or two dims for a norm with an order", tensor.In(2, 2, 2), 1),
		bad(`tensor: linalg.norm [2]: order fro of a vector; want a number`, tensor.In(2), "fro"),
		bad("tensor: linalg.norm [2 2]: order 3 is none of fro, nuc, 1, 2, Inf and the negatives of numbers", mat(2, 2), 3),
	}
	return e
}

// refAll is the p-norm of all elements.
func refAll(x tensor.Array, p float64, keep bool) []tensor.Array {
	var shape []int
	for range x.Shape {
		if keep {
			shape = append(shape, 1)
		}
	}
	out := tensor.NewArray(shape...)
	out.V[0] = refP(x.V, p)
	return []tensor.Array{out}
}

// oldNormEntry is torch.norm: of vectors but for the order "nuc".
func oldNormEntry() tensor.Entry {
	e := entry("norm", "norm(input, p='fro', dim=None, keepdim=False, dtype=None)", tensor.Here(), "Norm", "linalg.MatrixNorm")
	delete(e.Why, "0-d")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		x, p := inDType(a), a.Any("p")
		opts := reduced(a.Bool("keepdim"), a.Ints("dim")...)
		switch {
		case p == "nuc":
			return one(MatrixNorm(x, p, nuclearDims(a, x)...))
		case p == nil || p == "fro":
			return one(x.Norm(2, opts...))
		}
		if math.IsNaN(order(p)) {
			tensor.Misuse("norm", fmt.Errorf("order %v; want a number, fro or nuc", p), x)
		}
		return one(x.Norm(order(p), opts...))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x, p, dims := firstArray(a), a.Any("p"), a.Ints("dim")
		switch {
		case p == "nuc" && dims == nil:
			return refNormOf(x, p, []int{0, 1}, a.Bool("keepdim"))
		case p == "nuc" || p == "fro" && len(dims) == 2 || len(dims) == 1:
			return refNormOf(x, p, dims, a.Bool("keepdim"))
		case p == "fro":
			p = 2
		}
		return refAll(x, order(p), a.Bool("keepdim"))
	}
	e.Samples = []tensor.Sample{sample(numbers()), sample(numbers(2, 3)), sample(numbers(2, 3), "fro", []int{0, 1}), sample(mat(3, 2), "nuc"), sample(mat(2, 2, 3), "nuc", []int{0, 2}, true),
		sample(numbers(2, 3), 3), sample(numbers(2, 3), 1, 1), sample(numbers(2, 3), math.Inf(1), 0, true), sample(numbers(2, 0)), sample(numbers(1, 1), 2)}
	e.Bad = []tensor.Bad{bad("tensor: norm [2]: order frob; want a number, fro or nuc", tensor.In(2), "frob")}
	return e
}

// nuclearDims are the dims of matrices, which a matrix need not name.
func nuclearDims(a *tensor.Args, x *tensor.Tensor) []Option {
	if !a.Has("dim") && x.Dim() != 2 {
		tensor.Misuse("norm", fmt.Errorf("%d dims; want a matrix, or the dims of one", x.Dim()), x)
	}
	return normOptions(a)
}

func condEntry() tensor.Entry {
	e := entry("linalg.cond", "cond(A, p=None)", tensor.Here(), "linalg.Cond")
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(Cond(first(a), a.Any("p"))) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x, p := firstArray(a), a.Any("p")
		n := x.Shape[len(x.Shape)-1]
		return []tensor.Array{refScalars(x, func(m rows) float64 {
			if p == nil || p == 2 || p == -2 {
				s := refSingular(m, n)
				if len(s) == 0 {
					return 0
				}
				if p == -2 {
					return s[len(s)-1] / s[0]
				}
				return s[0] / s[len(s)-1]
			}
			return refNormMatrix(m, n, p, true) * refNormMatrix(refSolve(m, refEye(n)), n, p, true)
		})}
	}
	e.Samples = []tensor.Sample{sample(mat(3, 2)), sample(mat(2, 2, 2), -2), sample(mat(1, 1)), sample(mat(0, 0))}
	for _, p := range []any{"fro", "nuc", 1, -1, math.Inf(1)} {
		e.Samples = append(e.Samples, sample(mat(3, 3), p))
	}
	e.Bad = []tensor.Bad{bad("tensor: linalg.cond [2 3]: the matrix is 2×3; want a square one", mat(2, 3), 1), bad("tensor: linalg.cond [3]: want a matrix: at least two dims", tensor.In(3))}
	return e
}
