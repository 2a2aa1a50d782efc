package tensor

import (
	"errors"
	"fmt"
	"strings"

	"github.com/facula-ml/facula/device"
)

// Linear returns t·wᵀ + bias, the map of a linear layer. bias may be nil.
//
//	shape:  [..., in], w [out, in], bias [out] → [..., out]
//	dtype:  one number type; half precision adds in float32. Subnormal bfloat16 numbers
//	        may count as 0: processors with instructions for its products do so
//	panics: *Error if sizes or dtypes differ, and for a scalar
//	source: torch.nn.functional.linear
func (t *Tensor) Linear(w, bias *Tensor) *Tensor {
	if bias == nil {
		return Apply(linearOp{}, t, w)
	}
	return Apply(linearOp{}, t, w, bias)
}

// LinearReLU returns max(t·wᵀ + bias, 0), elementwise: a linear layer and its
// ReLU in one pass. bias may be nil; NaN stays, as in ReLU.
//
//	shape:  as for Linear
//	dtype:  as for Linear
//	panics: *Error as Linear does
//	source: torch.ao.nn.intrinsic.LinearReLU
func (t *Tensor) LinearReLU(w, bias *Tensor) *Tensor {
	if bias == nil {
		return Apply(linearReLU, t, w)
	}
	return Apply(linearReLU, t, w, bias)
}

// linearOp is a product, a transposed view and a sum in one, and perhaps a ReLU.
type linearOp struct{ device.Affine }

var linearReLU = linearOp{device.Affine{ReLU: true}}

func (linearOp) Kernel() device.Kernel { return device.Linear }
func (o linearOp) Name() string        { return "linear" + clamped(o.ReLU) }
func (o linearOp) Attr() any {
	if o.ReLU {
		return o.Affine
	}
	return nil // costs no allocation
}
func (o linearOp) Reads() Reads {
	if o.ReLU {
		return In0 | In1 | Out0
	}
	return In0 | In1
}
func (linearOp) Infer(in []*Tensor) (device.Spec, error) {
	x, w := in[0].spec(), in[1].spec()
	switch {
	case x.Rank == 0:
		return device.Spec{}, errors.New("want an input of at least one dim")
	case w.Rank != 2 || w.Dim[1] != x.Dim[x.Rank-1]:
		return device.Spec{}, fmt.Errorf("the weight has shape %v; want [out, %d]", in[1].Shape(), x.Dim[x.Rank-1])
	case w.DType != x.DType:
		return device.Spec{}, fmt.Errorf("the input is %v and the weight %v; cast one", x.DType, w.DType)
	}
	if len(in) == 3 {
		if b := in[2].spec(); b.Rank != 1 || b.Dim[0] != w.Dim[0] || b.DType != x.DType {
			return device.Spec{}, fmt.Errorf("the bias is %v %v; want %v [%d]", b.DType, in[2].Shape(), x.DType, w.Dim[0])
		}
	}
	out := *x
	out.Dim[out.Rank-1] = w.Dim[0]
	return out, nil
}

func (o linearOp) Body(in []*Tensor) *Tensor {
	y := in[0].wide().MatMul(in[1].wide().T())
	if len(in) == 3 {
		y = y.Add(in[2].wide())
	}
	y = y.Cast(in[0].DType()) // rounded once
	if o.ReLU {
		y = y.ReLU()
	}
	return y
}

// dx = dy·w, dw = dyᵀ·x over all rows, and db is dy summed over the rows.
func (o linearOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	if o.ReLU {
		dy = reluGrad(dy, c.Out(0))
	}
	if c.Needs(0) {
		g[0] = dy.MatMul(c.In(1))
	}
	if c.Needs(1) {
		g[1] = dy.matrix().T().MatMul(c.In(0).matrix())
	}
	g[2] = dy // the caller sums what was broadcast
	return g
}

// matrix is t as one matrix of all rows along the last dim.
func (t *Tensor) matrix() *Tensor {
	if t.Dim() == 2 {
		return t
	}
	n := t.shape()[t.Dim()-1]
	return t.Reshape(t.Len()/max(n, 1), n)
}

func linearEntry() Entry {
	return Entry{
		Name: "nn.functional.linear", Sig: "linear(input, weight, bias=None)", At: Here(), Go: []string{"Linear"}, Ops: []any{linearOp{}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Linear(a.Tensor("weight"), a.OptTensor("bias")))
		},
		Ref:    refLinear,
		DTypes: Numbers,
		Samples: []Sample{
			{Args: []any{In(1), In(1, 1), In(1)}}, {Args: []any{In(3), In(2, 3)}}, {Args: []any{In(4, 2), In(8, 2), In(8)}}, {Args: []any{In(2, 3), In(4, 3)}},
			{Args: []any{In(2, 3, 4), In(5, 4), In(5)}}, {Args: []any{In(0, 3), In(2, 3), In(2)}}, {Args: []any{In(2, 3), In(0, 3), In(0)}},
			{Args: []any{In(2, 0), In(3, 0), In(3)}}, {Args: []any{In(70, 40), In(66, 40), In(66)}},
			{Args: []any{In(3, 300), In(7, 300), In(7)}, Only: []DType{Float32, Float64}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), In(3, 4)}, Want: "tensor: linear [2 3], [3 4]: the weight has shape [3 4]; want [out, 3]"},
			{Args: []any{In(2, 3), In(3)}, Want: "tensor: linear [2 3], [3]: the weight has shape [3]; want [out, 3]"},
			{Args: []any{In(), In(3, 1)}, Want: "tensor: linear [], [3 1]: want an input of at least one dim"},
			{Args: []any{In(2, 3), In(4, 3), In(3)}, Want: "tensor: linear [2 3], [4 3], [3]: the bias is float32 [3]; want float32 [4]"},
			{Args: []any{In(2, 3), In(4, 3).As(Float64)}, Want: "tensor: linear [2 3], [4 3]: the input is float32 and the weight float64; cast one"},
		},
		Why: map[string]string{"0-d": "a scalar has no features", "special": "0·inf depends on the order of the sum"},
	}
}

func linearReLUEntry() Entry {
	e := linearEntry().thenReLU("ao.nn.intrinsic.LinearReLU", "LinearReLU", func(a *Args) []*Tensor {
		return one(a.Tensor("input").LinearReLU(a.Tensor("weight"), a.OptTensor("bias")))
	})
	for i := range e.Bad {
		e.Bad[i].Want = strings.Replace(e.Bad[i].Want, "linear", "linear_relu", 1)
	}
	e.At = Here()
	return e
}

// refLinear is the definition, one element at a time.
func refLinear(a *Args) []Array {
	x, w := a.Array("input"), a.Array("weight")
	last := len(x.Shape) - 1
	shape := append([]int{}, x.Shape...)
	shape[last] = w.Shape[0]
	y := NewArray(shape...)
	for i := range y.V {
		row, col := i/shape[last], i%shape[last]
		for k := range x.Shape[last] {
			y.V[i] += x.V[row*x.Shape[last]+k] * w.At(col, k)
		}
		if a.Has("bias") {
			y.V[i] += a.Array("bias").V[col]
		}
	}
	return []Array{y}
}
