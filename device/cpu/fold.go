package cpu

import (
	"bytes"
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// result is the done of reducers whose accumulator is the result.
func result[A any](acc A, _ int, _ device.Reduce) A { return acc }

// sums adds in A, which is wide: float64 for floats, int64 for integers. A row
// goes into four sums, so that one addition need not wait for the last.
func sums[C, A number]() reducer[C, A, A] {
	return reducer[C, A, A]{
		row: func(acc A, x []C) A {
			var b, c, d A
			for ; len(x) >= 4; x = x[4:] {
				acc += A(x[0])
				b += A(x[1])
				c += A(x[2])
				d += A(x[3])
			}
			for _, v := range x {
				acc += A(v)
			}
			return (acc + b) + (c + d)
		},
		cols: func(acc []A, x []C) {
			x = x[:len(acc)]
			for i := range acc {
				acc[i] += A(x[i])
			}
		},
		part: func(a, b A) A { return a + b },
		done: result[A],
	}
}

// wideSums is sums of floats, by assembly where there is some.
func wideSums[C float](k *simd.Kernels[C]) reducer[C, float64, float64] {
	r := sums[C, float64]()
	if k.Reduce.Sum != nil {
		r.row = func(acc float64, x []C) float64 { return acc + k.Reduce.Sum(x) }
		r.cols = func(acc []float64, x []C) { k.AddRow(acc, unsafe.SliceData(x)) }
		r.cols8 = k.AddRows
		r.join = func(a, b []float64) { asm.F64.Add(a, a, b) }
	}
	return r
}

// means is wideSums over the number of elements; of none it is NaN.
func means[C float](k *simd.Kernels[C]) reducer[C, float64, float64] {
	r := wideSums(k)
	r.done = func(acc float64, n int, _ device.Reduce) float64 { return acc / float64(n) }
	return r
}

// norms is the root of the sum of squares.
func norms[C float](k *simd.Kernels[C]) reducer[C, float64, float64] {
	r := reducer[C, float64, float64]{
		row: func(acc float64, x []C) float64 {
			b := 0.0
			for ; len(x) >= 2; x = x[2:] {
				v, w := float64(x[0]), float64(x[1])
				acc += v * v
				b += w * w
			}
			for _, v := range x {
				acc += float64(v) * float64(v)
			}
			return acc + b
		},
		cols: func(acc []float64, x []C) {
			x = x[:len(acc)]
			for i := range acc {
				acc[i] += float64(x[i]) * float64(x[i])
			}
		},
		part: func(a, b float64) float64 { return a + b },
		done: func(acc float64, _ int, _ device.Reduce) float64 { return math.Sqrt(acc) },
	}
	if k.Squares != nil {
		r.row = func(acc float64, x []C) float64 { return acc + k.Squares(x, 0) }
	}
	return r
}

// wideProds is prods of floats, by assembly where there is some.
func wideProds[C float](k *simd.Kernels[C]) reducer[C, float64, float64] {
	r := prods[C, float64]()
	if k.Reduce.Prod != nil {
		r.row = func(acc float64, x []C) float64 { return acc * k.Reduce.Prod(x) }
	}
	return r
}

func prods[C, A number]() reducer[C, A, A] {
	return reducer[C, A, A]{
		zero: 1,
		row: func(acc A, x []C) A { // four products, so that one need not wait for the last
			b, c, d := A(1), A(1), A(1)
			for ; len(x) >= 4; x = x[4:] {
				acc *= A(x[0])
				b *= A(x[1])
				c *= A(x[2])
				d *= A(x[3])
			}
			for _, v := range x {
				acc *= A(v)
			}
			return (acc * b) * (c * d)
		},
		cols: func(acc []A, x []C) {
			x = x[:len(acc)]
			for i := range acc {
				acc[i] *= A(x[i])
			}
		},
		part: func(a, b A) A { return a * b },
		done: result[A],
	}
}

// largest and smallest return NaN if an element is.
func largest[C number](lowest C) reducer[C, C, C] {
	return reducer[C, C, C]{
		zero: lowest,
		row:  top[C],
		cols: func(acc, x []C) { maximum(acc, acc, x) },
		part: func(a, b C) C {
			if b > a || b != b {
				return b
			}
			return a
		},
		done: result[C],
	}
}

// top is the largest of acc and x.
func top[C number](acc C, x []C) C {
	for _, v := range x {
		if v > acc || v != v {
			acc = v
		}
	}
	return acc
}

func smallest[C number](highest C) reducer[C, C, C] {
	return reducer[C, C, C]{
		zero: highest,
		row: func(acc C, x []C) C {
			for _, v := range x {
				if v < acc || v != v {
					acc = v
				}
			}
			return acc
		},
		cols: func(acc, x []C) { minimum(acc, acc, x) },
		part: func(a, b C) C {
			if b < a || b != b {
				return b
			}
			return a
		},
		done: result[C],
	}
}

// truth tells whether an element is the one that decides: not 0 for any, 0 for
// all. The result is 1 for any if there is one, and 0 for all.
func truth[C number](any bool) reducer[C, uint8, uint8] {
	found := b2u(any)
	join := func(a, b uint8) uint8 {
		if a == found {
			return a
		}
		return b
	}
	return reducer[C, uint8, uint8]{
		zero: 1 - found,
		row: func(acc uint8, x []C) uint8 {
			for _, v := range x {
				if (v != 0) == any {
					return found
				}
			}
			return acc
		},
		cols: func(acc []uint8, x []C) {
			x = x[:len(acc)]
			for i := range acc {
				if (x[i] != 0) == any {
					acc[i] = found
				}
			}
		},
		part: join,
		done: result[uint8],
	}
}

// moments are the number of elements, their mean, and the sum of the squares of
// their distances from it.
type moments struct{ n, mean, m2 float64 }

// join is the moments of two parts together.
//
//	source: Chan, Golub & LeVeque 1979, "Updating formulae and a pairwise
//	algorithm for computing sample variances"
func (a moments) join(b moments) moments {
	if a.n == 0 {
		return b
	}
	n, d := a.n+b.n, b.mean-a.mean
	return moments{n, a.mean + d*b.n/n, a.m2 + b.m2 + d*d*a.n*b.n/n}
}

// spreads is the variance with Attr's correction, or its root: two passes over
// a row, one (Welford's) over columns.
func spreads[C float](k *simd.Kernels[C], root bool) reducer[C, moments, float64] {
	sum, squares := wideSums(k).row, k.Squares
	if squares == nil {
		squares = squaresFrom[C]
	}
	return reducer[C, moments, float64]{
		row: func(acc moments, x []C) moments {
			if len(x) == 0 {
				return acc
			}
			n := float64(len(x))
			mean := sum(0, x) / n
			return acc.join(moments{n, mean, squares(x, mean)})
		},
		cols: func(acc []moments, x []C) {
			x = x[:len(acc)]
			n := acc[0].n + 1 // the same for all
			for i := range acc {
				a, v := &acc[i], float64(x[i])
				d := v - a.mean
				a.n = n
				a.mean += d / n
				a.m2 += d * (v - a.mean)
			}
		},
		part: moments.join,
		done: func(acc moments, n int, attr device.Reduce) float64 {
			v := acc.m2 / max(0, float64(n)-attr.Correction)
			if root {
				v = math.Sqrt(v)
			}
			return v
		},
	}
}

// squaresFrom is the sum of the squares of the distances from mean.
func squaresFrom[C float](x []C, mean float64) float64 {
	sum := 0.0
	for _, v := range x {
		d := float64(v) - mean
		sum += d * d
	}
	return sum
}

// foldFloats is a reduction of floats that accumulates in float64.
func foldFloats[A any](f32 reducer[float32, A, float64], f64 reducer[float64, A, float64]) byDType {
	return byDType{
		device.Float32:  reduced(native[float32](), castCodec[float32, float64](), f32),
		device.Float64:  reduced(native[float64](), native[float64](), f64),
		device.Float16:  reduced(f16as32, f16as64, f32),
		device.BFloat16: reduced(bf16as32, bf16as64, f32),
	}
}

var integers = []device.DType{device.Int8, device.Int16, device.Int32, device.Int64, device.UInt8, device.Bool}

// foldInts is a reduction of integers and bool that accumulates in int64.
func foldInts(t byDType, r reducer[int64, int64, int64]) byDType {
	for _, d := range integers {
		t[d] = reduced(int64Codec(d), native[int64](), r)
	}
	return t
}

func sumKernels() byDType {
	return foldInts(foldFloats(wideSums(&asm.F32), wideSums(&asm.F64)), sums[int64, int64]())
}

func meanKernels() byDType { return foldFloats(means(&asm.F32), means(&asm.F64)) }
func normKernels() byDType { return foldFloats(norms(&asm.F32), norms(&asm.F64)) }

func spreadKernels(root bool) byDType {
	return foldFloats(spreads(&asm.F32, root), spreads(&asm.F64, root))
}

func prodKernels() byDType {
	return foldInts(foldFloats(wideProds(&asm.F32), wideProds(&asm.F64)), prods[int64, int64]())
}

// byVectors gives largest or smallest assembly, if there is some.
func byVectors[C float](r reducer[C, C, C], row func(x []C) C, two func(dst, a, b []C)) reducer[C, C, C] {
	if row != nil {
		r.row = func(acc C, x []C) C { return r.part(acc, row(x)) }
		r.cols = func(acc, x []C) { two(acc, acc, x) }
	}
	return r
}

func extremeKernels(f32 reducer[float32, float32, float32], f64 reducer[float64, float64, float64], i reducer[int64, int64, int64]) byDType {
	t := byDType{
		device.Float32:  reduced(native[float32](), native[float32](), f32),
		device.Float64:  reduced(native[float64](), native[float64](), f64),
		device.Float16:  reduced(f16as32, f16as32, f32),
		device.BFloat16: reduced(bf16as32, bf16as32, f32),
	}
	for _, d := range integers {
		t[d] = reduced(int64Codec(d), int64Codec(d), i)
	}
	return t
}

func maxKernels() byDType {
	inf := math.Inf(-1)
	return extremeKernels(byVectors(largest(float32(inf)), asm.F32.Reduce.Max, asm.F32.Maximum), byVectors(largest(inf), asm.F64.Reduce.Max, asm.F64.Maximum), largest[int64](math.MinInt64))
}

func minKernels() byDType {
	inf := math.Inf(1)
	return extremeKernels(byVectors(smallest(float32(inf)), asm.F32.Reduce.Min, asm.F32.Minimum), byVectors(smallest(inf), asm.F64.Reduce.Min, asm.F64.Minimum), smallest[int64](math.MaxInt64))
}

// truthKernels reduce the truth of elements to a bool.
func truthKernels(any bool) byDType {
	var t byDType
	for d := device.Float32; d < device.NumDTypes; d++ {
		switch {
		case d == device.Float64:
			t[d] = reduced(native[float64](), native[uint8](), truth[float64](any))
		case d.IsFloat():
			t[d] = reduced(float32Codec(d), native[uint8](), truth[float32](any))
		default:
			t[d] = reduced(int64Codec(d), native[uint8](), truth[int64](any))
		}
	}
	bools := truth[uint8](any) // bytes of 0 or 1
	bools.row = func(acc uint8, x []uint8) uint8 {
		if bytes.IndexByte(x, b2u(any)) >= 0 {
			return b2u(any)
		}
		return acc
	}
	t[device.Bool] = reduced(native[uint8](), native[uint8](), bools)
	return t
}
