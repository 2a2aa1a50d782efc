package train

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train/runlog"
)

// A Confusion counts which class was taken for which. As a metric its value is
// the accuracy; loggers get the matrix. It waits for the device with each batch.
type Confusion struct {
	classes int
	labels  []string
	counts  []float64 // [class, taken for]
}

// NewConfusion returns a Confusion of so many classes, with a label for each or
// none.
//
//	panics: with an error if there are less than 2 classes, or another number of labels
func NewConfusion(classes int, labels ...string) *Confusion {
	if classes < 2 || len(labels) != 0 && len(labels) != classes {
		panic(fmt.Errorf("train: NewConfusion of %d classes with %d labels; want 2 classes or more, and a label for each or none", classes, len(labels)))
	}
	return &Confusion{classes, slices.Clone(labels), make([]float64, classes*classes)}
}

// Name returns "confusion".
func (*Confusion) Name() string { return "confusion" }

// Reset forgets all batches.
func (c *Confusion) Reset() { clear(c.counts) }

// Add counts a batch. The class is the index of the largest output.
//
//	shape:  out [..., classes]; target [...]
//	dtype:  target is an integer
//	panics: *tensor.Error otherwise, and for a target that is no class
func (c *Confusion) Add(out, target *tensor.Tensor) { c.add("confusion", out, target) }

func (c *Confusion) add(op string, out, target *tensor.Tensor) {
	err := wantClasses(out, target)
	if err == nil && out.Size(-1) != c.classes {
		err = fmt.Errorf("the output is of %d classes; want %d", out.Size(-1), c.classes)
	}
	if err != nil {
		tensor.Misuse(op, err, out, target)
	}
	guess := tensor.Slice[int64](out.ArgMax(tensor.Dims(-1)))
	truth := tensor.Slice[int64](target.Cast(tensor.Int64))
	for _, t := range truth {
		if t < 0 || int(t) >= c.classes {
			tensor.Misuse(op, fmt.Errorf("a target is %d; want 0 to %d", t, c.classes-1), out, target)
		}
	}
	for i, t := range truth {
		c.counts[int(t)*c.classes+int(guess[i])]++
	}
}

// Value returns the part of samples that were taken for their class, 0 of nothing.
func (c *Confusion) Value() float64 { return c.mean(Micro).F1 }

// Matrix returns the counts: a row for each class, a column for what it was taken for.
func (c *Confusion) Matrix() *runlog.Matrix {
	m := &runlog.Matrix{Labels: slices.Clone(c.labels)}
	for i := range c.classes {
		m.Rows = append(m.Rows, slices.Clone(c.counts[i*c.classes:(i+1)*c.classes]))
	}
	return m
}

// ClassScores say how well a class was found. A part of nothing is 0.
type ClassScores struct {
	Precision float64 `json:"precision"` // the part that is right of what was taken for the class
	Recall    float64 `json:"recall"`    // the part that was found of the class
	F1        float64 `json:"f1"`        // the harmonic mean of both
	Support   float64 `json:"support"`   // samples of the class
}

// PerClass returns the scores of each class.
//
//	source: sklearn.metrics.precision_recall_fscore_support, zero_division=0
func (c *Confusion) PerClass() []ClassScores {
	s := make([]ClassScores, c.classes)
	for i := range s {
		taken := 0.0
		for j := range c.classes {
			taken += c.counts[j*c.classes+i]
			s[i].Support += c.counts[i*c.classes+j]
		}
		right := c.counts[i*c.classes+i]
		s[i].Precision, s[i].Recall, s[i].F1 = part(right, taken), part(right, s[i].Support), part(2*right, taken+s[i].Support)
	}
	return s
}

func part(a, all float64) float64 {
	if all == 0 {
		return 0
	}
	return a / all
}

// An Average says how the scores of classes become one number.
type Average string

// The averages.
const (
	Macro    Average = "macro"    // the mean over all classes
	Weighted Average = "weighted" // the mean, each class by its number of samples
	Micro    Average = "micro"    // of all samples together, which is the accuracy
)

// mean joins the scores of the classes.
func (c *Confusion) mean(a Average) (m ClassScores) {
	right := 0.0
	for i, s := range c.PerClass() {
		w := 1.0
		if a == Weighted {
			w = s.Support
		}
		m.Precision += w * s.Precision
		m.Recall += w * s.Recall
		m.F1 += w * s.F1
		m.Support += s.Support
		right += c.counts[i*c.classes+i]
	}
	n := float64(c.classes)
	switch a {
	case Micro:
		r := part(right, m.Support)
		return ClassScores{r, r, r, m.Support}
	case Weighted:
		n = m.Support
	}
	m.Precision, m.Recall, m.F1 = part(m.Precision, n), part(m.Recall, n), part(m.F1, n)
	return m
}

// A ClassScore is a metric: precision, recall or F1, joined over classes.
type ClassScore struct {
	counts  *Confusion
	name    string
	average Average
	pick    func(ClassScores) float64
}

// NewPrecision returns the metric precision_AVERAGE.
//
//	panics: with an error if there are less than 2 classes, or for an unknown average
func NewPrecision(classes int, a Average) *ClassScore {
	return newClassScore("precision", classes, a, func(s ClassScores) float64 { return s.Precision })
}

// NewRecall returns the metric recall_AVERAGE; it panics as NewPrecision does.
func NewRecall(classes int, a Average) *ClassScore {
	return newClassScore("recall", classes, a, func(s ClassScores) float64 { return s.Recall })
}

// NewF1 returns the metric f1_AVERAGE; it panics as NewPrecision does.
func NewF1(classes int, a Average) *ClassScore {
	return newClassScore("f1", classes, a, func(s ClassScores) float64 { return s.F1 })
}

func newClassScore(name string, classes int, a Average, pick func(ClassScores) float64) *ClassScore {
	if a != Macro && a != Micro && a != Weighted {
		panic(fmt.Errorf("train: the average of %s is %q; want macro, weighted or micro", name, a))
	}
	return &ClassScore{NewConfusion(classes), name + "_" + string(a), a, pick}
}

// Name returns the score and the average, such as "f1_macro".
func (s *ClassScore) Name() string { return s.name }

// Reset forgets all batches.
func (s *ClassScore) Reset() { s.counts.Reset() }

// Add counts a batch, as [Confusion.Add] does.
func (s *ClassScore) Add(out, target *tensor.Tensor) { s.counts.add(s.name, out, target) }

// Value returns the score.
func (s *ClassScore) Value() float64 { return s.pick(s.counts.mean(s.average)) }

// binary is a metric of two classes for outputs of one number.
type binary struct {
	Metric
	threshold float64
}

// Binary makes of a metric for two classes one for models with one output a
// sample: class 1 is an output above the threshold, 0 for logits and 0.5 for
// probabilities. Targets are 0 and 1, of any dtype.
//
//	shape:  out and target [n], or [n, 1]
func Binary(m Metric, threshold float64) Metric { return binary{m, threshold} }

// Add gives the metric an output for each of the two classes.
func (b binary) Add(out, target *tensor.Tensor) {
	if out == nil || target == nil || out.Len() != target.Len() {
		tensor.Misuse(b.Name(), errors.New("want one output for each target"), out, target)
	}
	x := out.Reshape(-1).SubScalar(b.threshold)
	b.Metric.Add(tensor.Stack(-1, x.Neg(), x), target.Reshape(-1).Cast(tensor.Int64))
}
