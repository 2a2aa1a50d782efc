package linalg

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// QR returns the Q with orthonormal columns and the upper triangular R with
// Q·R = A. The mode "reduced" gives the first min(m, n) columns of Q,
// "complete" all m, and "r" no Q, which is nil then.
//
//	shape:  [..., m, n] → [..., m, k], [..., k, n] for k = min(m, n), or m if complete
//	panics: *Error for another mode; when it is differentiated in mode "r", and
//	        in mode "complete" for m > n
//	source: torch.linalg.qr; gradient: Walter, Lehmann and Lamour 2012,
//	        equation 4.7, and of its parts for m < n
func QR(a *tensor.Tensor, mode string) (q, r *tensor.Tensor) {
	const op = "linalg.qr"
	if mode != "reduced" && mode != "complete" && mode != "r" {
		tensor.Misuse(op, fmt.Errorf("mode is %q; want reduced, complete or r", mode), a)
	}
	out := tensor.ApplyMulti(qrOp{mode: mode}, a)
	if mode == "r" {
		return nil, out[1]
	}
	return out[0], out[1]
}

type qrOp struct {
	composed
	mode string
}

func (qrOp) Name() string        { return "linalg.qr" }
func (qrOp) Reads() tensor.Reads { return tensor.Out0 | tensor.Out1 }
func (o qrOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	if err := wantMatrix(a); err != nil {
		return nil, err
	}
	m, n, lead := a.Size(-2), a.Size(-1), a.Shape()[:a.Dim()-2]
	k := o.columns(m, n)
	return []device.Spec{specOf(a.DType(), lead, m, k), specOf(a.DType(), lead, k, n)}, nil
}

func (o qrOp) columns(m, n int) int {
	if o.mode == "complete" {
		return m
	}
	return min(m, n)
}

func (o qrOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	f := read(in[0])
	m, n := f.m, f.n
	k := o.columns(m, n)
	q, r := newFactors(f.lead, m, k), newFactors(f.lead, k, n)
	each(f.count(), 2*m*m*n, func(i int) {
		a, tau := f.at(i), make([]float64, min(m, n))
		reflectors(a, tau, m, n)
		for row := range k {
			for c := row; c < n; c++ {
				r.at(i)[row*n+c] = a[row*n+c]
			}
		}
		if o.mode != "r" {
			expandQ(q.at(i), a, tau, m, n, k)
		}
	})
	if o.mode == "r" {
		q = newFactors(f.lead, 0, 0)
	}
	return []*tensor.Tensor{q.like(in[0]), r.like(in[0])}
}

// reflectors is LAPACK's geqrf.
func reflectors(a, tau []float64, m, n int) {
	if m > 0 && n > 0 {
		withWork(func(work []float64, lwork int) { impl.Dgeqrf(m, n, a, n, tau, work, lwork) })
	}
}

// expandQ writes the first k columns of the product of the reflectors in the
// m×n matrix a.
func expandQ(q, a, tau []float64, m, n, k int) {
	if m == 0 || k == 0 {
		return
	}
	for row := range m {
		copy(q[row*k:row*k+min(n, k)], a[row*n:])
	}
	withWork(func(work []float64, lwork int) { impl.Dorgqr(m, k, len(tau), q, k, tau, work, lwork) })
}

// For m ≥ n, with M = R·gRᵀ - gQᵀ·Q:
//
//	gA = (gQ + Q·(tril(M) + tril(M, -1)ᵀ))·R⁻ᵀ
//
// For m < n, A = [A1, A2] and R = [R1, R2] with A2 = Q·R2: gA2 = Q·gR2, and
// gQ + A2·gR2ᵀ takes the place of gQ in the gradient of A1.
func (o qrOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) tensor.Grads {
	q, r, gq, gr := c.Out(0), c.Out(1), c.Dy(0), c.Dy(1)
	m, n := c.Shape(0)[q.Dim()-2], c.Shape(0)[q.Dim()-1]
	switch {
	case gq == nil && gr == nil:
		return tensor.Grads{}
	case o.mode == "r":
		tensor.Misuse("linalg.qr backward", errors.New("mode r has no gradient, which needs Q; use mode reduced"), r)
	case o.mode == "complete" && m > n:
		tensor.Misuse("linalg.qr backward", errors.New("mode complete has no gradient for more rows than columns; use mode reduced"), q, r)
	}
	if gq == nil {
		gq = tensor.ZerosLike(q)
	}
	if gr == nil {
		gr = tensor.ZerosLike(r)
	}
	if m >= n {
		return tensor.Grads{qrGrad(q, r, gq, gr)}
	}
	r2, gr2 := r.Narrow(-1, m, n-m), gr.Narrow(-1, m, n-m)
	gq = gq.Add(q.MatMul(r2).MatMul(transposed(gr2)))
	return tensor.Grads{tensor.Cat(-1, qrGrad(q, r.Narrow(-1, 0, m), gq, gr.Narrow(-1, 0, m)), q.MatMul(gr2))}
}

func qrGrad(q, r, gq, gr *tensor.Tensor) *tensor.Tensor {
	m := r.MatMul(transposed(gr)).Sub(transposed(gq).MatMul(q))
	m = m.Tril(0).Add(transposed(m.Tril(-1)))
	return divideRight(r, gq.Add(q.MatMul(m)))
}
