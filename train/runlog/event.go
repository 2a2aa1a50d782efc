package runlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"math"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Kind says which fields an Event has besides the first five.
type Kind string

// The kinds of events. Readers get only these; those of a later version are skipped.
const (
	KindScalar    Kind = "scalar"    // Value
	KindHistogram Kind = "histogram" // Histogram
	KindImage     Kind = "image"     // Image
	KindMatrix    Kind = "matrix"    // Matrix
	KindText      Kind = "text"      // Text
	KindResume    Kind = "resume"    // none: events before it of a larger Step are void
)

// An Event is something that happened in a run. Its JSON is a line of events.jsonl.
type Event struct {
	Time  float64 // seconds since 1970; a writer fills in 0
	Step  int     // of the optimizer, counted from 1; 0 is before the first
	Epoch int     // counted from 1
	Kind  Kind
	Tag   string // such as train/loss; a / makes groups

	Value     float64
	Text      string
	Histogram *Histogram
	Image     *Image
	Matrix    *Matrix
}

// A Histogram counts numbers: Counts[i] lie from Edges[i] to Edges[i+1].
type Histogram struct {
	Edges, Counts       []float64
	Min, Max, Mean, Std float64
}

// An Image is a picture in the run's folder. To write one, set Picture; the
// writer makes the file. A reader sets File: see [Reader.OpenImage].
type Image struct {
	Picture image.Image
	File    string // relative to the folder, with slashes
	Caption string
}

// A Matrix has a row and a column for each label, such as a confusion matrix:
// Rows[i][j] counts samples of class i taken for class j.
type Matrix struct {
	Labels []string
	Rows   [][]float64
}

// Scalar returns the event of one number.
func Scalar(step, epoch int, tag string, value float64) Event {
	return Event{Step: step, Epoch: epoch, Kind: KindScalar, Tag: tag, Value: value}
}

// When returns the event's time.
func (e Event) When() time.Time {
	s, f := math.Modf(e.Time)
	return time.Unix(int64(s), int64(f*1e9))
}

// line is an Event as JSON has it. A nil is a field that is not there.
type line struct {
	Time    *float64    `json:"t"`
	Step    *int        `json:"step"`
	Epoch   int         `json:"epoch"`
	Kind    Kind        `json:"kind"`
	Tag     string      `json:"tag,omitempty"`
	Value   *number     `json:"value,omitempty"`
	Text    string      `json:"text,omitempty"`
	Edges   []number    `json:"edges,omitempty"`
	Counts  []number    `json:"counts,omitempty"`
	Min     *number     `json:"min,omitempty"`
	Max     *number     `json:"max,omitempty"`
	Mean    *number     `json:"mean,omitempty"`
	Std     *number     `json:"std,omitempty"`
	File    string      `json:"file,omitempty"`
	Caption string      `json:"caption,omitempty"`
	Labels  []string    `json:"labels,omitempty"`
	Rows    *[][]number `json:"rows,omitempty"`
}

// MarshalJSON returns the line of events.jsonl, without its end. It is an error
// if the event lacks what its kind has.
func (e Event) MarshalJSON() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	l := line{Time: &e.Time, Step: &e.Step, Epoch: e.Epoch, Kind: e.Kind, Tag: e.Tag}
	switch e.Kind {
	case KindScalar:
		l.Value = (*number)(&e.Value)
	case KindText:
		l.Text = e.Text
	case KindHistogram:
		h := *e.Histogram
		l.Edges, l.Counts = numbers(h.Edges), numbers(h.Counts)
		l.Min, l.Max, l.Mean, l.Std = (*number)(&h.Min), (*number)(&h.Max), (*number)(&h.Mean), (*number)(&h.Std)
	case KindImage:
		l.File, l.Caption = e.Image.File, e.Image.Caption
	case KindMatrix:
		rows := make([][]number, len(e.Matrix.Rows))
		for i, r := range e.Matrix.Rows {
			rows[i] = numbers(r)
		}
		l.Labels, l.Rows = e.Matrix.Labels, &rows
	}
	return json.Marshal(l)
}

// UnmarshalJSON reads a line of events.jsonl, with all checks.
func (e *Event) UnmarshalJSON(b []byte) error {
	var l line
	if err := json.Unmarshal(b, &l); err != nil {
		return err
	}
	if l.Time == nil || l.Step == nil {
		return errors.New("runlog: an event has no t or no step")
	}
	*e = Event{Time: *l.Time, Step: *l.Step, Epoch: l.Epoch, Kind: l.Kind, Tag: l.Tag}
	switch l.Kind {
	case KindScalar:
		if l.Value == nil {
			return fmt.Errorf("runlog: the scalar %.40q has no value", l.Tag)
		}
		e.Value = float64(*l.Value)
	case KindText:
		e.Text = l.Text
	case KindHistogram:
		e.Histogram = &Histogram{Edges: floats(l.Edges), Counts: floats(l.Counts),
			Min: or(l.Min), Max: or(l.Max), Mean: or(l.Mean), Std: or(l.Std)}
	case KindImage:
		e.Image = &Image{File: l.File, Caption: l.Caption}
	case KindMatrix:
		e.Matrix = &Matrix{Labels: l.Labels}
		if l.Rows != nil {
			for _, r := range *l.Rows {
				e.Matrix.Rows = append(e.Matrix.Rows, floats(r))
			}
		}
	}
	return e.check()
}

// or is NaN for a number that is not there.
func or(n *number) float64 {
	if n == nil {
		return math.NaN()
	}
	return float64(*n)
}

// check is what both a writer and a reader ask of an event.
func (e *Event) check() error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("runlog: %s %.40q: %s", e.Kind, e.Tag, fmt.Sprintf(format, a...))
	}
	if math.IsNaN(e.Time) || math.Abs(e.Time) > 1<<40 {
		return bad("the time is %v; want seconds since 1970", e.Time)
	}
	if e.Kind != KindResume && e.Tag == "" {
		return bad("want a tag")
	}
	switch e.Kind {
	case KindScalar, KindText, KindResume:
		return nil
	case KindHistogram:
		return e.checkHistogram(bad)
	case KindImage:
		switch i := e.Image; {
		case i == nil:
			return bad("Image is nil")
		case i.Picture == nil && !local(i.File):
			return bad("the file is %.40q; want a name below images/", i.File)
		}
		return nil
	case KindMatrix:
		return e.checkMatrix(bad)
	default:
		return bad("want a kind: scalar, histogram, image, matrix, text or resume")
	}
}

// local reports whether a file's name stays in the folder of images.
func local(name string) bool {
	return strings.HasPrefix(name, "images/") && path.Clean(name) == name && filepath.IsLocal(name) && !strings.ContainsAny(name, "\\\x00")
}

func (e *Event) checkHistogram(bad func(string, ...any) error) error {
	h := e.Histogram
	if h == nil {
		return bad("Histogram is nil")
	}
	if len(h.Edges) != len(h.Counts)+1 || len(h.Counts) == 0 {
		return bad("%d edges and %d counts; want one edge more than counts", len(h.Edges), len(h.Counts))
	}
	for i, c := range h.Counts {
		if !(c >= 0) || !(h.Edges[i] <= h.Edges[i+1]) {
			return bad("bin %d from %v to %v has the count %v; want rising edges and counts of 0 or more", i, h.Edges[i], h.Edges[i+1], c)
		}
	}
	return nil
}

func (e *Event) checkMatrix(bad func(string, ...any) error) error {
	m := e.Matrix
	if m == nil {
		return bad("Matrix is nil")
	}
	if len(m.Rows) == 0 || len(m.Labels) != 0 && len(m.Labels) != len(m.Rows) {
		return bad("%d rows and %d labels; want a label for each, or none", len(m.Rows), len(m.Labels))
	}
	for i, r := range m.Rows {
		if len(r) != len(m.Rows) {
			return bad("row %d has %d columns; want %d", i, len(r), len(m.Rows))
		}
	}
	return nil
}
