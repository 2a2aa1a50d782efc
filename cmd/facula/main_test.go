package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
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
save_every = 3
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
	if code, _, log := facula("", "eval", flowers); code != exitFailed || !strings.Contains(log, "is a file; want the folder of a run") {
		t.Errorf("a file for a run: exit code %d, %s", code, log)
	}
	if code, _, log := facula("a,b\n1,2\n", "predict", run); code != exitFailed || !strings.Contains(log, "no column") {
		t.Errorf("other columns: exit code %d, %s", code, log)
	}
}

// A table with a number to learn, a column of texts and a row that lacks a value.
func TestNumbers(t *testing.T) {
	dir := t.TempDir()
	rows := "a,note,b,y\n,none,1,1\n"
	for i := range 60 {
		a, b := float64(i%7)/7, float64(i%11)/11
		rows += fmt.Sprintf("%g,n%d,%g,%g\n", a, i, b, 2*a-b)
	}
	table := write(t, filepath.Join(dir, "t.csv"), rows)
	recipe := func(name, data string, outputs int) string {
		return write(t, filepath.Join(dir, name+".toml"), fmt.Sprintf("out = %q\n[data]\nset = \"csv\"\npath = %q\ntarget = \"y\"\nbatch = 8\n%s\n[model]\nlayers = [\"linear(2, %d)\"]\n[optimizer]\nlr = 0.05\n[train]\nepochs = 30\n",
			filepath.Join(dir, name), table, data, outputs))
	}
	const some = "columns = [\"a\", \"b\"]\nmissing = \"skip\""
	ok(t, "train", recipe("run", some, 1), "-q")
	run := filepath.Join(dir, "run")
	if e := okJSON[evaluation](t, "eval", run); e.R2 == nil || *e.R2 < 0.99 || *e.MAE > 0.1 || e.Samples != 12 {
		t.Errorf("evaluation %+v", e)
	}
	p := okJSON[[]prediction](t, "predict", run, write(t, filepath.Join(dir, "new.csv"), "b,a\n0.5,1\n1,0\n"))
	if len(p) != 2 || p[0].Value == nil || math.Abs(float64(*p[0].Value)-1.5) > 0.2 || math.Abs(float64(*p[1].Value)+1) > 0.2 {
		t.Errorf("predictions %+v; want about 1.5 and -1", p)
	}
	for text, file := range map[string]string{
		"want [1]: the target is one number":       recipe("three", some, 3),
		`column "a": "" is a missing value`:        recipe("missing", "columns = [\"a\", \"b\"]", 1),
		`column "note": "n0" is not a number`:      recipe("note", `missing = "skip"`, 1),
		`data.columns says which columns to learn`: recipe("hint", `missing = "skip"`, 1),
	} {
		if code, _, log := facula("", "train", file); code != exitFailed || !strings.Contains(log, text) {
			t.Errorf("exit code %d, %s; want %q", code, log, text)
		}
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
	if folders, err := filepath.Glob(filepath.Join(dir, "parts", checkpointsDir, "*")); err != nil || len(folders) != 2 || filepath.Base(folders[1]) != "step-000008" {
		t.Errorf("after --force there are the checkpoints %v, %v; want those of 8 steps", folders, err)
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
	write(t, recipe, strings.Replace(string(text), "save_every = 3", "save_every = 2\nkeep = 9", 1))
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

// A run that saves within its first epoch, or is interrupted there, can go on;
// the best epoch is none until there is one.
func TestSaveInFirstEpoch(t *testing.T) {
	dir := t.TempDir()
	ok(t, "train", irisRecipe(t, dir, "run", 2), "-q")
	whole, err := os.ReadFile(filepath.Join(dir, "run", weightsFile))
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(dir, "run", checkpointsDir, "step-*"))
	if err != nil || len(folders) != 2 {
		t.Fatalf("%v, %v", folders, err)
	}

	a := &app{in: strings.NewReader(""), out: io.Discard, log: io.Discard}
	r, err := recipe.Read(irisRecipe(t, dir, "stopped", 2))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSession(r)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.cfg.Output = io.Discard
	s.cfg.OnStep = func(step int, _ *tensor.Tensor) error {
		if step == 2 {
			cancel()
		}
		return nil
	}
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	if _, err := train.Fit(ctx, s.cfg); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := s.log.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "stopped", checkpointsDir, "step-000002")); err != nil {
		t.Error(err)
	}
	if err := a.runTraining(t.Context(), r, trainFlags{resume: true, quiet: true}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "stopped", weightsFile)); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("the weights are not those of a run that was not stopped (%v)", err)
	}
}

// A run goes on with the recipe and the data that it began with, and with more
// epochs; what was changed is named.
func TestResumeOfOther(t *testing.T) {
	dir := t.TempDir()
	table := filepath.Join(dir, "t.csv")
	rows := func(first string) { write(t, table, "a,y\n"+strings.Repeat("1,"+first+"\n2,no\n", 15)) }
	rows("yes")
	run := filepath.Join(dir, "run")
	file := write(t, filepath.Join(dir, "r.toml"), fmt.Sprintf("out = %q\n[data]\nset = \"csv\"\npath = %q\ntarget = \"y\"\n[model]\nlayers = [\"linear(1, 2)\"]\n[train]\nepochs = 1\n", run, table))
	ok(t, "train", file, "-q")
	ok(t, "train", file, "-q", "--resume", "--epochs", "2")
	if s, err := readSaved(run); err != nil || s.Recipe.Train.Epochs != 2 {
		t.Errorf("the recipe in the folder has not the new number of epochs: %v", err)
	}
	for want, args := range map[string][]string{
		"optimizer.lr was 0.001 when the run began and is 0.5 now": {"--lr", "0.5"},
		"data.batch was 64 when the run began and is 8 now":        {"--batch", "8"},
	} {
		if code, _, log := facula("", append([]string{"train", file, "--resume"}, args...)...); code != exitFailed || !strings.Contains(log, want) {
			t.Errorf("%v: exit code %d, %s", args, code, log)
		}
	}
	rows("maybe")
	for _, args := range [][]string{{"train", file, "--resume"}, {"eval", run}} {
		if code, _, log := facula("", args...); code != exitFailed || !strings.Contains(log, `its list of classes was ["no" "yes"] and is ["maybe" "no"]`) {
			t.Errorf("%v of other classes: exit code %d, %s", args, code, log)
		}
	}
}

// --force deletes a run once there is another to take its place, and leaves
// other files alone.
func TestForce(t *testing.T) {
	dir := t.TempDir()
	file := irisRecipe(t, dir, "run", 1)
	ok(t, "train", file, "-q")
	notes := write(t, filepath.Join(dir, "run", "images", "notes.png"), "mine")
	if code, _, log := facula("", "train", write(t, filepath.Join(dir, "x.toml"), fmt.Sprintf("out = %q\n[data]\nset = \"csv\"\npath = \"none.csv\"\ntarget = \"y\"\n[model]\nlayers = [\"linear(4, 3)\"]\n", filepath.Join(dir, "run"))), "--force"); code != exitFailed {
		t.Errorf("without data: exit code %d, %s", code, log)
	}
	ok(t, "eval", filepath.Join(dir, "run")) // is still there
	ok(t, "train", file, "-q", "--force")
	if _, err := os.Stat(notes); err != nil {
		t.Error(err)
	}
}

// Two trainings do not share a folder, and the second cleans up behind the first.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	file := irisRecipe(t, dir, "run", 1)
	ok(t, "train", file, "-q")
	unlock, err := lock(filepath.Join(dir, "run"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := lock(filepath.Join(dir, "run"))
	if err == nil {
		other()
		t.Skip("no locks here")
	}
	for _, flag := range []string{"--resume", "--force"} {
		if code, _, log := facula("", "train", file, flag); code != exitFailed || !strings.Contains(log, "is in use") {
			t.Errorf("%s: exit code %d, %s", flag, code, log)
		}
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	half := write(t, filepath.Join(dir, "run", "."+weightsFile+".ABCDEFGH.tmp"), "of a killed run")
	ok(t, "train", file, "-q", "--resume")
	if _, err := os.Stat(half); err == nil {
		t.Error("half of the weights of a killed run is still there")
	}
}

// That an interrupted training was not saved is said.
func TestEnded(t *testing.T) {
	full := errors.New("disk full")
	stopped := &train.Error{Err: context.Canceled}
	for _, c := range []struct {
		err, log error
		want     string
	}{
		{stopped, nil, "interrupted; the same command"},
		{stopped, full, "disk full"},
		{&train.Error{Err: errors.Join(context.Canceled, full)}, nil, "disk full"},
		{&train.Error{Err: full}, nil, "disk full"},
		{nil, full, "disk full"},
	} {
		if err := ended(c.err, c.log); err == nil || !strings.Contains(err.Error(), c.want) || c.want == "disk full" && errors.Is(err, context.Canceled) {
			t.Errorf("%v, %v: %v; want %s", c.err, c.log, err, c.want)
		}
	}
	if err := ended(nil, nil); err != nil {
		t.Error(err)
	}
}

// Ctrl-C ends the wait for an input that does not come.
func TestPredictInterrupted(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&app{in: r}).readInput(ctx, "-"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Numbers are learned from a table, classes that are written as numbers too; the
// columns of another table are found by name.
func TestTables(t *testing.T) {
	dir := t.TempDir()
	var rows, turned strings.Builder
	rows.WriteString("\ufeffa,b,y\r\n")
	turned.WriteString("y,b,a\n")
	for i := range 40 {
		a, b := i%7, i%5
		fmt.Fprintf(&rows, "%d,%d,%d\r\n", a, b, min(1, a/4))
		fmt.Fprintf(&turned, "%d,%d,%d\n", min(1, a/4), b, a)
	}
	table, other := write(t, filepath.Join(dir, "t.csv"), rows.String()), write(t, filepath.Join(dir, "o.csv"), turned.String())
	file := func(name, loss, layer string) string {
		return write(t, filepath.Join(dir, name+".toml"), fmt.Sprintf("out = %q\n[data]\nset = \"csv\"\npath = %q\nval = %q\ntarget = \"y\"\n[model]\nlayers = [\"linear(2, 16)\", \"relu\", %q]\n[optimizer]\nlr = 0.05\n[train]\nepochs = 60\nloss = %q\n",
			filepath.Join(dir, name), table, other, layer, loss))
	}
	ok(t, "train", file("number", "", "linear(16, 1)"), "-q")
	if e := okJSON[evaluation](t, "eval", filepath.Join(dir, "number")); e.RMSE == nil || *e.RMSE > 0.3 || e.Samples != 40 {
		t.Errorf("evaluation %+v", e)
	}
	if p := okJSON[[]prediction](t, "predict", filepath.Join(dir, "number"), table); len(p) != 40 || p[0].Value == nil || *p[0].Value > 0.5 {
		t.Errorf("predictions %+v", p)
	}
	ok(t, "train", file("class", "cross_entropy", "linear(16, 2)"), "-q")
	if e := okJSON[evaluation](t, "eval", filepath.Join(dir, "class")); e.Accuracy == nil || *e.Accuracy < 0.95 || e.Classes["1"].Support == 0 {
		t.Errorf("evaluation %+v", e)
	}
	if out := ok(t, "predict", filepath.Join(dir, "class"), write(t, filepath.Join(dir, "nan.csv"), "a,b\ninf,1\n"), "--json"); !strings.Contains(out, `"probability": null`) {
		t.Errorf("of infinity:\n%s", out)
	}
	if code, _, log := facula("", "train", file("two", "", "linear(16, 2)")); code != exitFailed || !strings.Contains(log, "want [1]") {
		t.Errorf("two numbers: exit code %d, %s", code, log)
	}
	for _, name := range []string{table, other} {
		write(t, name, "a,b,y\n"+strings.Repeat("1,2,same\n", 5))
	}
	if code, _, log := facula("", "train", file("same", "", "linear(16, 1)")); code != exitFailed || !strings.Contains(log, `all samples are of the class "same"`) {
		t.Errorf("one class: exit code %d, %s", code, log)
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
	if code, _, log := facula("", "plot", dir); code != exitFailed || !strings.Contains(log, "is not the folder of a run: open "+filepath.Join(dir, "run.json")) {
		t.Errorf("a folder of runs: exit code %d, %s", code, log)
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
		"--rename x.=y. changes no":  {from, filepath.Join(dir, "r.pt"), "--rename", "0.=in.", "--rename", "x.=y."},
		"two tensors would have":     {from, filepath.Join(dir, "g.pt"), "--rename", "0.weight=x", "--rename", "0.bias=x"},
		"is an ONNX model, which":    {write(t, filepath.Join(dir, "m.onnx"), "x"), filepath.Join(dir, "i.pt")},
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
	c := okJSON[contents](t, "inspect", filepath.Join(dir, "run"), "--stats") // of a run the weights
	if len(c.Tensors) != 4 || c.Elements != 4*16+16+16*3+3 || c.Format != "safetensors" || c.Tensors[0].Stats == nil {
		t.Errorf("%+v", c)
	}
	if text := ok(t, "inspect", file, "0.weight"); !strings.Contains(text, "tensor([[") || !strings.Contains(text, "█") {
		t.Errorf("one tensor\n%s", text)
	}
	if code, _, log := facula("", "inspect", file, "--match", "wieght"); code != exitFailed || !strings.Contains(log, `no tensor with "wieght" in its name`) {
		t.Errorf("no match: exit code %d, %s", code, log)
	}
	if code, _, log := facula("", "inspect", file, "0.wieght"); code != exitFailed || !strings.Contains(log, "did you mean 0.weight?") {
		t.Errorf("a slip: %s", log)
	}
	wide, s := filepath.Join(dir, "wide.safetensors"), &nn.State{}
	s.Set("x", tensor.Of([]float64{1e308, -1e308}))
	if err := checkpoint.Save(wide, s); err != nil {
		t.Fatal(err)
	}
	if out := ok(t, "inspect", wide, "--stats", "--json"); !strings.Contains(out, `"std": null`) {
		t.Errorf("a deviation beyond float64:\n%s", out)
	}
	if code, _, log := facula("", "inspect", write(t, filepath.Join(dir, "x"), "\x80\x02cos\nsystem\nq\x00.")); code != exitFailed || strings.Contains(log, "panic") {
		t.Errorf("a hostile file: exit code %d, %s", code, log)
	}
}

// What is misspelt is a usage error, with a suggestion.
func TestUsage(t *testing.T) {
	for want, args := range map[string][]string{
		"Did you mean this?":                   {"trian"},
		"one of --help, --json, --listen (see": {"board", "--address", "x"},
		"did you mean --epochs?":               {"train", "x.toml", "--epoch", "3"},
		"want one recipe":                      {"train"},
		"want a file or the":                   {"inspect"},
		"did you mean cifar-10?":               {"datasets", "get", "cifar-01"},
		"--epochs is 0; want more":             {"train", "x.toml", "--epochs", "0"},
		"--lr is -1; want more":                {"train", "x.toml", "--lr", "-1"},
		"invalid argument":                     {"bench", "--threads", "many"},
		"[force resume] were all":              {"train", "x.toml", "--force", "--resume"},
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
	for _, command := range []string{"doctor", "models", "datasets"} { // names in JSON begin with small letters
		if out := ok(t, command, "--json"); regexp.MustCompile(`"[A-Z]\w*":`).MatchString(out) {
			t.Errorf("%s --json has names with capitals:\n%s", command, out)
		}
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
