package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// planes calls f for ranges of the channels of all images.
func planes(v *device.View, f func(lo, hi int)) {
	parallel(v.Dim[0]*v.Dim[1], max(1, grain/max(1, volume(spatial(v)))), f)
}

// A pooling is windows over planes of the size in, out of them.
type pooling struct {
	device.Pool
	in, out [3]int
}

// seen is the range of elements that window p sees in one dim: from lo, n of
// them, a dilation apart.
func (p *pooling) seen(dim, i int) (lo, n int) {
	if p.Adaptive {
		lo = i * p.in[dim] / p.out[dim]
		return lo, pieces((i+1)*p.in[dim], p.out[dim]) - lo
	}
	start, d := i*p.Stride[dim]-p.Padding[dim], p.Dilation[dim]
	first := max(0, pieces(-start, d))
	return start + first*d, max(0, min(p.Size[dim], pieces(p.in[dim]-start, d))-first)
}

// each calls window for every window in order, and cell for every element of
// the image that it sees.
func (p *pooling) each(window func(w int), cell func(at int)) {
	w := 0
	for a := range p.out[0] {
		d0, nd := p.seen(0, a)
		for b := range p.out[1] {
			h0, nh := p.seen(1, b)
			for c := range p.out[2] {
				x0, nx := p.seen(2, c)
				window(w)
				w++
				for i := range nd {
					for j := range nh {
						at := ((d0+i*p.Dilation[0])*p.in[1]+h0+j*p.Dilation[1])*p.in[2] + x0
						for range nx {
							cell(at)
							at += p.Dilation[2]
						}
					}
				}
			}
		}
	}
}

// maxPlane takes the first of equal maxima, and the last NaN, as PyTorch does.
func maxPlane[T number](p *pooling, y []T, index []int64, x []T) {
	if p.Adaptive {
		maxBoxes(p, y, index, x)
		return
	}
	w, none := 0, true
	p.each(func(i int) { w, none = i, true }, func(at int) {
		if v := x[at]; none || v > y[w] || v != v {
			y[w], index[w], none = v, int64(at), false
		}
	})
}

// boxes calls f for every window in order, with where in the image its first
// element lies and how many it sees in each dim. There is no dilation.
func (p *pooling) boxes(f func(w, at int, n [3]int)) {
	w := 0
	for a := range p.out[0] {
		d0, nd := p.seen(0, a)
		for b := range p.out[1] {
			h0, nh := p.seen(1, b)
			for c := range p.out[2] {
				x0, nx := p.seen(2, c)
				f(w, (d0*p.in[1]+h0)*p.in[2]+x0, [3]int{nd, nh, nx})
				w++
			}
		}
	}
}

// maxBoxes is maxPlane where there is no dilation.
func maxBoxes[T number](p *pooling, y []T, index []int64, x []T) {
	p.boxes(func(w, at int, n [3]int) {
		best, k := x[at], at
		for i := range n[0] {
			for j := range n[1] {
				row := at + (i*p.in[1]+j)*p.in[2]
				for c, v := range x[row:][:n[2]] {
					if v > best || v != v {
						best, k = v, row+c
					}
				}
			}
		}
		y[w], index[w] = best, int64(k)
	})
}

// avgPlane sums in the order of the image.
func avgPlane[T number](p *pooling, y []T, div []T, x []T) {
	p.boxes(func(w, at int, n [3]int) {
		var sum T
		for i := range n[0] {
			for j := range n[1] {
				for _, v := range x[at+(i*p.in[1]+j)*p.in[2]:][:n[2]] {
					sum += v
				}
			}
		}
		y[w] = sum / div[w]
	})
}

// avgPlaneGrad is the transpose of avgPlane. All rows that a row of windows sees
// get the same terms: they are added up once.
func avgPlaneGrad[T float](plus func(dst, a, b []T)) func(p *pooling, dx, div, dy, terms []T) {
	return func(p *pooling, dx, div, dy, terms []T) {
		clear(dx)
		p.boxes(func(w, at int, n [3]int) {
			c := w % p.out[2]
			if c == 0 {
				clear(terms)
			}
			each, row := dy[w]/div[w], terms[at%p.in[2]:][:n[2]]
			for k := range row {
				row[k] += each
			}
			if c < p.out[2]-1 {
				return
			}
			for i := range n[0] {
				for j := range n[1] {
					to := dx[(at/p.in[2]+i*p.in[1]+j)*p.in[2]:][:p.in[2]]
					plus(to, to, terms)
				}
			}
		})
	}
}

// divisors are what each window's sum is divided by. The part of a window
// beyond the padding never counts.
func divisors[T number](p *pooling) []T {
	d := make([]T, 0, volume(p.out))
	count := func(i, k int) int {
		if !p.IncludePad || p.Adaptive {
			_, n := p.seen(i, k)
			return n
		}
		lo := k*p.Stride[i] - p.Padding[i]
		return min(lo+p.Size[i], p.in[i]+p.Padding[i]) - lo
	}
	for a := range p.out[0] {
		for b := range p.out[1] {
			for c := range p.out[2] {
				n := p.Divisor
				if n == 0 {
					n = count(0, a) * count(1, b) * count(2, c)
				}
				d = append(d, T(n))
			}
		}
	}
	return d
}

// poolKernel makes a kernel of a function of one plane: its windows' results, and
// where each came from if there is a second result, from the image's elements.
func poolKernel[T number](plane func(p *pooling, y []T, index []int64, x []T)) kernel {
	return func(c device.Call) error {
		p := newPooling(&c, c.In[0], c.Out[0])
		x, y := elements[T](c.In[0]), elements[T](c.Out[0])
		image, windows := volume(p.in), volume(p.out)
		var index []int64
		if c.Out[1] != nil {
			index = elements[int64](c.Out[1])
		}
		planes(c.In[0], func(lo, hi int) {
			for i := lo; i < hi; i++ {
				plane(&p, y[i*windows:][:windows], index[min(len(index), i*windows):], x[i*image:])
			}
		})
		return nil
	}
}

func newPooling(c *device.Call, x, y *device.View) pooling {
	return pooling{c.Attr.(device.Pool), spatial(x), spatial(y)}
}

func avgPool[T number](c device.Call) error {
	p := newPooling(&c, c.In[0], c.Out[0])
	div := divisors[T](&p)
	return poolKernel(func(p *pooling, y []T, _ []int64, x []T) { avgPlane(p, y, div, x) })(c)
}

func avgPoolGrad[T float](plus func(dst, a, b []T)) kernel {
	plane, ws := avgPlaneGrad(plus), new(scratch[T])
	return func(c device.Call) error {
		p := newPooling(&c, c.Out[0], c.In[0])
		dy, dx, div := elements[T](c.In[0]), elements[T](c.Out[0]), divisors[T](&p)
		if len(dx) == 0 {
			return nil
		}
		image, windows := volume(p.in), volume(p.out)
		planes(c.Out[0], func(lo, hi int) {
			terms := ws.get(p.in[2])
			for i := lo; i < hi; i++ {
				plane(&p, dx[i*image:][:image], div, dy[i*windows:][:windows], *terms)
			}
			ws.put(terms)
		})
		return nil
	}
}

// maxPoolGrad adds each window's gradient to the element that was its maximum.
func maxPoolGrad[T float](c device.Call) error {
	dy, index, dx := elements[T](c.In[0]), elements[int64](c.In[1]), elements[T](c.Out[0])
	image, windows := volume(spatial(c.Out[0])), volume(spatial(c.In[0]))
	planes(c.Out[0], func(lo, hi int) {
		for i := lo; i < hi; i++ {
			to, from := dx[i*image:][:image], dy[i*windows:][:windows]
			clear(to)
			for w, at := range index[i*windows:][:windows] {
				to[at] += from[w]
			}
		}
	})
	return nil
}

// maxPoolCells is maxPool with vectors of windows.
func maxPoolCells[T float](k *simd.Conv[T]) kernel {
	plain := poolKernel(maxPlane[T])
	if k.MaxCells == nil {
		return plain
	}
	ws := new(scratch[T])
	return func(c device.Call) error {
		p := newPooling(&c, c.In[0], c.Out[0])
		if p.Adaptive {
			return plain(c)
		}
		f, err := newFrame(&p.Window, p.in, p.out)
		cells := cellPlaces[T](&p)
		if err != nil || cells == nil || volume(p.out) == 0 {
			return plain(c)
		}
		v := f.view(c.In[0].DType.Size())
		x, y, index := elements[T](c.In[0]), elements[T](c.Out[0]), elements[int64](c.Out[1])
		image, windows := volume(p.in), volume(p.out)
		pairs, lies := p.pairs(), simd.Plane{Rows: p.out[1], Cols: p.out[2], Pitch: p.in[2] * bytesOf[T]()}
		planes(c.In[0], func(lo, hi int) {
			buf, at := ws.get(f.plane+frameSlack), ws.get(windows)
			for i := lo; i < hi; i++ {
				to := y[i*windows:][:windows]
				if from := x[i*image:]; pairs && len(from) >= image+frameSlack {
					for d := range p.out[0] {
						w := d * p.out[1] * p.out[2]
						k.MaxPairs(&to[w], &(*at)[w], &from[d*p.in[1]*p.in[2]], &cells[0], &lies)
					}
				} else {
					load(&f, k, *buf, from, T(math.Inf(-1)))
					f.slices(func(from, w int) { k.MaxCells(&to[w], &(*at)[w], &(*buf)[from], &cells[0], &v) })
				}
				locate(&p, index[i*windows:][:windows], *at)
			}
			ws.put(buf)
			ws.put(at)
		})
		return nil
	}
}

// pairs reports whether windows of 2 by 2 lie side by side, none of them partly
// beyond the image.
func (p *pooling) pairs() bool {
	return p.Size == [3]int{1, 2, 2} && p.Stride == [3]int{1, 2, 2} && p.Dilation == [3]int{1, 1, 1} && p.Padding == [3]int{} &&
		2*p.out[1] <= p.in[1] && 2*p.out[2] <= p.in[2]
}

// cellPlaces is how far in the image each cell lies from a window's first, or
// nil if a T cannot tell.
func cellPlaces[T float](p *pooling) []T {
	if volume(p.in) >= 1<<24 {
		return nil
	}
	var at []T
	for a := range p.Size[0] {
		for b := range p.Size[1] {
			for c := range p.Size[2] {
				at = append(at, T((a*p.Dilation[0]*p.in[1]+b*p.Dilation[1])*p.in[2]+c*p.Dilation[2]))
			}
		}
	}
	return at
}

// locate turns the places of cells in windows into places in the image. A
// window with nothing above -inf has -1, and gets the first element that it sees.
func locate[T float](p *pooling, index []int64, cell []T) {
	for a := range p.out[0] {
		d := a*p.Stride[0] - p.Padding[0]
		for b := range p.out[1] {
			from := int64((d*p.in[1]+b*p.Stride[1]-p.Padding[1])*p.in[2] - p.Padding[2])
			row, step := index[:p.out[2]], int64(p.Stride[2])
			for i, k := range cell[:len(row)] {
				row[i] = from + int64(k)
				if k < 0 {
					row[i] = p.first(a, b, i)
				}
				from += step
			}
			index, cell = index[len(row):], cell[len(row):]
		}
	}
}

// first is the first element that a window sees.
func (p *pooling) first(a, b, c int) int64 {
	d, _ := p.seen(0, a)
	h, _ := p.seen(1, b)
	w, _ := p.seen(2, c)
	return int64((d*p.in[1]+h)*p.in[2] + w)
}

// avgPoolCells is avgPool with vectors of windows: a convolution with ones.
func avgPoolCells[T float](k *simd.Conv[T], divide func(dst, a, b []T)) kernel {
	if k.Direct == nil {
		return avgPool[T]
	}
	ws := new(scratch[T])
	return func(c device.Call) error {
		p := newPooling(&c, c.In[0], c.Out[0])
		if p.Adaptive {
			return avgPool[T](c)
		}
		f, err := newFrame(&p.Window, p.in, p.out)
		if err != nil || volume(p.out) == 0 {
			return avgPool[T](c)
		}
		ones, div := make([]T, len(f.cells)), divisors[T](&p)
		fillRow(ones, 1)
		v := f.view(c.In[0].DType.Size())
		x, y := elements[T](c.In[0]), elements[T](c.Out[0])
		image, windows := volume(p.in), volume(p.out)
		planes(c.In[0], func(lo, hi int) {
			buf := ws.get(f.plane + frameSlack)
			for i := lo; i < hi; i++ {
				load(&f, k, *buf, x[i*image:], 0)
				to := y[i*windows:][:windows]
				f.slices(func(from, w int) { k.Direct(&to[w], &(*buf)[from], &ones[0], &v, 0) })
				divide(to, to, div)
			}
			ws.put(buf)
		})
		return nil
	}
}

func maxPoolKernels() byDType {
	return denseFloats(maxPoolCells(&asm.F32.Conv), maxPoolCells(&asm.F64.Conv)).with(byDType{
		device.Int8: dense(poolKernel(maxPlane[int8])), device.Int16: dense(poolKernel(maxPlane[int16])), device.Int32: dense(poolKernel(maxPlane[int32])),
		device.Int64: dense(poolKernel(maxPlane[int64])), device.UInt8: dense(poolKernel(maxPlane[uint8])),
	})
}

func avgPoolKernels() byDType {
	return denseFloats(avgPoolCells(&asm.F32.Conv, asm.F32.Div), avgPoolCells(&asm.F64.Conv, asm.F64.Div)).with(byDType{device.Int64: dense(avgPool[int64])})
}
