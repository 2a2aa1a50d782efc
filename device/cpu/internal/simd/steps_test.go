package simd

import (
	"math"
	"testing"
)

// testStep holds a step on several slices against want, which changes the
// elements of one place. Plain numbers, and special ones in the gradient.
func testStep[T float](t *testing.T, what string, count int, run func(x [][]T), want func(x []float64)) {
	t.Helper()
	for n := range 258 {
		x, all, was := make([][]T, count), make([][]T, count), make([][]float64, n)
		for i := range x {
			all[i], x[i] = guarded[T](n, i, uint64(n+1000*i))
			if i < count-1 {
				copy(x[i], finite[T](n, uint64(n+1000*i)))
			}
			for j, v := range x[i] {
				if what == "adam" && i == 2 {
					v = max(v, -v)
					x[i][j] = v
				}
				was[j] = append(was[j], float64(v))
			}
		}
		run(x)
		for i := range x {
			unharmed(t, what, all[i], n, i)
		}
		for j, w := range was {
			if a := math.Abs(w[count-1]); a > 1e10 && a <= math.MaxFloat64 {
				continue // its square is too large for T
			}
			start := append([]float64{}, w...)
			want(w)
			for i := range x {
				if !closeTo[T](float64(x[i][j]), w[i], 1) {
					t.Fatalf("%s%v: slice %d is %v, want %v (element %d of %d)", what, start, i, x[i][j], w[i], j, n)
				}
			}
		}
	}
}

func testSteps[T float](t *testing.T, k *Kernels[T]) {
	const lr, sign, mu, part, rate, eps, keep, b1, c1, b2, c2 = 0.25, -1, 0.75, 0.5, 0.125, 0.0625, 0.5, 0.75, 0.25, 0.875, 0.125
	for _, decay := range []float64{0, 0.5} {
		direction := func(p, g float64) float64 {
			if decay == 0 {
				return sign * g
			}
			return sign*g + decay*p
		}
		testStep(t, "sgd", 2, func(x [][]T) { k.SGD(x[0], x[1], lr, T(decay), sign) },
			func(x []float64) { x[0] -= lr * direction(x[0], x[1]) })
		testStep(t, "momentum", 3, func(x [][]T) { k.Momentum(x[0], x[1], x[2], lr, T(decay), sign, mu, part) },
			func(x []float64) {
				x[1] = mu*x[1] + part*direction(x[0], x[2])
				x[0] -= lr * x[1]
			})
		testStep(t, "adam", 4, func(x [][]T) { k.Adam(x[0], x[1], x[2], x[3], rate, eps, T(decay), keep, sign, b1, c1, b2, c2) },
			func(x []float64) {
				p := keep * x[0]
				d := direction(p, x[3])
				x[1] = b1*x[1] + c1*d
				x[2] = b2*x[2] + c2*d*d
				x[0] = p - rate*x[1]/(math.Sqrt(x[2])+eps)
			})
	}
	// Without decay an infinite parameter does not spoil its direction.
	p := []T{T(math.Inf(1))}
	if k.SGD(p, []T{1}, lr, 0, sign); p[0] != T(math.Inf(1)) {
		t.Errorf("an infinite parameter becomes %v", p[0])
	}
}

func TestSteps(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testSteps(t, &s.F32)
			testSteps(t, &s.F64)
		})
	}
}
