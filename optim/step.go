package optim

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Descent is the settings that most optimizers have.
type Descent struct {
	WeightDecay float64 // λ: λ·p is added to the gradient
	Maximize    bool    // the objective is to grow
}

func (o *Descent) descent() []field {
	return []field{{"weight_decay", &o.WeightDecay}, {"maximize", &o.Maximize}}
}

func (o *Descent) checkDecay() error { return nonNegative([]string{"the weight decay"}, o.WeightDecay) }

// checkAdam refuses settings of Adam's family out of range.
func (o *Descent) checkAdam(beta1, beta2, eps float64) error {
	if err := checkBetas(beta1, beta2); err != nil {
		return err
	}
	if err := nonNegative([]string{"eps"}, eps); err != nil {
		return err
	}
	return o.checkDecay()
}

// direction is the gradient with its sign and the decay of p.
func (o *Descent) direction(p, g *tensor.Tensor) *tensor.Tensor {
	return direction(p, g, o.Maximize, o.WeightDecay)
}

// float are the element types of rows.
type float interface{ float32 | float64 }

// towards is direction for one element.
func towards[T float](o *Descent, p, g T) T {
	if o.Maximize {
		g = -g
	}
	if o.WeightDecay != 0 {
		g += T(o.WeightDecay) * p
	}
	return g
}

func sqrt[T float](x T) T { return T(math.Sqrt(float64(x))) }

// A step is a rule's change of one parameter and what is kept for it: once as
// rows, which a CPU takes in one pass over memory, and once in ops.
type step struct {
	name string
	rows device.Rows
	body func(t []*tensor.Tensor)
}

func (s *step) Name() string            { return s.name }
func (*step) Kernel() device.Kernel     { return device.RowStep }
func (s *step) Attr() any               { return &s.rows }
func (s *step) Body(t []*tensor.Tensor) { s.body(t) }

// zeros makes the first n of the tensors that are kept, where they are missing.
func (s *slots) zeros(n int, p *tensor.Tensor) {
	for i := range n {
		s.zero(i, p)
	}
}

func (s *slots) zero(i int, p *tensor.Tensor) {
	if s.t[i] == nil {
		s.t[i] = tensor.ZerosLike(p)
	}
}
