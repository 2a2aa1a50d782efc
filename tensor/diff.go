package tensor

import (
	"errors"
	"fmt"
)

// A DiffOption gives Diff more elements at an end.
type DiffOption func(*diffConfig)

type diffConfig struct{ before, after *Tensor }

// Prepend puts u before the first elements along the dim.
func Prepend(u *Tensor) DiffOption { return func(c *diffConfig) { c.before = u } }

// Append puts u after the last elements along the dim.
func Append(u *Tensor) DiffOption { return func(c *diffConfig) { c.after = u } }

// Diff returns the differences of neighbours along dim, n times over: for n = 1
// x[i+1] - x[i]. For bool the difference is LogicalXor.
//
//	shape:  t's with n fewer in dim, and none below 0
//	panics: *Error for a scalar, n < 0, or a dim out of range
//	source: torch.diff
func (t *Tensor) Diff(n, dim int, opts ...DiffOption) *Tensor {
	const op = "diff"
	d := t.dim(op, dim)
	switch {
	case t.Dim() == 0:
		misuse(op, errors.New("a scalar has no neighbours; want at least one dim"), t)
	case n < 0:
		misuse(op, fmt.Errorf("n is %d; want 0 or more", n), t)
	}
	var c diffConfig
	for _, o := range opts {
		o(&c)
	}
	parts := []*Tensor{t}
	if c.before != nil {
		parts = append([]*Tensor{c.before}, parts...)
	}
	if c.after != nil {
		parts = append(parts, c.after)
	}
	if n == 0 {
		return t.Clone()
	}
	if len(parts) > 1 {
		t = Cat(d, parts...)
	}
	for range min(n, t.shape()[d]) {
		m := t.shape()[d] - 1
		next, last := t.Narrow(d, 1, m), t.Narrow(d, 0, m)
		if t.DType() == Bool {
			t = next.LogicalXor(last)
		} else {
			t = next.Sub(last)
		}
	}
	return t
}

// diffOptions reads PyTorch's prepend and append.
func (a *Args) diffOptions() (o []DiffOption) {
	if a.Has("prepend") {
		o = append(o, Prepend(a.Tensor("prepend")))
	}
	if a.Has("append") {
		o = append(o, Append(a.Tensor("append")))
	}
	return o
}

func diffEntry() Entry {
	return Entry{
		Name: "diff", Sig: "diff(input, n=1, dim=-1, prepend=None, append=None)", At: Here(), Go: []string{"Diff", "Prepend", "Append"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Diff(a.Int("n"), a.Int("dim"), a.diffOptions()...))
		},
		Ref: func(a *Args) []Array {
			x, dim := a.Array("input"), a.Int("dim")
			for i, name := range []string{"prepend", "append"} {
				if a.Has(name) && a.Int("n") > 0 {
					parts := []Array{x, a.Array(name)}
					x = refJoin(dim, parts[1-i], parts[i])
				}
			}
			return refLines(x, dim, false, func(x []float64) [][]float64 {
				y := append([]float64{}, x...)
				for range min(a.Int("n"), len(x)) {
					for i := range len(y) - 1 {
						y[i] = y[i+1] - y[i]
					}
					y = y[:len(y)-1]
				}
				return [][]float64{y}
			})
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(1)}}, {Args: []any{In(5)}}, {Args: []any{In(2, 4), 2, 1}, Only: Numbers}, {Args: []any{In(4, 2), 1, 0}}, {Args: []any{In(2, 3), 0}},
			{Args: []any{In(2, 3), 7}}, {Args: []any{In(2, 3, 2), 1, -2}}, {Args: []any{In(2, 0)}}, {Args: []any{In(2, 3), 1, -1, In(2, 1), In(2, 2)}},
			{Args: []any{In(2, 3), 2, 0}, Kw: map[string]any{"append": In(1, 3)}, Only: Numbers},
		},
		Bad: []Bad{
			{Args: []any{In()}, Want: "tensor: diff []: a scalar has no neighbours; want at least one dim"},
			{Args: []any{In(2), 1, 1}, Want: "tensor: diff [2]: dim 1 is out of range; want -1 to 0"},
			{Args: []any{In(2), -1}, Want: "tensor: diff [2]: n is -1; want 0 or more"},
		},
		Why: map[string]string{"0-d": "a scalar has no neighbours"},
	}
}

// refJoin is a and b one after the other along dim.
func refJoin(dim int, a, b Array) Array {
	d := (dim + len(a.Shape)) % len(a.Shape)
	shape := append([]int{}, a.Shape...)
	shape[d] += b.Shape[d]
	out := NewArray(shape...)
	for i := range out.V {
		at := out.Index(i)
		from := a
		if at[d] >= a.Shape[d] {
			at[d] -= a.Shape[d]
			from = b
		}
		out.V[i] = from.V[refPos(from, at)]
	}
	return out
}
