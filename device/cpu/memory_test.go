package cpu

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// needsPool skips a test in builds that leave all memory to the collector.
func needsPool(t *testing.T) {
	if unpooled {
		t.Skip("no pool in this build")
	}
}

func TestSizeClasses(t *testing.T) {
	for _, n := range []int{heapBytes + 1, 2560, 2561, 4096, 5120, 5121, 8192, 8193, 10240, 1<<20 - 1, 1 << 20, 1<<20 + 1, 40_000_000, 1 << 30} {
		c := classOf(n)
		if s := sizeOf(c); s < n || s%64 != 0 {
			t.Errorf("%d bytes are in class %d of %d bytes", n, c, s)
		}
		if c > 0 && sizeOf(c-1) >= n {
			t.Errorf("%d bytes are in class %d, and fit the one below", n, c)
		}
	}
	if c := classOf(maxBytes); c != classes-1 || sizeOf(c) != maxBytes {
		t.Errorf("the largest buffer is in class %d of %d", c, classes)
	}
}

// Buffers are aligned, writable and apart, at any size, also across the chunks
// that small slabs are cut from.
func TestBuffersAreApart(t *testing.T) {
	var held []device.Buffer
	for i := range 150 {
		buf, err := new(CPU).Alloc(heapBytes + 1 + i*i*i%(3<<20))
		if err != nil {
			t.Fatal(err)
		}
		if buf.Hold != nil && uintptr(buf.Ptr)%64 != 0 {
			t.Fatalf("%v is not 64-byte aligned", buf.Ptr)
		}
		b := unsafe.Slice((*byte)(buf.Ptr), buf.Bytes)
		b[0], b[len(b)-1] = byte(i), byte(i)
		held = append(held, buf)
	}
	for i, buf := range held {
		b := unsafe.Slice((*byte)(buf.Ptr), buf.Bytes)
		if b[0] != byte(i) || b[len(b)-1] != byte(i) {
			t.Fatalf("buffer %d of %d bytes was overwritten", i, buf.Bytes)
		}
		new(CPU).Free(buf)
	}
}

func TestMemoryStats(t *testing.T) {
	needsPool(t)
	runtime.GC()
	const n = 5 << 20
	ResetPeak()
	before := MemoryStats()
	a, _ := new(CPU).Alloc(n)
	b, _ := new(CPU).Alloc(n)
	if s := MemoryStats(); s.InUse-before.InUse != 2*n || s.Peak < s.InUse || s.Allocs-before.Allocs != 2 || s.FromOS != s.InUse+s.Cached || s.PeakFromOS < s.FromOS {
		t.Errorf("after two buffers: %+v; before: %+v", s, before)
	}
	new(CPU).Free(a)
	new(CPU).Free(b)
	c, _ := new(CPU).Alloc(n)
	if c.Ptr != b.Ptr {
		t.Error("the buffer that was freed last was not the first to be lent again")
	}
	s := MemoryStats()
	if s.InUse-before.InUse != n || s.Frees-before.Frees != 2 || s.Reused <= before.Reused || s.Peak-before.InUse != 2*n || s.Cached < n {
		t.Errorf("after two frees: %+v; before: %+v", s, before)
	}
	ResetPeak()
	if s := MemoryStats(); s.Peak != s.InUse || s.PeakFromOS != s.FromOS {
		t.Errorf("after ResetPeak: %+v", s)
	}
	new(CPU).Free(c)
	ReleaseMemory()
	if s := MemoryStats(); s.Cached != 0 {
		t.Errorf("after ReleaseMemory: %+v", s)
	}
	d, _ := new(CPU).Alloc(n) // of memory that was given back
	clear(unsafe.Slice((*byte)(d.Ptr), n))
	new(CPU).Free(d)
}

func TestFreedTwice(t *testing.T) {
	needsPool(t)
	buf, _ := new(CPU).Alloc(1 << 20)
	new(CPU).Free(buf)
	defer func() {
		if recover() == nil {
			t.Error("a buffer can be freed twice")
		}
	}()
	new(CPU).Free(buf)
}

// What is dropped comes back before more is asked of the OS.
func TestDroppedBuffersComeBack(t *testing.T) {
	needsPool(t)
	ReleaseMemory()
	ResetPeak()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				buf, err := new(CPU).Alloc(1 << 20)
				if err != nil {
					t.Error(err)
					return
				}
				*(*byte)(buf.Ptr) = 1
			}
		})
	}
	wg.Wait()
	if s := MemoryStats(); s.PeakFromOS > 8*patience {
		t.Errorf("2 GB of dropped buffers took %d MB", s.PeakFromOS>>20)
	}
}

// withLimit sets a limit for the time of a test.
func withLimit(t *testing.T, bytes int) {
	t.Cleanup(func() { SetMemoryLimit(0) })
	SetMemoryLimit(bytes)
}

func TestMemoryLimit(t *testing.T) {
	needsPool(t)
	ReleaseMemory()
	base := MemoryStats().FromOS
	withLimit(t, base+64<<20)
	var held []device.Buffer
	for range 8 {
		buf, err := new(CPU).Alloc(8 << 20)
		if err != nil {
			t.Fatalf("within the limit: %v", err)
		}
		held = append(held, buf)
	}
	for _, n := range []int{8 << 20, 1 << 40, -1, math.MaxInt} {
		if _, err := new(CPU).Alloc(n); !errors.Is(err, device.ErrOutOfMemory) {
			t.Errorf("%d bytes beyond the limit: %v", n, err)
		}
	}
	for _, buf := range held[:2] {
		new(CPU).Free(buf)
	}
	// The freed memory is of another size: it goes back to the OS first.
	buf, err := new(CPU).Alloc(14 << 20)
	if err != nil {
		t.Errorf("cached memory stood in the way: %v", err)
	}
	new(CPU).Free(buf)
	held = nil // dropped, not freed
	for range 7 {
		if buf, err = new(CPU).Alloc(8 << 20); err != nil {
			t.Fatalf("dropped memory stood in the way: %v", err)
		}
		held = append(held, buf)
	}
	runtime.KeepAlive(held)
	if s := MemoryStats(); s.FromOS > s.Limit {
		t.Errorf("%d bytes are beyond the limit of %d", s.FromOS, s.Limit)
	}
}

func TestOutOfMemoryMessage(t *testing.T) {
	m := &pool{limit: 3 << 30}
	m.stats.InUse = 1<<30 + 1<<29
	want := "cpu: out of memory: 2 GiB more, with 1.5 GiB in use, is beyond the limit of 3 GiB; " +
		"Free what is not needed, use smaller batches, or raise FACULA_MEMORY_LIMIT"
	if got := m.refuse(2 << 30).Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDefaultLimit(t *testing.T) {
	for s, want := range map[string]int{"4GiB": 4 << 30, "1.5 MiB": 3 << 19, "4096": 4096, "8KiB": 8192, "4096B": 4096, "2TiB": 2 << 40} {
		if n, err := defaultLimit(s); err != nil || n != want {
			t.Errorf("%q is %d, %v; want %d", s, n, err, want)
		}
	}
	for _, s := range []string{"4GB", "much", "-1", "0", "1e30", "NaN", "GiB"} {
		if n, err := defaultLimit(s); err == nil || !strings.Contains(err.Error(), "FACULA_MEMORY_LIMIT") {
			t.Errorf("%q is %d, %v; want an error that names the variable", s, n, err)
		}
	}
	n, err := defaultLimit("")
	if err != nil || n < 1<<28 {
		t.Errorf("the default is %d, %v", n, err)
	}
}

// Memory of sizes that are not asked for any more makes place for others.
func TestSizesChange(t *testing.T) {
	needsPool(t)
	ReleaseMemory()
	ResetPeak()
	base := MemoryStats().InUse
	for n := 1 << 20; n < 40<<20; n += n / 8 {
		for range 3 {
			buf, err := new(CPU).Alloc(n)
			if err != nil {
				t.Fatal(err)
			}
			*(*byte)(buf.Ptr) = 1
			new(CPU).Free(buf)
		}
	}
	if s := MemoryStats(); s.PeakFromOS > 2*base+100<<20 {
		t.Errorf("buffers of up to 40 MB, one at a time, took %d MB", s.PeakFromOS>>20)
	}
}

// After work that held much, a loop that drops its buffers finds them again
// before it touches much new memory, which costs more than a collection.
func TestDroppedAfterMuchWasHeld(t *testing.T) {
	needsPool(t)
	ReleaseMemory()
	var held []device.Buffer
	alloc := func(n int) {
		buf, err := new(CPU).Alloc(n)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, buf)
	}
	for range 64 {
		alloc(4 << 20)
	}
	memory.mu.Lock()
	memory.collect() // all 256 MB are in use
	memory.mu.Unlock()
	for _, buf := range held {
		new(CPU).Free(buf)
	}
	held = nil
	memory.mu.Lock()
	before := memory.stats.Allocs - memory.stats.Reused
	memory.mu.Unlock()
	for range 20 {
		alloc(24 << 20)
		held = held[:0:0]
	}
	memory.mu.Lock()
	defer memory.mu.Unlock()
	if n := memory.stats.Allocs - memory.stats.Reused - before; n > 3 {
		t.Errorf("20 dropped buffers were %d of the OS's", n)
	}
}
