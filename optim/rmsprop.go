package optim

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// RMSprop divides the gradient by the root of a running average of its square.
// For gradient d, with its sign and decay:
//
//	v = α·v + (1 - α)·d²
//	a = α·a + (1 - α)·d               (0 unless centered)
//	u = d / (√(v - a²) + ε)
//	b = μ·b + u,  p = p - lr·b        (b = u without momentum)
//
// source: torch.optim.RMSprop; Hinton 2012, lecture 6e; centered: Graves 2013, arXiv:1308.0850
type RMSprop struct{ core }

// RMSpropOptions are a group's settings; see [RMSprop].
type RMSpropOptions struct {
	Descent
	Alpha, Eps, Momentum float64
	Centered             bool
}

// NewRMSprop returns an optimizer of params; PyTorch's lr is 0.01. Without
// options, α is 0.99 and ε 1e-8. It panics as NewSGD does.
func NewRMSprop(params Params, lr float64, opts ...Option) *RMSprop {
	return &RMSprop{newCore(rmsprop{}, params, lr, opts)}
}

func (o *RMSpropOptions) fields() []field {
	return append(o.descent(), field{"alpha", &o.Alpha}, field{"eps", &o.Eps}, field{"momentum", &o.Momentum}, field{"centered", &o.Centered})
}

func (o *RMSpropOptions) check() error {
	if err := nonNegative([]string{"alpha", "eps", "the momentum"}, o.Alpha, o.Eps, o.Momentum); err != nil {
		return err
	}
	return o.checkDecay()
}

// MomentumRef is where a schedule changes the momentum.
func (o *RMSpropOptions) MomentumRef() *float64 { return &o.Momentum }

type rmsprop struct{}

func (rmsprop) name() string      { return "RMSprop" }
func (rmsprop) defaults() Options { return &RMSpropOptions{Alpha: 0.99, Eps: 1e-8} }
func (rmsprop) slots() (numbers, tensors []string, needed int) {
	return []string{"step"}, []string{"square_avg", "momentum_buffer", "grad_avg"}, 1
}

func (rmsprop) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*RMSpropOptions)
	s.zero(0, p)
	t := []*tensor.Tensor{p, s.t[0]}
	if o.Momentum > 0 {
		s.zero(1, p)
		t = append(t, s.t[1])
	}
	if o.Centered {
		s.zero(2, p)
		t = append(t, s.t[2])
	}
	lr := group.LR
	tensor.Update(&step{"rmsprop_step", device.Rows{
		F32: func(t [][]float32) { rmspropRow(t, o, float32(lr)) },
		F64: func(t [][]float64) { rmspropRow(t, o, lr) },
	}, func(t []*tensor.Tensor) { rmspropBody(t, o, lr) }}, len(t), append(t, g)...)
	s.n[0]++
}

func rmspropRow[T float](t [][]T, o *RMSpropOptions, lr T) {
	p, v, g := t[0], t[1], t[len(t)-1]
	alpha, beta, eps, mu := T(o.Alpha), T(1-o.Alpha), T(o.Eps), T(o.Momentum)
	var buf, avg []T
	if o.Momentum > 0 {
		buf = t[2]
	}
	if o.Centered {
		avg = t[len(t)-2]
	}
	for i := range p {
		d := towards(&o.Descent, p[i], g[i])
		v[i] = alpha*v[i] + beta*d*d
		w := v[i]
		if avg != nil {
			avg[i] += beta * (d - avg[i])
			w -= avg[i] * avg[i]
		}
		d /= sqrt(w) + eps
		if buf != nil {
			buf[i] = mu*buf[i] + d
			d = buf[i]
		}
		p[i] -= lr * d
	}
}

func rmspropBody(t []*tensor.Tensor, o *RMSpropOptions, lr float64) {
	p, v, d := t[0], t[1], o.direction(t[0], t[len(t)-1])
	v.MulScalarInPlace(o.Alpha).AddInPlace(d.Mul(d).MulScalar(1 - o.Alpha))
	w := v
	if o.Centered {
		avg := t[len(t)-2]
		avg.AddInPlace(d.Sub(avg).MulScalar(1 - o.Alpha))
		w = v.Sub(avg.Mul(avg))
	}
	d = d.Div(w.Sqrt().AddScalar(o.Eps))
	if o.Momentum > 0 {
		d = t[2].MulScalarInPlace(o.Momentum).AddInPlace(d)
	}
	p.SubInPlace(d.MulScalar(lr))
}
