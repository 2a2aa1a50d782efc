package optim

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// ASGD is gradient descent with a falling rate that also keeps the average of
// its parameters. In step t, for gradient d, with its sign and decay:
//
//	p = (1 - λ·η)·p - η·d
//	a = a + μ·(p - a)                  (a = p while μ is 1)
//	η = lr / (1 + λ·lr·t)^α,  μ = 1 / max(1, t - t₀)
//
// The averages are in the state dict, as "ax".
//
// source: torch.optim.ASGD; Polyak & Juditsky 1992, 10.1137/0330046
type ASGD struct{ core }

// ASGDOptions are a group's settings; see [ASGD].
type ASGDOptions struct {
	Descent
	Lambd, Alpha, T0 float64 // λ, α and t₀
}

// NewASGD returns an optimizer of params; PyTorch's lr is 0.01. Without
// options, λ is 1e-4, α 0.75 and t₀ 1e6. It panics as NewSGD does.
func NewASGD(params Params, lr float64, opts ...Option) *ASGD {
	return &ASGD{newCore(asgd{}, params, lr, opts)}
}

// Lambd is ASGD's λ.
func Lambd(v float64) Option { return Option{"lambd", v} }

// T0 is the step from which on ASGD averages.
func T0(v float64) Option { return Option{"t0", v} }

func (o *ASGDOptions) fields() []field {
	return append(o.descent(), field{"lambd", &o.Lambd}, field{"alpha", &o.Alpha}, field{"t0", &o.T0})
}

func (o *ASGDOptions) check() error {
	if err := nonNegative([]string{"lambd", "alpha", "t0"}, o.Lambd, o.Alpha, o.T0); err != nil {
		return err
	}
	return o.checkDecay()
}

type asgd struct{}

func (asgd) name() string      { return "ASGD" }
func (asgd) defaults() Options { return &ASGDOptions{Lambd: 1e-4, Alpha: 0.75, T0: 1e6} }
func (asgd) slots() (numbers, tensors []string, needed int) {
	return []string{"step", "eta", "mu"}, []string{"ax"}, 1
}

func (asgd) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*ASGDOptions)
	s.zero(0, p)
	eta, mu := s.n[1], s.n[2]
	if s.n[0] == 0 {
		eta, mu = group.LR, 1
	}
	keep := 1 - o.Lambd*eta
	tensor.Update(&step{"asgd_step", device.Rows{
		F32: func(t [][]float32) { asgdRow(t, o, float32(keep), float32(eta), float32(mu)) },
		F64: func(t [][]float64) { asgdRow(t, o, keep, eta, mu) },
	}, func(t []*tensor.Tensor) {
		d := o.direction(t[0], t[2])
		t[0].MulScalarInPlace(keep).SubInPlace(d.MulScalar(eta))
		t[1].AddInPlace(t[0].Sub(t[1]).MulScalar(mu))
	}}, 2, p, s.t[0], g)
	t := s.n[0] + 1
	s.n[0], s.n[1], s.n[2] = t, group.LR/math.Pow(1+o.Lambd*group.LR*t, o.Alpha), 1/max(1, t-o.T0)
}

func asgdRow[T float](t [][]T, o *ASGDOptions, keep, eta, mu T) {
	p, avg, g := t[0], t[1], t[2]
	for i := range p {
		d := towards(&o.Descent, p[i], g[i])
		p[i] = keep*p[i] - eta*d
		if mu == 1 {
			avg[i] = p[i]
		} else {
			avg[i] += mu * (p[i] - avg[i])
		}
	}
}
