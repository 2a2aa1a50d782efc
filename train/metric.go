package train

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// A Metric is a number about the batches since the last Reset.
type Metric interface {
	Name() string
	Reset()
	Add(out, target *tensor.Tensor) // a batch's, marked no-grad
	Value() float64
}

// Accuracy is the part of samples whose largest output is at the target's index.
type Accuracy struct {
	right *tensor.Tensor // stays on the device
	n     int
}

// NewAccuracy returns an Accuracy of nothing.
func NewAccuracy() *Accuracy { return &Accuracy{} }

// Name returns "accuracy".
func (*Accuracy) Name() string { return "accuracy" }

// Reset forgets all batches.
func (a *Accuracy) Reset() { *a = Accuracy{} }

// Add counts a batch.
//
//	shape:  out [..., classes], of 2 classes or more; target [...]
//	dtype:  target is an integer
//	panics: *tensor.Error otherwise
func (a *Accuracy) Add(out, target *tensor.Tensor) {
	if err := wantClasses(out, target); err != nil {
		tensor.Misuse("accuracy", err, out, target)
	}
	right := out.ArgMax(tensor.Dims(-1)).Eq(target).Sum()
	if a.right != nil {
		right = right.Add(a.right)
	}
	a.right = right
	a.n += target.Len()
}

// wantClasses refuses a target of another shape, which would broadcast and give
// a plausible number that is wrong.
func wantClasses(out, target *tensor.Tensor) error {
	switch {
	case out == nil || target == nil:
		return errors.New("the output or the target is nil")
	case out.Dim() == 0 || out.Size(-1) < 2:
		return errors.New("want an output of shape [..., classes] with 2 classes or more")
	case !slices.Equal(out.Shape()[:out.Dim()-1], target.Shape()):
		return fmt.Errorf("want a target of shape %v, a class index for each sample", out.Shape()[:out.Dim()-1])
	case target.DType().IsFloat() || target.DType() == tensor.Bool:
		return fmt.Errorf("the target is %v; want class indices as integers", target.DType())
	}
	return nil
}

// Value returns right/all, 0 of nothing.
func (a *Accuracy) Value() float64 {
	if a.n == 0 {
		return 0
	}
	return a.right.Float() / float64(a.n)
}

// An Epoch is what one epoch of Fit gave.
type Epoch struct {
	Epoch   int       `json:"epoch"` // counted from 1
	LR      []float64 `json:"lr"`    // of each group at the start
	Train   Result    `json:"train"` // while the model was learning
	Val     *Result   `json:"val,omitempty"`
	Seconds float64   `json:"seconds"`
}

// Value returns a number by its tag: train/loss, val/loss, or train/NAME and
// val/NAME of a metric. ok is false where there is none.
func (e Epoch) Value(tag string) (v float64, ok bool) {
	part, name, _ := strings.Cut(tag, "/")
	r := &e.Train
	if part == "val" {
		r = e.Val
	}
	switch {
	case r == nil || part != "train" && part != "val":
		return 0, false
	case name == "loss":
		return r.Loss, true
	}
	v, ok = r.Metrics[name]
	return v, ok
}

// tags are those that Value knows, for error messages.
func (e Epoch) tags() []string {
	var tags []string
	for _, part := range []struct {
		name string
		r    *Result
	}{{"train/", &e.Train}, {"val/", e.Val}} {
		if part.r == nil {
			continue
		}
		tags = append(tags, part.name+"loss")
		for _, m := range slices.Sorted(maps.Keys(part.r.Metrics)) {
			tags = append(tags, part.name+m)
		}
	}
	return tags
}

// A Result is what one pass over batches gave.
type Result struct {
	Loss             float64            `json:"loss"` // the mean over samples
	Metrics          map[string]float64 `json:"metrics,omitempty"`
	Samples          int                `json:"samples"`
	Seconds          float64            `json:"seconds"`
	SamplesPerSecond float64            `json:"samples_per_second"`
}

// meter gathers a Result. The sum of the losses stays on the device, so that a
// step does not wait for it.
type meter struct {
	metrics []Metric
	sum     *tensor.Tensor
	n       int // samples
	want    int // of the whole pass
	before  int // that another run of the program has seen
	start   time.Time
}

func newMeter(metrics []Metric, want int) *meter {
	for _, m := range metrics {
		m.Reset()
	}
	return &meter{metrics: metrics, want: want, start: time.Now()}
}

// resume makes m the meter of a pass that was stopped.
func (m *meter) resume(p Position) {
	if p.Samples > 0 {
		m.n, m.before = p.Samples, p.Samples
		m.sum = tensor.Of([]float64{p.LossSum}).Reshape()
	}
}

func (m *meter) add(out, loss *tensor.Tensor, b data.Batch) {
	s := loss.NoGrad().Cast(tensor.Float64).MulScalar(float64(b.Len()))
	if m.sum != nil {
		s = s.Add(m.sum.To(s.Device()))
	}
	m.sum = s.Keep()
	m.n += b.Len()
	if len(m.metrics) > 0 {
		out = out.Keep().NoGrad() // a metric may hold on to it
	}
	for _, x := range m.metrics {
		x.Add(out, b.Y)
	}
}

// total is the sum of the losses.
func (m *meter) total() float64 { return m.sum.Float() }

func (m *meter) loss() float64 { return m.total() / float64(m.n) }

// finite is an error if a loss was NaN or infinite.
func (m *meter) finite() error {
	if l := m.loss(); math.IsNaN(l) || math.IsInf(l, 0) {
		return fmt.Errorf("the mean training loss is %v; a lower learning rate or clipping may help", l)
	}
	return nil
}

// rate is in samples a second.
func (m *meter) rate() float64 {
	return float64(m.n-m.before) / max(time.Since(m.start).Seconds(), 1e-9)
}

func (m *meter) result() Result {
	r := Result{Loss: m.loss(), Samples: m.n, Seconds: time.Since(m.start).Seconds(), SamplesPerSecond: m.rate()}
	for _, x := range m.metrics {
		if r.Metrics == nil {
			r.Metrics = map[string]float64{}
		}
		r.Metrics[x.Name()] = x.Value()
	}
	return r
}

// text is the line of an epoch.
func (e Epoch) text(epochs int, metrics []Metric) string {
	var s strings.Builder
	fmt.Fprintf(&s, "epoch %d/%d", e.Epoch, epochs)
	for _, r := range []struct {
		name string
		r    *Result
	}{{"", &e.Train}, {"val ", e.Val}} {
		if r.r == nil {
			continue
		}
		fmt.Fprintf(&s, "  %sloss %.4g", r.name, r.r.Loss)
		for _, m := range metrics {
			fmt.Fprintf(&s, "  %s%s %.4f", r.name, m.Name(), r.r.Metrics[m.Name()])
		}
	}
	fmt.Fprintf(&s, "  %.1f s  %.0f samples/s", e.Seconds, e.Train.SamplesPerSecond)
	return s.String()
}
