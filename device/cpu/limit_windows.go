package cpu

import (
	"syscall"
	"unsafe"
)

// machineMemory is how many bytes of memory the machine has, 0 if nobody knows.
func machineMemory() int {
	// MEMORYSTATUSEX; Windows wants its size in the first field.
	var status struct {
		size, load uint32
		total      uint64
		rest       [6]uint64
	}
	status.size = uint32(unsafe.Sizeof(status))
	call := syscall.NewLazyDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(&status))); ok == 0 {
		return 0
	}
	return int(min(status.total, maxBytes))
}
