package npy

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// golden is the array that testdata/make.py makes.
func golden(d tensor.DType, unsigned bool, shape ...int) *tensor.Tensor {
	n := 1
	for _, s := range shape {
		n *= s
	}
	v := make([]float64, n)
	for i := range v {
		switch v[i] = float64(i - 3); {
		case d == tensor.Bool:
			v[i] = float64((i + 1) % 2)
		case unsigned:
			v[i] = float64(i + 250)
		case d.IsFloat():
			v[i] /= 4
		}
	}
	return tensor.FromSlice(v, shape).Cast(d)
}

var native = map[string]tensor.DType{"f4": tensor.Float32, "f8": tensor.Float64, "f2": tensor.Float16, "i1": tensor.Int8,
	"i2": tensor.Int16, "i4": tensor.Int32, "i8": tensor.Int64, "u1": tensor.UInt8, "b1": tensor.Bool}

var shapes = map[string][]int{"matrix": {2, 3}, "vector": {6}, "scalar": nil, "empty": {2, 0, 3}}

func same(t *testing.T, name string, got, want *tensor.Tensor) {
	t.Helper()
	if got.DType() != want.DType() || !slices.Equal(got.Shape(), want.Shape()) || !bytes.Equal(tensor.Bytes(got), tensor.Bytes(want)) {
		t.Errorf("%s: %v; want %v", name, got, want)
	}
}

func open1(t *testing.T, name string) *File {
	t.Helper()
	f, err := Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func get(t *testing.T, f *File, name string) *tensor.Tensor {
	t.Helper()
	x, err := f.Tensor(name)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestReadNative(t *testing.T) {
	f := open1(t, "native.npz")
	if len(f.Infos()) != len(native)*len(shapes) {
		t.Errorf("%d arrays; want %d", len(f.Infos()), len(native)*len(shapes))
	}
	for code, d := range native {
		for name, shape := range shapes {
			n := code + "." + name
			same(t, n, get(t, f, n), golden(d, d == tensor.UInt8, shape...))
		}
	}
	if _, err := f.Tensor("f4"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("%v; want ErrNotFound", err)
	}
}

func TestReadOdd(t *testing.T) {
	f := open1(t, "odd.npz")
	for _, order := range []string{"<", ">"} {
		for _, code := range []string{"f4", "f8", "f2", "i2", "i4", "i8"} {
			same(t, order+code, get(t, f, order+code), golden(native[code], false, 2, 3))
		}
		same(t, order+"u2", get(t, f, order+"u2"), golden(tensor.Int32, true, 2, 3))
		same(t, order+"u4", get(t, f, order+"u4"), golden(tensor.Int64, true, 2, 3))
	}
	same(t, "fortran", get(t, f, "fortran <f4"), golden(tensor.Float32, false, 2, 3, 2))
	same(t, "fortran", get(t, f, "fortran >f8"), golden(tensor.Float64, false, 2, 3, 2))
	same(t, "fortran", get(t, f, "fortran <u2"), golden(tensor.Int32, true, 2, 3, 2))
	same(t, "fortran", get(t, f, "fortran b1"), golden(tensor.Bool, false, 2, 3, 2))
	for _, n := range []string{"version 1", "version 2", "version 3"} {
		same(t, n, get(t, f, n), golden(tensor.Float32, false, 2, 3))
	}
	for n, want := range map[string]string{"u8": "int64", "c8": "real", "c16": "real", "f16": "<f16", "S": "|S3", "U": "<U3", "M": "<M8[ns]",
		"V": "bfloat16", "fields": "each field", "O": "Python objects"} {
		_, err := f.Tensor("none " + n)
		if !errors.Is(err, archive.ErrKind) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want ErrKind with %q", n, err, want)
		}
	}
}

func TestReadSingle(t *testing.T) {
	f := open1(t, "numpy-2.4.6.npy")
	if len(f.Infos()) != 1 || f.Infos()[0].Kind != "<f4" || f.Infos()[0].Bytes != 24 {
		t.Errorf("%v; want one array of 24 bytes", f.Infos())
	}
	same(t, Single, get(t, f, Single), golden(tensor.Float32, false, 2, 3))
}

// NumPy wrote the entries of native.npz; ours must have the same bytes.
func TestWriteAsNumPy(t *testing.T) {
	z, err := zip.OpenReader(filepath.Join("testdata", "native.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		code, name, _ := strings.Cut(strings.TrimSuffix(e.Name, ".npy"), ".")
		var b bytes.Buffer
		if err := WriteArray(&b, golden(native[code], code == "u1", shapes[name]...)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s: %q; want %q", e.Name, b.Bytes(), want)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, opts := range [][]WriteOption{nil, {Compress}} {
		s := &nn.State{}
		for range 2 {
			var b, again bytes.Buffer
			if err := Write(&b, s, opts...); err != nil {
				t.Fatal(err)
			}
			if Write(&again, s, opts...); !bytes.Equal(b.Bytes(), again.Bytes()) {
				t.Error("the same tensors give other bytes")
			}
			f, err := New(bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Infos()) != s.Len() {
				t.Errorf("%v; want %v", f.Infos(), s.Names())
			}
			for n, want := range s.All() {
				same(t, n, get(t, f, n), want)
			}
			for i, n := range []string{"", "a/b", "../c", "ü\u2028", "x.npy", strings.Repeat("long", 1000)} {
				s.Set(n, tensor.Arange(0, 6+i, 1).Reshape(1, -1, 1).Transpose(1, 2))
			}
			s.Set("8 dims", tensor.Arange(0, 6, 1).Reshape(1, 1, 1, 1, 1, 1, 2, 3))
			s.Set("half", golden(tensor.Float16, false, 3, 3))
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	x := tensor.Zeros(2)
	for _, c := range []struct {
		name string
		t    *tensor.Tensor
		want string
	}{
		{"a", nil, "nil"}, {"a", x.Cast(tensor.BFloat16), "no bfloat16"}, {"a\x00", x, "cannot have that name"},
		{"\xff", x, "cannot have that name"}, {strings.Repeat("x", 1<<16), x, "cannot have that name"},
	} {
		s := &nn.State{}
		s.Set("first", x)
		s.Set(c.name, c.t)
		var b bytes.Buffer
		if err := Write(&b, s); err == nil || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("%v after %d bytes; want %q and none", err, b.Len(), c.want)
		}
	}
	if err := Write(io.Discard, nil); err == nil {
		t.Error("nil is not refused")
	}
	if err := WriteArray(io.Discard, x.Cast(tensor.BFloat16)); err == nil || !strings.Contains(err.Error(), "cast to float32") {
		t.Errorf("bfloat16: %v", err)
	}
}
