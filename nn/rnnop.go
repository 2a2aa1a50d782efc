package nn

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// rnnOp maps p = x·w_ihᵀ + bias, w_hh and the first state h to all states.
type rnnOp struct{ *sequence }

func (o rnnOp) Name() string {
	if o.ReLU {
		return "rnn_relu"
	}
	return "rnn_tanh"
}
func (rnnOp) CastRule() tensor.CastRule { return tensor.CastLower }
func (rnnOp) Kernel() device.Kernel     { return device.RNN }
func (rnnOp) Reads() tensor.Reads       { return tensor.AllIn | tensor.Out0 }
func (o rnnOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	n := in[2].Size(1)
	return o.states(in[0], n), o.fit(in[0], in[1], 1, n)
}

func (o rnnOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	return wide(in, func(in []*tensor.Tensor) []*tensor.Tensor {
		return []*tensor.Tensor{o.joined(in[2], o.steps(in[0], in[1], in[2]))}
	})[0]
}

// steps computes the state after each step, in tensor ops.
func (o rnnOp) steps(p, w, h *tensor.Tensor) []*tensor.Tensor {
	steps := make([]*tensor.Tensor, len(o.Sizes))
	o.each(false, func(at step) {
		y := at.of(p).Add(at.top(h).MatMul(w.T()))
		if o.ReLU {
			y = y.ReLU()
		} else {
			y = y.Tanh()
		}
		steps[at.t] = y
		h = at.put(h, y)
	})
	return steps
}

func (o rnnOp) Grad(c *tensor.Ctx, dhs *tensor.Tensor) (g tensor.Grads) {
	hs := c.Out(0)
	d := tensor.ApplyMulti(rnnGradOp{sequence: o.sequence}, dhs, c.In(0), c.In(1), c.In(2), hs)
	g[0], g[2] = d[0], d[1]
	if c.Needs(1) {
		g[1] = d[0].T().MatMul(o.before(hs))
	}
	return g
}

// rnnGradOp maps the gradient of all states, and what rnnOp had and gave, to
// those of p and h. Its definition needs nothing of what rnnOp gave, so that it
// can be differentiated.
type rnnGradOp struct {
	*sequence
	tensor.ThroughBody
}

func (o rnnGradOp) Name() string        { return rnnOp{o.sequence}.Name() + "_backward" }
func (rnnGradOp) Kernel() device.Kernel { return device.RNNGrad }
func (rnnGradOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	return []device.Spec{specOf(in[1]), specOf(in[3])}, nil
}

// Back through the steps, for the gradient d of y: dp = d·(1-y²), or d where y > 0.
func (o rnnGradOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	return wide(in, func(in []*tensor.Tensor) []*tensor.Tensor {
		dhs, w := in[0], in[2]
		steps, dps := rnnOp{o.sequence}.steps(in[1], w, in[3]), make([]*tensor.Tensor, len(o.Sizes))
		dh := tensor.ZerosLike(in[3])
		o.each(true, func(at step) {
			y, dp := steps[at.t], at.of(o.results(dhs)).Add(at.top(dh))
			if o.ReLU {
				dp = dp.MaskedFill(y.LeScalar(0), 0)
			} else {
				dp = dp.Mul(bend(y))
			}
			dps[at.t] = dp
			dh = at.put(dh, dp.MatMul(w))
		})
		return []*tensor.Tensor{tensor.Cat(0, dps...), dh.Add(o.first(dhs))}
	})
}
