package cpu

import (
	bit "math/bits"
	"runtime"
	"sync"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Buffers of up to heapBytes are Go's collector's business: it is quick with
// them, and freeing them by hand would cost more than it saves.
const heapBytes = 2048

// A slab is a piece of pooled memory, for good: its finalizer puts it back
// when a buffer is dropped without Free, so that a buffer that is freed costs
// the collector nothing.
type slab struct {
	p     unsafe.Pointer
	class int
	lent  bool
}

// Size classes: four steps between powers of two, so that at most a fifth of a
// slab is not asked for. All are multiples of 512.
const classes = 4 * (bit.UintSize - 13)

// maxBytes is what classes reach.
const maxBytes = 1 << (bit.UintSize - 2)

// classOf is the class of slabs of at least n bytes, n > heapBytes.
func classOf(n int) int {
	top := bit.Len(uint(n - 1)) // 2^(top-1) < n <= 2^top
	return (top-12)*4 + (n-1)>>(top-3) - 4
}

// sizeOf is the size of the slabs of a class.
func sizeOf(class int) int { return (5 + class%4) << (class/4 + 9) }

// pool lends slabs. What comes back is lent again, the last one first, since
// the caches still know it.
type pool struct {
	mu     sync.Mutex
	hot    [classes][]*slab // memory in hand
	cold   [classes][]*slab // memory given back to the OS
	asked  [classes]int     // stats.Allocs when a class was last asked for
	chunk  unsafe.Pointer   // where the next slabs of small classes come from
	left   int              // bytes of it
	stats  device.MemoryStats
	limit  int // of stats.FromOS; 0 until it is known
	enough int // bytes in use that make a collection worth its time
	grown  int // bytes taken from the OS since the last one
	slack  int // and how many of them do, too
	gc     sync.Mutex
}

// memory is the pool of the host: there is one, as there is one host.
var memory pool

// Alloc returns a buffer. Up to 2 KB are of Go's heap, more is of the pool.
func (*CPU) Alloc(bytes int) (device.Buffer, error) {
	if bytes > heapBytes || bytes < 0 {
		return memory.lend(bytes)
	}
	return onHeap(bytes), nil
}

func onHeap(bytes int) device.Buffer {
	v := make([]uint64, (bytes+7)/8)
	if poison {
		poisonWords(v, fresh)
	}
	return device.Buffer{Ptr: unsafe.Pointer(unsafe.SliceData(v)), Bytes: bytes}
}

// Free gives a buffer back to the pool.
func (*CPU) Free(buf device.Buffer) {
	if buf.Hold != nil {
		memory.put((*slab)(buf.Hold))
	}
}

// lend is Alloc for large buffers.
func (m *pool) lend(bytes int) (device.Buffer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if unpooled || bytes < 0 || bytes > maxBytes {
		if err := m.affordable(bytes); err != nil {
			return device.Buffer{}, err
		}
		return onHeap(bytes), nil
	}
	c := classOf(bytes)
	b := take(&m.hot[c])
	if b != nil {
		m.stats.Reused++
	} else {
		var err error
		if b, err = m.find(c); err != nil {
			return device.Buffer{}, err
		}
	}
	b.lent = true
	m.stats.Allocs++
	m.asked[c] = m.stats.Allocs
	m.stats.InUse += sizeOf(c)
	m.stats.Peak = max(m.stats.Peak, m.stats.InUse)
	if poison {
		b.fill(fresh)
	}
	return device.Buffer{Ptr: b.p, Bytes: bytes, Hold: unsafe.Pointer(b)}, nil
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
	if poison {
		b.fill(stale)
	}
	b.lent = false
	m.stats.Frees++
	m.stats.InUse -= sizeOf(b.class)
	m.hot[b.class] = append(m.hot[b.class], b)
}

// dropped takes back a slab that nothing refers to any more.
func dropped(b *slab) {
	runtime.SetFinalizer(b, dropped)
	memory.put(b)
}

// find gets a slab of class c when none is at hand: from a collection if much
// was lent or taken from the OS since the last one, and from the OS otherwise.
func (m *pool) find(c int) (*slab, error) {
	size := sizeOf(c)
	if err := m.affordable(size); err != nil {
		return nil, err
	}
	if m.stats.InUse+size > max(patience, m.enough) || m.grown+size > max(patience, m.slack) || size > m.limit-m.stats.FromOS {
		m.collect()
		if b := take(&m.hot[c]); b != nil {
			m.stats.Reused++
			return b, nil
		}
	}
	if cached := m.stats.FromOS - m.stats.InUse; cached > m.stats.InUse+patience {
		m.trim(size) // of sizes that are not wanted any more
	}
	m.trim(m.stats.FromOS + size - m.limit)
	if size > m.limit-m.stats.FromOS {
		return nil, m.refuse(size)
	}
	b, err := m.grow(c)
	if err != nil {
		return nil, err
	}
	m.grown += size
	m.stats.FromOS += size
	m.stats.PeakFromOS = max(m.stats.PeakFromOS, m.stats.FromOS)
	return b, nil
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

// chunkBytes is how much is mapped at once for slabs of up to an eighth of it.
const chunkBytes = 8 << 20

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
	m.chunk, m.left = nil, m.left-size
	if m.left > 0 { // the address after the end is not the chunk's
		m.chunk = unsafe.Add(p, size)
	}
	return p, nil
}

// trim gives at least n bytes of memory that is not in use back to the OS, if
// there is so much: first of the classes that were not asked for the longest.
func (m *pool) trim(n int) {
	for n > 0 {
		oldest := -1
		for c := range m.hot {
			if len(m.hot[c]) > 0 && (oldest < 0 || m.asked[c] < m.asked[oldest]) {
				oldest = c
			}
		}
		if oldest < 0 {
			return
		}
		size := sizeOf(oldest)
		for n > 0 && len(m.hot[oldest]) > 0 {
			b := take(&m.hot[oldest])
			if dropMemory(b.p, size) {
				m.cold[oldest] = append(m.cold[oldest], b)
			} else {
				runtime.SetFinalizer(b, nil) // b goes with its memory
			}
			n -= size
			m.stats.FromOS -= size
		}
	}
}
