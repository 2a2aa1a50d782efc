package cpu

// columnsAtOnce is how many columns of windows are packed and multiplied at a
// time: with all their rows they should fit the second-level cache. Small
// images share a product, or the filters would be read again for each.
const columnsAtOnce = 512

// A batch is how the images of a convolution are cut into blocks, by sizes alone.
type batch struct{ images, each, groups int }

func (c *convolution) batch(windows int) batch {
	return batch{c.images, min(max(1, columnsAtOnce/max(1, windows)), c.images), c.groups}
}

// run calls f for every group of every block of images.
func (b batch) run(f func(first, images, group, workers int)) {
	distribute(pieces(b.images, b.each)*b.groups, func(i, workers int) {
		first := i / b.groups * b.each
		f(first, min(b.each, b.images-first), i%b.groups, workers)
	})
}

// distribute calls f for every i below n: on several goroutines, or, where n is
// small, one after the other with leave to use several.
func distribute(n int, f func(i, workers int)) {
	if n >= 2*NumThreads() {
		tasks(n, func(i int) { f(i, 1) })
		return
	}
	for i := range n {
		f(i, NumThreads())
	}
}

// split calls f for 0…n, on several goroutines if there are workers.
func split(n, workers int, f func(lo, hi int)) {
	if workers > 1 {
		parallel(n, 1, f)
	} else {
		f(0, n)
	}
}

// multiply is c = a·m for the first cols columns, where the columns of c are
// those of m.
func (v *convolver[T]) multiply(m *windowMatrix[T], a operand[T], c matrix[T], rows, cols, workers int) {
	step := cut(cols, columnsAtOnce*workers, v.mul.width())
	for lo := 0; lo < cols; lo += step {
		p := product[T]{m: rows, n: min(step, cols-lo), k: len(m.rows), a: a, c: c}
		p.c.p = c.at(0, lo)
		p.b.pack = func(dst []T, width, row, col, rows, cols int) { v.pack(m, dst, width, row, lo+col, rows, cols) }
		v.mul.run(&p, workers)
	}
}

// frames gives m the frames of some images' channels in one group, and returns
// memory to put back. An image that is its own frame is read where it lies, if
// vectors end where it does.
func (v *convolver[T]) frames(m *windowMatrix[T], f *frame, src []T, b batch, first, images, group, channels, workers int) *[]T {
	size := volume(f.in)
	if b.each == 1 && f.bare() && size%v.mul.lanes == 0 {
		m.frames = src[(first*b.groups+group)*channels*size:]
		return v.ws.get(0)
	}
	buf := v.ws.get(images*channels*f.plane + frameSlack)
	m.frames = *buf
	split(images*channels, workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			from := ((first+i/channels)*b.groups+group)*channels + i%channels
			load(f, v.cells, m.frames[i*f.plane:], src[from*size:], 0)
		}
	})
	return buf
}

// productForward multiplies the filters with the matrix of windows.
func (v *convolver[T]) productForward(c *convolution, x, w, bias, y []T) error {
	f, err := newFrame(&c.Window, c.from, c.to)
	if err != nil {
		return err
	}
	k, b := c.rows(), c.batch(c.windows)
	windows := side[T](&f, c.in, b.each, c.to, f.cells)
	b.run(func(first, images, g, workers int) {
		a := operand[T]{matrix: matrixOf(w[g*c.out*k:], k).t()}
		part, to := v.ws.get(c.out*images*c.windows), y[(first*c.groups+g)*c.out*c.windows:]
		if b.each > 1 {
			to = *part
		}
		sums := matrixOf(to, images*c.windows)
		m := *windows
		buf := v.frames(&m, &f, x, b, first, images, g, c.in, workers)
		v.multiply(&m, a, sums, c.out, images*c.windows, workers)
		v.ws.put(buf)
		v.finish(c, b, to, y, bias, first, images, g)
		v.ws.put(part)
	})
	return nil
}

// finish adds the bias, clamps, and brings the results of several images to their places.
func (v *convolver[T]) finish(c *convolution, b batch, sums, y, bias []T, first, images, g int) {
	for o := range c.out {
		for i := range images {
			to := y[(((first+i)*c.groups+g)*c.out+o)*c.windows:][:c.windows]
			from := to
			if b.each > 1 {
				from = sums[(o*images+i)*c.windows:][:c.windows]
			}
			v.place(to, from, bias, g*c.out+o, c.ReLU)
		}
	}
}

// productGradInput multiplies the filters, with channels and filters changing
// roles, with the matrix of the windows of dy that see each element.
func (v *convolver[T]) productGradInput(c *convolution, dy, w, dx []T) error {
	t, err := newTransposed(&c.Window, c.from, c.to)
	if err != nil {
		return err
	}
	f := &t.frame
	b := c.batch(c.image)
	filters, windows := make([]*[]T, len(t.phases)), make([]*windowMatrix[T], len(t.phases))
	for i := range t.phases {
		p := &t.phases[i]
		filters[i] = v.filters(c, p, w)
		windows[i] = side[T](f, c.out, b.each, p.n, p.cells)
	}
	b.run(func(first, images, g, workers int) {
		var from windowMatrix[T]
		buf := v.frames(&from, f, dy, b, first, images, g, c.out, workers)
		part := v.ws.get(c.in * images * c.image)
		for i := range t.phases {
			p := &t.phases[i]
			k, n := c.out*len(p.cells), images*volume(p.n)
			a := operand[T]{matrix: matrixOf((*filters[i])[g*k*c.in:], c.in)}
			m := *windows[i]
			m.frames = from.frames
			sums := *part
			if p.whole() && b.each == 1 {
				sums = dx[(first*c.groups+g)*c.in*c.image:]
			}
			v.multiply(&m, a, matrixOf(sums, n), c.in, n, workers)
			if p.whole() && b.each == 1 {
				continue
			}
			for j := range c.in * images {
				ch, img := j/images, first+j%images
				scatter(p, c.from, dx[((img*c.groups+g)*c.in+ch)*c.image:][:c.image], sums[j*volume(p.n):])
			}
		}
		v.ws.put(part)
		v.ws.put(buf)
	})
	for _, p := range filters {
		v.ws.put(p)
	}
	return nil
}

// filters is the weights that a phase needs, for every group a matrix with a
// row for each filter and cell, and a column for each channel.
func (v *convolver[T]) filters(c *convolution, p *phase, w []T) *[]T {
	cells := len(p.kernel)
	to := v.ws.get(c.groups * c.out * cells * c.in)
	parallel(c.groups*c.out, max(1, grain/max(1, cells*c.in)), func(lo, hi int) {
		for o := lo; o < hi; o++ {
			for i, k := range p.kernel {
				row, from := (*to)[(o*cells+i)*c.in:][:c.in], w[o*c.in*c.cells+k:]
				for ch := range row {
					row[ch] = from[ch*c.cells]
				}
			}
		}
	})
	return to
}
