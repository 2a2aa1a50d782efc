package cpu

import (
	"github.com/facula-ml/facula/device"
)

// A convolution is a matrix product with a matrix that holds the windows of
// the image as its columns. That matrix is never made: the elements go from
// the image to gemm's packed panels. Work is cut by sizes alone, and each
// piece writes its own part of the result, so threads do not change it.
type convolution struct {
	grid
	images, groups int
	in, out        int // channels of one group
}

// newConvolution describes a call, given the views of its three tensors.
func newConvolution(c *device.Call, x, w, y *device.View, pool *scratch[int32]) convolution {
	a := c.Attr.(device.Conv)
	return convolution{
		grid:   newGrid(&a.Window, spatial(x), spatial(y), pool),
		images: x.Dim[0], groups: a.Groups, in: w.Dim[1], out: w.Dim[0] / a.Groups,
	}
}

// rows is how many elements of an image all windows' cells make in one group:
// the inner dim of the product.
func (c *convolution) rows() int { return c.in * c.cells }

// columns is the matrix of windows of one image and group: row channel*cells+k,
// column p is what cell k of window from+p sees in that channel.
type columns[T number] struct {
	g    *grid
	x    []T
	from int
}

func (m columns[T]) pack(dst []T, width, row, col, rows, cols int) {
	for j := 0; j < cols; j += width {
		d := dst[j*rows:]
		for i := range min(width, cols-j) {
			at := m.g.cellsOf(m.from + col + j + i)
			k := row % m.g.cells
			x := m.x[row/m.g.cells*m.g.image:]
			for l := range rows {
				d[l*width+i] = orZero(x, at[k])
				if k++; k == m.g.cells {
					k = 0
					x = x[min(m.g.image, len(x)):]
				}
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

func (m lines[T]) pack(dst []T, width, row, col, rows, cols int) {
	for j := range cols {
		ch, k := (m.from+col+j)/m.g.cells, (m.from+col+j)%m.g.cells
		x := m.x[ch*m.g.image:]
		at := m.g.at[row*m.g.cells+k:]
		d := dst[j/width*width*rows+j%width:]
		for l := range rows {
			d[l*width] = orZero(x, at[l*m.g.cells])
		}
	}
}

// windowsAtOnce is how many columns one piece of work has.
const windowsAtOnce = 256

// convForward is y = w ∗ x + b. A piece of work is some windows of one image and group.
func convForward[T number](e *engine[T]) kernel {
	pool := new(scratch[int32])
	return func(call device.Call) error {
		c := newConvolution(&call, call.In[0], call.In[1], call.Out[0], pool)
		defer pool.put(c.buf)
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
			p := productOf(c.out, n, k, matrixOf(w[g*c.out*k:], k), matrix[T]{}, matrixOf(to, c.windows))
			p.b.pack = src.pack
			if bias != nil {
				p.add = p.c
			}
			e.run(&p, 1)
		})
		return nil
	}
}

func fillRow[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}

func pieces(n, size int) int { return (n + size - 1) / size }

// convGradInput adds wᵀ·dy to where each window looks. A piece of work is some
// channels of one image and group, which nobody else writes.
func convGradInput[T number](e *engine[T]) kernel {
	const cellsAtOnce = 512
	ws, pool := new(scratch[T]), new(scratch[int32])
	return func(call device.Call) error {
		c := newConvolution(&call, call.Out[0], call.In[1], call.In[0], pool)
		defer pool.put(c.buf)
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
				p := productOf(m, n*c.cells, c.out, g, weight, matrixOf(*buf, n*c.cells))
				e.run(&p, 1)
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
func convGradWeight[T number](e *engine[T]) kernel {
	const width = 64
	pool := new(scratch[int32])
	return func(call device.Call) error {
		c := newConvolution(&call, call.In[0], call.Out[0], call.In[1], pool)
		defer pool.put(c.buf)
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
				p := productOf(m, n, c.windows, matrixOf(dy[(ng*c.out+o)*c.windows:], c.windows), matrix[T]{}, to)
				p.b.pack = src.pack
				if img > 0 {
					p.add = p.c
				}
				e.run(&p, 1)
			}
		})
		return nil
	}
}

func convKernels() byDType {
	return denseFloats(convForward(gemm32), convForward(gemm64)).with(byDType{
		device.Int8: dense(convForward(plainEngine[int8]())), device.Int16: dense(convForward(plainEngine[int16]())),
		device.Int32: dense(convForward(plainEngine[int32]())), device.Int64: dense(convForward(plainEngine[int64]())),
		device.UInt8: dense(convForward(plainEngine[uint8]())),
	})
}
