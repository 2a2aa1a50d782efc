// Package simd holds the assembly kernels of package cpu: contiguous rows in,
// contiguous rows out. Its kernels are written once in the generator in gen and
// come out for each tier; what a tier lacks is nil and runs in plain Go.
package simd

//go:generate go run ./gen

import (
	"fmt"
	"os"
	"strings"
)

// A Set is the kernels of one tier.
type Set struct {
	Tier  string // "avx512", "avx2", "neon" or "generic"
	Bytes int    // of a vector
	BF16  bool   // the machine multiplies pairs of bfloat16
	F32   Kernels[float32]
	F64   Kernels[float64]
}

// Kernels are one tier's kernels for one type of element.
type Kernels[T any] struct {
	Arith[T]
	Math[T]
	Funcs[T]
	Reduce[T]
	Scan[T]
	Lines[T]
	Steps[T]
	Limits[T]
	Gemm[T]
	Move[T]
	Random[T]
	Conv[T]
	Half[T]
	Cast[T]
	Winograd[T]
	Fused[T]
	Cells[T]
	Fourier[T]
	Series[T]
}

// Generic is the tier without assembly.
var Generic = Set{Tier: "generic"}

// Available lists the tiers that this machine can run, the best one first.
func Available() []*Set { return append(machine(), &Generic) }

// Best is the tier to use: the first one available, or the one that the
// environment variable FACULA_CPU names. A tier that the machine does not have
// ends in a panic, so that a test of it cannot pass by running another.
func Best() *Set {
	want := strings.ToLower(os.Getenv("FACULA_CPU"))
	var names []string
	for _, s := range Available() {
		if want == "" || s.Tier == want {
			return s
		}
		names = append(names, s.Tier)
	}
	panic(fmt.Sprintf("FACULA_CPU is %q; this machine has %s", want, strings.Join(names, ", ")))
}
