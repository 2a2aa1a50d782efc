package tensor

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// A viewOp looks at its input's data with another shape, offset or strides.
// Nothing is computed, so it needs no kernel.
type viewOp interface {
	Name() string
	// view changes v, the input's geometry, into the result's.
	view(v *device.View) error
	// grad is the gradient of the input, of the given spec.
	grad(dy *Tensor, in *device.Spec) *Tensor
}

// viewGrad makes a Gradient of a viewOp.
type viewGrad struct{ viewOp }

func (viewGrad) Reads() Reads { return Nothing }
func (o viewGrad) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{o.grad(dy, c.spec(0))}
}

// see returns a view of t.
func (t *Tensor) see(op viewOp) *Tensor {
	out := t.look(op)
	if t.RequiresGrad() {
		record(viewGrad{op}, nil, []*Tensor{t}, out)
	}
	return out
}

// look is see before it is recorded.
func (t *Tensor) look(op viewOp) *Tensor {
	if t.known(op.Name()).b.store.Bytes < 0 {
		misuse(op.Name(), errFreed, t)
	}
	span := t.mode.begin()
	b := t.mode.inScope().newBody()
	b.adopt(t)
	if err := op.view(&b.view); err != nil {
		fail(op.Name(), []*Tensor{t}, err)
	}
	if err := countable(&b.view.Spec); err != nil {
		fail(op.Name(), []*Tensor{t}, err)
	}
	b.view.UpdateContig()
	if b.view.Len() == 0 {
		b.view.Offset = t.b.view.Offset // nothing to see: no address beyond the buffer
	}
	out := b.handle(t.mode)
	if span != nil {
		span.end(OpView, op, device.NoKernel, []*Tensor{t}, out)
	}
	if !t.mode.recording() {
		return out
	}
	d := t.b.grad()
	if b.base = t.b.base; b.base == nil || d != nil && d.leaf != nil {
		b.base = t.b
	}
	b.seen.Store(b.store.version)
	return out
}

// seeAll returns views that do not overlap. They are recorded as one op, so
// that the gradient of n views costs one tensor of t's size and not n.
func (t *Tensor) seeAll(ops []viewOp) []*Tensor {
	out := make([]*Tensor, len(ops))
	specs := make([]device.Spec, len(ops))
	for i, op := range ops {
		out[i] = t.look(op)
		specs[i] = *out[i].spec()
	}
	if len(out) > 0 && t.RequiresGrad() {
		record(viewsGrad{ops}, specs, []*Tensor{t}, out...)
	}
	return out
}

// viewsGrad is the record of seeAll.
type viewsGrad struct{ ops []viewOp }

func (o viewsGrad) Name() string { return o.ops[0].Name() }
func (viewsGrad) Reads() Reads   { return Nothing }
func (o viewsGrad) Grad(c *Ctx, _ *Tensor) Grads {
	back := &scatterViewOp{in: *c.spec(0)}
	var dys []*Tensor
	for i, op := range o.ops {
		if dy := c.Dy(i); dy != nil {
			back.ops, dys = append(back.ops, op), append(dys, dy)
		}
	}
	return Grads{Apply(back, dys...)}
}

// scatterView is the gradient of a view that shows each element at most once:
// zeros, with dy where the view looked.
func scatterView(op viewOp, dy *Tensor, in *device.Spec) *Tensor {
	return Apply(&scatterViewOp{[]viewOp{op}, *in}, dy)
}

// scatterViewOp writes each input where one of the views looks, into zeros. It
// is linear: its gradient is the views themselves.
type scatterViewOp struct {
	ops []viewOp
	in  device.Spec
}

func (o *scatterViewOp) Name() string                            { return o.ops[0].Name() + "_backward" }
func (*scatterViewOp) Kernel() device.Kernel                     { return device.NoKernel }
func (o *scatterViewOp) Infer(in []*Tensor) (device.Spec, error) { return o.in, nil }
func (*scatterViewOp) Reads() Reads                              { return Nothing }
func (o *scatterViewOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	for i, op := range o.ops {
		switch {
		case !c.Needs(i):
		case i < len(g):
			g[i] = dy.see(op)
		default:
			c.Set(i, dy.see(op))
		}
	}
	return g
}
func (o *scatterViewOp) Body(in []*Tensor) *Tensor {
	z, seen := in[0].fresh(&o.in), 0
	for _, dy := range in {
		seen += dy.Len()
	}
	if seen < z.Len() { // else the views, which do not overlap, look everywhere
		z.fill(device.Number{})
	}
	for i, op := range o.ops {
		z.look(op).copyFrom(in[i])
	}
	return z
}

// dropDim removes dim d of v.
func dropDim(v *device.View, d int) {
	copy(v.Dim[d:], v.Dim[d+1:])
	copy(v.Stride[d:], v.Stride[d+1:])
	v.Rank--
	v.Dim[v.Rank], v.Stride[v.Rank] = 0, 0
}

// shapeSpec checks a dtype and a shape and makes a Spec of them.
func shapeSpec(d DType, shape []int) (device.Spec, error) {
	s := device.Spec{DType: d, Rank: uint8(len(shape))}
	if d >= device.NumDTypes {
		return device.Spec{}, fmt.Errorf("dtype %d is none", d)
	}
	if len(shape) > device.MaxRank {
		return s, fmt.Errorf("%d dims; want at most %d", len(shape), device.MaxRank)
	}
	n := 1
	for i, k := range shape {
		if k < 0 {
			return s, fmt.Errorf("dim %d is %d; want 0 or more", i, k)
		}
		n = product([]int{n, max(k, 1)})
		s.Dim[i] = k
	}
	if n > maxElements {
		return s, fmt.Errorf("shape %v has too many elements", shape)
	}
	return s, nil
}

// product multiplies numbers of 0 or more; what would overflow is MaxInt.
func product(v []int) int {
	n := 1
	for _, k := range v {
		if k > 0 && n > math.MaxInt/k {
			return math.MaxInt
		}
		n *= k
	}
	return n
}

// within is x, or the nearest number that is as good for a position along a
// dim: sums of a few of them do not overflow.
func within(x int) int { return min(max(x, -maxElements), maxElements) }

// countable refuses a shape whose number of elements does not fit. It counts
// in floating point, which is quick and does not wrap.
func countable(s *device.Spec) error {
	n := 1.0
	for _, d := range s.Shape() {
		n *= float64(max(d, 1))
	}
	if n > maxElements {
		return fmt.Errorf("a result of shape %v has too many elements", append([]int(nil), s.Shape()...)) // a copy: s stays on the stack
	}
	return nil
}

// maxElements keeps products of dims and element sizes within an int.
const maxElements = (1<<(intBits-1) - 1) / 64

const intBits = 32 << (^uint(0) >> 63)
