package tensor

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// Slice returns a copy of t's elements in row-major order, converted to T as
// Cast converts.
func Slice[T Element](t *Tensor) []T {
	u := t.known("slice").Detach().Cast(dtypeOf[T]()).Contiguous()
	out := make([]T, u.Len())
	if err := u.download(bytesOf(out)); err != nil {
		misuse("slice", err, t)
	}
	return out
}

// download copies a contiguous tensor to the host.
func (t *Tensor) download(dst []byte) error {
	if len(dst) == 0 {
		return nil
	}
	if t.b.store.Bytes < 0 {
		return errFreed
	}
	err := t.b.dev.Download(dst, *t.b.view.Buf, t.b.view.Offset*t.DType().Size())
	runtime.KeepAlive(t)
	return err
}

// Item returns the only element of t, converted to T as Cast converts.
//
//	panics: *Error if t has not exactly one element
func Item[T Element](t *Tensor) T {
	if t.known("item").Len() != 1 {
		misuse("item", fmt.Errorf("%d elements; want exactly one", t.Len()), t)
	}
	return Slice[T](t)[0]
}

// Float returns the only element of t as a float64.
//
//	panics: *Error if t has not exactly one element
func (t *Tensor) Float() float64 { return Item[float64](t) }

// Int returns the only element of t as an int, cut towards zero.
//
//	panics: *Error if t has not exactly one element
func (t *Tensor) Int() int { return int(Item[int64](t)) }

// Data returns the memory of a contiguous tensor on the CPU as a slice that
// shares it: a write to either shows in the other, and is not seen by the
// checks of autograd. T must be t's own dtype. The elements of a large tensor
// move once, to memory that lives as long as the slice. Slice is the safe way.
//
//	panics: *Error if t is not contiguous, not on the CPU, or of another dtype
func Data[T Element](t *Tensor) []T {
	switch {
	case t.known("data").DType() != dtypeOf[T]():
		misuse("data", fmt.Errorf("dtype is %v; want %v", t.DType(), dtypeOf[T]()), t)
	case !t.IsContiguous():
		misuse("data", errors.New("not contiguous; use Contiguous or Slice"), t)
	case t.b.dev != host:
		misuse("data", fmt.Errorf("on %s; move it to the CPU or use Slice", t.b.dev.Name()), t)
	}
	if t.b.store.Bytes < 0 {
		misuse("data", errFreed, t)
	}
	if err := t.b.store.expose(t.b.dev); err != nil {
		misuse("data", err, t)
	}
	return unsafe.Slice((*T)(t.b.view.Ptr()), t.Len())
}
