package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// NormalEach returns numbers of normal distributions, each with the mean and the
// standard deviation that the two tensors give. The gradient is zero.
//
//	shape:  mean and std broadcast
//	dtype:  floating point; the two are promoted
//	panics: *Error for other dtypes, and a std below 0
//	source: torch.normal with tensors; the same numbers for the same seed
func (m Make) NormalEach(mean, std *Tensor) *Tensor {
	const op = "normal"
	from := []*Tensor{mean.known(op), std.known(op)}
	mean, std = promote(mean.Detach(), std.Detach())
	if err := wantFloat(mean.DType()); err != nil {
		misuse(op, err, mean, std)
	}
	if std.Len() > 0 && !(std.Min().Float() >= 0) {
		misuse(op, fmt.Errorf("a std is %v; want 0 or more", std.Min().Float()), mean, std)
	}
	s, err := broadcast(mean.spec(), std.spec())
	if err != nil {
		misuse(op, err, mean, std)
	}
	m.DType, m.Device = mean.DType(), mean.b.dev
	return drawn(m.Randn(s.Shape()...).Mul(std).Add(mean), from...)
}

// UniformInPlace overwrites t with numbers uniform in [lo, hi). It returns t.
//
//	panics: *Error as Make.Uniform; see AddInPlace for the rest
//	source: torch.Tensor.uniform_
func (t *Tensor) UniformInPlace(lo, hi float64) *Tensor {
	return t.change("uniform", func(x *Tensor) *Tensor { return like(x).Uniform(lo, hi, x.shape()...) })
}

// NormalInPlace overwrites t with numbers of a normal distribution. It returns t.
//
//	panics: *Error as Make.Normal; see AddInPlace for the rest
//	source: torch.Tensor.normal_
func (t *Tensor) NormalInPlace(mean, std float64) *Tensor {
	return t.change("normal", func(x *Tensor) *Tensor { return like(x).Normal(mean, std, x.shape()...) })
}

// drawn is y, drawn from distributions that xs describe: they have a gradient,
// which is zero.
func drawn(y *Tensor, xs ...*Tensor) *Tensor { return Apply(drawnOp{}, append([]*Tensor{y}, xs...)...) }

type drawnOp struct{}

func (drawnOp) Name() string                            { return "draw" }
func (drawnOp) Kernel() device.Kernel                   { return device.NoKernel }
func (drawnOp) Reads() Reads                            { return Nothing }
func (drawnOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (drawnOp) Body(in []*Tensor) *Tensor               { return in[0] }
func (drawnOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	for i := 1; i < c.Inputs(); i++ {
		if c.Needs(i) {
			g[i] = ZerosLike(dy)
		}
	}
	return g
}

// likeDraws says what tests the values of these entries.
const likeDraws = "TestDrawsAsPyTorch compares values with PyTorch's"

// normalEntry covers torch.normal with a tensor and a tensor or number.
func normalEntry() Entry {
	return Entry{
		Name: "normal", Sig: "normal(mean, std, *, generator=None)", At: Here(), Ops: []any{drawnOp{}},
		Call: func(a *Args) []*Tensor {
			mean, std := a.Any("mean"), a.Any("std")
			if x, ok := mean.(*Tensor); ok && !a.IsTensor("std") {
				std = like(x).Scalar(std)
			} else if x, ok := std.(*Tensor); ok && !a.IsTensor("mean") {
				mean = like(x).Scalar(mean)
			}
			return one(Make{}.NormalEach(mean.(*Tensor), std.(*Tensor)))
		},
		Ref:    RefMap(func(...float64) float64 { return 0 }),
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(), In().Within(0, 1)}, NoGrad: true}, {Args: []any{In(1), In(1).Within(0, 1)}, NoGrad: true}, {Args: []any{In(2, 3), In(3).Within(0, 1)}, NoGrad: true},
			{Args: []any{In(20), In(20).Within(0, 1)}, NoGrad: true}, {Args: []any{In(2, 0), In(0)}, NoGrad: true}, {Args: []any{In(3), 0.3}, NoGrad: true}, {Args: []any{0.3, In(3).Within(0, 1)}, NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(2).As(Int64), In(2).As(Int64)}, Want: "tensor: normal [2], [2]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2), In(2).With(1, -1)}, Want: "tensor: normal [2], [2]: a std is -1; want 0 or more"},
			{Args: []any{In(2), In(3).With(1, 1, 1)}, Want: "tensor: normal [2], [3]: dim -1 is 2 and 3; want equal, or one of them 1"},
		},
		Why: map[string]string{"special": "NaN is no std"},
	}.undefined(likeDraws)
}

// uniformEntry covers torch.Tensor.uniform_ on a copy.
func uniformEntry() Entry {
	e := Entry{
		Name: "uniform", Sig: "uniform(input, from=0.0, to=1.0, *, generator=None)", At: Here(), Go: []string{"UniformInPlace", "NormalInPlace"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Clone().UniformInPlace(a.Float("from"), a.Float("to")))
		},
		Ref:    refFill(inputShape, constant(0)),
		DTypes: Floats,
		Bad: []Bad{
			{Args: []any{In(2), 3, -1}, Want: "tensor: uniform: the range is 3 to -1; want lo <= hi"},
			{Args: []any{In(2).As(Int64)}, Want: "tensor: uniform: dtype int64; want a floating-point dtype"},
		},
	}
	for _, s := range UnarySamples(0, 1) {
		e.Samples = append(e.Samples, Sample{Args: append(s.Args, -100, 100), NoGrad: true})
	}
	return e.undefined(likeDraws)
}
