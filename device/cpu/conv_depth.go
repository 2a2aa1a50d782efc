package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// Where a group has one input channel and few filters, a matrix product would
// spend its time on packing windows: here vectors of windows go through the
// cells straight from the frame.

// maxDepth is how many filters a group has at most.
const maxDepth = 4

// deep reports whether the convolution runs here.
func deep[T number](k *simd.Conv[T], c *convolution) bool {
	return k.Direct != nil && c.in == 1 && c.out <= maxDepth && c.cells > 0
}

// depthForward is one task for each group of each image.
func (v *convolver[T]) depthForward(c *convolution, x, w, bias, y []T) error {
	f, err := newFrame(&c.Window, c.from, c.to)
	if err != nil {
		return err
	}
	plane := f.view(bytesOf[T]())
	tasks(c.images*c.groups, func(i int) {
		buf := v.ws.get(f.plane + frameSlack)
		load(&f, v.cells, *buf, x[i*c.image:], 0)
		for o := i * c.out; o < (i+1)*c.out; o++ {
			filter := o % (c.groups * c.out)
			var b T
			if bias != nil {
				b = bias[filter]
			}
			f.slices(func(from, win int) { v.cells.Direct(&y[o*c.windows+win], &(*buf)[from], &w[filter*c.cells], &plane, b) })
			if c.ReLU {
				image := y[o*c.windows:][:c.windows]
				v.relu(image, image)
			}
		}
		v.ws.put(buf)
	})
	return nil
}

// depthGradInput goes through the windows that see an element, phase by phase.
func (v *convolver[T]) depthGradInput(c *convolution, dy, w, dx []T) error {
	t, err := newTransposed(&c.Window, c.from, c.to)
	if err != nil {
		return err
	}
	weights, views := make([][]T, len(t.phases)), make([]simd.Plane, len(t.phases))
	for i := range t.phases {
		p := &t.phases[i]
		for filter := range c.groups * c.out {
			for _, cell := range p.kernel {
				weights[i] = append(weights[i], w[filter*c.cells+cell])
			}
		}
		views[i] = p.view(&t.frame, c.out, bytesOf[T]())
	}
	tasks(c.images*c.groups, func(i int) {
		buf, part := v.ws.get(c.out*t.plane+frameSlack), v.ws.get(c.image)
		for o := range c.out {
			load(&t.frame, v.cells, (*buf)[o*t.plane:], dy[(i*c.out+o)*c.windows:], 0)
		}
		to := dx[i*c.image:][:c.image]
		for j := range t.phases {
			p, plane := &t.phases[j], &views[j]
			first := weights[j][min(len(weights[j]), i%c.groups*c.out*len(p.kernel)):]
			if p.whole() {
				p.slices(&t.frame, func(from, at int) { v.cells.Direct(&to[at], &(*buf)[from], unsafe.SliceData(first), plane, 0) })
				continue
			}
			p.slices(&t.frame, func(from, at int) { v.cells.Direct(&(*part)[at], &(*buf)[from], unsafe.SliceData(first), plane, 0) })
			scatter(p, c.from, to, *part)
		}
		v.ws.put(buf)
		v.ws.put(part)
	})
	return nil
}

// depthGradWeight is one task for each group: the images are added in their order.
func (v *convolver[T]) depthGradWeight(c *convolution, x, dy, dw []T) error {
	f, err := newFrame(&c.Window, c.from, c.to)
	if err != nil {
		return err
	}
	plane := f.view(bytesOf[T]())
	tasks(c.groups, func(g int) {
		buf := v.ws.get(f.plane + frameSlack)
		clear(dw[g*c.out*c.cells:][:c.out*c.cells])
		for n := range c.images {
			i := n*c.groups + g
			load(&f, v.cells, *buf, x[i*c.image:], 0)
			for o := range c.out {
				to := dw[(g*c.out+o)*c.cells:][:c.cells]
				for cell := range to {
					f.slices(func(from, win int) {
						to[cell] += v.cells.DotCells(&dy[(i*c.out+o)*c.windows+win], &(*buf)[from+f.cells[cell]], &plane)
					})
				}
			}
		}
		v.ws.put(buf)
	})
	return nil
}
