package schedule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/optim"
)

// A Schedule sets the learning rates of an optimizer's groups from curves.
type Schedule struct {
	groups []*optim.Group
	curves []Curve
	state  State
}

// A State is what a schedule needs to go on, with PyTorch's names.
type State struct {
	Steps     int       `json:"last_epoch"`
	BaseLRs   []float64 `json:"base_lrs"`            // of each group
	Momentums []float64 `json:"momentums,omitempty"` // of each group
}

// Grouped is an optimizer, as far as a schedule needs one: [optim.LBFGS] too.
type Grouped interface{ Groups() []*optim.Group }

// New returns a schedule of opt's groups as they are now, and sets their first
// rates. There is one curve for all groups, or one for each.
//
//	panics: with an error if opt is nil, if the number of curves is another, or
//	if a curve has no LR or changes the momentum of an optimizer that has none
func New(opt Grouped, curves ...Curve) *Schedule {
	if opt == nil {
		panic(errors.New("schedule: the optimizer is nil"))
	}
	s := &Schedule{groups: slices.Clone(opt.Groups()), curves: slices.Clone(curves)}
	if len(curves) == 1 {
		s.curves = slices.Repeat(curves, len(s.groups))
	}
	if len(s.curves) != len(s.groups) {
		panic(fmt.Errorf("schedule: %d curves for %d groups; want one, or one for each", len(curves), len(s.groups)))
	}
	for i, g := range s.groups {
		if s.curves[i].LR == nil {
			panic(fmt.Errorf("schedule: the curve of group %d has no LR", i))
		}
		s.state.BaseLRs = append(s.state.BaseLRs, g.LR)
		m := momentum(g)
		switch {
		case m != nil:
			s.state.Momentums = append(s.state.Momentums, *m)
		case s.curves[i].Momentum != nil:
			panic(fmt.Errorf("schedule: the curve of group %d changes the momentum, which the optimizer does not have", i))
		default:
			s.state.Momentums = append(s.state.Momentums, 0)
		}
	}
	s.set()
	return s
}

// momentum is where g keeps its momentum, which is the first beta for Adam, or nil.
func momentum(g *optim.Group) *float64 {
	if o, ok := g.Options.(interface{ MomentumRef() *float64 }); ok {
		return o.MomentumRef()
	}
	return nil
}

// Step sets the rates of the next step. Call it after the optimizer's Step.
func (s *Schedule) Step() {
	s.state.Steps++
	s.set()
}

func (s *Schedule) set() {
	for i, g := range s.groups {
		c, k := s.curves[i], s.state.Steps
		g.LR = c.LR(k, s.state.BaseLRs[i])
		if c.Momentum != nil {
			*momentum(g) = c.Momentum(k, s.state.Momentums[i])
		}
	}
}

// Steps is how many steps were made.
func (s *Schedule) Steps() int { return s.state.Steps }

// LR returns the rate of each group.
func (s *Schedule) LR() []float64 { return rates(s.groups) }

func rates(groups []*optim.Group) []float64 {
	out := make([]float64, len(groups))
	for i, g := range groups {
		out[i] = g.LR
	}
	return out
}

// StateDict returns what LoadStateDict needs. The curves are not part of it.
func (s *Schedule) StateDict() State {
	st := s.state
	st.BaseLRs, st.Momentums = slices.Clone(st.BaseLRs), slices.Clone(st.Momentums)
	return st
}

// LoadStateDict puts the schedule where StateDict was called, and sets the
// rates. It returns an error, and changes nothing, if st is of another number
// of groups.
func (s *Schedule) LoadStateDict(st State) error {
	n := len(s.groups)
	if len(st.BaseLRs) != n || len(st.Momentums) != n && len(st.Momentums) != 0 {
		return fmt.Errorf("schedule: state of %d groups; want %d", len(st.BaseLRs), n)
	}
	if st.Steps < 0 {
		return fmt.Errorf("schedule: state after %d steps; want 0 or more", st.Steps)
	}
	s.state.Steps, s.state.BaseLRs = st.Steps, slices.Clone(st.BaseLRs)
	if len(st.Momentums) == n {
		s.state.Momentums = slices.Clone(st.Momentums)
	}
	s.set()
	return nil
}
