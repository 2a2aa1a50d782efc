package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// A HistogramOption changes Histogram and its relatives.
type HistogramOption func(*histogramConfig)

type histogramConfig struct {
	limits  []float64
	weights *Tensor
	density bool
}

// Limits are the lowest and highest edge, of each dim of HistogramDD one after
// the other. Without them they are the smallest and largest value.
func Limits(v ...float64) HistogramOption { return func(c *histogramConfig) { c.limits = v } }

// Weights are summed in the place of counts, one for each value or point.
func Weights(w *Tensor) HistogramOption { return func(c *histogramConfig) { c.weights = w } }

// Density divides the counts so that the integral is 1.
func Density(c *histogramConfig) { c.density = true }

// Histc counts t's elements in bins that are evenly apart from lo to hi, or,
// where the two are equal, from the smallest to the largest element. A bin
// includes its lower edge, and the last one its upper edge too. Other elements
// and NaN do not count.
//
//	shape:  any → [bins]
//	dtype:  floating point → the same
//	panics: *Error for other dtypes, bins < 1, and limits that are not finite or in the wrong order
//	source: torch.histc
func (t *Tensor) Histc(bins int, lo, hi float64) *Tensor {
	const op = "histc"
	h := histogramOf(op, t, []int{bins})
	if lo == hi && t.Len() > 0 {
		least, most := t.Detach().AMinMax()
		lo, hi = least.Float(), most.Float()
	}
	if lo == hi {
		lo, hi = lo-1, hi+1
	}
	h.limits = []float64{lo, hi}
	h.fillEdges()
	if lo == hi {
		misuse(op, fmt.Errorf("the limits are %v and %v; want two numbers apart", lo, hi), t)
	}
	return h.count(t.Detach().Reshape(-1, 1), device.Bins{Even: true})
}

// Histogram counts t's elements in bins that are evenly apart, and returns the
// counts and the edges of the bins, of which there is one more. A bin includes
// its lower edge, and the last one its upper edge too. Without a gradient.
//
//	shape:  any → [bins], [bins+1]
//	dtype:  floating point → the same
//	panics: *Error for other dtypes, bins < 1, and limits that are not finite or in the wrong order
//	source: torch.histogram with a number of bins
func (t *Tensor) Histogram(bins int, opts ...HistogramOption) (counts, edges *Tensor) {
	h := histogramOf("histogram", t, []int{bins}, opts...)
	x := t.Detach().Reshape(-1, 1)
	h.findLimits(x)
	return h.count(x, device.Bins{Even: true, Near: true}), h.edges[0]
}

// HistogramAt is [Tensor.Histogram] with bins between the given edges, which are
// in order.
//
//	shape:  edges of one dim
//	dtype:  edges as t
//	source: torch.histogram with a tensor of bins
func (t *Tensor) HistogramAt(edges *Tensor, opts ...HistogramOption) *Tensor {
	h := histogramOf("histogram", t, nil, opts...)
	h.useEdges([]*Tensor{edges})
	return h.count(t.Detach().Reshape(-1, 1), device.Bins{})
}

// HistogramDD counts points, whose coordinates lie along t's last dim, in boxes:
// the bins of each coordinate are evenly apart. It returns the counts and the
// edges of each coordinate.
//
//	shape:  [..., dims] → bins, and for each dim its bins + 1
//	dtype:  as Histogram
//	source: torch.histogramdd with numbers of bins
func (t *Tensor) HistogramDD(bins []int, opts ...HistogramOption) (counts *Tensor, edges []*Tensor) {
	h := histogramOf("histogramdd", t, bins, opts...)
	x := h.points(len(bins))
	h.findLimits(x)
	return h.count(x, device.Bins{Even: true, Near: true}), h.edges
}

// HistogramDDAt is [Tensor.HistogramDD] with bins between the given edges.
//
//	source: torch.histogramdd with tensors of bins
func (t *Tensor) HistogramDDAt(edges []*Tensor, opts ...HistogramOption) *Tensor {
	h := histogramOf("histogramdd", t, nil, opts...)
	x := h.points(len(edges))
	h.useEdges(edges)
	return h.count(x, device.Bins{})
}

// histogram is one call.
type histogram struct {
	histogramConfig
	op    string
	t     *Tensor
	bins  []int
	edges []*Tensor
}

func histogramOf(op string, t *Tensor, bins []int, opts ...HistogramOption) *histogram {
	h := &histogram{op: op, t: t, bins: bins}
	for _, o := range opts {
		o(&h.histogramConfig)
	}
	if err := wantFloat(t.known(op).DType()); err != nil {
		misuse(op, err, t)
	}
	for _, n := range bins {
		if n < 1 {
			misuse(op, fmt.Errorf("%d bins; want at least 1", n), t)
		}
	}
	return h
}

// points is the elements of t as points with n coordinates.
func (h *histogram) points(n int) *Tensor {
	if d := h.t.Dim(); d < 2 || h.t.shape()[d-1] != n {
		misuse(h.op, fmt.Errorf("bins for %d coordinates; want at least 2 dims, the last of that size", n), h.t)
	}
	return h.t.Detach().Reshape(product(h.t.shape()[:h.t.Dim()-1]), n)
}

// findLimits makes the edges between the limits given, or else the extremes.
func (h *histogram) findLimits(x *Tensor) {
	if h.limits == nil {
		for d := range h.bins {
			lo, hi := 0.0, 1.0
			if x.Len() > 0 {
				least, most := x.Select(1, d).AMinMax()
				lo, hi = least.Float(), most.Float()
			}
			h.limits = append(h.limits, lo, hi)
		}
	}
	if len(h.limits) != 2*len(h.bins) {
		misuse(h.op, fmt.Errorf("%d limits; want %d, two for each dim", len(h.limits), 2*len(h.bins)), h.t)
	}
	for d := range h.bins {
		if lo, hi := h.limits[2*d], h.limits[2*d+1]; lo == hi {
			h.limits[2*d], h.limits[2*d+1] = lo-0.5, hi+0.5
		}
	}
	h.fillEdges()
}

func (h *histogram) fillEdges() {
	for d, n := range h.bins {
		lo, hi := h.limits[2*d], h.limits[2*d+1]
		if d := hi - lo; math.IsInf(d, 0) || !(d > 0) {
			misuse(h.op, fmt.Errorf("the limits are %v and %v; want finite ones in order", lo, hi), h.t)
		}
		h.edges = append(h.edges, like(h.t).Linspace(lo, hi, n+1))
	}
}

func (h *histogram) useEdges(edges []*Tensor) {
	if h.limits != nil {
		misuse(h.op, errors.New("edges leave no room for Limits"), h.t)
	}
	for _, e := range edges {
		if e.known(h.op).Dim() != 1 || e.Len() < 1 || e.DType() != h.t.DType() {
			misuse(h.op, fmt.Errorf("edges are %v of shape %v; want %v of one dim", e.DType(), e.shape(), h.t.DType()), h.t, e)
		}
		h.edges, h.bins = append(h.edges, e.Detach()), append(h.bins, e.Len()-1)
	}
}

// count counts points, one a row.
func (h *histogram) count(x *Tensor, how device.Bins) *Tensor {
	total, n := product(h.bins), x.shape()[0]
	w := onesView(x.Select(1, 0), Int64)
	if h.weights != nil {
		w = h.checkedWeights(n)
	}
	if len(h.bins) == 1 { // what is outside has the number of bins
		k := Apply(binOp{how: how}, keyable(h.edges[0]).Contiguous(), keyable(x.Select(1, 0)))
		return h.divided(like(w).Zeros(total+1).ScatterAdd(0, k, w).Narrow(0, 0, total).Cast(x.DType()))
	}
	at, in := Make{DType: Int64, Device: x.b.dev}.Zeros(n), Make{DType: Bool, Device: x.b.dev}.Ones(n)
	for d, bins := range h.bins {
		k := Apply(binOp{how: how}, keyable(h.edges[d]).Contiguous(), keyable(x.Select(1, d)))
		at = at.MulScalar(bins).Add(k)
		in = in.LogicalAnd(k.LtScalar(bins))
	}
	at = Where(in, at, like(at).Scalar(total))
	return h.divided(like(w).Zeros(total+1).ScatterAdd(0, at, w).Narrow(0, 0, total).Cast(x.DType()))
}

// divided is the counts in their shape, as a density if that is asked for.
func (h *histogram) divided(y *Tensor) *Tensor {
	y = y.Reshape(h.bins...)
	if h.density && y.Len() > 0 {
		y = y.Div(y.Sum())
		for d := range h.bins {
			shape := make([]int, len(h.bins)-d)
			for i := range shape {
				shape[i] = 1
			}
			shape[0] = h.bins[d]
			y = y.Div(h.edges[d].Diff(1, 0).Reshape(shape...))
		}
	}
	return y
}

func (h *histogram) checkedWeights(n int) *Tensor {
	w := h.weights.known(h.op)
	want := h.t.shape()
	if h.op == "histogramdd" {
		want = want[:len(want)-1]
	}
	s, _ := shapeSpec(w.DType(), want)
	if sameShape(w, &s) != nil || w.DType() != h.t.DType() {
		misuse(h.op, fmt.Errorf("weights are %v of shape %v; want %v of shape %v", w.DType(), w.shape(), h.t.DType(), want), h.t, w)
	}
	return w.Detach().Reshape(n)
}

// binOp is edges, x → the bins in which x lies.
type binOp struct {
	NotDifferentiable
	how device.Bins
}

func (binOp) Name() string          { return "bin" }
func (binOp) Kernel() device.Kernel { return device.Bin }
func (o binOp) Attr() any           { return o.how }
func (binOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[1].spec()
	s.DType = Int64
	return s, nil
}
