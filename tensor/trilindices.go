package tensor

import "fmt"

// TrilIndices returns the coordinates of the lower triangle of a rows×cols
// matrix, up to the given diagonal, in row-major order: one row of row numbers,
// and one of column numbers. See Tril.
//
//	shape:  [2, count]
//	dtype:  int64 without a DType
//	panics: *Error for a size < 0, or a dtype that is not int32 or int64
//	source: torch.tril_indices
func (m Make) TrilIndices(rows, cols, diagonal int) *Tensor {
	return m.triangle("tril_indices", rows, cols, func(i int) (lo, hi int) { return 0, i + within(diagonal) + 1 })
}

// TriuIndices returns the coordinates of the upper triangle, from the given
// diagonal on; see TrilIndices.
//
//	source: torch.triu_indices
func (m Make) TriuIndices(rows, cols, diagonal int) *Tensor {
	return m.triangle("triu_indices", rows, cols, func(i int) (lo, hi int) { return i + within(diagonal), cols })
}

// TrilIndices is Make{}.TrilIndices.
func TrilIndices(rows, cols, diagonal int) *Tensor { return Make{}.TrilIndices(rows, cols, diagonal) }

// TriuIndices is Make{}.TriuIndices.
func TriuIndices(rows, cols, diagonal int) *Tensor { return Make{}.TriuIndices(rows, cols, diagonal) }

// triangle are the coordinates of the elements of each row from lo to hi-1, as
// far as there are such.
func (m Make) triangle(op string, rows, cols int, in func(i int) (lo, hi int)) *Tensor {
	d := m.dtype(Int64)
	switch {
	case rows < 0 || cols < 0:
		misuse(op, fmt.Errorf("%d rows and %d columns; want 0 or more", rows, cols))
	case d != Int64 && d != Int32:
		misuse(op, fmt.Errorf("dtype %v; want int32 or int64", d))
	}
	part := func(i int) (lo, hi int) {
		lo, hi = in(i)
		return max(lo, 0), min(hi, cols)
	}
	count := 0
	for i := range rows {
		lo, hi := part(i)
		count += max(hi-lo, 0)
	}
	t := Make{DType: Int64}.Empty(2, count)
	r, c := memory[int64](t, 2*count)[:count], memory[int64](t, 2*count)[count:]
	k := 0
	for i := range rows {
		lo, hi := part(i)
		for j := lo; j < hi; j++ {
			r[k], c[k] = int64(i), int64(j)
			k++
		}
	}
	return t.To(m.device()).Cast(d)
}

func triangleIndicesEntry(name, goName, at string, f func(m Make, rows, cols, diagonal int) *Tensor, in func(above int) bool) Entry {
	return Entry{
		Name: name, Sig: name + "(row, col, offset=0, *, dtype=None, device=None, layout=None, pin_memory=False)", At: at, Go: []string{goName},
		Call: func(a *Args) []*Tensor { return one(f(a.maker(), a.Int("row"), a.Int("col"), a.Int("offset"))) },
		Ref: func(a *Args) []Array {
			all := NewArray(a.Int("row"), a.Int("col"))
			var v [2][]float64
			for p := range all.V {
				if i := all.Index(p); in(i[1] - i[0] - a.Int("offset")) {
					v[0], v[1] = append(v[0], float64(i[0])), append(v[1], float64(i[1]))
				}
			}
			return []Array{{[]int{2, len(v[0])}, append(v[0], v[1]...)}}
		},
		Samples: []Sample{untyped(Int64, 3, 3), untyped(Int64, 2, 4, 1), untyped(Int64, 4, 2, -1), untyped(Int64, 0, 3), untyped(Int64, 2, 2, -9), untyped(Int64, 2, 2, 9), typed(Int32, 3, 2)},
		Bad: []Bad{
			{Args: []any{-1, 2}, Want: "tensor: " + name + ": -1 rows and 2 columns; want 0 or more"},
			{Args: []any{2, 2}, Kw: map[string]any{"dtype": Float32}, Want: "tensor: " + name + ": dtype float32; want int32 or int64"},
		},
		Why: whySource(),
	}
}

func trilIndicesEntry() Entry {
	return triangleIndicesEntry("tril_indices", "TrilIndices", Here(), Make.TrilIndices, func(above int) bool { return above <= 0 })
}

func triuIndicesEntry() Entry {
	return triangleIndicesEntry("triu_indices", "TriuIndices", Here(), Make.TriuIndices, func(above int) bool { return above >= 0 })
}
