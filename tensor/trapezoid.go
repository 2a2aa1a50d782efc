package tensor

import "fmt"

// Trapezoid returns the integral along dim of a function with the values t,
// which are dx apart, by the trapezoid rule:
//
//	Σ dx · (y[i] + y[i+1]) / 2
//
//	shape:  t's without the dim
//	dtype:  floating point; integers give float32
//	panics: *Error if dim is out of range
//	source: torch.trapezoid with dx
func (t *Tensor) Trapezoid(dx float64, dim int) *Tensor {
	d, n := t.dim("trapezoid", dim), t.sizeToCut("trapezoid", dim)
	if n == 0 {
		return t.floating().Sum(Dims(d))
	}
	ends := t.Select(d, 0).Add(t.Select(d, n-1)).MulScalar(0.5)
	return t.Sum(Dims(d)).Sub(ends).MulScalar(dx)
}

// TrapezoidAt is [Tensor.Trapezoid] with values at the points x.
//
//	shape:  x of one dim, as long as t's dim, or broadcast with t
//	panics: *Error for other shapes
//	source: torch.trapezoid with x
func (t *Tensor) TrapezoidAt(x *Tensor, dim int) *Tensor {
	pair, dx, d := t.panels("trapezoid", x, dim)
	return pair.Mul(dx).Sum(Dims(d)).DivScalar(2.0)
}

// CumulativeTrapezoid is [Tensor.Trapezoid] up to each value but the first.
//
//	shape:  t's with one fewer in dim
//	source: torch.cumulative_trapezoid with dx
func (t *Tensor) CumulativeTrapezoid(dx float64, dim int) *Tensor {
	pair, d := t.pairs("cumulative_trapezoid", dim)
	return pair.MulScalar(dx / 2).CumSum(d)
}

// CumulativeTrapezoidAt is [Tensor.TrapezoidAt] up to each value but the first.
//
//	shape:  t's with one fewer in dim
//	source: torch.cumulative_trapezoid with x
func (t *Tensor) CumulativeTrapezoidAt(x *Tensor, dim int) *Tensor {
	pair, dx, d := t.panels("cumulative_trapezoid", x, dim)
	return pair.Mul(dx).CumSum(d).DivScalar(2.0)
}

// pairs is the sums of neighbours along a dim, which is counted from the front.
func (t *Tensor) pairs(op string, dim int) (*Tensor, int) {
	d, n := t.dim(op, dim), t.sizeToCut(op, dim)
	if n == 0 {
		return t, d
	}
	return t.Narrow(d, 0, n-1).Add(t.Narrow(d, 1, n-1)), d
}

// panels is pairs, and how far apart the points x are, in a shape that broadcasts.
func (t *Tensor) panels(op string, x *Tensor, dim int) (pair, dx *Tensor, d int) {
	pair, d = t.pairs(op, dim)
	n := t.shape()[d]
	switch {
	case x.known(op).Dim() == 1 && x.Len() == n:
		shape := make([]int, t.Dim()-d)
		for i := range shape {
			shape[i] = 1
		}
		shape[0] = n
		x = x.Reshape(shape...)
	case x.Dim() == 1 || x.Dim() < t.Dim()-d:
		misuse(op, fmt.Errorf("want one point for each of the %d values along dim %d", n, dim), t, x)
	}
	at := x.Dim() - (t.Dim() - d)
	m := x.shape()[at]
	if n == 0 || m == 0 {
		return pair, x.Narrow(at, 0, 0), d
	}
	return pair, x.Narrow(at, 1, m-1).Sub(x.Narrow(at, 0, m-1)), d
}

// refAreas is the areas of the panels.
func refAreas(a *Args) Array {
	y := a.Array("y")
	d := (a.Int("dim") + len(y.Shape)) % len(y.Shape)
	point := func(at []int) float64 {
		switch {
		case !a.Has("x"):
			return float64(at[d]) * a.Float("dx")
		case len(a.Array("x").Shape) == 1:
			return a.Array("x").V[at[d]]
		}
		return a.Array("x").At(at...)
	}
	shape := append([]int{}, y.Shape...)
	shape[d] = max(shape[d]-1, 0)
	out := NewArray(shape...)
	for i := range out.V {
		at := out.Index(i)
		left, from := y.At(at...), point(at)
		at[d]++
		out.V[i] = 0.5 * (left + y.At(at...)) * (point(at) - from)
	}
	return out
}

func trapezoidEntryOf(name string, by func(t *Tensor, dx float64, dim int) *Tensor, at func(t, x *Tensor, dim int) *Tensor) Entry {
	return Entry{
		Name: name, Sig: name + "(y, x=None, *, dx=None, dim=-1)",
		Call: func(a *Args) []*Tensor {
			if a.Has("x") {
				return one(at(a.Tensor("y"), a.Tensor("x"), a.Int("dim")))
			}
			dx := 1.0
			if a.Has("dx") {
				dx = a.Float("dx")
			}
			return one(by(a.Tensor("y"), dx, a.Int("dim")))
		},
		DTypes: []DType{Float32, Float64, Int32},
		Out:    OutFloat,
		Samples: []Sample{
			{Args: []any{In(1)}}, {Args: []any{In(5)}, Kw: map[string]any{"dx": 0.5}}, {Args: []any{In(3, 4)}, Kw: map[string]any{"dim": 0, "dx": 2}},
			{Args: []any{In(3, 4), In(4).Distinct()}}, {Args: []any{In(3, 4), In(3).Distinct()}, Kw: map[string]any{"dim": -2}},
			{Args: []any{In(3, 4), In(3, 4)}}, {Args: []any{In(2, 3, 4), In(3, 4)}, Kw: map[string]any{"dim": 1}}, {Args: []any{In(0, 3)}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3)}, Kw: map[string]any{"dim": 2}, Want: "tensor: " + name + " [2 3]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(2, 3), In(2)}, Want: "tensor: " + name + " [2 3], [2]: want one point for each of the 3 values along dim -1"},
		},
		Abs: 1, Why: map[string]string{"0-d": "a scalar has no panels", "tol": "the sum of areas may cancel", "infinite": "a panel may have the width 0",
			"special": "as PyTorch, it subtracts half the ends, which may be infinite"},
	}
}

func trapezoidEntry() Entry {
	e := trapezoidEntryOf("trapezoid", (*Tensor).Trapezoid, (*Tensor).TrapezoidAt)
	e.At, e.Go = Here(), []string{"Trapezoid", "TrapezoidAt"}
	e.Ref = func(a *Args) []Array {
		return refLines(refAreas(a), a.Int("dim"), true, func(x []float64) [][]float64 {
			s := 0.0
			for _, v := range x {
				s += v
			}
			return [][]float64{{s}}
		})
	}
	return e
}

func trapzEntry() Entry {
	e := trapezoidEntry().as("trapz")
	e.Sig, e.At, e.Bad = "trapz(y, x=None, *, dx=None, dim=-1)", Here(), e.Bad[:0]
	e.Bad = []Bad{{Args: []any{In(2, 3)}, Kw: map[string]any{"dim": 2}, Want: "tensor: trapezoid [2 3]: dim 2 is out of range; want -2 to 1"}}
	return e
}

func cumulativeTrapezoidEntry() Entry {
	e := trapezoidEntryOf("cumulative_trapezoid", (*Tensor).CumulativeTrapezoid, (*Tensor).CumulativeTrapezoidAt)
	e.At, e.Go = Here(), []string{"CumulativeTrapezoid", "CumulativeTrapezoidAt"}
	e.Ref = func(a *Args) []Array {
		return refLines(refAreas(a), a.Int("dim"), false, func(x []float64) [][]float64 {
			y, s := make([]float64, len(x)), 0.0
			for i, v := range x {
				s += v
				y[i] = s
			}
			return [][]float64{y}
		})
	}
	return e
}
