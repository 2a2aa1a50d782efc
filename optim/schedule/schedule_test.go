package schedule_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
)

// TestResume holds a schedule that was saved through JSON and loaded against
// one that went on.
func TestResume(t *testing.T) {
	curve := schedule.Chained(schedule.Linear(0.1, 1, 4), schedule.OneCycle(0.5, 30))
	opt, again := newOptimizer(false, 0.1, 0.2), newOptimizer(false, 7, 8)
	s := schedule.New(opt, curve)
	for range 5 {
		s.Step()
	}
	text, err := json.Marshal(s.StateDict())
	if err != nil {
		t.Fatal(err)
	}
	var st schedule.State
	if err := json.Unmarshal(text, &st); err != nil {
		t.Fatal(err)
	}
	r := schedule.New(again, curve)
	if err := r.LoadStateDict(st); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		for i, g := range again.Groups() {
			if want := opt.Groups()[i]; g.LR != want.LR || momentum(g) != momentum(want) {
				t.Fatalf("after %d steps, group %d has rate %v and momentum %v; want %v and %v", s.Steps(), i, g.LR, momentum(g), want.LR, momentum(want))
			}
		}
		s.Step()
		r.Step()
	}
	for want, st := range map[string]schedule.State{
		"schedule: state of 1 groups; want 2":            {BaseLRs: []float64{1}},
		"schedule: state after -1 steps; want 0 or more": {Steps: -1, BaseLRs: []float64{1, 2}},
	} {
		if err := r.LoadStateDict(st); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestPlateauResume(t *testing.T) {
	metric := func(k int) float64 { return 1 / float64(1+min(k, 6)) }
	make := func() (optim.Optimizer, *schedule.Plateau) {
		opt := newOptimizer(false, 1)
		return opt, schedule.NewPlateau(opt, schedule.Patience(2), schedule.Cooldown(1))
	}
	opt, p := make()
	for k := range 20 {
		if k%3 == 0 { // saved and loaded on the way
			text, err := json.Marshal(p.StateDict())
			if err != nil {
				t.Fatal(err)
			}
			var st schedule.PlateauState
			if err := json.Unmarshal(text, &st); err != nil {
				t.Fatal(err)
			}
			lr := p.LR()[0]
			opt, p = make()
			opt.Groups()[0].LR = lr
			if err := p.LoadStateDict(st); err != nil {
				t.Fatal(err)
			}
		}
		p.Step(metric(k))
	}
	whole, q := make()
	for k := range 20 {
		q.Step(metric(k))
	}
	if got, want := opt.Groups()[0].LR, whole.Groups()[0].LR; got != want || want > 1e-2 {
		t.Errorf("the rate is %v after loading, %v without", got, want)
	}
}

func TestPlateauState(t *testing.T) {
	p := schedule.NewPlateau(newOptimizer(false, 1))
	p.Step(2)
	before := p.StateDict()
	const want = "schedule: Plateau: state after 3 steps, -1 of them bad, 0 to cool down; want 0 or more"
	if err := p.LoadStateDict(schedule.PlateauState{Steps: 3, Bad: -1}); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if after := p.StateDict(); after.Steps != 1 || *after.Best != *before.Best {
		t.Errorf("the refused state changes %+v to %+v", before, after)
	}
}

func TestPlateauNaN(t *testing.T) {
	opt := newOptimizer(false, 1)
	p := schedule.NewPlateau(opt, schedule.Patience(1), schedule.Factor(0.5))
	for range 2 { // PyTorch 1.13 lowers the rate after the second as well
		p.Step(math.NaN())
	}
	if lr := opt.Groups()[0].LR; lr != 0.5 {
		t.Errorf("the rate after NaN is %v; want 0.5", lr)
	}
}

// TestOneCycleEdges are runs in which a phase has one step or none.
func TestOneCycleEdges(t *testing.T) {
	for _, steps := range []int{1, 2, 3, 10} {
		for _, rise := range []float64{0, 0.1, 0.3, 1} {
			for _, o := range []schedule.OneCycleOption{schedule.LinearAnneal, schedule.ThreePhase} {
				c := schedule.OneCycle(1, steps, schedule.Rise(rise), o)
				for k := range steps + 3 {
					if lr := c.LR(k, 0); !(lr >= 0 && lr <= 1) && rise < 1 {
						t.Errorf("%d steps, rise %v: the rate of step %d is %v", steps, rise, k, lr)
					} else if lr != lr {
						t.Errorf("%d steps, rise %v: the rate of step %d is NaN", steps, rise, k)
					}
				}
				if a, b := c.LR(steps-1, 0), c.LR(steps+5, 0); a != b {
					t.Errorf("%d steps, rise %v: the rate is %v at the end and %v beyond", steps, rise, a, b)
				}
			}
		}
	}
}

// noMomentum is an optimizer whose options have no momentum.
type noMomentum struct{ optim.Optimizer }

func (o noMomentum) Groups() []*optim.Group { return []*optim.Group{{}} }

func TestMisuse(t *testing.T) {
	opt := newOptimizer(false, 1, 2)
	c := schedule.Exponential(0.9)
	for want, f := range map[string]func(){
		"schedule: 3 curves for 2 groups; want one, or one for each":                             func() { schedule.New(opt, c, c, c) },
		"schedule: 0 curves for 2 groups; want one, or one for each":                             func() { schedule.New(opt) },
		"schedule: the curve of group 0 changes the momentum, which the optimizer does not have": func() { schedule.New(noMomentum{opt}, schedule.OneCycle(1, 9)) },
		"schedule: the optimizer is nil":                                                         func() { schedule.New(nil, c) },
		"schedule: Plateau: the optimizer is nil":                                                func() { schedule.NewPlateau(nil) },
		"schedule: the curve of group 1 has no LR":                                               func() { schedule.New(opt, c, schedule.Curve{}) },
		"schedule: Step: the size is 0; want 1 or more":                                          func() { schedule.Step(0, 0.1) },
		"schedule: Cosine: the number of steps is -3; want 1 or more":                            func() { schedule.Cosine(-3, 0) },
		"schedule: Linear: the number of steps is 0; want 1 or more":                             func() { schedule.Linear(0, 1, 0) },
		"schedule: Constant: the number of steps is -1; want 0 or more":                          func() { schedule.Constant(0, -1) },
		"schedule: Polynomial: the number of steps is 0; want 1 or more":                         func() { schedule.Polynomial(0, 1) },
		"schedule: CosineWarmRestarts: mult is 0; want 1 or more":                                func() { schedule.CosineWarmRestarts(1, 0, 0) },
		"schedule: OneCycle: the rise is 1.5; want 0 to 1":                                       func() { schedule.OneCycle(1, 10, schedule.Rise(1.5)) },
		"schedule: OneCycle: the number of steps is 0; want 1 or more":                           func() { schedule.OneCycle(1, 0) },
		"schedule: OneCycle: the first factor is 0; want more than 0":                            func() { schedule.OneCycle(1, 1, schedule.DivFactors(0, 1)) },
		"schedule: Sequential: the number of milestones is 2; want one less than the 2 curves":   func() { schedule.Sequential([]int{1, 2}, c, c) },
		"schedule: Sequential: the list of milestones is [5 2]; want rising order":               func() { schedule.Sequential([]int{5, 2}, c, c, c) },
		"schedule: Chained: the number of curves is 0; want 1 or more":                           func() { schedule.Chained() },
		"schedule: Plateau: the factor is 1; want 0 or more, and less than 1":                    func() { schedule.NewPlateau(opt, schedule.Factor(1)) },
		"schedule: Plateau: the number of smallest rates is 3; want 1 or 2":                      func() { schedule.NewPlateau(opt, schedule.MinLR(1, 2, 3)) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}()
			f()
		}()
	}
}
