package cpu

import "unsafe"

// The engines of floats, on the kernels of this machine.
var (
	gemm32 = plainEngine[float32]()
	gemm64 = plainEngine[float64]()
)

// The plain tile has 3×3 sums: with their 6 operands they fit amd64's 16 registers.
const plainRows = 3

// plainEngine multiplies with plain Go.
func plainEngine[T number]() *engine[T] {
	e := &engine[T]{rows: plainRows, vectors: 1, lanes: plainRows, mc: 42 * plainRows, kc: 256, nc: 682 * plainRows, ws: new(scratch[T])}
	e.tiles[0] = [maxRows]tileFunc{plainTile[T](1), plainTile[T](2), plainTile[T](3)}
	return e
}

// plainTile is a tile of the given height. The conversions forbid fused
// multiplication: a row must not depend on which tile it falls into.
func plainTile[T number](rows int) tileFunc {
	return func(k int, a unsafe.Pointer, ars, acs int, b unsafe.Pointer, brs int, c unsafe.Pointer, crs, cols int, add unsafe.Pointer, ads int) {
		var t [plainRows * plainRows]T
		if rows == plainRows && cols == plainRows {
			sums9(k, a, ars, acs, b, brs, &t)
		} else {
			for l := range k {
				row := window[T](unsafe.Add(b, l*brs), cols)
				for i := range rows {
					x := *(*T)(unsafe.Add(a, i*ars+l*acs))
					for j, y := range row {
						t[i*plainRows+j] += T(x * y)
					}
				}
			}
		}
		for i := range rows {
			to, sums := window[T](unsafe.Add(c, i*crs), cols), t[i*plainRows:][:cols]
			if add == nil {
				copy(to, sums)
				continue
			}
			for j, v := range window[T](unsafe.Add(add, i*ads), cols) {
				to[j] = v + sums[j]
			}
		}
	}
}

// sums9 computes a full tile; the sums stay in registers.
func sums9[T number](k int, a unsafe.Pointer, ars, acs int, b unsafe.Pointer, brs int, tile *[plainRows * plainRows]T) {
	var c00, c01, c02, c10, c11, c12, c20, c21, c22 T
	for l := range k {
		x := unsafe.Add(a, l*acs)
		y := (*[plainRows]T)(unsafe.Add(b, l*brs))
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
