package cpu

import "github.com/facula-ml/facula/device/cpu/internal/simd"

// pack stores rows×cols elements of an operand from (row, col) on in dst, as
// panels of width columns.
func (e *engine[T]) pack(o *operand[T], dst []T, width, row, col, rows, cols int) {
	if o.pack != nil {
		o.pack(dst, width, row, col, rows, cols)
		return
	}
	if o.col == 1 && e.packRows != nil && cols > width && (width%e.lanes == 0 || 2*width >= e.lanes) {
		e.packWide(o.matrix, dst, width, row, col, rows, cols)
		return
	}
	for j := 0; j < cols; j += width {
		d := dst[j*rows:]
		n := min(width, cols-j)
		m := matrix[T]{o.at(row, col+j), o.row, o.col}
		switch {
		case m.col == 1 && e.packRows != nil:
			e.packWith(e.packRows, d, width, m, m.row, rows, n)
		case m.row == 1 && e.packCols != nil:
			e.packWith(e.packCols, d, width, m, m.col, rows, n)
		case m.col == 1:
			for l := range rows {
				copy(d[l*width:l*width+n], window[T](m.at(l, 0), n))
			}
		default:
			packStrided(d, m, width, rows, n)
		}
	}
}

// packWide packs many panels of contiguous rows, a few rows at a time: memory
// is read in long pieces. Panels that are not whole vectors wide get their last
// row apart: what the kernel writes beyond a row is the start of the next one.
func (e *engine[T]) packWide(m matrix[T], dst []T, width, row, col, rows, cols int) {
	const few = 16
	end := rows
	if width%e.lanes != 0 {
		end--
	}
	for l := 0; l < end; l += few {
		for j := 0; j < cols; j += width {
			part := matrix[T]{m.at(row+l, col+j), m.row, 1}
			e.packWith(e.packRows, dst[j*rows+l*width:], width, part, m.row, min(few, end-l), min(width, cols-j))
		}
	}
	for j := 0; j < cols && end < rows; j += width {
		copy(dst[j*rows+end*width:], window[T](m.at(row+end, col+j), min(width, cols-j)))
	}
}

// packWith packs one panel. The kernel writes whole vectors, so the last
// columns come first: what it writes beyond them is then overwritten.
func (e *engine[T]) packWith(f simd.Pack[T], d []T, width int, m matrix[T], stride, rows, cols int) {
	size := bytesOf[T]()
	for c := (cols - 1) / e.lanes * e.lanes; c >= 0; c -= e.lanes {
		f(&d[c], width*size, (*T)(m.at(0, c)), stride*size, rows, min(e.lanes, cols-c))
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

// readySize is the length of a k×n operand B that is packed before its products.
func (e *engine[T]) readySize(n, k int) int { return roundUp(n, e.width()) * k }

// readyAt is where element (l, j) of such an operand lies: blocks of rows as
// run cuts them, in each panels of columns, in each the rows one by one.
func (e *engine[T]) readyAt(n, k, l, j int) int {
	w, kb := e.width(), cut(k, e.kc, 1)
	from := l / kb * kb // the block's first row
	nc := j / e.nc * e.nc
	rows, cols := min(kb, k-from), roundUp(min(e.nc, n-nc), w)
	return nc*k + from*cols + (j-nc)/w*w*rows + (l-from)*w + (j-nc)%w
}
