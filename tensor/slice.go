package tensor

import (
	"fmt"
	"math"

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
	if start < 0 || length < 0 || length > n-start {
		misuse("narrow", fmt.Errorf("%d elements from %d on are not within dim %d of size %d", length, start, d, n), t)
	}
	return t.see(sliceOp{"narrow", d, start, length, 1})
}

// Slice returns a view of the elements start, start+step, … before end of dim,
// as Python's t[start:end:step]: negative bounds count from the end, and bounds
// beyond the dim are cut to it.
//
//	panics: *Error if dim is out of range or step < 1
//	source: Python's slicing of a tensor
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
	length := 0
	if start < end {
		length = (end-start-1)/step + 1
	}
	return t.see(sliceOp{"slice", d, start, length, step})
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
	dropDim(v, o.dim)
	return nil
}
func (o selectOp) grad(dy *Tensor, in *device.Spec) *Tensor { return scatterView(o, dy, in) }

func narrowEntry() Entry {
	return Entry{
		Name: "narrow", Sig: "narrow(input, dim, start, length)", At: Here(), Go: []string{"Narrow"},
		Ops: []any{&scatterViewOp{ops: []viewOp{sliceOp{}}}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Narrow(a.Int("dim"), a.Int("start"), a.Int("length")))
		},
		Ref: refMove(func(a *Args, in Array) ([]int, func([]int) []int) {
			d := wrap(a.Int("dim"), len(in.Shape))
			start := wrap(a.Int("start"), in.Shape[d])
			return with(in.Shape, d, a.Int("length")), func(i []int) []int { return with(i, d, start+i[d]) }
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}, 0, 0, 1), call([]int{5}, 0, 1, 3), call([]int{5}, -1, -2, 2), call([]int{5}, 0, 5, 0), call([]int{2, 3, 4}, 1, 1, 2),
			call([]int{2, 3, 4}, 2, 0, 4), call([]int{0, 3}, 1, 1, 1),
		},
		Bad: []Bad{
			bad("tensor: narrow [5]: 3 elements from 3 on are not within dim 0 of size 5", []int{5}, 0, 3, 3),
			bad("tensor: narrow [5]: 9223372036854775807 elements from 1 on are not within dim 0 of size 5", []int{5}, 0, 1, math.MaxInt),
			bad("tensor: narrow [5]: -1 elements from 0 on are not within dim 0 of size 5", []int{5}, 0, 0, -1),
			bad("tensor: narrow [5]: dim 1 is out of range; want -1 to 0", []int{5}, 1, 0, 1),
			bad("tensor: narrow []: want at least one dim", nil, 0, 0, 1),
		},
		Why: map[string]string{"0-d": "has no dim to narrow"},
	}
}

func sliceEntry() Entry {
	bounds := func(a *Args) (start, end, step int) {
		start, end, step = 0, math.MaxInt, a.Int("step")
		if a.Has("start") {
			start = a.Int("start")
		}
		if a.Has("end") {
			end = a.Int("end")
		}
		return start, end, step
	}
	return Entry{
		Name: "slice", Sig: "slice(input, dim=0, start=None, end=None, step=1)", At: Here(), Go: []string{"Slice"},
		Call: func(a *Args) []*Tensor {
			start, end, step := bounds(a)
			return one(a.Tensor("input").Slice(a.Int("dim"), start, end, step))
		},
		Ref: refMove(func(a *Args, in Array) ([]int, func([]int) []int) {
			d := wrap(a.Int("dim"), len(in.Shape))
			n := in.Shape[d]
			start, end, step := bounds(a)
			var at []int // what Python's loop over range visits
			for i := max(wrap(start, n), 0); i < min(wrap(end, n), n); i += min(step, n) {
				at = append(at, i)
			}
			return with(in.Shape, d, len(at)), func(i []int) []int { return with(i, d, at[i[d]]) }
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}, 0), call([]int{5}, 0), call([]int{7}, 0, 1, 6, 2), call([]int{7}, 0, -5, -1, 3), call([]int{7}, -1, 4, 2),
			call([]int{7}, 0, 2, math.MaxInt>>1+1, math.MaxInt>>1+1), call([]int{7}, 0, -20, 20, 6), call([]int{2, 5, 3}, 1, 1, nil, 2), call([]int{0, 3}, 1, 1, 3),
		},
		Bad: []Bad{
			bad("tensor: slice [5]: step is 0; want at least 1", []int{5}, 0, 0, 3, 0),
			bad("tensor: slice [5]: dim 2 is out of range; want -1 to 0", []int{5}, 2),
			bad("tensor: slice []: want at least one dim", nil, 0),
		},
		Why: map[string]string{"0-d": "has no dim to slice"},
	}
}

func selectEntry() Entry {
	return Entry{
		Name: "select", Sig: "select(input, dim, index)", At: Here(), Go: []string{"Select"},
		Ops:  []any{&scatterViewOp{ops: []viewOp{selectOp{}}}},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Select(a.Int("dim"), a.Int("index"))) },
		Ref: refMove(func(a *Args, in Array) ([]int, func([]int) []int) {
			d := wrap(a.Int("dim"), len(in.Shape))
			k := wrap(a.Int("index"), in.Shape[d])
			return without(in.Shape, d), func(i []int) []int { return inserted(i, d, k) }
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}, 0, 0), call([]int{5}, 0, 2), call([]int{5}, -1, -5), call([]int{2, 3, 4}, 1, 2), call([]int{2, 3, 4}, 2, -1), call([]int{0, 3}, 1, 2),
		},
		Bad: []Bad{
			bad("tensor: select [2 3]: index 3 is out of range for dim 1 of size 3", []int{2, 3}, 1, 3),
			bad("tensor: select [2 3]: dim -3 is out of range; want -2 to 1", []int{2, 3}, -3, 0),
			bad("tensor: select []: want at least one dim", nil, 0, 0),
		},
		Why: map[string]string{"0-d": "has no dim to select from"},
	}
}
