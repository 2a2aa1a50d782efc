package tensor

import (
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
)

// storage is the memory that a tensor and its views share. Bytes is negative
// once it is freed.
type storage struct {
	device.Buffer
	version uint32
	foreign atomic.Bool // others may write this memory: a clone copies at once
	mu      sync.Mutex  // guards the nodes of stale views, and expose
	cow     atomic.Pointer[sharing]
	uses    int32  // of temps
	temps   *temps // the work that frees it, nil for none
	scope   *Scope // that the body of the storage belongs to, nil for none
}

// sharing is a group of storages with the same memory, none of which has been
// written since. The last one left owns the memory.
type sharing struct {
	mu sync.Mutex
	n  int
}

// inBody and inArena are how many bytes of elements lie in a body, and in a
// scope: none where tests ask for memory that is poisoned.
var inBody, inArena = ownBytes(cpu.Poisoned())

func ownBytes(poisoned bool) (int, int) {
	if poisoned {
		return 0, 0
	}
	return int(unsafe.Sizeof(body{}.data)), arenaMax
}

// alloc gets uninitialised memory for a tensor of mode m; a small tensor on the
// host uses its body's, or its scope's.
func (s *storage) alloc(b *body, bytes int, m *Mode) error {
	if b.dev == host {
		if bytes <= inBody {
			s.Buffer = device.Buffer{Ptr: unsafe.Pointer(&b.data), Bytes: bytes}
			return nil
		}
		if s.scope != nil && bytes <= inArena {
			s.Buffer = device.Buffer{Ptr: s.scope.small.get(bytes), Bytes: bytes}
			return nil
		}
	}
	buf, err := b.dev.Alloc(bytes)
	s.Buffer = buf
	b.track(m)
	return err
}

// track makes what m says free b's memory.
func (b *body) track(m *Mode) {
	if b.own.Hold == nil {
		return
	}
	if b.own.scope != nil {
		b.own.scope.pooled = append(b.own.scope.pooled, b)
	}
	if m != nil && m.temps != nil {
		m.temps.made = append(m.temps.made, b)
	}
}

// share makes dst another owner of s's memory, without copying it.
func (s *storage) share(dst *storage) {
	g := s.cow.Load()
	if g == nil {
		s.cow.CompareAndSwap(nil, &sharing{n: 1}) // two goroutines may clone at once
		g = s.cow.Load()
	}
	g.mu.Lock()
	g.n++
	g.mu.Unlock()
	dst.Buffer = s.Buffer
	dst.cow.Store(g)
}

// unshare gives s memory of its own before a write. It copies, unless s is the
// last of its group, or all will be overwritten. The copy is made under the group's lock, so that nobody
// becomes the last one, and writes, while it goes on.
func (s *storage) unshare(dev device.Device, whole bool) error {
	g := s.cow.Load()
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.n > 1 {
		buf, err := dev.Alloc(s.Bytes)
		if err != nil {
			return err
		}
		if !whole {
			err = copyBuffer(dev, buf, s.Buffer)
		}
		if err != nil {
			return err
		}
		s.Buffer = buf
	}
	g.n--
	s.cow.Store(nil)
	return nil
}

// copyBuffer copies all of from.
func copyBuffer(dev device.Device, to, from device.Buffer) error {
	in := device.View{Spec: device.Spec{DType: UInt8, Rank: 1, Dim: [device.MaxRank]int{from.Bytes}}}
	in.SetContiguous()
	out := in
	in.Buf, out.Buf = &from, &to
	return exec(dev, &device.Call{Kernel: device.Copy, Out: [device.MaxOut]*device.View{&out}, In: [device.MaxIn]*device.View{&in}})
}

// expose makes s safe to hand out as a slice: its memory is its own, and lives
// as long as the slice. Pooled memory would be lent again under it, so the
// elements move to Go's heap. The old memory stays until s dies, for another
// goroutine may be reading it.
func (s *storage) expose(dev device.Device) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.foreign.Load() {
		return nil
	}
	if err := s.unshare(dev, false); err != nil {
		return err
	}
	if s.Hold != nil || s.scope != nil {
		to := device.Buffer{Ptr: unsafe.Pointer(unsafe.SliceData(make([]uint64, (s.Bytes+7)/8))), Bytes: s.Bytes}
		if err := copyBuffer(dev, to, s.Buffer); err != nil {
			return err
		}
		s.Ptr = to.Ptr
	}
	s.foreign.Store(true)
	return nil
}

var errOverlap = errors.New("the view shows elements more than once; change a Clone")

// write prepares t's memory for a change in place, of all elements and without a
// look at them if over.
func (t *Tensor) write(over bool) error {
	if t.b.store.Bytes < 0 {
		return errFreed
	}
	if overlap(&t.b.view) >= 0 {
		return errOverlap
	}
	v := &t.b.view
	if err := t.b.store.unshare(t.b.dev, over && v.Contig && v.Len()*v.DType.Size() == t.b.store.Bytes); err != nil {
		return err
	}
	t.b.store.version++
	return nil
}
