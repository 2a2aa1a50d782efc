package cpu

import (
	"os"
	"unsafe"
)

// poison is for tests: buffers start with NaN in every floating dtype, and are
// overwritten when they are freed, so that a read of memory that was not
// written, or not any more, shows.
var poison = os.Getenv("FACULA_POISON") == "1"

// Poisoned reports whether FACULA_POISON=1 was set: memory then starts as NaN,
// and turns to other NaNs when it is freed. It is for tests.
func Poisoned() bool { return poison }

// What poisoned memory holds: NaN as float64 and as pairs of float32, of two kinds.
const (
	fresh = 0xffff_ffff_ffff_ffff
	stale = 0x7ff7_dead_7ff7_dead
)

func poisonWords(v []uint64, with uint64) {
	for i := range v {
		v[i] = with
	}
}

func (b *slab) fill(with uint64) {
	poisonWords(unsafe.Slice((*uint64)(b.p), sizeOf(b.class)/8), with)
}
