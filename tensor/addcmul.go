package tensor

import (
	"errors"

	"github.com/facula-ml/facula/device"
)

// Addcmul returns t + v·a·b, elementwise, for a Go number v.
//
//	shape:  t, a and b broadcast
//	dtype:  that of the tensors promoted, to which v is cut
//	panics: *Error for bool
//	source: torch.addcmul(t, a, b, value=v)
func (t *Tensor) Addcmul(a, b *Tensor, v any) *Tensor {
	n, _ := number("addcmul", v)
	return Apply(addcmulOp{addScaled{value: n}}, promoteAll(t, a, b)...)
}

// Addcdiv returns t + v·a/b, elementwise, for a Go number v.
//
//	shape:  t, a and b broadcast
//	dtype:  that of the tensors promoted
//	panics: *Error if both a and b are integers
//	source: torch.addcdiv(t, a, b, value=v)
func (t *Tensor) Addcdiv(a, b *Tensor, v any) *Tensor {
	n, _ := number("addcdiv", v)
	if !a.DType().IsFloat() && !b.DType().IsFloat() {
		misuse("addcdiv", errors.New("a quotient of integers; cast one to a floating-point dtype"), t, a, b)
	}
	return Apply(addcdivOp{addScaled{value: n}}, promoteAll(t, a, b)...)
}

// addScaled is embedded by ops that add a scaled term to their first input.
type addScaled struct {
	Elementwise
	value device.Number
}

func (addScaled) Reads() Reads { return In1 | In2 }
func (o addScaled) Attr() any  { return o.value }
func (o addScaled) Infer(in []*Tensor) (device.Spec, error) {
	s, err := o.Elementwise.Infer(in)
	if err == nil && s.DType == Bool {
		err = errors.New("dtype bool; want a number")
	}
	return s, err
}

// times is t·value.
func (o addScaled) times(t *Tensor) *Tensor {
	if o.value.Float64() == 1 {
		return t
	}
	return t.Mul(scalarOf(t.b.dev, t.DType(), o.value))
}

type addcmulOp struct{ addScaled }

func (addcmulOp) Name() string                { return "addcmul" }
func (addcmulOp) Kernel() device.Kernel       { return device.Addcmul }
func (o addcmulOp) Body(in []*Tensor) *Tensor { return in[0].Add(o.times(in[1].Mul(in[2]))) }
func (o addcmulOp) Grad(c *Ctx, dy *Tensor) Grads {
	g := Grads{dy}
	if c.Needs(1) || c.Needs(2) {
		dy = o.times(dy)
	}
	if c.Needs(1) {
		g[1] = dy.Mul(c.In(2))
	}
	if c.Needs(2) {
		g[2] = dy.Mul(c.In(1))
	}
	return g
}

type addcdivOp struct{ addScaled }

func (addcdivOp) Name() string                { return "addcdiv" }
func (addcdivOp) Kernel() device.Kernel       { return device.Addcdiv }
func (o addcdivOp) Body(in []*Tensor) *Tensor { return in[0].Add(o.times(in[1].Div(in[2]))) }
func (o addcdivOp) Grad(c *Ctx, dy *Tensor) Grads {
	g := Grads{dy}
	if !c.Needs(1) && !c.Needs(2) {
		return g
	}
	g[1] = o.times(dy).Div(c.In(2))
	if c.Needs(2) {
		g[2] = g[1].Mul(c.In(1).Div(c.In(2))).Neg()
	}
	return g
}

func addcmulEntry() Entry {
	return Entry{
		Name: "addcmul", Sig: "addcmul(input, tensor1, tensor2, *, value=1)", At: Here(), Ops: []any{addcmulOp{}}, Go: []string{"Addcmul"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Addcmul(a.Tensor("tensor1"), a.Tensor("tensor2"), a.Any("value")))
		},
		Ref:     RefMap(func(x ...float64) float64 { return x[0] + x[3]*(x[1]*x[2]) }),
		DTypes:  Numbers,
		Samples: addScaledSamples(),
		Abs:     1, Why: map[string]string{"tol": "two terms of size 1 cancel"},
		Bad: []Bad{
			{Args: []any{In(2).As(Bool), In(2).As(Bool), In(2).As(Bool)}, Want: "tensor: addcmul [2], [2], [2]: dtype bool; want a number"},
			{Args: []any{In(2), In(2), In(3)}, Want: "tensor: addcmul [2], [2], [3]: dim -1 is 2 and 3; want equal, or one of them 1"},
		},
	}
}

func addcdivEntry() Entry {
	return Entry{
		Name: "addcdiv", Sig: "addcdiv(input, tensor1, tensor2, *, value=1)", At: Here(), Ops: []any{addcdivOp{}}, Go: []string{"Addcdiv"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Addcdiv(a.Tensor("tensor1"), a.Tensor("tensor2"), a.Any("value")))
		},
		Ref:     RefMap(func(x ...float64) float64 { return x[0] + x[3]*(x[1]/x[2]) }),
		DTypes:  Floats,
		Samples: addScaledSamples(),
		Abs:     1, Why: map[string]string{"tol": "two terms of size 1 cancel"},
		Bad: []Bad{
			{Args: []any{In(2), In(2).As(Int64), In(2).As(Int64)}, Want: "tensor: addcdiv [2], [2], [2]: a quotient of integers; cast one to a floating-point dtype"},
			{Args: []any{In(2), In(2), In(3)}, Want: "tensor: addcdiv [2], [2], [3]: dim -1 is 2 and 3; want equal, or one of them 1"},
		},
	}
}

func addScaledSamples() []Sample {
	var s []Sample
	for _, sh := range [][3][]int{
		{{}, {}, {}}, {{1}, {1}, {1}}, {{2, 3}, {2, 3}, {2, 3}}, {{2, 1}, {3}, {}}, {{1}, {2, 1}, {1, 3}}, {{2, 0}, {1}, {}}, {{700}, {700}, {1}},
	} {
		args := []any{In(sh[0]...), In(sh[1]...), In(sh[2]...).Within(0.5, 3)}
		s = append(s, Sample{Args: args}, Sample{Args: args, Kw: map[string]any{"value": -2}},
			Sample{Args: args, Kw: map[string]any{"value": 0.25}, Only: Floats})
	}
	return s
}
