package train_test

import (
	"image"
	"image/color"
	"math"
	"reflect"
	"testing"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

func draw(*train.Run) (image.Image, string, error) {
	return train.Grid(tensor.Zeros(1, 1, 2, 2), 1), "nothing", nil
}

func TestGrid(t *testing.T) {
	x := tensor.Of([]float32{0, 0.5, 1, 2, -1, float32(math.NaN())}, 3, 1, 1, 2)
	m := train.Grid(x, 2)
	if b := m.Bounds(); b.Dx() != 5 || b.Dy() != 3 {
		t.Errorf("the bounds are %v", b)
	}
	for at, want := range map[image.Point]uint8{{0, 0}: 0, {1, 0}: 128, {3, 0}: 255, {4, 0}: 255, {0, 2}: 0, {1, 2}: 0} {
		if got := m.At(at.X, at.Y); got != (color.NRGBA{want, want, want, 255}) {
			t.Errorf("%v is %v, want %d", at, got, want)
		}
	}
	if m.At(2, 0) != (color.NRGBA{}) { // the gap
		t.Errorf("the gap is %v", m.At(2, 0))
	}
	rgb := train.Grid(tensor.Of([]float32{1, 0, 0.5, 0.25, 0, 1}, 1, 3, 1, 2), 5)
	if got := rgb.At(1, 0); got != (color.NRGBA{0, 64, 255, 255}) || rgb.Bounds().Dx() != 2 {
		t.Errorf("a pixel is %v of %v", got, rgb.Bounds())
	}
	for _, bad := range []*tensor.Tensor{nil, tensor.Zeros(2, 2), tensor.Zeros(1, 2, 3, 3), tensor.Zeros(0, 1, 3, 3)} {
		if err := tensor.Try(func() { train.Grid(bad, 1) }); err == nil {
			t.Errorf("%v passes", bad)
		}
	}
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
