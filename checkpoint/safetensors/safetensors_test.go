package safetensors

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// dtypes are the names that testdata/make.py uses, which are those of facula.
var dtypes = []tensor.DType{tensor.Float32, tensor.Float64, tensor.Float16, tensor.BFloat16,
	tensor.Int8, tensor.Int16, tensor.Int32, tensor.Int64, tensor.UInt8, tensor.Bool}

// golden is the tensor that testdata/make.py makes.
func golden(d tensor.DType, shape ...int) *tensor.Tensor {
	n := 1
	for _, s := range shape {
		n *= s
	}
	v := make([]float64, n)
	for i := range v {
		switch v[i] = float64(i - 3); {
		case d == tensor.Bool:
			v[i] = float64((i + 1) % 2)
		case d == tensor.UInt8:
			v[i] = float64(i + 250)
		case d.IsFloat():
			v[i] /= 4
		}
	}
	return tensor.FromSlice(v, shape).Cast(d)
}

func same(t *testing.T, name string, got, want *tensor.Tensor) {
	t.Helper()
	if got.DType() != want.DType() || !slices.Equal(got.Shape(), want.Shape()) || !bytes.Equal(tensor.Bytes(got), tensor.Bytes(want)) {
		t.Errorf("%s: %v; want %v", name, got, want)
	}
}

func nativeState() *nn.State {
	s := &nn.State{}
	for _, d := range dtypes {
		s.Set(d.String()+".matrix", golden(d, 2, 3))
		s.Set(d.String()+".scalar", golden(d))
		s.Set(d.String()+".empty", golden(d, 2, 0, 3))
	}
	return s
}

func open1(t *testing.T, path string, opts ...Option) *File {
	t.Helper()
	f, err := Open(filepath.FromSlash(path), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestReadNative(t *testing.T) {
	for _, opts := range [][]Option{nil, {MMap}} {
		f := open1(t, "testdata/native.safetensors", opts...)
		want := nativeState()
		if len(f.Infos()) != want.Len() {
			t.Errorf("%d tensors; want %d", len(f.Infos()), want.Len())
		}
		for n, w := range want.All() {
			x, err := f.Tensor(n)
			if err != nil {
				t.Error(err)
				continue
			}
			same(t, n, x, w)
		}
	}
}

func TestReadOther(t *testing.T) {
	f := open1(t, "testdata/other.safetensors", MMap)
	for name, want := range map[string]*tensor.Tensor{
		"uint16": tensor.FromSlice([]int32{64000, 64001, 64002, 64003, 64004, 64005}, []int{2, 3}),
		"uint32": tensor.FromSlice([]int64{4194304000, 4194304001, 4194304002, 4194304003, 4194304004, 4194304005}, []int{2, 3}),
	} {
		x, err := f.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, x, want)
	}
	kinds := map[string]string{"uint64": "U64", "complex64": "C64",
		"float8_e8m0fnu": "F8_E8M0", "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ"}
	for name, kind := range kinds {
		i := slices.IndexFunc(f.Infos(), func(x archive.Info) bool { return x.Name == name })
		if i < 0 || f.Infos()[i].Kind != kind || f.Infos()[i].DType != 0 {
			t.Errorf("%s: want a tensor of kind %s in %v", name, kind, f.Infos())
		}
		if _, err := f.Tensor(name); !errors.Is(err, archive.ErrKind) || !strings.Contains(err.Error(), kind) {
			t.Errorf("%s: %v; want ErrKind that names %s", name, err, kind)
		}
	}
	if _, err := f.Tensor("float8"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("%v; want ErrNotFound", err)
	}
}

// All 256 values of both kinds are PyTorch's.
func TestFloat8(t *testing.T) {
	f := open1(t, "testdata/float8.safetensors", MMap)
	for _, name := range []string{"float8_e4m3fn", "float8_e5m2"} {
		x, err := f.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := f.Tensor(name + ".want")
		if err != nil {
			t.Fatal(err)
		}
		a, b := tensor.Slice[float32](x), tensor.Slice[float32](want)
		for i := range 256 {
			if math.Float32bits(a[i]) != math.Float32bits(b[i]) && !(a[i] != a[i] && b[i] != b[i]) {
				t.Errorf("%s: byte %#x is %v; want %v", name, i, a[i], b[i])
			}
		}
	}
}

// The reference implementation wrote the file; ours must have the same bytes.
func TestWriteAsTheReference(t *testing.T) {
	want, err := os.ReadFile("testdata/native.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	meta := open1(t, "testdata/native.safetensors").Metadata()
	if len(meta) != 1 || !strings.Contains(meta["ü \"<&>\\"], "safetensors 0.8.0\n\t/") {
		t.Errorf("metadata %q", meta)
	}
	if err := Write(&b, nativeState(), Metadata(meta)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("the bytes differ from the reference's\n%q\n%q", b.Bytes(), want)
	}
}

func TestWriteRefuses(t *testing.T) {
	x := tensor.Zeros(1)
	state := func(name string, t *tensor.Tensor) *nn.State {
		s := &nn.State{}
		s.Set(name, t)
		return s
	}
	many := map[string]string{}
	for i := range maxTexts + 1 {
		many[fmt.Sprint(i)] = ""
	}
	for _, c := range []struct {
		s    *nn.State
		meta map[string]string
		want string
	}{
		{nil, nil, "nil"},
		{state("a", nil), nil, `"a" is nil`},
		{state("__metadata__", x), nil, "cannot have the name"},
		{state("\xff", x), nil, "not UTF-8"},
		{state("a", x), map[string]string{"k": "\xff"}, "not UTF-8"},
		{state("a", x), map[string]string{"\xff": ""}, "not UTF-8"},
		{state("a", x), many, "at most 10000"},
		{state(strings.Repeat("x", maxHeader), x), nil, "the format allows"},
	} {
		var b bytes.Buffer
		if err := Write(&b, c.s, Metadata(c.meta)); err == nil || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("%v after %d bytes; want %q and none", err, b.Len(), c.want)
		}
	}
}

// What is written is read: odd names, views, no tensors at all.
func TestRoundTrip(t *testing.T) {
	s := &nn.State{}
	var b bytes.Buffer
	for range 2 {
		b.Reset()
		if err := Write(&b, s); err != nil {
			t.Fatal(err)
		}
		f, err := New(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Infos()) != s.Len() || f.Metadata() != nil || f.data%8 != 0 {
			t.Errorf("%v; want %d tensors, no metadata, alignment", f.Infos(), s.Len())
		}
		for n, want := range s.All() {
			x, err := f.Tensor(n)
			if err != nil {
				t.Fatal(err)
			}
			same(t, n, x, want)
		}
		for i, n := range []string{"", "dtype", "a\"b\\c", "\x00\u2028\U0001f600", strings.Repeat("long", 100)} {
			s.Set(n, tensor.Arange(0, 6+i, 1).Reshape(-1, 1).T())
		}
		s.Set("column", tensor.Arange(0, 6, 1).Reshape(2, 3).T())
	}
}
