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
	n := t.Dim() + 1
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
