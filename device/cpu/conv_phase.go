package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// The gradient of a convolution's input is a convolution of dy: element x of the
// image is seen by cell k of window (x + padding - k·dilation)/stride, where
// that is whole. So elements whose coordinates leave the same remainder by
// the stride, a phase, are seen by the same cells.
type transposed struct {
	frame  // of dy
	phases []phase
}

// A phase is some elements of the image, a stride apart.
type phase struct {
	start, n, stride [3]int
	kernel           []int // the numbers of the cells that see them
	cells            []int // and where in dy's frame the windows lie whose cells see the first element
}

func newTransposed(w *device.Window, in, out [3]int) (t transposed, err error) {
	var reach, last [3]int
	for i := range 3 {
		reach[i] = (w.Size[i] - 1) * w.Dilation[i] / w.Stride[i]
		last[i] = (in[i] - 1 + w.Padding[i]) / w.Stride[i]
	}
	one := [3]int{1, 1, 1}
	size := [3]int{reach[0] + 1, reach[1] + 1, reach[2] + 1}
	t.frame, err = newFrame(&device.Window{Size: size, Stride: one, Dilation: one, Padding: reach}, out, [3]int{last[0] + 1, last[1] + 1, last[2] + 1})
	if err != nil {
		return t, err
	}
	for d := range min(w.Stride[0], in[0]) {
		for h := range min(w.Stride[1], in[1]) {
			for x := range min(w.Stride[2], in[2]) {
				t.phases = append(t.phases, t.phase(w, in, reach, [3]int{d, h, x}))
			}
		}
	}
	return t, nil
}

// phase is the one whose first element is at start.
func (t *transposed) phase(w *device.Window, in, reach, start [3]int) phase {
	p := phase{start: start, stride: w.Stride}
	var cells, at [3][]int // in each dim: which cells, and where
	for i := range 3 {
		p.n[i] = pieces(in[i]-start[i], w.Stride[i])
		u := start[i] + w.Padding[i]
		for k := range w.Size[i] {
			if d := u - k*w.Dilation[i]; d%w.Stride[i] == 0 {
				cells[i] = append(cells[i], k)
				at[i] = append(at[i], d/w.Stride[i]+reach[i])
			}
		}
	}
	for a, i := range cells[0] {
		for b, j := range cells[1] {
			for c, k := range cells[2] {
				p.kernel = append(p.kernel, (i*w.Size[1]+j)*w.Size[2]+k)
				p.cells = append(p.cells, t.at(at[0][a], at[1][b], at[2][c]))
			}
		}
	}
	return p
}

// view is what kernels of cells see of one slice of the phase, in frames of so many channels.
func (p *phase) view(f *frame, channels, size int) simd.Plane {
	var cells []int
	for c := range channels {
		for _, at := range p.cells {
			cells = append(cells, (c*f.plane+at)*size)
		}
	}
	return simd.Plane{Rows: p.n[1], Cols: p.n[2], Pitch: f.size[2] * size, Cells: unsafe.SliceData(cells), Count: len(cells)}
}

// slices calls do for each slice of the depth: where its cells start, and where it is.
func (p *phase) slices(f *frame, do func(from, at int)) {
	for d := range p.n[0] {
		do(d*f.size[1]*f.size[2], d*p.n[1]*p.n[2])
	}
}

// whole reports whether the phase is all of the image.
func (p *phase) whole() bool { return p.stride == [3]int{1, 1, 1} }

// scatter writes the phase's elements, which lie in from, to an image of the size in.
func scatter[T any](p *phase, in [3]int, to, from []T) {
	for d := range p.n[0] {
		for h := range p.n[1] {
			row := from[:p.n[2]]
			from = from[p.n[2]:]
			dst := to[((p.start[0]+d*p.stride[0])*in[1]+p.start[1]+h*p.stride[1])*in[2]+p.start[2]:]
			if p.stride[2] == 1 {
				copy(dst, row)
				continue
			}
			for i, v := range row {
				dst[i*p.stride[2]] = v
			}
		}
	}
}
