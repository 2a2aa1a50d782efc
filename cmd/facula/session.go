package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/images"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/runlog"
)

// A session is one training of facula train.
type session struct {
	r      *recipe.Recipe
	source *recipe.Source
	model  nn.Layer
	cfg    train.Config
	best   bestEpoch
	note   string // about first weights
	log    *runlog.Writer
}

// bestEpoch is the epoch whose weights are in model.safetensors; 0 is none yet.
type bestEpoch struct {
	Epoch int     `json:"epoch"`
	Loss  float64 `json:"val_loss"`
}

// runTraining does all of facula train.
func (a *app) runTraining(ctx context.Context, r *recipe.Recipe, f trainFlags) error {
	old, err := prepare(r.Out, f)
	if err != nil {
		return err
	}
	s, err := newSession(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.Out, 0o777); err != nil {
		return err
	}
	unlock, err := lock(r.Out)
	if err != nil {
		return err
	}
	defer unlock()
	if old != nil {
		if err := old.same(&saved{r, s.source.Kind}); err != nil {
			return err
		}
	} else if err := remove(r.Out); err != nil {
		return err
	}
	s.cfg.Output = a.log
	if a.json || f.quiet {
		s.cfg.Output = io.Discard
	} else if !f.resume {
		sample := tensor.Zeros(append([]int{1}, s.source.Kind.Input...)...)
		fmt.Fprintf(a.log, "%s\n%s", nn.Summary(s.model, sample), s.note)
	}
	if err := s.open(); err != nil {
		return err
	}
	history, err := train.Fit(ctx, s.cfg)
	if err = ended(err, s.log.Close()); err != nil {
		return err
	}
	return a.report(s, len(history))
}

// ended is the error of a training and its log, in the words of a user who
// interrupted it: whether all was saved is what matters then.
func ended(err, log error) error {
	at := (*train.Error)(nil)
	switch {
	case !errors.Is(err, context.Canceled):
		return errors.Join(err, log)
	case log == nil && errors.As(err, &at) && at.Err == context.Canceled:
		return errors.New("interrupted; the same command with --resume goes on from there")
	}
	return fmt.Errorf("interrupted, and not all was saved: %v", errors.Join(err, log))
}

// newSession makes all that the recipe names.
func newSession(r *recipe.Recipe) (*session, error) {
	s := &session{r: r}
	var err error
	if s.source, err = r.Load(); err != nil {
		return nil, err
	}
	if s.model, err = build(r, s.source.Kind); err != nil {
		return nil, err
	}
	if err := fits(s.model, s.source.Kind); err != nil {
		return nil, err
	}
	if r.Model.Weights != "" {
		if s.note, err = start(s.model, r.Model.Weights); err != nil {
			return nil, err
		}
	}
	return s, s.configure()
}

// start loads weights to begin with. A last layer of another number of classes
// keeps its first weights, and the note says so.
func start(m nn.Layer, path string) (note string, err error) {
	report, err := checkpoint.LoadInto(m, path, checkpoint.AnyDType)
	if !errors.Is(err, checkpoint.ErrMismatch) || len(report.Missing)+len(report.Extra) > 0 || len(report.Different) > 2 {
		return "", err
	}
	other := map[string]bool{}
	for _, d := range report.Different {
		other[d.Name] = true
		note += fmt.Sprintf("%s is %v in %s and %v here: it is learned anew\n", d.Name, d.Shape, path, d.WantShape)
	}
	_, err = checkpoint.LoadInto(m, path, checkpoint.AnyDType, checkpoint.NonStrict, checkpoint.RenameFunc(func(name string) string {
		if other[name] {
			return ""
		}
		return name
	}))
	return note, err
}

// configure says what train.Fit does.
func (s *session) configure() error {
	t, classes := s.r.Train, len(s.source.Kind.Classes)
	loss, err := t.MakeLoss(classes)
	if err != nil {
		return err
	}
	opt, err := s.r.Optimizer.Make(nn.Params(s.model))
	if err != nil {
		return err
	}
	loader := data.NewLoader(s.source.Train, data.Config{BatchSize: s.r.Data.Batch, Shuffle: true, Seed: s.r.Seed, Workers: s.r.Data.Workers})
	steps := (loader.Len() + t.Accumulate - 1) / t.Accumulate
	s.cfg = train.Config{
		Model: s.model, Loss: loss, Optimizer: opt, Train: loader, Epochs: t.Epochs,
		Val:          data.NewLoader(s.source.Val, data.Config{BatchSize: max(s.r.Data.Batch, 256), Workers: s.r.Data.Workers}),
		StepSchedule: s.r.Schedule.Make(opt, s.r.Optimizer.LR, steps, t.Epochs), ClipNorm: t.ClipNorm, Accumulate: t.Accumulate, LogSteps: 20,
		Metrics: []train.Metric{train.NewMAE()},
	}
	if t.EMA > 0 {
		s.cfg.Average = optim.NewEMA(nn.Params(s.model), t.EMA)
	}
	if t.Precision == "bfloat16" {
		s.cfg.Autocast = tensor.BFloat16
	}
	if classes > 1 {
		s.cfg.Metrics = []train.Metric{train.NewAccuracy()}
		if classes <= 100 {
			s.cfg.Metrics = []train.Metric{accuracy{train.NewConfusion(classes, s.source.Kind.Classes...)}}
		}
	}
	s.watch(steps)
	return nil
}

// watch adds what happens beside the training.
func (s *session) watch(perEpoch int) {
	add := func(c train.Callback) { s.cfg.Callbacks = append(s.cfg.Callbacks, c) }
	if s.r.Train.Patience > 0 {
		add(&train.EarlyStopping{Metric: "val/loss", Patience: s.r.Train.Patience})
	}
	if s.r.Train.Histograms {
		add(train.LogHistograms(perEpoch))
	}
	if c := s.source.Kind.Input; len(c) == 3 && (c[0] == 1 || c[0] == 3) {
		add(train.LogImages("samples", 1, s.samples))
	}
	add(train.Hooks{Epoch: s.keepBest})
}

// accuracy is that of a confusion matrix, which loggers get too.
type accuracy struct{ *train.Confusion }

func (accuracy) Name() string { return "accuracy" }

// open makes the folder of the run, or goes on with it.
func (s *session) open() error {
	dir := s.r.Out
	folder, err := run.Open(filepath.Join(dir, checkpointsDir), run.Keep(s.r.Train.Keep))
	if err != nil {
		return err
	}
	if _, err := s.cfg.Checkpoint(folder, s.r.Train.SaveEvery, run.Value("best", &s.best)); err != nil {
		return err
	}
	for _, name := range []string{recipeFile, weightsFile} { // what a killed run left
		if err := checkpoint.Sweep(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := (&saved{s.r, s.source.Kind}).write(dir); err != nil {
		return err
	}
	s.log, err = runlog.Append(dir, s.cfg.From.Step) // also of a run that was killed before its first checkpoint
	if errors.Is(err, fs.ErrNotExist) {
		s.log, err = runlog.Create(dir, runlog.Info{Name: s.r.Name, HParams: flat(s.r), Version: version(), Device: "cpu (" + cpu.Tier() + ")", Threads: cpu.NumThreads()})
	}
	s.cfg.Loggers = []train.Logger{s.log}
	return err
}

// flat is a recipe as names with dots: optimizer.lr.
func flat(r *recipe.Recipe) map[string]any {
	text, err := json.Marshal(r)
	if err != nil {
		return nil
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil
	}
	out := map[string]any{}
	var walk func(prefix string, m map[string]any)
	walk = func(prefix string, m map[string]any) {
		for k, v := range m {
			switch v := v.(type) {
			case map[string]any:
				walk(prefix+k+".", v)
			case []any:
				out[prefix+k] = fmt.Sprint(v)
			default:
				out[prefix+k] = v
			}
		}
	}
	walk("", tree)
	return out
}

// keepBest writes the weights of an epoch that is better than those before.
func (s *session) keepBest(r *train.Run) error {
	loss, ok := r.Value("val/loss")
	if !ok || s.best.Epoch > 0 && loss >= s.best.Loss || math.IsNaN(loss) || math.IsInf(loss, 0) {
		return nil
	}
	s.best = bestEpoch{r.Epoch, loss}
	if avg := s.cfg.Average; avg != nil {
		avg.Swap()
		defer avg.Swap()
	}
	return checkpoint.Save(filepath.Join(s.r.Out, weightsFile), s.model)
}

// samples draws the first images of the validation data, and what they are
// taken for.
func (s *session) samples(r *train.Run) (image.Image, string, error) {
	const shown = 16
	n := min(shown, s.source.Val.Len())
	for b, err := range data.NewLoader(data.First(s.source.Val, n), data.Config{BatchSize: n}).All(context.Background()) {
		if err != nil {
			return nil, "", err
		}
		nn.Eval(s.model)
		defer nn.Train(s.model)
		out := s.model.Forward(b.X.NoGrad())
		caption := ""
		if names := s.source.Kind.Classes; len(names) > 0 {
			for _, k := range tensor.Slice[int64](out.ArgMax(tensor.Dims(1))) {
				caption += names[k] + " "
			}
		}
		picture, err := images.ToImage(images.MakeGrid(b.X, images.Gap(1), images.Rescale))
		return picture, caption, err
	}
	return nil, "", errors.New("no validation data")
}

// report says what came out.
func (a *app) report(s *session, epochs int) error {
	v := struct {
		Run     string    `json:"run"`
		Epochs  int       `json:"epochs"`
		Best    bestEpoch `json:"best"`
		Weights string    `json:"weights"`
	}{s.r.Out, epochs, s.best, filepath.Join(s.r.Out, weightsFile)}
	if s.best.Epoch == 0 {
		return fmt.Errorf("no epoch had a finite validation loss, so there is no %s; a lower optimizer.lr or train.clip_norm may help", weightsFile)
	}
	return a.result(v, func() {
		fmt.Fprintf(a.out, "best epoch %d, validation loss %.4g; weights in %s\n", s.best.Epoch, s.best.Loss, v.Weights)
		fmt.Fprintf(a.out, "next: facula eval %s, facula board %s\n", s.r.Out, filepath.Dir(s.r.Out))
	})
}
