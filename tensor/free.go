package tensor

import (
	"errors"

	"github.com/facula-ml/facula/device"
)

var errFreed = errors.New("the tensor was freed")

// Free gives t's memory back at once, for other tensors to use. Nothing needs
// it: memory that is not used any more comes back by itself, later. The views
// of t, and t as a view, go together; a Clone lives on. Freeing twice is
// nothing, and shape and dtype can still be asked, but an op on t, or a
// gradient that reads t, panics with an *Error.
func (t *Tensor) Free() { t.known("free").b.store.free(t.b.dev) }

// free is Free: the last storage of a group takes the memory along.
func (s *storage) free(dev device.Device) {
	if s.Bytes < 0 {
		return
	}
	buf := s.Buffer
	s.Buffer = device.Buffer{Bytes: -1}
	if g := s.cow.Swap(nil); (g == nil || g.leave()) && buf.Hold != nil {
		dev.Free(buf)
	}
}

// leave takes one out of the group, and reports whether it was the last.
func (g *sharing) leave() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n--
	return g.n == 0
}
