package cpu

// A convolution of one cell, stride 1 and no padding is a product of the
// filters and the image as it lies, which needs no frame. Small images go the
// other way, where several share a product.

// pointLeast is how many elements an image must have: with fewer, packing the
// filters for each would take as long as multiplying.
const pointLeast = 128

// pointwise reports whether the convolution runs here.
func (c *convolution) pointwise() bool {
	return c.cells == 1 && c.Stride == [3]int{1, 1, 1} && c.Padding == [3]int{} && c.windows >= pointLeast
}

// pointForward is y = w·x + b for each image and group.
func (v *convolver[T]) pointForward(c *convolution, x, w, bias, y []T) {
	b := batch{c.images, 1, c.groups}
	b.run(func(image, _, g, workers int) {
		i := image*c.groups + g
		to := y[i*c.out*c.windows:]
		p := productOf(c.out, c.windows, c.in, matrixOf(w[g*c.out*c.in:], c.in), matrixOf(x[i*c.in*c.windows:], c.windows), matrixOf(to, c.windows))
		v.mul.run(&p, workers)
		v.finish(c, b, to, y, bias, image, 1, g)
	})
}

// pointGradInput is dx = wᵀ·dy.
func (v *convolver[T]) pointGradInput(c *convolution, dy, w, dx []T) {
	batch{c.images, 1, c.groups}.run(func(image, _, g, workers int) {
		i := image*c.groups + g
		p := productOf(c.in, c.windows, c.out, matrixOf(w[g*c.out*c.in:], c.in).t(), matrixOf(dy[i*c.out*c.windows:], c.windows), matrixOf(dx[i*c.in*c.windows:], c.windows))
		v.mul.run(&p, workers)
	})
}

// pointGradWeight is dw = Σ dy·xᵀ over the images, first in fixed parts of them.
func (v *convolver[T]) pointGradWeight(c *convolution, x, dy, dw []T) {
	parts := min(c.images, max(1, partials/(c.groups*pieces(c.in, channelsAtOnce))))
	n := c.out * c.in
	sums := v.ws.get(c.groups * parts * n)
	distribute(c.groups*parts, func(i, workers int) {
		g, part := i/parts, i%parts
		var p product[T]
		for image := c.images * part / parts; image < c.images*(part+1)/parts; image++ {
			at := (image*c.groups + g) * c.windows
			add := p.c
			p = productOf(c.out, c.in, c.windows, matrixOf(dy[at*c.out:], c.windows), matrixOf(x[at*c.in:], c.windows).t(), matrixOf((*sums)[i*n:], c.in))
			p.add = add // what the images before gave
			v.mul.run(&p, workers)
		}
	})
	parallel(c.groups*n, grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			from := (*sums)[i/n*parts*n+i%n:]
			sum := from[0]
			for part := 1; part < parts; part++ {
				sum += from[part*n]
			}
			dw[i] = sum
		}
	})
	v.ws.put(sums)
}
