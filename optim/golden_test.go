package optim

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// golden is testdata/optim.json, which make_optim.py made with PyTorch.
type golden struct {
	Problem map[string]problem
	Cases   []goldenCase
	Clip    []goldenClip
	LBFGS   []struct {
		Name    string
		Options map[string]any
		Losses  []float64
		Params  []map[string][]float64
	}
}

type problem struct {
	Shape []int // of p; none for a vector
	P, B  []float64
	A     [][]float64
}

// start is the parameter as it is before the first step.
func (q problem) start(dev device.Device) *tensor.Tensor {
	if q.Shape == nil {
		q.Shape = []int{len(q.P)}
	}
	return tensor.FromSlice(q.P, q.Shape).To(dev).RequireGrad()
}

type goldenCase struct {
	Name, Optimizer string
	Options         map[string]any
	Groups          []struct {
		Params  []string
		Options map[string]any
	}
	Snapshots []struct {
		Step   int
		Params map[string][]float64
	}
	State map[string]map[string]any
}

type goldenClip struct {
	Name, Fn string
	Args     map[string]any
	Grads    map[string][]float64
	Total    *float64
	Clipped  map[string][]float64
}

func readGolden(t *testing.T, name string) (g golden) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err == nil {
		err = json.Unmarshal(text, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// options are PyTorch's options by name: what Option is inside.
func options(m map[string]any) (list []Option) {
	for name, v := range m {
		list = append(list, Option{name, v})
	}
	return list
}

// constructors are the optimizers with PyTorch's learning rates.
var constructors = map[string]func(p Params, opts ...Option) Optimizer{
	"SGD":       func(p Params, o ...Option) Optimizer { return NewSGD(p, 0, o...) },
	"Adam":      func(p Params, o ...Option) Optimizer { return NewAdam(p, 1e-3, o...) },
	"AdamW":     func(p Params, o ...Option) Optimizer { return NewAdamW(p, 1e-3, o...) },
	"RMSprop":   func(p Params, o ...Option) Optimizer { return NewRMSprop(p, 0.01, o...) },
	"Adagrad":   func(p Params, o ...Option) Optimizer { return NewAdagrad(p, 0.01, o...) },
	"Adadelta":  func(p Params, o ...Option) Optimizer { return NewAdadelta(p, 1, o...) },
	"Adamax":    func(p Params, o ...Option) Optimizer { return NewAdamax(p, 2e-3, o...) },
	"NAdam":     func(p Params, o ...Option) Optimizer { return NewNAdam(p, 2e-3, o...) },
	"RAdam":     func(p Params, o ...Option) Optimizer { return NewRAdam(p, 1e-3, o...) },
	"ASGD":      func(p Params, o ...Option) Optimizer { return NewASGD(p, 0.01, o...) },
	"Rprop":     func(p Params, o ...Option) Optimizer { return NewRprop(p, 0.01, o...) },
	"Lion":      func(p Params, o ...Option) Optimizer { return NewLion(p, 1e-4, o...) },
	"Adafactor": func(p Params, o ...Option) Optimizer { return NewAdafactor(p, 0.01, o...) },
	"Muon":      func(p Params, o ...Option) Optimizer { return NewMuon(p, 1e-3, o...) },
}

// make is the case's optimizer of the parameters.
func (c goldenCase) make(t *testing.T, params map[string]*tensor.Tensor) Optimizer {
	var opt Optimizer
	for i, g := range c.Groups {
		var list []*tensor.Tensor
		for _, n := range g.Params {
			list = append(list, params[n])
		}
		if i > 0 {
			opt.(interface{ AddGroup(Params, ...Option) }).AddGroup(Tensors(list...), options(g.Options)...)
			continue
		}
		make := constructors[c.Optimizer]
		if make == nil {
			t.Fatalf("no optimizer %s", c.Optimizer)
		}
		opt = make(Tensors(list...), append(options(c.Options), options(g.Options)...)...)
	}
	return opt
}

// setGrad gives the parameter the problem's gradient, a·p - b, in plain Go.
func (q problem) setGrad(p *tensor.Tensor) {
	v, g := tensor.Slice[float64](p), make([]float64, len(q.B))
	for i := range g {
		for j, x := range v {
			g[i] += q.A[i][j] * x
		}
		g[i] -= q.B[i]
	}
	p.SetGrad(tensor.FromSlice(g, p.Shape()).To(p.Device()))
}

// tolerance is of float64 after fifty steps, relative to 1 or to the value.
const tolerance = 1e-12

func near(t *testing.T, what string, got *tensor.Tensor, want []float64) {
	t.Helper()
	within(t, what, got, want, tolerance)
}

func within(t *testing.T, what string, got *tensor.Tensor, want []float64, tol float64) {
	t.Helper()
	for i, x := range tensor.Slice[float64](got) {
		if !(math.Abs(x-want[i]) <= tol*math.Max(1, math.Abs(want[i]))) {
			t.Fatalf("%s[%d] is %.17g; PyTorch has %.17g", what, i, x, want[i])
		}
	}
}

// definitions is a device without the fused steps.
type definitions struct{ device.Device }

func (d definitions) Supports(k device.Kernel, dt device.DType) bool {
	return k != device.SGDStep && k != device.AdamStep && k != device.RowStep && d.Device.Supports(k, dt)
}

// TestGolden holds fifty steps in float64, and the state after them, against
// PyTorch, through the fused kernels and through the definitions.
func TestGolden(t *testing.T) {
	for file, cases := range map[string]int{"optim.json": 35, "recent.json": 15} {
		g := readGolden(t, file)
		if len(g.Cases) != cases {
			t.Errorf("%s has %d cases; want %d", file, len(g.Cases), cases)
		}
		for _, c := range g.Cases {
			for name, dev := range map[string]device.Device{"kernel": tensor.Zeros().Device(), "definition": definitions{&cpu.CPU{}}} {
				t.Run(c.Name+"/"+name, func(t *testing.T) { c.run(t, g.Problem, dev) })
			}
		}
	}
}

func (c goldenCase) run(t *testing.T, problems map[string]problem, dev device.Device) {
	params := map[string]*tensor.Tensor{}
	for n, q := range problems {
		params[n] = q.start(dev)
	}
	tol := tolerance
	if c.Optimizer == "Muon" { // its inner steps are in bfloat16, where sums in another order round differently
		tol = 5e-3
	}
	opt := c.make(t, params)
	snapshots := c.Snapshots
	for step := 1; len(snapshots) > 0; step++ {
		for n, q := range problems {
			q.setGrad(params[n])
		}
		opt.Step()
		if step == snapshots[0].Step {
			for n, want := range snapshots[0].Params {
				within(t, n, params[n], want, tol)
			}
			snapshots = snapshots[1:]
		}
	}
	state, names := opt.StateDict().State, []string(nil)
	for _, g := range c.Groups {
		names = append(names, g.Params...)
	}
	for i, n := range names {
		for slot, want := range c.State[n] {
			switch want := want.(type) {
			case float64:
				if got, _ := state[i][slot].(float64); !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
					t.Errorf("%s of %s is %v; PyTorch has %v", slot, n, state[i][slot], want)
				}
			case []any:
				list, _ := numbers(want)
				within(t, slot+" of "+n, state[i][slot].(*tensor.Tensor), list, tol)
			case nil:
				if v, ok := state[i][slot]; ok {
					t.Errorf("%s of %s is %v; PyTorch has none", slot, n, v)
				}
			}
		}
		if len(state[i]) > len(c.State[n]) {
			t.Errorf("the state of %s is %v; PyTorch has %v", n, state[i], c.State[n])
		}
	}
}

func TestClipGolden(t *testing.T) {
	g := readGolden(t, "optim.json")
	for _, c := range g.Clip {
		t.Run(c.Name, func(t *testing.T) {
			params := map[string]*tensor.Tensor{}
			list := []*tensor.Tensor{tensor.Zeros(2).RequireGrad()} // without a gradient
			for n, v := range c.Grads {
				p := tensor.Make{DType: tensor.Float64}.Zeros(len(v)).RequireGrad()
				p.SetGrad(tensor.Of(v))
				params[n] = p
				list = append(list, p)
			}
			arg := func(name string) float64 {
				if c.Args[name] == "inf" {
					return math.Inf(1)
				}
				return c.Args[name].(float64)
			}
			if c.Fn == "clip_grad_value_" {
				ClipGradValue(Tensors(list...), arg("clip_value"))
			} else {
				norm := ClipGradNorm(Tensors(list...), arg("max_norm"), arg("norm_type"))
				near(t, "norm", tensor.Of([]float64{norm}), []float64{*c.Total})
			}
			for n, want := range c.Clipped {
				near(t, n, params[n].Grad(), want)
			}
		})
	}
}
