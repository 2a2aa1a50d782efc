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
}

type problem struct {
	P, B []float64
	A    [][]float64
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

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	text, err := os.ReadFile("testdata/optim.json")
	if err == nil {
		err = json.Unmarshal(text, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// later are optimizers of the file that the package does not have yet.
var later = map[string]bool{"RMSprop": true, "Adagrad": true, "Adadelta": true, "Adamax": true, "NAdam": true, "RAdam": true}

// both is the options of SGD and of Adam, by PyTorch's names.
type both interface {
	SGDOption
	AdamOption
}

func options(t *testing.T, m map[string]any) (sgd []SGDOption, adam []AdamOption) {
	shared := func(o both) { sgd, adam = append(sgd, o), append(adam, o) }
	for name, v := range m {
		switch name {
		case "lr":
			shared(LR(v.(float64)))
		case "weight_decay":
			shared(WeightDecay(v.(float64)))
		case "maximize":
			shared(Maximize(v.(bool)))
		case "momentum":
			sgd = append(sgd, Momentum(v.(float64)))
		case "dampening":
			sgd = append(sgd, Dampening(v.(float64)))
		case "nesterov":
			sgd = append(sgd, Nesterov(v.(bool)))
		case "amsgrad":
			adam = append(adam, AMSGrad(v.(bool)))
		case "eps":
			adam = append(adam, Eps(v.(float64)))
		case "betas":
			b := v.([]any)
			adam = append(adam, Betas(b[0].(float64), b[1].(float64)))
		default:
			t.Fatalf("no option %s", name)
		}
	}
	return sgd, adam
}

// make is the case's optimizer of the parameters.
func (c goldenCase) make(t *testing.T, params map[string]*tensor.Tensor) Optimizer {
	sgd, adam := options(t, c.Options)
	var opt Optimizer
	for i, g := range c.Groups {
		var list []*tensor.Tensor
		for _, n := range g.Params {
			list = append(list, params[n])
		}
		s, a := options(t, g.Options)
		switch o := opt.(type) {
		case *SGD:
			o.AddGroup(Tensors(list...), s...)
		case *Adam:
			o.AddGroup(Tensors(list...), a...)
		default: // the first; PyTorch's default rate of Adam is 1e-3
			switch c.Optimizer {
			case "SGD":
				opt = NewSGD(Tensors(list...), 0, append(sgd, s...)...)
			case "Adam":
				opt = NewAdam(Tensors(list...), 1e-3, append(adam, a...)...)
			case "AdamW":
				opt = NewAdamW(Tensors(list...), 1e-3, append(adam, a...)...)
			}
			if i > 0 {
				t.Fatal("no optimizer")
			}
		}
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
	p.SetGrad(tensor.Of(g).To(p.Device()))
}

func near(t *testing.T, what string, got *tensor.Tensor, want []float64) {
	t.Helper()
	for i, x := range tensor.Slice[float64](got) {
		if !(math.Abs(x-want[i]) <= 1e-12*math.Max(1, math.Abs(want[i]))) {
			t.Fatalf("%s[%d] is %.17g; PyTorch has %.17g", what, i, x, want[i])
		}
	}
}

// definitions is a device without the fused steps.
type definitions struct{ device.Device }

func (d definitions) Supports(k device.Kernel, dt device.DType) bool {
	return k != device.SGDStep && k != device.AdamStep && d.Device.Supports(k, dt)
}

// TestGolden holds fifty steps in float64, and the state after them, against
// PyTorch, through the fused kernels and through the definitions.
func TestGolden(t *testing.T) {
	g := readGolden(t)
	ran := 0
	for _, c := range g.Cases {
		if later[c.Optimizer] {
			continue
		}
		ran++
		for name, dev := range map[string]device.Device{"kernel": tensor.Zeros().Device(), "definition": definitions{&cpu.CPU{}}} {
			t.Run(c.Name+"/"+name, func(t *testing.T) { c.run(t, g.Problem, dev) })
		}
	}
	if ran != 22 {
		t.Errorf("%d cases ran; want 22", ran)
	}
}

func (c goldenCase) run(t *testing.T, problems map[string]problem, dev device.Device) {
	params := map[string]*tensor.Tensor{}
	for n, q := range problems {
		params[n] = tensor.Of(q.P).To(dev).RequireGrad()
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
				near(t, n, params[n], want)
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
				if state[i][slot] != want {
					t.Errorf("%s of %s is %v; PyTorch has %v", slot, n, state[i][slot], want)
				}
			case []any:
				list, _ := numbers(want)
				near(t, slot+" of "+n, state[i][slot].(*tensor.Tensor), list)
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
	g := readGolden(t)
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
