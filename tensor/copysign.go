package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// CopySign returns |t| with the sign of u, elementwise, which 0 and NaN have
// too. The gradient of t is 0 where t is, and that of u is 0.
//
//	shape:  t and u broadcast
//	dtype:  promoted to a floating-point dtype
//	source: torch.copysign
func (t *Tensor) CopySign(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(copySignOp{}, t.floating(), u.floating())
}

// CopySignScalar is [Tensor.CopySign] with the sign of a Go number v.
func (t *Tensor) CopySignScalar(v any) *Tensor {
	t, u := promoteNumber("copysign", t, v)
	return Apply(copySignOp{}, t.floating(), u.floating())
}

type copySignOp struct{ Elementwise }

func (copySignOp) Name() string          { return "copysign" }
func (copySignOp) Kernel() device.Kernel { return device.CopySign }
func (copySignOp) Reads() Reads          { return In0 | Out0 }

// The quotient of the result and t is 1 or -1.
func (copySignOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	if c.Needs(0) {
		x := c.In(0)
		g[0] = dy.Mul(c.Out(0).Detach().Sign().Mul(x.Sign())).MaskedFill(x.EqScalar(0), 0)
	}
	if c.Needs(1) {
		g[1] = ZerosLike(dy)
	}
	return g
}

func copySignEntry() Entry {
	return Entry{
		Name: "copysign", Sig: "copysign(input, other)", At: Here(), Ops: []any{copySignOp{}}, Go: []string{"CopySign", "CopySignScalar"},
		Call: func(a *Args) []*Tensor {
			a.OnlyTensor("input")
			return one(withOther(a, (*Tensor).CopySign, (*Tensor).CopySignScalar))
		},
		Ref:    RefMap(func(x ...float64) float64 { return math.Copysign(x[0], x[1]) }),
		Out:    OutFloat,
		DTypes: AllDTypes,
		Samples: append(BinarySamples(), Sample{Args: []any{In(2, 3), -2.5}, Only: Floats}, Sample{Args: []any{In(3), -1}, Only: []DType{Int8, Int16, Int32, Int64}, Out: OutFloat},
			Sample{Args: []any{In(3).With(0, 1, -2), In(3).With(-1, -1, 1)}, NoGrad: true}),
		Bad: BroadcastBad("copysign"),
	}
}
