package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// firstLargest and firstSmallest return the place of the first NaN, or else of
// the first of the largest, or smallest, elements.
func firstLargest[T number](x []T) int {
	k := 0
	for i, v := range x {
		if v > x[k] {
			k = i
		} else if v != v {
			return i
		}
	}
	return k
}

func firstSmallest[T number](x []T) int {
	k := 0
	for i, v := range x {
		if v < x[k] {
			k = i
		} else if v != v {
			return i
		}
	}
	return k
}

// A picker finds the best element of each line, the first of equal ones.
type picker[T number] struct {
	first func(x []T) int
	beats func(v, best T) bool // false if best is NaN
	// rows, if there is one, is row for 8 rows from x on, step bytes apart.
	rows  func(best, at []T, x *T, step int, number T)
	value bool // the kernel is In → value, index, else In → index
}

func largestOf[T number](value bool) picker[T] {
	return picker[T]{first: firstLargest[T], beats: func(v, best T) bool { return best == best && !(v <= best) }, value: value}
}

func smallestOf[T number](value bool) picker[T] {
	return picker[T]{first: firstSmallest[T], beats: func(v, best T) bool { return best == best && !(v >= best) }, value: value}
}

// fast gives a picker of floats assembly, if there is some.
func fast[T float](p picker[T], top func(x []T) T, near func(x []T, v T) int, rows func(best, at []T, x *T, step int, number T)) picker[T] {
	p.rows = rows
	if plain := p.first; top != nil {
		p.first = func(x []T) int {
			v := top(x)
			if v != v {
				return plain(x)
			}
			k := near(x, v)
			for x[k] != v {
				k++
			}
			return k
		}
	}
	return p
}

// row puts x[i] in best[i], and number in at[i], where it beats the best.
func (p *picker[T]) row(best, at, x []T, number T) {
	at, x = at[:len(best)], x[:len(best)]
	for i, v := range x {
		if p.beats(v, best[i]) {
			best[i], at[i] = v, number
		}
	}
}

// anywhere makes a kernel of lines in any memory.
func (p picker[T]) anywhere(c codec[T]) kernel {
	xs, in := new(scratch[T]), p.inputs()
	return alongDim(func(q [operands]unsafe.Pointer, s [operands]int, n int) {
		b := xs.get(n)
		x := c.line(q[in], s[in], *b)
		k := p.firstOf(x)
		*(*int64)(q[in-1]) = int64(k)
		if p.value {
			c.store(q[0], 1, x[k:k+1])
		}
		xs.put(b)
	})
}

// inputs is how many operands come before the input.
func (p *picker[T]) inputs() int {
	if p.value {
		return 2
	}
	return 1
}

// firstOf is first for lines of any length: long ones are cut into blocks, which
// goroutines share.
func (p *picker[T]) firstOf(x []T) int {
	if len(x) <= blockLen {
		return p.first(x)
	}
	at := make([]int, pieces(len(x), blockLen))
	tasks(len(at), func(i int) {
		at[i] = i*blockLen + p.first(x[i*blockLen:min(len(x), (i+1)*blockLen)])
	})
	k := at[0]
	for _, i := range at[1:] {
		if p.beats(x[i], x[k]) {
			k = i
		}
	}
	return k
}

// floats makes a kernel of float memory, which takes lines that lie side by
// side together.
func floats[T float](p picker[T]) kernel {
	lines, scratch := p.anywhere(native[T]()), new(scratch[T])
	return func(c device.Call) error {
		dim := c.Attr.(device.Dim).Dim
		w, n, steps, ok := across(&c, dim)
		if !ok || n >= 1<<24 { // at is a float
			return lines(c)
		}
		step := steps[p.inputs()]
		parallel(w.len(), max(tile/2, grain/n), func(lo, hi int) {
			b := scratch.get(2 * tile)
			w.part(lo, hi, func(q [operands]unsafe.Pointer, _ [operands]int, m int) { p.columns(q, m, n, step, *b) })
			scratch.put(b)
		})
		return nil
	}
}

// columns finds the best of m lines side by side, n elements long and step apart.
func (p *picker[T]) columns(q [operands]unsafe.Pointer, m, n, step int, b []T) {
	in := p.inputs()
	x := window[T](q[in], (n-1)*step+m)
	index := window[int64](q[in-1], m)
	for i := 0; i < m; i += tile {
		k := min(tile, m-i)
		best, at := b[:k], b[tile:][:k]
		copy(best, x[i:])
		clear(at)
		r := 1
		for ; p.rows != nil && r+8 <= n; r += 8 {
			p.rows(best, at, &x[r*step+i], step*int(unsafe.Sizeof(best[0])), T(r))
		}
		for ; r < n; r++ {
			p.row(best, at, x[r*step+i:][:k], T(r))
		}
		for j, v := range at {
			index[i+j] = int64(v)
		}
		if p.value {
			copy(window[T](q[0], m)[i:], best)
		}
	}
}

func pickKernels(f32 picker[float32], f64 picker[float64], i64 picker[int64]) byDType {
	t := byDType{
		device.Float32:  floats(f32),
		device.Float64:  floats(f64),
		device.Float16:  f32.anywhere(f16as32),
		device.BFloat16: f32.anywhere(bf16as32),
	}
	for _, d := range integers {
		t[d] = i64.anywhere(int64Codec(d))
	}
	return t
}

func largestKernels(value bool) byDType {
	a, b := &asm.F32, &asm.F64
	return pickKernels(fast(largestOf[float32](value), a.Reduce.Max, a.Near, a.MaxRows),
		fast(largestOf[float64](value), b.Reduce.Max, b.Near, b.MaxRows), largestOf[int64](value))
}

func smallestKernels(value bool) byDType {
	a, b := &asm.F32, &asm.F64
	return pickKernels(fast(smallestOf[float32](value), a.Reduce.Min, a.Near, a.MinRows),
		fast(smallestOf[float64](value), b.Reduce.Min, b.Near, b.MinRows), smallestOf[int64](value))
}
