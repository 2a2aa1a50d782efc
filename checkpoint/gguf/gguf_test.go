package gguf

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

var _ archive.File = (*File)(nil)

func golden(t testing.TB) *File {
	t.Helper()
	f, err := Open("testdata/golden.gguf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestPlainTensors(t *testing.T) {
	f := golden(t)
	for name, d := range map[string]tensor.DType{"float32": tensor.Float32, "float16": tensor.Float16, "float64": tensor.Float64,
		"int8": tensor.Int8, "int16": tensor.Int16, "int32": tensor.Int32, "int64": tensor.Int64} {
		x, err := f.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		if x.DType() != d || !slices.Equal(x.Shape(), []int{2, 3, 4}) {
			t.Errorf("%s: %v of %v; want %v of [2 3 4]", name, x.DType(), x.Shape(), d)
		}
		for i, v := range tensor.Slice[float64](x.Cast(tensor.Float64)) {
			if v != float64(i-5) {
				t.Errorf("%s: element %d is %v; want %d", name, i, v, i-5)
			}
		}
	}
	x, err := f.Tensor("bfloat16")
	if err != nil || x.DType() != tensor.BFloat16 {
		t.Fatalf("bfloat16: %v, %v", x, err)
	}
	if got := tensor.Slice[float64](x.Cast(tensor.Float64)); !slices.Equal(got, []float64{1, -2.5, 3.140625, 0}) {
		t.Errorf("bfloat16: %v", got)
	}
}

// The values of llama.cpp's own package, to the bit.
func TestQuantised(t *testing.T) {
	f := golden(t)
	for kind, shape := range map[string][]int{"q4_0": {3, 64}, "q4_1": {3, 64}, "q5_0": {3, 64}, "q5_1": {3, 64}, "q8_0": {3, 64},
		"q2_k": {2, 512}, "q3_k": {2, 512}, "q4_k": {2, 512}, "q5_k": {2, 512}, "q6_k": {2, 512}} {
		x, err := f.Tensor(kind)
		if err != nil {
			t.Fatal(err)
		}
		want, err := f.Tensor(kind + ".want")
		if err != nil {
			t.Fatal(err)
		}
		if x.DType() != tensor.Float32 || !slices.Equal(x.Shape(), shape) {
			t.Errorf("%s: %v of %v; want float32 of %v", kind, x.DType(), x.Shape(), shape)
		}
		got, ref := tensor.Slice[float32](x), tensor.Slice[float32](want)
		for i := range ref {
			if math.Float32bits(got[i]) != math.Float32bits(ref[i]) && (got[i] != 0 || ref[i] != 0) {
				t.Errorf("%s: element %d is %v; want %v", kind, i, got[i], ref[i])
				break
			}
		}
	}
}

// The package that writes the golden file knows no Q8_K: a scale, then bytes.
func TestQ8K(t *testing.T) {
	block := cat(u32(math.Float32bits(0.5)), make([]byte, 256+32))
	for i := range 256 {
		block[4+i] = byte(i)
	}
	f := open(t, file(3, nil, tensors(info("x", 15, 0, 256)), block))
	x, err := f.Tensor("x")
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range tensor.Slice[float32](x) {
		if want := 0.5 * float32(int8(i)); v != want {
			t.Errorf("element %d is %v; want %v", i, v, want)
		}
	}
}

func TestMetadata(t *testing.T) {
	f := golden(t)
	text := f.Metadata()
	for key, c := range map[string]struct {
		want any
		text string
	}{
		"general.architecture": {"facula-test", "facula-test"},
		"general.alignment":    {uint32(64), "64"},
		"test.uint8":           {uint8(200), "200"},
		"test.int8":            {int8(-100), "-100"},
		"test.uint16":          {uint16(60000), "60000"},
		"test.int16":           {int16(-30000), "-30000"},
		"test.uint32":          {uint32(4000000000), "4000000000"},
		"test.int32":           {int32(-2000000000), "-2000000000"},
		"test.uint64":          {uint64(math.MaxUint64), "18446744073709551615"},
		"test.int64":           {int64(math.MinInt64), "-9223372036854775808"},
		"test.float32":         {float32(0.1), "0.1"},
		"test.float64":         {0.1, "0.1"},
		"test.bool":            {true, "true"},
		"test.string":          {"žluťoučký kůň", "žluťoučký kůň"},
		"test.tokens": {[]string{"<s>", "a", "", "日本", "5", "6", "7", "8", "9", "10"},
			`["<s>", "a", "", "日本", "5", "6", "7", "8", … (10 elements)]`},
		"test.floats": {[]float32{0.5, -1.5}, "[0.5, -1.5]"},
		"test.bools":  {[]bool{true, false, true}, "[true, false, true]"},
		"test.ints":   {[]int32{1, -2, 3}, "[1, -2, 3]"},
		"test.nested": {[]any{[]int32{1, 2}, []int32{3}}, "[[1, 2], [3]]"},
	} {
		v, err := f.Value(key)
		if err != nil || !reflect.DeepEqual(v, c.want) {
			t.Errorf("%s is %#v, %v; want %#v", key, v, err, c.want)
		}
		if text[key] != c.text {
			t.Errorf("%s is %q as text; want %q", key, text[key], c.text)
		}
	}
	keys := f.Keys()
	if len(keys) != len(text) || keys[0] != "general.architecture" || keys[len(keys)-1] != "test.nested" {
		t.Errorf("keys: %q", keys)
	}
	if _, err := f.Value("test"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a missing key: %v", err)
	}
}

// Every array type has values of its own.
func TestArrays(t *testing.T) {
	for kind, c := range map[uint32]struct {
		raw  []byte
		want any
	}{
		typeUint8:   {[]byte{1, 255}, []uint8{1, 255}},
		typeInt8:    {[]byte{1, 255}, []int8{1, -1}},
		typeUint16:  {cat(u16(1), u16(65535)), []uint16{1, 65535}},
		typeInt16:   {cat(u16(1), u16(65535)), []int16{1, -1}},
		typeUint32:  {cat(u32(1), u32(1<<31)), []uint32{1, 1 << 31}},
		typeInt32:   {cat(u32(1), u32(1<<31)), []int32{1, math.MinInt32}},
		typeFloat32: {cat(u32(math.Float32bits(1.5)), u32(0)), []float32{1.5, 0}},
		typeBool:    {[]byte{0, 7}, []bool{false, true}},
		typeUint64:  {cat(u64(1), u64(1<<63)), []uint64{1, 1 << 63}},
		typeInt64:   {cat(u64(1), u64(1<<63)), []int64{1, math.MinInt64}},
		typeFloat64: {cat(u64(math.Float64bits(-2)), u64(0)), []float64{-2, 0}},
	} {
		f := open(t, file(2, keys(kv("k", typeArray, u32(kind), u64(2), c.raw)), nil, nil))
		if v, err := f.Value("k"); err != nil || !reflect.DeepEqual(v, c.want) {
			t.Errorf("type %d: %#v, %v; want %#v", kind, v, err, c.want)
		}
	}
}

func TestInfos(t *testing.T) {
	f := golden(t)
	at := map[string]archive.Info{}
	for _, i := range f.Infos() {
		at[i.Name] = i
	}
	for _, want := range []archive.Info{
		{Name: "vector", Kind: "F32", DType: tensor.Float32, Shape: []int{3}, Bytes: 12},
		{Name: "q4_0", Kind: "Q4_0", DType: tensor.Float32, Shape: []int{3, 64}, Bytes: 108},
		{Name: "q6_k", Kind: "Q6_K", DType: tensor.Float32, Shape: []int{2, 512}, Bytes: 840},
		{Name: "iq2_xxs", Kind: "IQ2_XXS", Shape: []int{1, 256}, Bytes: 66},
	} {
		if got := at[want.Name]; !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	if first := f.Infos()[0].Name; first != "float32" {
		t.Errorf("the first tensor is %q", first)
	}
	if _, err := f.Tensor("iq2_xxs"); !errors.Is(err, archive.ErrKind) || !strings.Contains(err.Error(), "IQ2_XXS") {
		t.Errorf("a kind that is only listed: %v", err)
	}
	if _, err := f.Tensor("none"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a missing tensor: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("a folder is opened")
	}
	path := filepath.Join(dir, "x.gguf")
	if err := os.WriteFile(path, []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, archive.ErrFormat) || !strings.Contains(err.Error(), path) {
		t.Errorf("another file: %v", err)
	}
}

// A file that shrinks while it is open is an error, and no panic.
func TestShrunk(t *testing.T) {
	raw, err := os.ReadFile("testdata/golden.gguf")
	if err != nil {
		t.Fatal(err)
	}
	r := &shrinking{bytes.NewReader(raw)}
	f, err := New(r, int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	r.Reader = bytes.NewReader(raw[:100])
	if _, err := f.Tensor("q4_0"); err == nil {
		t.Error("elements that are gone are read")
	}
	if _, err := f.Value("test.tokens"); err == nil {
		t.Error("metadata that is gone is read")
	}
	if s := f.Metadata()["test.tokens"]; !strings.HasPrefix(s, "unreadable: ") {
		t.Errorf("metadata that is gone is %q", s)
	}
}

type shrinking struct{ *bytes.Reader }
