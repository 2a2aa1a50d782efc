//go:build linux && (amd64 || arm64) && !race

package cpu

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// huge is the size of a huge page; larger mappings start at a multiple of it.
const huge = 2 << 20

var page = os.Getpagesize()

// mapMemory returns n bytes of zeroed memory from the OS, in huge pages where
// it has them: touching 64 MB for the first time takes a fifth of the time.
func mapMemory(n int) (unsafe.Pointer, error) {
	n = (n + page - 1) / page * page
	span := n
	if n >= huge {
		span += huge - page
	}
	at, _, errno := syscall.Syscall6(syscall.SYS_MMAP, 0, uintptr(span), syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE, ^uintptr(0), 0)
	if errno != 0 {
		return nil, fmt.Errorf("cpu: the OS gives no %d bytes (%v): %w", n, errno, device.ErrOutOfMemory)
	}
	if n >= huge {
		start := (at + huge - 1) &^ (huge - 1)
		unmap(at, start-at)
		unmap(start+uintptr(n), at+uintptr(span)-start-uintptr(n))
		at = start
		syscall.Syscall(syscall.SYS_MADVISE, at, uintptr(n), 14) // MADV_HUGEPAGE: a wish
	}
	return *(*unsafe.Pointer)(unsafe.Pointer(&at)), nil // no memory of Go's: the rules of uintptr do not apply
}

func unmap(at, n uintptr) {
	if n > 0 {
		syscall.Syscall(syscall.SYS_MUNMAP, at, n, 0)
	}
}

// dropMemory gives the whole pages of p's n bytes back to the OS. It reports
// whether p can be used again, for new pages.
func dropMemory(p unsafe.Pointer, n int) bool {
	size := uintptr(page)
	lo, hi := (uintptr(p)+size-1)&^(size-1), (uintptr(p)+uintptr(n))&^(size-1)
	if lo < hi {
		syscall.Syscall(syscall.SYS_MADVISE, lo, hi-lo, syscall.MADV_DONTNEED)
	}
	return true
}
