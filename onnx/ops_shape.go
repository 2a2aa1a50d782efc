package onnx

import (
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// shapeOps move elements and leave them as they are.
func shapeOps() map[string]opFunc {
	return map[string]opFunc{
		"Identity":  func(c *call) []*Value { return []*Value{c.value(0)} },
		"Reshape":   same(opReshape),
		"Flatten":   same(func(c *call) *tensor.Tensor { return flatten(c.x(0), c.flattenAxis()) }),
		"Transpose": same(opTranspose),
		"Squeeze": same(func(c *call) *tensor.Tensor {
			x := c.x(0)
			if axes := c.axes(1, x.Dim()); axes != nil {
				return c.squeezed(x, axes)
			}
			return x.Squeeze()
		}),
		"Unsqueeze":     same(opUnsqueeze),
		"Concat":        same(opConcat),
		"Split":         opSplit,
		"Slice":         same(opSlice),
		"Expand":        same(opExpand),
		"Tile":          same(func(c *call) *tensor.Tensor { return c.x(0).Tile(c.ints(1)...) }),
		"Pad":           same(opPad),
		"CenterCropPad": same(opCenterCropPad),
		"DepthToSpace":  same(opDepthToSpace),
		"SpaceToDepth":  same(opSpaceToDepth),
	}
}

func opReshape(c *call) *tensor.Tensor {
	x := c.x(0)
	shape := c.intsAttr("shape")
	if c.version >= 5 {
		shape = c.ints(1)
	}
	if !c.flag("allowzero", false) {
		for i, n := range shape {
			if n == 0 {
				if i >= x.Dim() {
					c.failf("dim %d of the new shape %v is that of a tensor of %d dims", i, shape, x.Dim())
				}
				shape[i] = x.Size(i)
			}
		}
	}
	return x.Reshape(shape...)
}

// flattenAxis may be the rank.
func (c *call) flattenAxis() int {
	rank := c.x(0).Dim()
	axis := c.intAttr("axis", 1)
	if axis == rank {
		return rank
	}
	return c.dim(axis, rank)
}

func opTranspose(c *call) *tensor.Tensor {
	x := c.x(0)
	perm := c.intsAttr("perm")
	if perm == nil {
		for i := range x.Dim() {
			perm = append(perm, x.Dim()-1-i)
		}
	}
	return x.Permute(perm...)
}

func (c *call) squeezed(x *tensor.Tensor, axes []int) *tensor.Tensor {
	for _, a := range axes {
		if x.Size(a) != 1 {
			c.failf("axis %d of %v is not 1", a, x.Shape())
		}
	}
	if len(axes) == 0 {
		return x
	}
	return x.Squeeze(axes...)
}

func opUnsqueeze(c *call) *tensor.Tensor {
	x := c.x(0)
	axes := c.intsAttr("axes")
	if c.version >= 13 {
		axes = c.ints(1)
	}
	rank := x.Dim() + len(axes)
	for i := range axes {
		axes[i] = c.dim(axes[i], rank)
	}
	slices.Sort(axes)
	for _, a := range axes {
		x = x.Unsqueeze(a)
	}
	return x
}

func opConcat(c *call) *tensor.Tensor {
	in := make([]*tensor.Tensor, len(c.in))
	for i := range in {
		in[i] = c.x(i)
	}
	return tensor.Cat(c.axis(1, c.x(0).Dim()), in...)
}

func opSplit(c *call) []*Value {
	x := c.x(0)
	dim := c.axis(0, x.Dim())
	sizes := c.intsAttr("split")
	if c.has(1) {
		sizes = c.ints(1)
	}
	if sizes == nil {
		n := c.intAttr("num_outputs", len(c.out))
		if n < 1 || n > 1<<20 {
			c.failf("a split into %d parts", n)
		}
		each := (x.Size(dim) + n - 1) / n
		for left := x.Size(dim); len(sizes) < n; left -= sizes[len(sizes)-1] {
			sizes = append(sizes, min(each, left))
		}
	}
	return c.split(x, sizes, dim, c.elem(0))
}

func (c *call) split(x *tensor.Tensor, sizes []int, dim int, e ElemType) []*Value {
	var out []*Value
	for _, t := range x.SplitWithSizes(sizes, dim) {
		out = append(out, typed(t, e))
	}
	return out
}

func opSlice(c *call) *tensor.Tensor {
	x := c.x(0)
	starts, ends, axes := c.intsAttr("starts"), c.intsAttr("ends"), c.intsAttr("axes")
	steps := repeat(1, len(starts))
	if c.version >= 10 {
		starts, ends = c.ints(1), c.ints(2)
		steps = repeat(1, len(starts))
		if c.has(3) {
			axes = c.ints(3)
		}
		if c.has(4) {
			steps = c.ints(4)
		}
	}
	if len(ends) != len(starts) || len(steps) != len(starts) || axes != nil && len(axes) != len(starts) {
		c.failf("%d starts, %d ends, %d axes and %d steps", len(starts), len(ends), len(axes), len(steps))
	}
	for i, start := range starts {
		a := i
		if axes != nil {
			a = axes[i]
		}
		x = c.sliced(x, c.dim(a, x.Dim()), start, ends[i], steps[i])
	}
	return x
}

// sliced is Python's x[start:end:step] along dim, backwards too.
func (c *call) sliced(x *tensor.Tensor, dim, start, end, step int) *tensor.Tensor {
	n := x.Size(dim)
	clip := func(i, lo, hi int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, lo), hi)
	}
	switch {
	case step > 0:
		start, end = clip(start, 0, n), clip(end, 0, n)
		return x.Slice(dim, start, max(start, end), min(step, max(n, 1)))
	case step < 0 && n > 0:
		start, end = clip(start, 0, n-1), clip(end, -1, n-1)
		step = min(-max(step, -n), n)
		return x.Flip(dim).Slice(dim, n-1-start, max(n-1-end, n-1-start), step)
	case step == 0:
		c.failf("a step of 0")
	}
	return x
}

func opExpand(c *call) *tensor.Tensor {
	x := c.x(0)
	return x.Expand(tensor.BroadcastShapes(x.Shape(), c.ints(1))...)
}

func opPad(c *call) *tensor.Tensor {
	x := c.x(0)
	pads := c.intsAttr("pads")
	if c.version == 1 {
		pads = c.intsAttr("paddings")
	}
	var value any = c.floatAttr("value", 0)
	if c.version >= 11 {
		pads, value = c.ints(1), 0.0
		if c.has(2) && x.DType().IsFloat() {
			value = c.number(2, 0)
		} else if c.has(2) {
			value = c.integer(2, 0)
		}
	}
	var axes []int
	if c.has(3) {
		axes = c.axes(3, x.Dim())
	} else {
		for i := range x.Dim() {
			axes = append(axes, i)
		}
	}
	if len(pads) != 2*len(axes) {
		c.failf("%d numbers of padding for %d axes", len(pads), len(axes))
	}
	pairs := repeat(0, 2*x.Dim())
	for i, a := range axes {
		at := 2 * (x.Dim() - 1 - a)
		pairs[at], pairs[at+1] = pads[i], pads[i+len(axes)]
	}
	switch c.choice("mode", "constant", "reflect", "edge", "wrap") {
	case "reflect":
		return x.Pad(pairs, tensor.PadReflect)
	case "edge":
		return x.Pad(pairs, tensor.PadReplicate)
	case "wrap":
		return x.Pad(pairs, tensor.PadCircular)
	}
	if !x.DType().IsFloat() {
		if f, ok := value.(float64); ok {
			value = int(math.Trunc(f))
		}
	}
	return x.Pad(pairs, tensor.PadValue(value))
}

// opCenterCropPad cuts the middle out, or pads around it.
func opCenterCropPad(c *call) *tensor.Tensor {
	x, size := c.x(0), c.ints(1)
	axes := c.axes(2, x.Dim())
	if axes == nil {
		for i := range x.Dim() {
			axes = append(axes, i)
		}
	}
	pairs := repeat(0, 2*x.Dim())
	for i, a := range axes {
		d := size[i] - x.Size(a)
		before := d / 2
		if d < 0 {
			before = -(-d / 2)
		}
		at := 2 * (x.Dim() - 1 - a)
		pairs[at], pairs[at+1] = before, d-before
	}
	return x.Pad(pairs)
}

// block is the attribute blocksize of an image.
func (c *call) block() (x *tensor.Tensor, n, ch, h, w, b int) {
	x, b = c.x(0), c.intAttr("blocksize", 0)
	if x.Dim() != 4 || b < 1 {
		c.failf("input 0 is a %v and blocksize %d; want four dims, and at least 1", c.in[0], b)
	}
	return x, x.Size(0), x.Size(1), x.Size(2), x.Size(3), b
}

func opDepthToSpace(c *call) *tensor.Tensor {
	x, n, ch, h, w, b := c.block()
	if c.choice("mode", "DCR", "CRD") == "CRD" {
		return x.Reshape(n, ch/(b*b), b, b, h, w).Permute(0, 1, 4, 2, 5, 3).Reshape(n, ch/(b*b), h*b, w*b)
	}
	return x.Reshape(n, b, b, ch/(b*b), h, w).Permute(0, 3, 4, 1, 5, 2).Reshape(n, ch/(b*b), h*b, w*b)
}

func opSpaceToDepth(c *call) *tensor.Tensor {
	x, n, ch, h, w, b := c.block()
	return x.Reshape(n, ch, h/b, b, w/b, b).Permute(0, 3, 5, 1, 2, 4).Reshape(n, ch*b*b, h/b, w/b)
}
