package tensor

import (
	"errors"
	"slices"

	"github.com/facula-ml/facula/device"
)

// Unique returns t's different elements in ascending order, for each element of
// t its place among them, and how often each comes. A NaN differs from all,
// other NaNs too, and is last. It waits for t, whose values decide the shape.
//
//	shape:  any → [count], t's, [count]
//	dtype:  values as t, the others int64
//	source: torch.unique
func (t *Tensor) Unique() (values, inverse, counts *Tensor) {
	if values, inverse, counts = t.known("unique").uniqueByCount(); values != nil {
		return values, inverse, counts
	}
	sorted, order := t.Detach().Reshape(-1).Sort(0)
	values, group, counts := sorted.runs()
	inverse = ZerosLike(group).Scatter(0, order, group)
	return values, inverse.Reshape(t.shape()...), counts
}

// uniqueByCount is Unique for integers that lie close together: it counts each.
// It returns nil for others.
func (t *Tensor) uniqueByCount() (values, inverse, counts *Tensor) {
	if !t.DType().IsInt() || t.DType() == Bool || t.Len() == 0 {
		return nil, nil, nil
	}
	x := t.Detach().Reshape(-1)
	lo, hi := x.Min().Int(), x.Max().Int()
	span := uint64(hi) - uint64(lo)
	if span >= uint64(t.Len()) {
		return nil, nil, nil
	}
	x = x.Cast(Int64)
	if lo != 0 {
		x = x.SubScalar(lo)
	}
	m := like(x)
	all := m.Zeros(int(span)+1).ScatterAdd(0, x, m.Ones().Expand(x.Len()))
	there := all.GtScalar(0)
	at := there.Nonzero().Reshape(-1)
	place := there.Cast(Int64).CumSum(0).SubScalar(1)
	values = at.AddScalar(lo).Cast(t.DType())
	return values, place.Gather(0, x).Reshape(t.shape()...), all.IndexSelect(0, at)
}

// UniqueConsecutive is [Tensor.Unique] of t as it is: of each run of equal
// elements, in row-major order, the first.
//
//	source: torch.unique_consecutive
func (t *Tensor) UniqueConsecutive() (values, inverse, counts *Tensor) {
	values, group, counts := t.known("unique_consecutive").Detach().Reshape(-1).runs()
	return values, group.Reshape(t.shape()...), counts
}

// runs is the first elements of the runs of a vector, for each element the
// number of its run, and the lengths.
func (t *Tensor) runs() (values, group, counts *Tensor) {
	n := t.Len()
	if n == 0 {
		none := Make{DType: Int64, Device: t.b.dev}.Zeros(0)
		return t, none, none
	}
	return t.runsAt(t.Narrow(0, 1, n-1).Ne(t.Narrow(0, 0, n-1)))
}

// runsAt is runs of slices along dim 0, where differs says which are other than
// the one before.
func (t *Tensor) runsAt(differs *Tensor) (values, group, counts *Tensor) {
	n := t.shape()[0]
	out := ApplyMulti(runsOp{}, differs.Contiguous())
	group = out[0]
	starts := out[1].Narrow(0, 0, group.Select(0, n-1).Int()+1)
	counts = starts.Diff(1, 0, Append(like(starts).Full(n, 1)))
	values = t.IndexSelect(0, starts)
	out[1].Free()
	return values, group, counts
}

// runsOp is the runs of n elements, from which of them but the first begin one.
type runsOp struct{ NotDifferentiable }

func (runsOp) Name() string          { return "runs" }
func (runsOp) Kernel() device.Kernel { return device.Runs }
func (runsOp) Infer(in []*Tensor) ([]device.Spec, error) {
	s := device.Spec{DType: Int64, Rank: 1}
	s.Dim[0] = in[0].Len() + 1
	return []device.Spec{s, s}, nil
}

// UniqueDim is [Tensor.Unique] of the slices along dim. Their order is that of
// the first elements in which they differ, row by row after dim and the first
// dim changed places.
//
//	shape:  t's with count slices, [slices], [count]
//	panics: *Error if dim is out of range, or another dim is empty
//	source: torch.unique with a dim
func (t *Tensor) UniqueDim(dim int) (values, inverse, counts *Tensor) {
	rows, d := t.slicesOf("unique", dim)
	n := rows.shape()[0]
	if n == 0 {
		return t.noSlices()
	}
	var order []int64
	var differs []bool
	if t.DType().IsFloat() {
		order, differs = sortedRows(Slice[float64](rows), n)
	} else {
		order, differs = sortedRows(Slice[int64](rows), n)
	}
	at := fromHost(t.b.dev, order, n)
	values, group, counts := rows.IndexSelect(0, at).runsAt(fromHost(t.b.dev, differs, n-1))
	return values.Transpose(0, d), ZerosLike(group).Scatter(0, at, group), counts
}

// sortedRows is the numbers of n rows in the order of their elements, and which
// but the first are other than the one before.
func sortedRows[T float64 | int64](v []T, n int) (order []int64, differs []bool) {
	width := len(v) / n
	row := func(i int64) []T { return v[int(i)*width:][:width] }
	order = make([]int64, n)
	for i := range order {
		order[i] = int64(i)
	}
	slices.SortStableFunc(order, func(a, b int64) int {
		x, y := row(a), row(b)
		for i, u := range x {
			if w := y[i]; u != w { // NaN is the largest
				if u < w || u == u && w != w {
					return -1
				} else if u > w || w == w {
					return 1
				}
			}
		}
		return 0
	})
	differs = make([]bool, n-1)
	for i := range differs {
		differs[i] = !slices.Equal(row(order[i]), row(order[i+1]))
	}
	return order, differs
}

// UniqueConsecutiveDim is [Tensor.UniqueConsecutive] of the slices along dim.
//
//	panics: *Error if dim is out of range, or another dim is empty
//	source: torch.unique_consecutive with a dim
func (t *Tensor) UniqueConsecutiveDim(dim int) (values, inverse, counts *Tensor) {
	rows, d := t.slicesOf("unique_consecutive", dim)
	n := rows.shape()[0]
	if n == 0 {
		return t.noSlices()
	}
	flat := rows.Reshape(n, -1)
	differs := flat.Narrow(0, 1, n-1).Ne(flat.Narrow(0, 0, n-1)).Any(Dims(1))
	values, group, counts := rows.runsAt(differs)
	return values.Transpose(0, d), group, counts
}

// slicesOf has the slices of t along dim as rows.
func (t *Tensor) slicesOf(op string, dim int) (rows *Tensor, d int) {
	d = t.dim(op, dim)
	t.sizeToCut(op, dim)
	empty := 0
	for _, n := range t.shape() {
		empty += b2i(n == 0)
	}
	if empty > b2i(t.shape()[d] == 0) {
		misuse(op, errors.New("another dim is empty; want slices with elements"), t)
	}
	return t.Detach().Transpose(0, d).Contiguous(), d
}

func (t *Tensor) noSlices() (values, inverse, counts *Tensor) {
	none := Make{DType: Int64, Device: t.b.dev}.Zeros(0)
	return t.Detach().Clone(), none, none
}

// asked is the results of a call that PyTorch's flags ask for.
func (a *Args) asked(values, inverse, counts *Tensor) []*Tensor {
	out := one(values)
	for i, extra := range []*Tensor{inverse, counts} {
		if a.Bool([...]string{"return_inverse", "return_counts"}[i]) {
			out = append(out, extra)
		} else if values.Len() > 0 { // else the two are one
			extra.Free()
		}
	}
	return out
}

// refRows is the elements of x one by one, or its slices along d as rows.
func refRows(x Array, n, width, d int) [][]float64 {
	rows := make([][]float64, n)
	if d < 0 {
		for i, v := range x.V {
			rows[i] = []float64{v}
		}
	} else { // dim and the first change places
		shape := append([]int{}, x.Shape...)
		shape[0], shape[d] = shape[d], shape[0]
		y := NewArray(shape...)
		for i := range y.V {
			at := y.Index(i)
			at[0], at[d] = at[d], at[0]
			rows[i/width] = append(rows[i/width], x.V[refPos(x, at)])
		}
	}
	return rows
}

// refUnique is the reference on rows of width elements: values, inverse, counts.
func refUnique(a *Args, sorted bool) []Array {
	x := a.Array("input")
	n, width, d := len(x.V), 1, -1
	if a.Has("dim") {
		d = (a.Int("dim") + len(x.Shape)) % len(x.Shape)
		n = x.Shape[d]
		width = len(x.V) / max(n, 1)
	}
	rows := refRows(x, n, width, d)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if sorted {
		slices.SortStableFunc(order, func(a, b int) int { return slices.Compare(rows[a], rows[b]) })
	}
	inverse, counts := NewArray(n), Array{Shape: []int{0}}
	var kept [][]float64
	for i, k := range order {
		if i == 0 || !slices.Equal(rows[k], rows[order[i-1]]) {
			kept, counts.V = append(kept, rows[k]), append(counts.V, 0)
		}
		counts.V[len(kept)-1]++
		inverse.V[k] = float64(len(kept) - 1)
	}
	counts.Shape[0] = len(kept)
	values := NewArray(len(kept))
	if d < 0 {
		inverse.Shape = x.Shape
		for i, r := range kept {
			values.V[i] = r[0]
		}
		return []Array{values, inverse, counts}
	}
	shape := append([]int{}, x.Shape...)
	shape[d] = len(kept)
	values = NewArray(shape...)
	for i := range values.V {
		at := values.Index(i)
		at[0], at[d] = at[d], at[0]
		k := 0
		for e := range at[1:] { // row-major in the other dims, of which d has the first's size
			size := x.Shape[e+1]
			if e+1 == d {
				size = x.Shape[0]
			}
			k = k*size + at[e+1]
		}
		values.V[i] = kept[at[0]][k]
	}
	return []Array{values, inverse, counts}
}

// constants is samples of an op without a gradient.
func constants(samples []Sample) []Sample {
	for i := range samples {
		samples[i].NoGrad = true
	}
	return samples
}

func uniqueEntryOf(name, sig string, all func(*Tensor) (v, i, c *Tensor), along func(*Tensor, int) (v, i, c *Tensor), sorted bool) Entry {
	kw := func(dim any) map[string]any {
		return map[string]any{"dim": dim, "return_inverse": true, "return_counts": true}
	}
	return Entry{
		Name: name, Sig: sig,
		Call: func(a *Args) []*Tensor {
			if a.Has("dim") {
				return a.asked(along(a.Tensor("input"), a.Int("dim")))
			}
			return a.asked(all(a.Tensor("input")))
		},
		Ref: func(a *Args) []Array {
			r := refUnique(a, sorted)
			out := r[:1:1]
			if a.Bool("return_inverse") {
				out = append(out, r[1])
			}
			if a.Bool("return_counts") {
				out = append(out, r[2])
			}
			return out
		},
		Out: func(d DType, i int) DType {
			if i > 0 {
				return Int64
			}
			return d
		},
		DTypes: AllDTypes,
		Samples: constants([]Sample{
			{Args: []any{In()}, Kw: kw(nil)}, {Args: []any{In(1)}}, {Args: []any{In(7)}, Kw: kw(nil)}, {Args: []any{In(3, 4)}, Kw: kw(nil)}, {Args: []any{In(0)}, Kw: kw(nil)},
			{Args: []any{In(6, 2).With(2, 0, 1, 1, 1, 1, 2, 0, 0, 1, 1, 1)}, Kw: kw(0)}, {Args: []any{In(2, 5).With(1, 1, 0, 0, 1, 2, 2, 2, 2, 2)}, Kw: kw(-1)},
			{Args: []any{In(3, 2, 2)}, Kw: kw(0)}, {Args: []any{In(2, 3, 2).With(1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1)}, Kw: kw(1)}, {Args: []any{In(2, 2, 3)}, Kw: kw(2)},
			{Args: []any{In(0, 2)}, Kw: kw(0)}, {Args: []any{In(200)}, Kw: kw(nil)},
		}),
		Bad: []Bad{
			{Args: []any{In(2, 3)}, Kw: kw(2), Want: "tensor: " + name + " [2 3]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(2, 0)}, Kw: kw(0), Want: "tensor: " + name + " [2 0]: another dim is empty; want slices with elements"},
		},
		Why: map[string]string{"special": "how many NaNs there are"},
	}
}

func uniqueEntry() Entry {
	e := uniqueEntryOf("unique", "unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None)", (*Tensor).Unique, (*Tensor).UniqueDim, true)
	e.At, e.Go, e.Ops = Here(), []string{"Unique", "UniqueDim"}, []any{orderOp{}, scatterOp{}}
	return e
}

func uniqueConsecutiveEntry() Entry {
	e := uniqueEntryOf("unique_consecutive", "unique_consecutive(input, return_inverse=False, return_counts=False, dim=None)",
		(*Tensor).UniqueConsecutive, (*Tensor).UniqueConsecutiveDim, false)
	e.At, e.Go, e.Ops = Here(), []string{"UniqueConsecutive", "UniqueConsecutiveDim"}, []any{cumsumOp{}}
	return e
}
