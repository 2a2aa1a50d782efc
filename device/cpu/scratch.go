package cpu

import (
	"sync"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// scratch lends slices of n elements without pointers, not zeroed, to kernels.
// Small ones stay with their processor until the next collection; large ones
// are of the memory pool, which all share.
type scratch[T any] struct{ pool sync.Pool }

// largeScratch is how many bytes are worth the pool's lock.
const largeScratch = 64 << 10

// A piece is a slice of a scratch, which knows it by its address.
type piece[T any] struct {
	s   []T // first: its address is the piece's
	buf device.Buffer
}

func (s *scratch[T]) get(n int) *[]T {
	var z T
	bytes := n * int(unsafe.Sizeof(z))
	if bytes > largeScratch {
		// Beyond the limit it is Go's: a kernel has no error to give for this.
		if buf, err := memory.lend(bytes); err == nil {
			return &(&piece[T]{window[T](buf.Ptr, n), buf}).s
		}
	}
	h, _ := s.pool.Get().(*piece[T])
	if h == nil || cap(h.s) < n {
		h = &piece[T]{s: make([]T, n)}
	}
	h.s = h.s[:n]
	return &h.s
}

func (s *scratch[T]) put(p *[]T) {
	h := (*piece[T])(unsafe.Pointer(p))
	if h.buf.Hold != nil {
		new(CPU).Free(h.buf)
	} else {
		s.pool.Put(h)
	}
}
