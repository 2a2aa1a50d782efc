package cpu

import "github.com/facula-ml/facula/device"

// A lowering is windows over planes of the size in, out of them.
type lowering struct {
	device.Window
	in, out [3]int
}

func newLowering(c *device.Call, image *device.View) lowering {
	l := lowering{Window: c.Attr.(device.Window), in: spatial(image)}
	for i := range 3 {
		l.out[i] = (l.in[i]+2*l.Padding[i]-l.Dilation[i]*(l.Size[i]-1)-1)/l.Stride[i] + 1
	}
	return l
}

// rows calls f for every cell of the windows and every row of them: where in
// the unfolded plane the row starts, which of its elements see the image, and
// where the first of those lies, -1 if there is none.
func (l *lowering) rows(f func(row, lo, hi, at int)) {
	row := 0
	for k := range volume(l.Size) {
		cell := [3]int{k / l.Size[2] / l.Size[1], k / l.Size[2] % l.Size[1], k % l.Size[2]}
		start := cell[2]*l.Dilation[2] - l.Padding[2] // what window 0 sees
		lo := min(max(0, pieces(-start, l.Stride[2])), l.out[2])
		hi := min(max(lo, pieces(l.in[2]-start, l.Stride[2])), l.out[2])
		for a := range l.out[0] {
			d := a*l.Stride[0] - l.Padding[0] + cell[0]*l.Dilation[0]
			for b := range l.out[1] {
				h := b*l.Stride[1] - l.Padding[1] + cell[1]*l.Dilation[1]
				if at := -1; d < 0 || d >= l.in[0] || h < 0 || h >= l.in[1] || lo == hi {
					f(row, l.out[2], l.out[2], at)
				} else {
					f(row, lo, hi, (d*l.in[1]+h)*l.in[2]+start+lo*l.Stride[2])
				}
				row += l.out[2]
			}
		}
	}
}

// unfoldWindows writes what each cell of each window sees, 0 in the padding.
func unfoldWindows[T any](c device.Call) error {
	l := newLowering(&c, c.In[0])
	x, y := elements[T](c.In[0]), elements[T](c.Out[0])
	image, cells := volume(l.in), volume(l.Size)*volume(l.out)
	parallel(c.In[0].Dim[0]*c.In[0].Dim[1], max(1, grain/max(1, cells)), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			from, to := x[p*image:][:image], y[p*cells:][:cells]
			l.rows(func(row, lo, hi, at int) {
				clear(to[row:][:lo])
				clear(to[row:][hi:l.out[2]])
				if lo == hi || at < 0 {
					return
				}
				if l.Stride[2] == 1 {
					copy(to[row+lo:row+hi], from[at:])
					return
				}
				for i := row + lo; i < row+hi; i++ {
					to[i] = from[at]
					at += l.Stride[2]
				}
			})
		}
	})
	return nil
}

// foldWindows is the transpose of unfoldWindows. It adds in the order of the cells.
func foldWindows[T float](c device.Call) error {
	l := newLowering(&c, c.Out[0])
	x, y := elements[T](c.In[0]), elements[T](c.Out[0])
	image, cells := volume(l.in), volume(l.Size)*volume(l.out)
	parallel(c.Out[0].Dim[0]*c.Out[0].Dim[1], max(1, grain/max(1, cells)), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			to, from := y[p*image:][:image], x[p*cells:][:cells]
			clear(to)
			l.rows(func(row, lo, hi, at int) {
				if at < 0 {
					return
				}
				for _, v := range from[row+lo : row+hi] {
					to[at] += v
					at += l.Stride[2]
				}
			})
		}
	})
	return nil
}

func unfoldKernels() byDType {
	return bySize(dense(unfoldWindows[uint8]), dense(unfoldWindows[uint16]), dense(unfoldWindows[uint32]), dense(unfoldWindows[uint64]))
}
