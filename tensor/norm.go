package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Norm returns the p-norm of all elements, or over Dims, as of one vector:
//
//	(Σ |x|ᵖ)^(1/p)
//
// of which the limits are the number of elements other than 0 for p = 0, the
// largest |x| for +Inf, and the smallest for -Inf. Where the norm is 0 its
// gradient is 0. For p = ±Inf equal elements share the gradient evenly.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  floating point
//	panics: *Error for integers and bool, and for p = ±Inf of no elements
//	source: torch.linalg.vector_norm
func (t *Tensor) Norm(p float64, opts ...ReduceOption) *Tensor {
	return Apply(normOp{t.reduceOver("norm", opts), p}, t)
}

type normOp struct {
	reduction
	p float64
}

func (normOp) Name() string { return "norm" }
func (o normOp) Kernel() device.Kernel {
	if o.p == 2 {
		return device.Norm
	}
	return device.NoKernel
}
func (normOp) Reads() Reads { return In0 | Out0 }
func (o normOp) Infer(in []*Tensor) (device.Spec, error) {
	s := o.spec(in[0].spec(), in[0].DType())
	if err := wantFloat(s.DType); err != nil {
		return s, err
	}
	if math.IsInf(o.p, 0) {
		return s, o.nonEmpty(in[0].spec())
	}
	return s, nil
}

func (o normOp) Body(in []*Tensor) *Tensor {
	x := in[0].wide().Abs()
	var y *Tensor
	switch o.p {
	case 0:
		y = Apply(sumOp{o.reduction}, x.NeScalar(0))
	case 1:
		y = Apply(sumOp{o.reduction}, x)
	case 2:
		y = Apply(sumOp{o.reduction}, x.Mul(x)).Sqrt()
	case math.Inf(1):
		y = Apply(extremeOp{o.reduction, false}, x)
	case math.Inf(-1):
		y = Apply(extremeOp{o.reduction, true}, x)
	default:
		y = Apply(sumOp{o.reduction}, x.PowScalar(o.p)).PowScalar(1 / o.p)
	}
	return y.Cast(in[0].DType())
}

// d ‖x‖ = sign(x)·(|x|/‖x‖)^(p-1)
func (o normOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	switch {
	case o.p == 0:
		return Grads{}
	case math.IsInf(o.p, 0):
		return Grads{o.shared(x.Abs(), c.Out(0), dy).Mul(x.Sign())}
	case o.p == 1:
		return Grads{x.Sign().Mul(o.restore(dy, x.shape()))}
	}
	y, dy := o.restore(c.Out(0), x.shape()), o.restore(dy, x.shape())
	at0 := y.EqScalar(0)
	y = Where(at0, OnesLike(y), y) // no division by 0, in the second gradient either
	if o.p == 2 {
		return Grads{x.Mul(dy.Div(y))} // x is 0 too
	}
	scale := Where(at0, ZerosLike(y), dy.Div(y.PowScalar(o.p-1)))
	if o.p > 2 {
		return Grads{x.Mul(x.Abs().PowScalar(o.p - 2)).Mul(scale)}
	}
	// |x|^(p-1) is infinite at 0 where p < 1; PyTorch gives 0 there.
	at0 = x.EqScalar(0)
	power := Where(at0, x, Where(at0, OnesLike(x), x.Abs()).PowScalar(o.p-1))
	return Grads{x.Sign().Mul(power).Mul(scale)}
}

func vectorNormEntry() Entry {
	return Entry{
		Name: "linalg.vector_norm", Sig: "vector_norm(input, ord=2, dim=None, keepdim=False, *, dtype=None)", At: Here(),
		Ops: []any{normOp{p: 2}, normOp{p: 3}}, Go: []string{"Norm"},
		Call: func(a *Args) []*Tensor {
			return one(inDType(a, func(x *Tensor) *Tensor { return x.Norm(a.Float("ord"), a.reduceOptions()...) }))
		},
		Ref: func(a *Args) []Array {
			return refReduce(func(x []float64) float64 { return refNorm(x, a.Float("ord")) })(a)
		},
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Floats,
		Samples: normSamples(),
		Bad: append(reduceBad("norm"),
			Bad{Args: []any{In(2).As(Int64)}, Want: "tensor: norm [2]: dtype int64; want a floating-point dtype"},
			Bad{Args: []any{In(0, 2), math.Inf(1)}, Want: "tensor: norm [0 2]: dim 0 has no elements; want at least one"}),
	}
}

func refNorm(x []float64, p float64) float64 {
	abs := make([]float64, len(x))
	s := 0.0
	for i, v := range x {
		abs[i] = math.Abs(v)
		if p == 0 {
			s += float64(b2i(v != 0))
		} else {
			s += math.Pow(abs[i], p)
		}
	}
	switch {
	case p == 0:
		return s
	case math.IsInf(p, 1):
		return maxOf(abs)
	case math.IsInf(p, -1):
		return minOf(abs)
	}
	return math.Pow(s, 1/p)
}

func normSamples() []Sample {
	s := []Sample{{Args: []any{In()}}, {Args: []any{In(1)}}, {Args: []any{In(7)}}, {Args: []any{In(2, 0)}}, {Args: []any{In(2, 1500), 2, 1}},
		{Args: []any{In(3).With(0, 0, 0)}, NoGrad: true}, {Args: []any{In(3, 4), 2, []int{0, 1}}}}
	for _, p := range []any{0, 1, 2, 3, 0.5, 1.5, -1, -0.5, math.Inf(1), math.Inf(-1)} {
		s = append(s, Sample{Args: []any{In(6).Within(0.25, 2).Distinct(), p}}, Sample{Args: []any{In(3, 4).Within(-2, -0.25).Distinct(), p, 1}},
			Sample{Args: []any{In(2, 3, 4).Within(0.25, 2).Distinct(), p, []int{0, 2}, true}})
	}
	return s
}
