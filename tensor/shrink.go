package tensor

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// Hardshrink returns 0 for each element of t within ±lambda, and the others as
// they are. PyTorch's lambda is 0.5 where none is given.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.hardshrink
func (t *Tensor) Hardshrink(lambda float64) *Tensor {
	return t.withNumbers(hardshrinkOp{lambda: lambda}, lambda)
}

// Softshrink moves each element of t by lambda towards 0, and not beyond it.
// PyTorch's lambda is 0.5 where none is given.
//
//	dtype:  floating point
//	panics: *Error for another dtype, or a lambda below 0
//	source: torch.nn.functional.softshrink
func (t *Tensor) Softshrink(lambda float64) *Tensor {
	if lambda < 0 {
		misuse("softshrink", fmt.Errorf("lambda is %v; want 0 or more", lambda), t)
	}
	return t.withNumbers(softshrinkOp{lambda: lambda}, lambda)
}

// Tanhshrink returns x - tanh x for each element x of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.nn.functional.tanhshrink
func (t *Tensor) Tanhshrink() *Tensor { return Apply(tanhshrinkOp{}, t.floating()) }

// withNumbers applies op, for floating point, to t and numbers of its dtype.
func (t *Tensor) withNumbers(op Op, numbers ...float64) *Tensor {
	if err := wantFloat(t.known(op.Name()).DType()); err != nil {
		misuse(op.Name(), err, t)
	}
	in := []*Tensor{t}
	for _, v := range numbers {
		in = append(in, scalarOf(t.b.dev, t.DType(), device.Number{F: v, Float: true}))
	}
	return Apply(op, in...)
}

type hardshrinkOp struct {
	Floatwise
	lambda float64
}

func (hardshrinkOp) Name() string                { return "hardshrink" }
func (hardshrinkOp) Kernel() device.Kernel       { return device.Hardshrink }
func (hardshrinkOp) Reads() Reads                { return In0 }
func (o hardshrinkOp) Body(in []*Tensor) *Tensor { return in[0].outside(o.lambda, in[0]) }
func (o hardshrinkOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{c.In(0).outside(o.lambda, dy)}
}

// outside is v, but 0 where t is within ±lambda.
func (t *Tensor) outside(lambda float64, v *Tensor) *Tensor {
	return v.MaskedFill(t.Abs().LeScalar(lambda), 0)
}

type softshrinkOp struct {
	Floatwise
	lambda float64
}

func (softshrinkOp) Name() string                { return "softshrink" }
func (softshrinkOp) Kernel() device.Kernel       { return device.Softshrink }
func (softshrinkOp) Reads() Reads                { return In0 }
func (o softshrinkOp) Body(in []*Tensor) *Tensor { return in[0].Sub(in[0].Clamp(-o.lambda, o.lambda)) }
func (o softshrinkOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{c.In(0).outside(o.lambda, dy)}
}

type tanhshrinkOp struct{ Elementwise }

func (tanhshrinkOp) Name() string              { return "tanhshrink" }
func (tanhshrinkOp) Kernel() device.Kernel     { return device.NoKernel }
func (tanhshrinkOp) Reads() Reads              { return In0 }
func (tanhshrinkOp) Body(in []*Tensor) *Tensor { return in[0].Sub(in[0].Tanh()) }

// d/dx (x - tanh x) = tanh² x
func (tanhshrinkOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Mul(c.In(0).Tanh().Square())} }

// shrinkEntry is the entry of one with a lambda.
func shrinkEntry(name, method, at string, op Op, f func(*Tensor, float64) *Tensor, ref func(x, lambda float64) float64) Entry {
	return Entry{
		Name: "nn.functional." + name, Sig: name + "(input, lambd=0.5)", At: at, Ops: []any{op}, Go: []string{method},
		Call:   func(a *Args) []*Tensor { return one(f(a.Tensor("input"), a.Float("lambd"))) },
		Ref:    RefMap(func(x ...float64) float64 { return ref(x[0], x[1]) }),
		DTypes: Floats,
		Samples: append(UnarySamples(-2, 2.1), Sample{Args: []any{In(3, 4), 1.25}}, Sample{Args: []any{In(3, 4), 0}},
			Sample{Args: []any{In(4).With(-0.5, 0.5, 0, 1)}, NoGrad: true}),
		Bad: floatBad(name),
	}
}

func hardshrinkEntry() Entry {
	return shrinkEntry("hardshrink", "Hardshrink", Here(), hardshrinkOp{}, (*Tensor).Hardshrink, func(x, lambda float64) float64 {
		if math.Abs(x) <= lambda {
			return 0
		}
		return x
	})
}

func softshrinkEntry() Entry {
	e := shrinkEntry("softshrink", "Softshrink", Here(), softshrinkOp{}, (*Tensor).Softshrink, func(x, lambda float64) float64 {
		switch {
		case x > lambda:
			return x - lambda
		case x < -lambda:
			return x + lambda
		}
		return x * 0 // NaN stays
	})
	e.Bad = append(e.Bad, Bad{Args: []any{In(2), -0.5}, Want: "tensor: softshrink [2]: lambda is -0.5; want 0 or more"})
	return e
}

func tanhshrinkEntry() Entry {
	return Entry{
		Name: "nn.functional.tanhshrink", Sig: "tanhshrink(input)", At: Here(), Ops: []any{tanhshrinkOp{}}, Go: []string{"Tanhshrink"},
		Call:    UnaryCall((*Tensor).Tanhshrink),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] - math.Tanh(x[0]) }),
		Out:     OutFloat,
		Abs:     1,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "takes every tensor", "tol": "x and its tanh cancel"},
	}
}
