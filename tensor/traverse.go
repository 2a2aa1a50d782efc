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
			b.claimed = append(b.claimed, d)
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
	b.side = make(map[*node]*work, len(b.claimed))
	for _, d := range b.claimed {
		w := d.work
		b.side[d] = &w
	}
	b.release()
}

// release gives the nodes back to other passes.
func (b *backward) release() {
	for _, d := range b.claimed {
		d.work = work{}
		d.owner.Store(0)
	}
	b.claimed = nil
}

// visit appends d, and what it depends on before it, to the order: depth
// first, without recursion.
func (b *backward) visit(root *node) {
	type frame struct {
		d    *node
		next int
	}
	if !b.claim(root) {
		return
	}
	stack := []frame{{root, 0}}
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		if f.next < len(f.d.edges) {
			e := f.d.edges[f.next]
			f.next++
			if b.claim(e.node) {
				stack = append(stack, frame{e.node, 0})
			}
			continue
		}
		d, w := f.d, b.work(f.d)
		stack = stack[:len(stack)-1]
		for _, e := range d.edges {
			w.need = w.need || b.needs(e)
		}
		if w.need && d.freed {
			misuse(d.name()+" backward", fmt.Errorf("the graph was freed by an earlier Backward; pass RetainGraph to that one%s", d.calledAt()))
		}
		w.need = w.need || b.wanted(d)
		if w.need {
			b.order = append(b.order, d)
		}
	}
}

func (w *work) gradOf(i uint32) *Tensor {
	if i == 0 {
		return w.grad
	}
	if int(i) > len(w.more) {
		return nil
	}
	return w.more[i-1]
}

func (w *work) setGrad(i uint32, g *Tensor) {
	if i == 0 {
		w.grad = g
		return
	}
	for len(w.more) < int(i) {
		w.more = append(w.more, nil)
	}
	w.more[i-1] = g
}
