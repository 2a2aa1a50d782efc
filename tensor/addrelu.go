package tensor

import (
	"errors"

	"github.com/facula-ml/facula/device"
)

// AddReLU returns max(t + u, 0), elementwise, in one pass: what a residual
// block ends in. NaN stays, as in ReLU.
//
//	shape:  t and u broadcast
//	dtype:  promoted
//	panics: *Error for bool
//	source: torch.relu(torch.add(t, u))
func (t *Tensor) AddReLU(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(addReLUOp{}, t, u)
}

type addReLUOp struct{ Elementwise }

func (addReLUOp) Name() string          { return "add_relu" }
func (addReLUOp) Kernel() device.Kernel { return device.AddReLU }
func (addReLUOp) Reads() Reads          { return Out0 }
func (o addReLUOp) Infer(in []*Tensor) (device.Spec, error) {
	s, err := o.Elementwise.Infer(in)
	if err == nil && s.DType == Bool {
		err = errors.New("dtype bool; want a number")
	}
	return s, err
}
func (addReLUOp) Body(in []*Tensor) *Tensor { return in[0].Add(in[1]).ReLU() }
func (addReLUOp) Grad(c *Ctx, dy *Tensor) Grads {
	d := reluGrad(dy, c.Out(0))
	return Grads{d, d}
}

func addReLUEntry() Entry {
	return Entry{
		Name: "_add_relu", Sig: "_add_relu(input, other)", At: Here(), Ops: []any{addReLUOp{}, reluGradOp{}}, Go: []string{"AddReLU"},
		Call:    func(a *Args) []*Tensor { return one(a.Tensor("input").AddReLU(a.Tensor("other"))) },
		Ref:     RefMap(func(x ...float64) float64 { return refReLU(x[0] + x[1]) }),
		DTypes:  Numbers,
		Samples: BinaryWithin(-2, 2, -2-1./64, 2-1./64), // no sum of these is 0, where the slope changes
		Bad: append(BroadcastBad("add_relu"),
			Bad{Args: []any{In(2).As(Bool), In(2).As(Bool)}, Want: "tensor: add_relu [2], [2]: dtype bool; want a number"}),
	}
}
