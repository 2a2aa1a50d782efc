package linalg

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Det returns the determinants of square matrices. It differentiates at
// singular ones too.
//
//	shape:  [..., n, n] → [...]
//	source: torch.linalg.det; gradient: Giles 2008, section 2.2.4, and for
//	        singular matrices the adjugate from the SVD, as Higham 2020, "What
//	        is the adjugate of a matrix?"
func Det(a *tensor.Tensor) *tensor.Tensor { return tensor.Apply(detOp{}, a) }

type detOp struct{ composed }

func (detOp) Name() string        { return "linalg.det" }
func (detOp) Reads() tensor.Reads { return tensor.In0 | tensor.Out0 }
func (detOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	a := in[0]
	if err := wantSquare(a); err != nil {
		return device.Spec{}, err
	}
	return specOf(a.DType(), a.Shape()[:a.Dim()-2]), nil
}

func (detOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	return determinants(in[0], 1, func(sign float64, diagonal []float64) []float64 {
		for _, d := range diagonal {
			sign *= d
		}
		return []float64{sign}
	})[0]
}

// determinants gives for each matrix so many numbers made of the sign of its
// permutation and of U's diagonal.
func determinants(x *tensor.Tensor, count int, join func(sign float64, diagonal []float64) []float64) []*tensor.Tensor {
	lu, pivots, _ := factored(x)
	n, lead := x.Size(-1), x.Shape()[:x.Dim()-2]
	p, d := tensor.Slice[int](pivots), tensor.Slice[float64](lu.Diagonal(0, -2, -1))
	parts := make([]factors, count)
	for k := range parts {
		parts[k] = newFactors(lead, 1, 1)
	}
	for i := range size(lead) {
		sign := 1.0
		for j, with := range p[i*n : (i+1)*n] {
			if with != j+1 {
				sign = -sign
			}
		}
		for k, v := range join(sign, d[i*n:(i+1)*n]) {
			parts[k].v[i] = v
		}
	}
	out := make([]*tensor.Tensor, count)
	for k := range out {
		out[k] = scalars(x, parts[k])
	}
	return out
}

// scalars is one number for each matrix.
func scalars(x *tensor.Tensor, f factors) *tensor.Tensor {
	return f.rows(x).Reshape(f.lead...)
}

// gA = g·det·A⁻ᵀ, which is g·det(U)·det(V)·U·diag(∏ of the other s)·Vᵀ of the SVD.
func (detOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	a, det := c.In(0), c.Out(0)
	n := a.Size(-1)
	if a.Len() == 0 {
		return tensor.Grads{tensor.ZerosLike(a)}
	}
	eps := epsilon(a.DType())
	var regular, singular []int64
	for i, d := range tensor.Slice[float64](det) {
		if math.Abs(d) < 100*eps { // PyTorch's bound
			singular = append(singular, int64(i))
		} else {
			regular = append(regular, int64(i))
		}
	}
	a, g := a.Reshape(-1, n, n), dy.Reshape(-1)
	det = det.Reshape(-1)
	ga := tensor.ZerosLike(a.Detach().Contiguous())
	if len(regular) > 0 {
		at := tensor.Of(regular).To(a.Device())
		d := g.IndexSelect(0, at).Mul(det.IndexSelect(0, at))
		x, _ := SolveEx(transposed(a.IndexSelect(0, at)), scaledEye(d, n))
		ga = ga.IndexCopy(0, at, x)
	}
	if len(singular) > 0 {
		at := tensor.Of(singular).To(a.Device())
		u, s, vh := SVD(a.IndexSelect(0, at), true)
		d := g.IndexSelect(0, at).Mul(Det(u)).Mul(Det(vh))
		scale := others(s).Mul(d.Unsqueeze(-1)).Unsqueeze(-2)
		ga = ga.IndexCopy(0, at, u.Mul(scale).MatMul(vh))
	}
	return tensor.Grads{ga.Reshape(c.Shape(0)...)}
}

// scaledEye is d times the identity, for each element of d.
func scaledEye(d *tensor.Tensor, n int) *tensor.Tensor {
	return eye(d, n, n).Mul(d.Unsqueeze(-1).Unsqueeze(-1))
}

// others is for each element of a row the product of all others.
func others(s *tensor.Tensor) *tensor.Tensor {
	n := s.Size(-1)
	ones := tensor.OnesLike(s.Detach().Narrow(-1, 0, 1))
	before := tensor.Cat(-1, ones, s.Narrow(-1, 0, n-1)).CumProd(-1)
	after := tensor.Cat(-1, ones, s.Flip(-1).Narrow(-1, 0, n-1)).CumProd(-1).Flip(-1)
	return before.Mul(after)
}

// epsilon is the distance from 1 to the next number.
func epsilon(d tensor.DType) float64 {
	if d == tensor.Float64 {
		return 0x1p-52
	}
	return 0x1p-23
}

// SLogDet returns the sign of the determinants, and the logarithm of their
// absolute values: 0 and -Inf for a singular matrix. The sign has no gradient.
//
//	shape:  [..., n, n] → [...], [...]
//	source: torch.linalg.slogdet
func SLogDet(a *tensor.Tensor) (sign, logabsdet *tensor.Tensor) {
	out := tensor.ApplyMulti(slogdetOp{}, a)
	return out[0], out[1]
}

type slogdetOp struct{ composed }

func (slogdetOp) Name() string        { return "linalg.slogdet" }
func (slogdetOp) Reads() tensor.Reads { return tensor.In0 }
func (slogdetOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	s, err := detOp{}.Infer(in)
	return []device.Spec{s, s}, err
}

func (slogdetOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	return determinants(in[0], 2, func(sign float64, diagonal []float64) []float64 {
		s := 0.0
		for _, d := range diagonal {
			s += math.Log(math.Abs(d))
			switch {
			case d < 0:
				sign = -sign
			case d == 0:
				sign = 0
			}
		}
		return []float64{sign, s}
	})
}

// d log|det A| = A⁻ᵀ
func (slogdetOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) tensor.Grads {
	g := c.Dy(1)
	if g == nil {
		return tensor.Grads{}
	}
	a := c.In(0)
	x, _ := SolveEx(transposed(a), scaledEye(g, a.Size(-1)))
	return tensor.Grads{x}
}

// LogDet returns the logarithms of the determinants of square matrices: NaN
// for a negative one, -Inf for 0.
//
//	shape:  [..., n, n] → [...]
//	source: torch.logdet
func LogDet(a *tensor.Tensor) *tensor.Tensor {
	sign, l := SLogDet(a)
	return tensor.Where(sign.LtScalar(0), tensor.FullLike(l.Detach(), math.NaN()), l)
}
