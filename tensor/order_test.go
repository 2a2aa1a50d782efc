package tensor_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// ordersJSON is what testdata/orders.py wrote.
func ordersJSON(t *testing.T) (golden struct {
	Orders map[string]map[string][]int64
	Draws  map[string][]float64
}) {
	text, err := os.ReadFile("testdata/orders.json")
	if err == nil {
		err = json.Unmarshal(text, &golden)
	}
	if err != nil {
		t.Fatal(err)
	}
	return golden
}

// Of equal elements the selections take those that PyTorch's take.
func TestOrdersAsPyTorch(t *testing.T) {
	second := func(_, i *tensor.Tensor) []int64 { return tensor.Slice[int64](i) }
	for name, want := range ordersJSON(t).Orders {
		var n, most int
		if _, err := fmt.Sscan(name, &n, &most); err != nil {
			t.Fatal(err)
		}
		v := make([]float64, n)
		for i := range v {
			v[i] = float64((i*i*7 + 3*i) / 5 % most)
		}
		x, k := tensor.Of(v), max(1, n/3)
		var kth []int64
		for j := 1; j <= n; j += max(1, n/20) {
			kth = append(kth, second(x.KthValue(j, 0))...)
		}
		for op, got := range map[string][]int64{
			"sort": second(x.Sort(0, tensor.Unstable)), "descending": second(x.Sort(0, tensor.Descending, tensor.Unstable)),
			"topk": second(x.TopK(k, 0)), "least": second(x.TopK(k, 0, tensor.Smallest)), "few": second(x.TopK(max(1, n/64), 0)),
			"kthvalue": kth, "mode": second(x.ModeDim(0)), "median": second(x.MedianDim(0)),
		} {
			if !slices.Equal(got, want[op]) {
				t.Errorf("%s of %d below %d: %v; want %v", op, n, most, got[:min(20, len(got))], want[op][:min(20, len(want[op]))])
			}
		}
	}
}

// Draws from distributions that tensors describe are PyTorch's; normal numbers
// may differ in the last bits, as internal/mt19937 says.
func TestDrawsAsPyTorch(t *testing.T) {
	w := tensor.Of([]float32{0.1, 0, 0.5, 2, 0.3, 1, 1, 1, 1, 1}, 2, 5)
	mean, std := tensor.Arange(0, 6, 1).Cast(tensor.Float32).Reshape(2, 3), tensor.Of([]float32{0.5, 1, 0})
	d := tensor.Float64
	tensor.ManualSeed(42)
	want := ordersJSON(t).Draws
	for _, c := range []struct {
		name string
		got  *tensor.Tensor
	}{
		{"multinomial", tensor.Multinomial(w, 3)}, {"multinomial one", tensor.Multinomial(w.Select(0, 0), 1)},
		{"multinomial replaced", tensor.Make{}.MultinomialReplaced(w, 9)}, {"multinomial float64", tensor.Make{}.MultinomialReplaced(w.Cast(d), 9)},
		{"normal", tensor.Make{}.NormalEach(mean, std)}, {"normal float64", tensor.Make{}.NormalEach(mean.Cast(d), std.Cast(d))},
		{"uniform", tensor.Empty(3, 7).UniformInPlace(-100, 100)}, {"normal in place", tensor.Empty(17).NormalInPlace(3, 2)},
		{"uniform view", tensor.Empty(2, 4).Select(0, 1).UniformInPlace(1, 2)},
	} {
		if got := tensor.Slice[float64](c.got); !near(got, want[c.name]) {
			t.Errorf("%s: %v; want %v", c.name, got, want[c.name])
		}
	}
}
