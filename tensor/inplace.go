package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// change is the one door for changes in place: t takes the values of f(t). As
// in PyTorch, the history of t, and of what t is a view of, becomes that of the
// change; a leaf that requires a gradient refuses. f must give t's shape.
func (t *Tensor) change(op string, f func(x *Tensor) *Tensor) *Tensor {
	t.known(op).checkWrite(op)
	x := t
	if t.mode.recording() && t.b.grad() != nil {
		x = t.snapshot() // f's op may keep its input, which is about to change
	}
	y := f(x)
	if x == t && y.RequiresGrad() {
		x = t.snapshot() // another operand needs a gradient, which may read t
		y = f(x)
	}
	if t.RequiresGrad() && !y.mode.recording() {
		misuse(op, errors.New("the other operand is marked NoGrad, and would cut off the history of the tensor it is to change; use its Detach"), t, y)
	}
	if owner := t.root(); y.RequiresGrad() && !owner.own.scope.within(y.mode.inScope()) {
		misuse(op, errors.New("the other operand is in a scope, and its history would end before the tensor it is to change; use its Keep"), t, y)
	}
	if y.spec().Rank != t.spec().Rank || y.spec().Dim != t.spec().Dim {
		misuse(op, fmt.Errorf("the result has shape %v and does not fit in place of %v", y.shape(), t.shape()), t)
	}
	if category(y.DType()) > category(t.DType()) {
		misuse(op, fmt.Errorf("a result of dtype %v does not fit in place of %v", y.DType(), t.DType()), t)
	}
	y = y.Cast(t.DType())
	if t.RequiresGrad() && !y.RequiresGrad() {
		y = Apply(constantOp{}, y, x) // as in PyTorch, t goes on to require a gradient: zeros
	}
	t.overwrite(op, y)
	t.rebase(y)
	return t
}

// root is the body of the tensor that t is a view of, t's own if it is none.
func (t *Tensor) root() *body {
	if t.b.base != nil {
		return t.b.base
	}
	return t.b
}

// constantOp is its first input, which has no gradient, in place of the second.
type constantOp struct{}

func (constantOp) Name() string                            { return "fill" }
func (constantOp) Kernel() device.Kernel                   { return device.NoKernel }
func (constantOp) Reads() Reads                            { return Nothing }
func (constantOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (constantOp) Body(in []*Tensor) *Tensor               { return in[0] }
func (constantOp) Grad(c *Ctx, dy *Tensor) Grads           { return Grads{nil, ZerosLike(dy)} }

// checkWrite panics if autograd forbids a change of t.
func (t *Tensor) checkWrite(op string) {
	if !t.mode.recording() {
		return
	}
	if d := t.b.grad(); d != nil && d.leaf != nil {
		misuse(op, errors.New("a leaf that requires a gradient cannot be changed in place; change its Detach, or a Clone"), t)
	}
	if t.b.base != nil {
		if d := t.b.base.node; d != nil && d.leaf != nil {
			misuse(op, errors.New("a view of a leaf that requires a gradient cannot be changed in place; change a Detach of the leaf"), t)
		}
	}
}

// snapshot is t as it is now, with its history; a later change of t leaves it.
func (t *Tensor) snapshot() *Tensor {
	var s *Tensor
	if u := t.alias(noGradMode); u.sharable() {
		s = u.shared()
	} else {
		s = u.copyOf()
	}
	s = s.alias(t.mode)
	s.b.node, s.b.out = t.b.grad(), t.b.out
	return s
}

// rebase gives t, which was just overwritten with y, the history of y.
func (t *Tensor) rebase(y *Tensor) {
	if !t.mode.recording() {
		return
	}
	if t.b.base == nil {
		t.b.node, t.b.out = y.b.grad(), y.b.out
		return
	}
	root := t.b.base
	if root.node == nil && y.b.grad() == nil {
		return
	}
	op := &overwriteOp{view: geometry(&t.b.view), base: geometry(&root.view)}
	before := &Tensor{b: &body{view: root.view, dev: root.dev, store: root.store, node: root.node, out: root.out}}
	record(op, nil, []*Tensor{before, y}, &Tensor{root, &Mode{scope: root.own.scope}})
	t.b.seen.Store(root.store.version - 1) // take the new history when asked
}

// overwriteOp is the base of a view after the view was overwritten: its
// gradient reaches the old base everywhere but there, and the new values there.
type overwriteOp struct{ view, base device.View }

func (*overwriteOp) Name() string { return "overwrite" }
func (*overwriteOp) Reads() Reads { return Nothing }
func (o *overwriteOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	g[1] = Apply(&restrideOp{view: o.view, base: o.base}, dy)
	if c.Needs(0) {
		there := Apply(&restrideOp{view: o.view, base: o.base, back: true}, onesLike(g[1]).NoGrad()).Detach()
		g[0] = dy.MaskedFill(there.NeScalar(0), 0) // not a difference: dy may be infinite there
	}
	return g
}

// copyFrom writes u's values, broadcast, to t's memory, whatever its layout.
// It is a write only: nothing is recorded.
func (t *Tensor) copyFrom(u *Tensor) { t.overwrite("copy", u) }

// overwrite is copyFrom in the name of op.
func (t *Tensor) overwrite(op string, u *Tensor) {
	if t.b.store == u.b.store {
		u = u.alias(noGradMode.withTracing(u.mode.tracer())).copyOf() // the two may overlap
	}
	t.runInPlace(op, device.Copy, u)
}

// runInPlace runs a kernel whose output is t.
func (t *Tensor) runInPlace(op string, k device.Kernel, in ...*Tensor) {
	if err := t.write(k == device.Copy); err != nil {
		misuse(op, err, t)
	}
	span := t.beginWrite(in)
	c := device.Call{Kernel: k}
	c.Out[0] = &t.b.view
	for i, u := range in {
		if u.b.store.Bytes < 0 {
			misuse(op, errFreed, u)
		}
		c.In[i] = &u.b.view
	}
	if err := exec(t.b.dev, &c); err != nil {
		misuse(op, err, t)
	}
	if span != nil {
		span.end(OpWrite, op, k, in, t)
	}
}

// accumulate adds g to t in place; nothing is recorded.
func (t *Tensor) accumulate(g *Tensor) { t.runInPlace("add", device.Add, t, g) }

// AddInPlace adds u, broadcast to t's shape, to t. It returns t.
//
//	panics: *Error if the sum has another shape or a higher kind of dtype, or t
//	is a leaf that requires a gradient
//	source: torch.Tensor.add_
func (t *Tensor) AddInPlace(u *Tensor) *Tensor {
	if t.plainWith(u) {
		t.runInPlace("add", device.Add, t, u)
		return t
	}
	return t.change("add", func(x *Tensor) *Tensor { return x.Add(u) })
}

// SubInPlace subtracts u from t; see [Tensor.AddInPlace].
func (t *Tensor) SubInPlace(u *Tensor) *Tensor {
	if t.plainWith(u) {
		t.runInPlace("sub", device.Sub, t, u)
		return t
	}
	return t.change("sub", func(x *Tensor) *Tensor { return x.Sub(u) })
}

// MulInPlace multiplies t by u; see [Tensor.AddInPlace].
func (t *Tensor) MulInPlace(u *Tensor) *Tensor {
	if t.plainWith(u) {
		t.runInPlace("mul", device.Mul, t, u)
		return t
	}
	return t.change("mul", func(x *Tensor) *Tensor { return x.Mul(u) })
}

// DivInPlace divides t by u; see [Tensor.AddInPlace].
func (t *Tensor) DivInPlace(u *Tensor) *Tensor {
	return t.change("div", func(x *Tensor) *Tensor { return x.Div(u) })
}

// plainWith reports whether a kernel can work on t and u in place: nothing to
// record or convert, and u does not overlap t.
func (t *Tensor) plainWith(u *Tensor) bool {
	if t == nil || u == nil || t.DType() == Bool {
		return false // the op itself says what is wrong
	}
	return t.b.grad() == nil && !u.RequiresGrad() && t.DType() == u.DType() && t.b.dev == u.b.dev &&
		t.b.base == nil && t.b.store != u.b.store && *t.spec() == *u.spec()
}

// AddScalarInPlace adds the number v to t. It returns t; see [Tensor.AddInPlace].
func (t *Tensor) AddScalarInPlace(v any) *Tensor {
	return t.change("add", func(x *Tensor) *Tensor { return x.AddScalar(v) })
}

// MulScalarInPlace multiplies t by the number v. It returns t; see
// [Tensor.AddInPlace].
func (t *Tensor) MulScalarInPlace(v any) *Tensor {
	return t.change("mul", func(x *Tensor) *Tensor { return x.MulScalar(v) })
}

// CopyFrom overwrites t with u, broadcast and cast. Through a view it writes a
// part of the base: y.Select(1, 0).CopyFrom(x) is y[:, 0] = x, and x gets its
// gradient. It returns t.
//
//	panics: *Error if u does not broadcast to t; see AddInPlace for the rest
//	source: torch.Tensor.copy_
func (t *Tensor) CopyFrom(u *Tensor) *Tensor {
	if !u.known("copy").mode.recording() {
		u = u.Detach() // a constant
	}
	if s, err := broadcast(t.known("copy").spec(), u.spec()); err != nil || s.Rank != t.spec().Rank || s.Dim != t.spec().Dim {
		misuse("copy", fmt.Errorf("shape %v does not broadcast to %v", u.shape(), t.shape()), t, u)
	}
	return t.change("copy", func(*Tensor) *Tensor { return u.Cast(t.DType()).expandTo(t.spec()) })
}

// Fill overwrites t with the number v, which is cut to t's dtype. It returns t.
//
//	panics: *Error if v is too large for the dtype; see AddInPlace for the rest
//	source: torch.Tensor.fill_
func (t *Tensor) Fill(v any) *Tensor {
	n, _ := number("fill", v)
	if !fits(n, t.known("fill").DType()) {
		misuse("fill", fmt.Errorf("%v does not fit %v", v, t.DType()), t)
	}
	if t.b.grad() == nil && t.b.base == nil { // nothing to record
		if err := t.write(true); err != nil {
			misuse("fill", err, t)
		}
		return t.fill(n)
	}
	return t.change("fill", func(x *Tensor) *Tensor { return scalarOf(t.b.dev, t.DType(), n).expandTo(t.spec()) })
}

// Zero overwrites t with zeros. It returns t; see [Tensor.Fill].
func (t *Tensor) Zero() *Tensor { return t.Fill(0) }
