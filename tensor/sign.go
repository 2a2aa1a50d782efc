package tensor

import "github.com/facula-ml/facula/device"

// Sign returns 1, 0 or -1 for positive, zero and negative elements of t, and 0
// for NaN. Its gradient is 0.
//
//	dtype:  t's; bool is its own sign
//	source: torch.sign
func (t *Tensor) Sign() *Tensor {
	if t.DType() == Bool {
		return t.Clone()
	}
	return Apply(signOp{}, t)
}

type signOp struct{ Elementwise }

func (signOp) Name() string                  { return "sign" }
func (signOp) Kernel() device.Kernel         { return device.Sign }
func (signOp) Reads() Reads                  { return Nothing }
func (signOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{ZerosLike(dy)} }

func signEntry() Entry {
	return Entry{
		Name: "sign", Sig: "sign(input)", At: Here(), Ops: []any{signOp{}}, Go: []string{"Sign"},
		Call: UnaryCall((*Tensor).Sign),
		Ref: RefMap(func(x ...float64) float64 {
			switch {
			case x[0] > 0:
				return 1
			case x[0] < 0:
				return -1
			}
			return 0
		}),
		DTypes:  AllDTypes,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{In(3).With(-1, 0, 1)}, NoGrad: true}),
		Why:     map[string]string{"errors": "every tensor has signs"},
	}
}
