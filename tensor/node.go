package tensor

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/facula-ml/facula/device"
)

// A node is the record of one op, or a leaf. It holds no tensor that the
// gradient does not read.
type node struct {
	op    Gradient
	edges []edge        // where each input came from; edge3 if there are few
	saved []saved       // inputs, then results, that Grad reads
	specs []device.Spec // of the results
	leaf  *leaf
	hooks []*hook
	site  string // who called the op, in anomaly mode
	freed bool

	owner atomic.Uint64 // the backward pass that uses work, 0 if none
	work  work

	edge3 [3]edge
	save3 [3]saved
	spec1 [1]device.Spec
}

// work is what a backward pass keeps for a node.
type work struct {
	need  bool      // leads to a tensor whose gradient is wanted
	owned bool      // grad is a buffer of our own: add in place
	grad  *Tensor   // of the first result
	more  []*Tensor // of the others
}

// An edge leads to one result of a node; the zero edge is an input without gradient.
type edge struct {
	node *node
	out  uint32
}

func (e edge) spec() *device.Spec { return &e.node.specs[e.out] }

// saved is a tensor as it was when the op ran.
type saved struct {
	t       *Tensor
	version uint32
}

// leaf is what a tensor that requires a gradient collects. Several goroutines
// may add to it.
type leaf struct {
	mu   sync.Mutex
	grad *Tensor
}

// A hook sees one result's gradient on its way; see [Tensor.Hook].
type hook struct {
	out  uint32
	f    func(*Tensor) *Tensor
	keep *leaf // instead of f: RetainGrad
}

// grad is b's node. A view whose storage was changed since takes a new one
// from its base, so that its gradient goes through that change.
func (b *body) grad() *node {
	if b.base == nil || b.seen.Load() == b.store.version {
		return b.node
	}
	b.store.mu.Lock() // several goroutines may read a view
	defer b.store.mu.Unlock()
	if b.seen.Load() == b.store.version {
		return b.node
	}
	if b.base.node == nil {
		b.node, b.out = nil, 0
		b.seen.Store(b.store.version)
	} else {
		record(viewGrad{&asStridedOp{at: geometry(&b.view), from: geometry(&b.base.view)}}, nil, []*Tensor{&b.base.self}, &Tensor{b: b})
	}
	return b.node
}

// geometry is v without its memory, for an op that must not keep that alive.
func geometry(v *device.View) device.View {
	g := *v
	g.Buf = nil
	return g
}

// record makes outs the results of op.
func record(op Gradient, specs []device.Spec, in []*Tensor, outs ...*Tensor) {
	d := &node{op: op}
	d.edges, d.saved = d.edge3[:0], d.save3[:0]
	if specs == nil {
		d.spec1[0] = outs[0].b.view.Spec
		specs = d.spec1[:]
	}
	d.specs = specs
	reads := op.Reads()
	for i, t := range in {
		d.edges = append(d.edges, edge{t.b.grad(), t.b.out})
		if reads&AllIn != 0 || i < 3 && reads>>i&1 != 0 {
			d.save(i, t)
		}
	}
	for i, t := range outs {
		if t.DType().IsFloat() { // not an index, such as Sort's
			t.b.node, t.b.out = d, uint32(i)
			t.b.seen.Store(t.b.store.version) // after node, for goroutines that read
		}
		if reads&AllOut != 0 || i == 0 && reads&Out0 != 0 || i == 1 && reads&Out1 != 0 {
			d.save(len(in)+i, t)
		}
	}
	if m := outs[0].mode; m != nil && m.anomaly {
		d.site = callSite()
	}
}

// save keeps t in slot i: inputs first, then results.
func (d *node) save(i int, t *Tensor) {
	for len(d.saved) <= i {
		d.saved = append(d.saved, saved{})
	}
	d.saved[i] = saved{t, t.b.store.version}
}

// callSite is the first caller outside this package's op methods.
func callSite() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		internal := strings.HasPrefix(f.Function, "github.com/facula-ml/facula/tensor.") && !strings.HasSuffix(f.File, "_test.go")
		if !internal || !more {
			return fmt.Sprintf("%s:%d", f.File, f.Line)
		}
	}
}

// name is the op's name for messages.
func (d *node) name() string {
	if n, ok := d.op.(interface{ Name() string }); ok {
		return n.Name()
	}
	return "leaf"
}
