package cpu

import (
	"fmt"
	"math"
	bit "math/bits"
	"runtime"
	"sync"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Buffers of up to heapBytes are Go's collector's business: it is quick with
// them, and freeing them by hand would cost more than it saves.
const heapBytes = 4096

// A slab is a piece of pooled memory, for good: its finalizer puts it back
// when a buffer is dropped without Free, so that a buffer that is freed costs
// the collector nothing.
type slab struct {
	p     unsafe.Pointer
	class int
	lent  bool
}

// Size classes: four steps between powers of two, so that at most a fifth of a
// slab is not asked for. All are multiples of 1024.
const classes = 4 * (bit.UintSize - 14)

// maxBytes is what classes reach; the limit is what the machine has.
const maxBytes = min(1<<46, math.MaxInt/2)

// classOf is the class of slabs of at least n bytes, n > heapBytes.
func classOf(n int) int {
	top := bit.Len(uint(n - 1)) // 2^(top-1) < n <= 2^top
	return (top-13)*4 + (n-1)>>(top-3) - 4
}

// sizeOf is the size of the slabs of a class.
func sizeOf(class int) int { return (5 + class%4) << (class/4 + 10) }

// pool lends slabs. What comes back is lent again, the last one first, since
// the caches still know it.
type pool struct {
	mu    sync.Mutex
	hot   [classes][]*slab // memory in hand
	cold  [classes][]*slab // memory given back to the OS
	chunk unsafe.Pointer   // where the next slabs of small classes come from
	left  int              // bytes of it
	stats device.MemoryStats
	alive int // bytes in use after the last collection
	gc    sync.Mutex
}

// memory is the pool of the host: there is one, as there is one host.
var memory pool

// Alloc returns a buffer. Up to 4 KB are of Go's heap, more is of the pool.
func (*CPU) Alloc(bytes int) (device.Buffer, error) {
	if bytes < 0 || bytes > maxBytes {
		return device.Buffer{}, fmt.Errorf("cpu: %d bytes: %w", bytes, device.ErrOutOfMemory)
	}
	if bytes <= heapBytes || unpooled {
		p := unsafe.Pointer(unsafe.SliceData(make([]uint64, (bytes+7)/8)))
		return device.Buffer{Ptr: p, Bytes: bytes}, nil
	}
	b, err := memory.get(bytes)
	if err != nil {
		return device.Buffer{}, err
	}
	return device.Buffer{Ptr: b.p, Bytes: bytes, Hold: unsafe.Pointer(b)}, nil
}

// Free gives a buffer back to the pool.
func (*CPU) Free(buf device.Buffer) {
	if buf.Hold != nil {
		memory.put((*slab)(buf.Hold))
	}
}

// get lends a slab of at least n bytes.
func (m *pool) get(n int) (*slab, error) {
	c := classOf(n)
	size := sizeOf(c)
	m.mu.Lock()
	defer m.mu.Unlock()
	b := take(&m.hot[c])
	if b == nil && m.stats.InUse+size > max(patience, 2*m.alive) {
		m.collect()
		b = take(&m.hot[c])
	}
	if b == nil {
		var err error
		if b, err = m.grow(c); err != nil {
			return nil, err
		}
		m.stats.FromOS += size
		m.stats.PeakFromOS = max(m.stats.PeakFromOS, m.stats.FromOS)
	} else {
		m.stats.Reused++
	}
	b.lent = true
	m.stats.Allocs++
	m.stats.InUse += size
	m.stats.Peak = max(m.stats.Peak, m.stats.InUse)
	return b, nil
}

// take pops the last slab of a list, nil if there is none.
func take(list *[]*slab) *slab {
	l := *list
	if len(l) == 0 {
		return nil
	}
	b := l[len(l)-1]
	l[len(l)-1] = nil
	*list = l[:len(l)-1]
	return b
}

// put takes a slab back.
func (m *pool) put(b *slab) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !b.lent {
		panic("cpu: a buffer was freed twice")
	}
	b.lent = false
	m.stats.Frees++
	m.stats.InUse -= sizeOf(b.class)
	m.hot[b.class] = append(m.hot[b.class], b)
}

// grow is a slab of class c with memory from the OS.
func (m *pool) grow(c int) (*slab, error) {
	if b := take(&m.cold[c]); b != nil {
		return b, nil
	}
	p, err := m.mapped(sizeOf(c))
	if err != nil {
		return nil, err
	}
	b := &slab{p: p, class: c}
	runtime.SetFinalizer(b, dropped)
	return b, nil
}

// mapped returns memory for a slab, of a chunk if it is small.
func (m *pool) mapped(size int) (unsafe.Pointer, error) {
	if size > chunkBytes/8 {
		return mapMemory(size)
	}
	if m.left < size {
		p, err := mapMemory(chunkBytes)
		if err != nil {
			return nil, err
		}
		m.chunk, m.left = p, chunkBytes
	}
	p := m.chunk
	m.chunk, m.left = unsafe.Add(p, size), m.left-size
	return p, nil
}

// chunkBytes is how much is mapped at once for slabs of up to an eighth of it.
const chunkBytes = 8 << 20

// dropped takes back a slab that nothing refers to any more.
func dropped(b *slab) {
	runtime.SetFinalizer(b, dropped)
	memory.put(b)
}
