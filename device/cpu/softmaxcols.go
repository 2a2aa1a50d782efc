package cpu

import (
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// The softmax family along a dim that is not the inner one: lines lie side by
// side, and each step takes one element of all of them.

// abreast is what those steps are made of, for the lines in hand.
type abreast[T float] struct {
	*rowKernels[T]
	maximum, add, sub, mul func(dst, a, b []T)
	exp, log               func(dst, a []T)
}

func abreastOf[T float](k *simd.Kernels[T]) *abreast[T] {
	return &abreast[T]{rowsOf(k), or2(k.Maximum, maximum[T]), or2(k.Add, add[T]), or2(k.Sub, sub[T]), or2(k.Mul, mul[T]), or1(k.Exp, lift[T](math.Exp)), or1(k.Log, lift[T](math.Log))}
}

// A stack is rows of an operand, step apart; each has an element of every line.
type stack[T float] struct {
	p    unsafe.Pointer
	step int
	m    int
}

func (t stack[T]) row(r int) []T {
	var z T
	return window[T](unsafe.Add(t.p, r*t.step*int(unsafe.Sizeof(z))), t.m)
}

// manyLines adds to kernels along a dim a way to take lines abreast.
func manyLines(t byDType, f32 func(*abreast[float32], stack[float32], stack[float32], stack[float32], int, [3][]float32),
	f64 func(*abreast[float64], stack[float64], stack[float64], stack[float64], int, [3][]float64)) byDType {
	a, b := abreastOf(&asm.F32), abreastOf(&asm.F64)
	t[device.Float32] = sides(t[device.Float32], func(dst, x, y stack[float32], n int, s [3][]float32) { f32(a, dst, x, y, n, s) })
	t[device.Float64] = sides(t[device.Float64], func(dst, x, y stack[float64], n int, s [3][]float64) { f64(b, dst, x, y, n, s) })
	return t
}

// sides makes a kernel along a dim of f, which gets dst, the inputs, the number
// of rows and three rows of scratch, and falls back on lines.
func sides[T float](lines kernel, f func(dst, a, b stack[T], n int, s [3][]T)) kernel {
	pool := new(scratch[T])
	return func(c device.Call) error {
		w, n, step, ok := across(&c, c.Attr.(device.Dim).Dim)
		if !ok || n > lineLen { // whose sums would be coarse
			return lines(c)
		}
		const width = 512 // lines at once, so that the rows of many classes stay in the cache
		parallel(w.len(), max(width, grain/n), func(lo, hi int) {
			b := pool.get(3 * width)
			w.part(lo, hi, func(p [operands]unsafe.Pointer, _ [operands]int, m int) {
				for i := 0; i < m; i += width {
					k := min(width, m-i)
					at := func(o int) stack[T] {
						if p[o] == nil {
							return stack[T]{}
						}
						return stack[T]{unsafe.Add(p[o], i*w.size[0]), step[o], k}
					}
					f(at(0), at(1), at(2), n, [3][]T{(*b)[:k], (*b)[width:][:k], (*b)[2*width:][:k]})
				}
			})
			pool.put(b)
		})
		return nil
	}
}

// top leaves the largest element of each line in m.
func (k *abreast[T]) top(m []T, x stack[T], n int) {
	copy(m, x.row(0))
	for r := 1; r < n; r++ {
		k.maximum(m, m, x.row(r))
	}
}

func (k *abreast[T]) softmax(dst, x, _ stack[T], n int, s [3][]T) {
	m, sum := s[0], s[1]
	k.top(m, x, n)
	clear(sum)
	for r := range n {
		k.ExpSumTo(dst.row(r), x.row(r), m, sum)
	}
	for i, v := range sum {
		sum[i] = 1 / v
	}
	for r := range n {
		k.mul(dst.row(r), dst.row(r), sum)
	}
}

func (k *abreast[T]) logSoftmax(dst, x, _ stack[T], n int, s [3][]T) {
	m, sum, e := s[0], s[1], s[2]
	k.top(m, x, n)
	clear(sum)
	for r := range n {
		k.ExpSumTo(e, x.row(r), m, sum)
		k.sub(dst.row(r), x.row(r), m) // here: memory works while exp computes
	}
	k.log(sum, sum)
	for r := range n {
		k.sub(dst.row(r), dst.row(r), sum)
	}
}

func (k *abreast[T]) softmaxGrad(dst, dy, y stack[T], n int, s [3][]T) {
	sum := s[0]
	clear(sum)
	for r := range n {
		k.DotTo(sum, dy.row(r), y.row(r))
	}
	for r := range n {
		k.sub(dst.row(r), dy.row(r), sum)
		k.mul(dst.row(r), dst.row(r), y.row(r))
	}
}

func (k *abreast[T]) logSoftmaxGrad(dst, dy, y stack[T], n int, s [3][]T) {
	sum, e := s[0], s[1]
	clear(sum)
	for r := range n {
		k.add(sum, sum, dy.row(r))
	}
	for r := range n {
		k.exp(e, y.row(r))
		k.mul(e, e, sum)
		k.sub(dst.row(r), dy.row(r), e)
	}
}

func expSumTo[T float](dst, x, m, sum []T) {
	x, m, sum = x[:len(dst)], m[:len(dst)], sum[:len(dst)]
	for i := range dst {
		e := T(math.Exp(float64(x[i] - m[i])))
		dst[i] = e
		sum[i] += e
	}
}

func dotTo[T float](sum, a, b []T) {
	a, b = a[:len(sum)], b[:len(sum)]
	for i := range sum {
		sum[i] += a[i] * b[i]
	}
}
