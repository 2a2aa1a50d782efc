package archive

import (
	"encoding/binary"
	"math"

	"github.com/facula-ml/facula/internal/half"
)

// E4M3 is the value of a float8 of 4 bits exponent and 3 bits mantissa that has no
// infinities (torch.float8_e4m3fn).
//
//	source: Micikevicius et al. 2022, arXiv:2209.05433, table 1
func E4M3(b byte) float32 {
	exponent, mantissa := int(b>>3&15), float64(b&7)
	v := math.Ldexp(mantissa, -9) // subnormal
	switch {
	case b&0x7F == 0x7F:
		v = math.NaN()
	case exponent > 0:
		v = math.Ldexp(8+mantissa, exponent-10)
	}
	if b>>7 == 1 {
		v = -v
	}
	return float32(v)
}

// E5M2 is the value of a float8 of 5 bits exponent and 2 bits mantissa: a float16
// without its lower byte (torch.float8_e5m2).
func E5M2(b byte) float32 { return half.F16(uint16(b) << 8).Float32() }

// Widen8 returns the elements of raw, of one byte each, as little-endian float32.
func Widen8(raw []byte, value func(byte) float32) []byte {
	out := Alloc(4 * len(raw))
	for i, b := range raw {
		binary.LittleEndian.PutUint32(out[4*i:], math.Float32bits(value(b)))
	}
	return out
}
