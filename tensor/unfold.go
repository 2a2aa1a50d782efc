package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Unfold returns a view of the windows of size elements along dim, step apart.
// The windows may overlap; a window's elements are the last dim of the result.
//
//	shape:  [..., n, ...] → [..., (n-size)/step+1, ..., size]
//	panics: *Error if dim is out of range, size is not within the dim, or step < 1
//	source: torch.Tensor.unfold
func (t *Tensor) Unfold(dim, size, step int) *Tensor {
	o := unfoldDimOp{t.dim("unfold", dim), size, step}
	switch {
	case step < 1:
		misuse("unfold", fmt.Errorf("step is %d; want at least 1", step), t)
	case t.Dim() == device.MaxRank:
		misuse("unfold", fmt.Errorf("want fewer than %d dims", device.MaxRank), t)
	}
	return t.see(o)
}

type unfoldDimOp struct{ dim, size, step int }

func (unfoldDimOp) Name() string { return "unfold" }
func (o unfoldDimOp) view(v *device.View) error {
	n, stride := 1, 1 // a scalar is a dim of one element
	if v.Rank > 0 {
		n, stride = v.Dim[o.dim], v.Stride[o.dim]
	}
	if o.size < 0 || o.size > n {
		return fmt.Errorf("windows of size %d do not fit dim %d of size %d", o.size, o.dim, n)
	}
	if v.Rank > 0 {
		v.Dim[o.dim], v.Stride[o.dim] = (n-o.size)/o.step+1, stride*o.step
	}
	v.Dim[v.Rank], v.Stride[v.Rank] = o.size, stride
	v.Rank++
	return nil
}
func (o unfoldDimOp) grad(dy *Tensor, in *device.Spec) *Tensor { return overlapGrad(o, dy, in) }

func unfoldEntry() Entry {
	return Entry{
		Name: "unfold", Sig: "unfold(input, dimension, size, step)", At: Here(), Go: []string{"Unfold"}, Ops: []any{&restrideOp{}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Unfold(a.Int("dimension"), a.Int("size"), a.Int("step")))
		},
		Ref: refMove(func(a *Args, in Array) ([]int, func([]int) []int) {
			size, step := a.Int("size"), a.Int("step")
			if len(in.Shape) == 0 {
				return []int{size}, func([]int) []int { return nil }
			}
			d := wrap(a.Int("dimension"), len(in.Shape))
			windows := 0
			for s := 0; s+size <= in.Shape[d]; s += step {
				windows++
			}
			return append(with(in.Shape, d, windows), size), func(i []int) []int {
				last := len(i) - 1
				return with(i[:last], d, i[d]*step+i[last])
			}
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, 0, 1, 1), call([]int{1}, 0, 1, 1), call([]int{5}, 0, 3, 1), call([]int{7}, -1, 3, 2), call([]int{8}, 0, 2, 3),
			call([]int{5}, 0, 5, 9), call([]int{4}, 0, 0, 1), call([]int{2, 5, 3}, 1, 2, 1), call([]int{3, 4}, 0, 2, 1), call([]int{0, 3}, 1, 2, 1),
			call([]int{30}, 0, 11, 2),
		},
		Bad: []Bad{
			bad("tensor: unfold [4]: windows of size 5 do not fit dim 0 of size 4", []int{4}, 0, 5, 1),
			bad("tensor: unfold [4]: step is 0; want at least 1", []int{4}, 0, 2, 0),
			bad("tensor: unfold [4]: dim 1 is out of range; want -1 to 0", []int{4}, 1, 2, 1),
		},
	}
}
