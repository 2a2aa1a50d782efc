package linalg

import (
	"errors"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// LstsqResult is what [Lstsq] finds. Parts that the driver does not compute are
// empty.
type LstsqResult struct {
	// Solution is X [..., n, k] of the least ‖A·X - B‖, and of the least ‖X‖
	// among those.
	Solution *tensor.Tensor
	// Residuals [..., k] are the sums of squares of A·X - B: for m > n and
	// matrices of rank n, with a driver other than gelsy.
	Residuals *tensor.Tensor
	// Rank [...], int64, is that of A; not of driver gels.
	Rank *tensor.Tensor
	// SingularValues [..., min(m, n)] are A's; of drivers gelsd and gelss.
	SingularValues *tensor.Tensor
}

// Lstsq solves A·X = B in the sense of least squares. The driver is one of
// LAPACK's names: gels takes A as of full rank; gelsy, gelsd and gelss find the
// rank, and take singular values up to rcond times the largest as 0. An rcond
// below 0 stands for the larger side of A times the dtype's epsilon. Here gels and
// gelsy solve by A = Q·R where A has no more columns than rows and is far from
// losing rank; all else is solved by the singular values. A gradient goes through the solution alone.
//
//	shape:  A [..., m, n], B [..., m, k] or [..., m]
//	panics: *Error for another driver
//	source: torch.linalg.lstsq; gradient: that of pinv(A)·B
func Lstsq(a, b *tensor.Tensor, driver string, rcond float64) LstsqResult {
	const op = "linalg.lstsq"
	present(op, a, b)
	must(op, wantMatrix(a), a, b)
	if !slices.Contains([]string{"gels", "gelsy", "gelsd", "gelss"}, driver) {
		tensor.Misuse(op, fmt.Errorf("driver is %q; want gels, gelsy, gelsd or gelss", driver), a, b)
	}
	vector := isVector(a, b)
	if vector {
		b = b.Unsqueeze(-1)
	}
	must(op, wantSystem(a, b), a, b)
	a, b = batches(op, a, b)
	o := lstsqOp{rcond: rcond, direct: driver == "gels" || driver == "gelsy"}
	if driver == "gels" || rcond < 0 {
		o.rcond = float64(max(a.Size(-2), a.Size(-1))) * epsilon(a.DType())
	}
	out := tensor.ApplyMulti(o, a, b)
	r := LstsqResult{Solution: out[0], Residuals: out[1], Rank: out[2], SingularValues: out[3]}
	none := tensor.Make{DType: a.DType(), Device: a.Device()}.Zeros(0)
	full := tensor.Item[bool](r.Rank.EqScalar(a.Size(-1)).All())
	if driver == "gelsy" || a.Size(-2) <= a.Size(-1) || driver != "gels" && !full {
		r.Residuals = none
	}
	if driver == "gels" {
		r.Rank = tensor.Make{DType: tensor.Int64, Device: a.Device()}.Zeros(0)
	}
	if driver == "gels" || driver == "gelsy" {
		r.SingularValues = none
	}
	if vector {
		r.Solution = r.Solution.Squeeze(-1)
	}
	return r
}

func wantSystem(a, b *tensor.Tensor) error {
	switch {
	case a.DType() != b.DType():
		return fmt.Errorf("dtypes %v and %v differ; cast one", a.DType(), b.DType())
	case b.Dim() < 2:
		return errors.New("want a right-hand side of at most one dim less than A")
	case b.Size(-2) != a.Size(-2):
		return fmt.Errorf("the right-hand side has %d rows; want A's %d", b.Size(-2), a.Size(-2))
	}
	return nil
}

type lstsqOp struct {
	composed
	rcond  float64
	direct bool // singular values are not asked for
}

func (lstsqOp) Name() string        { return "linalg.lstsq" }
func (lstsqOp) Reads() tensor.Reads { return tensor.In0 | tensor.In1 }
func (lstsqOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a, b := in[0], in[1]
	d, lead, m, n, k := a.DType(), a.Shape()[:a.Dim()-2], a.Size(-2), a.Size(-1), b.Size(-1)
	return []device.Spec{specOf(d, lead, n, k), specOf(d, lead, k), specOf(tensor.Int64, lead), specOf(d, lead, min(m, n))}, nil
}

// X = R⁻¹·Qᵀ·B, or V·S⁺·Uᵀ·B
func (o lstsqOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	d := in[0].DType()
	if o.direct && in[0].Size(-2) >= in[0].Size(-1) && in[0].Len() > 0 && in[1].Len() > 0 {
		if out := o.byQR(in[0], in[1]); out != nil {
			return out
		}
	}
	a, b := in[0].Cast(tensor.Float64), in[1].Cast(tensor.Float64)
	u, s, vh := SVD(a, false)
	keep := s.Gt(s.Narrow(-1, 0, min(1, s.Size(-1))).MulScalar(o.rcond))
	inverse := tensor.Where(keep, s.Reciprocal(), tensor.ZerosLike(s))
	x := transposed(vh).MatMul(inverse.Unsqueeze(-1).Mul(transposed(u).MatMul(b)))
	residuals := a.MatMul(x).Sub(b).Square().Sum(tensor.Dims(-2))
	return []*tensor.Tensor{o.solution(x.Cast(d), a.Size(-2)), residuals.Cast(d), keep.Sum(tensor.Dims(-1)), s.Cast(d)}
}

// clearly is how far above rcond an estimate of the reciprocal condition must be.
const clearly = 10

// byQR solves without singular values, or gives nil where a matrix may lack rank.
func (o lstsqOp) byQR(a, b *tensor.Tensor) []*tensor.Tensor {
	f, x := read(a), read(b)
	m, n, k := f.m, f.n, x.n
	short := make([]bool, f.count())
	residuals := newFactors(f.lead, k, 1)
	each(f.count(), 2*m*n*(n+k), func(i int) {
		r, y, tau := f.at(i), x.at(i), make([]float64, n)
		reflectors(r, tau, m, n)
		c := impl.Dtrcon(lapack.MaxColumnSum, blas.Upper, blas.NonUnit, n, r, n, make([]float64, 3*n), make([]int, n))
		if short[i] = !(c > clearly*o.rcond); short[i] {
			return
		}
		withWork(func(work []float64, lwork int) {
			impl.Dormqr(blas.Left, blas.Trans, m, k, n, r, n, tau, y, k, work, lwork)
		})
		for j, v := range y[n*k:] {
			residuals.at(i)[j%k] += v * v
		}
		blas64.Dtrsm(blas.Left, blas.Upper, blas.NoTrans, blas.NonUnit, n, k, 1, r, n, y, k)
	})
	if slices.Contains(short, true) {
		return nil
	}
	whole := tensor.Make{DType: tensor.Int64, Device: a.Device()}
	none := tensor.Make{DType: a.DType(), Device: a.Device()}.Zeros(f.shape(n)...)
	return []*tensor.Tensor{o.solution(x.rows(b).Narrow(-2, 0, n), m), residuals.vectors(a), whole.Full(n, f.lead...), none}
}

// solution lays x out as LAPACK does, which overwrites a B of max(m, n) rows.
func (lstsqOp) solution(x *tensor.Tensor, m int) *tensor.Tensor {
	n := x.Size(-2)
	if m <= n {
		return columns(x)
	}
	shape := x.Shape()
	shape[len(shape)-2] = m - n
	rest := tensor.Make{DType: x.DType(), Device: x.Device()}.Zeros(shape...)
	return columns(tensor.Cat(-2, x, rest)).Narrow(-2, 0, n)
}

// X = pinv(A)·B
func (lstsqOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) (g tensor.Grads) {
	dx := c.Dy(0)
	if dx == nil {
		return g
	}
	a, b := c.In(0), c.In(1)
	p := Pinv(a)
	if c.Needs(1) {
		g[1] = transposed(p).MatMul(dx)
	}
	if c.Needs(0) {
		g[0] = pinvGrad(a, p, dx.MatMul(transposed(b)))
	}
	return g
}
