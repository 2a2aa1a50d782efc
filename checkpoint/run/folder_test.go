package run_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
)

// small is a state of one number, and that number.
func small(step int, v float64) (*run.State, *float64) {
	return &run.State{Step: step, Parts: []run.Part{run.Value("v", &v)}}, &v
}

// entries are the names in a folder.
func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// saveAll saves a checkpoint a step, from 1 on, with the step as value and a
// loss as metric.
func saveAll(t *testing.T, f *run.Folder, losses ...float64) {
	t.Helper()
	for i, l := range losses {
		s, _ := small(i+1, float64(i+1))
		s.Metrics = map[string]float64{"loss": l, "other": 0}
		if err := f.Save(s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKeepAndBest(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		opts   []run.Option
		losses []float64
		steps  string // that stay
		best   int    // 0 for none
	}{
		"all":           {nil, []float64{3, 1, 2}, "1 2 3", 0},
		"keep":          {[]run.Option{run.Keep(2)}, []float64{3, 1, 2, 5}, "3 4", 0},
		"keep one":      {[]run.Option{run.Keep(1)}, []float64{3, 1, 2}, "3", 0},
		"keep more":     {[]run.Option{run.Keep(9)}, []float64{3, 1}, "1 2", 0},
		"least":         {[]run.Option{run.Keep(1), run.Best("loss", run.Min)}, []float64{3, 1, 2, 4}, "2 4", 2},
		"largest":       {[]run.Option{run.Keep(1), run.Best("loss", run.Max)}, []float64{1, 3, 2, 2}, "2 4", 2},
		"the newest":    {[]run.Option{run.Keep(2), run.Best("loss", run.Min)}, []float64{3, 4, 1}, "2 3", 3},
		"equal":         {[]run.Option{run.Keep(1), run.Best("loss", run.Min)}, []float64{1, 1, 1}, "1 3", 1},
		"NaN":           {[]run.Option{run.Keep(1), run.Best("loss", run.Min)}, []float64{nan, 2, nan}, "2 3", 2},
		"infinite":      {[]run.Option{run.Keep(1), run.Best("loss", run.Max)}, []float64{1, math.Inf(1), 2}, "2 3", 2},
		"no metric":     {[]run.Option{run.Keep(1), run.Best("none", run.Min)}, []float64{1, 2}, "2", 0},
		"best, and all": {[]run.Option{run.Best("loss", run.Min)}, []float64{3, 1, 2}, "1 2 3", 2},
	} {
		dir := t.TempDir()
		saveAll(t, openFolder(t, dir, c.opts...), c.losses...)
		f := openFolder(t, dir, c.opts...)
		var steps []string
		for _, ck := range f.List() {
			steps = append(steps, fmt.Sprint(ck.Step))
			if want := c.losses[ck.Step-1]; ck.Metrics["loss"] != want && !math.IsNaN(want) || ck.Err != nil {
				t.Errorf("%s: %+v", name, ck)
			}
		}
		if got := strings.Join(steps, " "); got != c.steps || len(entries(t, dir)) != len(steps) {
			t.Errorf("%s: steps %s are left, in %q; want %s", name, got, entries(t, dir), c.steps)
		}
		best, ok := f.BestCheckpoint()
		if ok != (c.best > 0) || best.Step != c.best {
			t.Errorf("%s: the best is %+v, %v; want step %d", name, best, ok, c.best)
		}
		s, v := small(0, -1)
		found, err := f.RestoreBest(s)
		if found != ok || err != nil || ok && (s.Step != c.best || *v != float64(c.best)) {
			t.Errorf("%s: the best restored: %v, %v, %+v with %v", name, found, err, s, *v)
		}
	}
}

// A folder that goes on keeps what a program before it saved.
func TestFolderGoesOn(t *testing.T) {
	dir := t.TempDir()
	opts := []run.Option{run.Keep(2), run.Best("loss", run.Min)}
	saveAll(t, openFolder(t, dir, opts...), 5, 1, 3)
	f := openFolder(t, dir, opts...)
	s, _ := small(4, 9)
	s.Metrics = map[string]float64{"loss": 2}
	if err := f.Save(s); err != nil {
		t.Fatal(err)
	}
	if got := entries(t, dir); !slices.Equal(got, []string{"step-000002", "step-000003", "step-000004"}) {
		t.Errorf("left: %q", got)
	}
}

// The newest is the one that was saved last, not the one of most steps: a
// training may start anew, or go back.
func TestNewest(t *testing.T) {
	dir := t.TempDir()
	f := openFolder(t, dir, run.Keep(2))
	for _, step := range []int{100, 1000000, 5, 100, 100, 100} {
		s, _ := small(step, float64(step))
		s.Epoch = len(f.List())
		if err := f.Save(s); err != nil {
			t.Fatal(err)
		}
		got, v := small(0, 0)
		if found, err := openFolder(t, dir).Restore(got); !found || err != nil || got.Step != step || *v != float64(step) || got.Epoch != s.Epoch {
			t.Errorf("after step %d: %v, %v, step %d", step, found, err, got.Step)
		}
	}
	if got := entries(t, dir); len(got) != 2 || !strings.HasPrefix(got[0], "step-000100") {
		t.Errorf("left: %q", got)
	}
}

func TestNothingToRestore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	f := openFolder(t, dir)
	s, v := small(3, 4)
	if found, err := f.Restore(s); found || err != nil || s.Step != 3 || *v != 4 {
		t.Errorf("%v, %v, %+v", found, err, s)
	}
	for _, name := range []string{"step-1", "step-0000001x", "step-000001-0", "other", ".step-000001.ABCDEFGH.tmp"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if f := openFolder(t, dir); len(f.List()) != 0 {
		t.Errorf("checkpoints: %v", f.List())
	}
}

// What a killed program left is gone after the next Save, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".step-000001.ABCDEFGH.tmp", "notes", ".git"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	saveAll(t, openFolder(t, dir), 1)
	if got := entries(t, dir); !slices.Equal(got, []string{".git", "notes", "step-000001"}) {
		t.Errorf("left: %q", got)
	}
}

func TestMisfits(t *testing.T) {
	dir := t.TempDir()
	model := nn.NewLinear(2, 3)
	ema := optim.NewEMA(nn.Params(model), 0.5)
	ema.Update()
	saved := &run.State{Step: 1, Parts: []run.Part{run.Module("model", model), run.StateDict("optim", optim.NewSGD(nn.Params(model), 1)),
		run.StateDict("ema", ema), run.Position("gen", tensor.NewGenerator(1))}}
	if err := openFolder(t, dir).Save(saved); err != nil {
		t.Fatal(err)
	}
	other := nn.NewLinear(3, 2)
	number, half := 1, nn.NewLinear(2, 3)
	nn.Cast(half, tensor.Float16)
	drop := nn.NewSequential(nn.NewDropout(0.5, nn.Gen(tensor.NewGenerator(1))))
	for want, part := range map[string]run.Part{
		"there is no part none; it has [ema gen model optim]":                    run.Module("none", model),
		"part model: nn: the state does not fit the module":                      run.Module("model", other),
		"dtype       weight is float32; want float16":                            run.Module("model", half),
		"unexpected  weight":                                                     run.Module("model", drop),
		"part optim: json: cannot unmarshal object":                              run.Value("optim", &number),
		"part optim: optim: SGD: state dict: group 0 has 2 parameters; want 1":   run.StateDict("optim", optim.NewSGD(optim.Tensors(other.Weight), 1)),
		"part ema: optim: average: state 0 has shape":                            run.StateDict("ema", optim.NewEMA(nn.Params(other), 0.5)),
		"part gen: json: cannot unmarshal string":                                run.StateDict("gen", optim.NewGradScaler()),
		`a part has the name "Model"; want small letters, digits, - and _`:       run.Module("Model", model),
		`a part has the name "../model"; want small letters, digits, - and _`:    run.Module("../model", model),
		`a part has the name ""; want small letters, digits, - and _, as it nam`: {},
	} {
		found, err := openFolder(t, dir).Restore(&run.State{Parts: []run.Part{part}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "run: ") {
			t.Errorf("found %v, error %v; want %q", found, err, want)
		}
	}
	twice := &run.State{Parts: []run.Part{run.Value("v", &number), run.Value("v", &number)}}
	if err := openFolder(t, dir).Save(twice); err == nil || !strings.Contains(err.Error(), `two parts have the name "v"`) {
		t.Errorf("two of one name: %v", err)
	}
}

// What cannot be saved is an error, and leaves all as it was.
func TestSaveErrors(t *testing.T) {
	dir := t.TempDir()
	f := openFolder(t, dir, run.Keep(1))
	saveAll(t, f, 1)
	nan, channel := math.NaN(), make(chan int)
	var list struct {
		Next *struct{ Tensors map[string][]*tensor.Tensor }
	}
	for want, s := range map[string]*run.State{
		"part v: json: unsupported value: NaN":     {Step: 7, Parts: []run.Part{run.Value("v", &nan)}},
		"part v: json: unsupported type: chan int": {Step: 7, Parts: []run.Part{run.Value("v", &channel)}},
		"part m: tensor: nn: the model is nil":     {Step: 7, Parts: []run.Part{run.Module("m", nil)}},
		"part l: a struct { Next *struct { Tensors map[string][]*tensor.Tensor } } holds tensors, which JSON would lose; save them as a Module": {Step: 7, Parts: []run.Part{run.Value("l", &list)}},
		"the step is -1; want 0 or more": {Step: -1},
	} {
		err := f.Save(s)
		head := fmt.Sprintf("run: nothing was saved of step %d, and the checkpoints in %s stay as they were: ", s.Step, dir)
		if err == nil || err.Error() != head+want {
			t.Errorf("got  %v\nwant %s%s", err, head, want)
		}
	}
	if got := entries(t, dir); !slices.Equal(got, []string{"step-000001"}) {
		t.Errorf("left: %q", got)
	}
}

func TestOpenErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "sub")} {
		if _, err := run.Open(dir); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for want, o := range map[string]run.Option{"run: Keep is -1; want 1 or more, or 0 for all": run.Keep(-1), "run: Best has no metric": run.Best("", run.Max)} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %s; want %s", got, want)
				}
			}()
			run.Open(t.TempDir(), o)
		}()
	}
}

// A folder that went away, and one that nobody may write into.
func TestFolderGone(t *testing.T) {
	dir := t.TempDir()
	f := openFolder(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	s, _ := small(1, 2)
	if err := f.Save(s); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is gone: %v", err)
	}
	if os.Getuid() <= 0 {
		return // root may write everywhere; TestFullDisk has a read-only disk for it
	}
	dir = t.TempDir()
	f = openFolder(t, dir)
	saveAll(t, f, 1)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	if err := f.Save(s); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("the folder is read-only: %v", err)
	}
	if found, err := openFolder(t, dir).Restore(s); !found || err != nil {
		t.Errorf("restored from a read-only folder: %v, %v", found, err)
	}
}

// Numbers that JSON lacks are kept in metrics and in the state of optimizers.
func TestNumbers(t *testing.T) {
	dir := t.TempDir()
	want := map[string]float64{"a": math.Inf(1), "b": math.Inf(-1), "c": 0.1, "d": math.SmallestNonzeroFloat64, "e": math.Copysign(0, -1)}
	s := &run.State{Metrics: want}
	s.Metrics["nan"] = math.NaN()
	if err := openFolder(t, dir).Save(s); err != nil {
		t.Fatal(err)
	}
	got := &run.State{}
	if found, err := openFolder(t, dir).Restore(got); !found || err != nil || len(got.Metrics) != len(want) {
		t.Fatalf("%v, %v, %v", found, err, got.Metrics)
	}
	for k, v := range want {
		if math.Float64bits(got.Metrics[k]) != math.Float64bits(v) && !(math.IsNaN(v) && math.IsNaN(got.Metrics[k])) {
			t.Errorf("%s is %v; want %v", k, got.Metrics[k], v)
		}
	}
}

// A schedule sets rates when it is restored; those that were saved win, whoever
// set them last.
func TestRates(t *testing.T) {
	dir := t.TempDir()
	make := func() (*optim.SGD, *run.State) {
		opt := optim.NewSGD(nn.Params(nn.NewLinear(1, 1)), 0.5)
		sched := schedule.New(opt, schedule.Constant(1, 1))
		return opt, &run.State{Parts: []run.Part{run.StateDict("optim", opt), run.StateDict("schedule", sched)}}
	}
	opt, s := make()
	opt.Groups()[0].LR = 0.125
	if err := openFolder(t, dir).Save(s); err != nil {
		t.Fatal(err)
	}
	opt, s = make()
	if found, err := openFolder(t, dir).Restore(s); !found || err != nil || opt.Groups()[0].LR != 0.125 {
		t.Errorf("%v, %v, rate %v; want 0.125", found, err, opt.Groups()[0].LR)
	}
}

// A tensor in two places is saved once, and is one tensor afterwards.
func TestTied(t *testing.T) {
	dir := t.TempDir()
	make := func(v float64) *struct{ A, B *nn.Linear } {
		m := &struct{ A, B *nn.Linear }{nn.NewLinear(2, 2), nn.NewLinear(2, 2)}
		m.A.Weight.Detach().Fill(v)
		m.B.Weight = m.A.Weight
		return m
	}
	if err := openFolder(t, dir).Save(&run.State{Parts: []run.Part{run.Module("model", make(3))}}); err != nil {
		t.Fatal(err)
	}
	saved, err := checkpoint.Load(filepath.Join(dir, "step-000000", "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(slices.Sorted(slices.Values(saved.Names()))); got != "[a.bias a.weight b.bias]" {
		t.Errorf("saved: %s", got)
	}
	m := make(0)
	found, err := openFolder(t, dir).Restore(&run.State{Parts: []run.Part{run.Module("model", m)}})
	if !found || err != nil || m.B.Weight != m.A.Weight || tensor.Slice[float32](m.B.Weight.Detach())[3] != 3 {
		t.Errorf("%v, %v, %v", found, err, m.B.Weight)
	}
}

// An average is restored where it was, also between two Swaps.
func TestSwappedAverage(t *testing.T) {
	dir := t.TempDir()
	parts := func(v float64) (*tensor.Tensor, *optim.Average, *run.State) {
		p := &struct{ W *tensor.Tensor }{tensor.Full(v, 2).RequireGrad()}
		a := optim.NewEMA(nn.Params(p), 0.5)
		return p.W, a, &run.State{Parts: []run.Part{run.Module("model", p), run.StateDict("ema", a)}}
	}
	w, a, s := parts(1)
	a.Update()
	w.NoGrad().Fill(3)
	a.Update()
	a.Swap()
	if err := openFolder(t, dir).Save(s); err != nil {
		t.Fatal(err)
	}
	w, a, s = parts(9)
	if found, err := openFolder(t, dir).Restore(s); !found || err != nil {
		t.Fatal(found, err)
	}
	if got := tensor.Slice[float64](w.Detach())[0]; got != 2 {
		t.Errorf("the average is %v; want 2", got)
	}
	if a.Swap(); tensor.Slice[float64](w.Detach())[1] != 3 {
		t.Errorf("swapped back: %v; want 3", w)
	}
}
