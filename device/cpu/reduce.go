package cpu

import (
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// A reducer folds elements of type C into an accumulator of type A.
type reducer[C, A any] struct {
	zero A
	row  func(acc A, x []C) A   // folds a row into one accumulator
	cols func(acc []A, x []C)   // folds x[i] into acc[i]
	part func(acc A, other A) A // joins two accumulators
}

// blockLen is how many elements one accumulator takes before it is joined with
// the next: the split depends on the size alone, never on the threads.
const blockLen = 1 << 16

// reduced makes a kernel of a reducer; Attr is a device.Reduce.
func reduced[C, A any](in codec[C], out codec[A], r reducer[C, A]) kernel {
	xs, as := new(scratch[C]), new(scratch[A])
	return func(c device.Call) error {
		kept, red := splitNest(&c, c.Attr.(device.Reduce).Dims)
		if kept.rows()*kept.last() == 0 {
			return nil
		}
		if red.rank > 0 && kept.rank > 0 && absInt(kept.stride[1][kept.rank-1]) < absInt(red.stride[0][red.rank-1]) {
			reduceCols(kept, red, in, out, r, xs, as)
		} else {
			reduceRows(kept, red, in, out, r, xs)
		}
		return nil
	}
}

func absInt(x int) int { return max(x, -x) }

// splitNest returns the loops over the kept dims (operands Out[0], In[0]) and
// over the reduced ones (operand In[0]).
func splitNest(c *device.Call, dims device.Dims) (kept, red nest) {
	in, out := c.In[0], c.Out[0]
	kept.n, red.n = 2, 1
	kept.ptr[0], kept.size[0] = out.Ptr(), out.DType.Size()
	kept.ptr[1], kept.size[1] = in.Ptr(), in.DType.Size()
	red.ptr[0], red.size[0] = in.Ptr(), in.DType.Size()
	k := 0 // Out's dim, whether it keeps the reduced dims as size 1 or not
	for i := range int(in.Rank) {
		if dims.Has(i) {
			red.dim[red.rank], red.stride[0][red.rank] = in.Dim[i], in.Stride[i]
			red.rank++
			if out.Rank == in.Rank {
				k++
			}
			continue
		}
		kept.dim[kept.rank], kept.stride[0][kept.rank] = in.Dim[i], out.Stride[k]
		kept.stride[1][kept.rank] = in.Stride[i]
		kept.rank++
		k++
	}
	kept.coalesce(0)
	red.coalesce(0)
	return kept, red
}

// reduceRows folds, for each output, the rows that belong to it.
func reduceRows[C, A any](kept, red nest, in codec[C], out codec[A], r reducer[C, A], xs *scratch[C]) {
	perOut := red.rows() * red.last()
	one := func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		var acc [1]A
		for i := range n {
			w := red
			w.ptr[0] = unsafe.Add(p[1], i*s[1]*in.size)
			acc[0] = foldRows(&w, in, r, xs)
			out.store(unsafe.Add(p[0], i*s[0]*out.size), 1, acc[:])
		}
	}
	if outs := kept.rows() * kept.last(); outs*perOut < 2*grain || kept.rank == 0 {
		kept.walk(0, kept.rows(), one)
		return
	}
	kept.runSplit(max(1, grain/max(perOut, 1)), one)
}

// runSplit walks the nest on several goroutines, at least min elements each.
func (w *nest) runSplit(min int, f rowFunc) {
	if w.rank == 1 {
		parallel(w.dim[0], min, func(lo, hi int) {
			var p [operands]unsafe.Pointer
			var s [operands]int
			for k := range w.n {
				s[k] = w.stride[k][0]
				p[k] = unsafe.Add(w.ptr[k], lo*s[k]*w.size[k])
			}
			f(p, s, hi-lo)
		})
		return
	}
	parallel(w.rows(), max(1, min/max(w.last(), 1)), func(lo, hi int) { w.walk(lo, hi, f) })
}

// foldRows folds every element of a nest, in blocks that depend on its size only.
func foldRows[C, A any](w *nest, in codec[C], r reducer[C, A], xs *scratch[C]) A {
	total, block, filled := r.zero, r.zero, 0
	w.walk(0, w.rows(), func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		for i := 0; i < n; {
			m := min(n-i, blockLen-filled)
			q := unsafe.Add(p[0], i*s[0]*in.size)
			if in.direct && (s[0] == 1 || m == 1) {
				block = r.row(block, window[C](q, m))
			} else {
				b := xs.get(m)
				in.load(*b, q, s[0])
				block = r.row(block, *b)
				xs.put(b)
			}
			if filled += m; filled == blockLen {
				total, block, filled = r.part(total, block), r.zero, 0
			}
			i += m
		}
	})
	return r.part(total, block)
}

// reduceCols walks memory in order when the kept dim is the inner one: a row of
// accumulators takes one row of input after another.
func reduceCols[C, A any](kept, red nest, in codec[C], out codec[A], r reducer[C, A], xs *scratch[C], as *scratch[A]) {
	const width = 1024 // accumulators that stay in the first-level cache
	row := func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		for lo := 0; lo < n; lo += width {
			m := min(width, n-lo)
			ap, bp := as.get(m), xs.get(m)
			acc := *ap
			for i := range acc {
				acc[i] = r.zero
			}
			w := red
			w.ptr[0] = unsafe.Add(p[1], lo*s[1]*in.size)
			w.walk(0, w.rows(), func(q [operands]unsafe.Pointer, t [operands]int, k int) {
				for j := range k {
					a := unsafe.Add(q[0], j*t[0]*in.size)
					if in.direct && s[1] == 1 {
						r.cols(acc, window[C](a, m))
					} else {
						in.load(*bp, a, s[1])
						r.cols(acc, *bp)
					}
				}
			})
			out.store(unsafe.Add(p[0], lo*s[0]*out.size), s[0], acc)
			as.put(ap)
			xs.put(bp)
		}
	}
	perOut := max(1, red.rows()*red.last())
	if kept.rows()*kept.last()*perOut < 2*grain {
		kept.walk(0, kept.rows(), row)
		return
	}
	kept.runSplit(max(64, grain/perOut), row)
}

// sums adds in A, which is wide: float64 for floats, int64 for integers.
func sums[C, A number]() reducer[C, A] {
	return reducer[C, A]{
		row: func(acc A, x []C) A {
			for _, v := range x {
				acc += A(v)
			}
			return acc
		},
		cols: func(acc []A, x []C) {
			x = x[:len(acc)]
			for i := range acc {
				acc[i] += A(x[i])
			}
		},
		part: func(a, b A) A { return a + b },
	}
}

func prods[C, A number]() reducer[C, A] {
	return reducer[C, A]{
		zero: 1,
		row: func(acc A, x []C) A {
			for _, v := range x {
				acc *= A(v)
			}
			return acc
		},
		cols: func(acc []A, x []C) {
			x = x[:len(acc)]
			for i := range acc {
				acc[i] *= A(x[i])
			}
		},
		part: func(a, b A) A { return a * b },
	}
}

// extremes folds with pick, which must return NaN when either argument is.
func extremes[C number](zero C, pick func(a, b C) C) reducer[C, C] {
	return reducer[C, C]{
		zero: zero,
		row: func(acc C, x []C) C {
			for _, v := range x {
				acc = pick(acc, v)
			}
			return acc
		},
		cols: func(acc, x []C) {
			for i := range acc {
				acc[i] = pick(acc[i], x[i])
			}
		},
		part: pick,
	}
}

func larger[T number](a, b T) T {
	if b > a || b != b {
		return b
	}
	return a
}

func smaller[T number](a, b T) T {
	if b < a || b != b {
		return b
	}
	return a
}

// foldInts is a reduction of integers and bool that accumulates in int64.
func foldInts(t byDType, r reducer[int64, int64]) byDType {
	for _, d := range []device.DType{device.Int8, device.Int16, device.Int32, device.Int64, device.UInt8, device.Bool} {
		t[d] = reduced(int64Codec(d), native[int64](), r)
	}
	return t
}

func foldFloats(f32 reducer[float32, float64], r reducer[float64, float64]) byDType {
	return byDType{
		device.Float32:  reduced(native[float32](), castCodec[float32, float64](), f32),
		device.Float64:  reduced(native[float64](), native[float64](), r),
		device.Float16:  reduced(f16as64, f16as64, r),
		device.BFloat16: reduced(bf16as64, bf16as64, r),
	}
}

func sumKernels() byDType {
	return foldInts(foldFloats(sums[float32, float64](), sums[float64, float64]()), sums[int64, int64]())
}

func prodKernels() byDType {
	return foldInts(foldFloats(prods[float32, float64](), prods[float64, float64]()), prods[int64, int64]())
}

func extremeKernels(lowest bool) byDType {
	pick32, pick64, picki := larger[float32], larger[float64], larger[int64]
	inf, imin := math.Inf(-1), int64(math.MinInt64)
	if lowest {
		pick32, pick64, picki = smaller[float32], smaller[float64], smaller[int64]
		inf, imin = math.Inf(1), math.MaxInt64
	}
	t := byDType{
		device.Float32:  reduced(native[float32](), native[float32](), extremes(float32(inf), pick32)),
		device.Float64:  reduced(native[float64](), native[float64](), extremes(inf, pick64)),
		device.Float16:  reduced(f16as32, f16as32, extremes(float32(inf), pick32)),
		device.BFloat16: reduced(bf16as32, bf16as32, extremes(float32(inf), pick32)),
	}
	for _, d := range []device.DType{device.Int8, device.Int16, device.Int32, device.Int64, device.UInt8, device.Bool} {
		t[d] = reduced(int64Codec(d), int64Codec(d), extremes(imin, picki))
	}
	return t
}
