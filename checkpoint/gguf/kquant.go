package gguf

// The K kinds have 256 numbers in a block: groups of 16 or 32 with scales of a
// few bits, which have a scale themselves.

// Q2_K: 16 bytes with a scale and a least number of 4 bits for each group of 16,
// then numbers of 2 bits, and the scales of the two. A byte has numbers
// that lie 32 apart.
func q2K(dst []float32, b []byte) {
	groups, q := b[:16], b[16:80]
	d, dmin := f16(b[80:]), f16(b[82:])
	for g, s := range groups {
		scale, least := d*float32(s&15), dmin*float32(s>>4)
		half, shift := g/8, 2*(g%8/2)
		from := q[32*half+16*(g%2):]
		for i := range 16 {
			dst[16*g+i] = float32(scale*float32(from[i]>>shift&3)) - least
		}
	}
}

// Q3_K: the third bits, 8 planes of 32; numbers of 2 bits as in Q2_K; scales of
// 6 bits less 32 for each group of 16; their scale. Without the third bit, a
// number is less by 4.
func q3K(dst []float32, b []byte) {
	high, q, d := b[:32], b[32:96], f16(b[108:])
	for g, s := range scales3(b[96:108]) {
		scale := d * float32(s)
		half, shift, at := g/8, 2*(g%8/2), 16*(g%2)
		for i := range 16 {
			v := int(q[32*half+at+i] >> shift & 3)
			if high[at+i]>>(g/2)&1 == 0 {
				v -= 4
			}
			dst[16*g+i] = scale * float32(v)
		}
	}
}

// scales3 are the 16 scales of Q3_K: the lower four bits lie in 8 bytes, the
// upper two in the other 4.
func scales3(b []byte) (s [16]int) {
	for g := range s {
		low := b[g%8] >> (4 * (g / 8)) & 15
		up := b[8+g%4] >> (2 * (g / 4)) & 3
		s[g] = int(low|up<<4) - 32
	}
	return s
}

// scaleMin are the scale and the least number, of 6 bits each, of group g of 32
// in Q4_K and Q5_K. Those of the last four groups have their upper two bits in
// the bytes of the first four.
func scaleMin(b []byte, g int) (scale, least byte) {
	if g < 4 {
		return b[g] & 63, b[g+4] & 63
	}
	return b[g+4]&15 | b[g-4]>>6<<4, b[g+4]>>4 | b[g]>>6<<4
}

// Q4_K: the scales of scales and of least numbers; those, packed in 12 bytes for
// each group of 32; numbers of 4 bits. A byte has numbers of two groups.
func q4K(dst []float32, b []byte) {
	d, dmin, groups, q := f16(b), f16(b[2:]), b[4:16], b[16:]
	for g := range 8 {
		s, m := scaleMin(groups, g)
		scale, least := d*float32(s), dmin*float32(m)
		from, shift := q[32*(g/2):], 4*(g%2)
		for i := range 32 {
			dst[32*g+i] = float32(scale*float32(from[i]>>shift&15)) - least
		}
	}
}

// Q5_K: as Q4_K, with the fifth bits before the others, 8 planes of 32.
func q5K(dst []float32, b []byte) {
	d, dmin, groups, high, q := f16(b), f16(b[2:]), b[4:16], b[16:48], b[48:]
	for g := range 8 {
		s, m := scaleMin(groups, g)
		scale, least := d*float32(s), dmin*float32(m)
		from, shift := q[32*(g/2):], 4*(g%2)
		for i := range 32 {
			v := from[i]>>shift&15 | high[i]>>g&1<<4
			dst[32*g+i] = float32(scale*float32(v)) - least
		}
	}
}

// Q6_K: the lower four bits, then the upper two, then a signed byte as scale of
// each group of 16, then the scale of those. Each half of the block has its
// numbers 32 apart in the upper bits, and 64 apart in the lower.
func q6K(dst []float32, b []byte) {
	low, high, groups, d := b[:128], b[128:192], b[192:208], f16(b[208:])
	for g := range 16 {
		scale := d * float32(int8(groups[g]))
		h, quarter, at := g/8, g%8/2, 16*(g%2)
		for i := range 16 {
			l := low[64*h+32*(quarter%2)+at+i] >> (4 * (quarter / 2)) & 15
			u := high[32*h+at+i] >> (2 * quarter) & 3
			dst[16*g+i] = scale * float32(int(l|u<<4)-32)
		}
	}
}
