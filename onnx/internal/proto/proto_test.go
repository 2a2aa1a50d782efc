package proto

import (
	"bytes"
	"fmt"
	"path"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/facula-ml/facula/onnx/internal/official"
)

// file is what every kind of file can do.
type file interface {
	Marshal() []byte
	message
}

// The official test data was written by Google's library, so reading and writing
// a file must give its bytes again. Models may differ by the bytes of each empty
// string, which some writers write and some do not; they must read the same again.
func TestOfficialFiles(t *testing.T) {
	files, err := official.Read("../../testdata/node.tar.bz2")
	if err != nil {
		t.Fatal(err)
	}
	models, equal := 0, 0
	for name, data := range files {
		if path.Base(name) != "model.onnx" {
			continue
		}
		m, err := Unmarshal(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		models++
		out := m.Marshal()
		again, err := Unmarshal(out)
		switch {
		case bytes.Equal(out, data):
			equal++
		case err != nil || !reflect.DeepEqual(m, again) || len(out) < len(data)*9/10:
			t.Errorf("%s: %d bytes became %d others: %v", name, len(data), len(out), err)
		}
		checkData(t, files, path.Dir(name), m.Graph)
	}
	if models != 955 || equal < 600 {
		t.Errorf("%d models, %d of them the same bytes again; want 955 and at least 600", models, equal)
	}
}

// checkData does the same for the inputs and outputs of a case. The type of the
// model's value says what a file holds.
func checkData(t *testing.T, files map[string][]byte, dir string, g *Graph) {
	for prefix, list := range map[string][]*ValueInfo{"input": g.Input, "output": g.Output} {
		for i, v := range list {
			name := fmt.Sprintf("%s/test_data_set_0/%s_%d.pb", dir, prefix, i)
			data, ok := files[name]
			if !ok {
				continue // an initializer of the same name
			}
			m := file(new(Tensor))
			switch {
			case v.Type.Sequence != nil:
				m = new(Sequence)
			case v.Type.Optional != nil:
				m = new(Optional)
			}
			if err := unmarshal(data, m); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if out := m.Marshal(); !bytes.Equal(out, data) {
				t.Errorf("%s: %d bytes became %d others", name, len(data), len(out))
			}
		}
	}
}

// Every field of every message survives a round trip, whatever the official
// files use: a message is filled by reflection, with a value of its own in each field.
func TestEveryField(t *testing.T) {
	for _, m := range []file{new(Model), new(Tensor), new(Sequence), new(Optional)} {
		n := 0
		fill(reflect.ValueOf(m).Elem(), &n, 7)
		back := reflect.New(reflect.TypeOf(m).Elem()).Interface().(file)
		if err := unmarshal(m.Marshal(), back); err != nil {
			t.Errorf("%T: %v", m, err)
		}
		if !reflect.DeepEqual(m, back) {
			t.Errorf("%T changed in a round trip", m)
		}
		if got, want := sizeOf(m), len(m.Marshal()); got != want {
			t.Errorf("%T: size %d, bytes %d", m, got, want)
		}
	}
}

// fill gives v's fields values, messages down to a depth.
func fill(v reflect.Value, n *int, depth int) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		if depth > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), n, depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n, depth)
		}
		if a, ok := v.Addr().Interface().(*Attribute); ok { // one value of the three is written
			a.Type = AttributeType(1 + *n%3)
			a.RefAttrName = ""
			a.F, a.I, a.S = zeroUnless(a.Type == AttrFloat, a.F), zeroUnless(a.Type == AttrInt, a.I), zeroUnless(a.Type == AttrString, a.S)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Pointer && depth == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n, depth)
		fill(v.Index(1), n, depth)
	case reflect.String:
		v.SetString(strings.Repeat("x", 1+*n%7) + "\xff")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(*n) / 4)
	case reflect.Uint64:
		v.SetUint(uint64(*n) << 40)
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	default:
		v.SetInt(int64(-*n))
	}
}

func zeroUnless[T any](keep bool, v T) T {
	if !keep {
		return *new(T)
	}
	return v
}

// Numbers in lists are read packed and one by one, as protobuf asks.
func TestPackedAndLoose(t *testing.T) {
	var b []byte
	b = protowire.AppendTag(b, 1, protowire.BytesType) // dims, packed
	b = protowire.AppendBytes(b, []byte{2, 0x80, 1})
	for _, v := range []float32{1, 2} { // float_data, loose
		b = (&Attribute{Type: AttrFloat, F: v}).appendFloat(b, 4)
	}
	b = protowire.AppendTag(b, 10, protowire.Fixed64Type) // double_data, loose
	b = protowire.AppendFixed64(b, 0x3ff0000000000000)
	got, err := UnmarshalTensor(b)
	want := &Tensor{Dims: []int64{2, 128}, FloatData: []float32{1, 2}, DoubleData: []float64{1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func (a *Attribute) appendFloat(b []byte, num protowire.Number) []byte {
	c := codec{dir: writing, out: b}
	c.float(num, &a.F)
	return c.out
}

// nested is a message in field num of itself, n deep.
func nested(num protowire.Number, n int) []byte {
	var b []byte
	for range n {
		b = protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), b)
	}
	return b
}

func TestRefuses(t *testing.T) {
	raw := func(num protowire.Number, typ protowire.Type, content ...byte) []byte {
		return append(protowire.AppendTag(nil, num, typ), content...)
	}
	for _, c := range []struct {
		why  string
		data []byte
		want string
	}{
		{"text", []byte("this is not a model"), "wire type 4, which ONNX does not use"},
		{"a tag cut short", []byte{0x80}, "cut short"},
		{"field number 0", []byte{0x00, 0x01}, "cut short or not protobuf"},
		{"a length beyond the end", raw(2, protowire.BytesType, 200, 1, 'x'), "field 2: cut short"},
		{"a length of 2^63", raw(2, protowire.BytesType, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), "field 2: cut short"},
		{"a varint without end", raw(1, protowire.VarintType, 0xff, 0xff), "field 1: cut short"},
		{"a varint of 11 bytes", raw(1, protowire.VarintType, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), "field 1: cut short"},
		{"a fixed number cut short", raw(99, protowire.Fixed64Type, 1, 2), "field 99: cut short"},
		{"a string as a number", raw(2, protowire.VarintType, 5), "Model: field 2 has wire type 0; want 2"},
		{"a number as a string", raw(1, protowire.BytesType, 0), "Model: field 1 has wire type 2; want 0"},
		{"a group", raw(7, protowire.StartGroupType), "wire type 3, which ONNX does not use"},
		{"a graph cut short", raw(7, protowire.BytesType, 2, 0x12, 5), "Model: Graph: field 2: cut short"},
		{"a number for a graph", raw(7, protowire.VarintType, 2), "Model: field 7 has wire type 0; want 2"},
	} {
		if m, err := Unmarshal(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v; want an error with %q", c.why, m, err, c.want)
		}
	}
	if _, err := UnmarshalOptional(nested(7, 99)); err != nil {
		t.Errorf("100 messages in each other: %v", err)
	}
	if _, err := UnmarshalOptional(nested(7, 100)); err == nil || !strings.Contains(err.Error(), "deeper than 100") {
		t.Errorf("101 messages in each other: got %v", err)
	}
	if _, err := UnmarshalTensor(raw(4, protowire.BytesType, 3, 1, 2, 3)); err == nil || !strings.Contains(err.Error(), "multiple of 4") {
		t.Errorf("3 bytes of floats: got %v", err)
	}
	if _, err := UnmarshalTensor(raw(7, protowire.BytesType, 1, 0x80)); err == nil {
		t.Error("half a number in a list: no error")
	}
}

// A million empty nodes are 2 MB of file and would be 200 MB of structs.
func TestAmplification(t *testing.T) {
	graph := bytes.Repeat([]byte{0x0a, 0}, 1<<20)
	model := protowire.AppendBytes(protowire.AppendTag(nil, 7, protowire.BytesType), graph)
	if _, err := Unmarshal(model); err == nil || !strings.Contains(err.Error(), "too many small messages") {
		t.Errorf("got %v", err)
	}
}

// Whatever the bytes, Unmarshal returns; what it accepts, it can write and read again.
func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte{})
	f.Add(nested(7, 12))
	m := new(Model)
	n := 0
	fill(reflect.ValueOf(m).Elem(), &n, 2)
	f.Add(m.Marshal())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Unmarshal(data)
		if err != nil {
			return
		}
		first := m.Marshal()
		again, err := Unmarshal(first)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Marshal(), first) {
			t.Error("a second round trip changed the model")
		}
	})
}
