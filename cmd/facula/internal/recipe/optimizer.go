package recipe

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
)

// optimizers are the names of optimizer.kind.
var optimizers = []string{"adam", "adamw", "sgd", "rmsprop", "nadam", "radam", "adagrad", "adadelta", "adamax", "lion"}

// Make makes the optimizer of model's parameters. An option that it does not
// have is an error.
func (o *Optimizer) Make(params optim.Params) (opt optim.Optimizer, err error) {
	defer func() { // optim panics with an error on a wrong option
		if r := recover(); r != nil {
			e, ok := r.(error)
			if !ok {
				panic(r)
			}
			opt, err = nil, fmt.Errorf("optimizer: %w", e)
		}
	}()
	var opts []optim.Option
	for _, f := range []struct {
		at   *float64
		make func(float64) optim.Option
	}{{o.WeightDecay, optim.WeightDecay}, {o.Momentum, optim.Momentum}, {o.Eps, optim.Eps}} {
		if f.at != nil {
			opts = append(opts, f.make(*f.at))
		}
	}
	if o.Nesterov {
		opts = append(opts, optim.Nesterov(true))
	}
	if len(o.Betas) == 2 {
		opts = append(opts, optim.Betas(o.Betas[0], o.Betas[1]))
	}
	switch o.Kind {
	case "adam":
		return optim.NewAdam(params, o.LR, opts...), nil
	case "adamw":
		return optim.NewAdamW(params, o.LR, opts...), nil
	case "sgd":
		return optim.NewSGD(params, o.LR, opts...), nil
	case "rmsprop":
		return optim.NewRMSprop(params, o.LR, opts...), nil
	case "nadam":
		return optim.NewNAdam(params, o.LR, opts...), nil
	case "radam":
		return optim.NewRAdam(params, o.LR, opts...), nil
	case "adagrad":
		return optim.NewAdagrad(params, o.LR, opts...), nil
	case "adadelta":
		return optim.NewAdadelta(params, o.LR, opts...), nil
	case "adamax":
		return optim.NewAdamax(params, o.LR, opts...), nil
	case "lion":
		return optim.NewLion(params, o.LR, opts...), nil
	}
	return nil, fmt.Errorf("optimizer.kind is %q%s", o.Kind, Suggest(o.Kind, optimizers))
}

// Make makes the schedule, which goes on after each of perEpoch·epochs steps.
// It is nil where the rate stays.
func (s *Schedule) Make(opt schedule.Grouped, lr float64, perEpoch, epochs int) *schedule.Schedule {
	steps := perEpoch * epochs
	warm := int(s.Warmup * float64(perEpoch))
	var curve schedule.Curve
	switch s.Kind {
	case "constant":
		if warm == 0 {
			return nil
		}
		curve = schedule.Constant(1, 0)
	case "cosine":
		curve = schedule.Cosine(max(1, steps-warm), s.Floor)
	case "onecycle":
		curve = schedule.OneCycle(lr, steps)
	case "step":
		curve = schedule.Step(max(1, int(s.Every*float64(perEpoch))), s.Gamma)
	case "exponential": // gamma is of an epoch
		curve = schedule.Lambda(func(k int) float64 { return math.Pow(s.Gamma, float64(k)/float64(perEpoch)) })
	case "linear":
		curve = schedule.Linear(1, 0, max(1, steps-warm))
	}
	if warm > 0 {
		curve = schedule.Sequential([]int{warm}, schedule.Linear(1/float64(warm+1), 1, warm), curve)
	}
	return schedule.New(opt, curve)
}

// MakeLoss makes the loss: cross-entropy for classes, the mean square for numbers.
func (t *Train) MakeLoss(classes int) (interface {
	Forward(x, target *tensor.Tensor) *tensor.Tensor
}, error) {
	kind := t.Loss
	if kind == "" {
		kind = "mse"
		if classes > 0 {
			kind = "cross_entropy"
		}
	}
	switch {
	case kind == "mse" && classes > 0:
		return nil, errors.New(`train.loss is "mse", but the target is one of several classes; want "cross_entropy"`)
	case kind == "mse":
		return nn.NewMSELoss(), nil
	case classes == 0:
		return nil, errors.New(`train.loss is "cross_entropy", but the target is a number; want "mse"`)
	}
	return nn.NewCrossEntropyLoss(nn.LabelSmoothing(t.Smoothing)), nil
}

// Build makes a model of layers. The zoo's are made by who knows the zoo.
func (m *Model) Build(seed uint64) (nn.Layer, error) {
	return sequential(m.Layers, nn.Gen(tensor.NewGenerator(seed)))
}
