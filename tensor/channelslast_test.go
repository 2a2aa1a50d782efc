package tensor_test

import (
	"slices"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// Strides and elements of channels-last images; the strides are PyTorch's.
func TestChannelsLast(t *testing.T) {
	x := tensor.Arange(0.0, 120.0, 1.0).Reshape(2, 3, 4, 5)
	y := x.ChannelsLast()
	if !slices.Equal(y.Stride(), []int{60, 1, 15, 3}) || !slices.Equal(tensor.Slice[float64](y), tensor.Slice[float64](x)) {
		t.Errorf("strides %v of %v", y.Stride(), y)
	}
	if z := y.ChannelsLast(); z != y {
		t.Error("what lies so already is copied")
	}
	v := tensor.Zeros(2, 3, 4, 5, 6).ChannelsLast()
	if !slices.Equal(v.Stride(), []int{360, 1, 90, 18, 3}) {
		t.Errorf("strides %v of a volume", v.Stride())
	}
	for _, c := range []struct {
		x    *tensor.Tensor
		want bool
	}{
		{x, false}, {y, true}, {v, true}, {y.Narrow(1, 0, 2), true}, {y.Transpose(2, 3), false}, {tensor.Zeros(1, 1, 4, 5), false},
		{tensor.Zeros(3, 4), false}, {tensor.Zeros(2, 0, 4, 5), false}, {tensor.Zeros(1, 3, 1, 1), false}, {tensor.Zeros(2, 3, 1, 1).ChannelsLast(), false},
		{tensor.Zeros(2, 1, 4, 5), false}, {tensor.Zeros(3).Expand(2, 4, 5, 3), false},
	} {
		if got := c.x.IsChannelsLast(); got != c.want {
			t.Errorf("%v with strides %v is %v; want %v", c.x.Shape(), c.x.Stride(), got, c.want)
		}
	}
	for _, p := range []*tensor.Tensor{y.MaxPool2d([]int{2}), y.AvgPool2d([]int{2}), y.AdaptiveAvgPool2d(3), y.AdaptiveMaxPool2d(2)} {
		if !p.IsChannelsLast() {
			t.Errorf("%v has strides %v; want its channels last", p.Shape(), p.Stride())
		}
	}
	if e := tensor.Try(func() { tensor.Zeros(2, 3).ChannelsLast() }); e == nil {
		t.Error("a matrix has no channels")
	}
}
