package nn

import (
	"errors"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// lstmOp maps p = x·w_ihᵀ + bias, w_hh, and the first states h and c to all
// states, and to the gates for the gradient.
type lstmOp struct{ *sequence }

func (lstmOp) Name() string              { return "lstm" }
func (lstmOp) CastRule() tensor.CastRule { return tensor.CastLower }
func (lstmOp) Kernel() device.Kernel     { return device.LSTM }
func (o lstmOp) Reads() tensor.Reads     { return o.reads() }
func (o lstmOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	n := in[2].Size(1)
	if err := o.fit(in[0], in[1], 4, n); err != nil {
		return nil, err
	}
	states := o.states(in[0], n)
	return []device.Spec{states, states, o.gates(in[0], 4*n)}, nil
}

// fit refuses gates and weights that do not fit the states, of the given size.
func (s *sequence) fit(p, w *tensor.Tensor, gates, size int) error {
	switch {
	case p.Size(0) != s.rows || p.Size(1) != gates*size:
		return errors.New("the gates do not fit the states")
	case w.Dim() != 2 || w.Size(0) != gates*size || w.Size(1) != size || w.DType() != p.DType():
		return errors.New("weight_hh does not fit the input or the states")
	}
	return nil
}

func (o lstmOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	return wide(in, func(in []*tensor.Tensor) []*tensor.Tensor {
		steps := o.forward(in[0], in[1], in[2], in[3])
		var hs, cs, gates []*tensor.Tensor
		for _, x := range steps {
			hs, cs, gates = append(hs, x.y), append(cs, x.c), append(gates, tensor.Cat(1, x.i, x.f, x.g, x.o))
		}
		return []*tensor.Tensor{o.joined(in[2], hs), o.joined(in[3], cs), o.keep(tensor.Cat(0, gates...))}
	})
}

// An lstmStep is what one step computes, by PyTorch's names; before is c as it was.
type lstmStep struct{ i, f, g, o, before, c, y *tensor.Tensor }

// newLSTMStep computes a step from its gates before their functions.
func newLSTMStep(p, c *tensor.Tensor) lstmStep {
	n := c.Size(1)
	x := lstmStep{i: gate(p, 0, n).Sigmoid(), f: gate(p, 1, n).Sigmoid(), g: gate(p, 2, n).Tanh(), o: gate(p, 3, n).Sigmoid(), before: c}
	x.c = x.f.Mul(c).Add(x.i.Mul(x.g))
	x.y = x.o.Mul(x.c.Tanh())
	return x
}

// forward computes all steps, in tensor ops.
func (s *sequence) forward(p, w, h, c *tensor.Tensor) []lstmStep {
	steps := make([]lstmStep, len(s.Sizes))
	s.each(false, func(at step) {
		x := newLSTMStep(at.of(p).Add(at.top(h).MatMul(w.T())), at.top(c))
		steps[at.t] = x
		h, c = at.put(h, x.y), at.put(c, x.c)
	})
	return steps
}

func (o lstmOp) Grad(c *tensor.Ctx, dhs *tensor.Tensor) (g tensor.Grads) {
	hs, cs := c.Out(0), c.Out(1)
	d := tensor.ApplyMulti(lstmGradOp{sequence: o.sequence}, gradOf(c, 0, hs), gradOf(c, 1, cs), c.In(0), c.In(1), c.In(2), c.In(3), c.Out(2), cs)
	g[0], g[2] = d[0], d[1]
	if c.Needs(1) {
		g[1] = d[0].T().MatMul(o.before(hs))
	}
	c.Set(3, d[2])
	return g
}

// lstmGradOp maps the gradients of all states, and what lstmOp had and gave, to
// those of p, h and c. Its definition needs nothing of what lstmOp gave, so that
// it can be differentiated.
type lstmGradOp struct {
	*sequence
	tensor.ThroughBody
}

func (lstmGradOp) Name() string          { return "lstm_backward" }
func (lstmGradOp) Kernel() device.Kernel { return device.LSTMGrad }
func (lstmGradOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	return []device.Spec{specOf(in[2]), specOf(in[4]), specOf(in[5])}, nil
}

// Back through the steps, for the gradient d of y and e of c:
//
//	e = e + d·o·(1 - tanh²c), dp = (e·g·i(1-i), e·before·f(1-f), e·i·(1-g²), d·tanh(c)·o(1-o))
func (o lstmGradOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	return wide(in, func(in []*tensor.Tensor) []*tensor.Tensor {
		dhs, dcs, w := in[0], in[1], in[3]
		steps, dps := o.forward(in[2], w, in[4], in[5]), make([]*tensor.Tensor, len(o.Sizes))
		dh, dc := tensor.ZerosLike(in[4]), tensor.ZerosLike(in[5])
		o.each(true, func(at step) {
			x := steps[at.t]
			d, tc := at.of(o.results(dhs)).Add(at.top(dh)), x.c.Tanh()
			e := at.of(o.results(dcs)).Add(at.top(dc)).Add(d.Mul(x.o).Mul(bend(tc)))
			dp := tensor.Cat(1, e.Mul(x.g).Mul(slope(x.i)), e.Mul(x.before).Mul(slope(x.f)), e.Mul(x.i).Mul(bend(x.g)), d.Mul(tc).Mul(slope(x.o)))
			dps[at.t] = dp
			dh, dc = at.put(dh, dp.MatMul(w)), at.put(dc, e.Mul(x.f))
		})
		return []*tensor.Tensor{tensor.Cat(0, dps...), dh.Add(o.first(dhs)), dc.Add(o.first(dcs))}
	})
}

// specOf is the dtype and shape of t.
func specOf(t *tensor.Tensor) device.Spec {
	s := device.Spec{DType: t.DType(), Rank: uint8(t.Dim())}
	copy(s.Dim[:], t.Shape())
	return s
}

// projected is an LSTM whose state is m·w_hrᵀ, where m is what an LSTM gives.
func (s *sequence) projected(p *tensor.Tensor, w *RecurrentWeights, h, c *tensor.Tensor) (y, hn, cn *tensor.Tensor) {
	ys := make([]*tensor.Tensor, len(s.Sizes))
	s.each(false, func(at step) {
		x := newLSTMStep(at.of(p).Add(at.top(h).Linear(w.WeightHH, nil)), at.top(c))
		ys[at.t] = x.y.Linear(w.WeightHR, nil)
		h, c = at.put(h, ys[at.t]), at.put(c, x.c)
	})
	return tensor.Cat(0, ys...), h, c
}
