package cpu

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/device"
)

// SetMemoryLimit sets how many bytes all tensors on the CPU may have together;
// beyond it an op panics with a *tensor.Error that wraps device.ErrOutOfMemory,
// and the program can go on. 0 is the default: FACULA_MEMORY_LIMIT, such as
// 4GiB, or 90 % of what the machine, or its control group, has. Tensors of up
// to 2 KB do not count. It panics if bytes is negative.
func SetMemoryLimit(bytes int) {
	if bytes < 0 {
		panic("cpu: SetMemoryLimit wants at least 0")
	}
	memory.mu.Lock()
	defer memory.mu.Unlock()
	memory.limit = bytes
}

// findLimit sets the limit if nobody did.
func (m *pool) findLimit() (err error) {
	if m.limit == 0 {
		m.limit, err = defaultLimit(os.Getenv("FACULA_MEMORY_LIMIT"))
	}
	return err
}

// affordable refuses what alone is beyond the limit.
func (m *pool) affordable(bytes int) error {
	if err := m.findLimit(); err != nil {
		return err
	}
	if bytes < 0 || bytes > min(m.limit, maxBytes) {
		return m.refuse(bytes)
	}
	return nil
}

// refuse is the error for a buffer for which there is no memory.
func (m *pool) refuse(bytes int) error {
	return fmt.Errorf("cpu: %w: %s more, with %s in use, is beyond the limit of %s; Free what is not needed, use smaller batches, or raise FACULA_MEMORY_LIMIT",
		device.ErrOutOfMemory, readable(bytes), readable(m.stats.InUse), readable(m.limit))
}

// readable is a number of bytes as people read it.
func readable(n int) string {
	const units = "KMGTPE"
	f, i := float64(n), -1
	for ; f >= 1024 && i < len(units)-1; i++ {
		f /= 1024
	}
	if i < 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.3g %ciB", f, units[i])
}

// defaultLimit is what the environment says, or what the machine suggests.
func defaultLimit(env string) (int, error) {
	if env != "" {
		n, err := parseBytes(env)
		if err != nil {
			return 0, fmt.Errorf("cpu: FACULA_MEMORY_LIMIT is %q; want bytes, or a size such as 512MiB or 4GiB", env)
		}
		return n, nil
	}
	if n := machineMemory(); n > 0 {
		return n / 10 * 9, nil
	}
	return min(math.MaxInt, 1<<40), nil // unknown: only mistakes are beyond it
}

// parseBytes reads a positive number of bytes, with a unit or without.
func parseBytes(s string) (int, error) {
	unit := 1.0
	for i, u := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if t, ok := strings.CutSuffix(s, u); ok {
			s, unit = t, float64(uint64(1024)<<(10*i))
		}
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(s, "B")), 64)
	if err == nil && !(f*unit >= 1 && f*unit <= maxBytes) {
		err = strconv.ErrRange
	}
	return int(f * unit), err
}

// MemoryStats says what the memory of the CPU's tensors is used for.
func MemoryStats() device.MemoryStats {
	memory.mu.Lock()
	defer memory.mu.Unlock()
	_ = memory.findLimit() // a wrong one shows where memory is asked for
	s := memory.stats
	s.Cached, s.Limit = s.FromOS-s.InUse, memory.limit
	return s
}

// ResetPeak lets the peaks of MemoryStats start again from what they are now.
func ResetPeak() {
	memory.mu.Lock()
	defer memory.mu.Unlock()
	memory.stats.Peak, memory.stats.PeakFromOS = memory.stats.InUse, memory.stats.FromOS
}

// ReleaseMemory gives memory that is not in use back to the operating system,
// where the pool otherwise keeps it for the next tensors.
func ReleaseMemory() {
	memory.mu.Lock()
	defer memory.mu.Unlock()
	memory.collect()
	memory.trim(math.MaxInt)
}
