package tensor

import (
	"errors"
	"fmt"
	"slices"
)

// RequireGrad makes t a leaf: Backward adds to its Grad. It returns t.
//
//	panics: *Error if t is not floating point, is the result of an op that is
//	recorded, or carries the no-grad mark
//	source: torch.Tensor.requires_grad_
func (t *Tensor) RequireGrad() *Tensor {
	t.known("require_grad")
	switch {
	case !t.DType().IsFloat():
		misuse("require_grad", fmt.Errorf("dtype %v has no gradient; want a floating-point dtype", t.DType()), t)
	case !t.mode.recording():
		misuse("require_grad", errors.New("the tensor is marked NoGrad; use Detach first"), t)
	case t.IsLeaf() && t.RequiresGrad():
		return t
	case t.b.grad() != nil:
		misuse("require_grad", errors.New("the tensor is the result of an op; only a leaf can be asked for a gradient (use RetainGrad or Detach)"), t)
	}
	d := &node{leaf: &leaf{}, spec: *t.spec()}
	t.b.node, t.b.base, t.b.out = d, nil, 0
	return t
}

// RequiresGrad reports whether Backward through t can reach a leaf.
func (t *Tensor) RequiresGrad() bool {
	return t.known("requires_grad").mode.recording() && t.b.grad() != nil
}

// IsLeaf reports whether t was made by the user rather than recorded as the
// result of an op.
func (t *Tensor) IsLeaf() bool { d := t.known("is_leaf").b.grad(); return d == nil || d.leaf != nil }

// Freeze makes a leaf stop requiring a gradient, and drops the one it has. It
// returns t, and panics with an *Error if t is not a leaf.
func (t *Tensor) Freeze() *Tensor {
	if !t.known("freeze").IsLeaf() {
		misuse("freeze", errors.New("only a leaf can be frozen; use Detach for the result of an op"), t)
	}
	t.b.node = nil
	return t
}

// RetainGrad makes Grad of a recorded result return its gradient after
// Backward, which otherwise keeps those of leaves only. It returns t, and
// panics with an *Error if t requires no gradient.
//
//	source: torch.Tensor.retain_grad
func (t *Tensor) RetainGrad() *Tensor {
	d := t.known("retain_grad").b.grad()
	if d == nil {
		misuse("retain_grad", errors.New("the tensor requires no gradient"), t)
	}
	if d.leaf == nil && d.retained(t.b.out) == nil {
		x := d.needExtra()
		x.hooks = append(x.hooks, &hook{out: t.b.out, keep: new(leaf)})
	}
	return t
}

// retained is where result out's gradient is kept, if RetainGrad asked for it.
func (d *node) retained(out uint32) *leaf {
	for _, h := range d.hooks() {
		if h.keep != nil && h.out == out {
			return h.keep
		}
	}
	return nil
}

// Grad returns the gradient collected so far, nil if there is none.
func (t *Tensor) Grad() *Tensor {
	d := t.known("grad").b.node
	if d == nil {
		return nil
	}
	if d.leaf == nil {
		if k := d.retained(t.b.out); k != nil {
			return k.grad
		}
		return nil
	}
	d.leaf.mu.Lock()
	defer d.leaf.mu.Unlock()
	return d.leaf.grad
}

// SetGrad replaces the gradient of a leaf; nil clears it.
//
//	panics: *Error if t requires no gradient, or g differs in shape or dtype
//	source: assignment to torch.Tensor.grad
func (t *Tensor) SetGrad(g *Tensor) {
	d := t.known("set_grad").b.node
	if d == nil || d.leaf == nil {
		misuse("set_grad", errors.New("the tensor is not a leaf that requires a gradient"), t)
	}
	if g != nil && *g.spec() != *t.spec() {
		misuse("set_grad", fmt.Errorf("the gradient is %v %v; want %v %v", g.DType(), g.shape(), t.DType(), t.shape()), t, g)
	}
	d.leaf.mu.Lock()
	d.leaf.grad = g
	d.leaf.mu.Unlock()
}

// ZeroGrad drops the gradient, so that the next Backward starts a new one.
func (t *Tensor) ZeroGrad() {
	if d := t.known("zero_grad").b.node; d != nil && d.leaf != nil {
		t.SetGrad(nil)
	}
}

// Detach returns a tensor on the same data that is cut off from the record:
// gradients stop here. It carries no mark of NoGrad or Autocast.
//
//	source: torch.Tensor.detach
func (t *Tensor) Detach() *Tensor {
	b := t.known("detach").mode.inScope().newBody()
	b.adopt(t)
	return b.handle(t.mode.withoutNoGrad().withoutAutocast())
}

// Hook calls f with t's gradient during Backward; what f returns, unless nil,
// takes the gradient's place. It returns a function that removes the hook.
// It panics with an *Error if t requires no gradient.
//
//	source: torch.Tensor.register_hook
func (t *Tensor) Hook(f func(grad *Tensor) *Tensor) (remove func()) {
	d := t.known("hook").b.grad()
	if d == nil {
		misuse("hook", errors.New("the tensor requires no gradient"), t)
	}
	h := &hook{out: t.b.out, f: f}
	x := d.needExtra()
	x.hooks = append(x.hooks, h)
	return func() {
		x.hooks = slices.DeleteFunc(slices.Clone(x.hooks), func(y *hook) bool { return y == h })
	}
}
