package optim

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Adam divides a running average of the gradient by the root of one of its
// square. In step t, for gradient g:
//
//	d = g + λ·p                                (-g if it maximizes)
//	m = β₁·m + (1 - β₁)·d
//	v = β₂·v + (1 - β₂)·d²
//	p = p - lr · m/(1 - β₁ᵗ) / (√(v/(1 - β₂ᵗ)) + ε)
//
// With AMSGrad, the largest v so far takes v's place in the last line.
//
// source: torch.optim.Adam; Kingma & Ba 2014, arXiv:1412.6980
type Adam struct{ core }

// AdamOptions are a group's settings; see [Adam] and [AdamW].
type AdamOptions struct {
	Beta1, Beta2, Eps, WeightDecay float64
	AMSGrad, Maximize              bool
}

// NewAdam returns an optimizer of params. Without options, β₁ is 0.9, β₂ 0.999,
// ε 1e-8 and λ 0.
//
//	panics: with an error if params is empty or holds nil, one twice, or the
//	result of an op, or if an option is out of range
func NewAdam(params Params, lr float64, opts ...Option) *Adam {
	return &Adam{newCore(adam{}, params, lr, opts)}
}

func (o *AdamOptions) fields() []field {
	return []field{{"betas", []*float64{&o.Beta1, &o.Beta2}}, {"eps", &o.Eps}, {"weight_decay", &o.WeightDecay},
		{"amsgrad", &o.AMSGrad}, {"maximize", &o.Maximize}}
}

func (o *AdamOptions) check() error {
	if err := checkBetas(o.Beta1, o.Beta2); err != nil {
		return err
	}
	return nonNegative([]string{"eps", "the weight decay"}, o.Eps, o.WeightDecay)
}

// checkBetas refuses decay rates outside of [0, 1).
func checkBetas(betas ...float64) error {
	for i, b := range betas {
		if !(b >= 0 && b < 1) {
			return fmt.Errorf("beta %d is %v; want 0 or more, and less than 1", i+1, b)
		}
	}
	return nil
}

// MomentumRef is where a schedule changes β₁, which is Adam's momentum.
func (o *AdamOptions) MomentumRef() *float64 { return &o.Beta1 }

// adam is the rule of Adam; decoupled, that of AdamW.
type adam struct{ decoupled bool }

func (r adam) name() string {
	if r.decoupled {
		return "AdamW"
	}
	return "Adam"
}

func (r adam) defaults() Options {
	o := &AdamOptions{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}
	if r.decoupled {
		o.WeightDecay = 0.01
	}
	return o
}

func (adam) slots() (numbers, tensors []string, needed int) {
	return []string{"step"}, []string{"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}, 2
}

func (r adam) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*AdamOptions)
	t := s.n[0] + 1
	root := math.Sqrt(1 - math.Pow(o.Beta2, t)) // of v's correction, which both sides of the division take
	step := &adamStep{device.Adam{
		Rate:  group.LR * root / (1 - math.Pow(o.Beta1, t)),
		Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps * root,
		WeightDecay: o.WeightDecay, Decay: 1,
		AMSGrad: o.AMSGrad, Maximize: o.Maximize,
	}}
	if r.decoupled {
		step.WeightDecay, step.Decay = 0, 1-group.LR*o.WeightDecay
	}
	n := 2
	if o.AMSGrad {
		n = 3
	}
	for i := range n {
		if s.t[i] == nil {
			s.t[i] = tensor.ZerosLike(p)
		}
	}
	if o.AMSGrad {
		tensor.Update(step, 4, p, s.t[0], s.t[1], s.t[2], g)
	} else {
		tensor.Update(step, 3, p, s.t[0], s.t[1], g)
	}
	s.n[0] = t
}

type adamStep struct{ device.Adam }

func (*adamStep) Name() string          { return "adam_step" }
func (*adamStep) Kernel() device.Kernel { return device.AdamStep }
func (a *adamStep) Attr() any           { return &a.Adam }

func (a *adamStep) Body(t []*tensor.Tensor) {
	p, m, v := t[0], t[1], t[2]
	if a.Decay != 1 {
		p.MulScalarInPlace(a.Decay)
	}
	d := direction(p, t[len(t)-1], a.Maximize, a.WeightDecay)
	m.MulScalarInPlace(a.Beta1).AddInPlace(d.MulScalar(1 - a.Beta1))
	v.MulScalarInPlace(a.Beta2).AddInPlace(d.Mul(d).MulScalar(1 - a.Beta2))
	if a.AMSGrad {
		v = t[3].CopyFrom(t[3].Maximum(v))
	}
	p.SubInPlace(m.MulScalar(a.Rate).Div(v.Sqrt().AddScalar(a.Eps)))
}
