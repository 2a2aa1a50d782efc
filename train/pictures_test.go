package train_test

import (
	"image"
	"math"
	"reflect"
	"testing"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

func draw(*train.Run) (image.Image, string, error) {
	return image.NewGray(image.Rect(0, 0, 2, 2)), "nothing", nil
}

func TestHistogram(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	h := train.Histogram(tensor.Of([]float32{0, 1, 1, 4, nan, inf, -inf, 2}), 4)
	if !reflect.DeepEqual(h.Edges, []float64{0, 1, 2, 3, 4}) || !reflect.DeepEqual(h.Counts, []float64{1, 2, 1, 1}) {
		t.Errorf("%+v", h)
	}
	if h.Min != 0 || h.Max != 4 || h.Mean != 1.6 || math.Abs(h.Std-math.Sqrt((1.6*1.6+0.6*0.6*2+2.4*2.4+0.4*0.4)/5)) > 1e-15 {
		t.Errorf("%+v", h)
	}
	for _, v := range []*tensor.Tensor{tensor.Zeros(0), tensor.Of([]float32{nan, inf})} {
		if h := train.Histogram(v, 3); len(h.Counts) != 1 || h.Counts[0] != 0 {
			t.Errorf("%+v", h)
		}
	}
	if h := train.Histogram(tensor.Of([]int64{7, 7}), 3); len(h.Counts) != 1 || h.Counts[0] != 2 || h.Mean != 7 || h.Std != 0 {
		t.Errorf("%+v", h)
	}
	huge := train.Histogram(tensor.Of([]float64{-math.MaxFloat64, math.MaxFloat64, 0}), 2)
	if math.IsInf(huge.Edges[1], 0) || huge.Counts[0]+huge.Counts[1] != 3 {
		t.Errorf("%+v", huge)
	}
}
