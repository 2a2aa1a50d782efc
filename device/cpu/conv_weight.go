package cpu

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// The gradient of the weights is a product over windows: of dy and what the
// windows see. Its inner dim is the pixels, so images are turned to have their
// channels last: then one window's cell, in all channels, is neighbours.

const (
	channelsAtOnce = 64 // that a task takes of the image
	partials       = 8  // sums that the images are cut into, where weights are few
)

// A weightPlan is how the gradient is cut into tasks: some channels, over some
// blocks of images.
type weightPlan struct {
	*convolution
	size                  [3]int // of an image with its padding
	each, blocks          int    // images of one product, and how many products that makes
	wide, across, parts   int    // channels of a task, and into how many it cuts channels and blocks
	columns, sums, padded int    // of a task's product, elements of its result, of a padded image
}

func newWeightPlan(c *convolution) (weightPlan, error) {
	p := weightPlan{convolution: c}
	for i := range 3 {
		p.size[i] = (c.to[i]-1)*c.Stride[i] + (c.Size[i]-1)*c.Dilation[i] + 1
	}
	p.wide = min(c.in, channelsAtOnce)
	total := float64(p.size[0]) * float64(p.size[1]) * float64(p.size[2]) * float64(p.wide)
	if total > maxBytes/8 {
		return p, fmt.Errorf("cpu: a padded image of %g elements: %w", total, device.ErrOutOfMemory)
	}
	p.each = min(max(1, columnsAtOnce/c.windows), c.images)
	p.blocks, p.across = pieces(c.images, p.each), pieces(c.in, p.wide)
	p.parts = min(p.blocks, max(1, partials/(c.groups*p.across)))
	p.columns = p.wide * c.cells
	p.sums, p.padded = c.out*p.columns, volume(p.size)*p.wide
	return p, nil
}

// at is where the element with these coordinates lies, counted from the padding's corner.
func (p *weightPlan) at(d, h, w int) int { return ((d*p.size[1]+h)*p.size[2] + w) * p.wide }

// productGradWeight adds up in fixed parts of the images first, then those sums
// in their order.
func (v *convolver[T]) productGradWeight(c *convolution, x, dy, dw []T) error {
	p, err := newWeightPlan(c)
	if err != nil {
		return err
	}
	windows := turnedWindows[T](&p)
	sums := v.ws.get(c.groups * p.across * p.parts * p.sums)
	distribute(c.groups*p.across*p.parts, func(i, workers int) {
		g, ch, part := i/p.parts/p.across, i/p.parts%p.across*p.wide, i%p.parts
		buf := v.ws.get(p.each*p.padded + frameSlack)
		m := windows
		m.frames = *buf
		q := product[T]{m: c.out, n: p.columns, c: matrixOf((*sums)[i*p.sums:], p.columns)}
		for b := p.blocks * part / p.parts; b < p.blocks*(part+1)/p.parts; b++ {
			first := b * p.each
			images := min(p.each, c.images-first)
			v.turn(&p, *buf, x, first, images, g, ch, workers)
			from := dy[(first*c.groups+g)*c.out*c.windows:]
			q.k = images * c.windows
			q.a.pack = func(dst []T, width, row, col, rows, cols int) {
				v.packPixels(c, dst, width, from, row, col, rows, cols)
			}
			q.b.pack = func(dst []T, width, row, col, rows, cols int) { v.pack(&m, dst, width, row, col, rows, cols) }
			v.mul.run(&q, workers)
			q.add = q.c
		}
		v.ws.put(buf)
	})
	total(&p, dw, *sums)
	v.ws.put(sums)
	return nil
}

// turnedWindows has a row for each window of a product's images, and a column
// for each cell and channel.
func turnedWindows[T number](p *weightPlan) windowMatrix[T] {
	size := bytesOf[T]()
	m := windowMatrix[T]{rows: make([]int, 0, p.each*p.windows)}
	for i := range p.each {
		for d := range p.to[0] {
			for h := range p.to[1] {
				for w := range p.to[2] {
					m.rows = append(m.rows, (i*p.padded+p.at(d*p.Stride[0], h*p.Stride[1], w*p.Stride[2]))*size)
				}
			}
		}
	}
	m.run = p.wide
	across := p.Size[2]
	if p.Dilation[2] == 1 { // cells side by side
		m.run, across = m.run*across, 1
	}
	for d := range p.Size[0] {
		for h := range p.Size[1] {
			for w := range across {
				m.runs = append(m.runs, p.at(d*p.Dilation[0], h*p.Dilation[1], w*p.Dilation[2])*size)
			}
		}
	}
	return m
}

// turn writes some channels of some images to buf, with their padding. Channels
// that are missing in the last task hold what they did: their sums are not used.
func (v *convolver[T]) turn(p *weightPlan, buf, x []T, first, images, g, ch, workers int) {
	channels := min(p.wide, p.in-ch)
	cols := min(p.from[2], p.size[2]-p.Padding[2])
	split(images, workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			to, from := buf[i*p.padded:][:p.padded], x[(((first+i)*p.groups+g)*p.in+ch)*p.image:]
			clear(to)
			for d := range min(p.from[0], p.size[0]-p.Padding[0]) {
				for h := range min(p.from[1], p.size[1]-p.Padding[1]) {
					v.turnRow(to[p.at(d+p.Padding[0], h+p.Padding[1], p.Padding[2]):], from[(d*p.from[1]+h)*p.from[2]:], cols, channels, p.wide, p.image)
				}
			}
		}
	})
}

// turnRow is the pixels of one row, each with its channels.
func (v *convolver[T]) turnRow(to, from []T, cols, channels, wide, image int) {
	if cols <= 0 {
		return
	}
	if v.mul.packCols != nil && channels%v.mul.lanes == 0 {
		v.mul.packWith(v.mul.packCols, to, wide, matrixOf(from, image).t(), image, cols, channels)
		return
	}
	for c := range channels {
		for i, e := range from[c*image:][:cols] {
			to[i*wide+c] = e
		}
	}
}

// packPixels packs dy, whose rows are to be the windows of images one after
// the other, and whose columns are filters.
func (v *convolver[T]) packPixels(c *convolution, dst []T, width int, dy []T, row, col, rows, cols int) {
	for j := 0; j < cols; j += width {
		for done := 0; done < rows; {
			img, i := (row+done)/c.windows, (row+done)%c.windows
			n := min(c.windows-i, rows-done)
			from := operand[T]{matrix: matrixOf(dy[(img*c.groups*c.out+col+j)*c.windows+i:], c.windows).t()}
			v.mul.pack(&from, dst[j*rows+done*width:], width, 0, 0, n, min(width, cols-j))
			done += n
		}
	}
}

// total adds the parts' sums, and brings cells behind channels.
func total[T number](p *weightPlan, dw, sums []T) {
	k := p.rows()
	parallel(p.groups*p.out, max(1, grain/k), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := dw[i*k:][:k]
			for ch := range p.in {
				at := (i/p.out*p.across+ch/p.wide)*p.parts*p.sums + i%p.out*p.columns + ch%p.wide
				for cell := range p.cells {
					sum := sums[at+cell*p.wide]
					for part := 1; part < p.parts; part++ {
						sum += sums[at+part*p.sums+cell*p.wide]
					}
					row[ch*p.cells+cell] = sum
				}
			}
		}
	})
}
