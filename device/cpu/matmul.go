package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// A matrix is a strided window: element (i, j) is at i*row + j*col.
type matrix[T any] struct {
	p        unsafe.Pointer
	row, col int
}

func (m matrix[T]) at(i, j int) unsafe.Pointer {
	var z T
	return unsafe.Add(m.p, (i*m.row+j*m.col)*int(unsafe.Sizeof(z)))
}

// Block sizes: a packed kc×nr panel of B stays in the first-level cache, a
// packed mc×kc block of A in the second.
const (
	mr, nr = 3, 3 // 9 sums and 6 operands fit amd64's 16 registers; equal, so that one function packs both
	mc, kc = 42 * mr, 256
	nc     = 682 * nr
)

// A source is the right-hand matrix of a product: a matrix in memory, or one
// that exists only as it is packed, such as the windows of a convolution.
type source[T number] interface {
	// pack stores rows×cols elements from (row, col) on in dst, as panels of
	// nr columns, row by row; missing columns may hold anything.
	pack(dst []T, row, col, rows, cols int)
}

// A splitter runs f on ranges that cover 0…n, at least min long each: parallel,
// or inline where the caller is one of several goroutines already.
type splitter func(n, min int, f func(lo, hi int))

func inline(n, _ int, f func(lo, hi int)) { f(0, n) }

// gemm computes c = a·b, or c += a·b if accumulate, for an m×k matrix a and a
// k×n matrix b. The rows of c are contiguous. Each element is summed in the
// same order whatever the number of goroutines.
func gemm[T number, B source[T]](m, n, k int, a matrix[T], b B, c matrix[T], accumulate bool, split splitter, ws *scratch[T]) {
	if m == 0 || n == 0 {
		return
	}
	if k == 0 && !accumulate {
		for i := range m {
			clear(window[T](c.at(i, 0), n))
		}
		return
	}
	for j := 0; j < n; j += nc {
		nb := min(nc, n-j)
		for l := 0; l < k; l += kc {
			kb := min(kc, k-l)
			bp := ws.get((nb + nr - 1) / nr * nr * kb)
			b.pack(*bp, l, j, kb, nb)
			first := l == 0 && !accumulate
			panels := (m + mr - 1) / mr
			split(panels, max(1, grain*2/max(1, mr*nb*kb/16)), func(lo, hi int) {
				for i := lo * mr; i < min(m, hi*mr); i += mc {
					mb := min(mc, min(m, hi*mr)-i)
					block(mb, nb, kb, matrix[T]{a.at(i, l), a.row, a.col}, *bp, matrix[T]{c.at(i, j), c.row, 1}, first, ws)
				}
			})
			ws.put(bp)
		}
	}
}

// block multiplies one block of A with packed B.
func block[T number](m, n, k int, a matrix[T], bp []T, c matrix[T], first bool, ws *scratch[T]) {
	ap := ws.get((m + mr - 1) / mr * mr * k)
	matrix[T]{a.p, a.col, a.row}.pack(*ap, 0, 0, k, m) // panels of mr rows
	var tile [mr * nr]T
	for j := 0; j < n; j += nr {
		b := bp[j*k : (j+nr)*k]
		for i := 0; i < m; i += mr {
			micro((*ap)[i*k:(i+mr)*k], b, &tile)
			cols := min(nr, n-j)
			for r := range min(mr, m-i) {
				row := window[T](c.at(i+r, j), cols)
				t := tile[r*nr : r*nr+cols]
				if first {
					copy(row, t)
					continue
				}
				for x := range row {
					row[x] += t[x]
				}
			}
		}
	}
	ws.put(ap)
}

// pack is a source's; a block of the transposed matrix gives the panels of mr rows of A.
func (m matrix[T]) pack(dst []T, row, col, rows, cols int) {
	for j := 0; j < cols; j += nr {
		d := dst[j*rows : (j+nr)*rows]
		n := min(nr, cols-j)
		switch {
		case n == nr && m.col == 1:
			for l := range rows {
				copy(d[l*nr:l*nr+nr], window[T](m.at(row+l, col+j), nr))
			}
		case n == nr && m.row == 1:
			x0, x1, x2 := window[T](m.at(row, col+j), rows), window[T](m.at(row, col+j+1), rows), window[T](m.at(row, col+j+2), rows)
			for l, v := range x0 {
				e := (*[nr]T)(d[l*nr:])
				e[0], e[1], e[2] = v, x1[l], x2[l]
			}
		default:
			for l := range rows {
				for c := range n {
					d[l*nr+c] = *(*T)(m.at(row+l, col+j+c))
				}
			}
		}
	}
}

// micro computes a tile from two packed panels; the sums stay in registers.
func micro[T number](a, b []T, tile *[mr * nr]T) {
	var c00, c01, c02, c10, c11, c12, c20, c21, c22 T
	b = b[:len(a)]
	for l := 0; l <= len(a)-mr; l += mr {
		x, y := (*[mr]T)(a[l:l+mr]), (*[nr]T)(b[l:l+nr])
		y0, y1, y2 := y[0], y[1], y[2]
		c00 += x[0] * y0
		c01 += x[0] * y1
		c02 += x[0] * y2
		c10 += x[1] * y0
		c11 += x[1] * y1
		c12 += x[1] * y2
		c20 += x[2] * y0
		c21 += x[2] * y1
		c22 += x[2] * y2
	}
	*tile = [mr * nr]T{c00, c01, c02, c10, c11, c12, c20, c21, c22}
}

// matmul multiplies the last two dims of In[0] and In[1]; the others are a
// batch, with stride 0 where an input repeats.
func matmul[T number]() kernel {
	ws := new(scratch[T])
	return func(c device.Call) error {
		a, b, out := c.In[0], c.In[1], c.Out[0]
		if tinyMatmul[T](a, b, out) {
			return nil
		}
		r := int(out.Rank) - 2
		m, n, k := out.Dim[r], out.Dim[r+1], a.Dim[a.Rank-1]
		var w nest // over the batch
		w.rank, w.dim = r, out.Dim
		for _, v := range []*device.View{out, a, b} {
			u := *v
			u.Rank -= 2
			w.add(&u)
		}
		la, lb := int(a.Rank)-2, int(b.Rank)-2
		w.walk(0, w.rows(), func(p [operands]unsafe.Pointer, s [operands]int, cnt int) {
			for i := range cnt {
				at := func(x int) unsafe.Pointer { return unsafe.Add(p[x], i*s[x]*w.size[x]) }
				gemm(m, n, k, matrix[T]{at(1), a.Stride[la], a.Stride[la+1]}, matrix[T]{at(2), b.Stride[lb], b.Stride[lb+1]},
					matrix[T]{at(0), out.Stride[r], 1}, false, parallel, ws)
			}
		})
		return nil
	}
}

func matmulKernels() byDType {
	return byDType{
		device.Float32: matmul[float32](), device.Float64: matmul[float64](),
		device.Int8: matmul[int8](), device.Int16: matmul[int16](), device.Int32: matmul[int32](),
		device.Int64: matmul[int64](), device.UInt8: matmul[uint8](),
		device.Float16:  widened(matmul[float32](), f16as32),
		device.BFloat16: widened(matmul[float32](), bf16as32),
	}
}

// widened runs a float32 kernel on half-precision tensors: inputs of the first
// input's dtype are converted as a whole, outputs of that dtype narrowed.
func widened(k kernel, cd codec[float32]) kernel {
	load := elementwise(row1(cd, native[float32](), func(dst, a []float32) { copy(dst, a) }))
	store := elementwise(row1(native[float32](), cd, func(dst, a []float32) { copy(dst, a) }))
	return func(c device.Call) error {
		d := c.In[0].DType
		var tmp temporaries
		defer tmp.free()
		call := c
		for i, v := range c.In {
			if v == nil || v.DType != d {
				continue
			}
			u, err := tmp.like(v, device.Float32)
			if err != nil {
				return err
			}
			if err := load(device.Call{Out: [device.MaxOut]*device.View{u}, In: [device.MaxIn]*device.View{v}}); err != nil {
				return err
			}
			call.In[i] = u
		}
		for i, v := range c.Out {
			if v != nil && v.DType == d {
				u, err := tmp.like(v, device.Float32)
				if err != nil {
					return err
				}
				call.Out[i] = u
			}
		}
		if err := k(call); err != nil {
			return err
		}
		for i, v := range c.Out {
			if v != nil && v.DType == d {
				if err := store(device.Call{Out: [device.MaxOut]*device.View{v}, In: [device.MaxIn]*device.View{call.Out[i]}}); err != nil {
					return err
				}
			}
		}
		return nil
	}
}
