package tensor

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
)

// A DType names the type of one element; see the constants.
type DType = device.DType

// The element types. Float32 is the default.
const (
	Float32  = device.Float32
	Float64  = device.Float64
	Float16  = device.Float16
	BFloat16 = device.BFloat16
	Int8     = device.Int8
	Int16    = device.Int16
	Int32    = device.Int32
	Int64    = device.Int64
	UInt8    = device.UInt8
	Bool     = device.Bool
)

// A Tensor is an array of up to 8 dims, with elements of one [DType], on one
// device. It is a handle: views share its data, and x.NoGrad() is another
// handle on the same data with a mark that travels to results.
//
// Several goroutines may read a tensor at once; one that writes must be alone.
type Tensor struct {
	b    *body
	mode *Mode
}

// body is what handles share. A small tensor is one allocation: its handle,
// its storage and up to 64 bytes of elements lie in the body.
type body struct {
	view  device.View
	dev   device.Device
	store *storage
	node  *node         // how it was made, nil if it needs no gradient
	out   uint32        // which output of node it is
	seen  atomic.Uint32 // store.version when node was made
	args  [3]*Tensor    // what Infer sees, so that inputs stay on the caller's stack

	// A view remembers what it is a view of, so that a change in place of
	// either is seen by the gradient of both.
	base *body

	own  storage
	self Tensor // the handle, unless the body is a scope's
	data [7]uint64
}

// host is the device of tensors made without one.
var host device.Device = &cpu.CPU{}

// newTensor returns a contiguous tensor of uninitialised memory.
func newTensor(dev device.Device, spec *device.Spec) (*Tensor, error) {
	b := new(body)
	b.view.Spec = *spec
	return b.allocate(dev, nil)
}

// allocate makes b, which has a spec, a contiguous tensor of mode m.
func (b *body) allocate(dev device.Device, m *Mode) (*Tensor, error) {
	v := &b.view
	if err := countable(&v.Spec); err != nil {
		return nil, err
	}
	b.dev = dev
	v.SetContiguous()
	if err := b.own.alloc(b, v.Len()*v.DType.Size(), m); err != nil {
		return nil, err
	}
	b.store = &b.own
	v.Buf = &b.own.Buffer
	return b.made(m), nil
}

// made is the first handle on b, which has memory of its own.
func (b *body) made(m *Mode) *Tensor {
	if m != nil {
		b.own.temps = m.temps
	}
	return b.handle(m)
}

// handle is the first handle on b.
func (b *body) handle(m *Mode) *Tensor {
	if s := b.own.scope; s != nil {
		return s.handle(b, m)
	}
	b.self = Tensor{b, m}
	return &b.self
}

// alias is another handle on t's body.
func (t *Tensor) alias(m *Mode) *Tensor {
	if m != nil && m.scope != nil {
		return m.scope.handle(t.b, m)
	}
	return &Tensor{t.b, m}
}

// Shape returns a copy of t's dims; a scalar has none.
func (t *Tensor) Shape() []int { return slices.Clone(t.known("shape").shape()) }

func (t *Tensor) shape() []int       { return t.b.view.Shape() }
func (t *Tensor) spec() *device.Spec { return &t.b.view.Spec }

// Dim returns the number of dims.
func (t *Tensor) Dim() int { return int(t.known("dim").b.view.Rank) }

// Size returns the length of one dim; -1 is the last. It panics with an
// *Error if t has no such dim.
func (t *Tensor) Size(dim int) int { return t.b.view.Dim[t.dim("size", dim)] }

// Len returns the number of elements.
func (t *Tensor) Len() int { return t.known("len").b.view.Len() }

// DType returns the type of the elements.
func (t *Tensor) DType() DType { return t.known("dtype").b.view.DType }

// Device returns the device that holds the data.
func (t *Tensor) Device() device.Device { return t.known("device").b.dev }

// Stride returns, for each dim, how many elements apart in memory its neighbours are.
func (t *Tensor) Stride() []int { return slices.Clone(t.known("stride").b.view.Stride[:t.b.view.Rank]) }

// Offset returns the position of t's first element in its storage.
func (t *Tensor) Offset() int { return t.known("offset").b.view.Offset }

// IsContiguous reports whether the elements lie in row-major order without gaps.
func (t *Tensor) IsContiguous() bool { return t.known("is_contiguous").b.view.Contig }

// SameStorage reports whether t and u are views of one storage: a change in
// place of one may show in the other.
func (t *Tensor) SameStorage(u *Tensor) bool {
	return t.known("same_storage").b.store == u.known("same_storage").b.store
}

// Version counts the changes in place of t's storage, which views share.
func (t *Tensor) Version() int { return int(t.known("version").b.store.version) }

// dim returns dim counted from 0, or panics in the name of op. A scalar counts
// as one dim, as in PyTorch.
func (t *Tensor) dim(op string, dim int) int {
	n := max(t.known(op).Dim(), 1)
	if dim < -n || dim >= n {
		misuse(op, fmt.Errorf("dim %d is out of range; want %d to %d", dim, -n, n-1), t)
	}
	if dim < 0 {
		dim += n
	}
	return dim
}

// dims returns the set of dims, all of them if none is given.
func (t *Tensor) dims(op string, dims []int) device.Dims {
	if t.known(op); len(dims) == 0 {
		return device.Dims(1<<t.Dim() - 1)
	}
	var set device.Dims
	for _, given := range dims {
		d := t.dim(op, given)
		if set.Has(d) {
			misuse(op, fmt.Errorf("dim %d is given twice", given), t)
		}
		set |= 1 << d
	}
	if t.Dim() == 0 {
		return 0
	}
	return set
}
