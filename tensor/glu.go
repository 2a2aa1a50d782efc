package tensor

import (
	"fmt"
	"math"
)

// GLU cuts t into halves a and b along dim and returns a·σ(b). PyTorch's dim is
// -1 where none is given.
//
//	shape:  [..., 2n, ...] → [..., n, ...]
//	dtype:  floating point
//	panics: *Error for another dtype, a scalar, or an odd size
//	source: torch.nn.functional.glu; Dauphin et al. 2016, arXiv:1612.08083
func (t *Tensor) GLU(dim int) *Tensor {
	n := t.sizeToCut("glu", dim)
	if err := wantFloat(t.DType()); err != nil {
		misuse("glu", err, t)
	}
	if n%2 != 0 {
		misuse("glu", fmt.Errorf("dim %d is of size %d; want an even one", dim, n), t)
	}
	half := t.cut("glu", []int{n / 2, n / 2}, dim)
	return half[0].Mul(half[1].Sigmoid())
}

func gluEntry() Entry {
	return Entry{
		Name: "nn.functional.glu", Sig: "glu(input, dim=-1)", At: Here(), Ops: []any{mulOp{}, sigmoidOp{}}, Go: []string{"GLU"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").GLU(a.Int("dim"))) },
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			d := wrap(a.Int("dim"), len(x.Shape))
			n := x.Shape[d] / 2
			out := NewArray(with(x.Shape, d, n)...)
			for p := range out.V {
				i := out.Index(p)
				out.V[p] = x.At(i...) / (1 + math.Exp(-x.At(with(i, d, n+i[d])...)))
			}
			return []Array{out}
		},
		DTypes:  Floats,
		Samples: []Sample{call([]int{2}), call([]int{4}, 0), call([]int{2, 6}), call([]int{4, 3}, 0), call([]int{2, 4, 3}, 1), call([]int{2, 0}), call([]int{0, 2, 4}, 1)},
		Bad: append([]Bad{
			bad("tensor: glu [3]: dim -1 is of size 3; want an even one", []int{3}),
			bad("tensor: glu []: want at least one dim", nil),
		}, floatBad("glu")...),
		Why: map[string]string{"0-d": "has no dim to cut", "size-1": "has no halves", "infinite": "the gradient has a factor that is 0 or rounds to it"},
	}
}
