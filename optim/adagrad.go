package optim

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Adagrad divides the gradient by the root of the sum of all its squares. In
// step t, for gradient d, with its sign and decay:
//
//	v = v + d²
//	p = p - lr/(1 + (t - 1)·η) · d / (√v + ε)
//
// source: torch.optim.Adagrad; Duchi, Hazan & Singer 2011, JMLR 12
type Adagrad struct{ core }

// AdagradOptions are a group's settings; see [Adagrad].
type AdagradOptions struct {
	Descent
	LRDecay, Eps       float64 // η and ε
	InitialAccumulator float64 // v before the first step
}

// NewAdagrad returns an optimizer of params; PyTorch's lr is 0.01. Without
// options, η is 0, ε 1e-10, and v starts at 0. It panics as NewSGD does.
func NewAdagrad(params Params, lr float64, opts ...Option) *Adagrad {
	return &Adagrad{newCore(adagrad{}, params, lr, opts)}
}

func (o *AdagradOptions) fields() []field {
	return append(o.descent(), field{"lr_decay", &o.LRDecay}, field{"eps", &o.Eps}, field{"initial_accumulator_value", &o.InitialAccumulator})
}

func (o *AdagradOptions) check() error {
	if err := nonNegative([]string{"the decay of the learning rate", "eps", "the initial accumulator"}, o.LRDecay, o.Eps, o.InitialAccumulator); err != nil {
		return err
	}
	return o.checkDecay()
}

type adagrad struct{}

func (adagrad) name() string      { return "Adagrad" }
func (adagrad) defaults() Options { return &AdagradOptions{Eps: 1e-10} }
func (adagrad) slots() (numbers, tensors []string, needed int) {
	return []string{"step"}, []string{"sum"}, 1
}

func (adagrad) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*AdagradOptions)
	if s.t[0] == nil {
		s.t[0] = tensor.FullLike(p, o.InitialAccumulator)
	}
	lr := group.LR / (1 + s.n[0]*o.LRDecay)
	tensor.Update(&step{"adagrad_step", device.Rows{
		F32: func(t [][]float32) { adagradRow(t, o, float32(lr)) },
		F64: func(t [][]float64) { adagradRow(t, o, lr) },
	}, func(t []*tensor.Tensor) {
		d := o.direction(t[0], t[2])
		t[1].AddInPlace(d.Mul(d))
		t[0].SubInPlace(d.MulScalar(lr).Div(t[1].Sqrt().AddScalar(o.Eps)))
	}}, 2, p, s.t[0], g)
	s.n[0]++
}

func adagradRow[T float](t [][]T, o *AdagradOptions, lr T) {
	p, v, g := t[0], t[1], t[2]
	for i := range p {
		d := towards(&o.Descent, p[i], g[i])
		v[i] += d * d
		p[i] -= lr * d / (sqrt(v[i]) + T(o.Eps))
	}
}
