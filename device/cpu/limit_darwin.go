package cpu

import (
	"encoding/binary"
	"syscall"
)

// machineMemory is how many bytes of memory the machine has, 0 if nobody knows.
func machineMemory() int {
	s, err := syscall.Sysctl("hw.memsize")
	if err != nil {
		return 0
	}
	var n [8]byte // Sysctl takes a number for a string and cuts off zeros
	copy(n[:], s)
	return int(min(binary.LittleEndian.Uint64(n[:]), maxBytes))
}
