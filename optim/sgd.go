package optim

import (
	"errors"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// SGD is stochastic gradient descent with momentum. For gradient g:
//
//	d = g + λ·p                 (-g if it maximizes)
//	b = μ·b + (1 - τ)·d         (d in the first step)
//	p = p - lr·b                (lr·(d + μ·b) with Nesterov)
//
// source: torch.optim.SGD; Sutskever et al. 2013, with lr outside of b
type SGD struct{ core }

// SGDOptions are a group's settings; see [SGD].
type SGDOptions struct {
	Momentum, Dampening, WeightDecay float64 // μ, τ and λ
	Nesterov, Maximize               bool
}

// NewSGD returns an optimizer of params. Without options there is no momentum
// and no weight decay.
//
//	panics: with an error if params is empty or holds nil, one twice, or the
//	result of an op, or if an option is out of range
func NewSGD(params Params, lr float64, opts ...Option) *SGD {
	return &SGD{newCore(sgd{}, params, lr, opts)}
}

func (o *SGDOptions) fields() []field {
	return []field{{"momentum", &o.Momentum}, {"dampening", &o.Dampening}, {"weight_decay", &o.WeightDecay},
		{"nesterov", &o.Nesterov}, {"maximize", &o.Maximize}}
}

func (o *SGDOptions) check() error {
	if o.Nesterov && (o.Momentum <= 0 || o.Dampening != 0) {
		return errors.New("Nesterov wants a momentum and no dampening")
	}
	if err := finite("the dampening", o.Dampening); err != nil {
		return err
	}
	return nonNegative([]string{"the momentum", "the weight decay"}, o.Momentum, o.WeightDecay)
}

// MomentumRef is where a schedule changes the momentum.
func (o *SGDOptions) MomentumRef() *float64 { return &o.Momentum }

type sgd struct{}

func (sgd) name() string      { return "SGD" }
func (sgd) defaults() Options { return &SGDOptions{} }
func (sgd) slots() (numbers, tensors []string, needed int) {
	return nil, []string{"momentum_buffer"}, 0
}

func (sgd) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*SGDOptions)
	step := &sgdStep{device.SGD{LR: group.LR, Momentum: o.Momentum, Dampening: o.Dampening,
		WeightDecay: o.WeightDecay, Nesterov: o.Nesterov, Maximize: o.Maximize}}
	if o.Momentum == 0 {
		tensor.Update(step, 1, p, g)
		return
	}
	b := s.t[0]
	if b == nil {
		step.First = true
		b = tensor.EmptyLike(p)
	}
	tensor.Update(step, 2, p, b, g)
	s.t[0] = b
}

type sgdStep struct{ device.SGD }

func (*sgdStep) Name() string          { return "sgd_step" }
func (*sgdStep) Kernel() device.Kernel { return device.SGDStep }
func (a *sgdStep) Attr() any           { return &a.SGD }

func (a *sgdStep) Body(t []*tensor.Tensor) {
	p, d := t[0], direction(t[0], t[len(t)-1], a.Maximize, a.WeightDecay)
	if len(t) == 3 {
		b := t[1]
		if a.First {
			b.CopyFrom(d)
		} else {
			b.MulScalarInPlace(a.Momentum).AddInPlace(d.MulScalar(1 - a.Dampening))
		}
		if a.Nesterov {
			d = d.Add(b.MulScalar(a.Momentum))
		} else {
			d = b
		}
	}
	p.SubInPlace(d.MulScalar(a.LR))
}

// direction is the gradient with its sign and the decay of p.
func direction(p, g *tensor.Tensor, maximize bool, decay float64) *tensor.Tensor {
	if maximize {
		g = g.Neg()
	}
	if decay != 0 {
		g = g.Add(p.MulScalar(decay))
	}
	return g
}
