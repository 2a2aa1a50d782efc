package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A scanner keeps every step of a running sum or product, taken in A. Attr is a
// device.Scan.
type scanner[C, D, A number] struct {
	in   codec[C]
	out  codec[D]
	prod bool
	scanAsm[C, D, A]
	xs scratch[C]
	ys scratch[D]
	as scratch[A]
}

// scanAsm is simd.Scan for one of the two; nil where there is none.
type scanAsm[C, D, A any] struct {
	line, back func(dst []D, x []C, acc *A) int
	row        func(dst []D, x []C, acc []A) int
}

func (d *scanner[C, D, A]) run(c device.Call) error {
	a := c.Attr.(device.Scan)
	if w, n, step, ok := across(&c, a.Dim); ok {
		parallel(w.len(), max(scanWidth/4, grain/n), func(lo, hi int) { d.columns(&w, n, step, a.Reverse, lo, hi) })
		return nil
	}
	var w nest
	w.linesOf(&c, a.Dim)
	w.coalesce(1)
	n := w.last()
	parallel(w.rows(), max(1, grain/max(n, 1)), func(lo, hi int) { d.lines(&w, n, a.Reverse, lo, hi) })
	return nil
}

// lines scans lines lo…hi of n elements: in memory itself, or else in copies.
func (d *scanner[C, D, A]) lines(w *nest, n int, back bool, lo, hi int) {
	inPlace := func(direct bool, k int) bool { return direct && (n == 1 || w.stride[k][w.rank-1] == 1) }
	xDirect, yDirect := inPlace(d.in.direct, 1), inPlace(d.out.direct, 0)
	room := func(direct bool) int {
		if direct {
			return 0
		}
		return n
	}
	xb, yb, ab := d.xs.get(room(xDirect)), d.ys.get(room(yDirect)), d.as.get(1)
	w.walk(lo, hi, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		x, y := *xb, *yb
		if xDirect {
			x = window[C](p[1], n)
		} else {
			d.in.load(x, p[1], s[1])
		}
		if yDirect {
			y = window[D](p[0], n)
		}
		d.scan(y, x, &(*ab)[0], back)
		if !yDirect {
			d.out.store(p[0], s[0], y)
		}
	})
	d.xs.put(xb)
	d.ys.put(yb)
	d.as.put(ab)
}

// scan scans one line. The kernels leave what fills no vector, and vectors that
// they do not trust: then plain Go does a few.
func (d *scanner[C, D, A]) scan(y []D, x []C, acc *A, back bool) {
	*acc = d.start()
	f := d.line
	if back {
		f = d.back
	}
	for len(x) > 0 {
		k := 0
		if f != nil {
			k = f(y, x, acc)
		}
		m := min(len(x), k+64)
		if back {
			d.steps(y[len(y)-m:len(y)-k], x[len(x)-m:len(x)-k], acc, back)
			y, x = y[:len(y)-m], x[:len(x)-m]
		} else {
			d.steps(y[k:m], x[k:m], acc, back)
			y, x = y[m:], x[m:]
		}
	}
}

func (d *scanner[C, D, A]) start() A {
	if d.prod {
		return 1
	}
	return 0
}

// steps is the definition.
func (d *scanner[C, D, A]) steps(y []D, x []C, sum *A, back bool) {
	acc, i, by := *sum, 0, 1
	if back {
		i, by = len(x)-1, -1
	}
	if d.prod {
		for range x {
			acc *= A(x[i])
			y[i] = D(acc)
			i += by
		}
	} else {
		for range x {
			acc += A(x[i])
			y[i] = D(acc)
			i += by
		}
	}
	*sum = acc
}

// scanWidth is how many lines that lie side by side are taken at once: their
// sums stay in the cache, and rows are long enough to be read ahead.
const scanWidth = 2048

// columns scans lines lo…hi that lie side by side, n elements long and step apart.
func (d *scanner[C, D, A]) columns(w *nest, n int, step [operands]int, back bool, lo, hi int) {
	xb, yb, ab := d.xs.get(scanWidth), d.ys.get(scanWidth), d.as.get(scanWidth)
	w.part(lo, hi, func(p [operands]unsafe.Pointer, _ [operands]int, m int) {
		for at := 0; at < m; at += scanWidth {
			k := min(scanWidth, m-at)
			acc, y := (*ab)[:k], (*yb)[:k]
			for i := range acc {
				acc[i] = d.start()
			}
			for r := range n {
				if back {
					r = n - 1 - r
				}
				x := d.in.line(unsafe.Add(p[1], (r*step[1]+at)*d.in.size), 1, (*xb)[:k])
				to := unsafe.Add(p[0], (r*step[0]+at)*d.out.size)
				if d.out.direct {
					d.next(window[D](to, k), x, acc)
				} else {
					d.next(y, x, acc)
					d.out.store(to, 1, y)
				}
			}
		}
	})
	d.xs.put(xb)
	d.ys.put(yb)
	d.as.put(ab)
}

// next takes one element of each line.
func (d *scanner[C, D, A]) next(y []D, x []C, acc []A) {
	if d.row != nil {
		k := d.row(y, x, acc)
		y, x, acc = y[k:], x[k:], acc[k:]
	}
	y, acc = y[:len(x)], acc[:len(x)]
	if d.prod {
		for i, v := range x {
			acc[i] *= A(v)
			y[i] = D(acc[i])
		}
		return
	}
	for i, v := range x {
		acc[i] += A(v)
		y[i] = D(acc[i])
	}
}

// scanOf makes a scanner of memory; its assembly is for the types it computes with.
func scanOf[C, D, A number](in codec[C], out codec[D], prod bool, k scanAsm[C, D, A]) kernel {
	d := &scanner[C, D, A]{in: in, out: out, prod: prod, scanAsm: k}
	return d.run
}

func scanAsmOf[T float](k *simd.Kernels[T], prod bool) scanAsm[T, T, float64] {
	if prod {
		return scanAsm[T, T, float64]{k.CumProd, k.CumProdBack, k.CumProdRow}
	}
	return scanAsm[T, T, float64]{k.CumSum, k.CumSumBack, k.CumSumRow}
}

// scanKernels are of sums, or of products.
func scanKernels(prod bool) byDType {
	f32, f64 := scanAsmOf(&asm.F32, prod), scanAsmOf(&asm.F64, prod)
	t := byDType{
		device.Float32:  scanOf(native[float32](), native[float32](), prod, f32),
		device.Float64:  scanOf(native[float64](), native[float64](), prod, f64),
		device.Float16:  scanOf(f16as64, f16as64, prod, f64),
		device.BFloat16: scanOf(bf16as64, bf16as64, prod, f64),
	}
	for _, d := range integers {
		t[d] = scanOf(int64Codec(d), native[int64](), prod, scanAsm[int64, int64, int64]{})
	}
	return t
}
