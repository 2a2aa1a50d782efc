package cpu

import "syscall"

// machineMemory is how many bytes of memory the machine has, 0 if nobody knows.
func machineMemory() int {
	s, err := syscall.Sysctl("hw.memsize")
	if err != nil {
		return 0
	}
	n := uint64(0) // Sysctl takes the number, lowest byte first, for a string
	for i := range len(s) {
		n |= uint64(s[i]) << (8 * i)
	}
	return int(min(n, maxBytes))
}
