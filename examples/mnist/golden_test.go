package main

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

type golden struct {
	Hash struct {
		Salt   uint32
		Values []uint32
	}
	Cases []struct {
		Name   string
		Params []struct {
			Name  string
			FanIn int `json:"fan_in"`
		}
		Input      []int
		Target     []int64
		LR         float64
		Logits     struct{ Data []float64 }
		Losses     []float64
		GradNorms  map[string]float64 `json:"grad_norms"`
		ParamNorms map[string]float64 `json:"param_norms"`
	}
}

// hash makes the numbers of make_lenet.py, which are the same to the bit in
// any language.
func hash(salt, k uint32) uint32 {
	h := k*2654435761 + salt*40503
	h = (h ^ h>>15) * 739179413
	h = (h ^ h>>13) * 1540483477
	return h ^ h>>16
}

func hashed(salt uint32, shape ...int) *tensor.Tensor {
	v := tensor.NewArray(shape...).V
	for k := range v {
		v[k] = float64(hash(salt, uint32(k))) / (1 << 32)
	}
	return tensor.Of(v, shape...)
}

// Ten training steps of both networks are PyTorch's, in float64: logits, loss
// by loss, gradients and weights. The bound is 1e-8, as sums are taken in
// another order.
func TestGoldenTraining(t *testing.T) {
	raw, err := os.ReadFile("testdata/lenet_golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	for k, want := range g.Hash.Values {
		if got := hash(g.Hash.Salt, uint32(k)); got != want {
			t.Fatalf("hash(%d, %d) is %d; want %d", g.Hash.Salt, k, got, want)
		}
	}
	if len(g.Cases) != 2 {
		t.Fatalf("%d cases; want 2", len(g.Cases))
	}
	for _, c := range g.Cases {
		t.Run(c.Name, func(t *testing.T) {
			near := func(what string, got, want float64) {
				t.Helper()
				if !(math.Abs(got-want) <= 1e-8*max(1, math.Abs(want))) {
					t.Errorf("%s is %v; want %v", what, got, want)
				}
			}
			var model nn.Layer
			if c.Name == "lenet" {
				model = newLeNet(nn.Gen(tensor.NewGenerator(0)))
			} else {
				full := newMLP(nn.Gen(tensor.NewGenerator(0)))
				model = nn.NewSequential(full.Layers[1:]...) // PyTorch's has no Flatten
			}
			nn.Cast(model, tensor.Float64)
			i := 0
			for name, p := range nn.Params(model) {
				if name != c.Params[i].Name {
					t.Fatalf("parameter %d is %s; want %s", i, name, c.Params[i].Name)
				}
				bound := 1 / math.Sqrt(float64(c.Params[i].FanIn))
				p.Detach().CopyFrom(hashed(uint32(i+1), p.Shape()...).MulScalar(2.0).SubScalar(1.0).MulScalar(bound))
				i++
			}
			x, y := hashed(100, c.Input...), tensor.Of(c.Target)
			opt := optim.NewSGD(nn.Params(model), c.LR)
			for step, want := range c.Losses {
				opt.ZeroGrad()
				logits := model.Forward(x)
				loss := nn.NewCrossEntropyLoss().Forward(logits, y)
				loss.Backward()
				near("loss", loss.Float(), want)
				if step == 0 {
					for k, v := range tensor.Slice[float64](logits) {
						near("logit", v, c.Logits.Data[k])
					}
					for name, p := range nn.Params(model) {
						near("gradient of "+name, norm(p.Grad()), c.GradNorms[name])
					}
				}
				opt.Step()
			}
			for name, p := range nn.Params(model) {
				near(name, norm(p), c.ParamNorms[name])
			}
		})
	}
}

func norm(t *tensor.Tensor) float64 {
	t = t.Detach()
	return math.Sqrt(t.Mul(t).Sum().Float())
}
