package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Softmax returns exp(x) / Σ exp(x), summed along dim. The largest element is
// subtracted first, so that nothing overflows; a line that holds +Inf, or
// nothing but -Inf, gives NaN.
//
//	shape:  any → same
//	dtype:  floating point
//	panics: *Error for integers and bool, and if dim is out of range
//	source: torch.softmax
func (t *Tensor) Softmax(dim int) *Tensor {
	return Apply(softmaxOp{along{t.dim("softmax", dim)}}, t)
}

// Softmin is Softmax of -t.
//
//	source: torch.nn.functional.softmin
func (t *Tensor) Softmin(dim int) *Tensor { return t.Neg().Softmax(dim) }

// along is embedded by floating-point ops along one dim, whose result has the
// shape of their inputs.
type along struct{ dim int }

func (o along) Attr() any { return device.Dim{Dim: o.dim} }
func (along) Infer(in []*Tensor) (device.Spec, error) {
	s, err := Elementwise{}.Infer(in)
	if err == nil {
		err = wantFloat(s.DType)
	}
	return s, err
}

// keep is the reduction of the dim that keeps it as 1.
func (o along) keep(t *Tensor) reduction {
	if t.Dim() == 0 {
		return reduction{}
	}
	return reduction{1 << o.dim, true}
}

func (o along) sum(t *Tensor) *Tensor { return Apply(sumOp{o.keep(t)}, t) }

// shifted is t less the largest element of each line.
func (o along) shifted(t *Tensor) *Tensor {
	if t.Len() == 0 {
		return t
	}
	t = t.wide()
	return t.Sub(Apply(extremeOp{o.keep(t), false}, t))
}

type softmaxOp struct{ along }

func (softmaxOp) Name() string          { return "softmax" }
func (softmaxOp) Kernel() device.Kernel { return device.Softmax }
func (softmaxOp) Reads() Reads          { return Out0 }
func (o softmaxOp) Body(in []*Tensor) *Tensor {
	e := o.shifted(in[0]).Exp()
	return e.Div(o.sum(e)).Cast(in[0].DType())
}
func (o softmaxOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(softmaxGradOp{along: o.along}, dy, c.Out(0))}
}

// softmaxGradOp is y·(dy - Σ dy·y) of dy and y.
type softmaxGradOp struct {
	along
	ThroughBody
}

func (softmaxGradOp) Name() string          { return "softmax_backward" }
func (softmaxGradOp) Kernel() device.Kernel { return device.SoftmaxGrad }
func (o softmaxGradOp) Body(in []*Tensor) *Tensor {
	dy, y := in[0], in[1]
	return y.Mul(dy.Sub(o.sum(dy.Mul(y))))
}

// refLines is a reference on lines along a dim: f returns the results of one
// line. The dim of each result is as long as f's list, or gone.
func refLines(in Array, dim int, gone bool, f func(x []float64) [][]float64) []Array {
	shape := in.Shape
	if len(shape) == 0 {
		shape = []int{1}
	}
	dim = (dim + len(shape)) % len(shape)
	n, inner, outer := shape[dim], 1, 1
	for i, d := range shape {
		if i < dim {
			outer *= d
		} else if i > dim {
			inner *= d
		}
	}
	var out []Array
	for _, r := range f(make([]float64, n)) {
		to := append([]int{}, shape...)
		if to[dim] = len(r); gone {
			to = append(to[:dim], to[dim+1:]...)
		}
		a := NewArray(to...)
		if len(in.Shape) == 0 {
			a.Shape = nil
		}
		out = append(out, a)
	}
	x := make([]float64, n)
	for o := range outer {
		for i := range inner {
			for k := range x {
				x[k] = in.V[(o*n+k)*inner+i]
			}
			for r, y := range f(x) {
				for k, v := range y {
					out[r].V[(o*len(y)+k)*inner+i] = v
				}
			}
		}
	}
	return out
}

// refSoftmax goes from the definition: exp(x) over the sum, after a shift.
func refSoftmax(x []float64) []float64 {
	m := math.Inf(-1)
	for _, v := range x {
		m = math.Max(m, v)
	}
	s, y := 0.0, make([]float64, len(x))
	for i, v := range x {
		y[i] = math.Exp(v - m)
		s += y[i]
	}
	for i := range y {
		y[i] /= s
	}
	return y
}

// lineEntry is the entry of an op along a dim with an optional dtype.
func lineEntry(name, sig, op, method string, ops []any, call func(t *Tensor, dim int) *Tensor, ref func(x []float64) []float64) Entry {
	return Entry{
		Name: name, Sig: sig, At: Here(), Ops: ops, Go: []string{method},
		Call: func(a *Args) []*Tensor {
			x := a.Tensor("input")
			if d := a.DType("dtype"); d != 0 {
				x = x.Cast(d)
			}
			return one(call(x, a.Int("dim")))
		},
		Ref: func(a *Args) []Array {
			return refLines(a.Array("input"), a.Int("dim"), false, func(x []float64) [][]float64 { return [][]float64{ref(x)} })
		},
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Floats,
		Samples: lineSamples(),
		Bad: []Bad{
			{Args: []any{In(2), 0}, Kw: map[string]any{"dtype": Int64}, Want: "tensor: " + op + " [2]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2, 3), 2}, Want: "tensor: " + op + " [2 3]: dim 2 is out of range; want -2 to 1"},
		},
	}
}

// lineSamples are shapes and dims for ops along one dim.
func lineSamples() []Sample {
	var s []Sample
	for _, c := range []struct {
		shape []int
		dim   int
	}{{nil, 0}, {[]int{1}, 0}, {[]int{5}, -1}, {[]int{3, 4}, 1}, {[]int{3, 4}, 0}, {[]int{2, 3, 4}, 1}, {[]int{2, 3, 4}, -1},
		{[]int{2, 3, 4}, -3}, {[]int{2, 1, 3}, 1}, {[]int{2, 0}, 1}, {[]int{2, 0}, 0}, {[]int{2, 700}, 1}, {[]int{600, 2}, 0}, {[]int{3, 20}, 0}, {[]int{2, 4, 70}, 1}, {[]int{5, 600}, 0}} {
		s = append(s, Sample{Args: []any{In(c.shape...), c.dim}})
	}
	return s
}

func softmaxEntry() Entry {
	e := lineEntry("softmax", "softmax(input, dim, dtype=None)", "softmax", "Softmax",
		[]any{softmaxOp{}, softmaxGradOp{}}, (*Tensor).Softmax, refSoftmax)
	e.Samples = append(e.Samples, Sample{Args: []any{In(4).With(1000, 999, -1000, 1001), 0}}, Sample{Args: []any{In(4).With(0, -15, 3, -20), 0}})
	return e
}

func softminEntry() Entry {
	e := lineEntry("nn.functional.softmin", "softmin(input, dim=None, _stacklevel=3, dtype=None)", "softmax", "Softmin",
		nil, (*Tensor).Softmin, func(x []float64) []float64 {
			y := make([]float64, len(x))
			for i, v := range x {
				y[i] = -v
			}
			return refSoftmax(y)
		})
	plain := e.Call
	e.Call = func(a *Args) []*Tensor {
		if d := a.DType("dtype"); d != 0 { // the sign is of the input's dtype, in which uint8 wraps
			return one(a.Tensor("input").Neg().Cast(d).Softmax(a.Int("dim")))
		}
		return plain(a)
	}
	return e
}
