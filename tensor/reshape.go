package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Reshape returns t's elements, in row-major order, with a new shape. One dim
// may be -1 and is worked out. The result is a view where t's layout allows
// it, and a copy otherwise.
//
//	panics: *Error if the number of elements differs
//	source: torch.reshape
func (t *Tensor) Reshape(shape ...int) *Tensor {
	op := &reshapeOp{name: "reshape", to: t.wantShape("reshape", shape)}
	v := t.b.view
	if op.view(&v) != nil {
		t = t.Contiguous()
	}
	return t.see(op)
}

// View returns t's data with a new shape, never a copy. One dim may be -1.
//
//	panics: *Error if the number of elements differs, or if t's layout needs a copy
//	source: torch.Tensor.view
func (t *Tensor) View(shape ...int) *Tensor {
	return t.see(&reshapeOp{name: "view", to: t.wantShape("view", shape)})
}

// Flatten joins dims from start to end, both included, into one. A scalar
// becomes a tensor of one dim.
//
//	panics: *Error if a dim is out of range or start is after end
//	source: torch.flatten
func (t *Tensor) Flatten(start, end int) *Tensor {
	s, e := t.dim("flatten", start), t.dim("flatten", end)
	if s > e {
		misuse("flatten", fmt.Errorf("start dim %d is after end dim %d", s, e), t)
	}
	if t.Dim() == 0 {
		return t.Reshape(1)
	}
	n := 1
	for _, d := range t.shape()[s : e+1] {
		n *= d
	}
	shape := append(append([]int{}, t.shape()[:s]...), n)
	return t.Reshape(append(shape, t.shape()[e+1:]...)...)
}

// wantShape works out a dim of -1.
func (t *Tensor) wantShape(op string, shape []int) device.Spec {
	full := append([]int(nil), shape...)
	n, free := 1, -1
	for i, d := range shape {
		switch {
		case d == -1 && free >= 0:
			misuse(op, fmt.Errorf("two dims of %v are -1; want at most one", shape), t)
		case d == -1:
			free = i
		default:
			n *= d
		}
	}
	if free >= 0 && n != 0 {
		full[free] = t.Len() / n
	}
	spec, err := shapeSpec(t.DType(), full)
	if err != nil || spec.Len() != t.Len() {
		misuse(op, fmt.Errorf("%d elements do not fill %v", t.Len(), shape), t)
	}
	return spec
}

type reshapeOp struct {
	name string
	to   device.Spec
}

func (o *reshapeOp) Name() string { return o.name }
func (o *reshapeOp) grad(dy *Tensor, in *device.Spec) *Tensor {
	return dy.Reshape(in.Shape()...)
}

// view finds strides for the new shape: each new dim must lie within a run of
// old dims that memory walks as one.
func (o *reshapeOp) view(v *device.View) error {
	to := device.View{Spec: o.to, Offset: v.Offset, Buf: v.Buf}
	if v.Contig {
		to.SetContiguous()
		*v = to
		return nil
	}
	var dim, stride [device.MaxRank]int // the runs
	runs := 0
	for i, d := range v.Shape() {
		switch {
		case d == 1:
		case runs > 0 && stride[runs-1] == d*v.Stride[i]:
			dim[runs-1] *= d
			stride[runs-1] = v.Stride[i]
		default:
			dim[runs], stride[runs] = d, v.Stride[i]
			runs++
		}
	}
	left, r := 1, runs // what is left of the current run
	for j := int(to.Rank) - 1; j >= 0; j-- {
		if to.Dim[j] == 1 {
			to.Stride[j] = 1
			continue
		}
		if left == 1 {
			r--
			left = dim[r]
		}
		if left%to.Dim[j] != 0 {
			return fmt.Errorf("the layout with strides %v cannot be seen as %v; use Reshape", v.Stride[:v.Rank], o.to.Shape())
		}
		to.Stride[j] = stride[r] * (dim[r] / left)
		left /= to.Dim[j]
	}
	*v = to
	return nil
}
