package tensor

import (
	"fmt"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Bytes returns a copy of t's elements in row-major order, each in the machine's
// byte order (little-endian wherever facula has vector kernels), a bool as 0 or 1.
func Bytes(t *Tensor) []byte {
	u := t.known("bytes").Detach().Contiguous()
	out := make([]byte, u.Len()*u.DType().Size())
	if err := u.download(out); err != nil {
		misuse("bytes", err, t)
	}
	return out
}

// FromBytes returns a tensor of dtype d with a copy of raw, the elements in
// row-major order and the machine's byte order: how files get into tensors of any
// dtype, half precision included. [Share] avoids the copy and needs memory that is
// aligned to the dtype's size. The bytes of a Bool must be 0 or 1; nobody checks.
//
//	panics: *Error if the shape does not hold len(raw) bytes, or memory to be
//	shared is not aligned
func FromBytes(raw []byte, d DType, shape []int, opts ...SliceOption) *Tensor {
	var c sliceConfig
	for _, o := range opts {
		o(&c)
	}
	spec, err := shapeSpec(d, shape)
	switch {
	case err != nil:
	case c.stride != nil:
		err = fmt.Errorf("strides are for FromSlice; use AsStrided on the result")
	case spec.Len()*d.Size() != len(raw):
		err = fmt.Errorf("%d bytes do not fill %v of %v", len(raw), shape, d)
	case c.share && uintptr(unsafe.Pointer(unsafe.SliceData(raw)))%uintptr(d.Size()) != 0:
		err = fmt.Errorf("memory to be shared is not aligned to %d bytes, the size of %v", d.Size(), d)
	}
	if err != nil {
		misuse("from_bytes", err)
	}
	if c.share {
		v := device.View{Spec: spec}
		v.SetContiguous()
		return shared(raw, v)
	}
	t := emptyOf(host, &spec)
	if err := host.Upload(t.b.own.Buffer, 0, raw); err != nil {
		misuse("from_bytes", err)
	}
	return t
}

// shared is a tensor whose elements lie in somebody else's memory.
func shared(raw []byte, v device.View) *Tensor {
	b := &body{dev: host, view: v}
	b.own.Buffer = device.Buffer{Ptr: unsafe.Pointer(unsafe.SliceData(raw)), Bytes: len(raw)}
	b.own.foreign.Store(true)
	b.store, b.view.Buf, b.self.b = &b.own, &b.own.Buffer, b
	return &b.self
}
