package onnx

import (
	"errors"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

func newStrings(s []string, shape []int) *Value {
	return &Value{Kind: KindStrings, Elem: proto.String, Strings: s, Shape: shape}
}

// equalStrings compares strings; one of them may be a single one.
func equalStrings(a, b *Value) *tensor.Tensor {
	if len(b.Strings) > len(a.Strings) {
		a, b = b, a
	}
	same := make([]bool, len(a.Strings))
	for i, s := range a.Strings {
		switch len(b.Strings) {
		case len(a.Strings):
			same[i] = s == b.Strings[i]
		case 1:
			same[i] = s == b.Strings[0]
		default:
			tensor.Misuse("Equal", errors.New("the shapes of strings do not fit"))
		}
	}
	return tensor.FromSlice(same, a.Shape)
}

// formatted is v as strings.
func formatted(v *Value) *Value {
	if v.Kind == KindStrings || v.Tensor == nil {
		return v
	}
	t := v.Tensor.Detach()
	out := make([]string, 0, t.Len())
	switch {
	case t.DType() == tensor.Bool:
		for _, b := range tensor.Slice[bool](t.Reshape(-1)) {
			out = append(out, map[bool]string{false: "False", true: "True"}[b])
		}
	case t.DType().IsFloat():
		size := map[tensor.DType]int{tensor.Float64: 64}[t.DType()]
		for _, f := range floatsOf(t) {
			out = append(out, formatFloat(f, max(size, 32)))
		}
	default:
		for _, i := range intsOf(t) {
			out = append(out, strconv.Itoa(i))
		}
	}
	return newStrings(out, t.Shape())
}

// formatFloat writes a number in the words of the specification of Cast.
func formatFloat(f float64, size int) string {
	s := strconv.FormatFloat(f, 'g', -1, size)
	switch s {
	case "NaN":
		return s
	case "+Inf":
		return "INF"
	case "-Inf":
		return "-INF"
	}
	return s
}

// parsed is strings as numbers: float64, or int64 for whole types.
func (c *call) parsed(v *Value, to ElemType) *Value {
	if storage(to).IsInt() {
		ints := make([]int64, len(v.Strings))
		for i, s := range v.Strings {
			var err error
			if ints[i], err = strconv.ParseInt(strings.TrimSpace(s), 10, 64); err != nil {
				c.failf("element %d is %q; want a whole number", i, s)
			}
		}
		return NewValue(tensor.FromSlice(ints, v.Shape))
	}
	floats := make([]float64, len(v.Strings))
	for i, s := range v.Strings {
		var err error
		if floats[i], err = strconv.ParseFloat(strings.TrimSpace(s), 64); err != nil && floats[i] == 0 {
			c.failf("element %d is %q; want a number", i, s)
		}
	}
	return NewValue(tensor.FromSlice(floats, v.Shape))
}

// textOps are operators of strings.
func textOps() map[string]opFunc {
	return map[string]opFunc{
		"StringNormalizer": func(c *call) []*Value { return []*Value{opStringNormalizer(c)} },
		"StringConcat":     func(c *call) []*Value { return []*Value{opStringConcat(c)} },
		"TfIdfVectorizer":  one(opTfIdf),
	}
}

// strings is input i, which must be a tensor of strings.
func (c *call) strings(i int) *Value {
	v := c.value(i)
	if v.Kind != KindStrings {
		c.failf("input %d is a %v; want strings", i, v)
	}
	return v
}

// opStringNormalizer drops stop words and changes the case.
func opStringNormalizer(c *call) *Value {
	x := c.strings(0)
	fold := map[string]func(string) string{"NONE": func(s string) string { return s }, "LOWER": strings.ToLower, "UPPER": strings.ToUpper}
	change := fold[c.choice("case_change_action", "NONE", "LOWER", "UPPER")]
	key := func(s string) string { return s }
	if !c.flag("is_case_sensitive", false) {
		key = strings.ToLower
	}
	stop := map[string]bool{}
	for _, s := range c.strsAttr("stopwords") {
		stop[key(s)] = true
	}
	var kept []string
	for _, s := range x.Strings {
		if !stop[key(s)] {
			kept = append(kept, change(s))
		}
	}
	if len(kept) == 0 {
		kept = []string{""}
	}
	shape := append([]int(nil), x.Shape...)
	if len(shape) == 0 || len(shape) > 2 || len(shape) == 2 && shape[0] != 1 {
		c.failf("input 0 is a %v; want [n] or [1, n]", x)
	}
	shape[len(shape)-1] = len(kept)
	return newStrings(kept, shape)
}

func opStringConcat(c *call) *Value {
	a, b := c.strings(0), c.strings(1)
	shape := tensor.BroadcastShapes(a.Shape, b.Shape)
	ia, ib := positions(a.Shape, shape), positions(b.Shape, shape)
	out := make([]string, len(ia))
	for i := range out {
		out[i] = a.Strings[ia[i]] + b.Strings[ib[i]]
	}
	return newStrings(out, shape)
}

// positions are where the elements of a tensor lie after it was broadcast.
func positions(shape, to []int) []int {
	return intsOf(tensor.Arange(0, product(shape), 1).Reshape(shape...).Expand(to...))
}
