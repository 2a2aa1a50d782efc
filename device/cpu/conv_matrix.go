package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A windowMatrix is a matrix whose elements lie in frames: each at the place of
// its row plus that of its column. Columns come in runs of neighbours.
type windowMatrix[T number] struct {
	frames []T   // and frameSlack beyond
	rows   []int // in bytes
	runs   []int // where each run of columns starts, in bytes
	run    int   // columns of each
}

// newRuns joins runs that lie end to end.
func newRuns(starts []int, run, size int) ([]int, int) {
	for i := 1; i < len(starts); i++ {
		if starts[i] != starts[i-1]+run*size {
			return starts, run
		}
	}
	return starts[:1], run * len(starts)
}

// spans is how to copy the columns from col on, in vectors of the given number
// of lanes that do not cross from panel to panel.
func (m *windowMatrix[T]) spans(to []simd.Span, col, cols, width, lanes int) []simd.Span {
	size := bytesOf[T]()
	to = to[:0]
	for done := 0; done < cols; {
		r, i := (col+done)/m.run, (col+done)%m.run
		n := min(m.run-i, cols-done, width-done%width)
		for l := 0; l < n; l += lanes {
			to = append(to, simd.Span{To: (done + l) * size, From: m.runs[r] + (i+l)*size})
		}
		done += n
	}
	return to
}

// pack is an operand's. A span writes a whole vector, so the last row goes
// through a buffer: it must not reach into the next panel.
func (v *convolver[T]) pack(m *windowMatrix[T], dst []T, width, row, col, rows, cols int) {
	spans, last := v.spans.get(cols), v.ws.get(cols+v.mul.lanes)
	s := m.spans(*spans, col, cols, width, v.mul.lanes)
	pitch, frames, end := width*bytesOf[T](), unsafe.SliceData(m.frames), row+rows-1
	v.packSpans(&(*last)[0], frames, m.rows[end:end+1], s, pitch)
	for i := range s {
		s[i].To += s[i].To / pitch * (rows - 1) * pitch
	}
	v.packSpans(&dst[0], frames, m.rows[row:end], s, pitch)
	for j := 0; j < cols; j += width {
		copy(dst[j*rows+(rows-1)*width:][:width], (*last)[j:min(j+width, cols)])
	}
	v.spans.put(spans)
	v.ws.put(last)
}

// plainSpans is the PackSpans of a tier without assembly.
func plainSpans[T number](lanes int) func(dst, src *T, rows []int, spans []simd.Span, pitch int) {
	return func(dst, src *T, rows []int, spans []simd.Span, pitch int) {
		for i, row := range rows {
			for _, s := range spans {
				copy(window[T](offset(dst, i*pitch+s.To), lanes), window[T](offset(src, row+s.From), lanes))
			}
		}
	}
}

// side is the matrix of the windows of as many images as frames holds, so many channels
// of each: rows are channels and cells.
func side[T number](f *frame, channels, images int, n [3]int, cells []int) *windowMatrix[T] {
	size := bytesOf[T]()
	m := &windowMatrix[T]{rows: make([]int, 0, channels*len(cells))}
	for c := range channels {
		for _, k := range cells {
			m.rows = append(m.rows, (c*f.plane+k)*size)
		}
	}
	var runs []int
	for i := range images {
		for d := range n[0] {
			for h := range n[1] {
				runs = append(runs, (i*channels*f.plane+(d*f.size[1]+h)*f.size[2])*size)
			}
		}
	}
	m.runs, m.run = newRuns(runs, n[2], size)
	return m
}
