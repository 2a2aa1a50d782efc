package tensor_test

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// PyTorch 1.13.1: torch.manual_seed(7); F.dropout(torch.arange(1., 25), 0.3)
// keeps these elements, and leaves the same state of the generator.
var keptBySeed7 = []float64{1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1}

func TestDropoutIsPyTorchs(t *testing.T) {
	for d, tol := range map[tensor.DType]float64{tensor.Float32: 1e-6, tensor.Float64: 1e-15, tensor.BFloat16: 1e-2} {
		x := tensor.Arange(1, 25, 1).Cast(d).Reshape(2, 3, 4)
		got := tensor.Slice[float64](x.Dropout(0.3, tensor.NewGenerator(7)))
		for i, keep := range keptBySeed7 {
			if want := keep * float64(i+1) / 0.7; math.Abs(got[i]-want) > tol*want {
				t.Errorf("%v: element %d is %v; want %v", d, i, got[i], want)
			}
		}
	}
}

// The mask follows the order of the elements, whatever their layout: in
// PyTorch too the permuted tensor draws for its own order.
func TestDropoutOfView(t *testing.T) {
	x := tensor.Arange(1, 25, 1).Cast(tensor.Float32).Reshape(2, 3, 4).Permute(2, 0, 1)
	y := x.Dropout(0.3, tensor.NewGenerator(7))
	for i, v := range tensor.Slice[float64](y) {
		if (v != 0) != (keptBySeed7[i] != 0) {
			t.Fatalf("element %d is %v; kept should be %v", i, v, keptBySeed7[i])
		}
	}
}

func TestDropoutGradient(t *testing.T) {
	x := tensor.Ones(24).RequireGrad()
	y := x.Dropout(0.3, tensor.NewGenerator(7))
	y.Sum().Backward()
	got, want := tensor.Slice[float64](x.Grad()), tensor.Slice[float64](y)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("gradient %v; want the mask %v", got, want)
		}
	}
}

// PyTorch draws nothing for p = 0 and p = 1, and the default generator is the
// one that ManualSeed seeds.
func TestDropoutDraws(t *testing.T) {
	x := tensor.Ones(4)
	tensor.ManualSeed(7)
	x.Dropout(0, nil)
	x.Dropout(1, nil)
	if v := tensor.Rand(1).Float(); math.Abs(v-0.5349) > 5e-5 { // torch.rand(1) after manual_seed(7)
		t.Errorf("the first number after dropout by 0 and 1 is %v; want 0.5349", v)
	}
	tensor.ManualSeed(7)
	y := tensor.Slice[float64](x.Dropout(0.3, nil))
	for i := range y {
		if (y[i] != 0) != (keptBySeed7[i] != 0) {
			t.Errorf("the default generator gives %v; want that of seed 7", y)
			break
		}
	}
}

// PyTorch 1.13.1: torch.manual_seed(7), and gumbel_softmax(torch.arange(6.).reshape(2, 3)/4, tau=0.5).
func TestGumbelSoftmax(t *testing.T) {
	want := []float64{0.3564915657043457, 0.6170050501823425, 0.026503436267375946, 0.4512493908405304, 0.12997561693191528, 0.4187749922275543}
	x := tensor.Arange(0, 6, 1).DivScalar(4.0).Reshape(2, 3).RequireGrad()
	for i, v := range tensor.Slice[float64](x.GumbelSoftmax(0.5, false, -1, tensor.NewGenerator(7))) {
		if math.Abs(v-want[i]) > 1e-6 {
			t.Errorf("element %d is %v; want %v", i, v, want[i])
		}
	}
	hard := x.GumbelSoftmax(0.5, true, -1, tensor.NewGenerator(7))
	for i, v := range tensor.Slice[float64](hard) {
		if math.Abs(v-[]float64{0, 1, 0, 1, 0, 0}[i]) > 1e-6 {
			t.Errorf("hard: element %d is %v", i, v)
		}
	}
	hard.Select(1, 1).Sum().Backward()
	for i, w := range []float64{-0.43991419672966003, 0.4726196229457855, -0.032705508172512054, -0.11730283498764038, 0.22616390883922577, -0.10886107385158539} {
		if v := tensor.Slice[float64](x.Grad())[i]; math.Abs(v-w) > 1e-6 {
			t.Errorf("gradient %d is %v; want %v", i, v, w)
		}
	}
}
