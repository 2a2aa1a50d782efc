package specfun

import "math"

// A Recur is a loop for orthogonal polynomials of degrees n: each is 0 for a
// negative n or NaN, 1 below 1, and else of the recurrence in the table, whose
// rows are five numbers r. The first gives u = r0·x + r1 and the polynomial of
// degree 1, r2·x + r3; each of the steps others goes on from the polynomials p
// and q of the last two degrees to ((r0·u + r1)·p + r2·q) / r3 where n ≥ r4.
type Recur[T real] func(dst, x, n, table []T, steps int)

// A Row2 is a function of each pair of elements of two rows.
type Row2[T real] func(dst, x, n []T)

// mostSteps is how far a table goes.
const mostSteps = 64

// A Family is a kind of orthogonal polynomials.
type Family[T real] struct {
	// One is the function of one pair: what is of a higher degree.
	One     func(x, n T) T
	start   [4]float64
	step    func(k float64) [4]float64
	shifted bool
	above   int // within (-1, 1), One has all degrees above
}

// Row is the family's polynomials of a row.
func (f Family[T]) Row(recur Recur[T]) Row2[T] {
	table := []T{T(f.start[0]), T(f.start[1]), T(f.start[2]), T(f.start[3]), 0}
	for k := 1.; k < mostSteps; k++ {
		r := f.step(k)
		table = append(table, T(r[0]), T(r[1]), T(r[2]), T(r[3]), T(k+1))
	}
	inner := T(f.above + 1)
	return func(dst, x, n []T) {
		var moved []T
		if f.shifted {
			moved = make([]T, min(block, len(dst)))
		}
		for len(dst) > 0 {
			m := min(block, len(dst))
			y := x[:m]
			if f.shifted {
				y = moved[:m]
				for i, v := range x[:m] {
					y[i] = v + v - 1
				}
			}
			most, others := T(0), false
			for i, d := range n[:m] {
				if !byTable(y[i], d, inner) {
					others = true
				} else if d > most {
					most = d
				}
			}
			recur(dst[:m], y, n[:m], table, max(int(most)-1, 0))
			for i := 0; others && i < m; i++ {
				if !byTable(y[i], n[i], inner) {
					dst[i] = f.One(x[i], n[i])
				}
			}
			dst, x, n = dst[m:], x[m:], n[m:]
		}
	}
}

// byTable tells whether a degree is low enough for the table; inner is where
// that ends within (-1, 1).
func byTable[T real](x, n, inner T) bool {
	return n < inner || n < mostSteps && !(-1 < x && x < 1)
}

var minusZero = math.Copysign(0, -1) // what a sum with it does not change, not even -0

// Families are the kinds of polynomials: Chebyshev's T, U, V, W, those shifted,
// Hermite's H and He, Laguerre's and Legendre's.
func Families[T real]() [12]Family[T] {
	chebyshev := func(k float64) [4]float64 { return [4]float64{1, minusZero, -1, 1} }
	t, u, v, w := [4]float64{2, minusZero, 1, minusZero}, [4]float64{2, minusZero, 2, minusZero}, [4]float64{2, minusZero, 2, -1}, [4]float64{2, minusZero, 2, 1}
	const all = mostSteps - 1
	return [...]Family[T]{
		{ChebyshevT[T], t, chebyshev, false, 6},
		{ChebyshevU[T], u, chebyshev, false, 8},
		{ChebyshevV[T], v, chebyshev, false, 8},
		{ChebyshevW[T], w, chebyshev, false, 8},
		{ShiftedT[T], t, chebyshev, true, 6},
		{ShiftedU[T], u, chebyshev, true, 6},
		{ShiftedV[T], v, chebyshev, true, 6},
		{ShiftedW[T], w, chebyshev, true, 4},
		{HermiteH[T], u, func(k float64) [4]float64 { return [4]float64{1, minusZero, -2 * k, 1} }, false, all},
		{HermiteHe[T], [4]float64{1, minusZero, 1, minusZero}, func(k float64) [4]float64 { return [4]float64{1, minusZero, -k, 1} }, false, all},
		{Laguerre[T], [4]float64{-1, 1, -1, 1}, func(k float64) [4]float64 { return [4]float64{1, 2 * k, -k, k + 1} }, false, all},
		{Legendre[T], [4]float64{1, minusZero, 1, minusZero}, func(k float64) [4]float64 { return [4]float64{2*k + 1, minusZero, -k, k + 1} }, false, all},
	}
}
