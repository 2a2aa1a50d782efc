package tensor

import (
	"errors"
	"fmt"
)

// An Error is the value that a misused operation panics with: the op, the
// shapes it was given, and the rule they break. [Try] turns the panic into an
// error.
type Error struct {
	Op     string
	Shapes [][]int
	Err    error
}

// Error says the op, the shapes and the rule.
func (e *Error) Error() string {
	s := "tensor: " + e.Op
	for i, sh := range e.Shapes {
		s += fmt.Sprintf("%s%v", []string{" ", ", "}[min(i, 1)], sh)
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns the rule.
func (e *Error) Unwrap() error { return e.Err }

// Try calls f and returns the *Error that it panicked with, or nil. Any other
// panic goes on: an index out of range is a bug, not a wrong shape.
func Try(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			err = r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// Misuse panics with an *Error: packages built on tensor report a wrong
// argument of their own ops with it.
func Misuse(op string, err error, in ...*Tensor) { misuse(op, err, in...) }

func misuse(op string, err error, in ...*Tensor) { fail(op, in, err) }

// known is t, or a panic in the name of op for a tensor that is not there: the
// doors that look into a tensor before an op is applied go through it.
func (t *Tensor) known(op string) *Tensor {
	if t == nil || t.b == nil {
		unknown(t, op)
	}
	return t
}

func unknown(t *Tensor, op string) { misuse(op, fmt.Errorf("the tensor %w", t.missing())) }

var (
	errNil    = errors.New("is nil")
	errClosed = errors.New("is of a scope that was closed; Keep it before")
)

// missing says why t cannot be used.
func (t *Tensor) missing() error {
	if t != nil && t.mode == closedMode {
		return errClosed
	}
	return errNil
}

func fail(op string, in []*Tensor, err error) {
	e := &Error{Op: op, Err: err}
	for _, t := range in {
		if t != nil && t.b != nil {
			e.Shapes = append(e.Shapes, t.Shape())
		}
	}
	panic(e)
}
