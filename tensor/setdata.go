package tensor

import (
	"errors"
	"fmt"
)

// SetData gives the leaf t the data of u: its memory, which both then share,
// and its shape, dtype and device. t stays the same tensor to whoever holds
// it, such as an optimizer. Its gradient is dropped. Views of t, and tensors
// from Detach, keep the old data. Where u is in a scope, t takes a copy. No other goroutine may use t meanwhile.
//
//	panics: *Error if t is not a leaf, is a view, or requires a gradient that
//	u's dtype has not
//	source: assignment to torch.Tensor.data
func (t *Tensor) SetData(u *Tensor) *Tensor {
	u.known("set_data")
	d := t.known("set_data").b.grad()
	switch {
	case d != nil && d.leaf == nil:
		misuse("set_data", errors.New("the tensor is the result of an op; want a leaf"), t, u)
	case t.b.base != nil:
		misuse("set_data", errors.New("the tensor is a view; want one with memory of its own"), t, u)
	case d != nil && !u.DType().IsFloat():
		misuse("set_data", fmt.Errorf("dtype %v has no gradient, and the tensor requires one; Freeze it first", u.DType()), t, u)
	}
	if u.b.store.scope != nil {
		u = u.Keep()
	}
	// An op that saved t must see that it changed, also if u never did.
	version := t.b.store.version + 1
	t.b.view, t.b.dev, t.b.store = u.b.view, u.b.dev, u.b.store
	t.b.store.version = max(t.b.store.version, version)
	if d != nil {
		t.SetGrad(nil)
		d.spec = *t.spec()
	}
	return t
}
