package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Reductions whose inner dim is kept walk memory in order: a row of
// accumulators, which stays in the cache, takes one row of input after another.

// columns computes results lo…hi.
func (d *reduction[C, A, O]) columns(kept, red *nest, attr device.Reduce, lo, hi int) {
	w, perOut := *red, red.len()
	kept.part(lo, hi, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		ab, yb := d.as.get(min(n, tile)), d.os.get(min(n, tile))
		for i := 0; i < n; i += tile {
			acc := (*ab)[:min(tile, n-i)]
			w.ptr[0] = unsafe.Add(p[1], i*s[1]*d.in.size)
			d.fold(acc, &w, s[1], 0, perOut)
			d.finish(acc, (*yb)[:len(acc)], unsafe.Add(p[0], i*s[0]*d.out.size), s[0], perOut, attr)
		}
		d.as.put(ab)
		d.os.put(yb)
	})
}

// finish stores the results of accumulators.
func (d *reduction[C, A, O]) finish(acc []A, y []O, to unsafe.Pointer, stride, perOut int, attr device.Reduce) {
	for j := range y {
		y[j] = d.done(acc[j], perOut, attr)
	}
	d.out.store(to, stride, y)
}

// fold makes acc of rows lo…hi, whose elements lie stride apart.
func (d *reduction[C, A, O]) fold(acc []A, w *nest, stride, lo, hi int) {
	for j := range acc {
		acc[j] = d.zero
	}
	xb := d.xs.get(len(acc))
	w.part(lo, hi, func(q [operands]unsafe.Pointer, t [operands]int, k int) {
		step := t[0] * d.in.size
		for j := 0; j < k; j++ {
			a := unsafe.Add(q[0], j*step)
			switch {
			case !d.in.direct || stride != 1:
				d.in.load(*xb, a, stride)
				d.cols(acc, *xb)
			case d.cols8 != nil && k-j >= 8:
				d.cols8(acc, (*C)(a), step)
				j += 7
			default:
				d.cols(acc, window[C](a, len(acc)))
			}
		}
	})
	d.xs.put(xb)
}

// isTall reports whether there are few columns, all in one row, and so many
// rows that goroutines share them: each reads whole rows, in the order they lie
// in memory. It must not depend on how many goroutines there are.
func isTall(kept *nest, perOut int) bool {
	n := kept.len()
	return kept.rank == 1 && n <= tile && n*perOut >= 4*blockLen && (n <= 1024 || perOut >= 4*wideRows)
}

// wideRows is how many rows of over 1024 columns are worth accumulators of their own.
const wideRows = 64

// tallRows is how many rows a block has.
func tallRows(columns, perOut int) int {
	if columns > 1024 {
		return max(wideRows, pieces(perOut, maxPieces/4))
	}
	return max(blockLen/columns, pieces(perOut, maxPieces))
}

// tall is columns for a tall matrix: blocks of rows are folded each on its own,
// then joined in their order.
func (d *reduction[C, A, O]) tall(kept, red nest, attr device.Reduce) {
	outs, perOut, stride := kept.len(), red.len(), kept.stride[1][0]
	size := tallRows(outs, perOut)
	blocks := pieces(perOut, size)
	red.ptr[0] = kept.ptr[1]
	ab, yb := d.as.get(blocks*outs), d.os.get(outs)
	tasks(blocks, func(i int) {
		w := red
		d.fold((*ab)[i*outs:(i+1)*outs], &w, stride, i*size, min(perOut, (i+1)*size))
	})
	acc := (*ab)[:outs]
	for i := 1; i < blocks; i++ {
		d.joinRow(acc, (*ab)[i*outs:(i+1)*outs])
	}
	d.finish(acc, *yb, kept.ptr[0], kept.stride[0][0], perOut, attr)
	d.as.put(ab)
	d.os.put(yb)
}

func (d *reduction[C, A, O]) joinRow(a, b []A) {
	if d.join != nil {
		d.join(a, b)
		return
	}
	for j := range a {
		a[j] = d.part(a[j], b[j])
	}
}
