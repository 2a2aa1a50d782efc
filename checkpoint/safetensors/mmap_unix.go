//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package safetensors

import (
	"fmt"
	"os"
	"syscall"
)

// mapFile maps all of f, so that a write goes to a copy of the page. It returns
// nil if f is too large for that.
func mapFile(f *os.File, size int64) (*mapping, error) {
	if int64(int(size)) != size {
		return nil, nil
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("safetensors: mmap: %w", err)
	}
	m := &mapping{bytes: b}
	m.users.Add(1)
	return m, nil
}

func unmap(b []byte) error { return syscall.Munmap(b) }
