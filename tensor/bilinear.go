package tensor

import (
	"errors"
	"fmt"
	"slices"
)

// Bilinear returns, for each output o,
//
//	y[o] = Σ x1[i]·weight[o, i, j]·x2[j] + bias[o]
//
// The bias may be nil.
//
//	shape:  x1 [..., in1], x2 [..., in2], weight [out, in1, in2], bias [out] → [..., out]
//	dtype:  any number, promoted
//	panics: *Error for other shapes
//	source: torch.nn.functional.bilinear
func Bilinear(x1, x2, weight, bias *Tensor) *Tensor {
	const op = "bilinear"
	x1, x2, weight = x1.known(op), x2.known(op), weight.known(op)
	n := x1.Dim() - 1
	switch {
	case weight.Dim() != 3:
		misuse(op, fmt.Errorf("the weight has %d dims; want 3", weight.Dim()), x1, x2, weight)
	case n < 0 || x2.Dim() != n+1 || !slices.Equal(x1.shape()[:n], x2.shape()[:n]):
		misuse(op, errors.New("the inputs differ in more than the last dim"), x1, x2, weight)
	case x1.Size(-1) != weight.Size(1) || x2.Size(-1) != weight.Size(2):
		misuse(op, fmt.Errorf("the inputs' last dims are %d and %d; want %d and %d", x1.Size(-1), x2.Size(-1), weight.Size(1), weight.Size(2)), x1, x2, weight)
	case bias != nil && !slices.Equal(bias.shape(), weight.shape()[:1]):
		misuse(op, fmt.Errorf("the bias has shape %v; want %v", bias.shape(), weight.shape()[:1]), x1, x2, weight)
	}
	in := CastFor(CastLower, x1, x2, weight, bias)
	bias = in[3]
	in = promoteAll(in[:3]...)
	d := in[0].DType()
	a, b, w := in[0].wide(), in[1].wide(), in[2].wide()
	out, in1, in2 := w.Size(0), w.Size(1), w.Size(2)
	outer := x1.Shape()[:n]
	rows := volumeOf(outer)
	y := a.Reshape(rows, in1).MatMul(w.Permute(1, 0, 2).Reshape(in1, out*in2)) // [rows, out·in2]
	y = y.Reshape(rows, out, in2).Mul(b.Reshape(rows, 1, in2)).Sum(Dims(2)).Cast(a.DType())
	if bias != nil {
		y = y.Add(bias.Cast(a.DType()))
	}
	return y.Reshape(append(outer, out)...).Cast(d)
}

func bilinearEntry() Entry {
	return Entry{
		Name: "nn.functional.bilinear", Sig: "bilinear(input1, input2, weight, bias=None)", At: Here(), Go: []string{"Bilinear"}, Ops: []any{mulOp{}, sumOp{}},
		Call: func(a *Args) []*Tensor {
			return one(Bilinear(a.Tensor("input1"), a.Tensor("input2"), a.Tensor("weight"), a.OptTensor("bias")))
		},
		Ref: func(a *Args) []Array {
			x, y, w := a.Array("input1"), a.Array("input2"), a.Array("weight")
			n := len(x.Shape) - 1
			out := NewArray(append(append([]int{}, x.Shape[:n]...), w.Shape[0])...)
			p, q := w.Shape[1], w.Shape[2]
			for k := range out.V {
				row, o := k/w.Shape[0], k%w.Shape[0]
				for i := range p {
					for j := range q {
						out.V[k] += x.V[row*p+i] * w.V[(o*p+i)*q+j] * y.V[row*q+j]
					}
				}
				if a.Has("bias") {
					out.V[k] += a.Array("bias").V[o]
				}
			}
			return []Array{out}
		},
		DTypes: append([]DType{Int64, Int32}, Floats...),
		Samples: []Sample{
			{Args: []any{In(3), In(2), In(4, 3, 2), In(4)}}, {Args: []any{In(2, 3), In(2, 2), In(2, 3, 2)}}, {Args: []any{In(1), In(1), In(1, 1, 1)}},
			{Args: []any{In(0, 3), In(0, 2), In(2, 3, 2), In(2)}}, {Args: []any{In(2, 2, 3), In(2, 2, 1), In(2, 3, 1), In(2)}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), In(3, 2), In(4, 3, 2)}, Want: "tensor: bilinear [2 3], [3 2], [4 3 2]: the inputs differ in more than the last dim"},
			{Args: []any{In(2, 3), In(2, 3), In(4, 3, 2)}, Want: "tensor: bilinear [2 3], [2 3], [4 3 2]: the inputs' last dims are 3 and 3; want 3 and 2"},
			{Args: []any{In(2, 3), In(2, 3), In(3, 2)}, Want: "tensor: bilinear [2 3], [2 3], [3 2]: the weight has 2 dims; want 3"},
			{Args: []any{In(3), In(2), In(4, 3, 2), In(3)}, Want: "tensor: bilinear [3], [2], [4 3 2]: the bias has shape [3]; want [4]"},
		},
		Abs: 10,
		Why: map[string]string{"tol": "products cancel", "0-d": "the inputs have a last dim", "special": "Inf - Inf depends on the order of the sums", "infinite": "the gradient has a factor that is 0 or rounds to it"},
	}
}
