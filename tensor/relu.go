package tensor

import "github.com/facula-ml/facula/device"

// ReLU returns max(x, 0) for each element x of t; NaN and -0 stay.
//
//	dtype:  any number
//	panics: *Error for bool
//	source: torch.nn.functional.relu
func (t *Tensor) ReLU() *Tensor { return Apply(reluOp{}, t) }

type reluOp struct{ Elementwise }

func (reluOp) Name() string          { return "relu" }
func (reluOp) Kernel() device.Kernel { return device.ReLU }
func (reluOp) Reads() Reads          { return Out0 }

// The gradient at 0 is 0, as in PyTorch.
func (reluOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{reluGrad(dy, c.Out(0))} }

// reluGrad is dy where the result y of a ReLU is not 0.
func reluGrad(dy, y *Tensor) *Tensor { return Apply(reluGradOp{}, dy, y) }

// reluGradOp is dy, and 0 where y <= 0.
type reluGradOp struct{ Elementwise }

func (reluGradOp) Name() string          { return "relu_backward" }
func (reluGradOp) Kernel() device.Kernel { return device.ReLUGrad }
func (reluGradOp) Reads() Reads          { return In1 }
func (reluGradOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{reluGrad(dy, c.In(1))} // linear in dy, constant in y
}
func (reluGradOp) Body(in []*Tensor) *Tensor {
	return in[0].MaskedFill(in[1].LeScalar(0), 0)
}

func reluEntry() Entry {
	return Entry{
		Name: "nn.functional.relu", Sig: "relu(input, inplace=False)", At: Here(), Ops: []any{reluOp{}, reluGradOp{}},
		Go:      []string{"ReLU"},
		Call:    UnaryCall((*Tensor).ReLU),
		Ref:     RefMap(func(x ...float64) float64 { return refReLU(x[0]) }),
		DTypes:  Numbers,
		Samples: UnarySamples(-2, 2),
		Bad:     []Bad{{Args: []any{In(2).As(Bool)}, Want: "tensor: relu [2]: cpu has no kernel for bool"}},
	}
}

// refReLU keeps NaN and -0.
func refReLU(x float64) float64 {
	if x < 0 {
		return 0
	}
	return x
}

// thenReLU is the entry of an op followed by a ReLU in one pass.
func (e Entry) thenReLU(name, goName string, call func(*Args) []*Tensor) Entry {
	ref := e.Ref
	e.Name, e.Go, e.Call = name, []string{goName}, call
	e.Ops = append(e.Ops, reluGradOp{})
	e.Ref = func(a *Args) []Array {
		y := ref(a)
		for i, v := range y[0].V {
			y[0].V[i] = refReLU(v)
		}
		return y
	}
	return e
}

// clamped is what an op that ends in a ReLU has in its name.
func clamped(yes bool) string {
	if yes {
		return "_relu"
	}
	return ""
}
