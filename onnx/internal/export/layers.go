package export

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// linear is x·wᵀ + b.
func linear(g *graph, r *record) []*value {
	in := g.ins(r)
	var y *value
	if r.in[0].geo.rank == 2 {
		y = g.add("Gemm", in, attrInt("transB", 1))
	} else {
		y = g.add("MatMul", list(in[0], g.transpose(in[1], 1, 0)))
		if len(in) > 2 {
			y = g.add("Add", list(y, in[2]))
		}
	}
	return list(g.clamped(y, attr[device.Affine](r).ReLU))
}

func (g *graph) clamped(v *value, relu bool) *value {
	if relu {
		return g.add("Relu", list(v))
	}
	return v
}

// window are the attributes of what slides over the last dims of in.
func window(w *device.Window, in, out *geometry) []*proto.Attribute {
	n := in.rank - 2
	at := 3 - n
	begin, end := make([]int, n), make([]int, n)
	for i := range n {
		size, k := in.shape[2+i], at+i
		span := (w.Size[k]-1)*w.Dilation[k] + 1
		begin[i], end[i] = w.Padding[k], w.Padding[k]
		if (size+begin[i]+end[i]-span)/w.Stride[k]+1 != out.shape[2+i] { // it reaches beyond
			end[i] = (out.shape[2+i]-1)*w.Stride[k] + span - size - begin[i]
		}
	}
	return []*proto.Attribute{
		attrInts("kernel_shape", w.Size[at:]), attrInts("strides", w.Stride[at:]),
		attrInts("dilations", w.Dilation[at:]), attrInts("pads", append(begin, end...)),
	}
}

func conv(g *graph, r *record) []*value {
	c := attr[device.Conv](r)
	attr := append(window(&c.Window, &r.in[0].geo, &r.out[0].geo), attrInt("group", c.Groups))
	return list(g.clamped(g.add("Conv", g.ins(r), attr...), c.ReLU))
}

func convTranspose(g *graph, r *record) []*value {
	c := attr[device.Conv](r)
	in, out := &r.in[0].geo, &r.out[0].geo
	n := in.rank - 2
	at := 3 - n
	pads, more := make([]int, 2*n), make([]int, n)
	for i := range n {
		k := at + i
		pads[i], pads[n+i] = c.Padding[k], c.Padding[k]
		more[i] = out.shape[2+i] - ((in.shape[2+i]-1)*c.Stride[k] - 2*c.Padding[k] + (c.Size[k]-1)*c.Dilation[k] + 1)
	}
	return list(g.add("ConvTranspose", g.ins(r), attrInts("kernel_shape", c.Size[at:]), attrInts("strides", c.Stride[at:]),
		attrInts("dilations", c.Dilation[at:]), attrInts("pads", pads), attrInts("output_padding", more), attrInt("group", c.Groups)))
}

func maxPool(g *graph, r *record) []*value {
	p := attr[device.Pool](r)
	if p.Adaptive {
		return list(g.adaptive("ReduceMax", r))
	}
	out := g.addN("MaxPool", 2, g.ins(r), window(&p.Window, &r.in[0].geo, &r.out[0].geo)...)
	// ONNX counts elements of the whole tensor, and facula those of an image.
	image := 1
	for _, n := range r.in[0].geo.dims()[2:] {
		image *= n
	}
	return list(out[0], g.add("Mod", list(out[1], g.index(image))))
}

// maxUnpool puts elements at their places in images of zeros.
func maxUnpool(g *graph, r *record) []*value {
	in, out := &r.in[0].geo, &r.out[0].geo
	n, c := out.shape[0], out.shape[1]
	zeros := g.number(in.dtype, 0)
	zeros.shape = []int{}
	places := g.expand(zeros, []int{n, c, out.len() / (n * c)})
	flat := []int{n, c, in.len() / (n * c)}
	y := g.add("ScatterElements", list(places, g.reshape(g.in(r, 1), flat), g.reshape(g.in(r, 0), flat)), attrInt("axis", 2))
	y.shape = places.shape
	return list(g.reshape(y, out.dims()))
}

func avgPool(g *graph, r *record) []*value {
	p := attr[device.Pool](r)
	if p.Adaptive {
		return list(g.adaptive("ReduceMean", r))
	}
	in, out := &r.in[0].geo, &r.out[0].geo
	attr := window(&p.Window, in, out)
	attr = append(attr[:2], attr[3], attrInt("count_include_pad", b2i(p.IncludePad))) // opset 17 has no dilations
	for i := range in.rank - 2 {
		pads := attr[2].Ints
		if p.IncludePad && pads[i] != pads[in.rank-2+i] {
			return nil // ONNX counts what lies beyond the padding
		}
	}
	y := g.add("AveragePool", g.ins(r), attr...)
	if p.Divisor != 0 {
		if !p.IncludePad {
			return nil
		}
		cells := p.Size[0] * p.Size[1] * p.Size[2]
		y = g.add("Mul", list(y, g.number(in.dtype, float64(cells)/float64(p.Divisor))))
	}
	return list(y)
}

// adaptive pools dim by dim: each window is a slice, which is reduced.
func (g *graph) adaptive(op string, r *record) *value {
	in, out := &r.in[0].geo, &r.out[0].geo
	v := g.in(r, 0)
	for d := 2; d < in.rank; d++ {
		n, m := in.shape[d], out.shape[d]
		var parts []*value
		for i := range m {
			part := v
			if m > 1 {
				part = g.slice(v, d, i*n/m, (i*n+n+m-1)/m, 1)
			}
			parts = append(parts, g.reduced(op, part, []int{d}, true))
		}
		if v = parts[0]; m > 1 {
			v = g.add("Concat", parts, attrInt("axis", d))
		}
	}
	return v
}

// unfold takes the cells of each window, by a convolution with filters that are
// 1 at one cell, of each channel on its own.
func unfold(g *graph, r *record) []*value {
	w, in := attr[device.Window](r), &r.in[0].geo
	seen := *in // as many windows as there are, dim by dim
	for i := range in.rank - 2 {
		seen.shape[2+i] = windows(&w, in, i)
	}
	a := append(window(&w, in, &seen), attrInt("group", in.shape[1]))
	y := g.add("Conv", list(g.in(r, 0), g.constant(cells(&w, in))), a...)
	return list(g.reshape(y, r.out[0].geo.dims()))
}

// fold is unfold's transpose.
func fold(g *graph, r *record) []*value {
	w, out := attr[device.Window](r), &r.out[0].geo
	shape := append([]int(nil), r.in[0].geo.shape[:2]...)
	n := out.rank - 2
	at := 3 - n
	pads, more := make([]int, 2*n), make([]int, n)
	for i := range n {
		k, size := at+i, windows(&w, out, i)
		shape = append(shape, size)
		pads[i], pads[n+i] = w.Padding[k], w.Padding[k]
		more[i] = out.shape[2+i] - ((size-1)*w.Stride[k] - 2*w.Padding[k] + (w.Size[k]-1)*w.Dilation[k] + 1)
	}
	y := g.add("ConvTranspose", list(g.reshape(g.in(r, 0), shape), g.constant(cells(&w, out))), attrInts("strides", w.Stride[at:]),
		attrInts("dilations", w.Dilation[at:]), attrInts("pads", pads), attrInts("output_padding", more), attrInt("group", out.shape[1]))
	return list(y)
}

// windows is how many windows an image has along its dim i.
func windows(w *device.Window, image *geometry, i int) int {
	k := 3 - (image.rank - 2) + i
	return (image.shape[2+i]+2*w.Padding[k]-(w.Size[k]-1)*w.Dilation[k]-1)/w.Stride[k] + 1
}

// cells are the filters of unfold: [channels·cells, 1, …].
func cells(w *device.Window, image *geometry) *tensor.Tensor {
	c, n := image.shape[1], w.Size[0]*w.Size[1]*w.Size[2]
	shape := append([]int{c * n, 1}, w.Size[3-(image.rank-2):]...)
	return tensor.Make{DType: image.dtype}.Eye(n).Repeat(c, 1).Reshape(shape...)
}

func gridSample(g *graph, r *record) []*value {
	a := attr[device.Grid](r)
	if r.in[0].geo.rank != 4 {
		return nil
	}
	return list(g.add("GridSample", g.ins(r),
		attrString("mode", [...]string{"bilinear", "nearest", "bicubic"}[a.Mode]),
		attrString("padding_mode", [...]string{"zeros", "border", "reflection"}[a.Padding]), attrInt("align_corners", b2i(a.Corners))))
}

// normalize is batch normalisation: x, mean, variance, w, b. What was made of
// [batch, channels, …] is seen as that again.
func normalize(g *graph, r *record) []*value {
	n := attr[device.Normalization](r)
	in := g.ins(r)
	if n.Inner || n.RMS || len(in) != 5 {
		return nil
	}
	x := g.source(in[0], 2)
	y := g.add("BatchNormalization", list(x, in[3], in[4], in[1], in[2]), attrFloat("epsilon", n.Eps))
	y.shape = x.shape
	return list(g.reshape(g.clamped2(y, n.ReLU), r.out[0].geo.dims()))
}

// clamped2 is clamped, of a known shape.
func (g *graph) clamped2(v *value, relu bool) *value {
	y := g.clamped(v, relu)
	y.shape = v.shape
	return y
}

// source is what v is a reshape of, if that has the same first n dims.
func (g *graph) source(v *value, n int) *value {
	if v.from == nil || v.from.op != "Reshape" {
		return v
	}
	from := v.from.in[0]
	if len(from.shape) < n || len(v.shape) < n || !equal(from.shape[:n], v.shape[:n]) {
		return v
	}
	return from
}

// rows is what v is a reshape of, if that has the same last dim.
func (g *graph) rows(v *value) *value {
	if v.from == nil || v.from.op != "Reshape" {
		return v
	}
	from := v.from.in[0]
	if n := len(from.shape); n < 2 || from.shape[n-1] != v.shape[len(v.shape)-1] {
		return v
	}
	return from
}

func normalizeTrain(g *graph, r *record) []*value {
	n := attr[device.Normalization](r)
	in := g.ins(r)
	if len(in) != 3 {
		return nil
	}
	y, mean, variance := g.normalized(&r.out[0].geo, r.in[0].geo.dtype, in[0], in[1], in[2], &n)
	return list(y, mean, variance)
}

// normalized normalises x, [batch, channels, inner], by its own statistics.
func (g *graph) normalized(out *geometry, d tensor.DType, x, w, b *value, n *device.Normalization) (y, mean, variance *value) {
	e := &expr{g, g.now}
	if n.Inner && n.RMS {
		from := g.rows(x)
		last := []int{len(from.shape) - 1}
		ms := g.reduced("ReduceMean", e.do("Mul", from, from), last, true)
		y = e.do("Div", from, e.do("Sqrt", e.do("Add", ms, g.number(d, n.Eps))))
		y = g.affine(y, w, b, nil)
		y.shape = from.shape
		return g.reshape(y, out.dims()), nil, nil
	}
	if n.Inner {
		from := g.rows(x)
		y = g.add("LayerNormalization", list(from, w, b), attrInt("axis", -1), attrFloat("epsilon", n.Eps))
		y.shape = from.shape
		return g.reshape(g.clamped2(y, n.ReLU), out.dims()), nil, nil
	}
	if len(out.dims()) != 3 {
		return nil, nil, nil
	}
	sum := []int{0, 2}
	if out.shape[0] == 1 {
		sum = []int{2} // of each row, and so of any number of them
	}
	m := g.reduced("ReduceMean", x, sum, true)
	c := e.do("Sub", x, m)
	v := g.reduced("ReduceMean", e.do("Mul", c, c), sum, true)
	y = e.do("Div", c, e.do("Sqrt", e.do("Add", v, g.number(d, n.Eps))))
	y = g.clamped(g.affine(y, w, b, []int{out.shape[1], 1}), n.ReLU)
	flat := func(v *value) *value {
		v.shape = []int{1, out.shape[1], 1}
		return g.reshape(v, []int{out.shape[1]})
	}
	return y, flat(m), flat(v)
}

// affine is y·w + b, where w and b, unless they say nothing, get a shape first.
func (g *graph) affine(y, w, b *value, shape []int) *value {
	fit := func(v *value) *value {
		if shape == nil {
			return v
		}
		return g.reshape(v, shape)
	}
	if w != nil && !always(w, 1) {
		y = g.add("Mul", list(y, fit(w)))
	}
	if b != nil && !always(b, 0) {
		y = g.add("Add", list(y, fit(b)))
	}
	return y
}

// addNormalize is t + u, and that normalised.
func addNormalize(g *graph, r *record) []*value {
	n := attr[device.Normalization](r)
	in := g.ins(r)
	if len(in) != 4 || !n.Inner {
		return nil
	}
	a, b := in[0], in[1]
	if fa, fb := g.rows(a), g.rows(b); equal(fa.shape, fb.shape) {
		a, b = fa, fb
	}
	sum := g.add("Add", list(a, b))
	sum.shape = a.shape
	flat := g.reshape(sum, r.out[0].geo.dims())
	y, mean, variance := g.normalized(&r.out[3].geo, r.in[0].geo.dtype, flat, in[2], in[3], &n)
	return list(flat, mean, variance, y)
}

// loss sums f of the difference.
func loss(f func(x *expr, d *value) *value) emitter {
	return func(g *graph, r *record) []*value {
		x := &expr{g, r}
		y := f(x, x.do("Sub", g.in(r, 0), g.in(r, 1)))
		return list(x.do("Mul", g.add("ReduceSum", list(y), attrInt("keepdims", 0)), x.n(attr[device.MSE](r).Scale)))
	}
}

// huber is d²/2, or beyond delta the tangent.
func huber(g *graph, r *record) []*value {
	x, h := &expr{g, r}, attr[device.HuberLoss](r)
	d := x.do("Abs", x.do("Sub", g.in(r, 0), g.in(r, 1)))
	near := x.do("Mul", x.do("Mul", d, d), x.n(0.5))
	far := x.do("Mul", x.do("Sub", d, x.n(h.Delta/2)), x.n(h.Delta))
	y := x.do("Where", x.do("LessOrEqual", d, x.n(h.Delta)), near, far)
	return list(x.do("Mul", g.add("ReduceSum", list(y), attrInt("keepdims", 0)), x.n(h.Scale)))
}

func crossEntropy(g *graph, r *record) []*value {
	c := attr[device.ClassLoss](r)
	if c.Dim != 1 || r.in[0].geo.rank < 2 {
		return nil
	}
	how := "sum"
	if c.Mean {
		how = "mean"
	} else if c.Each {
		how = "none"
	}
	return list(g.add("SoftmaxCrossEntropyLoss", g.ins(r), attrString("reduction", how), attrInt("ignore_index", c.Ignore)), nil)
}
