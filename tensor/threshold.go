package tensor

import (
	"errors"

	"github.com/facula-ml/facula/device"
)

// Threshold returns x for each element x of t above the threshold, and value
// for the others, both Go numbers that are cut to t's dtype. NaN stays.
//
//	dtype:  any number
//	panics: *Error for bool
//	source: torch.nn.functional.threshold
func (t *Tensor) Threshold(threshold, value any) *Tensor {
	limit, _ := number("threshold", threshold)
	v, _ := number("threshold", value)
	d := t.known("threshold").DType()
	if d == Bool {
		misuse("threshold", errors.New("dtype bool; want a number"), t)
	}
	return Apply(thresholdOp{limit: limit}, t, scalarOf(t.b.dev, d, limit), scalarOf(t.b.dev, d, v))
}

type thresholdOp struct {
	Elementwise
	limit device.Number
}

func (thresholdOp) Name() string          { return "threshold" }
func (thresholdOp) Kernel() device.Kernel { return device.Threshold }
func (thresholdOp) Reads() Reads          { return In0 }
func (o thresholdOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	return Where(x.Le(in[1]), in[2], x)
}
func (o thresholdOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.MaskedFill(o.below(c.In(0)), 0)} }

// below tells where x is replaced.
func (o thresholdOp) below(x *Tensor) *Tensor { return x.Le(scalarOf(x.b.dev, x.DType(), o.limit)) }

func thresholdEntry() Entry {
	return Entry{
		Name: "nn.functional.threshold", Sig: "threshold(input, threshold, value, inplace=False)", At: Here(), Ops: []any{thresholdOp{}}, Go: []string{"Threshold"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Threshold(a.Any("threshold"), a.Any("value")))
		},
		Ref: RefMap(func(x ...float64) float64 {
			if x[0] <= x[1] {
				return x[2]
			}
			return x[0]
		}),
		DTypes: Numbers,
		Samples: []Sample{
			{Args: []any{In(), 0, 1}}, {Args: []any{In(1), 1, 0}}, {Args: []any{In(3, 4), 1, 5}, NoGrad: true}, {Args: []any{In(3, 4), 0.5, -2.25}, Only: Floats}, {Args: []any{In(2, 0), 0, 0}},
			{Args: []any{In(3).With(1, 2, 3), 2, 7}, NoGrad: true}, {Args: []any{In(700), -0.25, 3}, Only: Floats},
		},
		Bad: []Bad{{Args: []any{In(2).As(Bool), 0, 1}, Want: "tensor: threshold [2]: dtype bool; want a number"}},
	}
}
