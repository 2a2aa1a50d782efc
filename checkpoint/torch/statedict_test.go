package torch_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// parts reads a list of tensors.
func parts(v any) []*tensor.Tensor {
	var out []*tensor.Tensor
	for _, x := range v.([]any) {
		out = append(out, x.(*tensor.Tensor))
	}
	return out
}

type optimizer interface {
	Step()
	StateDict() optim.StateDict
	LoadStateDict(optim.StateDict) error
}

// PyTorch's optimizers go on here: two steps lead where they lead there.
func TestResume(t *testing.T) {
	v, err := torch.Load("testdata/resume.pt")
	if err != nil {
		t.Fatal(err)
	}
	for name, make := range map[string]func(p []*tensor.Tensor) optimizer{
		"adam": func(p []*tensor.Tensor) optimizer { return optim.NewAdam(optim.Tensors(p...), 1) },
		"sgd": func(p []*tensor.Tensor) optimizer {
			o := optim.NewSGD(optim.Tensors(p[0]), 1)
			o.AddGroup(optim.Tensors(p[1]))
			return o
		},
		"plain sgd": func(p []*tensor.Tensor) optimizer { return optim.NewSGD(optim.Tensors(p...), 1) },
	} {
		d := v.(*torch.Dict).Get(name).(*torch.Dict)
		state, err := torch.Optimizer(d.Get("optimizer"))
		if err != nil {
			t.Fatal(err)
		}
		goesOn(t, name, d, make, state)

		// The same by way of a file that facula writes.
		p := copies(parts(d.Get("params")))
		o := make(p)
		if err := o.LoadStateDict(state); err != nil {
			t.Fatal(err)
		}
		if state, err = torch.Optimizer(rewritten(t, o.StateDict())); err != nil {
			t.Fatal(err)
		}
		goesOn(t, name+", written", d, make, state)
	}
}

func copies(p []*tensor.Tensor) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(p))
	for i, x := range p {
		out[i] = x.Clone().RequireGrad()
	}
	return out
}

func goesOn(t *testing.T, name string, d *torch.Dict, make func(p []*tensor.Tensor) optimizer, state optim.StateDict) {
	t.Helper()
	p := copies(parts(d.Get("params")))
	o := make(p)
	if err := o.LoadStateDict(state); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, grads := range d.Get("grads").([]any) {
		for i, g := range parts(grads) {
			p[i].SetGrad(g)
		}
		o.Step()
	}
	for i, want := range parts(d.Get("after")) {
		w := tensor.Slice[float64](want)
		for k, got := range tensor.Slice[float64](p[i].Detach()) {
			if math.Abs(got-w[k]) > 1e-14*(1+math.Abs(w[k])) { // a few roundings of float64
				t.Errorf("%s: parameter %d is %v at %d; want %v", name, i, got, k, w[k])
			}
		}
	}
}

// rewritten writes v and reads it.
func rewritten(t *testing.T, v any) any {
	t.Helper()
	var b bytes.Buffer
	if err := torch.Write(&b, v); err != nil {
		t.Fatal(err)
	}
	f, err := torch.New(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.Load()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOptimizerRefuses(t *testing.T) {
	group := func(k any) *torch.Dict {
		d, state := &torch.Dict{}, &torch.Dict{}
		state.Set(k, &torch.Dict{})
		d.Set("state", state)
		d.Set("param_groups", []any{})
		return d
	}
	for _, v := range []any{nil, 3, &torch.Dict{}, group("0"), (*torch.Dict)(nil)} {
		if _, err := torch.Optimizer(v); err == nil {
			t.Errorf("%v is not refused", v)
		}
	}
}

func TestStateDict(t *testing.T) {
	for _, c := range []struct {
		file string
		want []string
	}{
		{"wrapped.pt", []string{"fc.weight", "fc.bias"}},
		{"parameters_legacy.pt", []string{"tied", "same", "frozen", "noted", "plain", "leaf"}},
		{"train_legacy.pt", []string{"0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "2.weight", "2.bias"}},
	} {
		f, err := torch.Open("testdata/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.StateDict()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.Names(), c.want) {
			t.Errorf("%s has %v; want %v", c.file, s.Names(), c.want)
		}
		for n, x := range s.All() {
			if x.RequiresGrad() {
				t.Errorf("%s: %s requires a gradient", c.file, n)
			}
		}
		if tied := s.Get("tied"); tied != nil && !tied.SameStorage(s.Get("same")) {
			t.Error("tied weights do not share memory")
		}
		f.Close()
	}
}

// A module takes the weights.
func TestLoadIntoModule(t *testing.T) {
	f, err := torch.Open("testdata/train.pt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := f.StateDict()
	if err != nil {
		t.Fatal(err)
	}
	m := nn.NewSequential(nn.NewLinear(3, 4), nn.NewBatchNorm1d(4), nn.NewLinear(4, 2))
	if err := nn.LoadStateDict(m, s); err != nil {
		t.Fatal(err)
	}
	if got, want := tensor.Bytes(nn.StateDict(m).Get("1.running_var")), tensor.Bytes(s.Get("1.running_var")); !bytes.Equal(got, want) {
		t.Errorf("running_var is %v; want %v", got, want)
	}
}

func TestNoStateDict(t *testing.T) {
	for file, want := range map[string]string{"values.pt": "the keys are ints, floats", "bare.pt": "the file is a tensor"} {
		f, err := torch.Open("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.StateDict(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", file, err, want)
		}
		f.Close()
	}
}
