package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Closeness says how near two numbers must be for IsClose and AllClose:
// |t-u| <= ATol + RTol·|u|. PyTorch's values are 1e-5, 1e-8 and false where
// none are given.
type Closeness struct {
	RTol, ATol float64
	EqualNaN   bool // NaN is close to NaN
}

// IsClose tells for each element of t whether it is near to that of u; an
// infinity is close to itself only.
//
//	shape:  t and u broadcast
//	dtype:  the same for both; bool
//	panics: *Error for different dtypes, and a tolerance below 0
//	source: torch.isclose
func (t *Tensor) IsClose(u *Tensor, c Closeness) *Tensor { return Apply(isCloseOp{c: c}, t, u) }

// AllClose reports whether all elements of t are near to those of u; see
// IsClose. It waits for the values.
//
//	source: torch.allclose
func (t *Tensor) AllClose(u *Tensor, c Closeness) bool { return Item[bool](t.IsClose(u, c).All()) }

// Equal reports whether t and u have the same shape and equal elements; NaN
// equals nothing. It waits for the values.
//
//	source: torch.equal
func (t *Tensor) Equal(u *Tensor) bool {
	if s, v := t.known("equal").spec(), u.known("equal").spec(); s.Rank != v.Rank || s.Dim != v.Dim {
		return false
	}
	t, u = promote(t, u)
	return Item[bool](Apply(equalOp{}, t, u))
}

type equalOp struct{ NotDifferentiable }

func (equalOp) Name() string                             { return "equal" }
func (equalOp) Kernel() device.Kernel                    { return device.Equal }
func (equalOp) Infer([]*Tensor) (s device.Spec, _ error) { return device.Spec{DType: Bool}, nil }
func (equalOp) Body(in []*Tensor) *Tensor                { return in[0].Eq(in[1]).All() }

type isCloseOp struct {
	NotDifferentiable
	c Closeness
}

func (isCloseOp) Name() string          { return "isclose" }
func (isCloseOp) Kernel() device.Kernel { return device.IsClose }
func (o isCloseOp) Attr() any           { return device.Near{RTol: o.c.RTol, ATol: o.c.ATol, NaN: o.c.EqualNaN} }
func (o isCloseOp) Infer(in []*Tensor) (device.Spec, error) {
	for _, tol := range []float64{o.c.RTol, o.c.ATol} {
		if !(tol >= 0) {
			return device.Spec{}, fmt.Errorf("a tolerance is %v; want 0 or more", tol)
		}
	}
	return Predicate{}.Infer(in)
}
func (o isCloseOp) Body(in []*Tensor) *Tensor {
	t, u := in[0], in[1]
	near := t.Eq(u)
	if o.c.EqualNaN {
		near = near.LogicalOr(t.IsNaN().LogicalAnd(u.IsNaN()))
	}
	if o.c.RTol == 0 && o.c.ATol == 0 {
		return near
	}
	u = u.floating()
	off := t.floating().Sub(u).Abs()
	allowed := u.Abs().MulScalar(o.c.RTol).AddScalar(o.c.ATol)
	return near.LogicalOr(off.Le(allowed).LogicalAnd(off.IsFinite()))
}

// closeness are the arguments of that meaning.
func (a *Args) closeness() Closeness {
	return Closeness{a.Float("rtol"), a.Float("atol"), a.Bool("equal_nan")}
}

// refClose is the definition for one pair.
func refClose(x, y float64, c Closeness) bool {
	switch {
	case x == y:
		return true
	case x != x || y != y:
		return c.EqualNaN && x != x && y != y
	}
	off := max(x-y, y-x)
	return off-off == 0 && off <= c.ATol+c.RTol*max(y, -y)
}

func isCloseEntry() Entry {
	kw := func(rtol, atol float64, nan bool) map[string]any {
		return map[string]any{"rtol": rtol, "atol": atol, "equal_nan": nan}
	}
	near := []any{In(5).With(1, 2, 4, -8, 0), In(5).With(1, 2.5, 4.25, -8.5, 0.25)}
	s := BinarySamples()
	for i := range s {
		s[i].NoGrad = true
	}
	s = append(s, Sample{Args: near, Kw: kw(0.25, 0, false)}, Sample{Args: near, Kw: kw(0, 0.375, true)}, Sample{Args: near, Kw: kw(0, 0, true)},
		Sample{Args: []any{In(2, 3), In(3)}, Kw: kw(0.5, 0.25, true)})
	return Entry{
		Name: "isclose", Sig: "isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)", At: Here(), Ops: []any{isCloseOp{}}, Go: []string{"IsClose"},
		Call: func(a *Args) []*Tensor {
			return one(a.OnlyTensor("input").IsClose(a.OnlyTensor("other"), a.closeness()))
		},
		Ref: func(a *Args) []Array {
			pair := Args{names: []string{"input", "other"}, values: a.values}
			return RefMap(func(x ...float64) float64 { return float64(b2i(refClose(x[0], x[1], a.closeness()))) })(&pair)
		},
		Out:     OutBool,
		DTypes:  AllDTypes,
		Samples: s,
		Bad: append(BroadcastBad("isclose"),
			Bad{Args: []any{In(2), In(2).As(Float64)}, Want: "tensor: isclose [2], [2]: dtypes float32 and float64 differ"},
			Bad{Args: []any{In(2), In(2)}, Kw: map[string]any{"rtol": -0.5}, Want: "tensor: isclose [2], [2]: a tolerance is -0.5; want 0 or more"}),
	}
}

func allCloseEntry() Entry {
	e := isCloseEntry()
	e.Name, e.Sig, e.At, e.Go = "allclose", "allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)", Here(), []string{"AllClose"}
	ref := e.Ref
	e.Call = func(a *Args) []*Tensor {
		return one(Scalar(a.OnlyTensor("input").AllClose(a.OnlyTensor("other"), a.closeness())))
	}
	e.Ref = func(a *Args) []Array { return refAll(ref(a)[0]) }
	return e
}

// refAll is 1 if no element is 0.
func refAll(x Array) []Array {
	out := Array{nil, []float64{1}}
	for _, v := range x.V {
		out.V[0] *= v
	}
	return []Array{out}
}

func equalEntry() Entry {
	return Entry{
		Name: "equal", Sig: "equal(input, other)", At: Here(), Ops: []any{equalOp{}}, Go: []string{"Equal"},
		Call: func(a *Args) []*Tensor { return one(Scalar(a.OnlyTensor("input").Equal(a.OnlyTensor("other")))) },
		Ref: func(a *Args) []Array {
			x, y := a.Array("input"), a.Array("other")
			out := Array{nil, []float64{float64(b2i(len(x.Shape) == len(y.Shape)))}}
			for i := range x.Shape {
				if out.V[0] != 0 && x.Shape[i] != y.Shape[i] {
					out.V[0] = 0
				}
			}
			for i := range x.V {
				if out.V[0] != 0 && x.V[i] != y.V[i] {
					out.V[0] = 0
				}
			}
			return []Array{out}
		},
		Out:     OutBool,
		DTypes:  AllDTypes,
		Samples: append(BinarySamples(), Sample{Args: []any{In(3).With(1, 2, 3), In(3).With(1, 2, 3)}}, Sample{Args: []any{In(3).With(1, 2, 3), In(3).With(1, 2, 4)}}),
		Why:     map[string]string{"errors": "any two tensors are equal or not"},
	}
}
