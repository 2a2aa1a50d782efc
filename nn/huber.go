package nn

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// huberLoss is the mean or sum of huber(x - target), divided by a number, in
// one pass, or the values of the elements.
func huberLoss(op string, r Reduction, x, target *tensor.Tensor, delta, divisor float64) *tensor.Tensor {
	in := tensor.CastFor(tensor.CastFloat32, x, target)
	x, target = in[0], in[1]
	d := tensor.ResultType(x, target)
	o := &huberOp{device.HuberLoss{Delta: delta, Scale: 1 / divisor}}
	switch {
	case r != ReduceMean && r != ReduceSum || !d.IsFloat():
		return r.of(op, huber(x.Sub(target), delta).DivScalar(divisor))
	case r == ReduceMean:
		o.Scale /= float64(x.Len())
	}
	return tensor.Apply(o, x.Cast(d), target.Cast(d))
}

// huber is d²/2 for |d| <= delta, and delta·(|d| - delta/2) beyond.
func huber(d *tensor.Tensor, delta float64) *tensor.Tensor {
	abs := d.Abs()
	c := abs.ClampMax(delta) // no Where of two formulas: at infinity the gradient of the square is NaN
	return c.Mul(abs.Sub(c.MulScalar(0.5)))
}

// huberOp is Scale·Σ huber(x - t).
type huberOp struct{ device.HuberLoss }

func (*huberOp) Name() string          { return "huber_loss" }
func (*huberOp) Kernel() device.Kernel { return device.Huber }
func (o *huberOp) Attr() any           { return &o.HuberLoss }
func (*huberOp) Reads() tensor.Reads   { return tensor.In0 | tensor.In1 }
func (*huberOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return device.Spec{DType: in[0].DType()}, nil
}
func (o *huberOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	d := in[0].Sub(in[1])
	if d.DType().Size() == 2 {
		d = in[0].Cast(tensor.Float32).Sub(in[1].Cast(tensor.Float32))
	}
	return huber(d, o.Delta).Sum().MulScalar(o.Scale).Cast(in[0].DType())
}
func (o *huberOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	d := tensor.Apply(&huberGradOp{HuberLoss: o.HuberLoss}, c.In(0), c.In(1), dy)
	if g[0] = d; c.Needs(1) {
		g[1] = d.Neg()
	}
	return g
}

// huberGradOp is Scale·(x-t, cut to ±Delta)·dy for a scalar dy.
type huberGradOp struct {
	device.HuberLoss
	tensor.ThroughBody
}

func (*huberGradOp) Name() string          { return "huber_loss_backward" }
func (*huberGradOp) Kernel() device.Kernel { return device.HuberGrad }
func (o *huberGradOp) Attr() any           { return &o.HuberLoss }
func (*huberGradOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	s := device.Spec{DType: in[0].DType(), Rank: uint8(in[0].Dim())}
	copy(s.Dim[:], in[0].Shape())
	return s, nil
}
func (o *huberGradOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	return in[0].Sub(in[1]).Clamp(-o.Delta, o.Delta).Mul(in[2].MulScalar(o.Scale))
}
