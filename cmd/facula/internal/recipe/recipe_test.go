package recipe

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// The example is what --example prints: it must be a recipe, and the same in JSON.
func TestExample(t *testing.T) {
	r, err := Parse([]byte(Example), false)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Model.Build(r.Seed)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Forward(tensor.Zeros(2, 1, 28, 28)).Shape(); !reflect.DeepEqual(got, []int{2, 10}) {
		t.Errorf("the model gives %v; want [2 10]", got)
	}
	if lines := strings.Count(Example, "\n"); lines > 16 {
		t.Errorf("the example has %d lines; 15 and a comment are promised", lines)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(text, true)
	if err != nil || !reflect.DeepEqual(r, again) {
		t.Errorf("from JSON %+v, %v; want %+v", again, err, r)
	}
}

// Every kind of layer is made by the way it is documented.
func TestLayerKinds(t *testing.T) {
	for _, how := range LayerKinds() {
		text := how
		for word, number := range map[string]string{"(in": "(4", " in,": "4,", " out": " 8", "kernel": "3", "features": "4", "groups, channels": "2, 4", "(size": "(2"} {
			text = strings.Replace(text, word, number, 1)
		}
		text = strings.Replace(text, "stride=kernel", "stride=2", 1)
		if _, err := sequential([]string{text}, nn.Gen(tensor.NewGenerator(0))); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Sets have their names of facula datasets too.
func TestSetNames(t *testing.T) {
	for name, want := range map[string]string{"cifar-10": "cifar10", "cifar-100": "cifar100", "fashion-mnist": "fashion-mnist"} {
		r, err := Parse([]byte("[data]\nset = \""+name+"\"\n[model]\nzoo = \"resnet18\"\n"), false)
		if err != nil || r.Data.Set != want {
			t.Errorf("%s: %+v, %v; want the set %s", name, r, err, want)
		}
	}
}

// What is wrong is said, with what to write.
func TestErrors(t *testing.T) {
	const good = "[data]\nset = \"mnist\"\n[model]\nlayers = [\"relu\"]\n"
	if _, err := Parse([]byte(good), false); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"":                                    "data.set is missing; want one of mnist, fashion-mnist",
		"[data]\nset = \"mnits\"":             `data.set is "mnits"; did you mean mnist?`,
		"[data]\nset = \"csv\"":               "data.path is missing",
		"[data]\nset = 3":                     "line 2",
		"[data\n":                             "line 2",
		good + "[optimiser]\nlr = 1":          `there is no setting "optimiser"; did you mean optimizer?`,
		good + "[optimizer]\nlearning = 0.1":  `there is no setting "learning" in [optimizer]; want one of kind, lr`,
		good + "[optimizer]\nlr = -1.0":       "optimizer.lr is -1; want a number above 0",
		good + "[optimizer]\nkind = \"adma\"": `optimizer.kind is "adma"; did you mean adam?`,
		good + "[optimizer]\nbetas = [0.9]":   "optimizer.betas has 1 numbers; want 2",
		"[data]\nset = \"csv\"\npath = \"x\"\ntarget = \"y\"\nmissing = \"skp\"": `data.missing is "skp"; want "skip"`,
		good + "[train]\nepochs = -3":                                            "epochs is -3",
		good + "[train]\nloss = \"ce\"":                                          `train.loss is "ce"`,
		good + "[schedule]\nkind = \"step\"":                                     "schedule.every is missing",
		"[data]\nset = \"mnist\"":                                                "the model is missing",
		"[data]\nset = \"mnist\"\nmean = [0.1]\n[model]\nzoo = \"lenet\"":        "data.mean has 1 numbers and data.std 0",
		"[data]\nset = \"mnist\"\n[model]\nzoo = \"lenet\"\nlayers = [\"relu\"]": "both model.zoo and model.layers",
	} {
		if _, err := Parse([]byte(text), false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v; want %q", text, err, want)
		}
	}
	if _, err := Parse([]byte(`{"data": {"set": "mnist", "bacth": 3}}`), true); err == nil || !strings.Contains(err.Error(), "did you mean batch?") {
		t.Errorf("JSON: %v", err)
	}
	const whole = `{"data": {"set": "mnist"}, "model": {"zoo": "lenet"}}`
	if _, err := Parse([]byte(whole+"\n"), true); err != nil {
		t.Error(err)
	}
	if _, err := Parse([]byte(whole+" more"), true); err == nil || !strings.Contains(err.Error(), "more after the end") {
		t.Errorf("two values: %v", err)
	}
}

func TestLayerErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "has no name",
		"linaer(2, 3)":                       `there is no layer "linaer"; did you mean linear?`,
		"linear(2":                           "want one closing parenthesis",
		"linear(2, 3))":                      "want one closing parenthesis",
		"linear(2)":                          "linear: out is missing; write it as linear(in, out, bias=true)",
		"linear(2, 3, 4)":                    "3 numbers are given",
		"linear(2, x)":                       `"x" is not a number`,
		"linear(2, 3.5)":                     "out is 3.5; want a whole number",
		"linear(2, 3, bais=true)":            "there is no bais",
		"linear(2, 3, bias=5)":               `bias is "5"; want true or false`,
		"linear(2, 3, in=2)":                 "in is given twice",
		"linear(bias=true, 2)":               "stands after a named argument",
		"linear(2, 3, bias=true, bias=true)": "bias is given twice",
		"linear(-2, 3)":                      "-2",
		"conv2d(3, 8, 3, stride=0)":          "stride",
		"relu(3)":                            "1 numbers are given",
		"dropout(2)":                         "2",
	} {
		if _, err := sequential([]string{text}, nn.Gen(tensor.NewGenerator(0))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v; want %q", text, err, want)
		}
	}
}

// Every optimizer can be made, and its wrong options are errors.
func TestOptimizers(t *testing.T) {
	for _, kind := range optimizers {
		o := Optimizer{Kind: kind, LR: 0.1}
		if _, err := o.Make(nn.Params(nn.NewLinear(2, 2))); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	momentum := 0.9
	o := Optimizer{Kind: "adam", LR: 0.1, Momentum: &momentum}
	if _, err := o.Make(nn.Params(nn.NewLinear(2, 2))); err == nil || !strings.Contains(err.Error(), "momentum") {
		t.Errorf("Adam with a momentum: %v", err)
	}
}

// The rates of each schedule, over three epochs of four steps.
func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		at   int
		want float64
	}{
		{Schedule{Kind: "cosine"}, 6, 0.5}, {Schedule{Kind: "cosine"}, 12, 0}, {Schedule{Kind: "cosine", Warmup: 1}, 8, 0.5},
		{Schedule{Kind: "constant", Warmup: 1}, 2, 0.6}, {Schedule{Kind: "constant", Warmup: 1}, 9, 1},
		{Schedule{Kind: "step", Every: 1, Gamma: 0.1}, 3, 1}, {Schedule{Kind: "step", Every: 1, Gamma: 0.1}, 8, 0.01},
		{Schedule{Kind: "exponential", Gamma: 0.25}, 2, 0.5}, {Schedule{Kind: "linear"}, 3, 0.75}, {Schedule{Kind: "linear"}, 12, 0},
	} {
		opt := Optimizer{Kind: "sgd", LR: 1}
		o, err := opt.Make(nn.Params(nn.NewLinear(2, 2)))
		if err != nil {
			t.Fatal(err)
		}
		s := c.s.Make(o, 1, 4, 3)
		for range c.at {
			s.Step()
		}
		if got := o.Groups()[0].LR; got < c.want-1e-9 || got > c.want+1e-9 {
			t.Errorf("%+v: rate %v after %d steps; want %v", c.s, got, c.at, c.want)
		}
	}
	if (&Schedule{Kind: "constant"}).Make(nil, 1, 4, 3) != nil {
		t.Error("a constant rate has a schedule")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(Example), false)
	f.Add([]byte(`{"data":{"set":"iris"},"model":{"layers":["linear(4, 3)"]}}`), true)
	f.Fuzz(func(t *testing.T, text []byte, isJSON bool) {
		r, err := Parse(text, isJSON)
		if (r == nil) == (err == nil) && err == nil {
			t.Error("neither a recipe nor an error")
		}
		for _, l := range strings.Split(string(text), "\n") {
			parseCall(l)
		}
	})
}
