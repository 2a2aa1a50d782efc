package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/tensor"
)

// facula runs the program.
func facula(in string, args ...string) (code int, out, log string) {
	var o, l bytes.Buffer
	code = execute(args, strings.NewReader(in), &o, &l)
	return code, o.String(), l.String()
}

// ok runs it and wants success.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	code, out, log := facula("", args...)
	if code != exitOK {
		t.Fatalf("facula %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, log)
	}
	return out
}

// okJSON is ok with --json.
func okJSON[T any](t *testing.T, args ...string) (v T) {
	t.Helper()
	out := ok(t, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("facula %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return v
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func irisRecipe(t *testing.T, dir, name string, epochs int) string {
	return write(t, filepath.Join(dir, name+".toml"), fmt.Sprintf(`out = %q
seed = 3
[data]
set = "iris"
batch = 16
[model]
layers = ["linear(4, 16)", "tanh", "dropout(0.1)", "linear(16, 3)"]
[optimizer]
kind = "adam"
lr = 0.02
[train]
epochs = %d
ema = 0.9
patience = 100
histograms = true
`, filepath.Join(dir, name), epochs))
}

// A run from a recipe to predictions, and all that one can do with it.
func TestIris(t *testing.T) {
	dir := t.TempDir()
	report := okJSON[struct{ Epochs int }](t, "train", irisRecipe(t, dir, "iris", 30))
	if report.Epochs != 30 {
		t.Errorf("%d epochs; want 30", report.Epochs)
	}
	run := filepath.Join(dir, "iris")
	if e := okJSON[evaluation](t, "eval", run); e.Accuracy == nil || *e.Accuracy < 0.85 || e.Samples != 30 {
		t.Errorf("evaluation %+v", e)
	}
	flowers := write(t, filepath.Join(dir, "flowers.csv"), strings.Join(recipeColumns(t, run), ",")+",note\n5.1,3.5,1.4,0.2,small\n6.3,3.3,6.0,2.5,large\n")
	p := okJSON[[]prediction](t, "predict", run, flowers)
	if len(p) != 2 || p[0].Class != "setosa" || p[1].Class != "virginica" || p[1].Input != flowers+":3" {
		t.Errorf("predictions %+v", p)
	}
	if text := ok(t, "predict", run, flowers, "--top", "1"); !strings.Contains(text, "setosa") || !strings.Contains(text, "█") {
		t.Errorf("no bars in\n%s", text)
	}
	if text := ok(t, "eval", run); !strings.Contains(text, "accuracy") || !strings.Contains(text, "versicolor") {
		t.Errorf("evaluation\n%s", text)
	}
	if code, _, log := facula("a,b\n1,2\n", "predict", run); code != exitFailed || !strings.Contains(log, "there is no column") {
		t.Errorf("other columns: exit code %d, %s", code, log)
	}
}

func recipeColumns(t *testing.T, run string) []string {
	t.Helper()
	s, err := readSaved(run)
	if err != nil {
		t.Fatal(err)
	}
	return s.Kind.Columns
}

// A run that goes on after its end has the weights of one that never stopped; an
// old run is not lost by accident.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	whole := irisRecipe(t, dir, "whole", 6)
	ok(t, "train", whole, "-q")
	ok(t, "train", irisRecipe(t, dir, "parts", 2), "-q")
	code, _, log := facula("", "train", irisRecipe(t, dir, "parts", 6), "-q")
	if code != exitFailed || !strings.Contains(log, "has a run already: --resume goes on") {
		t.Errorf("a second run in the folder: exit code %d, %s", code, log)
	}
	ok(t, "train", irisRecipe(t, dir, "parts", 6), "-q", "--resume")
	last := func(name string) string {
		folders, err := filepath.Glob(filepath.Join(dir, name, checkpointsDir, "step-*48"))
		if err != nil || len(folders) != 1 {
			t.Fatalf("%v, %v", folders, err)
		}
		return filepath.Join(folders[0], "model.safetensors")
	}
	a, err := os.ReadFile(last("whole"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(last("parts"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("the weights of a resumed run differ from those of one that never stopped")
	}
	if code, _, log := facula("", "train", irisRecipe(t, dir, "none", 6), "--resume"); code != exitFailed || !strings.Contains(log, "no run to go on with") {
		t.Errorf("nothing to resume: exit code %d, %s", code, log)
	}
	mine := write(t, filepath.Join(dir, "parts", "notes.txt"), "not the run's")
	ok(t, "train", irisRecipe(t, dir, "parts", 1), "-q", "--force")
	if _, err := os.Stat(mine); err != nil {
		t.Errorf("--force removes what is not the run's: %v", err)
	}
	if folders, err := filepath.Glob(filepath.Join(dir, "parts", checkpointsDir, "*")); err != nil || len(folders) != 1 {
		t.Errorf("after --force there are the checkpoints %v, %v; want one", folders, err)
	}
}

// A run is saved, and goes on, before its first epoch is over.
func TestSaveWithinEpoch(t *testing.T) {
	dir := t.TempDir()
	recipe := irisRecipe(t, dir, "a", 1)
	text, err := os.ReadFile(recipe)
	if err != nil {
		t.Fatal(err)
	}
	write(t, recipe, string(text)+"save_every = 2\nkeep = 9\n")
	ok(t, "train", recipe, "-q")
	run := filepath.Join(dir, "a")
	want, err := os.ReadFile(filepath.Join(run, weightsFile))
	if err != nil {
		t.Fatal(err)
	}
	later, err := filepath.Glob(filepath.Join(run, checkpointsDir, "step-00000[4-9]*")) // as if it had been killed at step 3
	if err != nil || len(later) != 4 {
		t.Fatalf("checkpoints %v, %v", later, err)
	}
	for _, path := range append(later, filepath.Join(run, weightsFile)) {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	ok(t, "train", recipe, "-q", "--resume")
	if got, err := os.ReadFile(filepath.Join(run, weightsFile)); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the weights of the run that went on at step 2 differ: %v", err)
	}
}

// Weights of another number of classes are a start; others are refused.
func TestWeights(t *testing.T) {
	dir := t.TempDir()
	ok(t, "train", irisRecipe(t, dir, "old", 1), "-q")
	old := filepath.Join(dir, "old", weightsFile)
	text := func(name, layers string) string {
		return write(t, filepath.Join(dir, name+".toml"), fmt.Sprintf("out = %q\n[data]\nset = \"iris\"\n[model]\nlayers = [%s]\nweights = %q\n[train]\nepochs = 1\n", filepath.Join(dir, name), layers, old))
	}
	code, _, log := facula("", "train", text("other", `"linear(4, 16)", "tanh", "dropout", "linear(16, 3, bias=false)"`))
	if code != exitFailed || !strings.Contains(log, "3.bias") {
		t.Errorf("weights of another model: exit code %d, %s", code, log)
	}
	half := filepath.Join(dir, "half.pt")
	ok(t, "convert", old, half, "--dtype", "float16")
	code, _, log = facula("", "train", write(t, filepath.Join(dir, "c.toml"), fmt.Sprintf("out = %q\n[data]\nset = \"csv\"\npath = %q\ntarget = \"y\"\n[model]\nlayers = [\"linear(4, 16)\", \"tanh\", \"dropout\", \"linear(16, 2)\"]\nweights = %q\n[train]\nepochs = 2\n",
		filepath.Join(dir, "c"), write(t, filepath.Join(dir, "t.csv"), "a,b,c,d,y\n"+strings.Repeat("1,2,3,4,yes\n4,3,2,1,no\n", 10)), half)))
	if code != exitOK || !strings.Contains(log, "3.weight is [3 16] in "+half+" and [2 16] here: it is learned anew") {
		t.Errorf("fine-tuning: exit code %d, %s", code, log)
	}
}

func TestPlot(t *testing.T) {
	dir := t.TempDir()
	ok(t, "train", irisRecipe(t, dir, "a", 2), "-q")
	run := filepath.Join(dir, "a")
	for _, args := range [][]string{{"-o", filepath.Join(dir, "x.png")}, {"--confusion", "-o", filepath.Join(dir, "y.svg")}, {"--tag", "val/accuracy", "--smooth", "0.5", "-o", filepath.Join(dir, "z.svg")}} {
		ok(t, append([]string{"plot", run}, args...)...)
		if info, err := os.Stat(args[len(args)-1]); err != nil || info.Size() < 1000 {
			t.Errorf("%v: %v", args, err)
		}
	}
	if code, _, log := facula("", "plot", run, "--tag", "val/acuracy"); code != exitFailed || !strings.Contains(log, "did you mean val/accuracy?") {
		t.Errorf("exit code %d, %s", code, log)
	}
}

// Pictures in folders, from files and from standard input.
func TestPictures(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	picture := func(path string, shade uint8) string {
		p := image.NewRGBA(image.Rect(0, 0, 12, 10))
		for i := range p.Pix {
			if p.Pix[i] = shade + uint8(r.IntN(40)); i%4 == 3 {
				p.Pix[i] = 255
			}
		}
		for y := range 10 {
			p.Set(0, y, color.White)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, p); err != nil {
			t.Fatal(err)
		}
		return write(t, path, b.String())
	}
	for i := range 12 {
		picture(filepath.Join(dir, "set", "dark", fmt.Sprintf("%d.png", i)), 10)
		picture(filepath.Join(dir, "set", "light", fmt.Sprintf("%d.png", i)), 200)
	}
	ok(t, "train", write(t, filepath.Join(dir, "p.json"), fmt.Sprintf(`{"out": %q, "data": {"set": "images", "path": %q, "size": 8, "batch": 4, "augment": ["hflip", "crop(8, padding=1)"]},
		"model": {"layers": ["conv2d(3, 4, 3)", "relu", "flatten", "linear(144, 2)"]}, "optimizer": {"lr": 0.02}, "train": {"epochs": 8}}`, filepath.Join(dir, "run"), filepath.Join(dir, "set"))), "-q")
	light, err := os.ReadFile(picture(filepath.Join(dir, "x.png"), 210))
	if err != nil {
		t.Fatal(err)
	}
	code, out, log := facula(string(light), "predict", filepath.Join(dir, "run"))
	if code != exitOK || !strings.HasPrefix(out, "-: light\n") {
		t.Errorf("exit code %d, %s%s", code, out, log)
	}
	if text := ok(t, "predict", filepath.Join(dir, "run"), filepath.Join(dir, "x.png"), "--invert"); !strings.Contains(text, "x.png: dark\n") {
		t.Errorf("inverted, light is\n%s", text)
	}
	if code, _, log := facula("no picture", "predict", filepath.Join(dir, "run")); code != exitFailed || !strings.Contains(log, "-: ") {
		t.Errorf("no picture: exit code %d, %s", code, log)
	}
}

// Weights keep their bits through every format and back.
func TestConvert(t *testing.T) {
	dir := t.TempDir()
	ok(t, "train", irisRecipe(t, dir, "run", 1), "-q")
	run := filepath.Join(dir, "run")
	from := run
	for _, to := range []string{"a.pt", "b.npz", "c.safetensors"} {
		to = filepath.Join(dir, to)
		ok(t, "convert", from, to)
		from = to
	}
	want, err := checkpoint.Load(filepath.Join(run, weightsFile))
	if err != nil {
		t.Fatal(err)
	}
	got, err := checkpoint.Load(from)
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range want.All() {
		if g := got.Get(name); g == nil || !g.Equal(w) {
			t.Errorf("%s is %v; want %v", name, g, w)
		}
	}
	half := filepath.Join(dir, "half.safetensors")
	ok(t, "convert", from, half, "--dtype", "bfloat16", "--rename", "0.=in.", "--match", "0.")
	s, err := checkpoint.Load(half)
	if err != nil || s.Len() != 2 || s.Get("in.weight") == nil || s.Get("in.weight").DType() != tensor.BFloat16 {
		t.Errorf("%v, %v", s.Names(), err)
	}
	for text, args := range map[string][]string{
		"is there already; --force":  {from, half},
		`no format has the end ".x"`: {from, filepath.Join(dir, "a.x")},
		"no tensor is left":          {from, filepath.Join(dir, "e.pt"), "--match", "zzz"},
		"did you mean float16?":      {from, filepath.Join(dir, "f.pt"), "--dtype", "flaot16"},
		"two tensors would have":     {from, filepath.Join(dir, "g.pt"), "--rename", "0.weight=x", "--rename", "0.bias=x"},
		"no such file":               {filepath.Join(dir, "none"), filepath.Join(dir, "h.pt")},
	} {
		if code, _, log := facula("", append([]string{"convert"}, args...)...); code == exitOK || !strings.Contains(log, text) {
			t.Errorf("convert %v: exit code %d, %s", args, code, log)
		}
	}
}

// A run becomes an ONNX model, which gives the same as the run, for any batch.
func TestONNX(t *testing.T) {
	dir := t.TempDir()
	ok(t, "train", irisRecipe(t, dir, "run", 2), "-q")
	run, file := filepath.Join(dir, "run"), filepath.Join(dir, "iris.onnx")
	ok(t, "convert", run, file)
	m, err := onnx.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	_, l, err := load(run)
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.Rand(7, 4)
	out, err := m.Run(map[string]*tensor.Tensor{"input": x})
	if err != nil {
		t.Fatal(err)
	}
	if want := l.Forward(x.NoGrad()); !out["output"].AllClose(want, tensor.Closeness{RTol: 1e-5, ATol: 1e-6}) {
		t.Errorf("the model gives %v; want %v", out["output"], want)
	}
	n := okJSON[network](t, "inspect", file, "--stats")
	if n.Operators["Gemm"] != 2 || len(n.Weights) != 4 || n.Weights[0].Stats == nil || !strings.HasPrefix(n.Inputs[0], "input float[batch 4]") {
		t.Errorf("%+v", n)
	}
	if text := ok(t, "inspect", file); !strings.Contains(text, "Gemm 2") {
		t.Errorf("inspected\n%s", text)
	}
	if code, _, log := facula("", "convert", file, filepath.Join(dir, "x.onnx")); code == exitOK {
		t.Errorf("a model of no run is exported: %s", log)
	}
}

func TestInspect(t *testing.T) {
	dir := t.TempDir()
	ok(t, "train", irisRecipe(t, dir, "run", 1), "-q")
	file := filepath.Join(dir, "run", weightsFile)
	c := okJSON[contents](t, "inspect", file, "--stats")
	if len(c.Tensors) != 4 || c.Elements != 4*16+16+16*3+3 || c.Format != "safetensors" || c.Tensors[0].Stats == nil {
		t.Errorf("%+v", c)
	}
	if text := ok(t, "inspect", file, "0.weight"); !strings.Contains(text, "tensor([[") || !strings.Contains(text, "█") {
		t.Errorf("one tensor\n%s", text)
	}
	if code, _, log := facula("", "inspect", file, "0.wieght"); code != exitFailed || !strings.Contains(log, "did you mean 0.weight?") {
		t.Errorf("a slip: %s", log)
	}
	if code, _, log := facula("", "inspect", write(t, filepath.Join(dir, "x"), "\x80\x02cos\nsystem\nq\x00.")); code != exitFailed || strings.Contains(log, "panic") {
		t.Errorf("a hostile file: exit code %d, %s", code, log)
	}
}

// What is misspelt is a usage error, with a suggestion.
func TestUsage(t *testing.T) {
	for want, args := range map[string][]string{
		"Did you mean this?":      {"trian"},
		"did you mean --epochs?":  {"train", "x.toml", "--epoch", "3"},
		"want one recipe":         {"train"},
		"want a file, and":        {"inspect"},
		"did you mean cifar-10?":  {"datasets", "get", "cifar-01"},
		"invalid argument":        {"bench", "--threads", "many"},
		"[force resume] were all": {"train", "x.toml", "--force", "--resume"},
	} {
		code, _, log := facula("", args...)
		if code != exitUsage && want != "[force resume] were all" || !strings.Contains(log, want) {
			t.Errorf("facula %v: exit code %d, %s; want %q", args, code, log, want)
		}
	}
	for _, c := range (&app{out: io.Discard, log: io.Discard}).root().Commands() {
		if c.Long == "" && c.Name() != "help" && c.Name() != "completion" || c.Short == "" {
			t.Errorf("%s has no help that teaches", c.Name())
		}
	}
	if text := ok(t, "train", "--example"); text != recipe.Example {
		t.Error("--example is not the example")
	}
	if text := ok(t, "train", "--layers"); !strings.Contains(text, "conv2d(in, out, kernel") || !strings.Contains(text, "hflip") {
		t.Error("--layers lists no layers")
	}
	if text := ok(t, "completion", "zsh"); !strings.Contains(text, "#compdef facula") {
		t.Error("no completion for zsh")
	}
}

// What says how things are says it for programs too.
func TestLists(t *testing.T) {
	if h := okJSON[health](t, "doctor"); h.Tier == "" || h.GFLOPS <= 0 || h.Threads < 1 {
		t.Errorf("health %+v", h)
	}
	if l := okJSON[[]measured](t, "bench", "--each", "1ms", "--only", "MLP"); len(l) != 1 || l[0].Rate <= 0 {
		t.Errorf("%d measurements", len(l))
	}
	if l := okJSON[[]struct{ Name string }](t, "models"); len(l) < 20 {
		t.Errorf("%d models", len(l))
	}
	if l := okJSON[[]struct{ Name string }](t, "datasets"); len(l) < 7 {
		t.Errorf("%d data sets", len(l))
	}
	for _, args := range [][]string{{"doctor"}, {"models"}, {"datasets"}, {"bench", "--each", "1ms", "--only", "MLP"}} {
		if text := ok(t, args...); strings.HasPrefix(text, "{") || len(text) < 100 {
			t.Errorf("facula %v prints\n%s", args, text)
		}
	}
}

func TestBoard(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	a := &app{out: w, json: true}
	done := make(chan error, 1)
	go func() { done <- a.serveBoard(ctx, t.TempDir(), "127.0.0.1:0") }()
	var v struct{ URL string }
	if err := json.NewDecoder(r).Decode(&v); err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if code, _, log := facula("", "board", filepath.Join(t.TempDir(), "none")); code != exitFailed || !strings.Contains(log, "there is no folder") {
		t.Errorf("exit code %d, %s", code, log)
	}
}
