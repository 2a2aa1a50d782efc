package train

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// A Ranking is a metric of how well a number tells two classes apart, whatever
// the threshold. It keeps the outputs of all samples, and waits for the device
// with each batch.
type Ranking struct {
	name   string
	value  func([]scored) float64
	scored []scored
}

type scored struct {
	score    float64
	positive bool
}

// NewAUC returns the metric "auc", the area under the ROC curve: how often a
// sample of class 1 has a larger output than one of class 0, where equal ones
// count half. It is exact, and NaN without samples of both classes.
//
//	source: sklearn.metrics.roc_auc_score; Hanley & McNeil 1982, 10.1148/radiology.143.1.7063747
func NewAUC() *Ranking { return &Ranking{name: "auc", value: auc} }

// NewAveragePrecision returns the metric "average_precision": the mean of the
// precisions at each step of the recall, where equal outputs are one step. It is
// NaN without samples of class 1.
//
//	source: sklearn.metrics.average_precision_score
func NewAveragePrecision() *Ranking {
	return &Ranking{name: "average_precision", value: averagePrecision}
}

// Name returns "auc" or "average_precision".
func (r *Ranking) Name() string { return r.name }

// Reset forgets all batches.
func (r *Ranking) Reset() { r.scored = nil }

// Add takes in a batch. Two outputs a sample are logits of the two classes, or
// logarithms of their probabilities: the difference counts.
//
//	shape:  out [n], [n, 1] or [n, 2]; target of n elements
//	dtype:  target any, with the values 0 and 1
//	panics: *tensor.Error otherwise
func (r *Ranking) Add(out, target *tensor.Tensor) {
	switch {
	case out == nil || target == nil:
		tensor.Misuse(r.name, errors.New("the output or the target is nil"), out, target)
	case out.Dim() == 2 && out.Size(1) == 2 && target.Len() == out.Size(0):
		out = out.Select(1, 1).Sub(out.Select(1, 0))
	case out.Len() != target.Len() || out.Dim() > 2 || out.Dim() == 2 && out.Size(1) != 1:
		tensor.Misuse(r.name, errors.New("want an output of shape [n], [n, 1] or [n, 2], and a target of n elements"), out, target)
	}
	x := tensor.Slice[float64](out.Cast(tensor.Float64))
	y := tensor.Slice[float64](target.Cast(tensor.Float64))
	for _, v := range y {
		if v != 0 && v != 1 {
			tensor.Misuse(r.name, fmt.Errorf("a target is %v; want 0 or 1", v), out, target)
		}
	}
	for i, v := range x {
		r.scored = append(r.scored, scored{v, y[i] == 1})
	}
}

// Value returns the number; NaN if an output is NaN.
func (r *Ranking) Value() float64 {
	if slices.ContainsFunc(r.scored, func(s scored) bool { return math.IsNaN(s.score) }) {
		return math.NaN()
	}
	slices.SortFunc(r.scored, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	return r.value(r.scored)
}

// ties calls f with how many of each class have one score, from the highest on.
func ties(s []scored, f func(positive, negative float64)) {
	for i := 0; i < len(s); {
		positive, negative, score := 0.0, 0.0, s[i].score
		for ; i < len(s) && s[i].score == score; i++ {
			if s[i].positive {
				positive++
			} else {
				negative++
			}
		}
		f(positive, negative)
	}
}

func auc(s []scored) float64 {
	above, below, pairs := 0.0, 0.0, 0.0
	ties(s, func(positive, negative float64) {
		pairs += negative * (above + positive/2)
		above += positive
		below += negative
	})
	return pairs / (above * below) // 0/0 without one of the classes
}

func averagePrecision(s []scored) float64 {
	found, seen, sum := 0.0, 0.0, 0.0
	ties(s, func(positive, negative float64) {
		found += positive
		seen += positive + negative
		sum += positive * found / seen
	})
	return sum / found
}
