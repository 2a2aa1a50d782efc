package nn

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// gruOp maps p = x·w_ihᵀ + b_ih, w_hh, b_hh and the first state h to all
// states, and to the gates for the gradient.
type gruOp struct{ *sequence }

func (gruOp) Name() string              { return "gru" }
func (gruOp) CastRule() tensor.CastRule { return tensor.CastLower }
func (gruOp) Kernel() device.Kernel     { return device.GRU }
func (o gruOp) Reads() tensor.Reads     { return o.reads() }
func (o gruOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	n := in[3].Size(1)
	if err := o.fit(in[0], in[1], 3, n); err != nil {
		return nil, err
	}
	return []device.Spec{o.states(in[0], n), o.gates(in[0], 4*n)}, nil
}

func (o gruOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	return wide(in, func(in []*tensor.Tensor) []*tensor.Tensor {
		var hs, gates []*tensor.Tensor
		for _, x := range o.steps(in[0], in[1], in[2], in[3]) {
			hs, gates = append(hs, x.y), append(gates, tensor.Cat(1, x.r, x.z, x.q, x.n))
		}
		return []*tensor.Tensor{o.joined(in[3], hs), o.keep(tensor.Cat(0, gates...))}
	})
}

// A gruStep is what one step computes: PyTorch's r, z and n, and of the state
// as it was q = before·w_hnᵀ + b_hn.
type gruStep struct{ r, z, q, n, before, y *tensor.Tensor }

// steps computes all steps, in tensor ops.
func (o gruOp) steps(p, w, b, h *tensor.Tensor) []gruStep {
	steps, n := make([]gruStep, len(o.Sizes)), h.Size(1)
	o.each(false, func(at step) {
		g, u := at.of(p), at.top(h).MatMul(w.T()).Add(b)
		x := gruStep{before: at.top(h), q: gate(u, 2, n)}
		x.r, x.z = gate(g, 0, n).Add(gate(u, 0, n)).Sigmoid(), gate(g, 1, n).Add(gate(u, 1, n)).Sigmoid()
		x.n = gate(g, 2, n).Add(x.r.Mul(x.q)).Tanh()
		x.y = x.n.Add(x.z.Mul(x.before.Sub(x.n)))
		steps[at.t] = x
		h = at.put(h, x.y)
	})
	return steps
}

func (o gruOp) Grad(c *tensor.Ctx, dhs *tensor.Tensor) (g tensor.Grads) {
	hs := c.Out(0)
	d := tensor.ApplyMulti(gruGradOp{sequence: o.sequence}, gradOf(c, 0, hs), c.In(0), c.In(1), c.In(2), c.In(3), c.Out(1), hs)
	g[0], g[2] = d[0], d[1] // the caller sums what was broadcast
	if c.Needs(1) {
		g[1] = d[1].T().MatMul(o.before(hs))
	}
	c.Set(3, d[2])
	return g
}

// gruGradOp maps the gradient of all states, and what gruOp had and gave, to
// those of p, of h·w_hhᵀ + b_hh, and of h. Its definition needs nothing of what
// gruOp gave, so that it can be differentiated.
type gruGradOp struct {
	*sequence
	tensor.ThroughBody
}

func (gruGradOp) Name() string          { return "gru_backward" }
func (gruGradOp) Kernel() device.Kernel { return device.GRUGrad }
func (gruGradOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	return []device.Spec{specOf(in[1]), specOf(in[1]), specOf(in[4])}, nil
}

// Back through the steps, for the gradient d of y:
//
//	dn = d·(1-z)·(1-n²), dz = d·(before-n)·z(1-z), dr = dn·q·r(1-r), dq = dn·r
func (o gruGradOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	return wide(in, func(in []*tensor.Tensor) []*tensor.Tensor {
		dhs, w := in[0], in[2]
		steps := gruOp{o.sequence}.steps(in[1], w, in[3], in[4])
		dps, dqs, dh := make([]*tensor.Tensor, len(steps)), make([]*tensor.Tensor, len(steps)), tensor.ZerosLike(in[4])
		o.each(true, func(at step) {
			x := steps[at.t]
			d := at.of(o.results(dhs)).Add(at.top(dh))
			dn := d.Mul(x.z.RSubScalar(1)).Mul(bend(x.n))
			dz, dr := d.Mul(x.before.Sub(x.n)).Mul(slope(x.z)), dn.Mul(x.q).Mul(slope(x.r))
			dq := tensor.Cat(1, dr, dz, dn.Mul(x.r))
			dps[at.t], dqs[at.t] = tensor.Cat(1, dr, dz, dn), dq
			dh = at.put(dh, d.Mul(x.z).Add(dq.MatMul(w)))
		})
		return []*tensor.Tensor{tensor.Cat(0, dps...), tensor.Cat(0, dqs...), dh.Add(o.first(dhs))}
	})
}
