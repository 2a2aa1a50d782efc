package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// MSELoss returns the mean of (x - target)² unless a [Reduction] says otherwise.
//
//	shape:  both the same → [], or theirs for ReduceNone
//	dtype:  floating point, promoted; it adds in float64
//	panics: *Error if the shapes differ, for integers, and for an unknown Reduction
//	source: torch.nn.functional.mse_loss
func MSELoss(x, target *Tensor, opts ...Reduction) *Tensor {
	r := ReduceMean
	for _, o := range opts {
		r = o
	}
	x, target = promote(x, target)
	if r == ReduceNone {
		return x.Sub(target).Square()
	}
	o := &mseOp{device.MSE{Scale: 1}}
	switch {
	case x == nil || target == nil:
		misuse("mse_loss", errors.New("the input or the target is nil"), x, target)
	case r == ReduceMean:
		o.Scale = 1 / float64(x.Len())
	case r != ReduceSum:
		misuse("mse_loss", fmt.Errorf("reduction %d; want ReduceMean, ReduceSum or ReduceNone", r), x, target)
	}
	return Apply(o, x, target)
}

// mseOp is Scale·Σ(x-t)².
type mseOp struct{ device.MSE }

func (*mseOp) Name() string          { return "mse_loss" }
func (*mseOp) Kernel() device.Kernel { return device.MSELoss }
func (o *mseOp) Attr() any           { return &o.MSE }
func (*mseOp) Reads() Reads          { return In0 | In1 }
func (*mseOp) Infer(in []*Tensor) (device.Spec, error) {
	if *in[0].spec() != *in[1].spec() {
		return device.Spec{}, errors.New("the input and the target have different shapes; want the same")
	}
	return device.Spec{DType: in[0].DType()}, wantFloat(in[0].DType())
}
func (o *mseOp) Body(in []*Tensor) *Tensor {
	d := in[0].counted().Sub(in[1].counted())
	return d.Mul(d).Sum().MulScalar(o.Scale).Cast(in[0].DType())
}
func (o *mseOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	d := Apply(&mseGradOp{device.MSE{Scale: 2 * o.Scale}}, c.In(0), c.In(1), dy)
	if g[0] = d; c.Needs(1) {
		g[1] = d.Neg()
	}
	return g
}

// mseGradOp is Scale·(x-t)·dy for a scalar dy.
type mseGradOp struct{ device.MSE }

func (*mseGradOp) Name() string                            { return "mse_loss_backward" }
func (*mseGradOp) Kernel() device.Kernel                   { return device.MSEGrad }
func (o *mseGradOp) Attr() any                             { return &o.MSE }
func (*mseGradOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (*mseGradOp) Reads() Reads                            { return BodyGradient }
func (*mseGradOp) Grad(*Ctx, *Tensor) Grads                { return Grads{} }
func (o *mseGradOp) Body(in []*Tensor) *Tensor {
	return in[0].counted().Sub(in[1].counted()).Mul(in[2].counted().MulScalar(o.Scale)).Cast(in[0].DType())
}

func mseEntry() Entry {
	kw := func(r string) map[string]any { return map[string]any{"reduction": r} }
	return Entry{
		Name: "nn.functional.mse_loss", At: Here(), Go: []string{"MSELoss"}, Ops: []any{&mseOp{}, &mseGradOp{}},
		Sig: "mse_loss(input, target, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *Args) []*Tensor {
			return one(MSELoss(a.Tensor("input"), a.Tensor("target"), a.reduction("mse_loss")))
		},
		Ref:    refMSE,
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(), In()}}, {Args: []any{In(1), In(1)}}, {Args: []any{In(4, 1), In(4, 1)}}, {Args: []any{In(3, 4), In(3, 4)}, Kw: kw("sum")},
			{Args: []any{In(2, 3), In(2, 3)}, Kw: kw("none")}, {Args: []any{In(2, 0), In(2, 0)}, Kw: kw("sum")}, {Args: []any{In(0), In(0)}, NoGrad: true},
			{Args: []any{In(70, 30), In(70, 30).Within(3, 4)}}, // nowhere equal
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), In(3)}, Want: "tensor: mse_loss [2 3], [3]: the input and the target have different shapes; want the same"},
			{Args: []any{In(2).As(Int64), In(2).As(Int64)}, Want: "tensor: mse_loss [2], [2]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2), In(2)}, Kw: kw("max"), Want: "tensor: mse_loss [2], [2]: reduction -1; want ReduceMean, ReduceSum or ReduceNone"},
		},
	}
}

func refMSE(a *Args) []Array {
	d := RefMap(func(x ...float64) float64 { return (x[0] - x[1]) * (x[0] - x[1]) })(a)[0]
	if a.Str("reduction") == "none" {
		return []Array{d}
	}
	sum := 0.0
	for _, v := range d.V {
		sum += v
	}
	if a.Str("reduction") == "mean" {
		sum /= float64(len(d.V))
	}
	return []Array{{nil, []float64{sum}}}
}
