package onnx

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/onnx/internal/official"
	"github.com/facula-ml/facula/onnx/internal/proto"
)

// ONNX's own runner compares with the official tolerances, elementwise:
// |got - want| ≤ atol + rtol·|want|. Nearly all cases of 1.12 agree a hundred
// times better; coarse lists the others.
const (
	officialRTol, officialATol = 1e-3, 1e-7
	ourRTol                    = 1e-5
)

// coarse are cases, by the beginnings of their names, whose data has few digits.
var coarse = map[string]string{
	"test_blackmanwindow":                              "made with π = 3.1415",
	"test_hammingwindow":                               "made with π = 3.1415",
	"test_hannwindow":                                  "made with π = 3.1415",
	"test_gridsample_bicubic":                          "written by hand, with four digits",
	"test_roialign":                                    "written by hand, with four digits",
	"test_attention_4d_fp16":                           "float16, where one step is 5e-4",
	"test_attention_4d_gqa_with_past_and_present_fp16": "float16, where one step is 5e-4",
}

// tolerance is the rtol of a case of the committed data.
func tolerance(name string) float64 {
	for prefix := range coarse {
		if strings.HasPrefix(path.Base(name), prefix) {
			return officialRTol
		}
	}
	return ourRTol
}

// TestOfficial runs the cases of onnx 1.12, and those of 1.22 with operators that
// are newer, as testdata/pack.py packed them: each is a model with inputs and the
// outputs to expect.
func TestOfficial(t *testing.T) {
	for _, archive := range []struct {
		file  string
		least int // plain node cases that pass
	}{{"node", 798}, {"newer", 177}} {
		files, err := official.Read("testdata/" + archive.file + ".tar.bz2")
		if err != nil {
			t.Fatal(err)
		}
		if plain := runCases(t, files, tolerance); plain < archive.least {
			t.Errorf("%d plain cases of %s pass; want at least %d", plain, archive.file, archive.least)
		}
	}
}

// TestOtherVersion runs the cases in the folder FACULA_ONNX_DATA, such as
// onnx/backend/test/data of another version, and fails where one fails.
func TestOtherVersion(t *testing.T) {
	dir := os.Getenv("FACULA_ONNX_DATA")
	if dir == "" {
		t.Skip("FACULA_ONNX_DATA is not set")
	}
	runCases(t, readFolder(t, dir, "node", "simple"), func(string) float64 { return officialRTol })
}

// runCases returns how many plain node cases pass: without those that the same
// operator has again, expanded into others.
func runCases(t *testing.T, files map[string][]byte, tolerance func(name string) float64) (plain int) {
	var cases []string
	for name := range files {
		if dir, file := path.Split(name); file == "model.onnx" {
			cases = append(cases, path.Clean(dir))
		}
	}
	slices.Sort(cases)
	passed := 0
	for _, name := range cases {
		err := runCase(files, name, tolerance(name))
		reason := unsupported[path.Base(name)]
		switch {
		case err == nil && reason == "":
			if passed++; strings.HasPrefix(name, "node/") && !strings.HasSuffix(name, "_expanded") {
				plain++
			}
		case err == nil:
			t.Errorf("%s passes, but is listed as unsupported: %s", name, reason)
		case reason == "":
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Logf("%d of %d cases pass, %d of them plain node cases", passed, len(cases), plain)
	return plain
}

func readFolder(t *testing.T, dir string, kinds ...string) map[string][]byte {
	files := map[string][]byte{}
	root := os.DirFS(dir)
	for _, kind := range kinds {
		err := fs.WalkDir(root, kind, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files[name], err = fs.ReadFile(root, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// runCase runs one model on all of its sets of data.
func runCase(files map[string][]byte, name string, rtol float64) error {
	data := files[name+"/model.onnx"]
	p, err := proto.Unmarshal(data)
	if err != nil {
		return err
	}
	m, err := Read(data)
	if err != nil {
		return err
	}
	for set := 0; ; set++ {
		dir := fmt.Sprintf("%s/test_data_set_%d", name, set)
		in, err := readValues(files, dir+"/input", p.Graph.Input)
		if err != nil {
			return err
		}
		want, err := readValues(files, dir+"/output", p.Graph.Output)
		if err != nil {
			return err
		}
		if len(want) == 0 {
			if set == 0 {
				return fmt.Errorf("there are no outputs")
			}
			return nil
		}
		got, err := m.RunValues(in)
		if err != nil {
			return err
		}
		for name, w := range want {
			if err := agree(got[name], w, rtol); err != nil {
				return fmt.Errorf("output %s: %w", name, err)
			}
		}
	}
}

// readValues reads prefix_0.pb and so on, as the types of the graph's values say.
func readValues(files map[string][]byte, prefix string, infos []*proto.ValueInfo) (map[string]*Value, error) {
	values := map[string]*Value{}
	for i, info := range infos {
		data, ok := files[fmt.Sprintf("%s_%d.pb", prefix, i)]
		if !ok {
			continue
		}
		v, err := readValue(data, info.Type)
		if err != nil {
			return nil, fmt.Errorf("%s_%d: %w", prefix, i, err)
		}
		values[info.Name] = v
	}
	return values, nil
}

func readValue(data []byte, typ *proto.Type) (*Value, error) {
	switch {
	case typ.Sequence != nil:
		s, err := proto.UnmarshalSequence(data)
		if err != nil {
			return nil, err
		}
		return sequenceOf(s)
	case typ.Optional != nil:
		o, err := proto.UnmarshalOptional(data)
		switch {
		case err != nil:
			return nil, err
		case o.Tensor != nil:
			return decode(o.Tensor, nil)
		case o.Sequence != nil:
			return sequenceOf(o.Sequence)
		}
		return none, nil
	}
	p, err := proto.UnmarshalTensor(data)
	if err != nil {
		return nil, err
	}
	if typ.Tensor != nil && typ.Tensor.ElemType == proto.BFloat16 {
		p.DataType = proto.BFloat16 // which onnx 1.12 wrote as uint16
	}
	return decode(p, nil)
}

func sequenceOf(s *proto.Sequence) (*Value, error) {
	seq := NewSequence()
	for _, p := range s.Tensors {
		v, err := decode(p, nil)
		if err != nil {
			return nil, err
		}
		seq.Sequence = append(seq.Sequence, v)
	}
	return seq, nil
}

// agree says how got differs from want.
func agree(got, want *Value, rtol float64) error {
	if got.Kind != want.Kind {
		return fmt.Errorf("got %v; want %v", got, want)
	}
	switch want.Kind {
	case KindStrings:
		if !slices.Equal(got.Strings, want.Strings) || !slices.Equal(got.Shape, want.Shape) {
			return fmt.Errorf("got %q%v; want %q%v", got.Strings, got.Shape, want.Strings, want.Shape)
		}
		return nil
	case KindNone:
		return nil
	case KindSequence:
		if len(got.Sequence) != len(want.Sequence) {
			return fmt.Errorf("got %v; want %v", got, want)
		}
		for i := range want.Sequence {
			if err := agree(got.Sequence[i], want.Sequence[i], rtol); err != nil {
				return fmt.Errorf("element %d: %w", i, err)
			}
		}
		return nil
	}
	if got.Elem != want.Elem || !slices.Equal(got.Tensor.Shape(), want.Tensor.Shape()) {
		return fmt.Errorf("got %v; want %v", got, want)
	}
	g, w := floatsOf(got.Tensor), floatsOf(want.Tensor)
	for i := range w {
		if g[i] == w[i] || math.IsNaN(g[i]) && math.IsNaN(w[i]) {
			continue
		}
		if !(math.Abs(g[i]-w[i]) <= officialATol+rtol*math.Abs(w[i])) {
			return fmt.Errorf("element %d of %v is %v; want %v", i, got, g[i], w[i])
		}
	}
	return nil
}

// officialOperators are the operators in the committed cases, also within graphs.
func officialOperators(t *testing.T) map[string]bool {
	found := map[string]bool{}
	var walk func(g *proto.Graph)
	walk = func(g *proto.Graph) {
		for _, n := range g.Node {
			found[key(n.Domain, n.OpType)] = true
			for _, a := range n.Attribute {
				if a.G != nil {
					walk(a.G)
				}
			}
		}
	}
	for _, archive := range []string{"node", "newer"} {
		files, err := official.Read("testdata/" + archive + ".tar.bz2")
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			if path.Base(name) != "model.onnx" {
				continue
			}
			p, err := proto.Unmarshal(data)
			if err != nil {
				t.Fatal(err)
			}
			walk(p.Graph)
		}
	}
	return found
}
