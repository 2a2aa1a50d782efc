package optim

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// NAdam is Adam with Nesterov's look ahead. In step t, for gradient d, with its
// sign and decay:
//
//	μₜ = β₁·(1 - ½·0.96^(t·ψ)),  Πₜ = μ₁⋯μₜ
//	m = β₁·m + (1 - β₁)·d,  v = β₂·v + (1 - β₂)·d²
//	p = p - lr·((1 - μₜ)/(1 - Πₜ)·d + μₜ₊₁/(1 - Πₜ₊₁)·m) / (√(v/(1 - β₂ᵗ)) + ε)
//
// source: torch.optim.NAdam; Dozat 2016, openreview OM0jvwB8jIp57ZJjtNEZ
type NAdam struct{ core }

// NAdamOptions are a group's settings; see [NAdam].
type NAdamOptions struct {
	Descent
	Beta1, Beta2, Eps, MomentumDecay float64 // the last is ψ
	DecoupledWeightDecay             bool
}

// NewNAdam returns an optimizer of params; PyTorch's lr is 2e-3. Without
// options, β₁ is 0.9, β₂ 0.999, ε 1e-8 and ψ 4e-3. It panics as NewSGD does.
func NewNAdam(params Params, lr float64, opts ...Option) *NAdam {
	return &NAdam{newCore(nadam{}, params, lr, opts)}
}

func (o *NAdamOptions) fields() []field {
	return append(o.descent(), field{"betas", []*float64{&o.Beta1, &o.Beta2}}, field{"eps", &o.Eps},
		field{"momentum_decay", &o.MomentumDecay}, field{"decoupled_weight_decay", &o.DecoupledWeightDecay})
}

func (o *NAdamOptions) check() error {
	if err := checkBetas(o.Beta1, o.Beta2); err != nil {
		return err
	}
	if err := nonNegative([]string{"eps", "the momentum decay"}, o.Eps, o.MomentumDecay); err != nil {
		return err
	}
	return o.checkDecay()
}

// MomentumRef is where a schedule changes β₁.
func (o *NAdamOptions) MomentumRef() *float64 { return &o.Beta1 }

type nadam struct{}

func (nadam) name() string { return "NAdam" }
func (nadam) defaults() Options {
	return &NAdamOptions{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, MomentumDecay: 4e-3}
}
func (nadam) slots() (numbers, tensors []string, needed int) {
	return []string{"step", "mu_product"}, []string{"exp_avg", "exp_avg_sq"}, 2
}

func (nadam) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*NAdamOptions)
	s.zeros(2, p)
	t := s.n[0] + 1
	mu := func(t float64) float64 { return o.Beta1 * (1 - 0.5*math.Pow(0.96, t*o.MomentumDecay)) }
	product := mu(t)
	if t > 1 {
		product *= s.n[1]
	}
	next := mu(t + 1)
	a := averaged{Descent: o.Descent, beta1: o.Beta1, beta2: o.Beta2, eps: o.Eps, keep: 1,
		ofGrad: group.LR * (1 - mu(t)) / (1 - product), ofMean: group.LR * next / (1 - product*next),
		root: math.Sqrt(1 - math.Pow(o.Beta2, t)), divide: true}
	a.decouple(o.DecoupledWeightDecay, group.LR)
	a.update("nadam_step", p, s.t[0], s.t[1], g)
	s.n[0], s.n[1] = t, product
}

// averaged is a step of Adam's family: with m and v as Adam's,
//
//	p = keep·p - (ofGrad·d + ofMean·m) / (√v/root + ε)
//
// where it divides, and without the denominator elsewhere.
type averaged struct {
	Descent
	beta1, beta2, eps          float64
	keep, ofGrad, ofMean, root float64
	divide                     bool
}

// decouple moves the decay from the gradient to the parameter.
func (a *averaged) decouple(on bool, lr float64) {
	if on {
		a.keep, a.WeightDecay = 1-lr*a.WeightDecay, 0
	}
}

func (a *averaged) update(name string, p, m, v, g *tensor.Tensor) {
	tensor.Update(&step{name, device.Rows{
		F32: func(t [][]float32) { averagedRow(t, a) },
		F64: func(t [][]float64) { averagedRow(t, a) },
	}, a.body}, 3, p, m, v, g)
}

func averagedRow[T float](t [][]T, a *averaged) {
	p, m, v, g := t[0], t[1], t[2], t[3]
	b1, c1, b2, c2 := T(a.beta1), T(1-a.beta1), T(a.beta2), T(1-a.beta2)
	eps, keep, ofGrad, ofMean, root := T(a.eps), T(a.keep), T(a.ofGrad), T(a.ofMean), T(a.root)
	for i := range p {
		w := keep * p[i]
		d := towards(&a.Descent, w, g[i])
		m[i] = b1*m[i] + c1*d
		v[i] = b2*v[i] + c2*d*d
		u := ofGrad*d + ofMean*m[i]
		if a.divide {
			u /= sqrt(v[i])/root + eps
		}
		p[i] = w - u
	}
}

func (a *averaged) body(t []*tensor.Tensor) {
	p, m, v := t[0], t[1], t[2]
	if a.keep != 1 {
		p.MulScalarInPlace(a.keep)
	}
	d := a.direction(p, t[3])
	m.MulScalarInPlace(a.beta1).AddInPlace(d.MulScalar(1 - a.beta1))
	v.MulScalarInPlace(a.beta2).AddInPlace(d.Mul(d).MulScalar(1 - a.beta2))
	u := m.MulScalar(a.ofMean)
	if a.ofGrad != 0 {
		u = u.Add(d.MulScalar(a.ofGrad))
	}
	if a.divide {
		u = u.Div(v.Sqrt().DivScalar(a.root).AddScalar(a.eps))
	}
	p.SubInPlace(u)
}
