package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Narrow returns a view of length elements of dim, from start on. A negative
// start counts from the end.
//
//	panics: *Error if the range is not within the dim
//	source: torch.narrow
func (t *Tensor) Narrow(dim, start, length int) *Tensor {
	d := t.dim("narrow", dim)
	if t.Dim() == 0 {
		misuse("narrow", fmt.Errorf("want at least one dim"), t)
	}
	n := t.b.view.Dim[d]
	if start < 0 {
		start += n
	}
	if start < 0 || length < 0 || start+length > n {
		misuse("narrow", fmt.Errorf("elements %d to %d are not within dim %d of size %d", start, start+length, d, n), t)
	}
	return t.see(sliceOp{"narrow", d, start, length, 1})
}

// Slice returns a view of the elements start, start+step, … before end of dim,
// as Python's t[start:end:step]: negative bounds count from the end, and bounds
// beyond the dim are cut to it.
//
//	panics: *Error if dim is out of range or step < 1
func (t *Tensor) Slice(dim, start, end, step int) *Tensor {
	d := t.dim("slice", dim)
	if t.Dim() == 0 {
		misuse("slice", fmt.Errorf("want at least one dim"), t)
	}
	if step < 1 {
		misuse("slice", fmt.Errorf("step is %d; want at least 1", step), t)
	}
	n := t.b.view.Dim[d]
	bound := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, 0), n)
	}
	start, end = bound(start), bound(end)
	return t.see(sliceOp{"slice", d, start, max(0, (end-start+step-1)/step), step})
}

type sliceOp struct {
	name              string
	dim, start, n, by int
}

func (o sliceOp) Name() string { return o.name }
func (o sliceOp) view(v *device.View) error {
	if o.n > 0 {
		v.Offset += o.start * v.Stride[o.dim]
	}
	v.Dim[o.dim] = o.n
	v.Stride[o.dim] *= o.by
	return nil
}
func (o sliceOp) grad(dy *Tensor, in *device.Spec) *Tensor { return scatterView(o, dy, in) }

// Select returns a view of element index of dim; the dim is removed. A
// negative index counts from the end.
//
//	panics: *Error if dim or index is out of range
//	source: torch.select
func (t *Tensor) Select(dim, index int) *Tensor {
	d := t.dim("select", dim)
	if t.Dim() == 0 {
		misuse("select", fmt.Errorf("want at least one dim"), t)
	}
	n := t.b.view.Dim[d]
	if index < -n || index >= n {
		misuse("select", fmt.Errorf("index %d is out of range for dim %d of size %d", index, d, n), t)
	}
	if index < 0 {
		index += n
	}
	return t.see(selectOp{d, index})
}

type selectOp struct{ dim, index int }

func (selectOp) Name() string { return "select" }
func (o selectOp) view(v *device.View) error {
	v.Offset += o.index * v.Stride[o.dim]
	copy(v.Dim[o.dim:], v.Dim[o.dim+1:])
	copy(v.Stride[o.dim:], v.Stride[o.dim+1:])
	v.Rank--
	v.Dim[v.Rank], v.Stride[v.Rank] = 0, 0
	return nil
}
func (o selectOp) grad(dy *Tensor, in *device.Spec) *Tensor { return scatterView(o, dy, in) }
