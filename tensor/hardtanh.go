package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Hardtanh limits each element of t to lo…hi, as Clamp does, but keeps t's
// dtype, and its gradient is 0 on the bounds.
//
//	dtype:  any number; integers cut the bounds
//	panics: *Error for bool, and for uint8 with a negative bound
//	source: torch.nn.functional.hardtanh
func (t *Tensor) Hardtanh(lo, hi float64) *Tensor {
	return Apply(hardtanhOp{name: "hardtanh", lo: lo, hi: hi}, t)
}

// ReLU6 limits each element of t to 0…6: Hardtanh(0, 6).
//
//	source: torch.nn.functional.relu6
func (t *Tensor) ReLU6() *Tensor { return Apply(hardtanhOp{name: "relu6", hi: 6}, t) }

type hardtanhOp struct {
	name   string
	lo, hi float64
}

func (o hardtanhOp) Name() string        { return o.name }
func (hardtanhOp) Kernel() device.Kernel { return device.NoKernel }
func (hardtanhOp) Reads() Reads          { return In0 }
func (o hardtanhOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	switch {
	case s.DType == Bool:
		return s, errors.New("dtype bool; want a number")
	case s.DType == UInt8 && min(o.lo, o.hi) < 0:
		return s, fmt.Errorf("uint8 with the bounds %v and %v; want 0 or more", o.lo, o.hi)
	}
	return s, nil
}
func (o hardtanhOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	bound := func(v float64) *Tensor {
		return scalarOf(x.b.dev, x.DType(), device.Number{F: v, Float: true})
	}
	return x.Maximum(bound(o.lo)).Minimum(bound(o.hi))
}
func (o hardtanhOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	inside := x.GtScalar(o.lo).LogicalAnd(x.LtScalar(o.hi))
	return Grads{dy.MaskedFill(inside.LogicalNot(), 0)}
}

func hardtanhEntry() Entry {
	limit := func(lo, hi any) Sample {
		return Sample{Args: []any{In(3, 4)}, Kw: map[string]any{"min_val": lo, "max_val": hi}}
	}
	return Entry{
		Name: "nn.functional.hardtanh", Sig: "hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False)", At: Here(),
		Ops: []any{hardtanhOp{name: "hardtanh", lo: -1, hi: 1}}, Go: []string{"Hardtanh"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Hardtanh(a.Float("min_val"), a.Float("max_val")))
		},
		Ref:     RefMap(func(x ...float64) float64 { return min(max(x[0], x[1]), x[2]) }),
		DTypes:  append(append([]DType{}, Floats...), Int8, Int16, Int32, Int64),
		Samples: append(UnarySamples(-2, 2), limit(0, 2), limit(0.5, -0.5), Sample{Args: []any{In(5).Within(0, 9), 2, 4}, Only: Numbers}, Sample{Args: []any{In(4)}, Kw: map[string]any{"min_val": -1.5}, Only: Floats}),
		Bad: []Bad{
			{Args: []any{In(2).As(Bool)}, Want: "tensor: hardtanh [2]: dtype bool; want a number"},
			{Args: []any{In(2).As(UInt8)}, Want: "tensor: hardtanh [2]: uint8 with the bounds -1 and 1; want 0 or more"},
		},
	}
}

func relu6Entry() Entry {
	return Entry{
		Name: "nn.functional.relu6", Sig: "relu6(input, inplace=False)", At: Here(),
		Ops: []any{hardtanhOp{name: "relu6", hi: 6}}, Go: []string{"ReLU6"},
		Call:    UnaryCall((*Tensor).ReLU6),
		Ref:     RefMap(func(x ...float64) float64 { return min(max(x[0], 0), 6) }),
		DTypes:  Numbers,
		Samples: append(UnarySamples(-9, 9), Sample{Args: []any{In(3).With(0, 6, 7)}, NoGrad: true}),
		Bad:     []Bad{{Args: []any{In(2).As(Bool)}, Want: "tensor: relu6 [2]: dtype bool; want a number"}},
	}
}
