package tensor

import (
	"errors"

	"github.com/facula-ml/facula/device"
)

// Neg returns -t, elementwise.
//
//	panics: *Error for bool
//	source: torch.neg
func (t *Tensor) Neg() *Tensor { return Apply(negOp{}, t) }

type negOp struct{ Elementwise }

func (negOp) Name() string          { return "neg" }
func (negOp) Kernel() device.Kernel { return device.Neg }
func (negOp) Reads() Reads          { return Nothing }
func (o negOp) Infer(in []*Tensor) (device.Spec, error) {
	if in[0].DType() == Bool {
		return device.Spec{}, errors.New("a bool has no negative; use LogicalNot, or Cast it to a number")
	}
	return o.Elementwise.Infer(in)
}
func (negOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Neg()} }

func negEntry() Entry {
	return Entry{
		Name: "neg", Sig: "neg(input)", At: Here(), Ops: []any{negOp{}}, Go: []string{"Neg"},
		Call:    UnaryCall((*Tensor).Neg),
		Ref:     RefMap(func(x ...float64) float64 { return -x[0] }),
		DTypes:  Numbers,
		Samples: UnarySamples(-2, 2),
		Bad:     []Bad{{Args: []any{In(2).As(Bool)}, Want: "tensor: neg [2]: a bool has no negative; use LogicalNot, or Cast it to a number"}},
	}
}
