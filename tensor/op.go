package tensor

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/facula-ml/facula/device"
)

// An Op is one operation with one result. Its fields are its attributes, so
// they are typed, and saved with the op for its gradient.
type Op interface {
	// Name is PyTorch's name, as in error messages.
	Name() string
	// Kernel is the op's index in every device's table; NoKernel if the op is
	// only a composition.
	Kernel() device.Kernel
	// Infer returns the result's dtype and shape, or says why there is none.
	// It must not keep in.
	Infer(in []*Tensor) (device.Spec, error)
	Gradient
}

// A MultiOp is an operation with several results.
type MultiOp interface {
	Name() string
	Kernel() device.Kernel
	Infer(in []*Tensor) ([]device.Spec, error)
	Gradient
}

// A Gradient is how an op is differentiated.
type Gradient interface {
	// Reads says which tensors Grad looks at. Only those are kept for
	// backward, and checked for changes in place; looking at another panics.
	Reads() Reads
	// Grad returns one gradient per input for dy, the gradient of the (first)
	// result; nil where c.Needs is false or there is none. It uses tensor
	// ops, so that it can be differentiated again. A gradient may have the
	// broadcast shape: it is summed to the input's.
	Grad(c *Ctx, dy *Tensor) Grads
}

// A Composite is an Op with a definition in terms of other ops. The definition
// runs where the device has no kernel.
type Composite interface {
	// Body returns the result. in is its own copy.
	Body(in []*Tensor) *Tensor
}

// A MultiComposite is a MultiOp with a definition in terms of other ops.
type MultiComposite interface {
	Body(in []*Tensor) []*Tensor
}

// An Attributed op passes attributes to its kernel, one of the types of
// package device.
type Attributed interface{ Attr() any }

// Grads is one gradient per input. Gradients of inputs beyond the third are
// given by [Ctx.Set].
type Grads [3]*Tensor

// Reads is a set of the tensors that a gradient looks at.
type Reads uint16

// The members of Reads.
const (
	In0 Reads = 1 << iota
	In1
	In2
	AllIn              // every input
	Out0               // the first result
	Out1               // the second, such as the indices of Sort
	Out2               // the third
	AllOut             // every result
	NoGradient         // the op has no gradient: its results never need one
	BodyGradient       // the gradient is that of Body, which runs when one is needed
	Nothing      Reads = 0
)

// NotDifferentiable is embedded by ops without a gradient, such as comparisons.
type NotDifferentiable struct{}

// Reads returns NoGradient.
func (NotDifferentiable) Reads() Reads { return NoGradient }

// Grad is not called.
func (NotDifferentiable) Grad(*Ctx, *Tensor) Grads { return Grads{} }

// ThroughBody is embedded by fused ops whose gradient is that of their definition.
type ThroughBody struct{}

// Reads returns BodyGradient.
func (ThroughBody) Reads() Reads { return BodyGradient }

// Grad is not called.
func (ThroughBody) Grad(*Ctx, *Tensor) Grads { return Grads{} }

// Apply runs op on in and records it if one of them needs a gradient. It is
// the one door between methods and kernels, and the place where an error
// becomes a panic with an *Error.
func Apply(op Op, in ...*Tensor) *Tensor {
	b := scopeOf(in).newBody()
	args := b.args[:0]
	if len(in) > len(b.args) {
		args = make([]*Tensor, 0, len(in))
	}
	args = append(args, in...)
	out, err := run(op, b, args)
	if err != nil {
		fail(op.Name(), args, err)
	}
	b.args = [3]*Tensor{}
	return out
}

// scopeOf is the innermost scope of the inputs, which scan checks.
func scopeOf(in []*Tensor) (s *Scope) {
	for _, t := range in {
		if t != nil && t.mode != nil && (s == nil || t.mode.scope.within(s)) {
			s = t.mode.scope
		}
	}
	return s
}

// scan checks the inputs and joins what they carry.
func scan(in []*Tensor) (mode *Mode, dev device.Device, needs bool, err error) {
	for i, t := range in {
		if t == nil || t.b == nil {
			return nil, nil, false, fmt.Errorf("input %d %w", i, t.missing())
		}
		if t.b.store.Bytes < 0 {
			return nil, nil, false, fmt.Errorf("input %d: %w", i, errFreed)
		}
		if dev == nil {
			dev = t.b.dev
		} else if t.b.dev != dev {
			return nil, nil, false, fmt.Errorf("inputs are on %s and %s; move one with To", dev.Name(), t.b.dev.Name())
		}
		if t.mode != mode {
			if !related(mode, t.mode) {
				return nil, nil, false, errScopes
			}
			mode = merge(mode, t.mode)
		}
		needs = needs || t.b.grad() != nil
	}
	if dev == nil {
		return nil, nil, false, errors.New("want at least one input")
	}
	return mode, dev, needs && mode.recording(), nil
}

func run(op Op, b *body, in []*Tensor) (*Tensor, error) {
	mode, dev, needs, err := scan(in)
	if err != nil {
		return nil, err
	}
	if d := mode.casting(); d != 0 {
		autocast(op, d, in)
	}
	if b.view.Spec, err = op.Infer(in); err != nil {
		return nil, err
	}
	span := mode.begin()
	k, reads := op.Kernel(), op.Reads()
	needs = needs && reads != NoGradient
	through := needs && reads == BodyGradient
	if k == device.NoKernel || through || !dev.Supports(k, in[0].b.view.DType) {
		c, ok := op.(Composite)
		if !ok {
			return nil, fmt.Errorf("%s has no kernel for %v", dev.Name(), in[0].DType())
		}
		if through {
			return span.through(op, c, in), nil
		}
		out := define(op, c, b, mode, in)
		if span != nil {
			span.end(OpDefinition, op, k, in, out)
		}
		if needs {
			record(op, nil, in, out)
		}
		return out, nil
	}
	out, err := b.allocate(dev, mode)
	if err != nil {
		return nil, err
	}
	c := device.Call{Kernel: k}
	c.Out[0] = &b.view
	if err := launch(&c, op, dev, in); err != nil {
		return nil, err
	}
	if span != nil {
		span.end(OpKernel, op, k, in, out)
	}
	if needs {
		record(op, nil, in, out)
	}
	return out, nil
}

// define is what the definition of op gives, on the body b.
func define(op Op, c Composite, b *body, mode *Mode, in []*Tensor) *Tensor {
	work := newDefinition(op, mode)
	out := c.Body(work.hidden(in))
	b.adopt(out)
	work.end(out)
	return b.handle(mode)
}

// launch fills in the inputs and attributes of c and runs it.
func launch(c *device.Call, op any, dev device.Device, in []*Tensor) error {
	if len(in) > len(c.In) {
		return fmt.Errorf("%d inputs; a kernel takes at most %d", len(in), len(c.In))
	}
	if a, ok := op.(Attributed); ok {
		c.Attr = a.Attr()
	}
	for i, t := range in {
		c.In[i] = &t.b.view
	}
	return exec(dev, c)
}

// exec runs c. Kernels hold addresses, which the collector does not follow, so
// the tensors are kept here until the end.
func exec(dev device.Device, c *device.Call) error {
	err := dev.Run(*c)
	runtime.KeepAlive(c)
	return err
}

// hidden is in with the no-grad mark, for a definition whose gradient is the op's.
func hidden(in []*Tensor) []*Tensor {
	out := make([]*Tensor, len(in))
	for i, t := range in {
		out[i] = t.NoGrad()
	}
	return out
}

// adopt makes b a body of its own on t's data.
func (b *body) adopt(t *Tensor) { b.view, b.dev, b.store = t.b.view, t.b.dev, t.b.store }

// ApplyMulti is [Apply] for an op with several results.
func ApplyMulti(op MultiOp, in ...*Tensor) []*Tensor {
	args := append([]*Tensor(nil), in...)
	out, err := runMulti(op, args)
	if err != nil {
		fail(op.Name(), args, err)
	}
	return out
}

func runMulti(op MultiOp, in []*Tensor) ([]*Tensor, error) {
	mode, dev, needs, err := scan(in)
	if err != nil {
		return nil, err
	}
	if d := mode.casting(); d != 0 {
		autocast(op, d, in)
	}
	specs, err := op.Infer(in)
	if err != nil {
		return nil, err
	}
	span := mode.begin()
	k, reads := op.Kernel(), op.Reads()
	needs = needs && reads != NoGradient
	through := needs && reads == BodyGradient
	if k == device.NoKernel || through || !dev.Supports(k, in[0].DType()) {
		c, ok := op.(MultiComposite)
		if !ok {
			return nil, fmt.Errorf("%s has no kernel for %v", dev.Name(), in[0].DType())
		}
		if through {
			return span.throughMulti(op, c, in), nil
		}
		out := defineMulti(op, c, mode, in)
		if span != nil {
			span.end(OpDefinition, op, k, in, out...)
		}
		if needs {
			record(op, specs, in, out...)
		}
		return out, nil
	}
	c := device.Call{Kernel: k}
	out := make([]*Tensor, len(specs))
	for i := range specs {
		b := mode.inScope().newBody()
		b.view.Spec = specs[i]
		if out[i], err = b.allocate(dev, mode); err != nil {
			return nil, err
		}
		c.Out[i] = &out[i].b.view
	}
	if err := launch(&c, op, dev, in); err != nil {
		return nil, err
	}
	if span != nil {
		span.end(OpKernel, op, k, in, out...)
	}
	if needs {
		record(op, specs, in, out...)
	}
	return out, nil
}

// defineMulti is [define] for an op with several results.
func defineMulti(op MultiOp, c MultiComposite, mode *Mode, in []*Tensor) []*Tensor {
	work := newDefinition(op, mode)
	out := c.Body(work.hidden(in))
	work.end(out...)
	for i, t := range out {
		b := mode.inScope().newBody()
		b.adopt(t)
		out[i] = b.handle(mode)
	}
	return out
}
