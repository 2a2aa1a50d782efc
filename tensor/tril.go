package tensor

import (
	"errors"
	"math"

	"github.com/facula-ml/facula/device"
)

// Tril returns the lower triangle of matrices, with zeros above the given
// diagonal: 0 is the main one, 1 the next above it, -1 the next below it.
//
//	shape:  [..., m, n] → same
//	panics: *Error if t has fewer than two dims
//	source: torch.tril
func (t *Tensor) Tril(diagonal int) *Tensor { return Apply(triangleOp{within(diagonal), false}, t) }

// Triu returns the upper triangle of matrices, with zeros below the given
// diagonal; see Tril.
//
//	shape:  [..., m, n] → same
//	panics: *Error if t has fewer than two dims
//	source: torch.triu
func (t *Tensor) Triu(diagonal int) *Tensor { return Apply(triangleOp{within(diagonal), true}, t) }

type triangleOp struct {
	diagonal int
	upper    bool
}

func (o triangleOp) Name() string {
	if o.upper {
		return "triu"
	}
	return "tril"
}
func (triangleOp) Kernel() device.Kernel { return device.Triangle }
func (triangleOp) Reads() Reads          { return Nothing }
func (o triangleOp) Attr() any           { return device.Diagonal{Offset: o.diagonal, Upper: o.upper} }
func (triangleOp) Infer(in []*Tensor) (device.Spec, error) {
	s := in[0].spec()
	if s.Rank < 2 {
		return *s, errors.New("want at least two dims")
	}
	return *s, nil
}
func (o triangleOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{Apply(o, dy)} }
func (o triangleOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	m := Make{DType: Int64, Device: x.b.dev}
	row := m.Arange(o.diagonal, o.diagonal+x.Size(-2), 1).Unsqueeze(1)
	col := m.Arange(0, x.Size(-1), 1)
	keep := row.Ge(col)
	if o.upper {
		keep = row.Le(col)
	}
	return Where(keep, x, scalarOf(x.b.dev, x.DType(), device.Number{}))
}

func trilEntry() Entry { return triangleEntry("tril", "Tril", Here(), (*Tensor).Tril, 1) }
func triuEntry() Entry { return triangleEntry("triu", "Triu", Here(), (*Tensor).Triu, -1) }

// triangleEntry is the entry of both; side is the sign of row-col that stays.
func triangleEntry(name, method, at string, f func(*Tensor, int) *Tensor, side int) Entry {
	return Entry{
		Name: name, Sig: name + "(input, diagonal=0)", At: at, Go: []string{method}, Ops: []any{triangleOp{upper: side < 0}},
		Call: func(a *Args) []*Tensor { return one(f(a.Tensor("input"), a.Int("diagonal"))) },
		Ref: func(a *Args) []Array {
			out := a.Array("input")
			for p := range out.V {
				i := out.Index(p)
				if k := len(i); side*(i[k-2]-i[k-1]+a.Int("diagonal")) < 0 {
					out.V[p] = 0
				}
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1, 1}), call([]int{3, 3}), call([]int{2, 4}, 1), call([]int{4, 2}, -1), call([]int{2, 3, 3}), call([]int{3, 3}, 9),
			call([]int{3, 3}, -9), call([]int{2, 2}, -(math.MaxInt>>1)-1), call([]int{2, 2}, math.MaxInt>>1+1), call([]int{0, 3}), call([]int{2, 0}),
		},
		Bad: []Bad{bad("tensor: "+name+" [3]: want at least two dims", []int{3})},
		Why: map[string]string{"0-d": "not a matrix"},
	}
}
