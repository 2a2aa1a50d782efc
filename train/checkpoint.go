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
// Saved are Model, Optimizer, the schedules, Scaler, Average, the position of
// Train, each *EarlyStopping among the Callbacks, c.From, the generators, and more.
// The metrics of a checkpoint are those of its epoch, by the tags of [Epoch.Value];
// one in the middle of an epoch has none, and an epoch that goes on in the middle
// has those of the rest for Train. Call it once all of these are set.
//
// A Train that lacks the State and SetState of a data.Loader cannot go on in the
// middle of an epoch, so it is saved after epochs alone, and every has to be 0.
//
//	errors: those of run.Folder.Restore
//	panics: with an error if every is negative, or not 0 for such a Train, or Model,
//	Optimizer or Train is missing
func (c *Config) Checkpoint(folder *run.Folder, every int, more ...run.Part) (resumed bool, err error) {
	if folder == nil || c.Model == nil || c.Optimizer == nil || c.Train == nil {
		panic(fmt.Errorf("train: Checkpoint without a folder, or Model, Optimizer or Train of the Config"))
	}
	_, resumes := c.Train.(resumable)
	if every > 0 && !resumes {
		panic(fmt.Errorf("train: Checkpoint after every %d steps, but Train, a %T, has no State and SetState to go on in the middle of an epoch; want 0 (after epochs alone)", every, c.Train))
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
		if m := r.f.meter; !r.f.epochDone {
			if !resumes || m.n == 0 {
				return nil
			}
			if err := m.finite(); err != nil { // such a checkpoint would push out good ones
				return err
			}
		}
		at = r.Position()
		state.Step, state.Epoch, state.Metrics = at.Step, at.Epoch, nil
		if r.f.epochDone {
			state.Metrics = r.History[len(r.History)-1].values()
		}
		return folder.Save(state)
	}))
	return resumed, nil
}

// resumable is what Train has if it can go on in the middle of an epoch.
type resumable interface {
	State() data.LoaderState
	SetState(data.LoaderState) error
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
	if l, ok := c.Train.(resumable); ok {
		parts = append(parts, run.Position("loader", l))
	}
	stopping := 0
	for _, cb := range c.Callbacks {
		if s, ok := cb.(*EarlyStopping); ok {
			parts = append(parts, run.Value(fmt.Sprintf("early-stopping-%d", stopping), &s.State))
			stopping++
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
