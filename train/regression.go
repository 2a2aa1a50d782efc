package train

import (
	"errors"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// A Regression is a metric of how far outputs are from targets, over all
// elements. It adds up in float64, and waits for the device with each batch.
type Regression struct {
	name  string
	value func(*Regression) float64

	n                float64
	squares, absolut float64 // sums of (x-y)² and |x-y|
	meanX, meanY     float64
	xx, yy, xy       float64 // sums of products of what x and y are from their means
}

// NewMSE returns the metric "mse", the mean of squared errors.
func NewMSE() *Regression {
	return &Regression{name: "mse", value: func(r *Regression) float64 { return r.squares / r.n }}
}

// NewRMSE returns the metric "rmse", the root of the mean of squared errors.
func NewRMSE() *Regression {
	return &Regression{name: "rmse", value: func(r *Regression) float64 { return math.Sqrt(r.squares / r.n) }}
}

// NewMAE returns the metric "mae", the mean of absolute errors.
func NewMAE() *Regression {
	return &Regression{name: "mae", value: func(r *Regression) float64 { return r.absolut / r.n }}
}

// NewR2 returns the metric "r2", the part of the targets' variance that the
// outputs explain: 1 at best, and 0 for the targets' mean. If all targets are the
// same, it is NaN.
//
//	source: sklearn.metrics.r2_score
func NewR2() *Regression {
	return &Regression{name: "r2", value: func(r *Regression) float64 {
		if r.yy == 0 {
			return math.NaN()
		}
		return 1 - r.squares/r.yy
	}}
}

// NewPearson returns the metric "pearson", the correlation of outputs and
// targets. If all of one of them are the same, it is NaN.
//
//	source: scipy.stats.pearsonr
func NewPearson() *Regression {
	return &Regression{name: "pearson", value: func(r *Regression) float64 { return r.xy / math.Sqrt(r.xx) / math.Sqrt(r.yy) }}
}

// Name returns the metric's name.
func (r *Regression) Name() string { return r.name }

// Reset forgets all batches.
func (r *Regression) Reset() { *r = Regression{name: r.name, value: r.value} }

// Add takes in a batch.
//
//	shape:  out and target are of the same shape
//	panics: *tensor.Error otherwise
func (r *Regression) Add(out, target *tensor.Tensor) {
	if out == nil || target == nil || !slices.Equal(out.Shape(), target.Shape()) {
		tensor.Misuse(r.name, errors.New("want an output and a target of the same shape"), out, target)
	}
	x := tensor.Slice[float64](out.Cast(tensor.Float64))
	y := tensor.Slice[float64](target.Cast(tensor.Float64))
	for i, x := range x {
		d := x - y[i]
		r.squares += d * d
		r.absolut += math.Abs(d)
		r.moments(x, y[i])
	}
}

// moments takes in a pair without the cancellation of sums of squares.
//
//	source: Welford 1962, 10.1080/00401706.1962.10490022
func (r *Regression) moments(x, y float64) {
	r.n++
	dx, dy := x-r.meanX, y-r.meanY
	r.meanX += dx / r.n
	r.meanY += dy / r.n
	r.xx += dx * (x - r.meanX)
	r.yy += dy * (y - r.meanY)
	r.xy += dx * (y - r.meanY)
}

// Value returns the number, NaN of nothing.
func (r *Regression) Value() float64 { return r.value(r) }
