package optim

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

func leaf(v ...float64) *tensor.Tensor { return tensor.Of(v).RequireGrad() }

// makers are all optimizers, with every option that changes the path.
var makers = map[string]func(p Params) Optimizer{
	"SGD": func(p Params) Optimizer { return NewSGD(p, 0.1) },
	"momentum": func(p Params) Optimizer {
		return NewSGD(p, 0.1, Momentum(0.9), Dampening(0.1), WeightDecay(0.1))
	},
	"nesterov": func(p Params) Optimizer {
		return NewSGD(p, 0.1, Momentum(0.9), Nesterov(true), Maximize(true))
	},
	"Adam":    func(p Params) Optimizer { return NewAdam(p, 0.1, WeightDecay(0.1)) },
	"amsgrad": func(p Params) Optimizer { return NewAdam(p, 0.1, AMSGrad(true), Maximize(true)) },
	"AdamW":   func(p Params) Optimizer { return NewAdamW(p, 0.1, AMSGrad(true), Betas(0.5, 0.6)) },
	"RMSprop": func(p Params) Optimizer { return NewRMSprop(p, 0.01, WeightDecay(0.1)) },
	"centered": func(p Params) Optimizer {
		return NewRMSprop(p, 0.01, Centered(true), Momentum(0.5), Alpha(0.9), Eps(0.1), Maximize(true))
	},
	"Adagrad":   func(p Params) Optimizer { return NewAdagrad(p, 0.1, LRDecay(0.1), InitialAccumulator(0.1)) },
	"Adadelta":  func(p Params) Optimizer { return NewAdadelta(p, 1, Rho(0.8), Eps(1e-3), WeightDecay(0.1)) },
	"Adamax":    func(p Params) Optimizer { return NewAdamax(p, 0.1, Maximize(true)) },
	"NAdam":     func(p Params) Optimizer { return NewNAdam(p, 0.1, WeightDecay(0.1), MomentumDecay(0.01)) },
	"decoupled": func(p Params) Optimizer { return NewNAdam(p, 0.1, WeightDecay(0.1), DecoupledWeightDecay(true)) },
	"RAdam":     func(p Params) Optimizer { return NewRAdam(p, 0.1, Betas(0.5, 0.6), WeightDecay(0.1)) },
	"ASGD":      func(p Params) Optimizer { return NewASGD(p, 0.1, T0(1), Lambd(0.01), Alpha(0.5)) },
	"Rprop":     func(p Params) Optimizer { return NewRprop(p, 0.1, Etas(0.4, 1.3), StepSizes(1e-3, 0.5)) },
	"Lion":      func(p Params) Optimizer { return NewLion(p, 0.1, WeightDecay(0.1), Betas(0.5, 0.6)) },
	"Adafactor": func(p Params) Optimizer { return NewAdafactor(p, 0.1, WeightDecay(0.1)) },
}

// square is a backward pass through Σ p²·w.
func square(p, w *tensor.Tensor) { p.Mul(p).Mul(w).Sum().Backward() }

// same is equality where NaN is NaN: Adam's ε is 0 in float16, in PyTorch too.
func same(x, y float64) bool { return x == y || x != x && y != y }

// TestSteps holds the kernels of every dtype against the definitions, on
// tensors large enough for several goroutines, and on strided parameters.
func TestSteps(t *testing.T) {
	// The definition rounds each op's result, the kernel does too in these
	// dtypes, but for the order of factors: a few units in the last place of
	// p, m and v, over three steps. Half precision has no kernel: both are the same.
	bound := map[tensor.DType]float64{tensor.Float64: 1e-14, tensor.Float32: 6e-7, tensor.Float16: 0, tensor.BFloat16: 0}
	for name, make := range makers {
		for d, tol := range bound {
			t.Run(fmt.Sprintf("%s/%v", name, d), func(t *testing.T) {
				if testing.Short() && d != tensor.Float32 {
					t.Skip("another dtype, the same code")
				}
				start := tensor.Make{DType: d, Gen: tensor.NewGenerator(1)}.Randn(300, 301)
				slow := tensor.Make{Device: definitions{&cpu.CPU{}}, DType: d}
				want := slow.Zeros(300, 301).CopyFrom(start.To(slow.Device)).RequireGrad()
				flat := start.Clone().RequireGrad()
				strided := start.Permute(1, 0).Contiguous().Permute(1, 0).RequireGrad()
				opt := make(Tensors(want))
				fast := make(Tensors(flat, strided))
				for range 3 {
					for _, p := range []*tensor.Tensor{want, flat, strided} {
						p.SetGrad(p.Detach().MulScalar(2).Contiguous())
					}
					opt.Step()
					fast.Step()
				}
				w, f := tensor.Slice[float64](want), tensor.Slice[float64](flat)
				for i, x := range f {
					if !same(x, w[i]) && !(math.Abs(x-w[i]) <= tol*math.Max(1, math.Abs(w[i]))) {
						t.Fatalf("element %d is %v through the kernel, %v through the definition", i, x, w[i])
					}
				}
				for i, x := range tensor.Slice[float64](strided) {
					if !same(x, f[i]) {
						t.Fatalf("element %d is %v in a strided parameter, %v in a contiguous one", i, x, f[i])
					}
				}
			})
		}
	}
}

// TestResume holds a run that was saved, through JSON but for its tensors, and
// loaded into a new optimizer against one that went on.
func TestResume(t *testing.T) {
	for name, make := range makers {
		t.Run(name, func(t *testing.T) {
			run := func(p *tensor.Tensor, opt Optimizer) {
				for range 3 {
					opt.ZeroGrad()
					square(p, tensor.Of([]float64{1, 2, 3}))
					opt.Step()
				}
			}
			p, idle := leaf(1, -2, 3), leaf(1)
			opt := make(Tensors(idle, p))
			opt.Groups()[0].LR = 0.05
			run(p, opt)
			saved := opt.StateDict()
			if len(saved.State[0]) != 0 {
				t.Errorf("a parameter without gradient has the state %v", saved.State[0])
			}
			text, err := json.Marshal(saved.Groups)
			if err != nil {
				t.Fatal(err)
			}
			at := tensor.Slice[float64](p)
			run(p, opt) // must not show in saved
			if err := json.Unmarshal(text, &saved.Groups); err != nil {
				t.Fatal(err)
			}
			for range 2 { // a run after loading must not show in it either
				q := tensor.Of(at).RequireGrad()
				again := make(Tensors(leaf(1), q))
				if err := again.LoadStateDict(saved); err != nil {
					t.Fatal(err)
				}
				run(q, again)
				for i, x := range tensor.Slice[float64](q) {
					if want := tensor.Slice[float64](p)[i]; x != want {
						t.Errorf("p[%d] is %v after loading, %v without", i, x, want)
					}
				}
			}
		})
	}
}

// TestStateFollows holds a run whose parameter changes its dtype and device
// after the first step, of gradient 1, against the formulas for the second, of 3.
func TestStateFollows(t *testing.T) {
	adam := 0.1 * (0.9*0.1 + 0.1*3) / (1 - 0.81) / math.Sqrt((0.999*0.001+0.001*9)/(1-0.998001))
	for name, c := range map[string]struct {
		make func(Params) Optimizer
		want float64
	}{
		"SGD":      {func(p Params) Optimizer { return NewSGD(p, 0.1) }, 0.9 - 0.1*3},
		"momentum": {func(p Params) Optimizer { return NewSGD(p, 0.1, Momentum(0.9)) }, 0.9 - 0.1*(0.9+3)},
		"Adam":     {func(p Params) Optimizer { return NewAdam(p, 0.1) }, 0.9 - adam},
		"amsgrad":  {func(p Params) Optimizer { return NewAdam(p, 0.1, AMSGrad(true)) }, 0.9 - adam},
		"AdamW":    {func(p Params) Optimizer { return NewAdamW(p, 0.1, WeightDecay(0.5)) }, (0.95-0.1)*0.95 - adam},
	} {
		p := tensor.Of([]float32{1}).RequireGrad()
		opt := c.make(Tensors(p))
		p.SetGrad(tensor.Of([]float32{1}))
		opt.Step()
		dev := definitions{&cpu.CPU{}}
		p.SetData(p.Detach().Cast(tensor.Float64).To(dev))
		p.SetGrad(tensor.Of([]float64{3}).To(dev))
		opt.Step()
		if got := p.Float(); math.Abs(got-c.want) > 2e-7 { // the first step was in float32
			t.Errorf("%s: %v; want %v", name, got, c.want)
		}
	}
}

// TestFailedStep shows that a step that panics leaves the state as it was.
func TestFailedStep(t *testing.T) {
	for name, make := range makers {
		p, q := leaf(1, 2), leaf(1, 2)
		opt, want := make(Tensors(p)), make(Tensors(q))
		for range 2 {
			p.SetGrad(tensor.Of([]float64{1, 1}).To(definitions{&cpu.CPU{}})) // another device
			if err := tensor.Try(opt.Step); err == nil {
				t.Errorf("%s: no error", name)
			}
			for r, o := range map[*tensor.Tensor]Optimizer{p: opt, q: want} {
				r.SetGrad(tensor.Of([]float64{1, 3}))
				o.Step()
			}
		}
		for i, x := range tensor.Slice[float64](p) {
			if w := tensor.Slice[float64](q)[i]; x != w {
				t.Errorf("%s: p[%d] is %v; want %v", name, i, x, w)
			}
		}
	}
}

func TestStepLeavesTheRestAlone(t *testing.T) {
	p, idle, frozen := leaf(1, 2), leaf(5), tensor.Of([]float64{7})
	opt := NewAdam(Tensors(p, idle, frozen), 0.1)
	square(p, tensor.Of([]float64{1, 1}))
	opt.Step()
	if idle.Float() != 5 || frozen.Float() != 7 {
		t.Errorf("parameters without gradient became %v and %v", idle, frozen)
	}
	if !p.IsLeaf() || !p.RequiresGrad() || p.Grad() == nil {
		t.Error("the parameter is no leaf with a gradient any more")
	}
	opt.ZeroGrad()
	if p.Grad() != nil {
		t.Error("ZeroGrad left a gradient")
	}
}

// TestStepIsSeen shows that a backward pass that kept the parameter notices.
func TestStepIsSeen(t *testing.T) {
	for name, make := range makers {
		p := leaf(1, 2)
		opt := make(Tensors(p))
		loss := p.Mul(p).Sum()
		p.SetGrad(tensor.Of([]float64{1, 1}))
		opt.Step()
		err := tensor.Try(func() { loss.Backward() })
		if err == nil || !strings.Contains(err.Error(), "changed in place") {
			t.Errorf("%s: backward after the step gives %v", name, err)
		}
	}
}

// TestStepOfClone shows that a clone made before the step keeps its values.
func TestStepOfClone(t *testing.T) {
	p := tensor.Ones(100).RequireGrad()
	before := p.Detach().Clone()
	p.SetGrad(tensor.Ones(100))
	NewSGD(Tensors(p), 0.5).Step()
	if got := before.Sum().Float(); got != 100 {
		t.Errorf("the clone's sum is %v; want 100", got)
	}
	if got := p.Detach().Sum().Float(); got != 50 {
		t.Errorf("the parameter's sum is %v; want 50", got)
	}
}

func TestGroupOptions(t *testing.T) {
	a, b := leaf(1), leaf(1)
	opt := NewSGD(Tensors(a), 0.1, Momentum(0.9), Nesterov(true), WeightDecay(0.3))
	opt.AddGroup(Tensors(b), LR(0.2), Nesterov(false), WeightDecay(0))
	got := opt.StateDict().Groups
	for i, want := range []string{
		"map[dampening:0 lr:0.1 maximize:false momentum:0.9 nesterov:true params:[0] weight_decay:0.3]",
		"map[dampening:0 lr:0.2 maximize:false momentum:0.9 nesterov:false params:[1] weight_decay:0]",
	} {
		if fmt.Sprint(got[i]) != want {
			t.Errorf("group %d is %v\nwant %s", i, got[i], want)
		}
	}
}

func panicOf(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	f()
	return "no panic"
}

func TestMisuse(t *testing.T) {
	p, q := leaf(1), leaf(2)
	one := Tensors(p)
	for want, f := range map[string]func(){
		"optim: SGD: no parameters":                                                                                  func() { NewSGD(Tensors(), 0.1) },
		"optim: SGD: parameter 1 is nil":                                                                             func() { NewSGD(Tensors(p, nil), 0.1) },
		"optim: Adam: the parameters are nil":                                                                        func() { NewAdam(nil, 0.1) },
		"optim: AdamW: parameter 1 is int64; want floating point":                                                    func() { NewAdamW(Tensors(p, tensor.Scalar(1)), 0.1) },
		"optim: the parameters are nil":                                                                              func() { ClipGradNorm(nil, 1, 2) },
		"optim: parameter 1 is nil":                                                                                  func() { ClipGradValue(Tensors(p, nil), 1) },
		"optim: Adam: parameter 2 is parameter 0 again":                                                              func() { NewAdam(Tensors(p, q, p), 0.1) },
		"optim: Adam: parameter 0 is in another group already":                                                       func() { NewAdam(one, 0.1).AddGroup(one) },
		"optim: SGD: parameter 0, of shape [1], is the result of an op; want a leaf":                                 func() { NewSGD(Tensors(p.Mul(q)), 0.1) },
		"optim: SGD: the learning rate is -1; want 0 or more":                                                        func() { NewSGD(one, -1) },
		"optim: AdamW: the learning rate is NaN; want 0 or more":                                                     func() { NewAdamW(one, math.NaN()) },
		"optim: Adam: the learning rate is +Inf; want a finite number":                                               func() { NewAdam(one, math.Inf(1)) },
		"optim: SGD: the dampening is NaN; want a finite number":                                                     func() { NewSGD(one, 1, Dampening(math.NaN())) },
		"optim: SGD: the momentum is -0.5; want 0 or more":                                                           func() { NewSGD(one, 1, Momentum(-0.5)) },
		"optim: AdamW: the weight decay is -2; want 0 or more":                                                       func() { NewAdamW(one, 1, WeightDecay(-2)) },
		"optim: SGD: Nesterov wants a momentum and no dampening":                                                     func() { NewSGD(one, 1, Nesterov(true)) },
		"optim: Adam: beta 2 is 1; want 0 or more, and less than 1":                                                  func() { NewAdam(one, 1, Betas(0, 1)) },
		"optim: SGD: there is no option betas":                                                                       func() { NewSGD(one, 1, Betas(0, 0)) },
		"optim: Muon: parameter 0 of the group: it is no matrix; give it to AdamW":                                   func() { NewMuon(one, 1) },
		"optim: Rprop: the etas are not 0 < η⁻ < 1 < η⁺":                                                             func() { NewRprop(one, 1, Etas(1, 2)) },
		"optim: Adafactor: the clipping threshold is 0.5; want 1 or more":                                            func() { NewAdafactor(one, 1, ClipThreshold(0.5)) },
		"optim: LBFGS: 0 directions, 0 losses, 100 changes kept; want 1 or more":                                     func() { NewLBFGS(one, 1, MaxIter(0)) },
		"optim: LBFGS: the loss is nil":                                                                              func() { NewLBFGS(one, 1).Step(nil) },
		"optim: Adam: eps is -1e-08; want 0 or more":                                                                 func() { NewAdam(one, 1, Eps(-1e-8)) },
		"optim: the gradients' largest norm is -1; want 0 or more":                                                   func() { ClipGradNorm(one, -1, 2) },
		"optim: the type of the norm is 0; want more than 0, such as 2":                                              func() { ClipGradNorm(one, 1, 0) },
		"optim: the gradients' largest value is NaN; want 0 or more":                                                 func() { ClipGradValue(one, math.NaN()) },
		"tensor: sgd_step [1], [1]: a tensor that requires a gradient cannot be changed in place; change its Detach": func() { tensor.Update(&sgdStep{}, 1, p, tensor.Of([]float64{1})) },
		"tensor: sgd_step [1], [2]: tensor 1 is float64 [2]; want float64 [1], as tensor 0":                          func() { tensor.Update(&sgdStep{}, 1, p.Detach(), leaf(1, 2)) },
	} {
		if got := panicOf(f); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	state := func(change func(d *StateDict)) error {
		p := leaf(1, 2)
		opt := NewAdam(Tensors(p), 0.1)
		square(p, tensor.Of([]float64{1, 1}))
		opt.Step()
		d := opt.StateDict()
		print := func() string {
			d := opt.StateDict()
			return fmt.Sprint(d.Groups, d.State[0]["step"], tensor.Slice[float64](d.State[0]["exp_avg"].(*tensor.Tensor)), len(d.State[0]))
		}
		before := print()
		change(&d)
		err := opt.LoadStateDict(d)
		if err != nil && print() != before {
			t.Errorf("%v, but the optimizer changed", err)
		}
		return err
	}
	for want, change := range map[string]func(d *StateDict){
		"2 groups; want 1":                                                         func(d *StateDict) { d.Groups = append(d.Groups, nil) },
		"group 0 has 2 parameters; want 1":                                         func(d *StateDict) { d.Groups[0]["params"] = []int{0, 1} },
		"state of parameter 3, which is in no group":                               func(d *StateDict) { d.State[3] = map[string]any{} },
		"parameter 0: momentum_buffer is not a state of Adam":                      func(d *StateDict) { d.State[0]["momentum_buffer"] = nil },
		"parameter 0: step is x, a string; want a number":                          func(d *StateDict) { d.State[0]["step"] = "x" },
		"parameter 0: exp_avg is a float64; want a tensor":                         func(d *StateDict) { d.State[0]["exp_avg"] = 1.0 },
		"parameter 0: exp_avg has shape [3]; want [2]":                             func(d *StateDict) { d.State[0]["exp_avg"] = leaf(1, 2, 3) },
		"parameter 0: step is -1; want a number, 0 or more, and step a whole one":  func(d *StateDict) { d.State[0]["step"] = -1 },
		"parameter 0: step is 1.5; want a number, 0 or more, and step a whole one": func(d *StateDict) { d.State[0]["step"] = 1.5 },
		"parameter 0: step is NaN; want a number, 0 or more, and step a whole one": func(d *StateDict) { d.State[0]["step"] = math.NaN() },
		"parameter 0: there is no step":                                            func(d *StateDict) { delete(d.State[0], "step") },
		"parameter 0: there is no exp_avg_sq":                                      func(d *StateDict) { d.State[0]["exp_avg_sq"] = nil },
		"group 0 has a parameter at 0.5; want whole numbers, each once":            func(d *StateDict) { d.Groups[0]["params"] = []float64{0.5} },
		"group 0 has amsgrad 1, a int; want a bool":                                func(d *StateDict) { d.Groups[0]["lr"] = 7.0; d.Groups[0]["amsgrad"] = 1 },
		"group 0 has betas [1], a []float64; want a list of 2 numbers":             func(d *StateDict) { d.Groups[0]["betas"] = []float64{1} },
		"group 0: the learning rate is -1; want 0 or more":                         func(d *StateDict) { d.Groups[0]["lr"] = -1 },
	} {
		if err := state(change); err == nil || err.Error() != "optim: Adam: state dict: "+want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	// PyTorch's forms: a step that is a tensor, a buffer that is None, options of its own.
	if err := state(func(d *StateDict) {
		d.State[0]["step"], d.State[0]["max_exp_avg_sq"] = tensor.Scalar(4.0), nil
		d.Groups[0]["foreach"], d.Groups[0]["params"] = nil, []any{0.0}
		delete(d.Groups[0], "maximize")
	}); err != nil {
		t.Error(err)
	}
}

func TestClipNorm(t *testing.T) {
	if got := ClipGradNorm(Tensors(leaf(1)), 1, 2); got != 0 {
		t.Errorf("the norm of no gradient is %v", got)
	}
	half := tensor.Make{DType: tensor.Float16}.Full(3000.0, 16).RequireGrad()
	half.SetGrad(half.Detach())
	empty := tensor.Zeros(0).RequireGrad()
	empty.SetGrad(tensor.Zeros(0))
	for norm, want := range map[float64]float64{2: 12000, 1: 48000, math.Inf(1): 3000} {
		if got := GradNorm(Tensors(half, empty), norm); got != want {
			t.Errorf("the %v-norm of float16 gradients is %v; want %v", norm, got, want)
		}
	}
	p := leaf(1, 2)
	p.SetGrad(tensor.Of([]float64{1, math.NaN()}))
	if _, err := ClipGradNormFinite(Tensors(p), 0.5, 2); err == nil || err.Error() != "optim: the norm of the gradients is NaN" {
		t.Errorf("the error is %v", err)
	}
	if got := tensor.Slice[float64](p.Grad())[0]; got != 1 {
		t.Errorf("the gradient became %v", got)
	}
	if norm, err := ClipGradNormFinite(Tensors(half), 1, 2); norm != 12000 || err != nil {
		t.Errorf("got %v, %v", norm, err)
	}
}
