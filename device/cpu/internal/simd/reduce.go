package simd

// Reduce are reductions of rows and of columns. Sums are taken in float64.
type Reduce[T any] struct {
	Sum      func(a []T) float64
	Prod     func(a []T) float64               // in float64
	Squares  func(a []T, mean float64) float64 // of the distances from mean
	Max, Min func(a []T) T                     // NaN if there is one; of none they are infinite

	// Near is a place at most four vectors before the first element that
	// equals v, or before the end.
	Near func(a []T, v T) int

	AddRow  func(acc []float64, x *T)           // acc[i] += x[i]
	AddRows func(acc []float64, x *T, step int) // acc[i] += x[i] for 8 rows, step bytes apart

	// MaxRows takes 8 rows from x on, step bytes apart, one after another: it
	// puts x[i] in best[i], and the row's number in at[i], where it is larger or
	// the first NaN; MinRows where it is smaller. The first row's number is row.
	MaxRows, MinRows func(best, at []T, x *T, step int, row T)
}
