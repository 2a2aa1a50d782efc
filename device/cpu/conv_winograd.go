package cpu

import "unsafe"

// A 3×3 convolution of stride 1 takes a quarter of the multiplications by
// Winograd's F(4×4, 3×3) (simd.Winograd). Images are turned to have their
// channels last; the 36 elements of transformed tiles make 36 products with the
// transformed filters. Rounding errors are about three times those of a direct
// sum (TestWinograd). One Inf or NaN makes NaN of its tiles, 4×4 results each,
// where a direct sum would spare those whose window does not see it.

const (
	tileSize, tileElements = 4, 36
	tilesAtOnce            = 64  // of one product: with 64 channels they fit the second-level cache
	tilesWorth             = 100 // fewer do not pay for transforming the filters
)

// A tiling is a convolution by tiles: of images with in channels to out
// channels, which may be the gradient of one from out to in.
type tiling struct {
	images, in, out int
	from, to, pad   [2]int
	down, across    int // tiles of an image
	rows            int // of tiles, in one product
	each            int // images of a task
	height, width   int // of an image with its padding
	relu            bool
}

// suits reports whether the convolution is of Winograd's kind and large enough.
func (v *convolver[T]) suits(c *convolution) bool {
	l := v.mul.lanes
	flat := c.Size == [3]int{1, 3, 3} && c.Stride == [3]int{1, 1, 1} && c.Dilation == [3]int{1, 1, 1} && c.Padding[0] == 0
	return v.wino.Image != nil && flat && c.Padding[1] <= 2 && c.Padding[2] <= 2 && c.groups == 1 &&
		c.in%l == 0 && c.out%l == 0 && c.from[0] == 1 &&
		c.images*pieces(c.to[1], tileSize)*pieces(c.to[2], tileSize) >= tilesWorth
}

func newTiling(images, in, out int, from, to, pad [2]int) *tiling {
	t := &tiling{images: images, in: in, out: out, from: from, to: to, pad: pad}
	t.down, t.across = pieces(to[0], tileSize), pieces(to[1], tileSize)
	t.height, t.width = t.down*tileSize+2, t.across*tileSize+2
	t.rows = pieces(tilesAtOnce, t.across)
	t.each = min(images, pieces(tilesAtOnce, t.down*t.across))
	return t
}

// winogradForward is y = w ∗ x + bias, or its relu.
func (v *convolver[T]) winogradForward(c *convolution, x, w, bias, y []T) {
	t := newTiling(c.images, c.in, c.out, [2]int(c.from[1:]), [2]int(c.to[1:]), [2]int(c.Padding[1:]))
	t.relu = c.ReLU
	filters := v.tileFilters(t, w, c.in*c.cells, c.cells, false)
	v.tiles(t, *filters, x, bias, y)
	v.ws.put(filters)
}

// winogradGradInput is the convolution of dy with the filters turned about.
func (v *convolver[T]) winogradGradInput(c *convolution, dy, w, dx []T) {
	pad := [2]int{2 - c.Padding[1], 2 - c.Padding[2]}
	t := newTiling(c.images, c.out, c.in, [2]int(c.to[1:]), [2]int(c.from[1:]), pad)
	filters := v.tileFilters(t, w, c.cells, c.in*c.cells, true)
	v.tiles(t, *filters, dy, nil, dx)
	v.ws.put(filters)
}

// tileFilters transforms the filters: 36 matrices of in×out elements, packed as
// the products want them. In w, the filters of neighbouring results are outStep
// apart and those of neighbouring channels inStep.
func (v *convolver[T]) tileFilters(t *tiling, w []T, outStep, inStep int, turned bool) *[]T {
	const cells = 9
	size, width := bytesOf[T](), v.mul.width()
	each := v.mul.readySize(t.out, t.in)
	to := v.ws.get(tileElements * each)
	parallel(t.in, max(1, grain/(cells*t.out)), func(lo, hi int) {
		row := v.ws.get(cells*t.out + v.mul.lanes)
		first, step := &(*row)[0], t.out*size
		if turned {
			first, step = &(*row)[(cells-1)*t.out], -step
		}
		for i := lo; i < hi; i++ {
			from := operand[T]{matrix: matrix[T]{unsafe.Pointer(&w[i*inStep]), 1, outStep}}
			v.mul.pack(&from, *row, t.out, 0, 0, cells, t.out)
			for o := 0; o < t.out; o += width {
				src := (*T)(unsafe.Add(unsafe.Pointer(first), o*size))
				v.wino.Filter(&(*to)[v.mul.readyAt(t.out, t.in, i, o)], src, min(width, t.out-o)/v.mul.lanes, each*size, 3*step, step)
			}
		}
		v.ws.put(row)
	})
	return to
}

// tiles convolves all images, a task for every few.
func (v *convolver[T]) tiles(t *tiling, filters, src, bias, dst []T) {
	distribute(pieces(t.images, t.each), func(i, workers int) {
		first := i * t.each
		images := min(t.each, t.images-first)
		padded := t.height * t.width * t.in
		buf := v.ws.get(images*padded + frameSlack)
		split(images, workers, func(lo, hi int) {
			for j := lo; j < hi; j++ {
				v.turnImage(t, (*buf)[j*padded:], src[(first+j)*t.in*t.from[0]*t.from[1]:])
			}
		})
		for r := 0; r < images*t.down; r += t.rows {
			v.tileRows(t, filters, *buf, bias, dst[first*t.out*t.to[0]*t.to[1]:], r, min(t.rows, images*t.down-r), workers)
		}
		v.ws.put(buf)
	})
}

// turnImage writes an image with its padding, channels last.
func (v *convolver[T]) turnImage(t *tiling, to, from []T) {
	clear(to[:t.height*t.width*t.in])
	image := t.from[0] * t.from[1]
	rows, cols := min(t.from[0], t.height-t.pad[0]), min(t.from[1], t.width-t.pad[1])
	for h := range rows {
		v.turnRow(to[((h+t.pad[0])*t.width+t.pad[1])*t.in:], from[h*t.from[1]:], cols, t.in, t.in, image)
	}
}

// tileRows computes some rows of tiles from the first on, counted over all
// images of the task.
func (v *convolver[T]) tileRows(t *tiling, filters, src, bias, dst []T, first, rows, workers int) {
	size, n := bytesOf[T](), rows*t.across
	// Not a multiple of a page: 36 streams would share a few lines of the cache.
	seen, made := n*t.in+v.mul.lanes, n*t.out+v.mul.lanes
	in, out := v.ws.get(tileElements*seen), v.ws.get(tileElements*made)
	for i := range n {
		r, col := first+i/t.across, i%t.across
		at := (((r/t.down)*t.height+r%t.down*tileSize)*t.width + col*tileSize) * t.in
		v.wino.Image(&(*in)[i*t.in], &src[at], t.in/v.mul.lanes, seen*size, t.width*t.in*size, t.in*size)
	}
	each := v.mul.readySize(t.out, t.in)
	for e := range tileElements {
		p := productOf(n, t.out, t.in, matrixOf((*in)[e*seen:], t.in), matrix[T]{}, matrixOf((*out)[e*made:], t.out))
		p.b.ready = filters[e*each:][:each]
		v.mul.run(&p, workers)
	}
	line := t.across * tileSize * t.out // one row of pixels
	pixels := v.ws.get(tileSize * line)
	for r := range rows {
		for col := range t.across {
			i := r*t.across + col
			v.wino.Result(&(*pixels)[col*tileSize*t.out], &(*out)[i*t.out], t.out/v.mul.lanes, made*size, line*size, t.out*size)
		}
		v.untile(t, *pixels, bias, dst, first+r)
	}
	for _, b := range []*[]T{in, out, pixels} {
		v.ws.put(b)
	}
}

// untile brings a row of tiles, channels last, to its place in the results.
func (v *convolver[T]) untile(t *tiling, pixels, bias, dst []T, r int) {
	cols := t.across * tileSize
	n := tileSize * cols
	buf := v.ws.get(t.out*n + v.mul.lanes)
	from := operand[T]{matrix: matrixOf(pixels, t.out).t()}
	v.mul.pack(&from, *buf, n, 0, 0, t.out, n)
	h := r % t.down * tileSize
	high := min(tileSize, t.to[0]-h)
	for o := range t.out {
		to, row := dst[((r/t.down*t.out+o)*t.to[0]+h)*t.to[1]:], (*buf)[o*n:]
		if cols == t.to[1] { // rows lie end to end
			v.place(to[:high*cols], row, bias, o, t.relu)
			continue
		}
		for y := range high {
			v.place(to[y*t.to[1]:][:t.to[1]], row[y*cols:], bias, o, t.relu)
		}
	}
	v.ws.put(buf)
}
