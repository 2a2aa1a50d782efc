package optim

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Adadelta divides the gradient by the root of a running average of its square,
// and multiplies it by that of its own steps. For gradient d, with its sign and
// decay:
//
//	v = ρ·v + (1 - ρ)·d²
//	u = √(w + ε) / √(v + ε) · d
//	w = ρ·w + (1 - ρ)·u²
//	p = p - lr·u
//
// source: torch.optim.Adadelta; Zeiler 2012, arXiv:1212.5701
type Adadelta struct{ core }

// AdadeltaOptions are a group's settings; see [Adadelta].
type AdadeltaOptions struct {
	Descent
	Rho, Eps float64
}

// NewAdadelta returns an optimizer of params; PyTorch's lr is 1. Without
// options, ρ is 0.9 and ε 1e-6. It panics as NewSGD does.
func NewAdadelta(params Params, lr float64, opts ...Option) *Adadelta {
	return &Adadelta{newCore(adadelta{}, params, lr, opts)}
}

func (o *AdadeltaOptions) fields() []field {
	return append(o.descent(), field{"rho", &o.Rho}, field{"eps", &o.Eps})
}

func (o *AdadeltaOptions) check() error {
	if err := nonNegative([]string{"rho", "eps"}, o.Rho, o.Eps); err != nil {
		return err
	}
	return o.checkDecay()
}

type adadelta struct{}

func (adadelta) name() string      { return "Adadelta" }
func (adadelta) defaults() Options { return &AdadeltaOptions{Rho: 0.9, Eps: 1e-6} }
func (adadelta) slots() (numbers, tensors []string, needed int) {
	return []string{"step"}, []string{"square_avg", "acc_delta"}, 2
}

func (adadelta) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o, lr := group.Options.(*AdadeltaOptions), group.LR
	s.zeros(2, p)
	tensor.Update(&step{"adadelta_step", device.Rows{
		F32: func(t [][]float32) { adadeltaRow(t, o, float32(lr)) },
		F64: func(t [][]float64) { adadeltaRow(t, o, lr) },
	}, func(t []*tensor.Tensor) {
		p, v, w, d := t[0], t[1], t[2], o.direction(t[0], t[3])
		v.MulScalarInPlace(o.Rho).AddInPlace(d.Mul(d).MulScalar(1 - o.Rho))
		u := w.AddScalar(o.Eps).Sqrt().Div(v.AddScalar(o.Eps).Sqrt()).Mul(d)
		w.MulScalarInPlace(o.Rho).AddInPlace(u.Mul(u).MulScalar(1 - o.Rho))
		p.SubInPlace(u.MulScalar(lr))
	}}, 3, p, s.t[0], s.t[1], g)
	s.n[0]++
}

func adadeltaRow[T float](t [][]T, o *AdadeltaOptions, lr T) {
	p, v, w, g := t[0], t[1], t[2], t[3]
	rho, part, eps := T(o.Rho), T(1-o.Rho), T(o.Eps)
	for i := range p {
		d := towards(&o.Descent, p[i], g[i])
		v[i] = rho*v[i] + part*d*d
		u := sqrt(w[i]+eps) / sqrt(v[i]+eps) * d
		w[i] = rho*w[i] + part*u*u
		p[i] -= lr * u
	}
}
