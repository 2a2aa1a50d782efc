package simd

import "testing"

// TestPairsGate asks processors with no sub-leaf 1, without its bit, and with it.
func TestPairsGate(t *testing.T) {
	for _, c := range []struct {
		most, bits uint32
		want       bool
	}{{0, 1 << 5, false}, {1, ^uint32(1 << 5), false}, {1, 1 << 5, true}} {
		got := pairsOfBF16(func(leaf, sub uint32) (a, b, c2, d uint32) {
			if leaf != 7 || sub > c.most {
				return 1 << 5, 0, 0, 0 // what an old processor answers means nothing
			}
			return []uint32{c.most, c.bits}[sub], 0, 0, 0
		})
		if got != c.want {
			t.Errorf("sub-leaf %d, bits %#x: %v", c.most, c.bits, got)
		}
	}
}
