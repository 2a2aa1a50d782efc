package optim

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Adamax is Adam with the largest gradient, slowly forgotten, in the place of
// the root of the average square. In step t, for gradient d, with its sign and
// decay:
//
//	m = β₁·m + (1 - β₁)·d
//	u = max(β₂·u, |d| + ε)
//	p = p - lr/(1 - β₁ᵗ) · m/u
//
// source: torch.optim.Adamax; Kingma & Ba 2014, arXiv:1412.6980
type Adamax struct{ core }

// AdamaxOptions are a group's settings; see [Adamax].
type AdamaxOptions struct {
	Descent
	Beta1, Beta2, Eps float64
}

// NewAdamax returns an optimizer of params; PyTorch's lr is 2e-3. Without
// options, β₁ is 0.9, β₂ 0.999 and ε 1e-8. It panics as NewSGD does.
func NewAdamax(params Params, lr float64, opts ...Option) *Adamax {
	return &Adamax{newCore(adamax{}, params, lr, opts)}
}

func (o *AdamaxOptions) fields() []field {
	return append(o.descent(), field{"betas", []*float64{&o.Beta1, &o.Beta2}}, field{"eps", &o.Eps})
}

func (o *AdamaxOptions) check() error { return o.checkAdam(o.Beta1, o.Beta2, o.Eps) }

// MomentumRef is where a schedule changes β₁.
func (o *AdamaxOptions) MomentumRef() *float64 { return &o.Beta1 }

type adamax struct{}

func (adamax) name() string      { return "Adamax" }
func (adamax) defaults() Options { return &AdamaxOptions{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8} }
func (adamax) slots() (numbers, tensors []string, needed int) {
	return []string{"step"}, []string{"exp_avg", "exp_inf"}, 2
}

func (adamax) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*AdamaxOptions)
	s.zeros(2, p)
	rate := group.LR / (1 - math.Pow(o.Beta1, s.n[0]+1))
	tensor.Update(&step{"adamax_step", device.Rows{
		F32: func(t [][]float32) { adamaxRow(t, o, float32(rate)) },
		F64: func(t [][]float64) { adamaxRow(t, o, rate) },
	}, func(t []*tensor.Tensor) {
		p, m, u, d := t[0], t[1], t[2], o.direction(t[0], t[3])
		m.MulScalarInPlace(o.Beta1).AddInPlace(d.MulScalar(1 - o.Beta1))
		u.CopyFrom(u.MulScalar(o.Beta2).Maximum(d.Abs().AddScalar(o.Eps)))
		p.SubInPlace(m.MulScalar(rate).Div(u))
	}}, 3, p, s.t[0], s.t[1], g)
	s.n[0]++
}

func adamaxRow[T float](t [][]T, o *AdamaxOptions, rate T) {
	p, m, u, g := t[0], t[1], t[2], t[3]
	b1, c1, b2, eps := T(o.Beta1), T(1-o.Beta1), T(o.Beta2), T(o.Eps)
	for i := range p {
		d := towards(&o.Descent, p[i], g[i])
		m[i] = b1*m[i] + c1*d
		u[i] = max(b2*u[i], max(d, -d)+eps)
		p[i] -= rate * m[i] / u[i]
	}
}
