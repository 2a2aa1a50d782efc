//go:build !linux && !darwin && !windows

package cpu

import "runtime"

// machineMemory is how many bytes of memory there are, 0 if nobody knows.
// WebAssembly addresses 4 GiB, of which Go's heap gets no more than half.
func machineMemory() int {
	if runtime.GOARCH == "wasm" {
		return 2 << 30
	}
	return 0
}
