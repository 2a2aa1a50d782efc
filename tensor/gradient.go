package tensor

import (
	"fmt"
)

// A SlopeOption changes Gradient.
type SlopeOption func(*slopeConfig)

type slopeConfig struct {
	steps  []float64
	points []*Tensor
	dims   []int
	second bool
}

// Spacing says how far apart the values are: one number for all dims, or one for each.
func Spacing(steps ...float64) SlopeOption { return func(c *slopeConfig) { c.steps = steps } }

// Coordinates says where the values are: for each dim a tensor of one dim.
func Coordinates(points ...*Tensor) SlopeOption { return func(c *slopeConfig) { c.points = points } }

// Along takes the slopes along the given dims only.
func Along(dims ...int) SlopeOption { return func(c *slopeConfig) { c.dims = dims } }

// SecondOrderEdges estimates the first and last slope from three values, not two.
func SecondOrderEdges(c *slopeConfig) { c.second = true }

// Gradient estimates the slopes of a function with the values t along each dim:
// inside from both neighbours, with an error of second order, and at the edges
// from the one there is. (Backward differentiates; this is numerical.)
//
//	shape:  for each dim t's
//	dtype:  floating point; integers give float32
//	panics: *Error for a dim that is out of range, given twice or too short, and
//	for as many spacings or coordinates as do not fit
//	source: torch.gradient; Fornberg, Generation of Finite Difference Formulas, 1988
func (t *Tensor) Gradient(opts ...SlopeOption) []*Tensor {
	const op = "gradient"
	var c slopeConfig
	for _, o := range opts {
		o(&c)
	}
	t.known(op)
	c.check(op, t)
	out := make([]*Tensor, len(c.dims))
	for i, d := range c.dims {
		if c.points == nil {
			out[i] = t.evenSlope(c.steps[i], d, c.second)
		} else {
			out[i] = t.slope(c.points[i], d, c.second)
		}
	}
	return out
}

// check fills in what was not given.
func (c *slopeConfig) check(op string, t *Tensor) {
	if c.dims == nil {
		for d := range t.Dim() {
			c.dims = append(c.dims, d)
		}
	}
	t.dims(op, c.dims)
	dims := make([]int, len(c.dims))
	for i, d := range c.dims {
		dims[i] = t.dim(op, d)
		if n, least := t.shape()[dims[i]], 2+b2i(c.second); n < least {
			misuse(op, fmt.Errorf("dim %d has %d values; want at least %d", d, n, least), t)
		}
	}
	c.dims = dims
	if c.points != nil {
		if len(c.points) != len(dims) {
			misuse(op, fmt.Errorf("%d coordinates for %d dims", len(c.points), len(dims)), t)
		}
		for i, p := range c.points {
			if p.Dim() != 1 || p.Len() != t.shape()[dims[i]] {
				misuse(op, fmt.Errorf("coordinates of shape %v; want %d", p.shape(), t.shape()[dims[i]]), t, p)
			}
		}
		return
	}
	for len(c.steps) < len(dims) && len(c.steps) <= 1 {
		step := 1.0
		if len(c.steps) == 1 {
			step = c.steps[0]
		}
		full := make([]float64, len(dims))
		for i := range full {
			full[i] = step
		}
		c.steps = full
	}
	if len(c.steps) != len(dims) {
		misuse(op, fmt.Errorf("%d spacings for %d dims", len(c.steps), len(dims)), t)
	}
}

// evenSlope is the slope along d of values that are step apart.
func (t *Tensor) evenSlope(step float64, d int, second bool) *Tensor {
	n := t.shape()[d]
	at := func(i int) *Tensor { return t.Narrow(d, (i+n)%n, 1) }
	first, last := at(1).Sub(at(0)), at(-1).Sub(at(-2))
	if second {
		first = at(0).MulScalar(-1.5).Add(at(1).MulScalar(2)).Sub(at(2).MulScalar(0.5))
		last = at(-1).MulScalar(1.5).Sub(at(-2).MulScalar(2)).Add(at(-3).MulScalar(0.5))
	}
	inside := t.Narrow(d, 2, n-2).Sub(t.Narrow(d, 0, n-2)).DivScalar(step).DivScalar(2.0)
	return Cat(d, first.DivScalar(step), inside, last.DivScalar(step))
}

// slope is the slope along d of values at the points x: of each three the
// derivative, there, of the parabola through them.
func (t *Tensor) slope(x *Tensor, d int, second bool) *Tensor {
	n := t.shape()[d]
	dx := x.Narrow(0, 1, n-1).Sub(x.Narrow(0, 0, n-1))
	shape := make([]int, t.Dim()-d)
	for i := range shape {
		shape[i] = 1
	}
	shape[0] = -1
	dx = dx.Reshape(shape...)
	part := func(v *Tensor, from, m int) *Tensor {
		return v.Narrow(v.Dim()-t.Dim()+d, from, m)
	}
	step := func(i, m int) *Tensor { return dx.Narrow(0, i, m) }
	h, k := step(0, n-2), step(1, n-2)
	sum := h.Add(k)
	inside := k.Neg().Div(h.Mul(sum)).Mul(part(t, 0, n-2)).
		Add(k.Sub(h).Div(h.Mul(k)).Mul(part(t, 1, n-2))).
		Add(h.Div(k.Mul(sum)).Mul(part(t, 2, n-2)))
	if !second {
		first := part(t, 1, 1).Sub(part(t, 0, 1)).Div(step(0, 1))
		last := part(t, n-1, 1).Sub(part(t, n-2, 1)).Div(step(n-2, 1))
		return Cat(d, first, inside, last)
	}
	edge := func(h, k *Tensor, a, b, c int) *Tensor { // h is next to the edge
		sum := h.Add(k)
		return sum.Add(h).Neg().Div(h.Mul(sum)).Mul(part(t, a, 1)).
			Add(sum.Div(h.Mul(k)).Mul(part(t, b, 1))).
			Sub(h.Div(k.Mul(sum)).Mul(part(t, c, 1)))
	}
	first := edge(step(0, 1), step(1, 1), 0, 1, 2)
	last := edge(step(n-2, 1), step(n-3, 1), n-1, n-2, n-3).Neg()
	return Cat(d, first, inside, last)
}

// slopeOptions reads PyTorch's spacing, dim and edge_order.
func (a *Args) slopeOptions() (o []SlopeOption) {
	if a.Has("dim") {
		o = append(o, Along(a.Ints("dim")...))
	}
	switch order := a.Int("edge_order"); order {
	case 1:
	case 2:
		o = append(o, SecondOrderEdges)
	default:
		misuse("gradient", fmt.Errorf("edge order %d; want 1 or 2", order))
	}
	list, ok := a.Any("spacing").([]any)
	if !ok {
		if a.Has("spacing") {
			o = append(o, Spacing(a.Float("spacing")))
		}
		return o
	}
	var steps []float64
	for _, v := range list {
		if x, ok := toArray(v); ok {
			steps = append(steps, x.V[0])
		}
	}
	if len(steps) == len(list) {
		if a.Has("dim") && len(steps) != len(a.Ints("dim")) { // a list of one is not for all
			misuse("gradient", fmt.Errorf("%d spacings for %d dims", len(steps), len(a.Ints("dim"))), a.Tensor("input"))
		}
		return append(o, Spacing(steps...))
	}
	return append(o, Coordinates(a.Tensors("spacing")...))
}

func gradientEntry() Entry {
	kw := func(dim, spacing any, order int) map[string]any {
		return map[string]any{"dim": dim, "spacing": spacing, "edge_order": order}
	}
	at3, at4 := In(3).With(0, 0.5, 2), In(4).With(-1, 0, 0.25, 3)
	return Entry{
		Name: "gradient", Sig: "gradient(input, *, spacing=None, dim=None, edge_order=1)", At: Here(),
		Go:     []string{"Gradient", "Spacing", "Coordinates", "Along", "SecondOrderEdges"},
		Call:   func(a *Args) []*Tensor { return a.Tensor("input").Gradient(a.slopeOptions()...) },
		Ref:    refGradient,
		Out:    OutFloat,
		DTypes: []DType{Float32, Float64, Int32},
		Samples: []Sample{
			{Args: []any{In(2)}}, {Args: []any{In(5)}}, {Args: []any{In(3, 4)}}, {Args: []any{In(3, 4)}, Kw: kw(nil, 0.5, 2)},
			{Args: []any{In(3, 4)}, Kw: kw([]any{0, -1}, []any{0.5, 2}, 1)}, {Args: []any{In(3, 4)}, Kw: kw(1, []any{at4}, 1), Only: []DType{Float32, Float64}, GradTol: 64},
			{Args: []any{In(3, 4)}, Kw: kw(nil, []any{at3, at4}, 2), Only: []DType{Float32, Float64}, GradTol: 64}, {Args: []any{In(2, 0)}, Kw: kw(0, nil, 1)},
		},
		Bad: []Bad{
			{Args: []any{In(1)}, Want: "tensor: gradient [1]: dim 0 has 1 values; want at least 2"},
			{Args: []any{In(2)}, Kw: kw(nil, nil, 2), Want: "tensor: gradient [2]: dim 0 has 2 values; want at least 3"},
			{Args: []any{In(2)}, Kw: kw(nil, nil, 3), Want: "tensor: gradient: edge order 3; want 1 or 2"},
			{Args: []any{In(2, 2)}, Kw: kw([]any{1, 1}, 0.1, 1), Want: "tensor: gradient [2 2]: dim 1 is given twice"},
			{Args: []any{In(2, 2)}, Kw: kw(2, nil, 1), Want: "tensor: gradient [2 2]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(2, 2)}, Kw: kw([]any{1, 0}, []any{0.1}, 1), Want: "tensor: gradient [2 2]: 1 spacings for 2 dims"},
			{Args: []any{In(2, 2)}, Kw: kw(nil, []any{In(2)}, 1), Want: "tensor: gradient [2 2]: 1 coordinates for 2 dims"},
			{Args: []any{In(2)}, Kw: kw(nil, []any{In(3)}, 1), Want: "tensor: gradient [2], [3]: coordinates of shape [3]; want 2"},
		},
		Abs: 16, Why: map[string]string{"0-d": "a scalar has no dim", "size-1": "two values make a slope", "tol": "differences cancel", "infinite": "a coefficient may be 0",
			"special": "Inf - Inf in other places"},
	}
}

// refPoints is where the n values along the i-th dim are.
func refPoints(a *Args, i, n int) []float64 {
	list, _ := a.Any("spacing").([]any)
	p := make([]float64, n)
	for k := range p {
		step := Array{V: []float64{1}}
		switch {
		case list != nil:
			step, _ = toArray(list[i])
		case a.Has("spacing"):
			step, _ = toArray(a.Any("spacing"))
		}
		if p[k] = float64(k) * step.V[0]; len(step.V) > 1 {
			p[k] = step.V[k]
		}
	}
	return p
}

// refGradient takes the slope of the line or parabola through two or three
// neighbours, by Lagrange's formula.
func refGradient(a *Args) []Array {
	x := a.Array("input")
	dims := a.Ints("dim")
	if dims == nil {
		for d := range x.Shape {
			dims = append(dims, d)
		}
	}
	var out []Array
	for i, d := range dims {
		n := x.Shape[(d+len(x.Shape))%len(x.Shape)]
		p := refPoints(a, i, n)
		slope := func(y []float64, i int, at ...int) float64 {
			s := 0.0
			for _, j := range at {
				for _, m := range at {
					if m == j {
						continue
					}
					w := 1 / (p[j] - p[m])
					for _, k := range at {
						if k != j && k != m {
							w *= (p[i] - p[k]) / (p[j] - p[k])
						}
					}
					s += w * y[j]
				}
			}
			return s
		}
		out = append(out, refLines(x, d, false, func(y []float64) [][]float64 {
			z := make([]float64, len(y))
			for i := range y {
				switch last := n - 1; {
				case i > 0 && i < last:
					z[i] = slope(y, i, i-1, i, i+1)
				case a.Int("edge_order") == 1:
					z[i] = slope(y, i, max(i-1, 0), max(i-1, 0)+1)
				default:
					first := min(max(i-1, 0), n-3)
					z[i] = slope(y, i, first, first+1, first+2)
				}
			}
			return [][]float64{z}
		})...)
	}
	return out
}
