// Package appender appends records to a file: buffered, but on disk within a
// second, and always whole records at once.
package appender

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"time"
)

const (
	size  = 64 << 10
	every = time.Second
)

// A File appends. It may be used by several goroutines.
type File struct {
	mu    sync.Mutex
	f     *os.File // nil once closed
	buf   bytes.Buffer
	timer *time.Timer // runs while buf holds something
	err   error       // of a write: what follows would leave a hole
}

// New returns a File that appends to f and owns it.
func New(f *os.File) *File { return &File{f: f} }

// Append adds a record, given in parts. The error may be of an earlier one, that
// was written now.
func (a *File) Append(parts ...[]byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.err
	}
	for _, p := range parts {
		a.buf.Write(p)
	}
	if a.buf.Len() >= size {
		return a.flush()
	}
	if a.timer == nil {
		a.timer = time.AfterFunc(every, func() { _ = a.Flush() }) // the error stays
	}
	return nil
}

// Flush hands what is buffered to the operating system.
func (a *File) Flush() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.flush()
}

func (a *File) flush() error {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
	if a.err == nil && a.buf.Len() > 0 {
		_, a.err = a.buf.WriteTo(a.f)
	}
	return a.err
}

// Close flushes, syncs and closes the file. A second Close does nothing.
func (a *File) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.f == nil {
		return nil
	}
	err := a.flush()
	if e := a.f.Sync(); err == nil && !errors.Is(e, errors.ErrUnsupported) {
		err = e
	}
	if e := a.f.Close(); err == nil {
		err = e
	}
	a.err = &os.PathError{Op: "write", Path: a.f.Name(), Err: os.ErrClosed}
	a.f = nil
	return err
}
