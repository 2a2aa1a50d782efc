package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train/runlog"
)

// LogHistograms is a callback that logs histograms of the weights and of their
// gradients every so many steps, as weights/NAME and grads/NAME.
//
//	panics: with an error if every is less than 1
func LogHistograms(every int) Callback {
	if every < 1 {
		panic(fmt.Errorf("train: LogHistograms(%d): want 1 step or more", every))
	}
	return Hooks{Step: func(r *Run) error {
		if r.Step%every != 0 {
			return nil
		}
		return logHistograms(r)
	}}
}

// histogramBins is how fine the histograms of weights are.
const histogramBins = 50

func logHistograms(r *Run) error {
	for name, p := range nn.Params(r.Model) {
		e := runlog.Event{Kind: runlog.KindHistogram, Tag: "weights/" + name, Histogram: Histogram(p, histogramBins)}
		if err := r.Log(e); err != nil {
			return err
		}
		if g := p.Grad(); g != nil {
			e.Tag, e.Histogram = "grads/"+name, Histogram(g, histogramBins)
			if err := r.Log(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// Histogram counts the finite elements of t in bins of equal width from the
// smallest to the largest. Mean and Std, which divides by n, are of those too.
// Without a finite element there is one bin, from 0 to 0, of none.
//
//	panics: with an error if bins is less than 1, *tensor.Error if t is nil
func Histogram(t *tensor.Tensor, bins int) *runlog.Histogram {
	if bins < 1 {
		panic(fmt.Errorf("train: Histogram of %d bins; want 1 or more", bins))
	}
	all := tensor.Slice[float64](t.Detach().Cast(tensor.Float64))
	all = slices.DeleteFunc(all, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	if len(all) == 0 {
		return &runlog.Histogram{Edges: []float64{0, 0}, Counts: []float64{0}}
	}
	h := &runlog.Histogram{Min: slices.Min(all), Max: slices.Max(all)}
	sum, squares := 0.0, 0.0
	for _, v := range all {
		sum += v / float64(len(all))
	}
	for _, v := range all {
		squares += (v - sum) * (v - sum) / float64(len(all))
	}
	h.Mean, h.Std = sum, math.Sqrt(squares)
	if h.Min == h.Max {
		h.Edges, h.Counts = []float64{h.Min, h.Max}, []float64{float64(len(all))}
		return h
	}
	h.Edges, h.Counts = make([]float64, bins+1), make([]float64, bins)
	for i := range h.Edges { // in a form that does not overflow
		f := float64(i) / float64(bins)
		h.Edges[i] = h.Min*(1-f) + h.Max*f
	}
	width := h.Max/float64(bins) - h.Min/float64(bins)
	for _, v := range all {
		h.Counts[min(max(int((v-h.Min)/width), 0), bins-1)]++
	}
	return h
}
