package device

import (
	"errors"
	"unsafe"
)

// ErrUnsupported reports that a device has no kernel for an op and dtype.
var ErrUnsupported = errors.New("no kernel")

// ErrOutOfMemory reports that a device could not provide a buffer.
var ErrOutOfMemory = errors.New("out of memory")

// MaxRank is the largest number of dims of a tensor. Shapes are arrays of this
// length, so that a tensor is one allocation.
const MaxRank = 8

// A Buffer is device memory. Ptr is an address on the device; only the device
// that made it, or code that knows the device shares the host's memory, follows it.
//
// Hold is what the memory's life hangs on, nil where Go's collector looks after
// Ptr itself: the memory can be used as long as Hold is reachable, or until it
// is freed. So whoever follows Ptr keeps the buffer alive until the end
// ([runtime.KeepAlive]).
type Buffer struct {
	Ptr   unsafe.Pointer
	Bytes int
	Hold  unsafe.Pointer
}

// A Spec is a tensor without its data. Specs compare with ==: dims beyond Rank are 0.
type Spec struct {
	DType DType
	Rank  uint8
	_     uint64 // a multiple of 16 bytes is copied faster
	Dim   [MaxRank]int
}

// Shape is the list of dims; it shares s's memory.
func (s *Spec) Shape() []int { return s.Dim[:s.Rank] }

// Len is the number of elements.
func (s *Spec) Len() int {
	n := 1
	for _, d := range s.Dim[:s.Rank&15] {
		n *= d
	}
	return n
}

// A View is a strided window on a Buffer. Stride and Offset count elements.
type View struct {
	Spec
	Contig bool // row-major without gaps
	Stride [MaxRank]int
	Offset int
	Buf    *Buffer
}

// Ptr is the address of the view's first element.
func (v *View) Ptr() unsafe.Pointer {
	return unsafe.Add(v.Buf.Ptr, v.Offset*v.DType.Size())
}

// SetContiguous gives v the row-major strides of its shape.
func (v *View) SetContiguous() {
	n := 1
	for i := int(v.Rank) - 1; i >= 0; i-- {
		v.Stride[i] = n
		n *= max(v.Dim[i], 1)
	}
	v.Contig = true
}

// UpdateContig sets Contig from the strides. Dims of size 1 may have any
// stride, and a view without elements is contiguous.
func (v *View) UpdateContig() {
	n := 1
	v.Contig = true
	for i := int(v.Rank) - 1; i >= 0; i-- {
		if v.Dim[i] == 0 {
			v.Contig = true
			return
		}
		if v.Dim[i] != 1 && v.Stride[i] != n {
			v.Contig = false
		}
		n *= v.Dim[i]
	}
}

// MaxIn and MaxOut are how many inputs and outputs a kernel can have.
const (
	MaxIn  = 8
	MaxOut = 4
)

// A Call is one kernel launch. It is passed by value and holds views by
// pointer, so that it never leaves the stack. Outputs do not overlap inputs,
// unless a kernel's comment in kernel.go says that it works in place. The
// dtype of In[0], or of Out[0] where there is no input, picks the kernel.
type Call struct {
	Kernel Kernel
	Attr   any // the kernel's attributes, one of the types of attr.go, or nil
	Out    [MaxOut]*View
	In     [MaxIn]*View
}

// MemoryStats says what a device's memory is used for, in bytes unless named
// otherwise. Buffers count with the size that they were given. Those so small
// that Go's collector looks after them do not count.
type MemoryStats struct {
	InUse       int // buffers that were not freed yet, dropped ones among them
	Peak        int // the most that InUse was
	Cached      int // freed, and kept for the next buffers
	FromOS      int // what the device has taken: in use or cached
	PeakFromOS  int // the most that FromOS was
	Limit       int // the most that FromOS may be
	Allocs      int // how many buffers were made
	Reused      int // how many of them without asking the OS
	Frees       int // how many buffers came back
	Collections int // how often Go's collector was run to find dropped buffers
}

// A Device holds memory and runs kernels. Calls on one device take effect in
// order; Sync waits for them. A device may be used by several goroutines.
type Device interface {
	// Name is the device's name, such as "cpu" or "cuda:0".
	Name() string
	// Alloc returns a buffer of at least the given size, not zeroed, 8-byte
	// aligned. It returns ErrOutOfMemory, wrapped, when there is none.
	Alloc(bytes int) (Buffer, error)
	// Free gives a buffer of Alloc back, at once and at most once. It is never
	// required: a buffer that is dropped is freed when the collector finds out,
	// which can be late. The buffers of finished calls may be freed.
	Free(Buffer)
	// Upload copies from the host into dst from byte offset off on.
	Upload(dst Buffer, off int, src []byte) error
	// Download copies src from byte offset off on to the host.
	Download(dst []byte, src Buffer, off int) error
	// Supports reports whether there is a kernel for the dtype of the first input.
	Supports(Kernel, DType) bool
	// Run launches a kernel; ErrUnsupported, wrapped, if there is none.
	Run(Call) error
	// Sync waits until every launched kernel has finished.
	Sync() error
}
