package optim

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Lion steps by the sign of an average of the gradient, so all elements move by
// the same amount. For gradient g, -g if it maximizes:
//
//	u = sign(β₁·m + (1 - β₁)·g)
//	p = (1 - lr·λ)·p - lr·u
//	m = β₂·m + (1 - β₂)·g
//
// Its rate is 3 to 10 times smaller than AdamW's, and its λ larger by as much.
//
// source: Chen et al. 2023, arXiv:2302.06675; PyTorch has none
type Lion struct{ core }

// LionOptions are a group's settings; see [Lion].
type LionOptions struct {
	Descent
	Beta1, Beta2 float64
}

// NewLion returns an optimizer of params; the paper's lr is 1e-4. Without
// options, β₁ is 0.9, β₂ 0.99 and λ 0. It panics as NewSGD does.
func NewLion(params Params, lr float64, opts ...Option) *Lion {
	return &Lion{newCore(lion{}, params, lr, opts)}
}

func (o *LionOptions) fields() []field {
	return append(o.descent(), field{"betas", []*float64{&o.Beta1, &o.Beta2}})
}

func (o *LionOptions) check() error {
	if err := checkBetas(o.Beta1, o.Beta2); err != nil {
		return err
	}
	return o.checkDecay()
}

// MomentumRef is where a schedule changes β₁.
func (o *LionOptions) MomentumRef() *float64 { return &o.Beta1 }

type lion struct{}

func (lion) name() string      { return "Lion" }
func (lion) defaults() Options { return &LionOptions{Beta1: 0.9, Beta2: 0.99} }
func (lion) slots() (numbers, tensors []string, needed int) {
	return nil, []string{"exp_avg"}, 1
}

func (lion) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o, lr := group.Options.(*LionOptions), group.LR
	s.zero(0, p)
	keep := 1 - lr*o.WeightDecay
	tensor.Update(&step{"lion_step", device.Rows{
		F32: func(t [][]float32) { lionRow(t, o, float32(lr), float32(keep)) },
		F64: func(t [][]float64) { lionRow(t, o, lr, keep) },
	}, func(t []*tensor.Tensor) {
		p, m, d := t[0], t[1], direction(t[0], t[2], o.Maximize, 0)
		u := m.MulScalar(o.Beta1).Add(d.MulScalar(1 - o.Beta1)).Sign()
		p.MulScalarInPlace(keep).SubInPlace(u.MulScalar(lr))
		m.MulScalarInPlace(o.Beta2).AddInPlace(d.MulScalar(1 - o.Beta2))
	}}, 2, p, s.t[0], g)
}

func lionRow[T float](t [][]T, o *LionOptions, lr, keep T) {
	p, m, g := t[0], t[1], t[2]
	b1, c1, b2, c2 := T(o.Beta1), T(1-o.Beta1), T(o.Beta2), T(1-o.Beta2)
	for i := range p {
		d := towards(&Descent{Maximize: o.Maximize}, p[i], g[i])
		w := keep * p[i]
		switch u := b1*m[i] + c1*d; {
		case u > 0:
			w -= lr
		case u < 0:
			w += lr
		}
		p[i] = w
		m[i] = b2*m[i] + c2*d
	}
}
