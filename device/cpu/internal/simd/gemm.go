package simd

// MaxVectors and MaxRows bound the tiles of all tiers.
const MaxVectors, MaxRows = 2, 14

// A Tile computes a tile of a matrix product, c = a·b + add: so many rows of A
// and up to so many vectors of columns of B as its place in Tiles says. Strides
// are in bytes. Element (i, l) of A is at i*ars + l*acs; rows of B, C and add
// are contiguous. cols fill the last vector at least in part. add may be nil,
// or c. k must not be 0.
type Tile[T any] func(k int, a *T, ars, acs int, b *T, brs int, c *T, crs, cols int, add *T, ads int)

// Tiles are tiles of v vectors and r rows, at [v-1][r-1].
type Tiles[T any] [MaxVectors][MaxRows]Tile[T]

// A Pack writes rows×cols elements for Tiles to read, element (l, c) at dst +
// l*width + c elements. It may also write beyond, as far as one vector
// from each row's start, so pack rows in order. At most one vector of columns;
// width and stride are in bytes; rows and cols must not be 0.
type Pack[T any] func(dst *T, width int, src *T, stride, rows, cols int)

// Gemm are the kernels of matrix products.
type Gemm[T any] struct {
	Tiles    Tiles[T]
	PackRows Pack[T] // element (l, c) is at src + l*stride + c elements
	PackCols Pack[T] // element (l, c) is at src + c*stride + l elements
}
