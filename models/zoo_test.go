package models_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// largest is how many parameters a model may have whose real size is made here;
// scripts/realweights sets the variable, and makes all of them.
func largest() int {
	switch {
	case os.Getenv("FACULA_REALWEIGHTS") != "":
		return 1 << 40
	case testing.Short():
		return 5e6
	}
	return 130e6
}

// The names and shapes of each model's state, in their order, and the number of
// its parameters, are those of the original at its real size.
func TestNames(t *testing.T) {
	var file struct {
		Cases []struct {
			Model  string
			Params int
			State  []string
		}
	}
	golden.Read(t, "testdata/names.json", &file)
	entries := map[string]models.Entry{}
	for _, e := range models.All() {
		entries[e.Name] = e
	}
	for _, c := range file.Cases {
		e, ok := entries[c.Model]
		if !ok || e.Params != c.Params {
			t.Errorf("%s: the list says %d parameters; want %d", c.Model, e.Params, c.Params)
		}
		if c.Params > largest() {
			continue
		}
		m, err := models.ByName(c.Model, 0)
		if err != nil {
			t.Error(err)
			continue
		}
		if n := nn.NumParams(m); n != c.Params {
			t.Errorf("%s has %d parameters; want %d", c.Model, n, c.Params)
		}
		sameState(t, c.Model, stateOf(m), c.State)
		free(m)
	}
	if want := len(file.Cases) + 1; len(entries) != want { // resnet18_small is facula's own
		t.Errorf("%d models in the list; want %d", len(entries), want)
	}
}

// stateOf lists names and shapes as make_models.py does.
func stateOf(m any) (list []string) {
	for name, x := range nn.StateDict(m).All() {
		list = append(list, name+" "+strings.ReplaceAll(fmt.Sprint(x.Shape()), " ", ", "))
	}
	return list
}

func sameState(t *testing.T, model string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("%s: tensor %d of %d is %v; want %v", model, i, len(want), got[min(i, len(got)):min(i+1, len(got))], want[min(i, len(want)):min(i+1, len(want))])
			return
		}
	}
}

// free gives the memory of a large model back at once.
func free(m any) {
	for _, p := range nn.Params(m) {
		p.Free()
	}
}

// VGGs of all depths have torchvision's features; the rest is alike in all of
// them, and TestNames holds it in one.
func TestVGGNames(t *testing.T) {
	var file struct {
		Cases []struct {
			Model string
			State []string
		}
	}
	golden.Read(t, "testdata/names.json", &file)
	for _, c := range file.Cases {
		var depth int
		if n, _ := fmt.Sscanf(c.Model, "vgg%d", &depth); n == 0 {
			continue
		}
		var opts []models.VGGOption
		if strings.HasSuffix(c.Model, "_bn") {
			opts = append(opts, models.BatchNorm)
		}
		got := stateOf(models.NewVGGOf(models.VGGStages[depth], 64, 4, 1000, opts))
		others := func(s string) bool { return !strings.HasPrefix(s, "features.") }
		sameState(t, c.Model, slices.DeleteFunc(got, others), slices.DeleteFunc(c.State, others))
	}
}

func TestByName(t *testing.T) {
	for want, f := range map[string]func() (nn.Layer, error){
		`models: no model is named "resnet19"; want one of mlp, lenet, resnet18, `: func() (nn.Layer, error) { return models.ByName("resnet19", 10) },
		"models: -1 classes; want 1 or more, or 0 for the 10 of the original":      func() (nn.Layer, error) { return models.ByName("lenet", -1) },
		"models: 3 channels for minilm, whose input is text":                       func() (nn.Layer, error) { return models.ByName("minilm", 0, models.InChannels(3)) },
		"models: -3 channels; want 1 or more":                                      func() (nn.Layer, error) { return models.ByName("mlp", 0, models.InChannels(-3)) },
	} {
		if m, err := f(); m != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, %v; want %s", m, err, want)
		}
	}
}

// Every small model of the list takes its input, with other channels too, gives
// its classes, starts from its generator alone and shows its layers to an observer.
func TestEntries(t *testing.T) {
	for _, e := range models.All() {
		if e.Params > 12e6 && !e.Language || e.Params > 30e6 || testing.Short() && e.Params > 1e6 {
			continue
		}
		opts := []models.ImageOption{models.Gen(tensor.NewGenerator(3))}
		if !e.Language {
			opts = append(opts, models.InChannels(2))
			e.Input[0] = 2
		}
		m, err := models.ByName(e.Name, 7, opts...)
		if err != nil {
			t.Fatal(err)
		}
		same(t, e.Name, m, e.New(7, append(opts, models.Gen(tensor.NewGenerator(3)))...))
		x := tensor.Zeros(append([]int{1}, e.Input...)...)
		if e.Language {
			x = x.Cast(tensor.Int64)
		}
		nn.Eval(m)
		y := m.Forward(x.NoGrad())
		if _, features := m.(*models.BERT); !features && (e.Language && y.Size(-1) != 7 || !e.Language && y.Size(1) != 7) {
			t.Errorf("%s gives %v for 7 classes", e.Name, y.Shape())
		}
	}
}

// An observer sees each layer, but for those that nn runs within another or that
// get the positions of tokens, which no mark comes with.
func TestObserverSeesLayers(t *testing.T) {
	for _, name := range []string{"mlp", "lenet", "resnet_small", "mobilenet_v2", "vgg_bn", "unet", "vit", "word_lm", "gpt2", "bert"} {
		s := subjects(name, tensor.Float32)
		nn.Eval(s.m)
		missing := map[any]bool{}
		for _, l := range nn.Modules(s.m) {
			missing[l] = true
		}
		s.call(func(x *tensor.Tensor) *tensor.Tensor {
			return x.NoGrad().Observe(func(l any, _, out *tensor.Tensor) *tensor.Tensor { delete(missing, l); return out })
		})
		want := map[string]int{"vit": 2, "gpt2": 1, "bert": 2}[name]
		if len(missing) != want {
			t.Errorf("%s: the observer did not see %d layers; want %d", name, len(missing), want)
		}
	}
}

// same holds the tensors of two models against each other, to the bit.
func same(t *testing.T, what string, a, b any) {
	t.Helper()
	sa, sb := nn.StateDict(a), nn.StateDict(b)
	for name, x := range sa.All() {
		if y := sb.Get(name); y == nil || !tensor.Item[bool](x.Eq(y).All()) {
			t.Errorf("%s: %s differs", what, name)
			return
		}
	}
}
