package train

import (
	"fmt"
	"maps"
	"math"

	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
)

// Checkpoint brings c to the newest checkpoint of a folder, if there is one, and
// makes Fit save into it: after every given number of steps (0 for none), after
// each epoch, and when the context ends. A program that does no more than this
// goes on to the bit when it is started again:
//
//	folder, err := run.Open("checkpoints", run.Keep(2), run.Best("val/loss", run.Min))
//	…
//	resumed, err := cfg.Checkpoint(folder, 1000)
//	…
//	history, err := train.Fit(ctx, cfg)
//
// Saved are Model, Optimizer, the schedules, Scaler, Average, the position of Train
// if it is a *data.Loader, each *EarlyStopping among the Callbacks, c.From, the
// generators, and more. The metrics of a checkpoint are those of its epoch, by the
// tags of [Epoch.Value]; one in the middle of an epoch has none. Call it once all
// of these are set.
//
//	errors: those of run.Folder.Restore
//	panics: with an error if every is negative, or Model, Optimizer or Train is missing
func (c *Config) Checkpoint(folder *run.Folder, every int, more ...run.Part) (resumed bool, err error) {
	if folder == nil || c.Model == nil || c.Optimizer == nil || c.Train == nil {
		panic(fmt.Errorf("train: Checkpoint without a folder, or Model, Optimizer or Train of the Config"))
	}
	at := c.From
	state := &run.State{Parts: append(c.parts(&at), more...)}
	if resumed, err = folder.Restore(state); err != nil {
		return false, err
	}
	if resumed {
		c.From = at
	}
	c.Callbacks = append(c.Callbacks, SaveEvery(every, func(r *Run) error {
		if at = r.Position(); math.IsNaN(at.LossSum) || math.IsInf(at.LossSum, 0) {
			return r.f.meter.finite() // there is nothing to go on from
		}
		state.Step, state.Epoch, state.Metrics = at.Step, at.Epoch, nil
		if r.f.epochDone {
			state.Metrics = r.History[len(r.History)-1].values()
		}
		return folder.Save(state)
	}))
	return resumed, nil
}

// parts are all that the config has that has a state.
func (c *Config) parts(at *Position) []run.Part {
	parts := []run.Part{run.Module("model", c.Model), run.StateDict[optim.StateDict]("optim", c.Optimizer), run.Value("position", at)}
	for _, s := range []struct {
		name string
		s    *schedule.Schedule
	}{{"step-schedule", c.StepSchedule}, {"epoch-schedule", c.EpochSchedule}} {
		if s.s != nil {
			parts = append(parts, run.StateDict(s.name, s.s))
		}
	}
	if c.Plateau != nil {
		parts = append(parts, run.StateDict("plateau", c.Plateau))
	}
	if c.Scaler != nil {
		parts = append(parts, run.StateDict("scaler", c.Scaler))
	}
	if c.Average != nil {
		parts = append(parts, run.StateDict("average", c.Average))
	}
	if l, ok := c.Train.(interface {
		State() data.LoaderState
		SetState(data.LoaderState) error
	}); ok {
		parts = append(parts, run.Position("loader", l))
	}
	for i, cb := range c.Callbacks {
		if s, ok := cb.(*EarlyStopping); ok {
			parts = append(parts, run.Value(fmt.Sprintf("early-stopping-%d", i), &s.State))
		}
	}
	return parts
}

// values are the finite numbers of an epoch by their tags.
func (e Epoch) values() map[string]float64 {
	all := map[string]float64{}
	for _, tag := range e.tags() {
		all[tag], _ = e.Value(tag)
	}
	maps.DeleteFunc(all, func(_ string, v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	return all
}
