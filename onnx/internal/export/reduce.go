package export

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// axes are the dims of a reduction, and whether they stay as size 1.
func axes(r *record) (dims []int, keep bool) {
	in := &r.in[0].geo
	set := attr[device.Reduce](r).Dims
	for d := range in.rank {
		if set.Has(d) {
			dims = append(dims, d)
		}
	}
	return dims, r.out[0].geo.rank == in.rank
}

// reduced is op over dims of v. Of opset 17 only ReduceSum takes them as an input.
func (g *graph) reduced(op string, v *value, dims []int, keep bool) *value {
	switch {
	case len(dims) == 0:
		return v // ONNX would take all dims
	case op == "ReduceSum":
		return g.add(op, list(v, g.ints(dims...)), attrInt("keepdims", b2i(keep)))
	}
	return g.add(op, list(v), attrInts("axes", dims), attrInt("keepdims", b2i(keep)))
}

func reduce(op string) emitter {
	return func(g *graph, r *record) []*value {
		dims, keep := axes(r)
		return list(g.reduced(op, g.wide(r), dims, keep))
	}
}

// wide is the input in the dtype of the result: sums of bools are int64.
func (g *graph) wide(r *record) *value {
	v, d := g.in(r, 0), r.out[0].geo.dtype
	if d == r.in[0].geo.dtype {
		return v
	}
	v = g.cast(v, d)
	v.shape = r.in[0].geo.dims()
	return v
}

// truth reduces what is true to what is: ONNX compares no bools, so they are integers on the way.
func truth(op string) emitter {
	return func(g *graph, r *record) []*value {
		dims, keep := axes(r)
		v := g.cast(g.cast(g.in(r, 0), tensor.Bool), tensor.Int32)
		return list(g.cast(g.reduced(op, v, dims, keep), tensor.Bool))
	}
}

// spread is a variance or standard deviation.
func spread(root bool) emitter {
	return func(g *graph, r *record) []*value {
		dims, keep := axes(r)
		v, n := g.in(r, 0), 1
		for _, d := range dims {
			n *= r.in[0].geo.shape[d]
		}
		x := &expr{g, r}
		d := x.do("Sub", v, g.reduced("ReduceMean", v, dims, true))
		y := g.reduced("ReduceMean", x.do("Mul", d, d), dims, keep)
		if c := attr[device.Reduce](r).Correction; c != 0 {
			y = x.do("Mul", y, x.n(float64(n)/(float64(n)-c)))
		}
		if root {
			y = x.do("Sqrt", y)
		}
		return list(y)
	}
}

// kept reports whether the dim that an op works along is still there; a scalar's
// was none.
func kept(r *record) *proto.Attribute {
	return attrInt("keepdims", b2i(r.in[0].geo.rank > 0 && r.out[0].geo.rank == r.in[0].geo.rank))
}

func arg(op string) emitter {
	return func(g *graph, r *record) []*value {
		return list(g.add(op, list(g.line(r)), attrInt("axis", attr[device.Dim](r).Dim), kept(r)))
	}
}

// line is the input, a scalar as a line of one: ONNX's scalars have no dim 0.
func (g *graph) line(r *record) *value {
	if r.in[0].geo.rank == 0 {
		return g.reshape(g.in(r, 0), []int{1})
	}
	return g.in(r, 0)
}

// unlined is v, made of a line, as op's result.
func (g *graph) unlined(r *record, v *value) *value {
	if r.in[0].geo.rank > 0 {
		return v
	}
	v.shape = []int{1}
	return g.reshape(v, r.out[0].geo.dims())
}

func pick(values, indices string) emitter {
	return func(g *graph, r *record) []*value {
		v, d := g.line(r), attr[device.Dim](r).Dim
		return list(
			g.add(values, list(v), attrInts("axes", []int{d}), kept(r)),
			g.add(indices, list(v), attrInt("axis", d), kept(r)))
	}
}

func along(op string) emitter {
	return func(g *graph, r *record) []*value {
		return list(g.unlined(r, g.add(op, list(g.line(r)), attrInt("axis", attr[device.Dim](r).Dim))))
	}
}

func cumSum(g *graph, r *record) []*value {
	s := attr[device.Scan](r)
	v := g.line(r)
	if d := r.out[0].geo.dtype; d != r.in[0].geo.dtype {
		v = g.cast(v, d)
	}
	return list(g.unlined(r, g.add("CumSum", list(v, g.index(s.Dim)), attrInt("reverse", b2i(s.Reverse)))))
}

// index is one integer.
func (g *graph) index(i int) *value { return g.constant(tensor.Scalar(i)) }

func sorted(g *graph, r *record) []*value {
	o := attr[device.Order](r)
	if r.in[0].geo.rank == 0 || o.From != 0 || o.Ties == device.AsMedian || o.Ties == device.AsNaNMedian || r.out[0].geo.shape[o.Dim] != o.K {
		return nil
	}
	return g.addN("TopK", 2, list(g.in(r, 0), g.sizes(o.K)), attrInt("axis", o.Dim), attrInt("largest", b2i(o.Descending)))
}

func indexed(op string, more ...*proto.Attribute) emitter {
	return func(g *graph, r *record) []*value {
		return list(g.add(op, g.ins(r), append(more[:len(more):len(more)], attrInt("axis", attr[device.Index](r).Dim))...))
	}
}

// resolve leaves indices as they are: ONNX counts those below 0 from the end too.
// The one that is ignored becomes 0.
func resolve(g *graph, r *record) []*value {
	v, at := g.in(r, 0), attr[device.IndexRange](r)
	if !at.HasIgnore {
		return list(v)
	}
	x := &expr{g, r}
	ignore := g.constant(tensor.Scalar(at.Ignore).Cast(r.in[0].geo.dtype))
	return list(x.do("Where", x.do("Equal", v, ignore), x.n(0), v))
}

func triangle(g *graph, r *record) []*value {
	d := attr[device.Diagonal](r)
	return list(g.add("Trilu", list(g.in(r, 0), g.index(d.Offset)), attrInt("upper", b2i(d.Upper))))
}

func padEdge(g *graph, r *record) []*value {
	v := g.in(r, 0)
	for d, at := range r.Attr.([][]int) {
		if at != nil {
			v = g.add("Gather", list(v, g.ints(at...)), attrInt("axis", d))
		}
	}
	return list(v)
}

// resample takes elements of a dim, or multiplies it by the matrix of the weights.
func resample(g *graph, r *record) []*value {
	taps := attr[device.Taps](r)
	v, rank, n := g.in(r, 0), r.in[0].geo.rank, len(taps.Start)-1
	from := r.in[0].geo.shape[taps.Dim]
	whole := len(taps.At) == n
	w := make([]float64, n*from)
	for i := range n {
		for k := taps.Start[i]; k < taps.Start[i+1]; k++ {
			w[i*from+taps.At[k]] += taps.Weight[k]
			whole = whole && taps.Weight[k] == 1 && taps.Start[i+1] == taps.Start[i]+1
		}
	}
	if whole {
		return list(g.add("Gather", list(v, g.ints(taps.At...)), attrInt("axis", taps.Dim)))
	}
	m := tensor.Of(w, n, from).Cast(r.in[0].geo.dtype)
	if taps.Dim == rank-2 {
		return list(g.add("MatMul", list(g.constant(m), v)))
	}
	mt := g.constant(m.T().Contiguous())
	if taps.Dim == rank-1 {
		return list(g.add("MatMul", list(v, mt)))
	}
	perm := make([]int, rank)
	for i := range perm {
		perm[i] = i
	}
	perm[taps.Dim], perm[rank-1] = rank-1, taps.Dim
	return list(g.transpose(g.add("MatMul", list(g.transpose(v, perm...), mt)), perm...))
}

// bag joins rows of a table, of bags that are equally long.
func bag(g *graph, r *record) []*value {
	b := attr[device.Bag](r)
	starts := r.in[2].fixed
	if starts == nil || b.Padding >= 0 || starts.Len() < 2 {
		return nil
	}
	at := tensor.Slice[int64](starts)
	n := int(at[1] - at[0])
	for i := range at {
		if at[i] != int64(i*n) {
			return nil
		}
	}
	if n == 0 || at[len(at)-1] != int64(r.in[1].geo.len()) {
		return nil
	}
	idx := g.reshape(g.in(r, 1), []int{len(at) - 1, n})
	rows := g.add("Gather", list(g.in(r, 0), idx), attrInt("axis", 0))
	if len(r.in) > 3 {
		w := g.reshape(g.in(r, 3), []int{len(at) - 1, n, 1})
		rows = g.add("Mul", list(rows, w))
	}
	if b.Mean {
		return list(g.reduced("ReduceMean", rows, []int{1}, false))
	}
	return list(g.reduced("ReduceSum", rows, []int{1}, false))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
