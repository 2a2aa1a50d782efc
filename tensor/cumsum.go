package tensor

import "github.com/facula-ml/facula/device"

// CumSum returns the sums of the elements up to each along dim.
//
//	shape:  any → same
//	dtype:  t's; int64 for integers and bool. It adds in float64 or int64
//	panics: *Error if dim is out of range
//	source: torch.cumsum
func (t *Tensor) CumSum(dim int) *Tensor {
	return Apply(cumsumOp{cumulative{t.dim("cumsum", dim), false}}, t)
}

// cumulative is embedded by ops that fold a line and keep every step.
type cumulative struct {
	dim     int
	reverse bool
}

func (o cumulative) Attr() any { return device.Scan{Dim: o.dim, Reverse: o.reverse} }
func (cumulative) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	s.DType = OutSum(s.DType, 0)
	return s, nil
}

type cumsumOp struct{ cumulative }

func (cumsumOp) Name() string          { return "cumsum" }
func (cumsumOp) Kernel() device.Kernel { return device.CumSum }
func (cumsumOp) Reads() Reads          { return Nothing }

// An element is in every sum from its own on.
func (o cumsumOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(cumsumOp{cumulative{o.dim, !o.reverse}}, dy)}
}

// CumProd returns the products of the elements up to each along dim. Its
// gradient is right where elements are 0, too.
//
//	shape:  any → same
//	dtype:  t's; int64 for integers and bool. It multiplies in float64 or int64
//	panics: *Error if dim is out of range
//	source: torch.cumprod
func (t *Tensor) CumProd(dim int) *Tensor {
	return Apply(cumprodOp{cumulative: cumulative{t.dim("cumprod", dim), false}}, t)
}

type cumprodOp struct {
	cumulative
	ThroughBody
}

func (cumprodOp) Name() string          { return "cumprod" }
func (cumprodOp) Kernel() device.Kernel { return device.CumProd }
func (o cumprodOp) Body(in []*Tensor) *Tensor {
	x := in[0].wide()
	x = x.Cast(OutSum(x.DType(), 0))
	if x.Dim() == 0 || x.Len() == 0 {
		return x.Clone().Cast(OutSum(in[0].DType(), 0))
	}
	steps := make([]*Tensor, x.shape()[o.dim])
	for i := range steps {
		steps[i] = x.Select(o.dim, i)
		if i > 0 {
			steps[i] = steps[i-1].Mul(steps[i])
		}
	}
	return Stack(o.dim, steps...).Cast(OutSum(in[0].DType(), 0))
}

func scanEntry(name, method string, op any, f func(t *Tensor, dim int) *Tensor, fold func(acc, x float64) float64, start float64) Entry {
	return Entry{
		Name: name, Sig: name + "(input, dim, *, dtype=None)", At: Here(), Ops: []any{op}, Go: []string{method},
		Call: func(a *Args) []*Tensor {
			return one(inDType(a, func(x *Tensor) *Tensor { return f(x, a.Int("dim")) }))
		},
		Ref: func(a *Args) []Array {
			return refLines(a.Array("input"), a.Int("dim"), false, func(x []float64) [][]float64 {
				y, acc := make([]float64, len(x)), start
				for i, v := range x {
					acc = fold(acc, v)
					y[i] = acc
				}
				return [][]float64{y}
			})
		},
		Out:     OutSum,
		DTypes:  AllDTypes,
		Samples: append(narrowed(lineSamples()), Sample{Args: []any{In(2, 3).With(1, 0, 3, 0, 0, 2), 1}}),
		Bad:     []Bad{{Args: []any{In(2, 3), 2}, Want: "tensor: " + name + " [2 3]: dim 2 is out of range; want -2 to 1"}},
	}
}

func cumsumEntry() Entry {
	return scanEntry("cumsum", "CumSum", cumsumOp{}, (*Tensor).CumSum, func(acc, x float64) float64 { return acc + x }, 0)
}

func cumprodEntry() Entry {
	e := scanEntry("cumprod", "CumProd", cumprodOp{}, (*Tensor).CumProd, func(acc, x float64) float64 { return acc * x }, 1)
	e.Why = map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"}
	return e
}
