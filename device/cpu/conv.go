package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A convolution is a matrix product with a matrix that holds the windows of
// the image as its columns. That matrix is never made: the elements go from
// the image to gemm's packed panels. Work is cut by sizes alone, and each
// piece writes its own part of the result, so threads do not change it.
type convolution struct {
	device.Conv
	from, to              [3]int // the sizes of an image and its result
	image, windows, cells int    // elements of an image, of its result, of a window
	images, groups        int
	in, out               int // channels of one group
	grid                  grid
}

// newConvolution describes a call, given the views of its three tensors.
func newConvolution(c *device.Call, x, w, y *device.View, pool *scratch[int32]) convolution {
	a := c.Attr.(device.Conv)
	v := convolution{
		Conv: a, from: spatial(x), to: spatial(y), cells: volume(a.Size),
		images: x.Dim[0], groups: a.Groups, in: w.Dim[1], out: w.Dim[0] / a.Groups,
	}
	v.image, v.windows = volume(v.from), volume(v.to)
	return v
}

// rows is how many elements of an image all windows' cells make in one group:
// the inner dim of the product.
func (c *convolution) lay(pool *scratch[int32]) { c.grid = newGrid(&c.Window, c.from, c.to, pool) }

func (c *convolution) rows() int { return c.in * c.cells }

// columns is the matrix of windows of one image and group: row channel*cells+k,
// column p is what cell k of window from+p sees in that channel.
type columns[T number] struct {
	g    *grid
	x    []T
	from int
}

func (m columns[T]) pack(dst []T, row, col, rows, cols int) {
	var at [nr][]int32
	for j := 0; j < cols; j += nr {
		for i := range nr {
			at[i] = m.g.cellsOf(m.from + col + min(j+i, cols-1))
		}
		k := row % m.g.cells
		x := m.x[row/m.g.cells*m.g.image:]
		d := dst[j*rows : (j+nr)*rows]
		for l := range rows {
			e := (*[nr]T)(d[l*nr:])
			e[0], e[1], e[2] = orZero(x, at[0][k]), orZero(x, at[1][k]), orZero(x, at[2][k])
			if k++; k == m.g.cells {
				k = 0
				x = x[min(m.g.image, len(x)):]
			}
		}
	}
}

func orZero[T number](x []T, at int32) T {
	if at < 0 {
		return 0
	}
	return x[at]
}

// lines is the transpose of columns, from column from on.
type lines[T number] columns[T]

func (m lines[T]) pack(dst []T, row, col, rows, cols int) {
	for j := range cols {
		ch, k := (m.from+col+j)/m.g.cells, (m.from+col+j)%m.g.cells
		x := m.x[ch*m.g.image:]
		at := m.g.at[row*m.g.cells+k:]
		d := dst[j/nr*nr*rows+j%nr:]
		for l := range rows {
			d[l*nr] = orZero(x, at[l*m.g.cells])
		}
	}
}

// windowsAtOnce is how many columns one piece of work has.
const windowsAtOnce = 256

// convForward is y = w ∗ x + b. A piece of work is some windows of one image and group.
func convForward[T number](k *simd.Conv[T]) kernel {
	ws, pool := new(scratch[T]), new(scratch[int32])
	return func(call device.Call) error {
		c := newConvolution(&call, call.In[0], call.In[1], call.Out[0], pool)
		if deep(k, &c) {
			return depthForward(k, &c, ws, x, w, bias, y)
		}
		c.lay(pool)
		defer pool.put(c.grid.buf)
		x, w, y := elements[T](call.In[0]), elements[T](call.In[1]), elements[T](call.Out[0])
		var bias []T
		if call.In[2] != nil {
			bias = elements[T](call.In[2])
		}
		k, blocks := c.rows(), pieces(c.windows, windowsAtOnce)
		tasks(c.images*c.groups*blocks, func(i int) {
			ng, lo := i/blocks, i%blocks*windowsAtOnce
			n := min(windowsAtOnce, c.windows-lo)
			g := ng % c.groups
			to := y[ng*c.out*c.windows+lo:]
			for o := range len(bias) / c.groups {
				fillRow(to[o*c.windows:][:n], bias[g*c.out+o])
			}
			src := columns[T]{&c.grid, x[ng*c.in*c.image:], lo}
			gemm(c.out, n, k, matrixOf(w[g*c.out*k:], k), src, matrixOf(to, c.windows), bias != nil, inline, ws)
		})
		return nil
	}
}

func fillRow[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}

// matrixOf is a row-major matrix of the given width.
func matrixOf[T any](s []T, width int) matrix[T] {
	return matrix[T]{unsafe.Pointer(unsafe.SliceData(s)), width, 1}
}

func pieces(n, size int) int { return (n + size - 1) / size }

// convGradInput adds wᵀ·dy to where each window looks. A piece of work is some
// channels of one image and group, which nobody else writes.
func convGradInput[T number](k *simd.Conv[T]) kernel {
	const cellsAtOnce = 512
	ws, pool := new(scratch[T]), new(scratch[int32])
	return func(call device.Call) error {
		c := newConvolution(&call, call.Out[0], call.In[1], call.In[0], pool)
		if deep(k, &c) {
			return depthGradInput(k, &c, ws, dy, w, dx)
		}
		c.lay(pool)
		defer pool.put(c.grid.buf)
		dy, w, dx := elements[T](call.In[0]), elements[T](call.In[1]), elements[T](call.Out[0])
		chans := max(1, cellsAtOnce/max(1, c.cells))
		blocks := pieces(c.in, chans)
		tasks(c.images*c.groups*blocks, func(i int) {
			ng, first := i/blocks, i%blocks*chans
			n := min(chans, c.in-first)
			to := dx[(ng*c.in+first)*c.image:][:n*c.image]
			clear(to)
			buf := ws.get(windowsAtOnce * n * c.cells)
			weight := matrixOf(w[ng%c.groups*c.out*c.rows()+first*c.cells:], c.rows())
			for lo := 0; lo < c.windows; lo += windowsAtOnce {
				m := min(windowsAtOnce, c.windows-lo)
				g := matrixOf(dy[ng*c.out*c.windows+lo:], c.windows)
				g.row, g.col = 1, g.row
				gemm(m, n*c.cells, c.out, g, weight, matrixOf(*buf, n*c.cells), false, inline, ws)
				fold(&c.grid, to, *buf, lo, m)
			}
			ws.put(buf)
		})
		return nil
	}
}

// fold adds rows of windows, from window lo on, to the image they look at.
func fold[T number](g *grid, dx, rows []T, lo, n int) {
	for p := range n {
		at := g.cellsOf(lo + p)
		for x := dx; len(x) > 0; x = x[g.image:] {
			for k, v := range rows[:len(at)] {
				if i := at[k]; i >= 0 {
					x[i] += v
				}
			}
			rows = rows[len(at):]
		}
	}
}

// convGradWeight is the sum over images of dy·columnsᵀ, in their order. A piece
// of work is a part of dw that nobody else writes.
func convGradWeight[T number](k *simd.Conv[T]) kernel {
	const width = 64
	ws, pool := new(scratch[T]), new(scratch[int32])
	return func(call device.Call) error {
		c := newConvolution(&call, call.In[0], call.Out[0], call.In[1], pool)
		if deep(k, &c) {
			return depthGradWeight(k, &c, ws, x, dy, dw)
		}
		c.lay(pool)
		defer pool.put(c.grid.buf)
		x, dy, dw := elements[T](call.In[0]), elements[T](call.In[1]), elements[T](call.Out[0])
		k, height := c.rows(), 64
		for height > 8 && c.groups*pieces(c.out, height)*pieces(k, width) < 8 {
			height /= 2
		}
		down, across := pieces(c.out, height), pieces(k, width)
		if c.images*c.windows == 0 {
			clear(dw)
			return nil
		}
		tasks(c.groups*down*across, func(i int) {
			g, o, j := i/(down*across), i/across%down*height, i%across*width
			m, n := min(height, c.out-o), min(width, k-j)
			to := matrixOf(dw[(g*c.out+o)*k+j:], k)
			for img := range c.images {
				ng := img*c.groups + g
				src := lines[T]{&c.grid, x[ng*c.in*c.image:], j}
				gemm(m, n, c.windows, matrixOf(dy[(ng*c.out+o)*c.windows:], c.windows), src, to, img > 0, inline, ws)
			}
		})
		return nil
	}
}

func convKernels() byDType {
	return denseFloats(convForward(&asm.F32.Conv), convForward(&asm.F64.Conv)).with(byDType{
		device.Int8: dense(convForward[int8](&simd.Conv[int8]{})), device.Int16: dense(convForward[int16](&simd.Conv[int16]{})), device.Int32: dense(convForward[int32](&simd.Conv[int32]{})),
		device.Int64: dense(convForward[int64](&simd.Conv[int64]{})), device.UInt8: dense(convForward[uint8](&simd.Conv[uint8]{})),
	})
}
