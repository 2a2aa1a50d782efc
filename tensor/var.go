package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Var returns the variance of all elements, or over Dims:
//
//	Σ (x - mean)² / (n - correction)
//
// where the correction is 1 unless the option [Correction] gives another. A
// divisor below 0 counts as 0.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  floating point; it computes in float64
//	panics: *Error for integers and bool
//	source: torch.var
func (t *Tensor) Var(opts ...ReduceOption) *Tensor {
	return Apply(varOp{t.spreadOver("var", opts)}, t)
}

// Std returns the root of Var. Where it is 0 its gradient is 0.
//
//	source: torch.std
func (t *Tensor) Std(opts ...ReduceOption) *Tensor {
	return Apply(stdOp{t.spreadOver("std", opts)}, t)
}

// VarMean returns Var and Mean.
//
//	source: torch.var_mean
func (t *Tensor) VarMean(opts ...ReduceOption) (variance, mean *Tensor) {
	o := t.spreadOver("var_mean", opts)
	return Apply(varOp{o}, t), Apply(meanOp{o.reduction}, t)
}

// StdMean returns Std and Mean.
//
//	source: torch.std_mean
func (t *Tensor) StdMean(opts ...ReduceOption) (std, mean *Tensor) {
	o := t.spreadOver("std_mean", opts)
	return Apply(stdOp{o}, t), Apply(meanOp{o.reduction}, t)
}

// spread is what Var and Std have in common.
type spread struct {
	reduction
	correction float64
}

func (t *Tensor) spreadOver(op string, opts []ReduceOption) spread {
	if t == nil {
		return spread{}
	}
	c := readReduce(opts)
	o := spread{reduction{t.dims(op, c.dims), c.keep}, 1}
	if c.correction != nil {
		o.correction = *c.correction
	}
	return o
}

func (o spread) Attr() any { return device.Reduce{Dims: o.dims, Correction: o.correction} }
func (o spread) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), in[0].DType()), wantFloat(in[0].DType())
}

// grad is that of the variance: 2·(x - mean) / (n - correction)
func (o spread) grad(x, dy *Tensor) *Tensor {
	keep := o.reduction
	keep.keep = true
	n := max(0, float64(o.count(x.shape()))-o.correction)
	return x.Sub(Apply(meanOp{keep}, x)).Mul(o.restore(dy.wide(), x.shape()).MulScalar(2 / n)).Cast(x.DType())
}

type varOp struct{ spread }

func (varOp) Name() string                    { return "var" }
func (varOp) Kernel() device.Kernel           { return device.Var }
func (varOp) Reads() Reads                    { return In0 }
func (o varOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{o.grad(c.In(0), dy)} }

func (o varOp) Body(in []*Tensor) *Tensor {
	x := in[0].wide()
	keep := reduction{o.dims, true}
	d := x.Sub(Apply(meanOp{keep}, x))
	n := max(0, float64(o.count(x.shape()))-o.correction)
	return Apply(sumOp{o.reduction}, d.Mul(d)).DivScalar(n).Cast(in[0].DType())
}

type stdOp struct{ spread }

func (stdOp) Name() string          { return "std" }
func (stdOp) Kernel() device.Kernel { return device.Std }
func (stdOp) Reads() Reads          { return In0 | Out0 }

// d √v = dv / 2√v
func (o stdOp) Grad(c *Ctx, dy *Tensor) Grads {
	y := c.Out(0)
	at0 := y.EqScalar(0)
	safe := Where(at0, OnesLike(y), y) // no division by 0, in the second gradient either
	return Grads{o.grad(c.In(0), Where(at0, ZerosLike(y), dy.Div(safe.MulScalar(2))))}
}

// spreadArgs reads PyTorch's forms: var(unbiased), var(dim, unbiased, keepdim),
// var(dim, correction=…, keepdim=…). It leaves dim without the truth value.
func spreadArgs(a *Args) (correction float64) {
	unbiased := a.Any("unbiased")
	if b, ok := a.Any("dim").(bool); ok {
		unbiased, a.values["dim"] = b, nil
		a.values["unbiased"] = b
	}
	switch {
	case a.Has("correction"):
		return a.Float("correction")
	case unbiased == false:
		return 0
	}
	return 1
}

// spreadEntry is the entry of one of the four: f calls it, and ref is what it
// makes of a list's variance and mean.
func spreadEntry(name, method string, ops []any, f func(t *Tensor, opts []ReduceOption) []*Tensor, ref ...func(v, m float64) float64) Entry {
	return Entry{
		Name: name, Sig: name + "(input, dim=None, unbiased=None, keepdim=False, *, correction=None)", At: Here(),
		Ops: ops, Go: []string{method, "Correction"},
		Call: func(a *Args) []*Tensor {
			c := spreadArgs(a)
			return f(a.Tensor("input"), append(a.reduceOptions(), Correction(c)))
		},
		Ref: func(a *Args) []Array {
			c := spreadArgs(a)
			var out []Array
			for _, r := range ref {
				out = append(out, refReduce(func(x []float64) float64 {
					m, s := mean(x), 0.0
					for _, v := range x {
						s += (v - m) * (v - m)
					}
					return r(s/max(0, float64(len(x))-c), m)
				})(a)...)
			}
			return out
		},
		Why:     map[string]string{"tol": "the gradient subtracts the rounded mean, 1000 half-ulps of 1, at 1000"},
		DTypes:  Floats,
		Samples: spreadSamples(),
		Bad: append(reduceBad(name),
			Bad{Args: []any{In(2).As(Int64)}, Want: "tensor: " + ops[0].(Op).Name() + " [2]: dtype int64; want a floating-point dtype"}),
	}
}

func spreadSamples() []Sample {
	samples := meanSamples()
	for i, s := range samples { // one element has no variance
		shape := s.Args[0].(Arg).Shape
		samples[i].NoGrad = s.NoGrad || len(shape) == 0 || len(shape) == 1 && shape[0] == 1
	}
	kw := func(k string, v any) map[string]any { return map[string]any{"dim": []int{1}, k: v} }
	return append(samples,
		Sample{Args: []any{In(3, 4), false}}, Sample{Args: []any{In(3, 4), 1, true, true}},
		Sample{Args: []any{In(3, 4)}, Kw: kw("unbiased", false)}, Sample{Args: []any{In(3, 4)}, Kw: kw("correction", 2)},
		Sample{Args: []any{In(3, 4)}, Kw: kw("correction", 4), NoGrad: true},       // divides by 0
		Sample{Args: []any{In(5).With(1000, 1003, 998, 1010, 991)}, GradTol: 1000}, // far from 0: a sum of squares would lose all digits
	)
}

func theVar(v, _ float64) float64  { return v }
func theStd(v, _ float64) float64  { return math.Sqrt(v) }
func theMean(_, m float64) float64 { return m }

func varEntry() Entry {
	return spreadEntry("var", "Var", []any{varOp{}}, func(t *Tensor, o []ReduceOption) []*Tensor { return one(t.Var(o...)) }, theVar)
}

func stdEntry() Entry {
	return spreadEntry("std", "Std", []any{stdOp{}}, func(t *Tensor, o []ReduceOption) []*Tensor { return one(t.Std(o...)) }, theStd)
}

func varMeanEntry() Entry {
	return spreadEntry("var_mean", "VarMean", []any{varOp{}, meanOp{}}, func(t *Tensor, o []ReduceOption) []*Tensor {
		v, m := t.VarMean(o...)
		return []*Tensor{v, m}
	}, theVar, theMean)
}

func stdMeanEntry() Entry {
	return spreadEntry("std_mean", "StdMean", []any{stdOp{}, meanOp{}}, func(t *Tensor, o []ReduceOption) []*Tensor {
		s, m := t.StdMean(o...)
		return []*Tensor{s, m}
	}, theStd, theMean)
}
