package train

import (
	"fmt"
	"math"
	"strings"
)

// EarlyStopping is a callback that stops a training when a number has not
// improved for some epochs:
//
//	Callbacks: []train.Callback{&train.EarlyStopping{Metric: "val/loss", Patience: 3}},
//
// source: Prechelt 1998, 10.1007/3-540-49430-8_3
type EarlyStopping struct {
	none

	Metric   string  // a tag of an epoch: see Run.Value
	Max      bool    // larger is better, as of an accuracy
	Patience int     // epochs without improvement that are borne; the next one stops
	MinDelta float64 // an improvement is by more than this

	State EarlyState // Config.Checkpoint saves it
}

// An EarlyState is what EarlyStopping has seen.
type EarlyState struct {
	Seen bool    `json:"seen"` // a first epoch: Best counts
	Best float64 `json:"best"`
	Bad  int     `json:"bad"` // epochs since
}

// OnStart refuses settings that stop nothing or all, and stops a training that
// goes on after it was stopped.
func (s *EarlyStopping) OnStart(*Run) error {
	if s.Metric == "" || s.Patience < 0 || !(s.MinDelta >= 0) {
		return fmt.Errorf("early stopping: metric %q, patience %d, minimal change %v; want a tag such as val/loss, and numbers of 0 or more",
			s.Metric, s.Patience, s.MinDelta)
	}
	if s.State.Bad > s.Patience {
		return ErrStop
	}
	return nil
}

// OnEpoch looks at the epoch. NaN and infinities are no improvement.
func (s *EarlyStopping) OnEpoch(r *Run) error {
	v, ok := r.Value(s.Metric)
	if !ok {
		return fmt.Errorf("early stopping: an epoch has no %q; it has %s", s.Metric, strings.Join(r.History[len(r.History)-1].tags(), ", "))
	}
	better := v < s.State.Best-s.MinDelta
	if s.Max {
		better = v > s.State.Best+s.MinDelta
	}
	if (better || !s.State.Seen) && !math.IsNaN(v) && !math.IsInf(v, 0) {
		s.State = EarlyState{Seen: true, Best: v}
		return nil
	}
	if s.State.Bad++; s.State.Bad > s.Patience {
		return ErrStop
	}
	return nil
}
