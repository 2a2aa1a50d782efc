package gguf

import (
	"encoding/binary"
	"math"

	"github.com/facula-ml/facula/internal/half"
)

// The functions here and in kquant.go make float32 of a block. Their layouts
// are ggml's (ggml-common.h, ggml-quants.c). Products are rounded before they
// are added, float32(a*b) + c, so that machines that fuse the two agree.

// f16 is the half-precision number at the start of b.
func f16(b []byte) float32 { return half.F16(binary.LittleEndian.Uint16(b)).Float32() }

// Q4_0: a scale, then 32 numbers of 4 bits less 8. The first half lies in the
// lower bits.
func q4_0(dst []float32, b []byte) {
	d, q := f16(b), b[2:]
	for i := range small / 2 {
		dst[i] = d * float32(int(q[i]&15)-8)
		dst[i+small/2] = d * float32(int(q[i]>>4)-8)
	}
}

// Q4_1: a scale and the least number, then 32 numbers of 4 bits.
func q4_1(dst []float32, b []byte) {
	d, m, q := f16(b), f16(b[2:]), b[4:]
	for i := range small / 2 {
		dst[i] = float32(d*float32(q[i]&15)) + m
		dst[i+small/2] = float32(d*float32(q[i]>>4)) + m
	}
}

// fifth is bit i of high, as bit 4 of a number of 5 bits.
func fifth(high uint32, i int) int { return int(high>>i&1) << 4 }

// Q5_0: as Q4_0, with the fifth bits in a word of their own.
func q5_0(dst []float32, b []byte) {
	d, high, q := f16(b), binary.LittleEndian.Uint32(b[2:]), b[6:]
	for i := range small / 2 {
		j := i + small/2
		dst[i] = d * float32(int(q[i]&15)|fifth(high, i)-16)
		dst[j] = d * float32(int(q[i]>>4)|fifth(high, j)-16)
	}
}

// Q5_1: as Q4_1, with the fifth bits in a word of their own.
func q5_1(dst []float32, b []byte) {
	d, m, high, q := f16(b), f16(b[2:]), binary.LittleEndian.Uint32(b[4:]), b[8:]
	for i := range small / 2 {
		j := i + small/2
		dst[i] = float32(d*float32(int(q[i]&15)|fifth(high, i))) + m
		dst[j] = float32(d*float32(int(q[i]>>4)|fifth(high, j))) + m
	}
}

// Q8_0: a scale, then 32 signed bytes.
func q8_0(dst []float32, b []byte) {
	d, q := f16(b), b[2:]
	for i := range dst {
		dst[i] = d * float32(int8(q[i]))
	}
}

// Q8_K: a scale in float32, then 256 signed bytes, and sums that are not needed.
func q8K(dst []float32, b []byte) {
	d, q := math.Float32frombits(binary.LittleEndian.Uint32(b)), b[4:]
	for i := range dst {
		dst[i] = d * float32(int8(q[i]))
	}
}
