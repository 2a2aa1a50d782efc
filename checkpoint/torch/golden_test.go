package torch_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/tensor"
)

// golden is what testdata/make_torch.py wrote of each file, as PyTorch has it.
func golden(t *testing.T) map[string]any {
	t.Helper()
	var g struct{ Files map[string]any }
	b, err := os.ReadFile("testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g.Files
}

// A dumper brings values to the form that dump of make_torch.py gives them.
type dumper struct{ storages []*tensor.Tensor }

func (d *dumper) dump(v any) any {
	switch v := v.(type) {
	case nil, bool:
		return v
	case int64:
		if -1<<31 < v && v < 1<<31 {
			return float64(v)
		}
		return map[string]any{"int": strconv.FormatInt(v, 10)}
	case *big.Int:
		return map[string]any{"int": v.String()}
	case float64:
		return map[string]any{"float": pythonHex(v)}
	case complex128:
		return map[string]any{"complex": []any{pythonHex(real(v)), pythonHex(imag(v))}}
	case string:
		return map[string]any{"str": v}
	case []byte:
		return map[string]any{"bytes": hex.EncodeToString(v)}
	case torch.Device:
		return map[string]any{"device": string(v)}
	case torch.Global:
		return map[string]any{"global": string(v)}
	case []any:
		return map[string]any{"list": d.all(v)}
	case torch.Tuple:
		return map[string]any{"tuple": d.all(v)}
	case torch.Set:
		return map[string]any{"set": d.all(v)}
	case *torch.Dict:
		return d.dict(v)
	case *tensor.Tensor:
		return d.tensor(v)
	}
	panic(fmt.Sprintf("a %T in a tree", v))
}

func (d *dumper) all(items []any) any {
	out := []any{}
	for _, v := range items {
		out = append(out, d.dump(v))
	}
	return out
}

func (d *dumper) dict(v *torch.Dict) any {
	items := []any{}
	for k, x := range v.All() {
		items = append(items, []any{d.dump(k), d.dump(x)})
	}
	out := map[string]any{"dict": items, "ordered": v.Ordered}
	if v.Attrs != nil {
		out["attrs"] = d.dump(v.Attrs)
	}
	return out
}

func (d *dumper) tensor(x *tensor.Tensor) any {
	storage := -1
	if x.Len() > 0 {
		if storage = slices.IndexFunc(d.storages, x.SameStorage); storage < 0 {
			storage = len(d.storages)
			d.storages = append(d.storages, x)
		}
	}
	return map[string]any{"tensor": x.DType().String(), "shape": numbers(x.Shape()), "stride": numbers(x.Stride()), "grad": x.RequiresGrad(),
		"bytes": hex.EncodeToString(tensor.Bytes(x)), "storage": float64(storage)}
}

func numbers(v []int) any {
	out := []any{}
	for _, x := range v {
		out = append(out, float64(x))
	}
	return out
}

// pythonHex is float.hex of Python.
func pythonHex(v float64) string {
	switch s := strconv.FormatFloat(v, 'x', 13, 64); {
	case strings.HasSuffix(s, "Inf"):
		return strings.ToLower(strings.TrimPrefix(s, "+"))
	default:
		m, e, _ := strings.Cut(s, "p")
		n, _ := strconv.Atoi(e)
		if v == 0 {
			m = strings.TrimSuffix(m, "000000000000") // 0x0.0
		}
		if n == -1074 { // Go shifts what is denormal
			m, n = "0x0.0000000000001", -1022
		}
		return fmt.Sprintf("%sp%+d", m, n)
	}
}

func TestGolden(t *testing.T) {
	for name, want := range golden(t) {
		if want == nil {
			continue // TestForeign and TestResume read those
		}
		t.Run(name, func(t *testing.T) {
			v, err := torch.Load(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			differ(t, "", (&dumper{}).dump(v), want)
			if d, ok := v.(*torch.Dict); ok && d.Get("tied") != d.Get("same") {
				t.Error("one parameter under two names is two")
			}
		})
	}
}

// differ reports the first places where two dumps differ.
func differ(t *testing.T, at string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			for k, x := range w {
				differ(t, at+"."+k, g[k], x)
			}
			return
		}
	case []any:
		if g, ok := got.([]any); ok && len(g) == len(w) {
			for i, x := range w {
				differ(t, fmt.Sprintf("%s[%d]", at, i), g[i], x)
			}
			return
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is %v; want %v", at, got, want)
	}
}

// What Tensor reads one by one is what Load reads.
func TestTensorsOfFile(t *testing.T) {
	for name, want := range golden(t) {
		f, err := torch.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want != nil {
			sameAsLoad(t, name, f)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func sameAsLoad(t *testing.T, name string, f *torch.File) {
	t.Helper()
	v, err := f.Load()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	at := map[string]*tensor.Tensor{}
	collect(at, "", v)
	if len(at) != len(f.Infos()) {
		t.Errorf("%s: %d tensors are listed; want %d", name, len(f.Infos()), len(at))
	}
	for _, i := range f.Infos() {
		got, err := f.Tensor(i.Name)
		want := at[i.Name]
		switch {
		case err != nil || want == nil:
			t.Errorf("%s: %s: %v", name, i.Name, err)
		case i.DType != want.DType() || i.Kind != want.DType().String() || !slices.Equal(i.Shape, want.Shape()) || i.Bytes != int64(want.Len()*i.DType.Size()):
			t.Errorf("%s: %+v; want %v %v", name, i, want.DType(), want.Shape())
		case !slices.Equal(tensor.Bytes(got), tensor.Bytes(want)) || !slices.Equal(got.Shape(), want.Shape()):
			t.Errorf("%s: %s is %v; want %v", name, i.Name, got, want)
		}
	}
}

// collect puts the tensors of a tree into at, named as Infos should name them.
func collect(at map[string]*tensor.Tensor, name string, v any) {
	add := func(key string, v any) {
		if name != "" {
			key = name + "." + key
		}
		collect(at, key, v)
	}
	switch v := v.(type) {
	case *tensor.Tensor:
		if name == "" {
			name = "tensor"
		}
		at[name] = v
	case *torch.Dict:
		for k, x := range v.All() {
			add(fmt.Sprint(k), x)
		}
	case []any:
		for i, x := range v {
			add(strconv.Itoa(i), x)
		}
	case torch.Tuple:
		for i, x := range v {
			add(strconv.Itoa(i), x)
		}
	}
}

// Several goroutines read one file; the race detector looks on.
func TestConcurrent(t *testing.T) {
	f, err := torch.Open("testdata/train.pt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := f.Load(); err != nil {
				t.Error(err)
			}
			for _, i := range f.Infos() {
				if _, err := f.Tensor(i.Name); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestForeign(t *testing.T) {
	f, err := torch.Open("testdata/foreign.pt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n := len(f.Infos()); n != 9 {
		t.Errorf("%d tensors; want 9", n)
	}
	for _, i := range f.Infos() {
		_, err := f.Tensor(i.Name)
		switch {
		case i.Kind != i.Name:
			t.Errorf("%s has kind %s", i.Name, i.Kind)
		case i.Name == "float32":
			if err != nil || i.DType != tensor.Float32 {
				t.Error(err)
			}
		case i.DType != 0 || !errors.Is(err, archive.ErrKind):
			t.Errorf("%s: dtype %v, error %v; want ErrKind", i.Name, i.DType, err)
		}
	}
	if _, err := f.Load(); !errors.Is(err, archive.ErrKind) || !strings.Contains(err.Error(), "complex64") {
		t.Errorf("Load gives %v; want ErrKind with the tensor's name", err)
	}
	if _, err := f.Tensor("nothing"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("%v; want ErrNotFound", err)
	}
}

func TestMetadata(t *testing.T) {
	f, err := torch.Open("testdata/train.pt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for k, want := range map[string]string{"format": "pytorch zip", "epoch": "3", "best": "0.25", "args.name": "tiny", "optimizer.param_groups.0.betas.1": "0.9",
		"optimizer.param_groups.0.amsgrad": "True"} {
		if got := f.Metadata()[k]; got != want {
			t.Errorf("%s is %q; want %q", k, got, want)
		}
	}
	if _, ok := f.Metadata()["model._metadata.0.version"]; ok {
		t.Error("attributes of a dict are listed")
	}
}
