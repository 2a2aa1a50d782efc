package tensor

import "github.com/facula-ml/facula/device"

// Lerp returns t + weight·(end - t), elementwise: t at weight 0, end at 1.
//
//	shape:  t, end and weight broadcast
//	dtype:  floating point, the same for all
//	panics: *Error for other or different dtypes
//	source: torch.lerp
func (t *Tensor) Lerp(end, weight *Tensor) *Tensor { return Apply(lerpOp{}, t, end, weight) }

// LerpScalar is [Tensor.Lerp] with a Go number as the weight.
func (t *Tensor) LerpScalar(end *Tensor, weight any) *Tensor {
	n, _ := number("lerp", weight)
	return Apply(lerpOp{}, t, end, scalarOf(t.b.dev, t.DType(), n))
}

type lerpOp struct{ Floatwise }

func (lerpOp) Name() string          { return "lerp" }
func (lerpOp) Kernel() device.Kernel { return device.Lerp }
func (lerpOp) Reads() Reads          { return AllIn }

// From the nearer end, so that both ends are exact.
func (lerpOp) Body(in []*Tensor) *Tensor {
	a, b, w := in[0], in[1], in[2]
	d := b.Sub(a)
	return Where(w.LtScalar(0.5), a.Add(w.Mul(d)), b.Sub(d.Mul(w.RSubScalar(1))))
}
func (lerpOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	w := c.In(2)
	if c.Needs(0) {
		g[0] = dy.Mul(w.RSubScalar(1))
	}
	if c.Needs(1) {
		g[1] = dy.Mul(w)
	}
	if c.Needs(2) {
		g[2] = dy.Mul(c.In(1).Sub(c.In(0)))
	}
	return g
}

func lerpEntry() Entry {
	e := Entry{
		Name: "lerp", Sig: "lerp(input, end, weight)", At: Here(), Ops: []any{lerpOp{}}, Go: []string{"Lerp", "LerpScalar"},
		Call: func(a *Args) []*Tensor {
			t, end := a.Tensor("input"), a.Tensor("end")
			if a.IsTensor("weight") {
				return one(t.Lerp(end, a.Tensor("weight")))
			}
			return one(t.LerpScalar(end, a.Any("weight")))
		},
		Ref: RefMap(func(x ...float64) float64 {
			if x[2] < 0.5 {
				return x[0] + x[2]*(x[1]-x[0])
			}
			return x[1] - (x[1]-x[0])*(1-x[2])
		}),
		Abs:    1,
		Why:    map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it", "tol": "terms of size 1 cancel"},
		DTypes: Floats,
		Bad: []Bad{
			{Args: []any{In(2).As(Int64), In(2).As(Int64), 1}, Want: "tensor: lerp [2], [2], []: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2), In(2).As(Float64), 1}, Want: "tensor: lerp [2], [2], []: dtypes float32 and float64 differ"},
			{Args: []any{In(2), In(3), 1}, Want: "tensor: lerp [2], [3], []: dim -1 is 2 and 3; want equal, or one of them 1"},
		},
	}
	for _, s := range BinarySamples() {
		e.Samples = append(e.Samples,
			Sample{Args: append(s.Args[:2:2], 0.4)}, Sample{Args: append(s.Args[:2:2], 2)}, Sample{Args: append(s.Args[:2:2], In().Within(0, 1))})
	}
	e.Samples = append(e.Samples, Sample{Args: []any{In(2, 3), In(3), In(2, 1).Within(0, 1)}})
	return e
}
