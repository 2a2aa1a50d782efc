package tensor

import (
	"fmt"
	"sync/atomic"
)

// generation numbers the passes.
var generation atomic.Uint64

// work is what the pass keeps for d: in the node, which is quick, or beside it
// where passes share nodes, as a hook that differentiates or two goroutines do.
func (b *backward) work(d *node) *work {
	if b.side != nil {
		return b.side[d]
	}
	return &d.work
}

// claim makes d a node of this pass; false if it is one already, or no inner node.
func (b *backward) claim(d *node) bool {
	if d == nil || d.leaf != nil {
		return false
	}
	if b.side == nil {
		if d.owner.Load() == b.id {
			return false
		}
		if d.owner.CompareAndSwap(0, b.id) {
			return true
		}
		b.stepAside()
	}
	if b.side[d] != nil {
		return false
	}
	b.side[d] = new(work)
	return true
}

// stepAside moves the work of this pass out of the nodes.
func (b *backward) stepAside() {
	b.side = map[*node]*work{}
	for _, list := range [...]*node{b.path, b.order} {
		for d := list; d != nil; d = b.side[d].link {
			w := d.work
			b.side[d] = &w
			d.work = work{}
			d.owner.Store(0)
		}
	}
}

// release gives the nodes back to other passes.
func (b *backward) release() {
	if b.side != nil {
		return
	}
	for _, list := range [...]*node{b.path, b.order} {
		for d := list; d != nil; {
			next := d.work.link
			d.work = work{}
			d.owner.Store(0)
			d = next
		}
	}
}

// visit puts d, and what it depends on before it, in order: depth first,
// without recursion. The way down is linked through the nodes, and so is the
// order, which is the way back.
func (b *backward) visit(root *node) {
	if !b.claim(root) {
		return
	}
	b.path = root
	for b.path != nil {
		d := b.path
		w := b.work(d)
		if edges := d.edges(); int(w.next) < len(edges) {
			below := edges[w.next].node
			w.next++
			if b.claim(below) {
				b.work(below).link, b.path = d, below
			}
			continue
		}
		for _, e := range d.edges() {
			w.need = w.need || b.needs(e)
		}
		if w.need && d.freed {
			misuse(d.name()+" backward", fmt.Errorf("the graph was freed by an earlier Backward; pass RetainGraph to that one%s", d.calledAt()))
		}
		w.need = w.need || b.wanted(d)
		b.path, w.link, b.order = w.link, b.order, d
	}
}

func (w *work) gradOf(i uint32) *Tensor {
	if i == 0 {
		return w.grad
	}
	if w.more == nil || int(i) > len(*w.more) {
		return nil
	}
	return (*w.more)[i-1]
}

func (w *work) setGrad(i uint32, g *Tensor) {
	if i == 0 {
		w.grad = g
		return
	}
	if w.more == nil {
		w.more = new([]*Tensor)
	}
	for len(*w.more) < int(i) {
		*w.more = append(*w.more, nil)
	}
	(*w.more)[i-1] = g
}
