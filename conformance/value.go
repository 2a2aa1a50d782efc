package conformance

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/facula-ml/facula/internal/half"
	"github.com/facula-ml/facula/tensor"
)

// values makes the values of one call and collects its inputs that need
// gradients, in their order.
type values struct {
	c      *Corpus
	leaves []*tensor.Tensor
	// wide makes all floating-point tensors float64, and integers too if asked; widened says that there was one.
	wide, integers, widened bool
}

// number is a JSON number that keeps the difference between 1 and 1.0, as
// Python does.
func number(n json.Number) (any, error) {
	if strings.ContainsAny(n.String(), ".eE") {
		return n.Float64()
	}
	i, err := n.Int64()
	return int(i), err
}

// read returns what Entry.Call takes for v.
func (m *values) read(v json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(v))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return nil, err
	}
	return m.value(x)
}

func (m *values) value(v any) (any, error) {
	switch x := v.(type) {
	case json.Number:
		return number(x)
	case []any:
		return m.list(x)
	case map[string]any:
		return m.object(x)
	}
	return v, nil // nil, bool, string
}

func (m *values) list(in []any) (any, error) {
	out := make([]any, len(in))
	for i, x := range in {
		var err error
		if out[i], err = m.value(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// object reads the forms of the corpus: {"tensor": …}, {"tuple": …} and so on.
func (m *values) object(o map[string]any) (any, error) {
	if name, ok := o["tensor"].(string); ok {
		return m.tensor(name, o)
	}
	for kind, x := range o {
		switch kind {
		case "tuple":
			return m.value(x)
		case "dtype":
			return dtype(x)
		case "slice":
			return m.slice(x)
		case "ellipsis":
			return tensor.Ellipsis, nil
		case "float":
			return tagged(x)
		case "memory_format", "device":
			return x, nil
		}
	}
	return nil, fmt.Errorf("unknown value %v", o)
}

func dtype(x any) (any, error) {
	for d := tensor.DType(1); d.String() != "invalid dtype"; d++ {
		if d.String() == x {
			return d, nil
		}
	}
	return nil, &tensor.BindError{Sig: "dtype", Msg: fmt.Sprintf("%v is not one of facula's", x)}
}

func tagged(x any) (any, error) {
	switch x {
	case "inf":
		return math.Inf(1), nil
	case "-inf":
		return math.Inf(-1), nil
	case "nan":
		return math.NaN(), nil
	}
	return nil, fmt.Errorf("unknown float %v", x)
}

func (m *values) slice(x any) (any, error) {
	v, err := m.value(x)
	if err != nil {
		return nil, err
	}
	l, ok := v.([]any)
	if !ok || len(l) != 3 {
		return nil, fmt.Errorf("a slice is %v; want three numbers", x)
	}
	bound := [3]int{0, tensor.End, 1}
	for i, v := range l {
		if n, ok := v.(int); ok {
			bound[i] = n
		}
	}
	return tensor.Range(bound[0], bound[1], bound[2]), nil
}

// tensor makes a named tensor with the given strides.
func (m *values) tensor(name string, o map[string]any) (*tensor.Tensor, error) {
	s, ok := m.c.tensors[name]
	if !ok {
		return nil, fmt.Errorf("no tensor %s", name)
	}
	t := s.make()
	if d := t.DType(); m.wide && d != tensor.Float64 && (d.IsFloat() || m.integers && d.IsInt()) {
		t, m.widened = t.Cast(tensor.Float64), true
	}
	if list, ok := o["stride"].([]any); ok {
		stride := make([]int, len(list))
		for i, x := range list {
			v, err := number(x.(json.Number))
			if err != nil {
				return nil, err
			}
			stride[i] = v.(int)
		}
		t = withStrides(t, stride)
	}
	if o["requires_grad"] == true {
		t.RequireGrad()
		m.leaves = append(m.leaves, t)
	}
	return t, nil
}

// withStrides is t with its elements laid out anew. Places may be shared, by
// elements that are equal then.
func withStrides(t *tensor.Tensor, stride []int) *tensor.Tensor {
	if t.Len() == 0 {
		return t
	}
	size, places := 1, []int64{0}
	for i, d := range t.Shape() {
		size += (d - 1) * stride[i]
		var next []int64
		for _, p := range places {
			for k := range d {
				next = append(next, p+int64(k*stride[i]))
			}
		}
		places = next
	}
	v := tensor.Make{DType: t.DType()}.Zeros(size)
	return v.IndexCopy(0, tensor.Of(places), t.Flatten(0, -1)).AsStrided(t.Shape(), stride, 0)
}

func (s *stored) make() *tensor.Tensor {
	t := tensor.Make{DType: s.dtype}.Empty(s.shape...)
	if len(s.bytes) == 0 {
		return t
	}
	switch s.dtype {
	case tensor.Float64:
		return of[float64](s)
	case tensor.Float32:
		return of[float32](s)
	case tensor.Float16, tensor.BFloat16:
		return s.halves()
	case tensor.Int64:
		return of[int64](s)
	case tensor.Int32:
		return of[int32](s)
	case tensor.Int16:
		return of[int16](s)
	case tensor.Int8:
		return of[int8](s)
	case tensor.UInt8:
		return of[uint8](s)
	}
	b := make([]bool, len(s.bytes))
	for i := range b {
		b[i] = s.bytes[i] != 0
	}
	return tensor.FromSlice(b, s.shape)
}

func of[T tensor.Element](s *stored) *tensor.Tensor {
	v := make([]T, len(s.bytes)/s.dtype.Size())
	if _, err := binary.Decode(s.bytes, binary.LittleEndian, v); err != nil {
		panic(err) // the sizes were checked when it was read
	}
	return tensor.FromSlice(v, s.shape)
}

func (s *stored) halves() *tensor.Tensor {
	v := make([]float32, len(s.bytes)/2)
	for i := range v {
		bits := binary.LittleEndian.Uint16(s.bytes[2*i:])
		if s.dtype == tensor.BFloat16 {
			v[i] = half.BF16(bits).Float32()
		} else {
			v[i] = half.F16(bits).Float32()
		}
	}
	return tensor.FromSlice(v, s.shape).Cast(s.dtype) // exact
}
