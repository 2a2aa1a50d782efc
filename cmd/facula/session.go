package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"path/filepath"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/runlog"
)

// A session is one training of facula train.
type session struct {
	r        *recipe.Recipe
	source   *recipe.Source
	model    nn.Layer
	loader   *data.Loader[data.Batch]
	opt      optim.Optimizer
	sched    *schedule.Schedule // or nil
	average  *optim.Average     // or nil
	stop     *train.EarlyStopping
	position train.Position
	best     bestEpoch
	state    *run.State
	folder   *run.Folder
	log      *runlog.Writer
}

// bestEpoch is the epoch whose weights are in model.safetensors.
type bestEpoch struct {
	Epoch int     `json:"epoch"`
	Loss  float64 `json:"val_loss"`
}

// runTraining does all of facula train.
func (a *app) runTraining(ctx context.Context, r *recipe.Recipe, f trainFlags) error {
	if err := prepare(r.Out, f); err != nil {
		return err
	}
	s, err := newSession(r)
	if err != nil {
		return err
	}
	if err := s.open(f.resume); err != nil {
		return err
	}
	if !a.json && !f.quiet && !f.resume {
		sample := tensor.Zeros(append([]int{1}, s.source.Kind.Input...)...)
		fmt.Fprintln(a.log, nn.Summary(s.model, sample))
	}
	cfg, err := s.config()
	if err == nil {
		cfg.Output = a.log
		if a.json || f.quiet {
			cfg.Output = io.Discard
		}
		_, err = train.Fit(ctx, cfg)
	}
	err = errors.Join(err, s.log.Close())
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted after step %d; facula train with --resume goes on from there", s.position.Step)
	}
	if err != nil {
		return err
	}
	return a.report(s)
}

// newSession makes all that the recipe names.
func newSession(r *recipe.Recipe) (*session, error) {
	s := &session{r: r, best: bestEpoch{Loss: math.Inf(1)}}
	var err error
	if s.source, err = r.Data.Load(r.Seed); err != nil {
		return nil, err
	}
	if s.model, err = build(r, s.source.Kind); err != nil {
		return nil, err
	}
	if err := fits(s.model, s.source.Kind); err != nil {
		return nil, err
	}
	if r.Model.Weights != "" {
		if _, err := checkpoint.LoadInto(s.model, r.Model.Weights, checkpoint.AnyDType); err != nil {
			return nil, err
		}
	}
	if s.opt, err = r.Optimizer.Make(nn.Params(s.model)); err != nil {
		return nil, err
	}
	s.loader = data.NewLoader(s.source.Train, data.Config{BatchSize: r.Data.Batch, Shuffle: true, Seed: r.Seed, Workers: r.Data.Workers})
	steps := (s.loader.Len() + r.Train.Accumulate - 1) / r.Train.Accumulate
	s.sched = r.Schedule.Make(s.opt, r.Optimizer.LR, steps, r.Train.Epochs)
	if r.Train.EMA > 0 {
		s.average = optim.NewEMA(nn.Params(s.model), r.Train.EMA)
	}
	if r.Train.Patience > 0 {
		s.stop = &train.EarlyStopping{Metric: "val/loss", Patience: r.Train.Patience}
	}
	return s, nil
}

// open makes the folder of the run, or goes on with it.
func (s *session) open(resume bool) (err error) {
	dir := s.r.Out
	if s.folder, err = run.Open(filepath.Join(dir, checkpointsDir), run.Keep(s.r.Train.Keep)); err != nil {
		return err
	}
	s.state = &run.State{Parts: []run.Part{run.Module("model", s.model), run.StateDict("optimizer", s.opt),
		run.Position("loader", s.loader), run.Value("position", &s.position), run.Value("best", &s.best)}}
	if s.sched != nil {
		s.state.Parts = append(s.state.Parts, run.StateDict("schedule", s.sched))
	}
	if s.average != nil {
		s.state.Parts = append(s.state.Parts, run.StateDict("average", s.average))
	}
	if s.stop != nil {
		s.state.Parts = append(s.state.Parts, run.Value("early", &s.stop.State))
	}
	found := false
	if resume {
		if found, err = s.folder.Restore(s.state); err != nil {
			return err
		}
	}
	if found {
		s.log, err = runlog.Append(dir, s.position.Step)
		return err
	}
	if err := (&saved{s.r, s.source.Kind}).write(dir); err != nil {
		return err
	}
	if resume { // it was killed before its first checkpoint
		s.log, err = runlog.Append(dir, 0)
		if err == nil {
			return nil
		}
	}
	s.log, err = runlog.Create(dir, runlog.Info{Name: s.r.Name, HParams: flat(s.r), Version: version(), Device: "cpu (" + cpu.Tier() + ")", Threads: cpu.NumThreads()})
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

// config is what train.Fit does.
func (s *session) config() (train.Config, error) {
	t := s.r.Train
	classes := len(s.source.Kind.Classes)
	loss, err := t.MakeLoss(classes)
	if err != nil {
		return train.Config{}, err
	}
	cfg := train.Config{
		Model: s.model, Loss: loss, Optimizer: s.opt, Train: s.loader, Epochs: t.Epochs,
		Val:          data.NewLoader(s.source.Val, data.Config{BatchSize: max(s.r.Data.Batch, 256), Workers: s.r.Data.Workers}),
		StepSchedule: s.sched, ClipNorm: t.ClipNorm, Accumulate: t.Accumulate, Average: s.average,
		Loggers: []train.Logger{s.log}, LogSteps: 20, From: s.position,
	}
	if t.Precision == "bfloat16" {
		cfg.Autocast = tensor.BFloat16
	}
	if classes > 1 {
		cfg.Metrics = []train.Metric{train.NewAccuracy()}
		if classes <= 100 {
			cfg.Metrics = []train.Metric{accuracy{train.NewConfusion(classes, s.source.Kind.Classes...)}}
		}
	} else {
		cfg.Metrics = []train.Metric{train.NewMAE()}
	}
	if s.stop != nil {
		cfg.Callbacks = append(cfg.Callbacks, s.stop)
	}
	if t.Histograms {
		cfg.Callbacks = append(cfg.Callbacks, train.LogHistograms(max(1, s.loader.Len()/t.Accumulate)))
	}
	if c := s.source.Kind.Input; len(c) == 3 && (c[0] == 1 || c[0] == 3) {
		cfg.Callbacks = append(cfg.Callbacks, train.LogImages("samples", 1, s.samples))
	}
	cfg.Callbacks = append(cfg.Callbacks, train.Hooks{Epoch: s.keepBest}, train.SaveEvery(t.SaveEvery, s.save))
	return cfg, nil
}

// accuracy is that of a confusion matrix, which loggers get too.
type accuracy struct{ *train.Confusion }

func (accuracy) Name() string { return "accuracy" }

// keepBest writes the weights of an epoch that is better than those before.
func (s *session) keepBest(r *train.Run) error {
	loss, ok := r.Value("val/loss")
	if !ok || loss >= s.best.Loss || math.IsNaN(loss) {
		return nil
	}
	s.best = bestEpoch{r.Epoch, loss}
	if s.average != nil {
		s.average.Swap()
		defer s.average.Swap()
	}
	return checkpoint.Save(filepath.Join(s.r.Out, weightsFile), s.model)
}

// save makes a checkpoint of the whole state.
func (s *session) save(r *train.Run) error {
	s.position = r.Position()
	s.state.Step, s.state.Epoch = s.position.Step, s.position.Epoch
	s.state.Metrics = map[string]float64{}
	if v, ok := r.Value("val/loss"); ok {
		s.state.Metrics["val/loss"] = v
	}
	return s.folder.Save(s.state)
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
		lo, hi := b.X.Min().Float(), b.X.Max().Float()
		return train.Grid(b.X.AddScalar(-lo).MulScalar(1/max(hi-lo, 1e-9)), 8), caption, nil
	}
	return nil, "", errors.New("no validation data")
}

// report says what came out.
func (a *app) report(s *session) error {
	v := struct {
		Run     string    `json:"run"`
		Steps   int       `json:"steps"`
		Best    bestEpoch `json:"best"`
		Weights string    `json:"weights"`
	}{s.r.Out, s.position.Step, s.best, filepath.Join(s.r.Out, weightsFile)}
	return a.result(v, func() {
		fmt.Fprintf(a.out, "best epoch %d, validation loss %.4g; weights in %s\n", s.best.Epoch, s.best.Loss, v.Weights)
		fmt.Fprintf(a.out, "next: facula eval %s, facula board %s\n", s.r.Out, filepath.Dir(s.r.Out))
	})
}
