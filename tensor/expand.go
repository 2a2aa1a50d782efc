package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Expand returns a view of t in which dims of size 1 repeat without a copy.
// New dims may be added on the left; -1 keeps a dim.
//
//	panics: *Error if a dim other than 1 would change
//	source: torch.Tensor.expand
func (t *Tensor) Expand(shape ...int) *Tensor {
	full := append([]int(nil), shape...)
	pad := len(shape) - t.Dim()
	for i := range full {
		if full[i] == -1 && i >= pad && pad >= 0 {
			full[i] = t.shape()[i-pad]
		}
	}
	spec, err := shapeSpec(t.DType(), full)
	if err != nil {
		misuse("expand", err, t)
	}
	return t.expandTo(&spec)
}

func (t *Tensor) expandTo(s *device.Spec) *Tensor { return t.see(&expandOp{*s}) }

type expandOp struct{ to device.Spec }

func (*expandOp) Name() string { return "expand" }
func (o *expandOp) view(v *device.View) error {
	pad := int(o.to.Rank) - int(v.Rank)
	if pad < 0 {
		return fmt.Errorf("%d dims do not expand to %v", v.Rank, o.to.Shape())
	}
	u := *v
	v.Spec, v.Stride = o.to, [device.MaxRank]int{}
	v.DType = u.DType
	for i, d := range u.Shape() {
		switch {
		case d == o.to.Dim[i+pad]:
			v.Stride[i+pad] = u.Stride[i]
		case d != 1:
			return fmt.Errorf("dim %d is %d and does not expand to %d; only 1 does", i, d, o.to.Dim[i+pad])
		}
	}
	return nil
}
func (o *expandOp) grad(dy *Tensor, in *device.Spec) *Tensor { return dy.sumTo(in) }

// ExpandAs is Expand to u's shape.
func (t *Tensor) ExpandAs(u *Tensor) *Tensor { return t.Expand(u.shape()...) }
