package tensor

import "github.com/facula-ml/facula/device"

// The ops of this file work on [n, c, l]: each channel c is normalised by its
// own mean and variance. BatchNorm, GroupNorm, InstanceNorm, LayerNorm and
// RMSNorm are views of it.

// normDims are the dims that a channel's statistics are taken over.
var normDims = Dims(0, 2)

// statDType is the dtype of statistics: half precision keeps them in float32.
func statDType(d DType) DType {
	if d == Float64 {
		return d
	}
	return Float32
}

// normalizeTrainOp maps x, w and b to (x - mean)/√(variance + eps)·w + b, mean
// and variance: those of each channel of x, the variance biased. With RMS the
// mean is 0.
type normalizeTrainOp struct{ device.Normalization }

func (o normalizeTrainOp) Name() string        { return "normalize_train" + clamped(o.ReLU) }
func (normalizeTrainOp) Kernel() device.Kernel { return device.NormalizeTrain }
func (o normalizeTrainOp) Attr() any           { return o.Normalization }
func (normalizeTrainOp) Infer(in []*Tensor) ([]device.Spec, error) {
	x := in[0].spec()
	s := device.Spec{DType: statDType(x.DType), Rank: 1, Dim: [device.MaxRank]int{x.Dim[1]}}
	return []device.Spec{*x, s, s}, nil
}
func (o normalizeTrainOp) Reads() Reads {
	if o.ReLU {
		return In0 | In1 | AllOut
	}
	return In0 | In1 | Out1 | Out2
}

// The gradient is that of y alone: mean and variance are constants to autograd.
func (o normalizeTrainOp) Grad(c *Ctx, dy *Tensor) Grads {
	if o.ReLU {
		dy = reluGrad(dy, c.Out(0))
	}
	d := ApplyMulti(normalizeGradOp{Normalization: o.Normalization}, dy, c.In(0), c.Out(1), c.Out(2), c.In(1))
	return Grads{d[0], d[1], d[2]}
}
func (o normalizeTrainOp) Body(in []*Tensor) []*Tensor {
	x := in[0].Cast(statDType(in[0].DType()))
	mean := x.Mean(normDims, KeepDim)
	if o.RMS {
		mean = ZerosLike(mean)
	}
	d := x.Sub(mean)
	mean, variance := mean.Reshape(-1), d.Mul(d).Mean(normDims)
	y := normalizeOp{Normalization: o.Normalization}.Body([]*Tensor{in[0], mean, variance, in[1], in[2]})
	return []*Tensor{y, mean, variance}
}

// normalizeOp maps x, mean, variance, w and b to (x - mean)/√(variance + eps)·w + b.
type normalizeOp struct {
	device.Normalization
	ThroughBody
}

func (o normalizeOp) Name() string                            { return "normalize" + clamped(o.ReLU) }
func (normalizeOp) Kernel() device.Kernel                     { return device.Normalize }
func (o normalizeOp) Attr() any                               { return o.Normalization }
func (o normalizeOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (o normalizeOp) Body(in []*Tensor) *Tensor {
	d := statDType(in[0].DType())
	x, w, b := in[0].Cast(d), o.along(in[3].Cast(d)), o.along(in[4].Cast(d))
	mean, rstd := in[1].Reshape(-1, 1), in[2].AddScalar(o.Eps).Rsqrt().Reshape(-1, 1)
	y := x.Sub(mean).Mul(rstd).Mul(w).Add(b).Cast(in[0].DType())
	if o.ReLU {
		y = y.ReLU()
	}
	return y
}

// along gives weights the dim of x that they belong to.
func (o normalizeOp) along(w *Tensor) *Tensor {
	if o.Inner {
		return w
	}
	return w.Reshape(-1, 1)
}

// normalizeGradOp maps dy, x, mean, variance and w to the gradients of x, w and
// b. A sixth input, of Inner, is added to that of x. Its definition takes the statistics from x again, so that it can be
// differentiated through them.
type normalizeGradOp struct {
	device.Normalization
	ThroughBody
}

func (normalizeGradOp) Name() string          { return "normalize_backward" }
func (normalizeGradOp) Kernel() device.Kernel { return device.NormalizeGrad }
func (o normalizeGradOp) Attr() any           { return o.Normalization }
func (normalizeGradOp) Infer(in []*Tensor) ([]device.Spec, error) {
	w := *in[4].spec()
	return []device.Spec{*in[1].spec(), w, w}, nil
}

// For x̂ = (x - mean)·r and g = w·dy: dx = r·(g - mean(g) - x̂·mean(g·x̂)),
// dw = Σ dy·x̂, db = Σ dy.
func (o normalizeGradOp) Body(in []*Tensor) []*Tensor {
	to := in[1].DType()
	d := statDType(to)
	dy, x, w := in[0].Cast(d), in[1].Cast(d), normalizeOp{Normalization: o.Normalization}.along(in[4].Cast(d))
	mean := func(t *Tensor) *Tensor { return t.Mean(normDims, KeepDim) }
	if !o.RMS {
		x = x.Sub(mean(x))
	}
	r := mean(x.Mul(x)).AddScalar(o.Eps).Rsqrt()
	x = x.Mul(r)
	g := dy.Mul(w)
	dx := g.Sub(x.Mul(mean(g.Mul(x))))
	if !o.RMS {
		dx = dx.Sub(mean(g))
	}
	dx = dx.Mul(r)
	if len(in) > 5 {
		dx = dx.Add(in[5].Cast(d))
	}
	sum := normDims
	if o.Inner {
		sum = Dims(0, 1)
	}
	return []*Tensor{dx.Cast(to), dy.Mul(x).Sum(sum).Cast(to), dy.Sum(sum).Cast(to)}
}

// affine is w, or v everywhere if there is none, as n elements of x's dtype.
func affine(w *Tensor, v float64, x *Tensor, n int) *Tensor {
	if w == nil {
		return like(x).Full(v, n)
	}
	return w.Cast(x.DType()).Reshape(n)
}
