package onnx_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// opCases are the samples of the op tables, as functions of their tensors.
func opCases() []exportCase {
	var cases []exportCase
	entries := slices.Concat(tensor.Entries(), vision.Entries(), special.Entries(), nn.Entries())
	for _, e := range entries {
		if e.Undefined || strings.HasPrefix(e.Name, "empty") || strings.HasSuffix(e.Name, "_") {
			continue // random
		}
		d := tensor.Float32
		if !slices.Contains(e.DTypes, d) {
			if len(e.DTypes) == 0 {
				continue
			}
			d = e.DTypes[0]
			if slices.Contains(e.DTypes, tensor.Int64) {
				d = tensor.Int64
			}
		}
		for i, s := range e.Samples {
			if s.Only == nil || slices.Contains(s.Only, d) {
				if c := opCase(&e, i, s, d); len(c.in) > 0 {
					cases = append(cases, c)
				}
			}
		}
	}
	return cases
}

// opCase is sample i of an op.
func opCase(e *tensor.Entry, i int, s tensor.Sample, d tensor.DType) exportCase {
	rng := rand.New(rand.NewPCG(1, uint64(i)))
	c := exportCase{name: fmt.Sprintf("%s_%d", e.Name, i), dim: -1}
	pos, kw := arguments(s, func(a tensor.Arg) any {
		c.in = append(c.in, operand(a, d, rng))
		return len(c.in) - 1
	})
	c.f = func(in []*tensor.Tensor) []*tensor.Tensor {
		var put func(v any) any
		put = func(v any) any {
			switch v := v.(type) {
			case slot:
				return in[v]
			case []any:
				list := make([]any, len(v))
				for i := range v {
					list[i] = put(v[i])
				}
				return list
			}
			return v
		}
		named := map[string]any{}
		for k, v := range kw {
			named[k] = put(v)
		}
		a, err := tensor.Bind(e.Sig, put(pos).([]any), named)
		if err != nil {
			tensor.Misuse("bind", err)
		}
		return e.Call(a)
	}
	return c
}

// A slot stands for an input.
type slot int

// arguments are a sample's, with slots in the place of tensors.
func arguments(s tensor.Sample, f func(a tensor.Arg) any) (pos []any, kw map[string]any) {
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case tensor.Arg:
			return slot(f(v).(int))
		case []any:
			list := make([]any, len(v))
			for i := range v {
				list[i] = walk(v[i])
			}
			return list
		}
		return v
	}
	pos, kw = walk(append([]any{}, s.Args...)).([]any), map[string]any{}
	keys := make([]string, 0, len(s.Kw))
	for k := range s.Kw {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		kw[k] = walk(s.Kw[k])
	}
	return pos, kw
}

// operand is a tensor as the sample wants it.
func operand(a tensor.Arg, d tensor.DType, rng *rand.Rand) *tensor.Tensor {
	if a.DType != 0 {
		d = a.DType
	}
	n, lo, hi := 1, a.Lo, a.Hi
	for _, k := range a.Shape {
		n *= k
	}
	if lo == 0 && hi == 0 {
		lo, hi = -2, 2
	}
	v := slices.Clone(a.Values)
	if v == nil {
		perm := rng.Perm(n)
		for i := range n {
			x := lo + (hi-lo)*(float64(perm[i])+0.5)/float64(n)
			if d.IsInt() && !a.Apart {
				x = math.Floor(lo + rng.Float64()*(hi-lo))
			}
			v = append(v, x)
		}
	}
	if len(v) == 0 {
		return tensor.Make{DType: d}.Zeros(a.Shape...)
	}
	return tensor.Of(v, len(v)).Reshape(a.Shape...).Cast(d)
}

// Reasons why a sample of an op does not export.
var opReasons = []string{
	"has no counterpart in ONNX's opset 17",
	"has a tensor without elements",
	"is a view with strides",
	"a tensor that no traced op made",
	"the model returned no tensor",
}

// Samples of the op tables, through the file and back. At least as many ops
// export as when this was written.
func TestExportOps(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	done := map[string]bool{}
	for _, c := range opCases() {
		var b bytes.Buffer
		if err := onnx.Export(&b, c.f, c.in); err != nil {
			if !slices.ContainsFunc(opReasons, func(r string) bool { return strings.Contains(err.Error(), r) }) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		done[c.name[:strings.LastIndex(c.name, "_")]] = true
		m, err := onnx.Read(b.Bytes())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		c.compare(t, m, c.in)
	}
	if len(done) < 370 {
		t.Errorf("%d ops export; there were 370", len(done))
	}
}
