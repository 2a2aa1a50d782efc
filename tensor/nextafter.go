package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// NextAfter returns the number of t's dtype that is next to t on the way to u,
// elementwise. It has no gradient.
//
//	shape:  t and u broadcast
//	dtype:  promoted; floating point
//	panics: *Error for integers and bool
//	source: torch.nextafter
func (t *Tensor) NextAfter(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(nextAfterOp{}, t, u)
}

type nextAfterOp struct{ NotDifferentiable }

func (nextAfterOp) Name() string                            { return "nextafter" }
func (nextAfterOp) Kernel() device.Kernel                   { return device.NextAfter }
func (nextAfterOp) Infer(in []*Tensor) (device.Spec, error) { return Floatwise{}.Infer(in) }

func nextAfterEntry() Entry {
	only := func(list []Sample, d DType) []Sample {
		out := make([]Sample, len(list))
		for i, s := range list {
			s.Only, s.NoGrad = []DType{d}, true
			out[i] = s
		}
		return out
	}
	return Entry{
		Name: "nextafter", Sig: "nextafter(input, other)", At: Here(), Ops: []any{nextAfterOp{}}, Go: []string{"NextAfter"},
		Call:    pairCall((*Tensor).NextAfter),
		Ref:     RefMap(func(x ...float64) float64 { return math.Nextafter(x[0], x[1]) }),
		Samples: only(append(BinarySamples(), Sample{Args: []any{In(5).With(0, 0, 1, -1, 3), In(5).With(1, -1, 1, 0, 2)}}), Float64),
		DTypes:  []DType{Float64},
		Bad:     append(BroadcastBad("nextafter"), Bad{Args: []any{In(2).As(Int64), In(2).As(Int64)}, Want: "tensor: nextafter [2], [2]: dtype int64; want a floating-point dtype"}),
	}
}
