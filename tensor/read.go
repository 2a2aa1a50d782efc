package tensor

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Slice returns a copy of t's elements in row-major order, converted to T as
// Cast converts.
func Slice[T Element](t *Tensor) []T {
	u := t.Detach().Cast(dtypeOf[T]()).Contiguous()
	out := make([]T, u.Len())
	if err := u.download(bytesOf(out)); err != nil {
		misuse("slice", err, t)
	}
	return out
}

// download copies a contiguous tensor to the host.
func (t *Tensor) download(dst []byte) error {
	if len(dst) == 0 {
		return nil
	}
	return t.b.dev.Download(dst, *t.b.view.Buf, t.b.view.Offset*t.DType().Size())
}

// Item returns the only element of t, converted to T as Cast converts.
//
//	panics: *Error if t has not exactly one element
func Item[T Element](t *Tensor) T {
	if t.Len() != 1 {
		misuse("item", fmt.Errorf("%d elements; want exactly one", t.Len()), t)
	}
	return Slice[T](t)[0]
}

// Float returns the only element of t as a float64.
//
//	panics: *Error if t has not exactly one element
func (t *Tensor) Float() float64 { return Item[float64](t) }

// Int returns the only element of t as an int, cut towards zero.
//
//	panics: *Error if t has not exactly one element
func (t *Tensor) Int() int { return int(Item[int64](t)) }

// Data returns the memory of a contiguous tensor on the CPU as a slice that
// shares it: a write to either shows in the other, and is not seen by the
// checks of autograd. T must be t's own dtype. Slice is the safe way.
//
//	panics: *Error if t is not contiguous, not on the CPU, or of another dtype
func Data[T Element](t *Tensor) []T {
	switch {
	case t.DType() != dtypeOf[T]():
		misuse("data", fmt.Errorf("dtype is %v; want %v", t.DType(), dtypeOf[T]()), t)
	case !t.IsContiguous():
		misuse("data", errors.New("not contiguous; use Contiguous or Slice"), t)
	case t.b.dev != host:
		misuse("data", fmt.Errorf("on %s; move it to the CPU or use Slice", t.b.dev.Name()), t)
	}
	if err := t.b.store.unshare(t.b.dev); err != nil {
		misuse("data", err, t)
	}
	t.b.store.foreign = true
	return unsafe.Slice((*T)(t.b.view.Ptr()), t.Len())
}

// Contiguous returns t if its elements lie in row-major order without gaps,
// and a copy that does otherwise.
func (t *Tensor) Contiguous() *Tensor {
	if t.IsContiguous() {
		return t
	}
	return t.copyOf()
}

// copyOf is a contiguous copy, with t's gradient.
func (t *Tensor) copyOf() *Tensor { return Apply(copyOp{}, t) }

type copyOp struct{}

func (copyOp) Name() string                            { return "clone" }
func (copyOp) Kernel() device.Kernel                   { return device.Copy }
func (copyOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (copyOp) Reads() Reads                            { return Nothing }
func (copyOp) Grad(c *Ctx, dy *Tensor) Grads           { return Grads{dy} }

// Clone returns a contiguous tensor with the same elements and memory of its
// own. Large memory is shared until one side is written, which nobody can see
// but as time saved. The gradient of a clone goes on to t.
//
//	source: torch.clone, with memory_format=torch.contiguous_format
func (t *Tensor) Clone() *Tensor {
	if !t.sharable() {
		return t.copyOf()
	}
	return Apply(cloneOp{}, t)
}

// sharable reports whether a clone can share t's memory until a write.
func (t *Tensor) sharable() bool {
	s := t.b.store
	bytes := t.Len() * t.DType().Size()
	return !s.foreign && t.IsContiguous() && bytes == s.Bytes && bytes > 64
}

type cloneOp struct{}

func (cloneOp) Name() string                            { return "clone" }
func (cloneOp) Kernel() device.Kernel                   { return device.NoKernel }
func (cloneOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (cloneOp) Reads() Reads                            { return Nothing }
func (cloneOp) Grad(c *Ctx, dy *Tensor) Grads           { return Grads{dy} }
func (cloneOp) Body(in []*Tensor) *Tensor               { return in[0].shared() }

// shared is a tensor of its own whose memory is t's until one is written.
func (t *Tensor) shared() *Tensor {
	b := &body{view: t.b.view, dev: t.b.dev}
	t.b.store.share(&b.own)
	b.store, b.view.Buf = &b.own, &b.own.Buffer
	b.self = Tensor{b, t.mode}
	return &b.self
}

// owned is t's values in contiguous memory that no other tensor writes: what a
// leaf collects its gradient in.
func (t *Tensor) owned() *Tensor {
	u := t.NoGrad()
	if u.sharable() {
		u = u.shared()
	} else {
		u = u.copyOf()
	}
	u.mode = nil
	return u
}

// Cast returns t with another dtype, or t itself if it has it already. Floats
// become integers by cutting towards zero; the gradient is cast back.
//
//	source: torch.Tensor.to(dtype)
func (t *Tensor) Cast(d DType) *Tensor {
	if t.b.view.DType == d {
		return t
	}
	if d == 0 || d >= device.NumDTypes {
		misuse("cast", fmt.Errorf("%v", d), t)
	}
	return Apply(castOp{d}, t)
}

type castOp struct{ to DType }

func (castOp) Name() string          { return "cast" }
func (castOp) Kernel() device.Kernel { return device.Cast }
func (o castOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	s.DType = o.to
	return s, nil
}
func (o castOp) Reads() Reads {
	if !o.to.IsFloat() {
		return NoGradient
	}
	return Nothing
}
func (castOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Cast(c.DType(0))} }

// To returns t on another device, or t itself if it is there. The gradient
// goes back to t's device.
//
//	panics: *Error if the device runs out of memory
func (t *Tensor) To(dev device.Device) *Tensor {
	if t.b.dev == dev {
		return t
	}
	src := t.Contiguous()
	raw := make([]byte, src.Len()*src.DType().Size())
	if err := src.download(raw); err != nil {
		misuse("to", err, t)
	}
	out := emptyOf(dev, t.spec())
	if err := dev.Upload(out.b.own.Buffer, 0, raw); err != nil {
		misuse("to", err, t)
	}
	out.mode = t.mode
	if t.RequiresGrad() {
		record(toOp{t.b.dev}, nil, []*Tensor{t}, out)
	}
	return out
}

type toOp struct{ from device.Device }

func (toOp) Name() string                    { return "to" }
func (toOp) Reads() Reads                    { return Nothing }
func (o toOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.To(o.from)} }
