package tensor

import (
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// storage is the memory that a tensor and its views share.
type storage struct {
	device.Buffer
	version uint32
	foreign atomic.Bool // others may write this memory: a clone copies at once
	mu      sync.Mutex  // guards the nodes of stale views
	cow     atomic.Pointer[sharing]
}

// sharing is a group of storages with the same memory, none of which has been
// written since. The last one left owns the memory.
type sharing struct {
	mu sync.Mutex
	n  int
}

// alloc gets uninitialised memory; a small tensor on the host uses its body's.
func (s *storage) alloc(b *body, bytes int) error {
	if bytes <= len(b.data)*8 && b.dev == host {
		s.Buffer = device.Buffer{Ptr: unsafe.Pointer(&b.data), Bytes: bytes}
		return nil
	}
	buf, err := b.dev.Alloc(bytes)
	s.Buffer = buf
	return err
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

// unshare gives s memory of its own before a write. It copies unless s is the
// last of its group. The copy is made under the group's lock, so that nobody
// becomes the last one, and writes, while it goes on.
func (s *storage) unshare(dev device.Device) error {
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
		bytes := device.View{Spec: device.Spec{DType: UInt8, Rank: 1, Dim: [device.MaxRank]int{s.Bytes}}}
		bytes.SetContiguous()
		from, to := bytes, bytes
		old := s.Buffer
		from.Buf, to.Buf = &old, &buf
		if err := dev.Run(device.Call{Kernel: device.Copy, Out: [device.MaxOut]*device.View{&to}, In: [device.MaxIn]*device.View{&from}}); err != nil {
			return err
		}
		s.Buffer = buf
	}
	g.n--
	s.cow.Store(nil)
	return nil
}

// write prepares t's memory for a change in place.
func (t *Tensor) write() error {
	if overlap(&t.b.view) >= 0 {
		return errors.New("the view shows elements more than once; change a Clone")
	}
	if err := t.b.store.unshare(t.b.dev); err != nil {
		return err
	}
	t.b.store.version++
	return nil
}
