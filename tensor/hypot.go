package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Hypot returns √(t²+u²), elementwise, without overflow on the way.
//
//	shape:  t and u broadcast
//	dtype:  promoted; floating point
//	panics: *Error for integers and bool
//	source: torch.hypot
func (t *Tensor) Hypot(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(hypotOp{}, t, u)
}

type hypotOp struct{ Floatwise }

func (hypotOp) Name() string          { return "hypot" }
func (hypotOp) Kernel() device.Kernel { return device.Hypot }
func (hypotOp) Reads() Reads          { return In0 | In1 | Out0 }

// d/dt √(t²+u²) = t/√(t²+u²)
func (hypotOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	for i := range 2 {
		if c.Needs(i) {
			g[i] = dy.Mul(c.In(i).Div(c.Out(0)))
		}
	}
	return g
}

func hypotEntry() Entry {
	return Entry{
		Name: "hypot", Sig: "hypot(input, other)", At: Here(), Ops: []any{hypotOp{}}, Go: []string{"Hypot"},
		Call:    pairCall((*Tensor).Hypot),
		Ref:     RefMap(func(x ...float64) float64 { return math.Hypot(x[0], x[1]) }),
		DTypes:  Floats,
		Samples: append(BinaryWithin(0.5, 2, -2, -0.5), Sample{Args: []any{In(2).With(3e30, -3e-30), In(2).With(4e30, 4e-30)}, Only: []DType{Float32, Float64}, NoGrad: true}),
		Bad:     append(BroadcastBad("hypot"), Bad{Args: []any{In(2).As(Int64), In(2).As(Int64)}, Want: "tensor: hypot [2], [2]: dtype int64; want a floating-point dtype"}),
	}
}
