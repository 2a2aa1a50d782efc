package cpu

import "unsafe"

// pack stores rows×cols elements of an operand from (row, col) on in dst, as
// panels of width columns.
func (e *engine[T]) pack(o *operand[T], dst []T, width, row, col, rows, cols int) {
	if o.pack != nil {
		o.pack(dst, width, row, col, rows, cols)
		return
	}
	for j := 0; j < cols; j += width {
		d := dst[j*rows:]
		n := min(width, cols-j)
		m := matrix[T]{o.at(row, col+j), o.row, o.col}
		switch {
		case m.col == 1:
			for l := range rows {
				copy(d[l*width:l*width+n], window[T](m.at(l, 0), n))
			}
		case m.row == 1 && e.transpose != nil:
			e.transpose(unsafe.Pointer(unsafe.SliceData(d)), width, m.p, m.col, rows, n)
		default:
			packStrided(d, m, width, rows, n)
		}
	}
}

// packStrided reads along the dim whose stride is smaller.
func packStrided[T any](d []T, m matrix[T], width, rows, cols int) {
	if absInt(m.row) < absInt(m.col) {
		for c := range cols {
			for l := range rows {
				d[l*width+c] = *(*T)(m.at(l, c))
			}
		}
		return
	}
	for l := range rows {
		for c := range cols {
			d[l*width+c] = *(*T)(m.at(l, c))
		}
	}
}
