package tensor_test

import (
	"slices"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// PyTorch's numbers, of 1.13.0 and 2.15.0:
//
//	torch.manual_seed(7)
//	x = torch.tensor([-1, 2, -3, 0, -0.5, 4, -2, -8], dtype=torch.float64)
//	torch.nn.functional.rrelu(x, 0.125, 0.5, training=True).tolist()
//	torch.nn.functional.rrelu(x.float(), 0.125, 0.5, training=True).tolist()
func TestRReLU(t *testing.T) {
	x := tensor.Of([]float64{-1, 2, -3, 0, -0.5, 4, -2, -8}).RequireGrad()
	g := tensor.NewGenerator(7)
	y := x.RReLU(0.125, 0.5, g)
	want := []float64{-0.2297676612149015, 2.0, -0.6829054278582364, 0.0, -0.18562908073528775, 4.0, -0.9418970255897404, -3.51863612728716}
	if got := tensor.Slice[float64](y); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	want32 := []float64{-0.23551703989505768, 2.0, -1.0058118104934692, 0.0, -0.20487947762012482, 4.0, -0.29726582765579224, -1.1726675033569336}
	if got := tensor.Slice[float64](x.Detach().Cast(tensor.Float32).RReLU(0.125, 0.5, g)); !slices.Equal(got, want32) {
		t.Errorf("float32: got  %v\nwant %v", got, want32)
	}
	slope := tensor.Slice[float64](tensor.Grad([]*tensor.Tensor{y.Sum()}, []*tensor.Tensor{x})[0])
	for i, v := range tensor.Slice[float64](x.Detach()) {
		if v*slope[i] != want[i] {
			t.Errorf("the gradient at %v is %v; the value %v", v, slope[i], want[i])
		}
	}
}
