package onnx

import (
	"github.com/facula-ml/facula/tensor"
)

// trainingOps are steps of optimizers, from the domain ai.onnx.preview.training:
// each has the inputs rate, step, and then all parameters, all their gradients,
// and the states of all.
func trainingOps() map[string]opFunc {
	const domain = "ai.onnx.preview.training."
	return map[string]opFunc{
		domain + "Adagrad":  func(c *call) []*Value { return c.optimize(1, adagrad) },
		domain + "Momentum": func(c *call) []*Value { return c.optimize(1, momentum) },
		domain + "Adam":     func(c *call) []*Value { return c.optimize(2, adam) },
	}
}

// optimize calls f with each parameter, its gradient, and its states.
func (c *call) optimize(states int, f func(c *call, rate, x, g *tensor.Tensor, s []*tensor.Tensor) []*tensor.Tensor) []*Value {
	n := (len(c.in) - 2) / (2 + states)
	if n < 1 || len(c.in) != 2+n*(2+states) {
		c.failf("%d inputs; want 2 and %d for each parameter", len(c.in), 2+states)
	}
	out := make([]*Value, n*(1+states))
	for i := range n {
		var s []*tensor.Tensor
		for k := range states {
			s = append(s, c.x(2+(2+k)*n+i))
		}
		for k, t := range f(c, c.x(0), c.x(2+i), c.x(2+n+i), s) {
			out[k*n+i] = NewValue(t)
		}
	}
	return out
}

// decayed adds the gradient of the penalty norm_coefficient·x²/2.
func (c *call) decayed(g, x *tensor.Tensor) *tensor.Tensor {
	return g.Add(x.MulScalar(c.floatAttr("norm_coefficient", 0)))
}

func adagrad(c *call, rate, x, g *tensor.Tensor, s []*tensor.Tensor) []*tensor.Tensor {
	step := c.x(1).Cast(x.DType())
	rate = rate.Div(step.MulScalar(c.floatAttr("decay_factor", 0)).AddScalar(1))
	g = c.decayed(g, x)
	h := s[0].Add(g.Square())
	return []*tensor.Tensor{x.Sub(rate.Mul(g).Div(h.Sqrt().AddScalar(c.floatAttr("epsilon", 1e-6)))), h}
}

func momentum(c *call, rate, x, g *tensor.Tensor, s []*tensor.Tensor) []*tensor.Tensor {
	alpha, beta := c.floatAttr("alpha", 0), c.floatAttr("beta", 0)
	if c.x(1).Int() == 0 {
		beta = 1
	}
	g = c.decayed(g, x)
	v := s[0].MulScalar(alpha).Add(g.MulScalar(beta))
	step := v
	if c.choice("mode", "standard", "nesterov") == "nesterov" {
		step = g.Add(v.MulScalar(alpha))
	}
	return []*tensor.Tensor{x.Sub(rate.Mul(step)), v}
}

func adam(c *call, rate, x, g *tensor.Tensor, s []*tensor.Tensor) []*tensor.Tensor {
	alpha, beta := c.floatAttr("alpha", 0.9), c.floatAttr("beta", 0.999)
	g = c.decayed(g, x)
	v := s[0].MulScalar(alpha).Add(g.MulScalar(1 - alpha))
	h := s[1].MulScalar(beta).Add(g.Square().MulScalar(1 - beta))
	if t := c.x(1); t.Int() > 0 {
		n := t.Cast(x.DType())
		one := tensor.OnesLike(n)
		rate = rate.Mul(one.Sub(tensor.FullLike(n, beta).Pow(n)).Sqrt()).Div(one.Sub(tensor.FullLike(n, alpha).Pow(n)))
	}
	x = x.Sub(rate.Mul(v).Div(h.Sqrt().AddScalar(c.floatAttr("epsilon", 1e-6))))
	return []*tensor.Tensor{x.MulScalar(1 - c.floatAttr("norm_coefficient_post", 0)), v, h}
}
