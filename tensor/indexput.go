package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// IndexPut returns a copy of t in which values take the place of t.Index(at...),
// or are added to it if accumulate. Without accumulate, of two values for one
// place the later wins, and only that one should need a gradient.
//
//	shape:  t's; values expand to the shape of t.Index(at...)
//	dtype:  t's and values' equal
//	panics: *Error as Index does, and if values do not fit
//	source: torch.index_put
func (t *Tensor) IndexPut(values *Tensor, accumulate bool, at ...Indexer) *Tensor {
	if t == nil {
		misuse("index_put", errors.New("input 0 is nil"))
	}
	return t.Clone().IndexPutInPlace(values, accumulate, at...)
}

// IndexPutInPlace is PyTorch's t[at...] = values, or t[at...] += values with
// every value added if accumulate; see [Tensor.IndexPut]. It returns t.
func (t *Tensor) IndexPutInPlace(values *Tensor, accumulate bool, at ...Indexer) *Tensor {
	const op = "index_put"
	s := t.choose(op, at)
	if values == nil || values.DType() != t.DType() {
		misuse(op, fmt.Errorf("want values of dtype %v", t.DType()), t, values)
	}
	if len(s.picks) == 0 {
		want := *s.v.spec()
		values = values.fit(op, t, &want)
		if accumulate {
			s.v.AddInPlace(values)
		} else {
			s.v.CopyFrom(values)
		}
		return t
	}
	p := s.plan()
	put := Op(indexCopyOp{p.at})
	if accumulate {
		put = indexAddOp{p.at}
	}
	u := p.arrange(s.v)
	want, err := p.replaced(u.spec(), p.flat.spec())
	if err != nil {
		misuse(op, err, t)
	}
	values = values.fit(op, t, &want)
	if s.v.plain(values) && u.b.store == t.b.store {
		u.putInPlace(op, put, p.flat, values)
		return t
	}
	s.v.change(op, func(x *Tensor) *Tensor {
		return p.restore(Apply(put, p.arrange(x), p.flat, values), x)
	})
	return t
}

// fit is values expanded to what an op writes to t.
func (t *Tensor) fit(op string, to *Tensor, want *device.Spec) *Tensor {
	if s, err := broadcast(t.spec(), want); err != nil || s.Rank != want.Rank || s.Dim != want.Dim {
		misuse(op, fmt.Errorf("values of shape %v do not expand to %v", t.shape(), want.Shape()), to)
	}
	return t.expandTo(want)
}

// plain reports whether a change of t by values is nothing but a write.
func (t *Tensor) plain(values *Tensor) bool {
	return (t.b.grad() == nil || !t.mode.recording()) && !values.RequiresGrad() && t.b.store != values.b.store && t.b.dev == values.b.dev
}

// putInPlace runs the kernel of put, which works in place, on t itself.
func (t *Tensor) putInPlace(op string, put Op, idx, values *Tensor) {
	err := t.write(false)
	if err == nil {
		c := device.Call{Kernel: put.Kernel(), Attr: put.(Attributed).Attr()}
		c.Out[0] = &t.b.view
		c.In[0], c.In[1], c.In[2] = &t.b.view, &idx.b.view, &values.b.view
		span := tracerOf(t, idx, values).begin()
		if err = exec(t.b.dev, &c); err == nil && span != nil {
			span.end(OpWrite, put, c.Kernel, []*Tensor{t, idx, values}, t)
		}
	}
	if err != nil {
		misuse(op, err, t)
	}
}
