package cpu

import (
	"fmt"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A frame is an image with its padding written out, so that no window looks
// beyond it. Elements whose coordinates leave the same remainder by the stride
// lie together: one cell of neighbouring windows is neighbouring elements.
type frame struct {
	in, out      [3]int
	pad, stride  [3]int
	phases, size [3]int // the remainders that occur, and how many elements have each
	plane        int    // elements of all of them
	cells        []int  // where the cells of the first window lie
}

// frameSlack is how far beyond a frame's end kernels may read.
const frameSlack = 64

// newFrame lays windows over an image of the size in; there are out of them.
func newFrame(w *device.Window, in, out [3]int) (frame, error) {
	f := frame{in: in, out: out, pad: w.Padding, stride: w.Stride}
	total := 1.0
	for i := range 3 {
		reach := (w.Size[i] - 1) * w.Dilation[i]
		f.phases[i] = min(w.Stride[i], reach+1)
		f.size[i] = max(0, out[i]+reach/w.Stride[i])
		total *= float64(f.phases[i]) * float64(f.size[i])
	}
	if total > maxBytes/8 {
		return f, fmt.Errorf("cpu: a padded image of %g elements: %w", total, device.ErrOutOfMemory)
	}
	f.plane = volume(f.phases) * volume(f.size)
	f.cells = make([]int, 0, volume(w.Size))
	for a := range w.Size[0] {
		for b := range w.Size[1] {
			for c := range w.Size[2] {
				f.cells = append(f.cells, f.at(a*w.Dilation[0], b*w.Dilation[1], c*w.Dilation[2]))
			}
		}
	}
	return f, nil
}

// at is where the element with these coordinates lies, counted from the padding's corner.
func (f *frame) at(d, h, w int) int {
	s := f.stride
	phase := (d%s[0]*f.phases[1]+h%s[1])*f.phases[2] + w%s[2]
	return phase*volume(f.size) + (d/s[0]*f.size[1]+h/s[1])*f.size[2] + w/s[2]
}

// bare reports whether windows are elements, so that the frame is the image itself.
func (f *frame) bare() bool {
	return len(f.cells) == 1 && f.size == f.in && f.stride == [3]int{1, 1, 1}
}

// view is what kernels of cells see of one slice of the depth.
func (f *frame) view(size int) simd.Plane {
	cells := make([]int, len(f.cells))
	for i, c := range f.cells {
		cells[i] = c * size
	}
	return simd.Plane{Rows: f.out[1], Cols: f.out[2], Pitch: f.size[2] * size, Cells: unsafe.SliceData(cells), Count: len(cells)}
}

// slices calls do for each slice of the depth: where its first window lies, and
// which it is.
func (f *frame) slices(do func(from, window int)) {
	for d := range f.out[0] {
		do(d*f.size[1]*f.size[2], d*f.out[1]*f.out[2])
	}
}

// An edge is how the elements of one remainder lie in a row: those from lo to
// hi come from the image, from element from on.
type edge struct{ lo, hi, from int }

func (f *frame) edge(dim, phase int) edge {
	before := f.pad[dim] - phase // elements of the padding
	lo := min(max(0, pieces(before, f.stride[dim])), f.size[dim])
	hi := min(max(lo, pieces(f.in[dim]+before, f.stride[dim])), f.size[dim])
	return edge{lo, hi, lo*f.stride[dim] - before}
}

// load writes the image at the start of src, and fill around it. src may go on
// beyond the image.
func load[T any](f *frame, k *simd.Conv[T], dst, src []T, fill T) {
	dst = dst[:f.plane]
	block := f.size[1] * f.size[2] // one slice of the depth
	for pd := range f.phases[0] {
		ed := f.edge(0, pd)
		for ph := range f.phases[1] {
			eh := f.edge(1, ph)
			for pw := range f.phases[2] {
				ew := f.edge(2, pw)
				for d := range f.size[0] {
					to := dst[:block]
					dst = dst[block:]
					if d < ed.lo || d >= ed.hi {
						fillRow(to, fill)
						continue
					}
					slice := (ed.from + (d-ed.lo)*f.stride[0]) * f.in[1]
					loadSlice(f, eh, ew, to, src[slice*f.in[2]:], fill, k)
				}
			}
		}
	}
}

// loadSlice writes one slice of the depth for one phase.
func loadSlice[T any](f *frame, eh, ew edge, dst, src []T, fill T, k *simd.Conv[T]) {
	n, step := f.size[2], f.stride[1]*f.in[2]
	rows, cols := eh.hi-eh.lo, ew.hi-ew.lo
	if rows < f.size[1] || cols < n {
		fillRow(dst, fill)
	}
	if rows <= 0 || cols <= 0 {
		return
	}
	at := eh.from*f.in[2] + ew.from
	if f.stride[2] == 1 && k.CopyRows != nil {
		size := bytesOf[T]()
		k.CopyRows(&dst[eh.lo*n+ew.lo], n*size, &src[at], step*size, rows, cols)
		return
	}
	for h := range rows {
		everyNth(dst[(eh.lo+h)*n+ew.lo:][:cols], src[at+h*step:], f.stride[2], k.Evens)
	}
}

// everyNth is dst[i] = src[i*n].
func everyNth[T any](dst, src []T, n int, evens func(dst, src []T)) {
	switch {
	case n == 1:
		copy(dst, src)
	case n == 2 && evens != nil && len(src) >= 2*len(dst)+frameSlack:
		evens(dst, src)
	default:
		for i := range dst {
			dst[i] = src[i*n]
		}
	}
}
