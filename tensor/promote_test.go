package tensor_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// Every pair of dtypes, with golden values of testdata/make_promote.py.
func TestPromotion(t *testing.T) {
	var want struct{ Pairs, Scalars, Numbers map[string]string }
	raw, err := os.ReadFile("testdata/promote.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	byName := map[string]tensor.DType{}
	for _, d := range tensor.AllDTypes {
		byName[d.String()] = d
	}
	ones := func(name string, shape ...int) *tensor.Tensor {
		return tensor.Make{DType: byName[name]}.Ones(shape...)
	}
	if len(want.Pairs) != 100 || len(want.Scalars) != 100 || len(want.Numbers) != 60 {
		t.Fatalf("%d pairs, %d scalars, %d numbers; want 100, 100, 60", len(want.Pairs), len(want.Scalars), len(want.Numbers))
	}
	for k, w := range want.Pairs {
		a, b, _ := strings.Cut(k, " ")
		if got := tensor.PromoteTypes(byName[a], byName[b]).String(); got != w {
			t.Errorf("promote %s: %s; want %s", k, got, w)
		}
	}
	for k, w := range want.Scalars {
		a, b, _ := strings.Cut(k, " ")
		if got := tensor.ResultType(ones(a, 2), ones(b)).String(); got != w {
			t.Errorf("[2] %s with scalar %s: %s; want %s", a, b, got, w)
		}
		if got := ones(a, 2).Add(ones(b)).DType().String(); got != w {
			t.Errorf("[2] %s + scalar %s: %s; want %s", a, b, got, w)
		}
	}
	numbers := map[string]any{"int": 1, "float": 1.5, "bool": true}
	for k, w := range want.Numbers {
		f := strings.Fields(k)
		x := ones(f[len(f)-2], 2)
		if f[0] == "0-d" {
			x = ones(f[1])
		}
		if got := x.AddScalar(numbers[f[len(f)-1]]).DType().String(); got != w {
			t.Errorf("%s: %s; want %s", k, got, w)
		}
	}
}
