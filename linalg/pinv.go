package linalg

import (
	"errors"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Pinv returns the pseudo-inverse of Moore and Penrose. Singular values at or
// below the tolerance count as 0. The gradient takes the rank as constant.
//
//	shape:   [..., m, n] → [..., n, m]
//	options: ATol, RTol, Hermitian
//	panics:  *Error for elements that are not finite
//	source:  torch.linalg.pinv; gradient: Golub and Pereyra 1973, "The
//	         differentiation of pseudo-inverses", equation 4.12
func Pinv(a *tensor.Tensor, opts ...Option) *tensor.Tensor {
	const op = "linalg.pinv"
	c := configure(op, atol|rtol|hermitian, opts, a)
	c.wantRanked(op, a)
	return tensor.Apply(pinvOp{hermitian: c.hermitian}, a, c.tolerance(op, a))
}

// wantRanked refuses what has no singular values, or no eigenvalues.
func (c *config) wantRanked(op string, a *tensor.Tensor) {
	present(op, a)
	if c.hermitian {
		must(op, wantSquare(a), a)
	}
	must(op, wantMatrix(a), a)
}

// tolerances are the absolute and the relative one as float64.
func (c *config) tolerances(a *tensor.Tensor) (abs, rel *tensor.Tensor) {
	m := tensor.Make{DType: tensor.Float64, Device: a.Device()}
	abs, rel = m.Scalar(0.0), m.Scalar(float64(max(a.Size(-2), a.Size(-1)))*epsilon(a.DType()))
	if c.atol != nil {
		abs = c.atol.Detach().Cast(tensor.Float64).To(a.Device())
		if c.rtol == nil { // no relative one, where an absolute one is above 0
			rel = tensor.Where(abs.GtScalar(0), m.Scalar(0.0), rel)
		}
	}
	if c.rtol != nil {
		rel = c.rtol.Detach().Cast(tensor.Float64).To(a.Device())
	}
	return abs, rel
}

// tolerance packs both, which broadcast to the batch, along a first dim.
func (c *config) tolerance(op string, a *tensor.Tensor) *tensor.Tensor {
	abs, rel := c.tolerances(a)
	lead := a.Shape()[:a.Dim()-2]
	var both *tensor.Tensor
	err := tensor.Try(func() { both = tensor.Stack(0, abs.Expand(lead...), rel.Expand(lead...)) })
	if err != nil {
		tensor.Misuse(op, errors.New("a tolerance does not broadcast to the batch"), a)
	}
	return both
}

// bound is the size at and below which singular values count as 0.
func bound(s, tol *tensor.Tensor) *tensor.Tensor {
	largest := s.Max(tensor.Dims(-1), tensor.KeepDim).Cast(tensor.Float64)
	return tol.Select(0, 0).Unsqueeze(-1).Maximum(tol.Select(0, 1).Unsqueeze(-1).Mul(largest))
}

type pinvOp struct {
	composed
	hermitian bool
}

func (pinvOp) Name() string        { return "linalg.pinv" }
func (pinvOp) Reads() tensor.Reads { return tensor.In0 | tensor.Out0 }
func (o pinvOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	a := in[0]
	k := a.Dim()
	return specOf(a.DType(), a.Shape()[:k-2], a.Size(-1), a.Size(-2)), nil
}

func (o pinvOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	a := in[0]
	k := a.Dim()
	if a.Len() == 0 {
		return tensor.Make{DType: a.DType(), Device: a.Device()}.Zeros(append(a.Shape()[:k-2], a.Size(-1), a.Size(-2))...)
	}
	wide := a.Cast(tensor.Float64)
	var u, s, vh *tensor.Tensor
	if o.hermitian {
		var v *tensor.Tensor
		s, v = Eigh(wide)
		u, vh = v, transposed(v)
	} else {
		u, s, vh = SVD(wide, false)
	}
	size := s.Abs()
	inverse := tensor.Where(size.Gt(bound(size, in[1])), s.Reciprocal(), tensor.ZerosLike(s))
	return transposed(vh).Mul(inverse.Unsqueeze(-2)).MatMul(transposed(u)).Cast(a.DType())
}

func (pinvOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	return tensor.Grads{pinvGrad(c.In(0), c.Out(0), dy)}
}

// pinvGrad is, with P = A⁺ and G = gPᵀ,
//
//	gA = -(P·G·P)ᵀ + (1 - A·P)·G·P·Pᵀ + Pᵀ·P·G·(1 - P·A)
//
// in an order that keeps the products small.
func pinvGrad(a, p, dy *tensor.Tensor) *tensor.Tensor {
	pt, g := transposed(p), transposed(dy)
	if a.Size(-2) <= a.Size(-1) {
		k := g.MatMul(p)
		kp := k.MatMul(pt)
		ga := transposed(p.MatMul(k)).Neg().Add(kp).Sub(a.MatMul(p).MatMul(kp))
		return ga.Add(pt.MatMul(p).MatMul(g.Sub(k.MatMul(a))))
	}
	k := p.MatMul(g)
	pk := pt.MatMul(k)
	ga := transposed(k.MatMul(p)).Neg().Add(g.Sub(a.MatMul(k)).MatMul(p).MatMul(pt))
	return ga.Add(pk).Sub(pk.MatMul(p).MatMul(a))
}

// MatrixRank returns how many singular values are above the tolerance. It has
// no gradient.
//
//	shape:   [..., m, n] → [...], int64
//	options: ATol, RTol, Hermitian
//	panics:  *Error for elements that are not finite
//	source:  torch.linalg.matrix_rank
func MatrixRank(a *tensor.Tensor, opts ...Option) *tensor.Tensor {
	const op = "linalg.matrix_rank"
	c := configure(op, atol|rtol|hermitian, opts, a)
	c.wantRanked(op, a)
	a = a.Detach()
	tol := c.tolerance(op, a)
	if a.Len() == 0 {
		return tensor.Make{DType: tensor.Int64, Device: a.Device()}.Zeros(a.Shape()[:a.Dim()-2]...)
	}
	var s *tensor.Tensor
	if c.hermitian {
		s = Eigvalsh(a).Abs()
	} else {
		s = SVDVals(a)
	}
	return s.Cast(tensor.Float64).Gt(bound(s, tol)).Sum(tensor.Dims(-1))
}
