package linalg

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// SolveTriangular returns the X of A·X = B for a lower triangular A, of which
// only the triangle is read. A zero on the diagonal gives Inf or NaN.
//
//	shape:   A [..., n, n], B [..., n, k] → [..., n, k]
//	options: Upper; Right, for X·A = B with B [..., k, n]; UnitTriangular
//	source:  torch.linalg.solve_triangular
func SolveTriangular(a, b *tensor.Tensor, opts ...Option) *tensor.Tensor {
	const op = "linalg.solve_triangular"
	c := configure(op, upper|right|unit, opts, a, b)
	present(op, a, b)
	must(op, wantSquare(a), a, b)
	must(op, fits(a, b, c.right), a, b)
	a, b = batches(op, a, b)
	return tensor.Apply(triangularOp{upper: c.upper, right: c.right, unit: c.unit}, a, b)
}

// fits refuses a B that does not go with a square A.
func fits(a, b *tensor.Tensor, right bool) error {
	if a.DType() != b.DType() {
		return fmt.Errorf("dtypes %v and %v differ; cast one", a.DType(), b.DType())
	}
	if b.Dim() < 2 {
		return errors.New("want a matrix on the right-hand side: at least two dims")
	}
	if right && b.Size(-1) != a.Size(-1) {
		return fmt.Errorf("the right-hand side has %d columns; want A's %d", b.Size(-1), a.Size(-1))
	}
	if !right && b.Size(-2) != a.Size(-1) {
		return fmt.Errorf("the right-hand side has %d rows; want A's %d", b.Size(-2), a.Size(-1))
	}
	return nil
}

// triangularOp solves A·X = B, or X·A = B.
type triangularOp struct {
	composed
	upper, right, unit bool
}

func (triangularOp) Name() string        { return "linalg.solve_triangular" }
func (triangularOp) Reads() tensor.Reads { return tensor.In0 | tensor.Out0 }
func (triangularOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return specOf(in[1].DType(), in[1].Shape()), nil
}

func (o triangularOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	a, b := in[0].Cast(tensor.Float64), in[1].Cast(tensor.Float64)
	if o.right { // Aᵀ·Xᵀ = Bᵀ
		x := tensor.Apply(trsmOp{upper: !o.upper, unit: o.unit}, transposed(a), transposed(b))
		return columns(transposed(x).Cast(in[1].DType()))
	}
	return columns(tensor.Apply(trsmOp{upper: o.upper, unit: o.unit}, a, b).Cast(in[1].DType()))
}

// gB = A⁻ᵀ·gX, gA = -gB·Xᵀ within the triangle; mirrored for X·A = B.
func (o triangularOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	flipped := o
	flipped.upper = !o.upper
	gb := tensor.Apply(flipped, transposed(c.In(0)), dy)
	if c.Needs(1) {
		g[1] = gb
	}
	if c.Needs(0) {
		x := transposed(c.Out(0))
		if o.right {
			g[0] = x.MatMul(gb).Neg()
		} else {
			g[0] = gb.MatMul(x).Neg()
		}
		k := 0
		if o.unit {
			k = 1
		}
		if o.upper {
			g[0] = g[0].Triu(k)
		} else {
			g[0] = g[0].Tril(-k)
		}
	}
	return g
}
