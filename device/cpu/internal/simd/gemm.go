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

// Gemm are the kernels of matrix products.
type Gemm[T any] struct {
	Tiles Tiles[T]
}
