package simd

import (
	"math"
	"testing"
)

// testHorner holds Horner against fused products of one element.
func testHorner[T float](t *testing.T, k *Kernels[T]) {
	c := []T{0.5, -0.25, 3, 0, -1, 2}
	for powers := range len(c) + 1 {
		for n := range 70 {
			a := finite[T](n, uint64(n))
			all, dst := guarded[T](n, 0, uint64(n))
			k.Horner(dst, a, c[:powers])
			unharmed(t, "horner", all, n, 0)
			for i, x := range a {
				want := 0.0
				for _, v := range c[:powers] {
					want = float64(T(math.FMA(want, float64(x), float64(v))))
				}
				if !closeTo[T](float64(dst[i]), want, 1) {
					t.Fatalf("horner of %v and %d coefficients is %v; want %v (element %d of %d)", x, powers, dst[i], want, i, n)
				}
			}
		}
	}
}

// testRecur holds Recur against Legendre's polynomials up to degree 5.
func testRecur[T float](t *testing.T, k *Kernels[T]) {
	table := []T{1, 0, 1, 0, 0}
	for d := 1.0; d < 5; d++ {
		table = append(table, T(2*d+1), 0, T(-d), T(d+1), T(d+1))
	}
	degrees := []float64{0, 1, 2.5, 3, 4, 5, -0.5, -1, -7, math.NaN()}
	legendre := func(x, n float64) float64 {
		switch {
		case !(n > -1):
			return 0
		case n < 1:
			return 1
		}
		p, before := x, 1.0
		for d := 1.0; d < math.Floor(n); d++ {
			p, before = ((2*d+1)*x*p-d*before)/(d+1), p
		}
		return p
	}
	for n := range 70 {
		x, degree := make([]T, n), make([]T, n)
		for i := range x {
			x[i], degree[i] = T(i)/35-1, T(degrees[i*7%len(degrees)])
		}
		all, dst := guarded[T](n, 0, uint64(n))
		k.Recur(dst, x, degree, table, 4)
		unharmed(t, "recur", all, n, 0)
		for i := range x {
			if want := legendre(float64(x[i]), float64(degree[i])); !(math.Abs(float64(dst[i])-want) <= 4*float64(epsilon[T]())) {
				t.Fatalf("degree %v at %v is %v; want %v (element %d of %d)", degree[i], x[i], dst[i], want, i, n)
			}
		}
	}
}

// epsilon is the spacing of T at 1.
func epsilon[T float]() T {
	e := T(1)
	for 1+e/2 > 1 {
		e /= 2
	}
	return e
}

func TestSeries(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testHorner(t, &s.F32)
			testHorner(t, &s.F64)
			testRecur(t, &s.F32)
			testRecur(t, &s.F64)
		})
	}
}
