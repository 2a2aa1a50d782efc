package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A State is what a training goes on with. The loop counts in Step and Epoch
// and puts into Metrics what it measured last; Restore sets all three. tensor's
// default generator belongs to every State.
//
// Gradients do not: save between the step of the optimizer and the next
// Backward, and after a scaler's Update.
type State struct {
	Step    int // of the optimizer, in all epochs
	Epoch   int
	Metrics map[string]float64
	Parts   []Part
}

var partName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,99}$`)

func (s *State) check() error {
	if s.Step < 0 {
		return fmt.Errorf("the step is %d; want 0 or more", s.Step)
	}
	seen := map[string]bool{}
	for _, p := range s.Parts {
		if !partName.MatchString(p.name) {
			return fmt.Errorf("a part has the name %q; want small letters, digits, - and _, as it names a file", p.name)
		}
		if p.err != nil {
			return fmt.Errorf("part %s: %w", p.name, p.err)
		}
		if seen[p.name] {
			return fmt.Errorf("two parts have the name %q", p.name)
		}
		seen[p.name] = true
	}
	return nil
}

// document is state.json.
type document struct {
	Format    int                        `json:"format"`
	Number    int                        `json:"number"` // counts the checkpoints of a folder
	Step      int                        `json:"step"`
	Epoch     int                        `json:"epoch"`
	Metrics   map[string]number          `json:"metrics"`
	Generator []byte                     `json:"generator"` // tensor's default one
	Parts     map[string]json.RawMessage `json:"parts"`
}

// format is the version of what this package writes.
const format = 1

// write writes the files of a checkpoint into dir.
func (s *State) write(dir string, number int) error {
	m := manifest{Format: format, Files: map[string]fileInfo{}}
	d := document{Format: format, Number: number, Step: s.Step, Epoch: s.Epoch, Metrics: toNumbers(s.Metrics),
		Generator: tensor.DefaultGenerator().State(), Parts: map[string]json.RawMessage{}}
	for _, p := range s.Parts {
		var kept saved
		var err error
		if e := tensor.Try(func() { kept, err = p.save() }); e != nil {
			err = e
		}
		if err == nil && kept.tensors != nil && kept.tensors.Len() > 0 {
			err = m.add(dir, p.name+tensorsExt, func(w writer) error {
				return safetensors.Write(w, kept.tensors, safetensors.Metadata(map[string]string{"format": "pt"}))
			})
		}
		if err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
		if kept.values == nil {
			kept.values = json.RawMessage("null")
		}
		d.Parts[p.name] = kept.values
	}
	if err := m.add(dir, stateFile, jsonOf(d)); err != nil {
		return err
	}
	return new(manifest).add(dir, manifestFile, jsonOf(m))
}

// read restores s from the checkpoint in dir, which was verified.
func (s *State) read(dir string) error {
	d, m, err := readDocument(dir)
	if err != nil {
		return err
	}
	for _, p := range s.Parts {
		if _, ok := d.Parts[p.name]; !ok {
			return fmt.Errorf("there is no part %s; it has %v", p.name, sortedKeys(d.Parts))
		}
	}
	parts := slices.Clone(s.Parts)
	slices.SortStableFunc(parts, func(a, b Part) int { return a.order - b.order })
	for _, p := range parts {
		kept := saved{tensors: &nn.State{}, values: d.Parts[p.name]}
		if _, ok := m.Files[p.name+tensorsExt]; ok {
			kept.tensors, err = readTensors(dir, p.name+tensorsExt)
		}
		if err == nil {
			if e := tensor.Try(func() { err = p.load(kept) }); e != nil {
				err = e
			}
		}
		if err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
	}
	if err := tensor.DefaultGenerator().SetState(d.Generator); err != nil {
		return err
	}
	s.Step, s.Epoch, s.Metrics = d.Step, d.Epoch, fromNumbers(d.Metrics)
	return nil
}

// number is a float64 in JSON, which has no NaN and no infinity.
type number float64

// MarshalJSON writes what JSON lacks as text.
func (n number) MarshalJSON() ([]byte, error) {
	switch f := float64(n); {
	case math.IsNaN(f):
		return []byte(`"NaN"`), nil
	case math.IsInf(f, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(f, -1):
		return []byte(`"-Infinity"`), nil
	default:
		return json.Marshal(f)
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"NaN"`:
		*n = number(math.NaN())
	case `"Infinity"`:
		*n = number(math.Inf(1))
	case `"-Infinity"`:
		*n = number(math.Inf(-1))
	case "null":
		return errors.New("null where a number is wanted")
	default:
		return json.Unmarshal(b, (*float64)(n))
	}
	return nil
}

func toNumbers(m map[string]float64) map[string]number {
	out := map[string]number{}
	for k, v := range m {
		out[k] = number(v)
	}
	return out
}

func fromNumbers(m map[string]number) map[string]float64 {
	out := map[string]float64{}
	for k, v := range m {
		out[k] = float64(v)
	}
	return out
}
