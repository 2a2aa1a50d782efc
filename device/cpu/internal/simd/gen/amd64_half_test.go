package main

import "testing"

// TestEncoding has bytes of LLVM 14's assembler, with every bit of a register's number set and clear.
func TestEncoding(t *testing.T) {
	for _, c := range []struct {
		d, a, b int
		want    string
	}{
		{0, 2, 1, "BYTE $0x62; BYTE $0xf2; BYTE $0x6e; BYTE $0x48; BYTE $0x52; BYTE $0xc1; // vdpbf16ps zmm0, zmm2, zmm1"},
		{31, 16, 24, "BYTE $0x62; BYTE $0x02; BYTE $0x7e; BYTE $0x40; BYTE $0x52; BYTE $0xf8; // vdpbf16ps zmm31, zmm16, zmm24"},
		{9, 30, 15, "BYTE $0x62; BYTE $0x52; BYTE $0x0e; BYTE $0x40; BYTE $0x52; BYTE $0xcf; // vdpbf16ps zmm9, zmm30, zmm15"},
		{16, 7, 23, "BYTE $0x62; BYTE $0xa2; BYTE $0x46; BYTE $0x48; BYTE $0x52; BYTE $0xc7; // vdpbf16ps zmm16, zmm7, zmm23"},
	} {
		if got := vdpbf16ps(c.d, c.a, c.b); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
