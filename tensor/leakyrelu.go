package tensor

import "github.com/facula-ml/facula/device"

// LeakyReLU returns x for each element x > 0 of t, and slope·x for the others.
// PyTorch's slope is 0.01 where none is given.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.leaky_relu
func (t *Tensor) LeakyReLU(slope float64) *Tensor { return Apply(leakyReLUOp{slope: slope}, t) }

type leakyReLUOp struct {
	Floatwise
	slope float64
}

func (leakyReLUOp) Name() string          { return "leaky_relu" }
func (leakyReLUOp) Kernel() device.Kernel { return device.NoKernel }
func (leakyReLUOp) Reads() Reads          { return In0 }
func (o leakyReLUOp) Body(in []*Tensor) *Tensor {
	return Apply(preluOp{}, in[0], scalarOf(in[0].b.dev, in[0].DType(), device.Number{F: o.slope, Float: true}))
}
func (o leakyReLUOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{o.pick(c.In(0), dy)} }

// pick is v where x > 0, and slope·v elsewhere.
func (o leakyReLUOp) pick(x, v *Tensor) *Tensor {
	return Where(x.GtScalar(0), v, v.MulScalar(o.slope))
}

func leakyReLUEntry() Entry {
	return Entry{
		Name: "nn.functional.leaky_relu", Sig: "leaky_relu(input, negative_slope=0.01, inplace=False)", At: Here(),
		Ops: []any{leakyReLUOp{slope: 0.01}}, Go: []string{"LeakyReLU"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").LeakyReLU(a.Float("negative_slope"))) },
		Ref: RefMap(func(x ...float64) float64 {
			if x[0] > 0 {
				return x[0]
			}
			return x[0] * x[1]
		}),
		DTypes:  Floats,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{In(3, 4), 0.25}}, Sample{Args: []any{In(4), -1.5}}),
		Bad:     floatBad("leaky_relu"),
	}
}

// floatBad is a call with integers of an op on floats.
func floatBad(op string) []Bad {
	return []Bad{{Args: []any{In(2).As(Int64)}, Want: "tensor: " + op + " [2]: dtype int64; want a floating-point dtype"}}
}
