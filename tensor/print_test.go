package tensor_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// printed makes the tensors of testdata/print.py.
func printed() map[string]*tensor.Tensor {
	nan, inf, zero := float32(math.NaN()), float32(math.Inf(1)), float32(math.Copysign(0, -1))
	f32 := func(v ...float32) *tensor.Tensor { return tensor.Of(v) }
	f64 := func(v ...float64) *tensor.Tensor { return tensor.Of(v) }
	count := func(n int) *tensor.Tensor { return tensor.Arange(0, n, 1) }
	real := func(n int) *tensor.Tensor { return tensor.Make{DType: tensor.Float32}.Arange(0, n, 1) }
	spike := real(2000)
	spike.Select(0, 1000).Fill(1e9)
	return map[string]*tensor.Tensor{
		"scalar": tensor.Scalar(3.5), "scalar int": tensor.Scalar(-7), "scalar bool": tensor.Scalar(true),
		"whole": f32(1, -2, 30), "fractions": f32(1, 2.25, -3.125, 1000.0/3).Reshape(2, 2),
		"sci small": f32(1e-5, 0.5), "sci range": f64(0.1, 1234.5), "sci large": f32(3e8, 1e8+8),
		"whole range": f32(1, 2000), "whole 1000": f32(1, 1000), "large 1e8": f64(1e8, 2e8), "just 1e-4": f64(1e-4, 0.05),
		"exponent 100": f64(1e-200, 1e100), "nan inf": f32(nan, 1.5, -inf, inf, 0), "nan whole": f32(nan, 1, -inf, -20).Reshape(2, 2),
		"only nan": f32(nan, inf, 0, zero), "zeros": tensor.Zeros(2, 3), "minus zero": f32(zero, 0.5),
		"ints": tensor.Of([]int64{1, -20, 300, 4}, 2, 2), "int64": tensor.Of([]int64{math.MinInt64, math.MaxInt64, 0}),
		"uint8": count(5).Cast(tensor.UInt8), "bools": tensor.Of([]bool{true, false, false, true}, 2, 2),
		"half": f64(0.1, 2.5).Cast(tensor.Float16), "bfloat16": f64(0.1, 300).Cast(tensor.BFloat16),
		"one row": real(24).MulScalar(1.0 / 8), "long row": count(100), "three dims": real(12).Reshape(2, 3, 2),
		"four dims": count(16).Reshape(2, 2, 2, 2), "empty": tensor.Zeros(0), "empty dims": tensor.Zeros(2, 0, 3), "size 1": tensor.Ones(1, 1, 1),
		"1000": real(1000), "1001": real(1001), "summary 2d": real(10000).MulScalar(1.0/16).Reshape(100, 100),
		"summary tall": count(2002).Reshape(1001, 2), "summary wide": count(2002).Reshape(2, 1001),
		"summary 3d": real(8*8*32).Reshape(8, 8, 32), "summary 7": count(1400).Reshape(7, 200), "summary edges": spike,
		"transposed": count(6).Reshape(2, 3).T(), "wide floats": real(40).Reshape(2, 20).MulScalar(1e9),
	}
}

func TestPrintAsPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/print.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string]string
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	cases := printed()
	if len(cases) != len(golden) {
		t.Errorf("%d cases here, %d of PyTorch", len(cases), len(golden))
	}
	for name, x := range cases {
		if got := x.String(); !strings.HasPrefix(got, "tensor("+golden[name]+",") || golden[name] == "" {
			t.Errorf("%s:\ngot  %s\nwant tensor(%s,", name, got, golden[name])
		}
	}
}

// What follows the elements.
func TestPrintNotes(t *testing.T) {
	x := tensor.Of([]float64{1, 2.5}).RequireGrad()
	wide := tensor.Of([]float64{1, 2, 3, 4, 5, 6, 7}).DivScalar(8.0)
	for _, c := range []struct {
		format, want string
		arg          any
	}{
		{"%v", "tensor([1.0000, 2.5000], shape=[2], dtype=float64, requires_grad=True)", x},
		{"%v", "tensor([2.0000, 3.5000], shape=[2], dtype=float64, grad_fn=<add>)", x.AddScalar(1)},
		{"%v", "tensor(1., shape=[], dtype=float64, grad_fn=<select>)", x.Select(0, 0)},
		{"%v", "tensor([1.0000, 2.5000], shape=[2], dtype=float64)", x.Detach()},
		{"%v", "tensor([1.0000, 2.5000], shape=[2], dtype=float64)", x.NoGrad()},
		{"%s", "tensor([], shape=[0 2], dtype=float32)", tensor.Zeros(0, 2)},
		{"%.1v", "tensor([1.0, 2.5], shape=[2], dtype=float64)", x.Detach()},
		{"%v", "[tensor(1, shape=[], dtype=int64)]", []*tensor.Tensor{tensor.Scalar(1)}},
		{"%6.2f", "tensor([  1.00,   2.50], shape=[2], dtype=float64)", x.Detach()},
		{"%.1e", "tensor([1.0e+00, 2.5e+00], shape=[2], dtype=float64)", x.Detach()},
		{"%f", "tensor([1.000000, 0.000000], shape=[2], dtype=float64)", tensor.Of([]float64{1, 1e-9})},
		{"%g", "tensor([  0.1, 1e-09], shape=[2], dtype=float32)", tensor.Of([]float32{0.1, 1e-9})},
		{"%5.1f", "tensor([    1,    20], shape=[2], dtype=int64)", tensor.Of([]int64{1, 20})},
		{"%.1f", "tensor([nan, inf], shape=[2], dtype=float64)", tensor.Of([]float64{math.NaN(), math.Inf(1)})},
		{"%d", "%!d(*tensor.Tensor)", x},
		{"%v", "<nil>", (*tensor.Tensor)(nil)},
		{"%.2f", "<nil>", &tensor.Tensor{}},
		{"%s", "<nil>", (*tensor.Tensor)(nil).String() + (&tensor.Tensor{}).String()[5:]},
		{"%v", "tensor([0.1250, 0.2500, 0.3750, 0.5000, 0.6250, 0.7500, 0.8750], shape=[7],\n       dtype=float64)", wide},
	} {
		if got := fmt.Sprintf(c.format, c.arg); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.format, got, c.want)
		}
	}
	if s := fmt.Sprintf("%+v", tensor.Ones(1200)); strings.Contains(s, "...") || strings.Count(s, "1.") != 1200 {
		t.Errorf("%%+v does not show every element: %s", s)
	}
	if x.Version() != 0 {
		t.Error("printing changed the tensor")
	}
}
