package optim

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// RAdam is Adam that waits with the division until the average square is worth
// it. In step t, with m and v as Adam's:
//
//	ρ∞ = 2/(1 - β₂) - 1,  ρ = ρ∞ - 2·t·β₂ᵗ/(1 - β₂ᵗ)
//	r = √((ρ - 4)(ρ - 2)ρ∞ / ((ρ∞ - 4)(ρ∞ - 2)ρ))
//	p = p - lr · m/(1 - β₁ᵗ) · r · √(1 - β₂ᵗ) / (√v + ε)     if ρ > 5
//	p = p - lr · m/(1 - β₁ᵗ)                                 if not
//
// source: torch.optim.RAdam; Liu et al. 2019, arXiv:1908.03265
type RAdam struct{ core }

// RAdamOptions are a group's settings; see [RAdam].
type RAdamOptions struct {
	Descent
	Beta1, Beta2, Eps    float64
	DecoupledWeightDecay bool
}

// NewRAdam returns an optimizer of params; PyTorch's lr is 1e-3. Without
// options, β₁ is 0.9, β₂ 0.999 and ε 1e-8. It panics as NewSGD does.
func NewRAdam(params Params, lr float64, opts ...Option) *RAdam {
	return &RAdam{newCore(radam{}, params, lr, opts)}
}

func (o *RAdamOptions) fields() []field {
	return append(o.descent(), field{"betas", []*float64{&o.Beta1, &o.Beta2}}, field{"eps", &o.Eps},
		field{"decoupled_weight_decay", &o.DecoupledWeightDecay})
}

func (o *RAdamOptions) check() error { return o.checkAdam(o.Beta1, o.Beta2, o.Eps) }

// MomentumRef is where a schedule changes β₁.
func (o *RAdamOptions) MomentumRef() *float64 { return &o.Beta1 }

type radam struct{}

func (radam) name() string      { return "RAdam" }
func (radam) defaults() Options { return &RAdamOptions{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8} }
func (radam) slots() (numbers, tensors []string, needed int) {
	return []string{"step"}, []string{"exp_avg", "exp_avg_sq"}, 2
}

func (radam) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*RAdamOptions)
	s.zeros(2, p)
	t := s.n[0] + 1
	decayed := math.Pow(o.Beta2, t)
	most := 2/(1-o.Beta2) - 1
	rho := most - 2*t*decayed/(1-decayed)
	a := averaged{Descent: o.Descent, beta1: o.Beta1, beta2: o.Beta2, eps: o.Eps, keep: 1, root: 1,
		ofMean: group.LR / (1 - math.Pow(o.Beta1, t)), divide: rho > 5}
	if a.divide {
		a.ofMean *= math.Sqrt((rho-4)*(rho-2)*most/((most-4)*(most-2)*rho)) * math.Sqrt(1-decayed)
	}
	a.decouple(o.DecoupledWeightDecay, group.LR)
	a.update("radam_step", p, s.t[0], s.t[1], g)
	s.n[0] = t
}
