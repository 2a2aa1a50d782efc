package tensor

import (
	"errors"

	"github.com/facula-ml/facula/device"
)

// Sub returns t - u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  promoted
//	panics: *Error for bool, whose difference has no meaning
//	source: torch.sub
func (t *Tensor) Sub(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(subOp{}, t, u)
}

// SubScalar returns t - v for a Go number v; see [Tensor.AddScalar] for the
// dtype.
func (t *Tensor) SubScalar(v any) *Tensor {
	t, u := promoteNumber("sub", t, v)
	return Apply(subOp{}, t, u)
}

// RSubScalar returns v - t for a Go number v; see [Tensor.Sub].
func (t *Tensor) RSubScalar(v any) *Tensor {
	t, u := promoteNumber("sub", t, v)
	return Apply(subOp{}, u, t)
}

type subOp struct{ Elementwise }

func (subOp) Name() string          { return "sub" }
func (subOp) Kernel() device.Kernel { return device.Sub }
func (subOp) Reads() Reads          { return Nothing }
func (o subOp) Infer(in []*Tensor) (device.Spec, error) {
	if in[0].DType() == Bool {
		return device.Spec{}, errors.New("a difference of bools; use LogicalXor, or Cast them to numbers")
	}
	return o.Elementwise.Infer(in)
}
func (subOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	g[0] = dy
	if c.Needs(1) {
		g[1] = dy.Neg()
	}
	return g
}

func subEntry() Entry {
	return Entry{
		Name: "sub", Sig: "sub(input, other, *, alpha=1)", At: Here(), Ops: []any{subOp{}},
		Go: []string{"Sub", "SubScalar", "RSubScalar", "SubInPlace"},
		Call: func(a *Args) []*Tensor {
			a.wantAlpha("sub")
			if isOne(a.Any("alpha")) {
				return one(withOther(a, (*Tensor).Sub, (*Tensor).SubScalar))
			}
			return one(a.Tensor("input").Sub(a.Tensor("other").MulScalar(a.Any("alpha"))))
		},
		Ref:     RefMap(func(x ...float64) float64 { return x[0] - x[1] }),
		DTypes:  Numbers,
		Samples: append(BinarySamples(), numberSamples()...),
		Bad: append(BroadcastBad("sub"), Bad{
			Args: []any{In(2).As(Bool), In(2).As(Bool)},
			Want: "tensor: sub [2], [2]: a difference of bools; use LogicalXor, or Cast them to numbers",
		}),
	}
}
