package simd

// MaxVectors and MaxRows bound the tiles of all tiers.
const MaxVectors, MaxRows = 2, 14

// A Tile computes a tile of a matrix product, c = a·b + add: as many rows of A
// and vectors of columns of B as its place in Tiles says. Strides are in bytes.
// Rows of A, B, C and add are contiguous. cols is the number of columns, which fill
// the last vector at least in part. add may be nil, or c. k must not be 0.
type Tile[T any] func(k int, a *T, ars int, b *T, brs int, c *T, crs, cols int, add *T, ads int)

// A PackedTile is a Tile whose operands were packed: the columns of A follow
// each other without gaps, and so do the rows of B, each of as many vectors as
// the tier's widest tile, all of which may be read.
type PackedTile[T any] func(k int, a, b *T, c *T, crs, cols int, add *T, ads int)

// Tiles are tiles of v vectors and r rows, at [v-1][r-1].
type Tiles[T any] [MaxVectors][MaxRows]Tile[T]

// PackedTiles are likewise.
type PackedTiles[T any] [MaxVectors][MaxRows]PackedTile[T]

// PairTiles are packed tiles whose elements of A and B are pairs of bfloat16
// along the inner dim, the first in the lower half; the sums are float32.
type PairTiles[T any] [MaxVectors][MaxRows]PackedTile[T]

// A Pack writes rows×cols elements as a PackedTile reads them, element (l, c) at
// dst + l*width + c elements. It also writes beyond, as far as one vector from
// the start of a row: pack what follows in memory afterwards. cols is at most
// one vector; width and stride are in bytes; rows and cols must not be 0.
type Pack[T any] func(dst *T, width int, src *T, stride, rows, cols int)

// A PackPairs is a Pack of pairs: of two rows of bfloat16 each, stride bytes apart.
type PackPairs[T any] func(dst *T, width int, src *uint16, stride, rows, cols int)

// A Dot is the products of a vector x of k elements with some contiguous rows
// of B, brs bytes apart, and writes them ccs bytes apart. Each is summed in the
// same way for any number of rows.
type Dot[T any] func(k int, x, b *T, brs int, c *T, ccs int)

// An Axpy adds some contiguous rows of B, brs bytes apart, in their order to c,
// each times its element of x. All have n elements.
type Axpy[T any] func(n int, x, b *T, brs int, c *T)

// Gemm are the kernels of matrix products.
type Gemm[T any] struct {
	Tiles       Tiles[T]
	PackedTiles PackedTiles[T]
	PackRows    Pack[T] // element (l, c) is at src + l*stride + c elements
	PackCols    Pack[T] // element (l, c) is at src + c*stride + l elements
	Dot8, Dot1  Dot[T]  // of 8 rows and of one
	Axpy8       Axpy[T]
	Axpy1       Axpy[T]

	// Of pairs of bfloat16 instead of elements; call them only where Set.BF16 is set.
	PairTiles          PairTiles[T]
	PackPairs          PackPairs[T]
	PairDot8, PairDot1 Dot[T]
}
