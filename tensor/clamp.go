package tensor

import (
	"errors"
	"maps"
	"math"

	"github.com/facula-ml/facula/device"
)

// Clamp limits each element of t to lo…hi, Go numbers; nil is no bound. NaN
// stays NaN, and where lo > hi the result is hi. The gradient passes on the
// bounds and between.
//
//	dtype:  t and the bounds promoted
//	panics: *Error if both bounds are nil, or for bool
//	source: torch.clamp
func (t *Tensor) Clamp(lo, hi any) *Tensor {
	var p promotion
	var bounds []device.Number
	p.tensor(t)
	for _, v := range []any{lo, hi} {
		if v != nil {
			n, d := number("clamp", v)
			p.join(&p.number, d)
			bounds = append(bounds, n)
		}
	}
	d := p.result()
	switch {
	case bounds == nil:
		misuse("clamp", errNoBound, t)
	case d == Bool:
		misuse("clamp", errors.New("dtype bool; want a number"), t)
	}
	in := []*Tensor{t.Cast(d)}
	for _, n := range bounds {
		in = append(in, scalarOf(t.b.dev, d, n))
	}
	return Apply(clampOp{lo: lo != nil, hi: hi != nil}, in...)
}

var errNoBound = errors.New("no bound; want at least one")

// ClampMin returns the larger of each element of t and the number v.
//
//	source: torch.clamp_min
func (t *Tensor) ClampMin(v any) *Tensor { return t.Clamp(v, nil) }

// ClampMax returns the smaller of each element of t and the number v.
//
//	source: torch.clamp_max
func (t *Tensor) ClampMax(v any) *Tensor { return t.Clamp(nil, v) }

// ClampTensor is [Tensor.Clamp] with bounds that are tensors and broadcast
// with t; nil is no bound. A bound gets the gradient of the elements that it
// replaces.
func (t *Tensor) ClampTensor(lo, hi *Tensor) *Tensor {
	if lo == nil && hi == nil {
		misuse("clamp", errNoBound, t)
	}
	in := []*Tensor{t}
	for _, u := range []*Tensor{lo, hi} {
		if u != nil {
			in = append(in, u)
		}
	}
	return Apply(clampOp{lo: lo != nil, hi: hi != nil}, promoteAll(in...)...)
}

// ClampInPlace limits t to lo…hi, as Clamp does. It returns t; see AddInPlace.
//
//	source: torch.Tensor.clamp_
func (t *Tensor) ClampInPlace(lo, hi any) *Tensor {
	return t.change("clamp", func(x *Tensor) *Tensor { return x.Clamp(lo, hi) })
}

// clampOp has the inputs t and, where it has them, the lower and upper bound.
type clampOp struct {
	Elementwise
	lo, hi bool
}

func (clampOp) Name() string          { return "clamp" }
func (clampOp) Kernel() device.Kernel { return device.NoKernel }
func (clampOp) Reads() Reads          { return AllIn }
func (o clampOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	if o.lo {
		x = x.Maximum(in[1])
	}
	if o.hi {
		x = x.Minimum(in[len(in)-1])
	}
	return x
}

// PyTorch's rules: on a bound the gradient is that of t, where the bounds are
// the wrong way round it is that of hi, and where one is NaN nobody's.
func (o clampOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	x, last := c.In(0), c.Inputs()-1
	zero := scalarOf(dy.b.dev, dy.DType(), device.Number{})
	if c.Needs(0) {
		g[0] = dy
		if o.lo {
			g[0] = Where(x.Ge(c.In(1)), g[0], zero)
		}
		if o.hi {
			g[0] = Where(x.Le(c.In(last)), g[0], zero)
		}
	}
	if o.lo && c.Needs(1) {
		below := x.Lt(c.In(1))
		if o.hi {
			below = below.LogicalAnd(c.In(1).Lt(c.In(2)))
		}
		g[1] = Where(below, dy, zero)
	}
	if o.hi && c.Needs(last) {
		above := x.Gt(c.In(last))
		if o.lo {
			above = above.LogicalOr(c.In(2).Lt(c.In(1)))
		}
		g[last] = Where(above, dy, zero)
	}
	return g
}

// clamp is torch.clamp with the named bounds.
func (a *Args) clamp(lo, hi string) *Tensor {
	t := a.OnlyTensor("input")
	if a.IsTensor(lo) || a.IsTensor(hi) {
		bound := func(name string) *Tensor {
			if !a.Has(name) {
				return nil
			}
			return a.OnlyTensor(name)
		}
		return t.ClampTensor(bound(lo), bound(hi))
	}
	return t.Clamp(a.Any(lo), a.Any(hi))
}

// refClamp puts infinities in the place of bounds that are not there.
func refClamp(a *Args) []Array {
	b := Args{names: []string{"input", "min", "max"}, values: maps.Clone(a.values)}
	for name, v := range map[string]float64{"min": math.Inf(-1), "max": math.Inf(1)} {
		if !a.Has(name) {
			b.values[name] = v
		}
	}
	return RefMap(func(x ...float64) float64 { return min(max(x[0], x[1]), x[2]) })(&b)
}

func clampEntry() Entry {
	lo, hi := In(3).Within(-1.5, -0.6), In(2, 1).Within(0.6, 1.5)
	e := Entry{
		Name: "clamp", Sig: "clamp(input, min=None, max=None)", At: Here(), Ops: []any{clampOp{lo: true, hi: true}},
		Go:     []string{"Clamp", "ClampTensor", "ClampInPlace"},
		Call:   func(a *Args) []*Tensor { return one(a.clamp("min", "max")) },
		Ref:    refClamp,
		DTypes: Numbers,
		Samples: []Sample{
			{Args: []any{In(2, 3), lo, hi}}, {Args: []any{In(2, 3), nil, hi}}, {Args: []any{In(3), lo, nil}},
			{Args: []any{In(2, 3).Within(-5, 5), In(2, 3), In(2, 3)}}, {Args: []any{In(), In(), In()}}, {Args: []any{In(1), In(1), In(1)}},
			{Args: []any{In(2, 0), In(1), nil}}, {Args: []any{In(3), 0.5, 2}, Only: Ints, Out: OutFloat}, {Args: []any{In(700), -0.75, 0.5}, Only: Floats},
			{Args: []any{In(3).With(1, 2, 3), 2, 2}, NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(2)}, Want: "tensor: clamp [2]: no bound; want at least one"},
			{Args: []any{In(2).As(Bool), true, nil}, Want: "tensor: clamp [2]: dtype bool; want a number"},
			{Args: []any{In(2, 3), In(4), nil}, Want: "tensor: clamp [2 3], [4]: dim -1 is 3 and 4; want equal, or one of them 1"},
		},
	}
	for _, b := range [][2]any{{0, 1}, {nil, 1}, {1, nil}, {2, 1}} {
		e.Samples = append(e.Samples, Sample{Args: []any{In(3, 4), b[0], b[1]}})
	}
	return e
}

// clampOneEntry is the entry of clamp with one bound.
func clampOneEntry(name, bound, method string, op clampOp) Entry {
	return Entry{
		Name: name, Sig: name + "(input, " + bound + ")", At: Here(), Ops: []any{op}, Go: []string{method},
		Call:    func(a *Args) []*Tensor { return one(a.clamp("min", "max")) },
		Ref:     refClamp,
		DTypes:  AllDTypes,
		Samples: append(BinaryWithin(-2, 2, -1.9, 2.1), numberSamples()...),
		Bad:     []Bad{{Args: []any{In(2).As(Bool), true}, Want: "tensor: clamp [2]: dtype bool; want a number"}},
	}
}

func clampMinEntry() Entry {
	return clampOneEntry("clamp_min", "min", "ClampMin", clampOp{lo: true})
}

func clampMaxEntry() Entry {
	return clampOneEntry("clamp_max", "max", "ClampMax", clampOp{hi: true})
}
