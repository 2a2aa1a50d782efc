package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// MatMul returns the matrix product. Tensors of more than two dims are batches
// of matrices, whose leading dims broadcast; a tensor of one dim is a row on
// the left and a column on the right, and that dim is removed again.
//
//	shape:  [..., m, k] × [..., k, n] → [..., m, n]
//	dtype:  the same number type on both sides; half precision adds in float32. Subnormal bfloat16 numbers
//	        may count as 0: processors with instructions for its products do so
//	panics: *Error if the inner dims or the dtypes differ, for a scalar, and for bool
//	source: torch.matmul
func (t *Tensor) MatMul(u *Tensor) *Tensor {
	if t == nil || u == nil || t.Dim() == 0 || u.Dim() == 0 {
		return Apply(matmulOp{}, t, u) // which refuses it
	}
	if x, w := t.spec(), u.spec(); w.Rank == 2 && x.Rank > 2 && t.b.view.Contig && x.DType == w.DType && w.Dim[0] > 0 && w.Dim[0] == x.Dim[x.Rank-1] {
		shape := t.Shape() // one product of all rows, and so one gradient of u
		shape[len(shape)-1] = w.Dim[1]
		return t.matrix().MatMul(u).Reshape(shape...)
	}
	a, b := t, u
	if t.Dim() == 1 {
		a = t.Unsqueeze(0)
	}
	if u.Dim() == 1 {
		b = u.Unsqueeze(1)
	}
	y := Apply(matmulOp{}, a, b)
	if u.Dim() == 1 {
		y = y.Select(-1, 0)
	}
	if t.Dim() == 1 {
		y = y.Select(y.Dim()-2+b2i(u.Dim() == 1), 0)
	}
	return y
}

type matmulOp struct{}

func (matmulOp) Name() string          { return "matmul" }
func (matmulOp) Kernel() device.Kernel { return device.MatMul }
func (matmulOp) Reads() Reads          { return In0 | In1 }
func (matmulOp) Infer(in []*Tensor) (device.Spec, error) {
	a, b := in[0].spec(), in[1].spec()
	if a.Rank == 0 || b.Rank == 0 {
		return device.Spec{}, fmt.Errorf("want at least one dim each")
	}
	if a.DType != b.DType {
		return device.Spec{}, fmt.Errorf("dtypes %v and %v differ; cast one", a.DType, b.DType)
	}
	if k, l := a.Dim[a.Rank-1], b.Dim[b.Rank-2]; k != l {
		return device.Spec{}, fmt.Errorf("inner dims are %d and %d, want equal", k, l)
	}
	x, y := *a, *b // the batch dims broadcast
	x.Rank, y.Rank = a.Rank-2, b.Rank-2
	out, err := broadcast(&x, &y)
	if err != nil {
		return out, fmt.Errorf("batch: %w", err)
	}
	out.DType = a.DType
	out.Dim[out.Rank], out.Dim[out.Rank+1] = a.Dim[a.Rank-2], b.Dim[b.Rank-1]
	out.Rank += 2
	for i := int(out.Rank); i < device.MaxRank; i++ {
		out.Dim[i] = 0
	}
	return out, nil
}

// dA = dY·Bᵀ, dB = Aᵀ·dY
func (matmulOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	if c.Needs(0) {
		g[0] = dy.MatMul(c.In(1).Transpose(-1, -2))
	}
	if c.Needs(1) {
		g[1] = c.In(0).Transpose(-1, -2).MatMul(dy)
	}
	return g
}

func matmulEntry() Entry {
	pair := func(a, b []int) Sample { return Sample{Args: []any{In(a...), In(b...)}} }
	return Entry{
		Name: "matmul", Sig: "matmul(input, other)", At: Here(), Ops: []any{matmulOp{}}, Go: []string{"MatMul"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").MatMul(a.Tensor("other"))) },
		Ref:    refMatMul,
		DTypes: Numbers,
		Samples: []Sample{
			pair([]int{1, 1}, []int{1, 1}), pair([]int{2, 3}, []int{3, 4}), pair([]int{5, 1}, []int{1, 3}), pair([]int{3}, []int{3}),
			pair([]int{2, 3}, []int{3}), pair([]int{3}, []int{3, 2}), pair([]int{2, 2, 3}, []int{2, 3, 2}), pair([]int{2, 3}, []int{4, 3, 2}),
			pair([]int{2, 1, 2, 3}, []int{3, 3, 1}), pair([]int{2, 0}, []int{0, 3}), pair([]int{0, 2}, []int{2, 3}), pair([]int{3}, []int{2, 3, 2}),
			{Args: []any{In(9, 300), In(300, 7)}, Only: []DType{Float32, Float64}},
			pair([]int{70, 40}, []int{40, 66}), pair([]int{9, 4, 5}, []int{9, 5, 3}),
		},
		Bad: []Bad{
			{Args: []any{In(4, 3), In(4, 8)}, Want: "tensor: matmul [4 3], [4 8]: inner dims are 3 and 4, want equal"},
			{Args: []any{In(2, 4, 3), In(3, 3, 8)}, Want: "tensor: matmul [2 4 3], [3 3 8]: batch: dim -1 is 2 and 3; want equal, or one of them 1"},
			{Args: []any{In(2, 2), In(2, 2).As(Float64)}, Want: "tensor: matmul [2 2], [2 2]: dtypes float32 and float64 differ; cast one"},
			{Args: []any{In(), In(3)}, Want: "tensor: matmul [], [3]: want at least one dim each"},
		},
		Why: map[string]string{"0-d": "a scalar is not a matrix", "special": "0·inf depends on the order of the sum"},
	}
}

// refMatMul is the definition, one element at a time.
func refMatMul(args *Args) []Array {
	a, b := args.Array("input"), args.Array("other")
	row, col := len(a.Shape) == 1, len(b.Shape) == 1
	if row {
		a.Shape = []int{1, a.Shape[0]}
	}
	if col {
		b.Shape = []int{b.Shape[0], 1}
	}
	n := max(len(a.Shape), len(b.Shape))
	shape := make([]int, n)
	for i := range n - 2 {
		x, y := 1, 1
		if j := i - n + len(a.Shape); j >= 0 {
			x = a.Shape[j]
		}
		if j := i - n + len(b.Shape); j >= 0 {
			y = b.Shape[j]
		}
		shape[i] = x * y / max(min(x, y), 1)
	}
	shape[n-2], shape[n-1] = a.Shape[len(a.Shape)-2], b.Shape[len(b.Shape)-1]
	out := NewArray(shape...)
	for i := range out.V {
		x, y := out.Index(i), out.Index(i)
		for k := range a.Shape[len(a.Shape)-1] {
			x[n-1], y[n-2] = k, k
			out.V[i] += a.At(x...) * b.At(y...)
		}
	}
	if row {
		out.Shape = append(out.Shape[:n-2], out.Shape[n-1])
	}
	if col {
		out.Shape = out.Shape[:len(out.Shape)-1]
	}
	return []Array{out}
}
