package optim

import "fmt"

// An Option is a setting of an optimizer's group, by PyTorch's name. An
// optimizer panics at one that it does not have.
type Option struct {
	name  string
	value any
}

// apply sets the options in their order.
func (g *Group) apply(opts []Option) error {
	for _, o := range opts {
		if err := g.set(o); err != nil {
			return err
		}
	}
	return nil
}

func (g *Group) set(o Option) error {
	for _, f := range g.fields() {
		if f.name == o.name {
			if !f.set(o.value) {
				return fmt.Errorf("%s is %v, a %T; want a %s", o.name, o.value, o.value, f.kind())
			}
			return nil
		}
	}
	return fmt.Errorf("there is no option %s", o.name)
}

// LR is the learning rate of a group that AddGroup adds; without it, the group
// has that of the first.
func LR(v float64) Option { return Option{"lr", v} }

// WeightDecay is λ. Most optimizers add λ·p to the gradient; AdamW, Adafactor,
// Lion and Muon shrink p by lr·λ.
func WeightDecay(v float64) Option { return Option{"weight_decay", v} }

// DecoupledWeightDecay makes NAdam and RAdam shrink p by lr·λ, as AdamW does.
func DecoupledWeightDecay(on bool) Option { return Option{"decoupled_weight_decay", on} }

// Maximize makes the objective grow.
func Maximize(on bool) Option { return Option{"maximize", on} }

// Momentum is μ of SGD, RMSprop and Muon.
func Momentum(v float64) Option { return Option{"momentum", v} }

// Dampening is SGD's τ: a gradient enters the momentum by 1 - τ. 0 unless given.
func Dampening(v float64) Option { return Option{"dampening", v} }

// Nesterov makes SGD and Muon look ahead: the step is by the gradient plus μ
// times the new momentum.
func Nesterov(on bool) Option { return Option{"nesterov", on} }

// Eps is the ε that keeps a denominator from 0; it is 0 in float16 if it is
// less than 6e-8.
func Eps(v float64) Option { return Option{"eps", v} }

// Betas are the decay rates of the averages of the gradient and of its square
// in the optimizers of Adam's family.
func Betas(beta1, beta2 float64) Option { return Option{"betas", []float64{beta1, beta2}} }

// AMSGrad makes Adam divide by the largest average of the square so far.
func AMSGrad(on bool) Option { return Option{"amsgrad", on} }

// Alpha is the decay rate of RMSprop's average, and ASGD's power of the rate.
func Alpha(v float64) Option { return Option{"alpha", v} }

// Centered makes RMSprop divide by the standard deviation in the place of the
// root mean square.
func Centered(on bool) Option { return Option{"centered", on} }

// Rho is the decay rate of Adadelta's averages.
func Rho(v float64) Option { return Option{"rho", v} }

// LRDecay is how fast Adagrad's rate falls: lr / (1 + (t - 1)·v).
func LRDecay(v float64) Option { return Option{"lr_decay", v} }

// InitialAccumulator is what Adagrad's sums of squares start from.
func InitialAccumulator(v float64) Option { return Option{"initial_accumulator_value", v} }

// MomentumDecay is NAdam's ψ.
func MomentumDecay(v float64) Option { return Option{"momentum_decay", v} }
