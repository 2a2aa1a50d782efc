package tensor_test

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// Where a reduction has a corner (ties, zeros, infinities, NaN), its values and
// gradients are PyTorch's. The numbers are those of PyTorch 1.13.1 on float64.
func TestReductionCorners(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	type T = *tensor.Tensor
	norm := func(p float64) func(T) T { return func(x T) T { return x.Norm(p) } }
	ops := map[string]func(x T) T{
		"max": func(x T) T { return x.Max() }, "min": func(x T) T { return x.Min() },
		"std": func(x T) T { return x.Std() }, "median": T.Median,
		"logsumexp": func(x T) T { return x.LogSumExp() }, "prod": func(x T) T { return x.Prod() },
		"cumprod": func(x T) T { return x.CumProd(0) }, "softmax": func(x T) T { return x.Softmax(0).Mul(x) },
		"norm 1": norm(1), "norm 2": norm(2), "norm 3": norm(3), "norm 1.5": norm(1.5), "norm 0.5": norm(0.5),
		"norm -1": norm(-1), "norm inf": norm(inf),
	}
	for _, c := range []struct {
		op      string
		x, y, g []float64
	}{
		{"max", []float64{2, 2, 1}, []float64{2}, []float64{0.5, 0.5, 0}},
		{"max", []float64{nan, 1, 2}, []float64{nan}, []float64{1, 0, 0}},
		{"max", []float64{-inf, -inf, -inf}, []float64{-inf}, []float64{0.3333333333333333, 0.3333333333333333, 0.3333333333333333}},
		{"min", []float64{2, 1, 1}, []float64{1}, []float64{0, 0.5, 0.5}},
		{"min", []float64{nan, 1, nan}, []float64{nan}, []float64{0.5, 0, 0.5}},
		{"std", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"std", []float64{-2, 2, 0}, []float64{2}, []float64{-0.5, 0.5, 0}},
		{"median", []float64{2, 2, 1}, []float64{2}, []float64{0.5, 0.5, 0}},
		{"median", []float64{nan, 1, 2}, []float64{nan}, []float64{1, 0, 0}},
		{"median", []float64{3, 1, 2}, []float64{2}, []float64{0, 0, 1}},
		{"logsumexp", []float64{-inf, -inf, -inf}, []float64{-inf}, []float64{nan, nan, nan}},
		{"logsumexp", []float64{inf, 1, 0}, []float64{inf}, []float64{nan, 0, 0}},
		{"logsumexp", []float64{-inf, 0, 1}, []float64{1.3132616875182228}, []float64{0, 0.2689414213699951, 0.7310585786300049}},
		{"prod", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"prod", []float64{-2, 2, 0}, []float64{0}, []float64{0, 0, -4}},
		{"prod", []float64{2, 2, 1}, []float64{4}, []float64{2, 2, 4}},
		{"cumprod", []float64{0, 0, 0}, []float64{0, 0, 0}, []float64{1, 0, 0}},
		{"cumprod", []float64{-2, 2, 0}, []float64{-2, -4, 0}, []float64{3, -2, -4}},
		{"cumprod", []float64{2, 0, 3}, []float64{2, 0, 0}, []float64{1, 8, 0}},
		{"softmax", []float64{-1000, 0, 1000}, []float64{0, 0, 1000}, []float64{0, 0, 1}},
		{"softmax", []float64{1, 2, 3}, []float64{0.09003057317038045, 0.4894569421095952, 1.9957228673244654}, []float64{-0.051786520439431646, 0.10395811358516766, 0.9478284068542644}},
		{"norm 1", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"norm 1", []float64{-2, 2, 0}, []float64{4}, []float64{-1, 1, 0}},
		{"norm 1", []float64{2, 2, 1}, []float64{5}, []float64{1, 1, 1}},
		{"norm 2", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"norm 2", []float64{-2, 2, 0}, []float64{2.8284271247461903}, []float64{-0.7071067811865475, 0.7071067811865475, 0}},
		{"norm 2", []float64{2, 2, 1}, []float64{3}, []float64{0.6666666666666666, 0.6666666666666666, 0.3333333333333333}},
		{"norm 3", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"norm 3", []float64{-2, 2, 0}, []float64{2.5198420997897464}, []float64{-0.6299605249474365, 0.6299605249474365, 0}},
		{"norm 3", []float64{2, 2, 1}, []float64{2.571281590658235}, []float64{0.6050074330960554, 0.6050074330960554, 0.15125185827401386}},
		{"norm 1.5", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"norm 1.5", []float64{-2, 2, 0}, []float64{3.1748021039363987}, []float64{-0.7937005259840998, 0.7937005259840998, 0}},
		{"norm 1.5", []float64{2, 2, 1}, []float64{3.5387186276812526}, []float64{0.7517821014438997, 0.7517821014438997, 0.5315902219056544}},
		{"norm 0.5", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"norm 0.5", []float64{-2, 2, 0}, []float64{8.000000000000002}, []float64{-2, 2, 0}},
		{"norm 0.5", []float64{2, 2, 1}, []float64{14.656854249492381}, []float64{2.7071067811865475, 2.7071067811865475, 3.8284271247461903}},
		{"norm -1", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"norm -1", []float64{-2, 2, 0}, []float64{0}, []float64{0, 0, 0}},
		{"norm -1", []float64{2, 2, 1}, []float64{0.5}, []float64{0.0625, 0.0625, 0.25}},
		{"norm inf", []float64{0, 0, 0}, []float64{0}, []float64{0, 0, 0}},
		{"norm inf", []float64{-2, 2, 0}, []float64{2}, []float64{-0.5, 0.5, 0}},
		{"norm inf", []float64{2, 2, 1}, []float64{2}, []float64{0.5, 0.5, 0}},
	} {
		x := tensor.Of(c.x).RequireGrad()
		y := ops[c.op](x)
		y.Sum().Backward()
		if got := tensor.Slice[float64](y); !near(got, c.y) {
			t.Errorf("%s of %v is %v; want %v", c.op, c.x, got, c.y)
		}
		if got := tensor.Slice[float64](x.Grad()); !near(got, c.g) {
			t.Errorf("%s of %v has gradient %v; want %v", c.op, c.x, got, c.g)
		}
	}
}

// Of equal elements the first is chosen, NaN is the largest, and both kinds of
// sort are stable. The indices are those of PyTorch, which of equals takes what
// its selection leaves in front.
func TestOrderCorners(t *testing.T) {
	nan := math.NaN()
	x := tensor.Of([]float64{1, nan, 3, math.Inf(-1), nan, 3})
	_, up := x.Sort(0)
	_, down := x.Sort(0, tensor.Descending)
	_, top := x.TopK(3, 0)
	_, low := x.TopK(3, 0, tensor.Smallest)
	_, most := x.MaxDim(0)
	_, least := x.MinDim(0)
	_, middle := x.MedianDim(0)
	zeros := tensor.Of([]float64{0, math.Copysign(0, -1), 0}).ArgSort(0, tensor.Descending)
	for _, c := range []struct {
		name string
		got  *tensor.Tensor
		want []float64
	}{
		{"sort", up, []float64{3, 0, 2, 5, 1, 4}}, {"descending", down, []float64{1, 4, 2, 5, 0, 3}},
		{"topk", top, []float64{1, 4, 5}}, {"smallest", low, []float64{3, 0, 5}}, {"max", most, []float64{1}},
		{"min", least, []float64{1}}, {"median", middle, []float64{1}}, {"zeros", zeros, []float64{0, 1, 2}},
	} {
		if got := tensor.Slice[float64](c.got); !near(got, c.want) {
			t.Errorf("%s: indices %v; want %v", c.name, got, c.want)
		}
	}
}

// A mean of more elements than float16 can count has a gradient.
func TestMeanOfManyHalves(t *testing.T) {
	const n = 100_000
	x := tensor.Ones(n).Cast(tensor.Float16).RequireGrad()
	y := x.Mean()
	y.MulScalar(1000).Backward()
	if v, g := y.Float(), x.Grad().Select(0, 0).Float(); v != 1 || math.Abs(g-0.01) > 1e-5 {
		t.Errorf("mean %v with gradient %v; want 1 and 0.01", v, g)
	}
}

// near allows rounding in the last digits.
func near(got, want []float64) bool {
	if len(got) != len(want) {
		return false
	}
	for i, g := range got {
		w := want[i]
		if g != w && !(g != g && w != w) && !(math.Abs(g-w) <= 1e-14*math.Abs(w)) {
			return false
		}
	}
	return true
}
