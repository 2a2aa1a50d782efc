package onnx

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// indexOps read and write at indices.
func indexOps() map[string]opFunc {
	return map[string]opFunc{
		"Gather":          same(opGather),
		"GatherElements":  same(opGatherElements),
		"GatherND":        same(opGatherND),
		"Scatter":         same(opScatterElements),
		"ScatterElements": same(opScatterElements),
		"ScatterND":       same(opScatterND),
		"Compress":        same(opCompress),
		"NonZero":         one(func(c *call) *tensor.Tensor { return c.x(0).Nonzero().T().Contiguous() }),
		"ReverseSequence": same(opReverseSequence),
	}
}

// within counts negative indices from the end of n.
func within(idx *tensor.Tensor, n int) *tensor.Tensor {
	idx = idx.Cast(tensor.Int64)
	return tensor.Where(idx.LtScalar(0), idx.AddScalar(n), idx)
}

func opGather(c *call) *tensor.Tensor {
	x, idx := c.x(0), c.x(1)
	dim := c.axis(0, x.Dim())
	y := x.IndexSelect(dim, within(idx, x.Size(dim)).Reshape(-1))
	return y.Reshape(slices.Concat(x.Shape()[:dim], idx.Shape(), x.Shape()[dim+1:])...)
}

func opGatherElements(c *call) *tensor.Tensor {
	x := c.x(0)
	dim := c.axis(0, x.Dim())
	return x.Gather(dim, within(c.x(1), x.Size(dim)))
}

// rows makes of indices, whose last dim holds a position in the first dims of
// shape, the numbers of rows in row-major order. It refuses what is out of range.
func (c *call) rows(idx *tensor.Tensor, shape []int) *tensor.Tensor {
	k := idx.Size(-1)
	row := tensor.Make{DType: tensor.Int64}.Zeros(idx.Shape()[:idx.Dim()-1]...)
	for i := range k {
		at := within(idx.Select(-1, i), shape[i])
		if bad := at.LtScalar(0).LogicalOr(at.GeScalar(shape[i])); bad.Any().Int() != 0 {
			c.failf("an index is out of range of dim %d, which is %d", i, shape[i])
		}
		row = row.MulScalar(shape[i]).Add(at)
	}
	return row.Reshape(-1)
}

func opGatherND(c *call) *tensor.Tensor {
	x, idx, b := c.x(0), c.x(1), c.intAttr("batch_dims", 0)
	if idx.Dim() == 0 || b < 0 || b >= min(x.Dim(), idx.Dim()) || b+idx.Size(-1) > x.Dim() {
		c.failf("batch_dims is %d of a %v with indices %v", b, c.in[0], idx.Shape())
	}
	k := idx.Size(-1)
	batch := product(x.Shape()[:b])
	lead, tail := x.Shape()[b:b+k], x.Shape()[b+k:]
	row := c.rows(idx, lead).Reshape(batch, product(idx.Shape()[b:idx.Dim()-1]))
	row = row.Add(tensor.Arange(0, batch, 1).MulScalar(product(lead)).Unsqueeze(1)).Reshape(-1)
	flat := x.Reshape(batch*product(lead), product(tail))
	return flat.IndexSelect(0, row).Reshape(slices.Concat(idx.Shape()[:idx.Dim()-1], tail)...)
}

// combination is the attribute reduction; ok is false for none.
func (c *call) combination() (how tensor.Combination, ok bool) {
	switch c.choice("reduction", "none", "add", "mul", "max", "min") {
	case "add":
		return tensor.CombineSum, true
	case "mul":
		return tensor.CombineProd, true
	case "max":
		return tensor.CombineMax, true
	case "min":
		return tensor.CombineMin, true
	}
	return 0, false
}

func opScatterElements(c *call) *tensor.Tensor {
	x, src := c.x(0), c.x(2)
	dim := c.axis(0, x.Dim())
	idx := within(c.x(1), x.Size(dim))
	if how, ok := c.combination(); ok {
		return x.ScatterReduce(dim, idx, src, how)
	}
	return x.Scatter(dim, idx, src)
}

func opScatterND(c *call) *tensor.Tensor {
	x, idx, src := c.x(0), c.x(1), c.x(2)
	if idx.Dim() == 0 || idx.Size(-1) > x.Dim() {
		c.failf("indices %v of a %v", idx.Shape(), c.in[0])
	}
	k := idx.Size(-1)
	row := c.rows(idx, x.Shape())
	width := product(x.Shape()[k:])
	flat, upd := x.Reshape(product(x.Shape()[:k]), width), src.Reshape(row.Len(), width)
	var y *tensor.Tensor
	if how, ok := c.combination(); ok {
		y = flat.IndexReduce(0, row, upd, how)
		if how == tensor.CombineSum {
			y = flat.IndexAdd(0, row, upd)
		}
	} else {
		y = flat.IndexCopy(0, row, upd)
	}
	return y.Reshape(x.Shape()...)
}

func opCompress(c *call) *tensor.Tensor {
	x, cond, dim := c.x(0), c.x(1).Reshape(-1), 0
	if c.attrs["axis"] == nil {
		x = x.Reshape(-1)
	} else {
		dim = c.axis(0, x.Dim())
	}
	return x.IndexSelect(dim, cond.Nonzero().Reshape(-1))
}

// opReverseSequence turns the first elements of each sequence around.
func opReverseSequence(c *call) *tensor.Tensor {
	x, lens := c.x(0), c.ints(1)
	batch, time := c.dim(c.intAttr("batch_axis", 1), x.Dim()), c.dim(c.intAttr("time_axis", 0), x.Dim())
	if len(lens) != x.Size(batch) || batch == time {
		c.failf("%d lengths of a %v; batch_axis %d, time_axis %d", len(lens), c.in[0], batch, time)
	}
	steps := x.Size(time)
	idx := make([]int64, 0, len(lens)*steps)
	for _, n := range lens {
		if n < 0 || n > steps {
			c.failf("a length of %d; the sequences have %d steps", n, steps)
		}
		for t := range steps {
			if t < n {
				t = n - 1 - t
			}
			idx = append(idx, int64(t))
		}
	}
	shape := repeat(1, x.Dim())
	shape[batch], shape[time] = len(lens), steps
	at := tensor.FromSlice(idx, []int{len(lens), steps})
	if batch > time {
		at = at.T()
	}
	return x.Gather(time, at.Reshape(shape...).Expand(x.Shape()...))
}
