package tensor

import (
	"fmt"

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
	return Grads{o.grad(dy, c.d.edges[0].spec())}
}

// see returns a view of t.
func (t *Tensor) see(op viewOp) *Tensor {
	b := new(body)
	b.view, b.dev, b.store = t.b.view, t.b.dev, t.b.store
	if err := op.view(&b.view); err != nil {
		fail(op.Name(), []*Tensor{t}, err)
	}
	b.view.UpdateContig()
	out := &b.self
	out.b, out.mode = b, t.mode
	if !t.mode.recording() {
		return out
	}
	d := t.b.grad()
	if b.base = t.b.base; b.base == nil || d != nil && d.leaf != nil {
		b.base = t.b
	}
	b.seen = b.store.version
	if d != nil {
		record(viewGrad{op}, nil, []*Tensor{t}, out)
	}
	return out
}

// scatterView is the gradient of a view that shows each element at most once:
// zeros, with dy where the view looked.
func scatterView(op viewOp, dy *Tensor, in *device.Spec) *Tensor {
	return Apply(&scatterViewOp{op, *in}, dy)
}

// scatterViewOp is linear: its gradient is the view itself.
type scatterViewOp struct {
	op viewOp
	in device.Spec
}

func (o *scatterViewOp) Name() string                            { return o.op.Name() + "_backward" }
func (*scatterViewOp) Kernel() device.Kernel                     { return device.NoKernel }
func (o *scatterViewOp) Infer(in []*Tensor) (device.Spec, error) { return o.in, nil }
func (*scatterViewOp) Reads() Reads                              { return Nothing }
func (o *scatterViewOp) Grad(c *Ctx, dy *Tensor) Grads           { return Grads{dy.see(o.op)} }
func (o *scatterViewOp) Body(in []*Tensor) *Tensor {
	z := zerosOf(in[0].b.dev, &o.in)
	z.mode = noGradMode
	z.see(o.op).copyFrom(in[0])
	return z
}

// asStridedOp is the general view; it stands for the others when a change in
// place makes a view's record stale. The view must not show an element twice.
type asStridedOp struct{ at, from device.View }

func (*asStridedOp) Name() string { return "as_strided" }
func (o *asStridedOp) view(v *device.View) error {
	v.Spec, v.Stride, v.Offset = o.at.Spec, o.at.Stride, o.at.Offset
	return nil
}

// grad lays dy out as the base was, so that the same strides find the same elements.
func (o *asStridedOp) grad(dy *Tensor, in *device.Spec) *Tensor {
	return Apply(&asStridedGradOp{o.at, o.from}, dy)
}

type asStridedGradOp struct{ view, from device.View }

func (*asStridedGradOp) Name() string                              { return "as_strided_backward" }
func (*asStridedGradOp) Kernel() device.Kernel                     { return device.NoKernel }
func (o *asStridedGradOp) Infer(in []*Tensor) (device.Spec, error) { return o.from.Spec, nil }
func (*asStridedGradOp) Reads() Reads                              { return Nothing }
func (o *asStridedGradOp) Body(in []*Tensor) *Tensor {
	z := in[0].flatLike(&o.from)
	relative(z, &o.view, &o.from).copyFrom(in[0])
	return relative(z, &o.from, &o.from)
}
func (o *asStridedGradOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&asStridedGradGradOp{o.view, o.from}, dy)}
}

// asStridedGradGradOp is asStrided of a tensor with another layout than the base's.
type asStridedGradGradOp struct{ view, from device.View }

func (*asStridedGradGradOp) Name() string                              { return "as_strided" }
func (*asStridedGradGradOp) Kernel() device.Kernel                     { return device.NoKernel }
func (o *asStridedGradGradOp) Infer(in []*Tensor) (device.Spec, error) { return o.view.Spec, nil }
func (*asStridedGradGradOp) Reads() Reads                              { return Nothing }
func (o *asStridedGradGradOp) Body(in []*Tensor) *Tensor {
	z := in[0].flatLike(&o.from)
	relative(z, &o.from, &o.from).copyFrom(in[0])
	return relative(z, &o.view, &o.from)
}
func (o *asStridedGradGradOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&asStridedGradOp{o.view, o.from}, dy)}
}

// flatLike is zeros for every element of storage that v spans.
func (t *Tensor) flatLike(v *device.View) *Tensor {
	n := 1
	for i, d := range v.Shape() {
		n += (d - 1) * v.Stride[i]
	}
	z := zerosOf(t.b.dev, &device.Spec{DType: v.DType, Rank: 1, Dim: [device.MaxRank]int{max(n, 0)}})
	z.mode = noGradMode
	return z
}

// relative is the view v of a storage that starts where from does.
func relative(z *Tensor, v, from *device.View) *Tensor {
	u := *v
	u.Offset -= from.Offset
	return z.see(&asStridedOp{at: u})
}

// shapeSpec checks a shape and makes a Spec of it.
func shapeSpec(d DType, shape []int) (device.Spec, error) {
	s := device.Spec{DType: d, Rank: uint8(len(shape))}
	if len(shape) > device.MaxRank {
		return s, fmt.Errorf("%d dims; want at most %d", len(shape), device.MaxRank)
	}
	n := 1
	for i, k := range shape {
		if k < 0 {
			return s, fmt.Errorf("dim %d is %d; want 0 or more", i, k)
		}
		if k > 0 && n > maxElements/k {
			return s, fmt.Errorf("shape %v has too many elements", shape)
		}
		n *= max(k, 1)
		s.Dim[i] = k
	}
	return s, nil
}

// maxElements keeps products of dims and element sizes within an int.
const maxElements = (1<<(intBits-1) - 1) / 64

const intBits = 32 << (^uint(0) >> 63)
