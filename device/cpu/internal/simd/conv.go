package simd

// Conv are kernels of windows over images. A vector holds the same cell of
// neighbouring windows.
type Conv[T any] struct {
	// Direct is dst[i][j] = bias + Σ over cells k of w[k]·src[i][j+cell k].
	Direct func(dst, src, w *T, p *Plane, bias T)
	// MaxCells finds the largest element that each window sees and the name of
	// its cell, from nums; -1 if nothing is above -inf. Of equal ones it is the
	// first; the last NaN is above all.
	MaxCells func(dst, at, src, nums *T, p *Plane)
	// MaxPairs is MaxCells for windows of 2 by 2 side by side, in the rows of an
	// image: rows of windows are two Pitches apart, cells are not used. It reads
	// each row to twice the length of dst's, rounded up to vectors.
	MaxPairs func(dst, at, src, nums *T, p *Plane)
	// DotCells is the sum of a[i][j]·src[i][j], where a is contiguous; the cells are not used.
	DotCells func(a, src *T, p *Plane) T
	// PackSpans copies a vector for each span from each row of src to rows of dst
	// pitch bytes apart. Spans come in order, so that each overwrites what the
	// one before wrote beyond its end, and rows too.
	PackSpans func(dst, src *T, rows []int, copies []Span, pitch int)
	// CopyRows copies rows of cols elements; they are to and from bytes apart.
	CopyRows func(dst *T, to int, src *T, from, rows, cols int)
	// Evens is dst[i] = src[2i]. It reads src to twice the length of dst, rounded up to vectors.
	Evens func(dst, src []T)
	// Shift is dst[i] = a[i] + s.
	Shift func(dst, a []T, s T)
}

// A Plane is the result of windows over one image: its rows are contiguous,
// those of the source are Pitch bytes apart. Cells are offsets in bytes.
type Plane struct {
	Rows, Cols, Pitch int
	Cells             *int
	Count             int
}

// A Span is a copy of a vector, between offsets in bytes.
type Span struct{ To, From int }
