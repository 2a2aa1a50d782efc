package tensor_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// After ManualSeed the creation functions give what PyTorch's give
// (testdata/randoms.py). Integers, uniform and half-precision numbers are the
// same; normal ones may differ in the last bits, as internal/mt19937 says.
func TestRandomAsPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/randoms.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string]struct {
		Shape  []int
		DType  string
		Values []float64
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	f64, f16, bf16 := tensor.Make{DType: tensor.Float64}, tensor.Make{DType: tensor.Float16}, tensor.Make{DType: tensor.BFloat16}
	p := tensor.Arange(0, 11, 1).Cast(tensor.Float32).DivScalar(10)
	calls := []struct {
		name string
		make func() *tensor.Tensor
	}{
		{"rand", func() *tensor.Tensor { return tensor.Rand(2, 3) }},
		{"randn", func() *tensor.Tensor { return tensor.Randn(3, 7) }},
		{"randn few", func() *tensor.Tensor { return tensor.Randn(5) }},
		{"rand float64", func() *tensor.Tensor { return f64.Rand(4) }},
		{"randn float64", func() *tensor.Tensor { return f64.Randn(17) }},
		{"rand float16", func() *tensor.Tensor { return f16.Rand(4) }},
		{"randn bfloat16", func() *tensor.Tensor { return bf16.Randn(4) }},
		{"uniform", func() *tensor.Tensor { return tensor.Make{}.Uniform(-3, 2, 5) }},
		{"normal", func() *tensor.Tensor { return tensor.Make{}.Normal(1, 0.5, 5) }},
		{"randint", func() *tensor.Tensor { return tensor.RandInt(-3, 10, 7) }},
		{"randint wide", func() *tensor.Tensor { return tensor.RandInt(0, 1<<40, 3) }},
		{"randperm", func() *tensor.Tensor { return tensor.RandPerm(12) }},
		{"bernoulli", func() *tensor.Tensor { return tensor.Bernoulli(0.3, 9) }},
		{"bernoulli each", func() *tensor.Tensor { return tensor.Make{}.BernoulliEach(p) }},
		{"bernoulli each float64", func() *tensor.Tensor { return tensor.Make{}.BernoulliEach(p.Cast(tensor.Float64)) }},
		{"rand_like", func() *tensor.Tensor { return tensor.RandLike(tensor.Ones(2, 2)) }},
		{"randn_like", func() *tensor.Tensor { return tensor.RandnLike(f64.Ones(2, 2)) }},
		{"randint_like", func() *tensor.Tensor { return tensor.RandIntLike(tensor.Ones(3), 0, 100) }},
		{"rand again", func() *tensor.Tensor { return tensor.Rand(3) }},
	}
	if len(calls) != len(golden) {
		t.Errorf("%d calls here, %d of PyTorch", len(calls), len(golden))
	}
	tensor.ManualSeed(42)
	for _, c := range calls {
		got, want := c.make(), golden[c.name]
		if got.DType().String() != want.DType || !slices.Equal(got.Shape(), want.Shape) {
			t.Fatalf("%s is %v %v; PyTorch's is %s %v", c.name, got.DType(), got.Shape(), want.DType, want.Shape)
		}
		ulp := 0.0
		if strings.Contains(c.name, "norm") || strings.Contains(c.name, "randn") {
			ulp = map[tensor.DType]float64{tensor.Float32: 0x1p-22, tensor.Float64: 0x1p-48}[got.DType()]
		}
		for i, v := range tensor.Slice[float64](got) {
			if math.Abs(v-want.Values[i]) > ulp*math.Abs(want.Values[i]) {
				t.Errorf("%s: element %d is %v; PyTorch's is %v", c.name, i, v, want.Values[i])
			}
		}
	}
}

// A generator goes on from a saved state, and leaves the default one alone.
func TestGeneratorState(t *testing.T) {
	g := tensor.NewGenerator(1)
	m := tensor.Make{Gen: g}
	state, before := g.State(), tensor.DefaultGenerator().State()
	a := m.Randn(20)
	if err := g.SetState(state); err != nil {
		t.Fatal(err)
	}
	valuesAre(t, "the same numbers again", m.Randn(20), tensor.Slice[float64](a)...)
	g.Seed(1)
	valuesAre(t, "and after Seed", m.Randn(20), tensor.Slice[float64](a)...)
	if !slices.Equal(before, tensor.DefaultGenerator().State()) {
		t.Error("a generator of its own moved the default one")
	}
	if err := g.SetState(state[:10]); err == nil {
		t.Error("a short state was taken")
	}
}
