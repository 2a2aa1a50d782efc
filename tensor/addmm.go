package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// A sum with a product: beta·t + alpha·product, for Go numbers that are cut to
// the dtype. t broadcasts to the product's shape. Where beta is 0, t does not
// count, whatever it holds.

// Addmm returns beta·t + alpha·a·b for two matrices.
//
//	shape:  a [m, k], b [k, n] → [m, n], to which t broadcasts
//	dtype:  the same number type for all
//	panics: *Error for other shapes or dtypes
//	source: torch.addmm
func (t *Tensor) Addmm(a, b *Tensor, beta, alpha any) *Tensor {
	t, a, b = loweredProduct(t, a, b)
	return t.addProduct("addmm", a.product("addmm", b, 2, 2), beta, alpha)
}

// Addmv returns beta·t + alpha·a·b for a matrix and a vector.
//
//	shape:  a [m, n], b [n] → [m], to which t broadcasts
//	dtype:  the same number type for all
//	panics: *Error for other shapes or dtypes
//	source: torch.addmv
func (t *Tensor) Addmv(a, b *Tensor, beta, alpha any) *Tensor {
	t, a, b = loweredProduct(t, a, b)
	return t.addProduct("addmv", a.product("addmv", b, 2, 1), beta, alpha)
}

// Baddbmm returns beta·t + alpha·a·b for two batches of matrices.
//
//	shape:  a [b, m, k], b [b, k, n] → [b, m, n], to which t broadcasts
//	dtype:  the same number type for all
//	panics: *Error for other shapes or dtypes
//	source: torch.baddbmm
func (t *Tensor) Baddbmm(a, b *Tensor, beta, alpha any) *Tensor {
	t, a, b = loweredProduct(t, a, b)
	return t.addProduct("baddbmm", a.product("baddbmm", b, 3, 3), beta, alpha)
}

// Addbmm is Baddbmm with the sum of all products of matrices.
//
//	shape:  a [b, m, k], b [b, k, n] → [m, n], to which t broadcasts
//	source: torch.addbmm
func (t *Tensor) Addbmm(a, b *Tensor, beta, alpha any) *Tensor {
	t, a, b = loweredProduct(t, a, b)
	y := a.product("addbmm", b, 3, 3)
	return t.addProduct("addbmm", y.Sum(Dims(0)).Cast(y.DType()), beta, alpha)
}

// Addr returns beta·t + alpha·(a outer b) for two vectors; for bool, or and and.
//
//	shape:  a [m], b [n] → [m, n], to which t broadcasts
//	dtype:  promoted
//	panics: *Error for other shapes
//	source: torch.addr
func (t *Tensor) Addr(a, b *Tensor, beta, alpha any) *Tensor {
	t, a, b = loweredProduct(t, a, b)
	y := a.Outer(b)
	d := ResultType(t.known("addr"), y)
	return t.Cast(d).addProduct("addr", y.Cast(d), beta, alpha)
}

// loweredProduct is the three as Autocast wants them.
func loweredProduct(t, a, b *Tensor) (*Tensor, *Tensor, *Tensor) {
	in := CastFor(CastLower, t, a, b)
	return in[0], in[1], in[2]
}

// addProduct is beta·t + alpha·y.
func (t *Tensor) addProduct(op string, y *Tensor, beta, alpha any) *Tensor {
	if t.known(op).DType() != y.DType() {
		misuse(op, fmt.Errorf("dtypes %v and %v differ; cast one", t.DType(), y.DType()), t, y)
	}
	s, err := broadcast(t.spec(), y.spec())
	if err != nil || s.Rank != y.spec().Rank || s.Dim != y.spec().Dim {
		misuse(op, fmt.Errorf("shape %v does not broadcast to that of the product, %v", t.shape(), y.shape()), t)
	}
	y = y.timesNumber(op, alpha)
	if b, _ := number(op, beta); b.Float64() == 0 {
		return y
	}
	return t.timesNumber(op, beta).Add(y)
}

// timesNumber is t·v, with v cut to t's dtype.
func (t *Tensor) timesNumber(op string, v any) *Tensor {
	n, _ := number(op, v)
	if t.DType() == Bool {
		n = device.Number{I: int64(b2i(n.Float64() != 0))}
	}
	if n.Float64() == 1 {
		return t
	}
	return t.Mul(scalarOf(t.b.dev, t.DType(), n))
}

// addProductEntry is the entry of one of them: product is its reference.
func addProductEntry(name, first, second, method, at string, f func(t, a, b *Tensor, beta, alpha any) *Tensor, product func(x, y Array) Array, t, x, y []int, bad ...Bad) Entry {
	args := func(t, x, y []int) []any { return []any{In(t...), In(x...), In(y...)} }
	kw := func(beta, alpha any) map[string]any { return map[string]any{"beta": beta, "alpha": alpha} }
	ones := func(s []int) []int {
		out := make([]int, len(s))
		for i := range out {
			out[i] = 1
		}
		return out
	}
	full := args(t, x, y)
	return Entry{
		Name: name, Sig: name + "(input, " + first + ", " + second + ", *, beta=1, alpha=1)", At: at, Ops: []any{addOp{}}, Go: []string{method},
		Call: func(a *Args) []*Tensor {
			return one(f(a.OnlyTensor("input"), a.OnlyTensor(first), a.OnlyTensor(second), a.Any("beta"), a.Any("alpha")))
		},
		Ref: func(a *Args) []Array {
			in, out := a.Array("input"), product(a.Array(first), a.Array(second))
			beta, alpha := a.Float("beta"), a.Float("alpha")
			for p := range out.V {
				out.V[p] *= alpha
				if beta != 0 {
					out.V[p] += beta * in.At(out.Index(p)...)
				}
			}
			return []Array{out}
		},
		DTypes: Numbers,
		Samples: []Sample{
			{Args: full}, {Args: full, Kw: kw(2, -1), Only: append([]DType{Int8, Int16, Int32, Int64}, Floats...)}, {Args: full, Kw: kw(0.5, 0.25), Only: Floats},
			{Args: full, Kw: kw(0, 3)}, {Args: args(nil, x, y)}, {Args: args(t[len(t)-1:], x, y), Kw: kw(1, 2)}, {Args: args(ones(t), ones(x), ones(y))},
			{Args: args(ones(t), append([]int{0}, x[1:]...), append([]int{y[0] * b2i(len(x) < 3)}, y[1:]...))},
		},
		Bad: bad,
		Abs: 1,
		Why: map[string]string{"special": "0·inf depends on the order of the sum", "tol": "terms of size 1 cancel"},
	}
}

func refProduct(x, y Array) Array {
	return refMatMul(&Args{values: map[string]any{"input": x, "other": y}})[0]
}

func addmmEntry() Entry {
	return addProductEntry("addmm", "mat1", "mat2", "Addmm", Here(), (*Tensor).Addmm, refProduct, []int{2, 4}, []int{2, 3}, []int{3, 4},
		Bad{Args: []any{In(2, 2), In(2, 3), In(2, 3)}, Want: "tensor: addmm [2 3], [2 3]: inner dims are 3 and 2, want equal"},
		Bad{Args: []any{In(3, 2), In(2, 2), In(2, 2)}, Want: "tensor: addmm [3 2]: shape [3 2] does not broadcast to that of the product, [2 2]"},
		Bad{Args: []any{In(2).As(Float64), In(2, 2), In(2, 2)}, Want: "tensor: addmm [2], [2 2]: dtypes float64 and float32 differ; cast one"})
}

func addmvEntry() Entry {
	return addProductEntry("addmv", "mat", "vec", "Addmv", Here(), (*Tensor).Addmv, refProduct, []int{2}, []int{2, 3}, []int{3},
		Bad{Args: []any{In(2), In(2, 3), In(2)}, Want: "tensor: addmv [2 3], [2]: inner dims are 3 and 2, want equal"},
		Bad{Args: []any{In(2, 2), In(2, 3), In(3)}, Want: "tensor: addmv [2 2]: shape [2 2] does not broadcast to that of the product, [2]"})
}

func baddbmmEntry() Entry {
	return addProductEntry("baddbmm", "batch1", "batch2", "Baddbmm", Here(), (*Tensor).Baddbmm, refProduct, []int{2, 2, 2}, []int{2, 2, 3}, []int{2, 3, 2},
		Bad{Args: []any{In(2), In(2, 2), In(2, 2)}, Want: "tensor: baddbmm [2 2], [2 2]: 2 and 2 dims; want 3 and 3"})
}

func addbmmEntry() Entry {
	sum := func(x, y Array) Array {
		z := refProduct(x, y)
		out := NewArray(z.Shape[1:]...)
		for p, v := range z.V {
			out.V[p%out.len()] += v
		}
		return out
	}
	return addProductEntry("addbmm", "batch1", "batch2", "Addbmm", Here(), (*Tensor).Addbmm, sum, []int{2, 2}, []int{3, 2, 3}, []int{3, 3, 2},
		Bad{Args: []any{In(2), In(2, 2), In(2, 2)}, Want: "tensor: addbmm [2 2], [2 2]: 2 and 2 dims; want 3 and 3"})
}

func addrEntry() Entry {
	outer := func(x, y Array) Array { return refTensordot(x, y, nil, nil) }
	e := addProductEntry("addr", "vec1", "vec2", "Addr", Here(), (*Tensor).Addr, outer, []int{2, 3}, []int{2}, []int{3},
		Bad{Args: []any{In(2), In(2, 2), In(2)}, Want: "tensor: outer [2 2], [2]: want two vectors"})
	for i := range e.Samples {
		if e.Samples[i].Only == nil {
			e.Samples[i].Only = AllDTypes
		}
	}
	return e
}
