package schedule_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
)

type golden struct {
	Defaults map[string]map[string]any
	Cases    []goldenCase
}

// goldenCase is one schedule's rates, by group and step.
type goldenCase struct {
	Name, Schedule, Optimizer string
	Args                      arguments
	Base                      []float64
	LR, Momentum              [][]float64
	Metrics                   []float64
}

// arguments are PyTorch's, by its names.
type arguments map[string]any

func (a arguments) f(name string) float64 { return a[name].(float64) }
func (a arguments) n(name string) int     { return int(a.f(name)) }

// each is the argument of group g: a number for all, or a list.
func (a arguments) each(name string, g int) float64 {
	if list, ok := a[name].([]any); ok {
		return list[g].(float64)
	}
	return a.f(name)
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	text, err := os.ReadFile("testdata/schedule.json")
	if err == nil {
		err = json.Unmarshal(text, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// curve is the schedule of PyTorch's name and arguments for group g.
func (d golden) curve(name string, args arguments, g int) schedule.Curve {
	a := arguments{}
	for _, m := range []map[string]any{d.Defaults[name], args} {
		for k, v := range m {
			a[k] = v
		}
	}
	parts := func() (list []schedule.Curve) {
		for _, p := range a["schedules"].([]any) {
			p := p.(map[string]any)
			list = append(list, d.curve(p["schedule"].(string), p["args"].(map[string]any), g))
		}
		return list
	}
	milestones := func() (list []int) {
		for _, m := range a["milestones"].([]any) {
			list = append(list, int(m.(float64)))
		}
		return list
	}
	switch name {
	case "StepLR":
		return schedule.Step(a.n("step_size"), a.f("gamma"))
	case "MultiStepLR":
		return schedule.MultiStep(milestones(), a.f("gamma"))
	case "ExponentialLR":
		return schedule.Exponential(a.f("gamma"))
	case "ConstantLR":
		return schedule.Constant(a.f("factor"), a.n("total_iters"))
	case "LinearLR":
		return schedule.Linear(a.f("start_factor"), a.f("end_factor"), a.n("total_iters"))
	case "PolynomialLR":
		return schedule.Polynomial(a.n("total_iters"), a.f("power"))
	case "CosineAnnealingLR":
		return schedule.Cosine(a.n("T_max"), a.f("eta_min"))
	case "CosineAnnealingWarmRestarts":
		return schedule.CosineWarmRestarts(a.n("T_0"), a.n("T_mult"), a.f("eta_min"))
	case "LambdaLR":
		switch a["lr_lambda"].([]any)[g] {
		case "0.95**k":
			return schedule.Lambda(func(k int) float64 { return math.Pow(0.95, float64(k)) })
		case "1/(1+0.1*k)":
			return schedule.Lambda(func(k int) float64 { return 1 / (1 + 0.1*float64(k)) })
		}
	case "MultiplicativeLR":
		switch a["lr_lambda"].([]any)[g] {
		case "0.95":
			return schedule.Multiplicative(func(int) float64 { return 0.95 })
		case "0.9 if k%5==0 else 1.0":
			return schedule.Multiplicative(func(k int) float64 {
				if k%5 == 0 {
					return 0.9
				}
				return 1
			})
		}
	case "SWALR":
		return schedule.SWA(a.each("swa_lr", g), a.n("anneal_epochs"), a["anneal_strategy"] == "linear")
	case "CyclicLR":
		return cyclic(a, g)
	case "SequentialLR":
		return schedule.Sequential(milestones(), parts()...)
	case "ChainedScheduler":
		return schedule.Chained(parts()...)
	case "OneCycleLR":
		return oneCycle(a, g)
	}
	panic("no curve for " + name)
}

func cyclic(a arguments, g int) schedule.Curve {
	opts := []schedule.CyclicOption{schedule.CyclicMomentum(a.f("base_momentum"), a.f("max_momentum"))}
	switch a["mode"] {
	case "triangular2":
		opts = append(opts, schedule.Halving)
	case "exp_range":
		opts = append(opts, schedule.Shrinking(a.f("gamma")))
	}
	if down, ok := a["step_size_down"].(float64); ok {
		opts = append(opts, schedule.StepsDown(int(down)))
	}
	return schedule.Cyclic(a.each("base_lr", g), a.each("max_lr", g), a.n("step_size_up"), opts...)
}

func oneCycle(a arguments, g int) schedule.Curve {
	steps, ok := a["total_steps"].(float64)
	if !ok {
		steps = a.f("epochs") * a.f("steps_per_epoch")
	}
	opts := []schedule.OneCycleOption{
		schedule.Rise(a.f("pct_start")),
		schedule.DivFactors(a.f("div_factor"), a.f("final_div_factor")),
		schedule.MomentumRange(a.f("base_momentum"), a.f("max_momentum")),
	}
	for _, o := range []struct {
		on bool
		o  schedule.OneCycleOption
	}{
		{a["anneal_strategy"] == "linear", schedule.LinearAnneal},
		{a["cycle_momentum"] == false, schedule.KeepMomentum},
		{a["three_phase"] == true, schedule.ThreePhase},
	} {
		if o.on {
			opts = append(opts, o.o)
		}
	}
	return schedule.OneCycle(a.each("max_lr", g), int(steps), opts...)
}

// plateau is the Plateau of PyTorch's arguments.
func (d golden) plateau(opt optim.Optimizer, args arguments) *schedule.Plateau {
	a := arguments{}
	for _, m := range []map[string]any{d.Defaults["ReduceLROnPlateau"], args} {
		for k, v := range m {
			a[k] = v
		}
	}
	opts := []schedule.PlateauOption{
		schedule.Factor(a.f("factor")), schedule.Patience(a.n("patience")), schedule.Cooldown(a.n("cooldown")),
		schedule.Threshold(a.f("threshold")), schedule.MinLR(a.each("min_lr", 0), a.each("min_lr", 1)), schedule.MinChange(a.f("eps")),
	}
	if a["threshold_mode"] == "abs" {
		opts = append(opts, schedule.AbsoluteThreshold(a.f("threshold")))
	}
	if a["mode"] == "max" {
		opts = append(opts, schedule.Larger)
	}
	if len(args) == 1 { // metrics alone: the defaults must be PyTorch's
		opts = nil
	}
	return schedule.NewPlateau(opt, opts...)
}

// newOptimizer has one group for each rate.
func newOptimizer(adam bool, base ...float64) optim.Optimizer {
	param := func() optim.Params { return optim.Tensors(tensor.Zeros(1).RequireGrad()) }
	if adam {
		opt := optim.NewAdam(param(), base[0])
		for _, lr := range base[1:] {
			opt.AddGroup(param(), optim.LR(lr))
		}
		return opt
	}
	opt := optim.NewSGD(param(), base[0], optim.Momentum(0.9))
	for _, lr := range base[1:] {
		opt.AddGroup(param(), optim.LR(lr))
	}
	return opt
}

func momentum(g *optim.Group) float64 {
	if o, ok := g.Options.(*optim.AdamOptions); ok {
		return o.Beta1
	}
	return g.Options.(*optim.SGDOptions).Momentum
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12*math.Abs(want)) {
		t.Fatalf("%s is %.17g; PyTorch has %.17g", what, got, want)
	}
}

// TestGolden holds fifty steps of each schedule against PyTorch's rates.
func TestGolden(t *testing.T) {
	d, ran := readGolden(t), 0
	for _, c := range d.Cases {
		ran++
		t.Run(c.Name, func(t *testing.T) {
			opt := newOptimizer(c.Optimizer == "Adam", c.Base...)
			var step func(k int)
			if c.Schedule == "ReduceLROnPlateau" {
				s := d.plateau(opt, c.Args)
				step = func(k int) { s.Step(c.Metrics[k]) }
			} else {
				s := schedule.New(opt, d.curve(c.Schedule, c.Args, 0), d.curve(c.Schedule, c.Args, 1))
				step = func(int) { s.Step() }
			}
			for k := range c.LR[0] {
				if k > 0 {
					step(k - 1)
				}
				for i, g := range opt.Groups() {
					near(t, fmt.Sprintf("the rate of group %d after step %d", i, k), g.LR, c.LR[i][k])
					if c.Momentum != nil {
						near(t, fmt.Sprintf("the momentum of group %d after step %d", i, k), momentum(g), c.Momentum[i][k])
					}
				}
			}
		})
	}
	if ran != 35 {
		t.Errorf("%d cases ran; want 35", ran)
	}
}
