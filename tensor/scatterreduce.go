package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// A Combination says how elements that meet in one place become one.
type Combination int

// The combinations, with PyTorch's names sum, prod, mean, amax and amin. The mean
// of integers is rounded down.
const (
	CombineSum Combination = iota
	CombineProd
	CombineMean
	CombineMax
	CombineMin
)

// String is PyTorch's name.
func (r Combination) String() string {
	if r < 0 || r > CombineMin {
		return fmt.Sprintf("combination(%d)", int(r))
	}
	return [...]string{"sum", "prod", "mean", "amax", "amin"}[r]
}

// A ScatterOption changes ScatterReduce and IndexReduce.
type ScatterOption func(*scatterConfig)

type scatterConfig struct{ alone bool }

// ExcludeSelf lets the elements of src meet without the one that was there.
func ExcludeSelf(c *scatterConfig) { c.alone = true }

// ScatterReduce returns t with the elements of src joined to it: an element of
// src goes, along dim, where idx says, and along the others to its own place.
// Of equal largest or smallest elements all share the gradient evenly.
//
//	shape:  as ScatterAdd
//	dtype:  t's and src's equal; idx int64 or int32
//	panics: *Error for an index outside 0 … size-1, for other shapes, and for CombineMean of bool
//	source: torch.scatter_reduce
func (t *Tensor) ScatterReduce(dim int, idx, src *Tensor, how Combination, opts ...ScatterOption) *Tensor {
	return t.scatterReduce("scatter_reduce", dim, idx, src, how, opts)
}

// IndexReduce is [Tensor.ScatterReduce] of slices: those of src along dim go
// where idx, which has one dim, says.
//
//	shape:  as IndexAdd
//	source: torch.index_reduce
func (t *Tensor) IndexReduce(dim int, idx, src *Tensor, how Combination, opts ...ScatterOption) *Tensor {
	const op = "index_reduce"
	a := atDim(op, t, dim)
	idx = vector(op, t, idx)
	src = src.known(op).line()
	want, _ := a.replaced(t.line().spec(), idx.spec())
	if err := sameShape(src, &want); err != nil {
		misuse(op, err, t, idx, src)
	}
	shape := make([]int, src.Dim())
	for i := range shape {
		shape[i] = 1
	}
	shape[a.Dim] = idx.Len()
	return t.scatterReduce(op, dim, idx.Reshape(shape...).Expand(src.shape()...), src, how, opts)
}

func (t *Tensor) scatterReduce(op string, dim int, idx, src *Tensor, how Combination, opts []ScatterOption) *Tensor {
	var c scatterConfig
	for _, o := range opts {
		o(&c)
	}
	if how < 0 || how > CombineMin {
		misuse(op, fmt.Errorf("%v is none", how), t, idx, src)
	}
	if how == CombineMean && t.known(op).DType() == Bool {
		misuse(op, errors.New("bool has no mean"), t, idx, src)
	}
	idx = asIndex(op, t, idx)
	base := t
	if c.alone {
		base = scattered(op, t, dim, idx, like(t).identity(how).Expand(idx.shape()...), newScatter)
	}
	join := func(j device.Join) *Tensor {
		return scattered(op, base, dim, idx, src, func(a at) Op { return scatterReduceOp{scatter{a}, op, j} })
	}
	switch how {
	case CombineProd:
		return join(device.Product)
	case CombineMax:
		return join(device.Largest)
	case CombineMin:
		return join(device.Smallest)
	}
	sum := scattered(op, base, dim, idx, src, newScatterAdd)
	if how == CombineSum {
		return sum
	}
	n := OnesLike(t)
	if c.alone {
		n = ZerosLike(t)
	}
	n = n.ScatterAdd(dim, idx, onesView(idx, t.DType())).ClampMin(1)
	if t.DType().IsFloat() {
		return sum.Div(n)
	}
	return sum.FloorDivide(n)
}

// onesView is ones of t's shape that take no memory.
func onesView(t *Tensor, d DType) *Tensor {
	return scalarOf(t.b.dev, d, device.Number{I: 1}).Expand(t.shape()...)
}

// identity is the scalar that changes nothing in a reduction.
func (m Make) identity(how Combination) *Tensor {
	lo, hi := bounds(m.DType)
	n := map[Combination]device.Number{CombineProd: {I: 1}, CombineMax: lo, CombineMin: hi}[how]
	return scalarOf(m.device(), m.DType, n)
}

// bounds are the smallest and largest number of a dtype.
func bounds(d DType) (lo, hi device.Number) {
	switch {
	case d.IsFloat():
		return device.Number{F: math.Inf(-1), Float: true}, device.Number{F: math.Inf(1), Float: true}
	case d == Bool:
		return device.Number{}, device.Number{I: 1}
	case d == UInt8:
		return device.Number{}, device.Number{I: math.MaxUint8}
	}
	most := int64(1)<<(8*d.Size()-1) - 1
	return device.Number{I: -most - 1}, device.Number{I: most}
}

type scatterReduceOp struct {
	scatter
	name string
	how  device.Join
}

func (o scatterReduceOp) Name() string        { return o.name }
func (scatterReduceOp) Kernel() device.Kernel { return device.ScatterReduce }
func (o scatterReduceOp) Attr() any           { return device.IndexReduce{Index: o.Index, How: o.how} }
func (scatterReduceOp) Reads() Reads          { return In0 | In1 | In2 | Out0 }

func (o scatterReduceOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	x, idx, src, y := c.In(0), c.In(1), c.In(2), c.Out(0)
	gather := func(t *Tensor) *Tensor { return Apply(gatherOp{o.at}, t, idx) }
	if o.how == device.Product {
		return o.productGrad(c, dy, x, idx, src, y, gather)
	}
	mine, theirs := x.Eq(y), src.Eq(gather(y))
	n := Apply(newScatterAdd(o.at), mine.Cast(dy.DType()), idx, theirs.Cast(dy.DType()))
	part := dy.Div(n)
	zero := scalarOf(dy.b.dev, dy.DType(), device.Number{})
	if c.Needs(0) {
		g[0] = Where(mine, part, zero)
	}
	if c.Needs(2) {
		g[2] = Where(theirs, gather(part), zero)
	}
	return g
}

// productGrad is dy times the product of the others: y over the element, or, of
// an element that is 0, a product in which 1 takes its place.
func (o scatterReduceOp) productGrad(c *Ctx, dy, x, idx, src, y *Tensor, gather func(*Tensor) *Tensor) (g Grads) {
	if c.Needs(0) {
		safe := x.MaskedFill(x.EqScalar(0), 1)
		g[0] = dy.Mul(Apply(o, safe, idx, src)).Div(safe)
	}
	if c.Needs(2) {
		zero := src.EqScalar(0)
		zeros := Apply(newScatterAdd(o.at), zeroView(dy.b.dev, dy.DType(), x.shape()), idx, zero.Cast(dy.DType()))
		alone := zero.LogicalAnd(gather(zeros).EqScalar(1))
		others := Apply(o, x, idx, src.MaskedFill(alone, 1))
		g[2] = Where(alone, gather(dy.Mul(others)), gather(dy.Mul(y)).Div(src.MaskedFill(zero, 1)))
	}
	return g
}

// combination reads PyTorch's name of one.
func (a *Args) combination(op, name string) Combination {
	how := a.Str(name)
	for r := CombineSum; r <= CombineMin; r++ {
		if r.String() == how {
			return r
		}
	}
	misuse(op, fmt.Errorf("%q is no combination", how))
	return 0
}

// scatterOptions reads PyTorch's include_self.
func (a *Args) scatterOptions() []ScatterOption {
	if a.Bool("include_self") {
		return nil
	}
	return []ScatterOption{ExcludeSelf}
}
