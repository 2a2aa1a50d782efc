package onnx_test

import (
	"math"
	"slices"
	"testing"

	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/tensor"
)

// Each exported model, read again, gives what the model gives, at the exported
// batch size and at another one. The results of facula are the model's own; that
// ONNX means the same by the file is for scripts/onnx to show.
func TestExportImport(t *testing.T) {
	for _, c := range exportCases() {
		data := c.export(t)
		if data == nil {
			continue
		}
		m, err := onnx.Read(data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		sets := [][]*tensor.Tensor{c.in}
		if c.dim >= 0 {
			sets = append(sets, c.longer())
		}
		for _, in := range sets {
			c.compare(t, m, in)
		}
	}
}

func (c *exportCase) compare(t *testing.T, m *onnx.Model, in []*tensor.Tensor) {
	t.Helper()
	named := map[string]*tensor.Tensor{}
	for i, x := range in {
		named[m.Inputs[i].Name] = x
	}
	got, err := m.Run(named)
	if err != nil {
		t.Errorf("%s: %v", c.name, err)
		return
	}
	for i, want := range c.run(in) {
		y := got[m.Outputs[i].Name]
		if !slices.Equal(y.Shape(), want.Shape()) || y.DType() != want.DType() {
			t.Errorf("%s: output %d is %v %v; want %v %v", c.name, i, y.DType(), y.Shape(), want.DType(), want.Shape())
			continue
		}
		// float32 sums in another order; the worst case here is 7e-7 of the result.
		a, b := tensor.Slice[float64](y), tensor.Slice[float64](want)
		for k := range a {
			same := a[k] == b[k] || math.IsNaN(a[k]) && math.IsNaN(b[k])
			if !same && !(math.Abs(a[k]-b[k]) <= 1e-5*max(1, math.Abs(b[k]))) {
				t.Errorf("%s: output %d, element %d is %v; want %v", c.name, i, k, a[k], b[k])
				break
			}
		}
	}
}
