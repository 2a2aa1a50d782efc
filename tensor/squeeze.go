package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Squeeze returns a view of t without the given dims where they are 1, or
// without all dims of size 1 if none is given.
//
//	panics: *Error if a dim is out of range or given twice
//	source: torch.squeeze
func (t *Tensor) Squeeze(dims ...int) *Tensor {
	set := t.dims("squeeze", dims)
	var shape, stride []int
	for i, d := range t.shape() {
		if d != 1 || !set.Has(i) {
			shape, stride = append(shape, d), append(stride, t.b.view.Stride[i])
		}
	}
	return t.see(newSqueeze("squeeze", shape, stride))
}

// Unsqueeze returns a view of t with a new dim of size 1 at position dim of
// the result; -1 is the last.
//
//	panics: *Error if dim is out of range or t has 8 dims already
//	source: torch.unsqueeze
func (t *Tensor) Unsqueeze(dim int) *Tensor {
	n := t.known("unsqueeze").Dim() + 1
	if dim < -n || dim >= n {
		misuse("unsqueeze", fmt.Errorf("dim %d is out of range; want %d to %d", dim, -n, n-1), t)
	}
	if n > device.MaxRank {
		misuse("unsqueeze", fmt.Errorf("want fewer than %d dims", device.MaxRank), t)
	}
	if dim < 0 {
		dim += n
	}
	var shape, stride []int
	for i := range n {
		switch {
		case i < dim:
			shape, stride = append(shape, t.b.view.Dim[i]), append(stride, t.b.view.Stride[i])
		case i == dim && dim < t.Dim():
			shape, stride = append(shape, 1), append(stride, t.b.view.Dim[i]*t.b.view.Stride[i])
		case i == dim:
			shape, stride = append(shape, 1), append(stride, 1)
		default:
			shape, stride = append(shape, t.b.view.Dim[i-1]), append(stride, t.b.view.Stride[i-1])
		}
	}
	return t.see(newSqueeze("unsqueeze", shape, stride))
}

// squeezeOp adds or removes dims of size 1.
type squeezeOp struct {
	name   string
	rank   uint8
	dim    [device.MaxRank]int
	stride [device.MaxRank]int
}

func newSqueeze(name string, shape, stride []int) *squeezeOp {
	o := &squeezeOp{name: name, rank: uint8(len(shape))}
	copy(o.dim[:], shape)
	copy(o.stride[:], stride)
	return o
}

func (o *squeezeOp) Name() string { return o.name }
func (o *squeezeOp) view(v *device.View) error {
	v.Rank, v.Dim, v.Stride = o.rank, o.dim, o.stride
	return nil
}
func (o *squeezeOp) grad(dy *Tensor, in *device.Spec) *Tensor { return dy.Reshape(in.Shape()...) }

func squeezeEntry() Entry {
	return Entry{
		Name: "squeeze", Sig: "squeeze(input, dim=None)", At: Here(), Go: []string{"Squeeze"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Squeeze(a.Ints("dim")...)) },
		Ref: refReshape(func(a *Args, in []int) []int {
			gone := map[int]bool{}
			for _, d := range a.Ints("dim") {
				gone[wrap(d, len(in))] = true
			}
			out := []int{}
			for i, d := range in {
				if d != 1 || len(gone) > 0 && !gone[i] {
					out = append(out, d)
				}
			}
			return out
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil), call(nil, 0), call([]int{1}), call([]int{1, 1}, -1), call([]int{4}), call([]int{2, 1, 3, 1}), call([]int{2, 1, 3, 1}, 1),
			call([]int{2, 1, 3, 1}, 2), call([]int{1, 2, 1, 3, 1}, []int{0, -1}), call([]int{1, 0}),
		},
		Bad: []Bad{
			bad("tensor: squeeze [2 1]: dim 2 is out of range; want -2 to 1", []int{2, 1}, 2),
			bad("tensor: squeeze [2 1]: dim 1 is given twice", []int{2, 1}, []int{-1, 1}),
		},
	}
}

func unsqueezeEntry() Entry {
	return Entry{
		Name: "unsqueeze", Sig: "unsqueeze(input, dim)", At: Here(), Go: []string{"Unsqueeze"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").Unsqueeze(a.Int("dim"))) },
		Ref:    refReshape(func(a *Args, in []int) []int { return inserted(in, wrap(a.Int("dim"), len(in)+1), 1) }),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, 0), call(nil, -1), call([]int{1}, 1), call([]int{4}, 0), call([]int{4}, -1), call([]int{2, 3}, 1), call([]int{2, 3}, -3), call([]int{2, 0}, 1),
		},
		Bad: []Bad{
			bad("tensor: unsqueeze [2]: dim 2 is out of range; want -2 to 1", []int{2}, 2),
			bad("tensor: unsqueeze [1 1 1 1 1 1 1 1]: want fewer than 8 dims", []int{1, 1, 1, 1, 1, 1, 1, 1}, 0),
		},
	}
}
