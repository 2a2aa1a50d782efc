package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// The engines of floats, on the kernels of this machine.
var (
	gemm32 = newEngine(&asm.F32.Gemm, asm.Bytes)
	gemm64 = newEngine(&asm.F64.Gemm, asm.Bytes)
)

// newEngine makes an engine of a tier's kernels and the size of its vectors, or
// of plain Go if it has none.
func newEngine[T number](k *simd.Gemm[T], bytes int) *engine[T] {
	if k.Tiles[0][0] == nil {
		return plainEngine[T]()
	}
	e := &engine[T]{tiles: k.Tiles, packedTiles: k.PackedTiles, packRows: k.PackRows, packCols: k.PackCols, ws: new(scratch[T])}
	e.skinny = skinny[T]{k.Dot8, k.Dot1, k.Axpy8, k.Axpy1}
	for e.vectors < simd.MaxVectors && k.Tiles[e.vectors][0] != nil {
		e.vectors++
	}
	for e.rows < simd.MaxRows && k.Tiles[e.vectors-1][e.rows] != nil {
		e.rows++
	}
	e.lanes = bytes / bytesOf[T]()
	e.mc, e.kc, e.nc = 12*e.rows, 2048/bytesOf[T](), 128*e.width()
	e.direct, e.tiny = 1000*1000*1000, 64
	return e
}

// plainRows are the rows and columns of the plain tile: 9 sums and 6 operands
// fit amd64's 16 registers.
const plainRows = 3

// plainEngine multiplies with plain Go.
func plainEngine[T number]() *engine[T] {
	e := &engine[T]{rows: plainRows, vectors: 1, lanes: plainRows, mc: 42 * plainRows, kc: 256, nc: 682 * plainRows, tiny: 1024, ws: new(scratch[T])}
	for i := range plainRows {
		e.tiles[0][i], e.packedTiles[0][i] = plainTile[T](i+1), plainPackedTile[T](i+1)
	}
	return e
}

// plainTile is a tile of the given height.
func plainTile[T number](rows int) simd.Tile[T] {
	size := bytesOf[T]()
	return func(k int, a *T, ars int, b *T, brs int, c *T, crs, cols int, add *T, ads int) {
		plainSums(rows, k, a, ars, size, b, brs, c, crs, cols, add, ads)
	}
}

func plainPackedTile[T number](rows int) simd.PackedTile[T] {
	size := bytesOf[T]()
	return func(k int, a, b, c *T, crs, cols int, add *T, ads int) {
		plainSums(rows, k, a, size, rows*size, b, plainRows*size, c, crs, cols, add, ads)
	}
}

func bytesOf[T any]() int {
	var z T
	return int(unsafe.Sizeof(z))
}

// plainSums is a tile; element (i, l) of A is i*ars + l*acs bytes after a. The
// conversions forbid fused multiplication: a row must not depend on which tile
// it falls into.
func plainSums[T number](rows, k int, a *T, ars, acs int, b *T, brs int, c *T, crs, cols int, add *T, ads int) {
	var t [plainRows * plainRows]T
	if rows == plainRows && cols == plainRows {
		sums9(k, a, ars, acs, b, brs, &t)
	} else {
		for l := range k {
			row := window[T](offset(b, l*brs), cols)
			for i := range rows {
				x := *(*T)(offset(a, i*ars+l*acs))
				for j, y := range row {
					t[i*plainRows+j] += T(x * y)
				}
			}
		}
	}
	for i := range rows {
		to, sums := window[T](offset(c, i*crs), cols), t[i*plainRows:][:cols]
		if add == nil {
			copy(to, sums)
			continue
		}
		for j, v := range window[T](offset(add, i*ads), cols) {
			to[j] = v + sums[j]
		}
	}
}

// sums9 computes a full tile; the sums stay in registers.
func sums9[T number](k int, a *T, ars, acs int, b *T, brs int, tile *[plainRows * plainRows]T) {
	var c00, c01, c02, c10, c11, c12, c20, c21, c22 T
	for l := range k {
		x := offset(a, l*acs)
		y := (*[plainRows]T)(offset(b, l*brs))
		x0, x1, x2 := *(*T)(x), *(*T)(unsafe.Add(x, ars)), *(*T)(unsafe.Add(x, 2*ars))
		y0, y1, y2 := y[0], y[1], y[2]
		c00 += T(x0 * y0)
		c01 += T(x0 * y1)
		c02 += T(x0 * y2)
		c10 += T(x1 * y0)
		c11 += T(x1 * y1)
		c12 += T(x1 * y2)
		c20 += T(x2 * y0)
		c21 += T(x2 * y1)
		c22 += T(x2 * y2)
	}
	*tile = [plainRows * plainRows]T{c00, c01, c02, c10, c11, c12, c20, c21, c22}
}

// offset is the address some bytes after p.
func offset[T any](p *T, bytes int) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(p), bytes) }
