package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// A DistanceMode says how [CDist] computes Euclidean distances.
type DistanceMode int

// The modes.
const (
	DistanceAuto    DistanceMode = iota // by a product if there are more than 25 rows
	DistanceProduct                     // by a product of matrices: faster, but small distances lose digits
	DistanceDirect                      // from the differences
)

// CDist returns the p-norms of the differences of each row of a and each of b:
//
//	(Σ |aᵢ - bⱼ|ᵖ)^(1/p)
//
// p = 0 counts the elements that differ, and p = +Inf takes the largest difference.
// The gradient is 0 where the distance is, and for p = +Inf each element that has
// the largest difference gets all of it.
//
//	shape:  [..., p, m] and [..., r, m], leading dims broadcast → [..., p, r]
//	dtype:  floating point, promoted
//	panics: *Error for other shapes or dtypes, and for p < 0 or NaN
//	source: torch.cdist
func CDist(a, b *Tensor, p float64, mode ...DistanceMode) *Tensor {
	const op = "cdist"
	in := CastFor(CastFloat32, a.known(op), b.known(op))
	a, b = promote(in[0], in[1])
	switch {
	case a.Dim() < 2 || b.Dim() < 2:
		misuse(op, errors.New("want at least 2 dims"), a, b)
	case a.Size(-1) != b.Size(-1):
		misuse(op, fmt.Errorf("rows of %d and %d elements; want equal", a.Size(-1), b.Size(-1)), a, b)
	case !(p >= 0):
		misuse(op, fmt.Errorf("p is %v; want 0 or more", p), a, b)
	case len(mode) > 1:
		misuse(op, fmt.Errorf("%d modes; want at most one", len(mode)), a, b)
	}
	if err := wantFloat(a.DType()); err != nil {
		misuse(op, err, a, b)
	}
	n, r, m := a.Size(-2), b.Size(-2), a.Size(-1)
	outer := BroadcastShapes(a.shape()[:a.Dim()-2], b.shape()[:b.Dim()-2])
	x := a.wide().Expand(append(outer, n, m)...)
	y := b.wide().Expand(append(outer, r, m)...)
	byProduct := p == 2 && (n > 25 || r > 25)
	if len(mode) == 1 && mode[0] != DistanceAuto {
		byProduct = p == 2 && mode[0] == DistanceProduct
	}
	if byProduct && m > 0 {
		return Apply(euclideanOp{}, x, y).Cast(a.DType())
	}
	count := volumeOf(outer)
	d := Apply(distanceOp{Distance: device.Distance{P: p}}, x.Reshape(count, n, m), y.Reshape(count, r, m))
	return d.Reshape(append(outer, n, r)...).Cast(a.DType())
}

// PDist returns the p-norms of the differences of each two rows of t, in the
// order (0, 1), (0, 2), …, (1, 2), …; see [CDist].
//
//	shape:  [n, m] → [n·(n-1)/2]
//	dtype:  floating point
//	panics: *Error for other shapes or dtypes, and for p < 0 or NaN
//	source: torch.pdist
func (t *Tensor) PDist(p float64) *Tensor {
	const op = "pdist"
	switch {
	case t.known(op).Dim() != 2:
		misuse(op, fmt.Errorf("%d dims; want 2", t.Dim()), t)
	case !(p >= 0):
		misuse(op, fmt.Errorf("p is %v; want 0 or more", p), t)
	case !t.DType().IsFloat():
		misuse(op, wantFloat(t.DType()), t)
	}
	t = CastFor(CastFloat32, t)[0]
	n := t.shape()[0]
	pairs := make([]int64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			pairs = append(pairs, int64(i*n+j))
		}
	}
	x := t.wide().Unsqueeze(0)
	d := Apply(distanceOp{device.Distance{P: p, Pairs: true}}, x, x)
	return d.Reshape(-1).IndexSelect(0, fromHost(t.b.dev, pairs, len(pairs))).Cast(t.DType())
}

// distanceOp maps a [n, p, m] and b [n, r, m] to [n, p, r].
type distanceOp struct{ device.Distance }

func (distanceOp) Name() string          { return "cdist" }
func (distanceOp) Kernel() device.Kernel { return device.Distances }
func (o distanceOp) Attr() any           { return o.Distance }
func (distanceOp) Reads() Reads          { return In0 | In1 | Out0 }
func (distanceOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	s.Dim[2] = in[1].shape()[1]
	return s, nil
}
func (o distanceOp) Body(in []*Tensor) *Tensor {
	d := in[0].Unsqueeze(2).Sub(in[1].Unsqueeze(1))
	if d.Size(3) == 0 {
		return d.Sum(Dims(3))
	}
	y := d.Norm(o.P, Dims(3))
	if o.Pairs {
		y = y.Triu(1)
	}
	return y
}
func (o distanceOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	a, b, y := c.In(0), c.In(1), c.Out(0)
	if c.Needs(0) {
		g[0] = Apply(distanceGradOp{Distance: o.Distance}, dy, a, b, y)
	}
	if c.Needs(1) {
		g[1] = Apply(distanceGradOp{Distance: o.Distance}, dy.Transpose(1, 2), b, a, y.Transpose(1, 2))
	}
	return g
}

// distanceGradOp maps dy, a, b and the distances y to the gradient of a.
type distanceGradOp struct {
	device.Distance
	ThroughBody
}

func (distanceGradOp) Name() string                            { return "cdist_backward" }
func (distanceGradOp) Kernel() device.Kernel                   { return device.DistancesGrad }
func (o distanceGradOp) Attr() any                             { return o.Distance }
func (distanceGradOp) Infer(in []*Tensor) (device.Spec, error) { return *in[1].spec(), nil }

// d ‖d‖ = sign(d)·|d|^(p-1)·‖d‖^(1-p)
func (o distanceGradOp) Body(in []*Tensor) *Tensor {
	dy, y := in[0].Unsqueeze(3), in[3].Unsqueeze(3)
	d := in[1].Unsqueeze(2).Sub(in[2].Unsqueeze(1))
	zero := scalarOf(d.b.dev, d.DType(), device.Number{})
	sum := func(t *Tensor) *Tensor { return Where(d.EqScalar(0), zero, t).Sum(Dims(2)) }
	switch {
	case o.P == 0:
		return ZerosLike(in[1])
	case o.P == 1:
		return sum(d.Sign().Mul(dy))
	case math.IsInf(o.P, 1):
		return sum(Where(d.Abs().Eq(y), d.Sign().Mul(dy), zero))
	}
	at0 := y.EqScalar(0)
	y = Where(at0, OnesLike(y), y) // no division by 0, in the second gradient either
	scale := Where(at0, zero, dy.Mul(y.PowScalar(1-o.P)))
	if o.P == 2 {
		return sum(d.Mul(scale))
	}
	power := Where(d.EqScalar(0), OnesLike(d), d.Abs()).PowScalar(o.P - 1)
	return sum(d.Sign().Mul(power).Mul(scale))
}

// euclideanOp is the Euclidean distances of rows by way of a product:
// ‖a - b‖² = ‖a‖² + ‖b‖² - 2·a·b, or 0 where rounding makes that negative.
type euclideanOp struct{}

func (euclideanOp) Name() string          { return "cdist" }
func (euclideanOp) Kernel() device.Kernel { return device.NoKernel }
func (euclideanOp) Reads() Reads          { return In0 | In1 | Out0 }
func (euclideanOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	s.Dim[s.Rank-1] = in[1].Size(-2)
	return s, nil
}
func (euclideanOp) Body(in []*Tensor) *Tensor {
	a, b := in[0], in[1]
	squares := func(t *Tensor) *Tensor { return t.Mul(t).Sum(Dims(-1), KeepDim) }
	y := a.MulScalar(-2).MatMul(b.Transpose(-2, -1)).Add(squares(a)).Add(squares(b).Transpose(-2, -1))
	return y.ClampMin(0).Sqrt()
}

// Σ dy·(a - b)/y over the other rows, 0 where y is.
func (euclideanOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	a, b, y := c.In(0), c.In(1), c.Out(0)
	at0 := y.EqScalar(0)
	ratio := Where(at0, ZerosLike(y), dy.Div(Where(at0, OnesLike(y), y)))
	if c.Needs(0) {
		g[0] = a.Mul(ratio.Sum(Dims(-1), KeepDim)).Sub(ratio.MatMul(b))
	}
	if ratio = ratio.Transpose(-2, -1); c.Needs(1) {
		g[1] = b.Mul(ratio.Sum(Dims(-1), KeepDim)).Sub(ratio.MatMul(a))
	}
	return g
}
