package tensor_test

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

type specialCase struct {
	Op    string
	In    [][]string
	Args  []any
	Kw    map[string]any
	DType string
	Out   []string
	Grad  [][]string
}

// Values and gradients at NaN, infinities, zeros, kinks and ties are
// PyTorch's: golden numbers of testdata/make_special.py.
func TestSpecialValues(t *testing.T) {
	raw, err := os.ReadFile("testdata/special.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []specialCase }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	entries := map[string]tensor.Entry{}
	for _, e := range tensor.Entries() {
		entries[e.Name] = e
	}
	for _, c := range file.Cases {
		e, ok := entries[c.Op]
		if !ok {
			t.Errorf("no entry %s", c.Op)
			continue
		}
		c.run(t, e)
	}
	if len(file.Cases) < 80 {
		t.Errorf("%d cases; want 80 or more", len(file.Cases))
	}
}

func (c *specialCase) run(t *testing.T, e tensor.Entry) {
	t.Helper()
	d := tensor.Float64
	if c.Grad == nil && c.DType == "int8" || c.Op == "logical_not" && c.In[0][0] == "-128" {
		d = tensor.Int8
	}
	var in []*tensor.Tensor
	for _, v := range c.In {
		x := tensor.Of(parseAll(t, v)).Cast(d)
		if d == tensor.Float64 {
			x.RequireGrad()
		}
		in = append(in, x)
	}
	pos, next := []any{in[0]}, 1
	for _, a := range c.Args {
		if a == nil {
			a = in[next]
			next++
		}
		pos = append(pos, number(a))
	}
	kw := map[string]any{}
	for k, v := range c.Kw {
		kw[k] = number(v)
	}
	args, err := tensor.Bind(e.Sig, pos, kw)
	if err != nil {
		t.Errorf("%s: %v", c.Op, err)
		return
	}
	y := e.Call(args)[0]
	if got := y.DType().String(); got != c.DType {
		t.Errorf("%s %v %v: dtype %s; want %s", c.Op, c.Args, c.Kw, got, c.DType)
	}
	c.compare(t, "value", tensor.Slice[float64](y), c.Out)
	if c.Grad == nil {
		return
	}
	for i, g := range tensor.Grad([]*tensor.Tensor{y.Sum()}, in) {
		c.compare(t, "gradient "+strconv.Itoa(i), tensor.Slice[float64](g), c.Grad[i])
	}
}

// number is a number of JSON, whose integers Go reads as float64.
func number(v any) any {
	if f, ok := v.(float64); ok && f == math.Trunc(f) {
		return int(f)
	}
	return v
}

func parseAll(t *testing.T, list []string) []float64 {
	t.Helper()
	out := make([]float64, len(list))
	for i, s := range list {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = f
	}
	return out
}

// anyZero are ops where the sign of a zero is not compared: the larger of 0 and
// -0 is 0 here, and either in PyTorch, by the length of the row; e^-0 - 1 is 0
// there by rounding.
var anyZero = map[string]bool{
	"maximum": true, "minimum": true, "clamp": true, "clamp_min": true, "clamp_max": true,
	"nn.functional.hardtanh": true, "nn.functional.relu6": true, "nn.functional.elu": true,
}

// compare wants NaN for NaN, the same infinity, and the sign of a zero value.
// 1e-12 is what libraries differ in the last digits; 1e-15 is the rounding of
// a 1 that PyTorch takes away again, in e^x - 1, 1 + erf x and 1 - tanh² x.
func (c *specialCase) compare(t *testing.T, what string, got []float64, want []string) {
	t.Helper()
	w := parseAll(t, want)
	if len(got) != len(w) {
		t.Errorf("%s %v %v: %d elements of %s; want %d", c.Op, c.Args, c.Kw, len(got), what, len(w))
		return
	}
	for i := range w {
		ok := math.Abs(got[i]-w[i]) <= 1e-12*math.Abs(w[i])+1e-15
		switch {
		case w[i] != w[i]:
			ok = got[i] != got[i]
		case math.IsInf(w[i], 0):
			ok = got[i] == w[i]
		case w[i] == 0 && got[i] == 0 && what == "value" && !anyZero[c.Op]:
			ok = math.Signbit(got[i]) == math.Signbit(w[i])
		}
		if ok {
			continue
		}
		var at []string
		for _, in := range c.In {
			at = append(at, in[i])
		}
		t.Errorf("%s%v %v %v: %s is %v; want %v", c.Op, at, c.Args, c.Kw, what, got[i], want[i])
	}
}
