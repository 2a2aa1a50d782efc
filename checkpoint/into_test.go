package checkpoint

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

type net struct {
	Conv *nn.Conv2d
	FC   *nn.Linear
	Head *nn.Linear // the same weight as FC's
}

func newNet() *net {
	m := &net{Conv: nn.NewConv2d(1, 2, 3), FC: nn.NewLinear(4, 4), Head: nn.NewLinear(4, 4, nn.NoBias)}
	m.Head.Weight = m.FC.Weight
	return m
}

// saved is a file with the state of a new net, after change.
func saved(t *testing.T, change func(s *nn.State)) (string, *nn.State) {
	t.Helper()
	s := nn.StateDict(newNet()).Clone()
	s.Delete("head.weight")
	change(s)
	path := filepath.Join(t.TempDir(), "f")
	if err := Save(path, s); err != nil {
		t.Fatal(err)
	}
	return path, s
}

// prefixed gives every tensor of s another name.
func prefixed(s *nn.State, name func(string) string) {
	for _, n := range s.Names() {
		x := s.Get(n)
		s.Delete(n)
		s.Set(name(n), x)
	}
}

func TestLoadInto(t *testing.T) {
	m := newNet()
	path, s := saved(t, func(*nn.State) {})
	r, err := LoadInto(m, path)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Loaded) != 4 || len(r.Missing)+len(r.Extra)+len(r.Different) > 0 {
		t.Errorf("%v; want 4 loaded and nothing else", r)
	}
	got := nn.StateDict(m)
	for n, want := range s.All() {
		same(t, n, got.Get(n), want)
	}
	same(t, "head", m.Head.Weight.Detach(), s.Get("fc.weight"))
	if !m.FC.Weight.RequiresGrad() || m.Head.Weight != m.FC.Weight {
		t.Error("the parameters are not what they were")
	}
}

// A few of ten tensors that have the places of others are no reason to rename.
func TestChance(t *testing.T) {
	var layers, other []nn.Layer
	for range 5 {
		layers, other = append(layers, nn.NewLinear(4, 4)), append(other, nn.NewReLU())
	}
	other[3] = nn.NewBatchNorm1d(4)
	path := filepath.Join(t.TempDir(), "f")
	if err := Save(path, nn.NewSequential(nn.NewSequential(other...))); err != nil {
		t.Fatal(err)
	}
	r, err := LoadInto(nn.NewSequential(layers...), path)
	if err == nil || strings.Contains(r.String(), "Rename") {
		t.Errorf("%v, %v", r, err)
	}
}

func TestRename(t *testing.T) {
	path, s := saved(t, func(s *nn.State) {
		prefixed(s, func(n string) string { return "module.model." + strings.Replace(n, "fc.", "classifier.", 1) })
		s.Set("optimizer.step", tensor.Zeros(1))
	})
	m := newNet()
	_, err := LoadInto(m, path, Rename("module.", ""), Rename("model.", ""), Rename("classifier.", "fc."), RenameFunc(func(n string) string {
		if strings.HasPrefix(n, "optimizer.") {
			return ""
		}
		return n
	}))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "fc.bias", m.FC.Bias.Detach(), s.Get("module.model.classifier.bias"))
	_, err = LoadInto(m, path, RenameFunc(func(string) string { return "x" }))
	if err == nil || !strings.Contains(err.Error(), `would both be "x"`) {
		t.Errorf("%v; want two of a name", err)
	}
}

// A file that does not fit leaves the module alone, and the error says all.
func TestMismatch(t *testing.T) {
	for _, c := range []struct {
		change func(s *nn.State)
		opts   []Option
		want   string // after the path
	}{
		{func(s *nn.State) {
			s.Delete("fc.bias")
			s.Set("other", tensor.Zeros(1))
			s.Set("conv.weight", tensor.Zeros(3, 3))
			s.Set("conv.bias", tensor.Zeros(2).Cast(tensor.Float16))
		}, nil, `the file does not fit the module: 0 loaded, 1 missing, 1 extra, 2 different
  missing  fc.bias
  extra    other
  shape    conv.weight is [3 3]; want [2 1 3 3]
  dtype    conv.bias is float16; want float32 (checkpoint.AnyDType converts)`},
		{func(s *nn.State) { prefixed(s, func(n string) string { return "backbone." + n }) }, nil,
			`the file does not fit the module: 0 loaded, 4 missing, 4 extra, 0 different
  missing  conv.weight
  missing  conv.bias
  missing  fc.weight
  missing  fc.bias
  extra    backbone.conv.bias
  extra    backbone.conv.weight
  extra    backbone.fc.bias
  extra    backbone.fc.weight
  the file has backbone.conv.weight where the module has conv.weight; did you mean checkpoint.Rename("backbone.", "")? It finds 4 of the 4 missing tensors`},
		{func(s *nn.State) {
			prefixed(s, func(n string) string { return strings.NewReplacer("fc.", "classifier.", "conv.w", "Conv_W").Replace(n) })
		}, nil, `the file does not fit the module: 0 loaded, 3 missing, 3 extra, 0 different
  missing  conv.weight
  missing  fc.weight
  missing  fc.bias
  extra    Conv_Weight
  extra    classifier.bias
  extra    classifier.weight
  the file has classifier.weight where the module has fc.weight; did you mean checkpoint.Rename("classifier.", "fc.")? It finds 2 of the 3 missing tensors
  for conv.weight the file may have Conv_Weight, which has its shape`},
		{func(s *nn.State) { s.Set("fc.weight", tensor.Zeros(4, 5)) }, []Option{NonStrict},
			`the file does not fit the module: 0 loaded, 0 missing, 0 extra, 1 different
  shape    fc.weight is [4 5]; want [4 4]`},
		{func(s *nn.State) { s.Set("n\n", tensor.Zeros(1)) }, nil,
			`the file does not fit the module: 0 loaded, 0 missing, 1 extra, 0 different
  extra    "n\n"
  the module has all that it needs; checkpoint.NonStrict leaves the rest in the file`},
	} {
		path, _ := saved(t, c.change)
		m := newNet()
		before := nn.StateDict(m).Clone()
		_, err := LoadInto(m, path, c.opts...)
		if want := path + ": " + c.want; !errors.Is(err, ErrMismatch) || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		for n, x := range nn.StateDict(m).All() {
			same(t, n, x, before.Get(n))
		}
	}
}

func TestTransposed(t *testing.T) {
	s := nn.StateDict(nn.NewLinear(2, 3)).Clone()
	s.Set("weight", s.Get("weight").T())
	path := filepath.Join(t.TempDir(), "f")
	if err := Save(path, s); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadInto(nn.NewLinear(2, 3), path); err == nil || !strings.Contains(err.Error(), "[2 3]; want [3 2] (the transpose") {
		t.Errorf("%v; want a word on the transpose", err)
	}
}

func TestNonStrict(t *testing.T) {
	path, s := saved(t, func(s *nn.State) {
		s.Delete("fc.bias")
		s.Set("other", tensor.Zeros(1))
	})
	m := newNet()
	bias := m.FC.Bias.Detach().Clone()
	r, err := LoadInto(m, path, NonStrict)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Loaded) != 3 || len(r.Missing) != 1 || r.Missing[0] != "fc.bias" || len(r.Extra) != 1 || r.Extra[0] != "other" {
		t.Errorf("report %v", r)
	}
	if strings.Contains(r.String(), "NonStrict") {
		t.Errorf("what was asked for is suggested: %v", r)
	}
	same(t, "fc.weight", m.FC.Weight.Detach(), s.Get("fc.weight"))
	same(t, "fc.bias", m.FC.Bias.Detach(), bias)
}

func TestAnyDType(t *testing.T) {
	path, s := saved(t, func(s *nn.State) {
		for n, x := range s.All() {
			s.Set(n, x.Cast(tensor.BFloat16))
		}
	})
	m := newNet()
	if _, err := LoadInto(m, path, AnyDType); err != nil {
		t.Fatal(err)
	}
	same(t, "fc.weight", m.FC.Weight.Detach(), s.Get("fc.weight").Cast(tensor.Float32))
}

// A broken file that is found so half way is an error, not a success.
func TestReadFails(t *testing.T) {
	var b bytes.Buffer
	s := nn.StateDict(newNet())
	s.Delete("head.weight")
	if err := safetensors.Write(&b, s); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.New(&half{b.Bytes()}, int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFile(newNet(), f); err == nil || !strings.Contains(err.Error(), "the disk is broken (3 of 4 tensors are loaded)") {
		t.Errorf("%v; want the disk, and 3 of 4", err)
	}
}

// half fails to read the last bytes.
type half struct{ b []byte }

func (h *half) ReadAt(p []byte, at int64) (int, error) {
	if int(at)+len(p) == len(h.b) {
		return 0, errors.New("the disk is broken")
	}
	return copy(p, h.b[at:]), nil
}

// Long lists are grouped.
func TestGrouped(t *testing.T) {
	s := &nn.State{}
	for l := range 3 {
		for b := range 4 {
			for _, n := range []string{"weight", "bias"} {
				s.Set(fmt.Sprintf("layer%d.%d.conv.%s", l, b, n), tensor.Zeros(1))
			}
		}
	}
	s.Set("stem", tensor.Zeros(1))
	r := &Report{Missing: s.Names()}
	const want = `0 loaded, 25 missing, 0 extra, 0 different
  missing  8 tensors from layer0.0.conv.weight to layer0.3.conv.bias
  missing  8 tensors from layer1.0.conv.weight to layer1.3.conv.bias
  missing  8 tensors from layer2.0.conv.weight to layer2.3.conv.bias
  missing  stem`
	if got := r.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A hostile file must not make the report slow or long.
func TestManyNames(t *testing.T) {
	s := &nn.State{}
	x := tensor.Zeros(4)
	for i := range 20_000 {
		s.Set(fmt.Sprintf("%d.%s", i, strings.Repeat("x.", 50)), x)
	}
	path := filepath.Join(t.TempDir(), "f")
	if err := Save(path, s); err != nil {
		t.Fatal(err)
	}
	_, err := LoadInto(newNet(), path)
	if !errors.Is(err, ErrMismatch) || len(err.Error()) > 10_000 {
		t.Errorf("%.200v; want a short ErrMismatch", err)
	}
}

// One tensor at a time: loading a model of many takes memory for few.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("slow, and of no use with the race detector, which takes memory too")
	}
	const layers, width = 64, 256
	m := nn.NewSequential()
	for range layers {
		m.Layers = append(m.Layers, nn.NewLinear(width, width))
	}
	path := filepath.Join(t.TempDir(), "f")
	if err := Save(path, m); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	live := func() uint64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before, most := live(), uint64(0)
	_, err = LoadFile(m, &watched{f, func() { most = max(most, live()) }})
	if err != nil {
		t.Fatal(err)
	}
	if limit := before + 3*4*width*width; most > limit {
		t.Errorf("%d bytes are alive while loading; want at most %d", most, limit)
	}
}

// watched calls f after each tensor.
type watched struct {
	archive.File
	f func()
}

func (w *watched) Tensor(name string) (*tensor.Tensor, error) {
	t, err := w.File.Tensor(name)
	w.f()
	return t, err
}
