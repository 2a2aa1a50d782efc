package simd

import (
	"math"
	"testing"
)

// testLine holds a kernel that writes a line against want, element by element.
func testLine[T float](t *testing.T, what string, run func(dst []T, x [][]T), want func(x []float64) float64) {
	t.Helper()
	for n := range 258 {
		for _, off := range []int{0, 1, 5} {
			all, dst := guarded[T](n, off, 1)
			x := make([][]T, 3)
			for i := range x {
				_, x[i] = guarded[T](n, off+i, uint64(n+i*1000))
			}
			run(dst, x)
			unharmed(t, what, all, n, off)
			for i, got := range dst {
				in := []float64{float64(x[0][i]), float64(x[1][i]), float64(x[2][i])}
				w := want(in)
				size, huge := 0.0, false
				for _, v := range in {
					if a := math.Abs(v); a < 1e3 {
						size = max(size, 4*a*a, 4*a)
					} else if a <= math.MaxFloat64 {
						huge = true // what overflows on the way depends on the way
					}
				}
				if !huge && !closeTo[T](float64(got), w, size) {
					t.Fatalf("%s%v = %v, want %v (element %d of %d)", what, in, got, w, i, n)
				}
			}
		}
	}
}

// testLineSums holds a kernel of sums against those of want.
func testLineSums[T float](t *testing.T, what string, run func(sums []T, x [][]T), count int, want func(x []float64) []float64) {
	t.Helper()
	for n := range 258 {
		x := make([][]T, 3)
		for i := range x {
			x[i] = finite[T](n, uint64(n+i*1000))
		}
		all, got := guarded[T](count, 1, 1)
		total, size := make([]float64, count), make([]float64, count)
		for i := range n {
			for k, v := range want([]float64{float64(x[0][i]), float64(x[1][i]), float64(x[2][i])}) {
				total[k] += v
				size[k] += math.Abs(v)
			}
		}
		run(got, x)
		unharmed(t, what, all, count, 1)
		for k := range got {
			if !closeTo[T](float64(got[k]), total[k], size[k]) {
				t.Fatalf("%s: sum %d of %d is %v, want %v", what, k, n, got[k], total[k])
			}
		}
		if n > 0 {
			x[0][n-1] = T(math.NaN())
			if run(got, x); got[0] == got[0] {
				t.Fatalf("%s: NaN is lost at the end of %d", what, n)
			}
		}
	}
}

func testLines[T float](t *testing.T, k *Kernels[T]) {
	const m, c, d, e = 12.5, 0.75, -0.25, 1.5
	least := func(x []T) { // what is more than m is not for expNeg
		for i, v := range x {
			if v > m {
				x[i] = m
			}
		}
	}
	exp := func(x float64) float64 { return math.Exp(float64(T(min(x, m))) - m) }
	testLine(t, "scale exp", func(dst []T, x [][]T) { least(x[0]); k.ScaleExp(dst, x[0], m, c) },
		func(x []float64) float64 { return exp(x[0]) * c })
	testLine(t, "exp", func(dst []T, x [][]T) { least(x[0]); k.ExpSum(dst, x[0], m) },
		func(x []float64) float64 { return exp(x[0]) })
	testLine(t, "softmax grad", func(dst []T, x [][]T) { k.SoftmaxGrad(dst, x[0], x[1], c) },
		func(x []float64) float64 { return x[1] * (x[0] - c) })
	testLine(t, "log softmax grad", func(dst []T, x [][]T) { k.LogSoftmaxGrad(dst, x[0], x[1], c) },
		func(x []float64) float64 { return x[0] - math.Exp(x[1])*c })
	testLine(t, "standardize", func(dst []T, x [][]T) { k.Standardize(dst, x[0], c, d, e) },
		func(x []float64) float64 { return (x[0]-c)*d + e })
	testLine(t, "standardize by", func(dst []T, x [][]T) { k.StandardizeBy(dst, x[0], x[1], x[2], c, d) },
		func(x []float64) float64 { return (x[0]-c)*d*x[1] + x[2] })
	testLine(t, "norm grad", func(dst []T, x [][]T) { k.NormGrad(dst, x[0], x[1], c, d, e, m) },
		func(x []float64) float64 { return d * (x[0] - e - (x[1]-c)*m) })
	testLine(t, "norm grad by", func(dst []T, x [][]T) {
		w, b := make([]T, len(dst)), make([]T, len(dst))
		k.NormGradBy(dst, w, b, x[0], x[1], x[2], c, d, e, m)
	}, func(x []float64) float64 { return d * (x[0]*x[2] - e - (x[1]-c)*m) })
	testLine(t, "weight's gradient", func(dst []T, x [][]T) {
		clear(dst)
		k.NormGradBy(make([]T, len(dst)), dst, make([]T, len(dst)), x[0], x[1], x[2], c, d, e, m)
	}, func(x []float64) float64 { return x[0] * (x[1] - c) * d })
	testLine(t, "bias's gradient", func(dst []T, x [][]T) {
		clear(dst)
		k.NormGradBy(make([]T, len(dst)), make([]T, len(dst)), dst, x[0], x[1], x[2], c, d, e, m)
	}, func(x []float64) float64 { return x[0] })

	ms := func(n int) []T {
		b := make([]T, n)
		for i := range b {
			b[i] = m
		}
		return b
	}
	testLine(t, "exp to", func(dst []T, x [][]T) { least(x[0]); k.ExpSumTo(dst, x[0], ms(len(dst)), x[1]) },
		func(x []float64) float64 { return exp(x[0]) })
	testLine(t, "exp sum to", func(dst []T, x [][]T) {
		least(x[0])
		copy(dst, x[1])
		k.ExpSumTo(make([]T, len(dst)), x[0], ms(len(dst)), dst)
	}, func(x []float64) float64 { return x[1] + exp(x[0]) })
	testLine(t, "dot to", func(dst []T, x [][]T) { copy(dst, x[2]); k.DotTo(dst, x[0], x[1]) },
		func(x []float64) float64 { return x[0]*x[1] + x[2] })

	testLineSums(t, "sum exp", func(s []T, x [][]T) { s[0] = k.SumExp(x[0], m) }, 1, func(x []float64) []float64 { return []float64{math.Exp(x[0] - m)} })
	testLineSums(t, "exp sum", func(s []T, x [][]T) { s[0] = k.ExpSum(x[1], x[0], m) }, 1, func(x []float64) []float64 { return []float64{math.Exp(x[0] - m)} })
	testLineSums(t, "dot", func(s []T, x [][]T) { s[0] = k.Dot(x[0], x[1]) }, 1, func(x []float64) []float64 { return []float64{x[0] * x[1]} })
	testLineSums(t, "moments", func(s []T, x [][]T) { k.Moments(x[0], s, c) }, 2,
		func(x []float64) []float64 { return []float64{x[0] - c, (x[0] - c) * (x[0] - c)} })
	testLineSums(t, "grad sums", func(s []T, x [][]T) { k.GradSums(x[0], x[1], s, c) }, 2,
		func(x []float64) []float64 { return []float64{x[0], x[0] * (x[1] - c)} })
	testLineSums(t, "grad sums by", func(s []T, x [][]T) { k.GradSumsBy(x[0], x[1], x[2], s, c) }, 2,
		func(x []float64) []float64 { return []float64{x[0] * x[2], x[0] * x[2] * (x[1] - c)} })
}

func TestLines(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testLines(t, &s.F32)
			testLines(t, &s.F64)
		})
	}
}
