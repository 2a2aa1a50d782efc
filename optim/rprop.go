package optim

import (
	"errors"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Rprop looks at the sign of each gradient alone: each element has a step of
// its own, which grows by η⁺ while the sign stays, and shrinks by η⁻ where it
// turned. There, the element waits for one step. It wants the gradients of all
// the data, not of batches.
//
//	s = clamp(s·η, least, most),  p = p - s·sign(d)
//
// source: torch.optim.Rprop; Riedmiller & Braun 1993, 10.1109/ICNN.1993.298623
type Rprop struct{ core }

// RpropOptions are a group's settings; see [Rprop].
type RpropOptions struct {
	Maximize          bool
	EtaMinus, EtaPlus float64
	Least, Most       float64 // bounds of the steps
}

// NewRprop returns an optimizer of params, whose first steps are lr; PyTorch's
// is 0.01. Without options, η⁻ is 0.5, η⁺ 1.2, and steps are from 1e-6 to 50.
// It panics as NewSGD does.
func NewRprop(params Params, lr float64, opts ...Option) *Rprop {
	return &Rprop{newCore(rprop{}, params, lr, opts)}
}

// Etas are the factors by which Rprop's steps shrink and grow.
func Etas(minus, plus float64) Option { return Option{"etas", []float64{minus, plus}} }

// StepSizes are the bounds of Rprop's steps.
func StepSizes(least, most float64) Option { return Option{"step_sizes", []float64{least, most}} }

func (o *RpropOptions) fields() []field {
	return []field{{"maximize", &o.Maximize}, {"etas", []*float64{&o.EtaMinus, &o.EtaPlus}}, {"step_sizes", []*float64{&o.Least, &o.Most}}}
}

func (o *RpropOptions) check() error {
	if !(0 < o.EtaMinus && o.EtaMinus < 1 && 1 < o.EtaPlus) {
		return errors.New("the etas are not 0 < η⁻ < 1 < η⁺")
	}
	return nonNegative([]string{"the smallest step", "the largest step"}, o.Least, o.Most)
}

type rprop struct{}

func (rprop) name() string { return "Rprop" }
func (rprop) defaults() Options {
	return &RpropOptions{EtaMinus: 0.5, EtaPlus: 1.2, Least: 1e-6, Most: 50}
}
func (rprop) slots() (numbers, tensors []string, needed int) {
	return []string{"step"}, []string{"prev", "step_size"}, 2
}

func (rprop) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*RpropOptions)
	s.zero(0, p)
	if s.t[1] == nil {
		s.t[1] = tensor.FullLike(p, group.LR)
	}
	tensor.Update(&step{"rprop_step", device.Rows{
		F32: func(t [][]float32) { rpropRow(t, o) },
		F64: func(t [][]float64) { rpropRow(t, o) },
	}, func(t []*tensor.Tensor) { rpropBody(t, o) }}, 3, p, s.t[0], s.t[1], g)
	s.n[0]++
}

func rpropRow[T float](t [][]T, o *RpropOptions) {
	p, prev, size, g := t[0], t[1], t[2], t[3]
	for i := range p {
		d := towards(&Descent{Maximize: o.Maximize}, p[i], g[i])
		factor := T(1)
		switch turn := d * prev[i]; {
		case turn > 0:
			factor = T(o.EtaPlus)
		case turn < 0:
			factor = T(o.EtaMinus)
		}
		size[i] = min(max(size[i]*factor, T(o.Least)), T(o.Most))
		if factor == T(o.EtaMinus) {
			d = 0
		}
		switch {
		case d > 0:
			p[i] -= size[i]
		case d < 0:
			p[i] += size[i]
		}
		prev[i] = d
	}
}

func rpropBody(t []*tensor.Tensor, o *RpropOptions) {
	p, prev, size, d := t[0], t[1], t[2], direction(t[0], t[3], o.Maximize, 0)
	turn := d.Mul(prev)
	factor := tensor.OnesLike(d).MaskedFill(turn.GtScalar(0), o.EtaPlus).MaskedFill(turn.LtScalar(0), o.EtaMinus)
	size.MulInPlace(factor).ClampInPlace(o.Least, o.Most)
	d = d.MaskedFill(turn.LtScalar(0), 0)
	p.SubInPlace(d.Sign().Mul(size))
	prev.CopyFrom(d)
}
