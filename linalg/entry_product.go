package linalg

import (
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

func matrixPowerEntry() tensor.Entry {
	e := entry("linalg.matrix_power", "matrix_power(A, n)", tensor.Here(), "linalg.MatrixPower")
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(MatrixPower(first(a), a.Int("n"))) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x, p := firstArray(a), a.Int("n")
		n := x.Shape[len(x.Shape)-1]
		return []tensor.Array{refEach(x, n, n, func(m rows) rows {
			if p < 0 {
				m = refSolve(m, refEye(n))
			}
			y := refEye(n)
			for range max(p, -p) {
				y = refMul(y, m)
			}
			return y
		})}
	}
	e.Samples = []tensor.Sample{sample(mat(3, 3), 1), sample(mat(2, 2), 2), sample(mat(2, 2, 2), 5), sample(mat(2, 2), 0), sample(mat(2, 2), -1), sample(mat(2, 2), -3), sample(mat(1, 1), 4), sample(mat(0, 0), 3)}
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.matrix_power [2 3]: want square matrices", mat(2, 3), 2),
		bad("tensor: linalg.inv [2 2]: the matrix is singular (the diagonal element 2 of its factor U is 0)", tensor.In(2, 2).With(1, 2, 2, 4), -1),
	}
	return e
}

func matrixExpEntry() tensor.Entry {
	e := entry("linalg.matrix_exp", "matrix_exp(A)", tensor.Here(), "linalg.MatrixExp")
	e.Ops = []any{expOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(MatrixExp(first(a))) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := firstArray(a)
		n := x.Shape[len(x.Shape)-1]
		return []tensor.Array{refEach(x, n, n, func(m rows) rows { // the series
			sum, term := refEye(n), refEye(n)
			for k := 1; k < 120; k++ {
				term = refMul(term, m)
				for i := range term {
					for j := range term {
						term[i][j] /= float64(k)
						sum[i][j] += term[i][j]
					}
				}
			}
			return sum
		})}
	}
	large := tensor.In(2, 2).With(9, -3, 4, 8)
	e.Samples = []tensor.Sample{sample(mat(3, 3)), sample(mat(2, 2, 2)), sample(large), sample(mat(1, 1)), sample(mat(0, 0))}
	e.Bad = squareBad("linalg.matrix_exp")
	return e
}

func multiDotEntry() tensor.Entry {
	e := entry("linalg.multi_dot", "multi_dot(tensors)", tensor.Here(), "linalg.MultiDot")
	e.DTypes = []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int64}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(MultiDot(a.Tensors("tensors")...)) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		list := a.Arrays("tensors")
		firstShape, lastShape := list[0].Shape, list[len(list)-1].Shape
		if len(firstShape) == 1 {
			list[0].Shape = []int{1, firstShape[0]}
		}
		if len(lastShape) == 1 {
			list[len(list)-1].Shape = []int{lastShape[0], 1}
		}
		y := refRows(list[0])[0]
		for _, x := range list[1:] {
			if y = refMul(y, refRows(x)[0]); x.Shape[0] == 0 {
				y = newRows(len(y), x.Shape[1])
			}
		}
		out := refArray(nil, []rows{y}, list[0].Shape[0], list[len(list)-1].Shape[1])
		if len(lastShape) == 1 {
			out.Shape = out.Shape[:1]
		}
		if len(firstShape) == 1 {
			out.Shape = out.Shape[1:]
		}
		return []tensor.Array{out}
	}
	in := tensor.In
	e.Samples = []tensor.Sample{sample([]any{in(2, 3), in(3, 2)}), sample([]any{in(2, 3), in(3, 4), in(4, 1)}), sample([]any{in(3), in(3, 2), in(2, 4), in(4)}),
		sample([]any{in(1, 1), in(1, 1)}), sample([]any{in(2, 0), in(0, 3)}), sample([]any{in(4, 1), in(1, 4), in(4, 2)})}
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.multi_dot [2 3]: 1 matrices; want at least two", []any{in(2, 3)}),
		bad("tensor: linalg.multi_dot [2 3], [2 3]: inner dims are 3 and 2, want equal", []any{in(2, 3), in(2, 3)}),
		bad("tensor: linalg.multi_dot [2 3], [3], [3 1]: want matrices, or a vector as the first and the last", []any{in(2, 3), in(3), in(3, 1)}),
	}
	return e
}

func tensorinvEntry() tensor.Entry {
	e := entry("linalg.tensorinv", "tensorinv(A, ind=2)", tensor.Here(), "linalg.TensorInv")
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(TensorInv(first(a), a.Int("ind"))) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x, ind := firstArray(a), a.Int("ind")
		shape := append(slices.Clone(x.Shape[ind:]), x.Shape[:ind]...)
		n := size(x.Shape[:ind])
		x.Shape = []int{n, n}
		out := refEach(x, n, n, func(m rows) rows { return refSolve(m, refEye(n)) })
		out.Shape = shape
		return []tensor.Array{out}
	}
	square := mat(4, 4)
	shaped := func(shape ...int) tensor.Arg { return tensor.In(shape...).With(square.Values...) }
	e.Samples = []tensor.Sample{sample(shaped(2, 2, 4)), sample(shaped(4, 2, 1, 2), 1), sample(mat(1, 1), 1), sample(tensor.In(0, 0), 1)}
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.tensorinv [2 3]: ind is 3; want 1 to 2", mat(2, 3), 3),
		bad("tensor: linalg.tensorinv [2 3]: the first 1 dims have 2 elements and the others 3; want equal", mat(2, 3), 1),
	}
	return e
}

func tensorsolveEntry() tensor.Entry {
	e := entry("linalg.tensorsolve", "tensorsolve(A, B, dims=None)", tensor.Here(), "linalg.TensorSolve")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(TensorSolve(a.Tensor("A"), a.Tensor("B"), a.Ints("dims")...))
	}
	e.Ref = func(args *tensor.Args) []tensor.Array {
		a, b := args.Array("A"), args.Array("B")
		if args.Has("dims") { // the samples move the first dim to the end
			moved := tensor.NewArray(append(slices.Clone(a.Shape[1:]), a.Shape[0])...)
			for p := range moved.V {
				i := moved.Index(p)
				moved.V[p] = a.At(append([]int{i[len(i)-1]}, i[:len(i)-1]...)...)
			}
			a = moved
		}
		shape, n := a.Shape[len(b.Shape):], len(b.V)
		a.Shape, b.Shape = []int{n, n}, []int{n, 1}
		out := refPairs(a, b, func(_ int, a, b rows) rows { return refSolve(a, b) })
		out[0].Shape = shape
		return out
	}
	square := mat(4, 4)
	shaped := func(shape ...int) tensor.Arg { return tensor.In(shape...).With(square.Values...) }
	e.Samples = []tensor.Sample{sample(shaped(2, 2, 4), numbers(2, 2)), sample(shaped(4, 2, 2), numbers(4)), sample(shaped(4, 2, 2), numbers(2, 2), []int{0}), sample(mat(1, 1), numbers(1)),
		sample(tensor.In(0, 0), tensor.In(0))}
	e.Bad = []tensor.Bad{bad("tensor: linalg.tensorsolve [2 3], [2]: the dims of a beyond 1 do not have b's 2 elements", mat(2, 3), tensor.In(2))}
	return e
}

// vectors is what the entries of vectors share, which take any layout and value.
func vectors(name, sig, at string, names ...string) tensor.Entry {
	e := entry(name, sig, at, names...)
	e.Tol, e.Abs, e.GradTol = 0, 0, 0
	e.Why = map[string]string{"special": "0·inf depends on the order of the sum", "infinite": "a gradient is a product, in which 0·Inf is NaN"}
	return e
}

func crossEntry() tensor.Entry {
	e := vectors("linalg.cross", "cross(input, other, *, dim=-1)", tensor.Here(), "linalg.Cross")
	e.DTypes = tensor.Numbers
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(Cross(a.Tensor("input"), a.Tensor("other"), a.Int("dim")))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array { return refCross(a, a.Int("dim")) }
	dim := func(d int) map[string]any { return map[string]any{"dim": d} }
	e.Samples = []tensor.Sample{{Args: []any{tensor.In(3), tensor.In(3)}}, {Args: []any{tensor.In(2, 3), tensor.In(1, 3)}}, {Args: []any{tensor.In(3, 2), tensor.In(3, 2)}, Kw: dim(0)},
		{Args: []any{tensor.In(0, 3), tensor.In(0, 3)}}}
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.cross [2 3], [2 1]: dim -1 has sizes 3 and 1; want 3", tensor.In(2, 3), tensor.In(2, 1)),
		bad("tensor: linalg.cross [2 3], [3]: want as many dims in both, at least one", tensor.In(2, 3), tensor.In(3)),
		bad("tensor: linalg.cross [], []: want as many dims in both, at least one", tensor.In(), tensor.In()),
	}
	e.Why["0-d"], e.Why["size-1"] = "not a vector", "a vector of three has more"
	e.Why["tol"], e.Abs, e.Tol = "a difference of two products", 8, 1
	return e
}

func refCross(args *tensor.Args, dim int) []tensor.Array {
	a, b := args.Array("input"), args.Array("other")
	n := len(a.Shape)
	d := (dim + n) % n
	shape := slices.Clone(a.Shape)
	for i := range shape {
		if shape[i] == 1 {
			shape[i] = b.Shape[i]
		}
	}
	out := tensor.NewArray(shape...)
	for p := range out.V {
		i, j := out.Index(p), out.Index(p)
		k := i[d]
		i[d], j[d] = (k+1)%3, (k+2)%3
		out.V[p] = a.At(i...)*b.At(j...) - a.At(j...)*b.At(i...)
	}
	return []tensor.Array{out}
}

// oldCross is torch.cross, whose dim is the first of size 3.
func oldCross(at string) tensor.Entry {
	e := alias(crossEntry(), "cross", "cross(input, other, dim=None)", at)
	dim := func(a *tensor.Args, shape []int) int {
		if a.Has("dim") {
			return a.Int("dim")
		}
		return slices.Index(shape, 3)
	}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		x := a.Tensor("input")
		d := dim(a, x.Shape())
		if d < 0 && !a.Has("dim") {
			d = x.Dim() - 1 // which the op refuses
		}
		return one(Cross(x, a.Tensor("other"), d))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array { return refCross(a, dim(a, a.Array("input").Shape)) }
	e.Bad = []tensor.Bad{bad("tensor: linalg.cross [2 2], [2 2]: dim 1 has sizes 2 and 2; want 3", tensor.In(2, 2), tensor.In(2, 2))}
	return e
}

func vecdotEntry() tensor.Entry {
	e := vectors("linalg.vecdot", "vecdot(x, y, *, dim=-1)", tensor.Here(), "linalg.VecDot")
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(VecDot(a.Tensor("x"), a.Tensor("y"), a.Int("dim")))
	}
	e.Ref = func(args *tensor.Args) []tensor.Array {
		a, b := args.Array("x"), args.Array("y")
		n := len(a.Shape)
		d := (args.Int("dim") + n) % n
		shape := slices.Clone(a.Shape)
		for i := range shape {
			if shape[i] == 1 {
				shape[i] = b.Shape[i]
			}
		}
		k := shape[d]
		shape[d] = 1
		out := tensor.NewArray(shape...)
		for p := range out.V {
			i := out.Index(p)
			for i[d] = range k {
				out.V[p] += a.At(i...) * b.At(i...)
			}
		}
		out.Shape = append(slices.Clone(shape[:d]), shape[d+1:]...)
		return []tensor.Array{out}
	}
	e.Samples = []tensor.Sample{{Args: []any{tensor.In(3), tensor.In(3)}}, {Args: []any{tensor.In(2, 3), tensor.In(1, 3)}}, {Args: []any{tensor.In(3, 2), tensor.In(3, 2)}, Kw: map[string]any{"dim": 0}},
		{Args: []any{tensor.In(1), tensor.In(1)}}, {Args: []any{tensor.In(2, 0), tensor.In(2, 0)}}}
	e.Bad = []tensor.Bad{bad("tensor: linalg.vecdot [2], [2]: dtype int64; want a floating-point dtype", tensor.In(2).As(tensor.Int64), tensor.In(2)),
		bad("tensor: linalg.vecdot []: dim -1 is out of range; want 0 to -1", tensor.In(), tensor.In())}
	e.Why["0-d"] = "not a vector"
	e.Why["tol"], e.Abs, e.Tol = "a sum of products", 12, 1
	return e
}

func vanderEntry() tensor.Entry {
	e := vectors("linalg.vander", "vander(x, *, N=None)", tensor.Here(), "linalg.Vander")
	e.DTypes = append(slices.Clone(tensor.Ints), tensor.Float32, tensor.Float64, tensor.Bool)
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		x := a.Tensor("x")
		n := 1
		if x.Dim() > 0 {
			n = x.Size(-1)
		}
		if a.Has("N") {
			n = a.Int("N")
		}
		return one(Vander(x, n))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := a.Array("x")
		shape := x.Shape
		if len(shape) == 0 {
			shape = []int{1}
		}
		n := shape[len(shape)-1]
		if a.Has("N") {
			n = a.Int("N")
		}
		out := tensor.NewArray(append(slices.Clone(shape), n)...)
		for p := range out.V {
			out.V[p] = math.Pow(x.V[p/n], float64(p%n))
		}
		return []tensor.Array{out}
	}
	e.Out = tensor.OutSum
	n := func(n int) map[string]any { return map[string]any{"N": n} }
	e.Samples = []tensor.Sample{{Args: []any{tensor.In(3)}}, {Args: []any{tensor.In(2, 2)}, Kw: n(4)}, {Args: []any{tensor.In()}, Kw: n(3)}, {Args: []any{tensor.In(1)}, Kw: n(2)}, {Args: []any{tensor.In(2, 0)}, Kw: n(2)}}
	e.Bad = []tensor.Bad{{Args: []any{tensor.In(3)}, Kw: n(1), Want: "tensor: linalg.vander [3]: n is 1; want at least 2"}}
	return e
}
