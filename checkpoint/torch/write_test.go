package torch_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// What PyTorch wrote comes back from what facula writes, sharing, strides and
// gradients included; scripts/exchange/pt.py asks PyTorch as well.
func TestWriteGolden(t *testing.T) {
	for name, want := range golden(t) {
		if want == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			v, err := torch.Load(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			if d, ok := v.(*torch.Dict); ok && d.Get("alone") != nil { // gaps between the elements are not written
				d.Set("alone", d.Get("alone").(*tensor.Tensor).Contiguous())
				want = (&dumper{}).dump(v)
			}
			got := rewritten(t, v)
			differ(t, "", (&dumper{}).dump(got), want)
			if d, ok := got.(*torch.Dict); ok && d.Get("tied") != d.Get("same") {
				t.Error("one parameter under two names is two")
			}
		})
	}
}

type ranks []int8

// Go's own types, and how they come back.
func TestWriteGo(t *testing.T) {
	s := &nn.State{}
	s.Set("w", tensor.Ones(2))
	got := rewritten(t, map[string]any{
		"state": s, "map": map[int]string{10: "x", -2: "y", 9: "z"}, "floats": map[float32]bool{2: true, 1: false}, "ranks": ranks{1, -1},
		"array": [2]bool{true, false}, "uint": uint64(math.MaxUint64), "int": uint16(7), "f": float32(0.5), "c": complex64(1i), "nil": nil,
		"big": new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 64)), "exact": big.NewInt(-128), "strings": []string{"a", "a"}, "maps": []map[string]int{{"b": 2, "a": 1}},
	})
	dict := func(kv ...any) *torch.Dict {
		d := &torch.Dict{}
		for i := 0; i < len(kv); i += 2 {
			d.Set(kv[i], kv[i+1])
		}
		return d
	}
	state := dict("w", tensor.Ones(2))
	state.Ordered = true
	max := new(big.Int).SetUint64(math.MaxUint64)
	want := dict("array", []any{true, false}, "big", new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 64)), "c", 1i, "exact", int64(-128), "f", 0.5,
		"floats", dict(1.0, false, 2.0, true), "int", int64(7), "map", dict(int64(-2), "y", int64(9), "z", int64(10), "x"),
		"maps", []any{dict("a", int64(1), "b", int64(2))}, "nil", nil, "ranks", []any{int64(1), int64(-1)}, "state", state, "strings", []any{"a", "a"}, "uint", max)
	differ(t, "", (&dumper{}).dump(got), (&dumper{}).dump(want))
}

// Tensors keep their places in the part of a storage that is written.
func TestWriteShared(t *testing.T) {
	x := tensor.Arange(0, 12, 1).Reshape(6, 2)
	v := []any{x.Narrow(0, 3, 2), x.Narrow(0, 2, 2), x.Select(0, 2), tensor.Arange(0, 9, 1).Narrow(0, 4, 2)}
	got := rewritten(t, v)
	differ(t, "", (&dumper{}).dump(got), (&dumper{}).dump(v))
	if x := got.([]any)[3].(*tensor.Tensor); x.Offset() != 0 {
		t.Errorf("a tensor alone is at %d; want 0", x.Offset())
	}
}

func TestWriteRefuses(t *testing.T) {
	loop := []any{nil}
	loop[0] = loop
	for want, v := range map[string]any{
		"m.k is a chan int":                 map[string]any{"m": map[string]any{"k": make(chan int)}},
		"x is a nil *tensor.Tensor":         map[string]any{"x": (*tensor.Tensor)(nil)},
		"s is a nil *nn.State":              map[string]any{"s": (*nn.State)(nil)},
		"d is a nil *Dict":                  map[string]any{"d": (*torch.Dict)(nil)},
		"b is a nil *big.Int":               map[string]any{"b": (*big.Int)(nil)},
		"[1] has 3001 bits":                 []any{0, new(big.Int).Lsh(big.NewInt(1), 3000)},
		"contain themselves":                loop,
		"keys of type struct":               map[struct{}]int{{}: 1},
		`"k" is a string that is not UTF-8`: map[string]any{"k": "\xff"},
		"g is os.system, which is no dtype": map[string]any{"g": torch.Global("os.system")},
		"[0] is torch.Size, which is no":    []any{torch.Global("torch.Size")},
	} {
		if err := torch.Write(io.Discard, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

func TestWriteToFullDisk(t *testing.T) {
	x := tensor.Ones(300)
	var b bytes.Buffer
	if err := torch.Write(&b, x); err != nil {
		t.Fatal(err)
	}
	for n := range int64(b.Len()) {
		if err := torch.Write(&full{n}, x); !errors.Is(err, errFull) {
			t.Fatalf("a disk that is full after %d bytes: %v", n, err)
		}
	}
}

var errFull = errors.New("the disk is full")

// A full is a disk with n bytes left.
type full struct{ n int64 }

func (f *full) Write(b []byte) (int, error) {
	if int64(len(b)) > f.n {
		n := f.n
		f.n = 0
		return int(n), errFull
	}
	f.n -= int64(len(b))
	return len(b), nil
}

// The archive is as torch.save lays it out, and the same each time.
func TestWriteLayout(t *testing.T) {
	x := tensor.Arange(0, 12, 1).Cast(tensor.Float32).Reshape(3, 4)
	v := map[string]any{"whole": x, "row": x.Select(0, 1), "t": x.Transpose(0, 1), "alone": tensor.Ones(5, 5).Select(1, 2), "wide": tensor.Ones(1).Expand(1000, 1000)}
	var b, again bytes.Buffer
	if err := errors.Join(torch.Write(&b, v), torch.Write(&again, v)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("two writes differ")
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	sizes := map[string]uint64{}
	for _, f := range z.File {
		if at, err := f.DataOffset(); err != nil || at%64 != 0 || f.Method != zip.Store {
			t.Errorf("%s is at %d (%v), method %d; want a multiple of 64, stored", f.Name, at, err, f.Method)
		}
		r, err := f.Open()
		if err == nil {
			_, err = io.Copy(io.Discard, r) // checks the sum
		}
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		names = append(names, f.Name)
		sizes[f.Name] = f.UncompressedSize64
	}
	const want = "archive/data.pkl archive/byteorder archive/data/0 archive/data/1 archive/data/2 archive/version"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("entries %s; want %s", got, want)
	}
	if sizes["archive/data/0"] != 20 || sizes["archive/data/1"] != 48 || sizes["archive/data/2"] != 4 {
		t.Errorf("sizes %v; want 20 (a column without its gaps), 48 (shared) and 4 (expanded)", sizes)
	}
}

// TestRewrite is the half of scripts/exchange/pt.py that is facula's: it
// reads all files of a folder and writes them anew beside it.
func TestRewrite(t *testing.T) {
	from, to := os.Getenv("FACULA_TORCH_FROM"), os.Getenv("FACULA_TORCH_TO")
	if from == "" {
		t.Skip("scripts/exchange/pt.py runs this")
	}
	files, err := filepath.Glob(filepath.Join(from, "*.pt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s (%v)", from, err)
	}
	for _, f := range files {
		v, err := torch.Load(f)
		if err != nil {
			t.Error(err)
			continue
		}
		if d, ok := v.(*torch.Dict); ok && d.Get("optimizer") != nil { // as facula's optimizers keep it
			s, err := torch.Optimizer(d.Get("optimizer"))
			if err != nil {
				t.Error(err)
			}
			d.Set("converted", s)
			v = d
		}
		var b bytes.Buffer
		if err := torch.Write(&b, v); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(f)), b.Bytes(), 0o666); err != nil {
			t.Error(err)
		}
	}
}
