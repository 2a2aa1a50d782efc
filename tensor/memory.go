package tensor

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
)

// MemoryStats says what the memory of the CPU's tensors is used for.
//
//	source: torch.cuda.memory_stats
func MemoryStats() device.MemoryStats { return cpu.MemoryStats() }

// ResetPeak lets the peaks of MemoryStats start again from what they are now.
//
//	source: torch.cuda.reset_peak_memory_stats
func ResetPeak() { cpu.ResetPeak() }

// ReleaseMemory gives memory that is not in use back to the operating system,
// where it is otherwise kept for the next tensors.
//
//	source: torch.cuda.empty_cache
func ReleaseMemory() { cpu.ReleaseMemory() }
