package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/internal/atomicfile"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// The files of a run's folder, besides those of package runlog.
const (
	recipeFile     = "recipe.json"       // what was trained, and the kind of data
	weightsFile    = "model.safetensors" // the best weights so far
	checkpointsDir = "checkpoints"       // of the whole state, to go on from
)

// saved is recipe.json: all that it takes to use the weights beside it.
type saved struct {
	Recipe *recipe.Recipe `json:"recipe"`
	Kind   recipe.Kind    `json:"kind"`
}

func (s *saved) write(dir string) error {
	return atomicfile.Write(filepath.Join(dir, recipeFile), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(s)
	})
}

// remove deletes the run in a folder, and nothing else that lies there.
func remove(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, recipeFile)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	all, err := filepath.Glob(filepath.Join(dir, "images", "[0-9][0-9][0-9][0-9][0-9][0-9]*-*.png"))
	if err != nil {
		return err
	}
	for _, name := range []string{checkpointsDir, weightsFile, "run.json", "events.jsonl", recipeFile} {
		all = append(all, filepath.Join(dir, name))
	}
	for _, path := range all {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// free are the settings that may change between the parts of a run.
var free = map[string]bool{"name": true, "out": true, "data.path": true, "data.val": true, "data.workers": true, "model.weights": true,
	"train.epochs": true, "train.patience": true, "train.keep": true, "train.save_every": true, "train.histograms": true}

// same is an error if a run that began as s cannot go on as now.
func (s *saved) same(now *saved) error {
	was, is := flat(s.Recipe), flat(now.Recipe)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if _, ok := was[name]; !ok {
			was[name] = nil
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if a, b := fmt.Sprint(was[name]), fmt.Sprint(is[name]); a != b && !free[name] {
			return fmt.Errorf("%s was %s when the run began and is %s now: put it back, or begin another run with --out", name, a, b)
		}
	}
	return s.Kind.Same(now.Kind)
}

// readSaved reads a run's recipe.json.
func readSaved(dir string) (*saved, error) {
	text, err := os.ReadFile(filepath.Join(dir, recipeFile))
	if info, bad := os.Stat(dir); bad == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; want the folder of a run of facula train, such as runs/mnist", dir)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not the folder of a run of facula train: it has no %s", dir, recipeFile)
	}
	if err != nil {
		return nil, err
	}
	s := &saved{}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, recipeFile), err)
	}
	if s.Recipe == nil || len(s.Kind.Input) == 0 {
		return nil, fmt.Errorf("%s has no recipe or no kind of data", filepath.Join(dir, recipeFile))
	}
	return s, nil
}

// build makes the model of a recipe, with first weights.
func build(r *recipe.Recipe, kind recipe.Kind) (m nn.Layer, err error) {
	if r.Model.Zoo == "" {
		return r.Model.Build(r.Seed)
	}
	classes := r.Model.Classes
	if classes == 0 {
		classes = max(1, len(kind.Classes))
	}
	opts := []models.ImageOption{models.Gen(tensor.NewGenerator(r.Seed))}
	if len(kind.Input) == 3 && kind.Input[0] != 3 {
		opts = append(opts, models.InChannels(kind.Input[0]))
	}
	misuse := tensor.Try(func() { m, err = models.ByName(r.Model.Zoo, classes, opts...) })
	return m, errors.Join(misuse, err)
}

// fits runs the model on a sample, so that sizes that do not fit are an error
// before the training and not in it.
func fits(m nn.Layer, kind recipe.Kind) error {
	var out *tensor.Tensor
	shape := append([]int{2}, kind.Input...)
	nn.Eval(m)
	defer nn.Train(m)
	if err := tensor.Try(func() { out = m.Forward(tensor.Zeros(shape...).NoGrad()) }); err != nil {
		return fmt.Errorf("the model does not take the data, whose samples are %v: %w", kind.Input, err)
	}
	n := len(kind.Classes)
	if n == 0 && (out.Dim() != 2 || out.Size(1) != 1) {
		return fmt.Errorf("the model gives %v for a sample; want [1]: the target is one number", out.Shape()[1:])
	}
	if n > 0 && (out.Dim() != 2 || out.Size(1) != n) {
		return fmt.Errorf("the model gives %v for a sample; want one number for each of the %d classes", out.Shape()[1:], n)
	}
	if len(kind.Classes) == 0 && (out.Dim() != 2 || out.Size(1) != 1) {
		return fmt.Errorf("the model gives %v for a sample; want [1], the number that is learned", out.Shape()[1:])
	}
	return nil
}

// load makes the model of a run's folder with the weights that it has.
func load(dir string) (*saved, nn.Layer, error) {
	s, err := readSaved(dir)
	if err != nil {
		return nil, nil, err
	}
	m, err := build(s.Recipe, s.Kind)
	if err != nil {
		return nil, nil, err
	}
	_, err = checkpoint.LoadInto(m, filepath.Join(dir, weightsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%s has no %s yet: no epoch of its training has ended", dir, weightsFile)
	}
	if err != nil {
		return nil, nil, err
	}
	nn.Eval(m)
	return s, m, nil
}
