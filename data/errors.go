package data

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// SampleError says which sample of a loader's dataset could not be read.
type SampleError struct {
	Index int   // in the loader's dataset
	Err   error // what At returned, or a *PanicError
}

// Error names the sample and the reason.
func (e *SampleError) Error() string { return fmt.Sprintf("data: sample %d: %v", e.Index, e.Err) }

// Unwrap returns Err.
func (e *SampleError) Unwrap() error { return e.Err }

// BatchError says which samples could not be made into a batch, though each
// could be read.
type BatchError struct {
	Indices []int // in the loader's dataset
	Err     error // what the collate function returned, or a *PanicError
}

// Error names the first samples and the reason.
func (e *BatchError) Error() string {
	const show = 8
	if len(e.Indices) > show {
		return fmt.Sprintf("data: batch of samples %v… (%d of them): %v", e.Indices[:show], len(e.Indices), e.Err)
	}
	return fmt.Sprintf("data: batch of samples %v: %v", e.Indices, e.Err)
}

// Unwrap returns Err.
func (e *BatchError) Unwrap() error { return e.Err }

// PanicError is a panic of a dataset or of a collate function.
type PanicError struct {
	Value any    // what it panicked with
	Stack []byte // of the goroutine, as runtime/debug.Stack gives it
}

// Error shows the value; Stack says where.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns Value where that is an error, such as a *tensor.Error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// errGoexit stands for a sample that ended its goroutine.
var errGoexit = errors.New("data: reading a batch called runtime.Goexit")

// guard calls f and makes a panic an error.
func guard[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{p, debug.Stack()}
		}
	}()
	return f()
}
