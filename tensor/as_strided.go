package tensor

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// AsStrided returns a view of t's storage with any shape and strides, from
// element offset of the storage on. It may show an element more than once;
// such a view can be read, but not changed in place.
//
//	panics: *Error if the view reaches beyond the storage
//	source: torch.as_strided
func (t *Tensor) AsStrided(shape, stride []int, offset int) *Tensor {
	spec, err := shapeSpec(t.known("as_strided").DType(), shape)
	v := device.View{Spec: spec, Offset: offset, Buf: t.b.view.Buf}
	if err == nil {
		err = setStrides(&v, stride, t.b.store.Bytes/t.DType().Size())
	}
	if err != nil {
		misuse("as_strided", err, t)
	}
	return t.see(&asStridedOp{at: geometry(&v), from: geometry(&t.b.view)})
}

// setStrides puts strides into v and checks that they stay within n elements.
func setStrides(v *device.View, stride []int, n int) error {
	if len(stride) != int(v.Rank) {
		return fmt.Errorf("%d strides for %d dims", len(stride), v.Rank)
	}
	last := min(v.Offset, n)
	for i, s := range stride {
		if s < 0 || s > n && v.Dim[i] > 1 {
			return fmt.Errorf("stride %d is out of range for %d elements", s, n)
		}
		v.Stride[i] = s
		if v.Dim[i] > 1 {
			if s > (n-last)/(v.Dim[i]-1) {
				last = n // too far already; the product could wrap
			} else {
				last += s * (v.Dim[i] - 1)
			}
		}
	}
	if v.Offset < 0 || v.Offset > n || v.Len() > 0 && last >= n {
		return fmt.Errorf("shape %v with strides %v from %d on is not within %d elements", v.Shape(), stride, v.Offset, n)
	}
	v.UpdateContig()
	return nil
}

// asStridedOp is the general view, with an absolute place in the storage; it
// also stands for other views when a change in place makes their record stale.
type asStridedOp struct{ at, from device.View }

func (*asStridedOp) Name() string { return "as_strided" }
func (o *asStridedOp) view(v *device.View) error {
	v.Spec, v.Stride, v.Offset = o.at.Spec, o.at.Stride, o.at.Offset
	return nil
}
func (o *asStridedOp) grad(dy *Tensor, in *device.Spec) *Tensor {
	return Apply(&restrideOp{view: o.at, base: o.from, back: true}, dy)
}

// overlapGrad is the gradient of a view that shows elements more than once.
func overlapGrad(op viewOp, dy *Tensor, in *device.Spec) *Tensor {
	o := &restrideOp{base: device.View{Spec: *in}, back: true}
	o.base.SetContiguous()
	o.view = o.base
	if err := op.view(&o.view); err != nil {
		misuse(op.Name(), err, dy)
	}
	o.view.UpdateContig()
	return Apply(o, dy)
}

// restrideOp takes a tensor that lies in memory as base does to what view
// shows of that memory; or back, where what view shows more than once is added
// up. One is the gradient of the other. Where base itself shows memory more
// than once, each element stands for its share, as in PyTorch.
type restrideOp struct {
	view, base device.View
	back       bool
}

func (o *restrideOp) Name() string {
	if o.back {
		return "as_strided_backward"
	}
	return "as_strided"
}
func (*restrideOp) Kernel() device.Kernel { return device.NoKernel }
func (*restrideOp) Reads() Reads          { return Nothing }
func (o *restrideOp) Infer(in []*Tensor) (device.Spec, error) {
	if o.back {
		return o.base.Spec, nil
	}
	return o.view.Spec, nil
}
func (o *restrideOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&restrideOp{o.view, o.base, !o.back}, dy)}
}
func (o *restrideOp) Body(in []*Tensor) *Tensor {
	lo, hi := 0, 0
	for _, v := range []*device.View{&o.view, &o.base} {
		if a, b := reach(v); lo == hi {
			lo, hi = a, b
		} else if a < b {
			lo, hi = min(lo, a), max(hi, b)
		}
	}
	view, base := o.view, o.base
	view.Offset -= lo
	base.Offset -= lo
	flat := device.Spec{DType: in[0].DType(), Rank: 1, Dim: [device.MaxRank]int{hi - lo}}
	z := in[0].fresh(&flat).fill(device.Number{})
	if o.back {
		z.addAt(view, in[0])
		return z.look(&asStridedOp{at: base}).perPlace(base)
	}
	z.addAt(base, in[0].perPlace(base))
	return z.look(&asStridedOp{at: view})
}

// reach is the range of a storage that v lies in.
func reach(v *device.View) (lo, hi int) {
	if v.Len() == 0 {
		return 0, 0
	}
	hi = v.Offset + 1
	for i, d := range v.Shape() {
		hi += (d - 1) * v.Stride[i]
	}
	return v.Offset, hi
}

// perPlace is t, each element divided by how many of v's lie in the same place.
func (t *Tensor) perPlace(v device.View) *Tensor {
	if overlap(&v) < 0 {
		return t
	}
	_, n := reach(&v)
	z := zerosOf(t.b.dev, &device.Spec{DType: t.DType(), Rank: 1, Dim: [device.MaxRank]int{n}}).alias(noGradMode)
	z.addAt(v, onesLike(t))
	return t.Div(z.look(&asStridedOp{at: v}))
}

// addAt adds x to the elements of t, a storage of its own, that v shows; one
// slice at a time where v shows elements more than once.
func (t *Tensor) addAt(v device.View, x *Tensor) {
	for i, d := range v.Shape() {
		if d > 1 && v.Stride[i] == 0 {
			x, v.Dim[i] = x.Sum(Dims(i), KeepDim), 1
		}
	}
	d := overlap(&v)
	if d < 0 {
		t.look(&asStridedOp{at: v}).accumulate(x)
		return
	}
	for i := range v.Dim[d] {
		part := selectOp{d, i}
		u := v
		if err := part.view(&u); err != nil {
			misuse("select", err, t)
		}
		t.addAt(u, x.see(part))
	}
}

// overlap returns -1 if each dim of v steps over all that the dims of smaller
// strides reach, so that no element shows twice. Otherwise it returns the
// smallest of the dims up to the first that does not.
func overlap(v *device.View) int {
	if v.Contig {
		return -1
	}
	span, small := 0, -1 // what the dims so far reach; the smallest of them
	var done device.Dims
	for {
		next := -1
		for i, d := range v.Shape() {
			if d == 0 {
				return -1
			}
			if d > 1 && !done.Has(i) && (next < 0 || v.Stride[i] < v.Stride[next]) {
				next = i
			}
		}
		if next < 0 {
			return -1
		}
		if small < 0 || v.Dim[next] < v.Dim[small] {
			small = next
		}
		if v.Stride[next] <= span {
			return small
		}
		done |= 1 << next
		span += (v.Dim[next] - 1) * v.Stride[next]
	}
}

func asStridedEntry() Entry {
	return Entry{
		Name: "as_strided", Sig: "as_strided(input, size, stride, storage_offset=None)", At: Here(), Go: []string{"AsStrided"},
		Ops: []any{&restrideOp{}},
		Call: func(a *Args) []*Tensor {
			t := a.Tensor("input")
			offset := t.Offset()
			if a.Has("storage_offset") {
				offset = a.Int("storage_offset")
			}
			return one(t.AsStrided(a.Ints("size"), a.Ints("stride"), offset))
		},
		Ref: func(a *Args) []Array {
			in, out := a.Array("input"), NewArray(a.Ints("size")...)
			offset := 0
			if a.Has("storage_offset") {
				offset = a.Int("storage_offset")
			}
			for p := range out.V {
				at := offset
				for d, i := range out.Index(p) {
					at += i * a.Ints("stride")[d]
				}
				out.V[p] = in.V[at]
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, []int{2, 3}, []int{0, 0}), call([]int{1}, []int{}, []int{}), call([]int{3, 3}, []int{2, 2}, []int{1, 2}, 1),
			call([]int{6}, []int{4, 3}, []int{1, 1}), call([]int{6}, []int{3, 3, 2}, []int{0, 1, 3}), call([]int{5}, []int{2, 2}, []int{2, 1}, 1),
			call([]int{5}, []int{0, 2}, []int{1, 1}, 5), call([]int{0}, []int{0}, []int{1}), call([]int{12}, []int{3, 2, 2}, []int{1, 2, 3}),
		},
		Bad: []Bad{
			bad("tensor: as_strided [6]: shape [2 3] with strides [3 2] from 0 on is not within 6 elements", []int{6}, []int{2, 3}, []int{3, 2}),
			bad("tensor: as_strided [6]: shape [2] with strides [1] from 5 on is not within 6 elements", []int{6}, []int{2}, []int{1}, 5),
			bad("tensor: as_strided [200]: shape [72057594037927936] with strides [200] from 0 on is not within 200 elements", []int{200}, []int{math.MaxInt>>7 + 1}, []int{200}),
			bad("tensor: as_strided [6]: stride -1 is out of range for 6 elements", []int{6}, []int{2}, []int{-1}),
			bad("tensor: as_strided [6]: 1 strides for 2 dims", []int{6}, []int{2, 2}, []int{1}),
			bad("tensor: as_strided [6]: shape [2] with strides [1] from -1 on is not within 6 elements", []int{6}, []int{2}, []int{1}, -1),
		},
		Why: map[string]string{"layout": "it reads the storage, whatever the layout; TestViewsAsPyTorch has others"},
	}
}
