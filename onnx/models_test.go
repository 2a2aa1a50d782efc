package onnx

import (
	"fmt"
	"math"
	"os"
	"path"
	"slices"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx/internal/official"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// TestLargerModels does the same with a folder of other models, FACULA_ONNX_MODELS,
// that testdata/models.py did not make but is like its.
func TestLargerModels(t *testing.T) {
	dir := os.Getenv("FACULA_ONNX_MODELS")
	if dir == "" {
		t.Skip("FACULA_ONNX_MODELS is not set")
	}
	files := readFolder(t, dir, "models")
	for name := range files {
		if path.Base(name) == "model.onnx" {
			t.Run(path.Base(path.Dir(name)), func(t *testing.T) { checkModel(t, files, path.Dir(name)) })
		}
	}
}

// TestPyTorchModels runs nets that PyTorch exported, and compares outputs, and
// gradients of weights, with PyTorch's. Both are float32; sums are in another
// order, so the largest element decides what is near.
func TestPyTorchModels(t *testing.T) {
	files, err := official.Read("testdata/models.tar.bz2")
	if err != nil {
		t.Fatal(err)
	}
	var cases []string
	for name := range files {
		if path.Base(name) == "model.onnx" {
			cases = append(cases, path.Dir(name))
		}
	}
	slices.Sort(cases)
	if len(cases) != 16 {
		t.Errorf("%d models; want 16", len(cases))
	}
	gradients := 0
	for _, name := range cases {
		t.Run(path.Base(name), func(t *testing.T) { gradients += checkModel(t, files, name) })
	}
	if gradients < 100 {
		t.Errorf("%d gradients; want at least 100", gradients)
	}
}

func checkModel(t *testing.T, files map[string][]byte, name string) (gradients int) {
	m, err := Read(files[name+"/model.onnx"])
	if err != nil {
		t.Fatal(err)
	}
	layer, err := m.Layer()
	if err != nil {
		t.Fatal(err)
	}
	x, _ := golden(t, files[name+"/test_data_set_0/input_0.pb"])
	want, _ := golden(t, files[name+"/test_data_set_0/output_0.pb"])
	out, err := m.Run(map[string]*tensor.Tensor{m.Inputs[0].Name: x})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the output", out[m.Outputs[0].Name], want)
	y := layer.Forward(x)
	near(t, "the layer's output", y, want)
	params := map[string]*tensor.Tensor{}
	for k, p := range nn.Params(layer) {
		params[k] = p
	}
	if len(params) > 0 {
		y.Square().Sum().Backward()
	}
	for {
		data, ok := files[fmt.Sprintf("%s/test_data_set_0/gradient_%d.pb", name, gradients)]
		if !ok {
			return gradients
		}
		gradients++
		g, k := golden(t, data)
		if params[k] == nil || params[k].Grad() == nil {
			t.Errorf("%s has no gradient", k)
			continue
		}
		near(t, "the gradient of "+k, params[k].Grad(), g)
	}
}

// golden reads a tensor and its name.
func golden(t *testing.T, data []byte) (*tensor.Tensor, string) {
	t.Helper()
	p, err := proto.UnmarshalTensor(data)
	if err != nil {
		t.Fatal(err)
	}
	v, err := decode(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v.Tensor, p.Name
}

func near(t *testing.T, what string, got, want *tensor.Tensor) {
	t.Helper()
	if !slices.Equal(got.Shape(), want.Shape()) || got.DType() != want.DType() {
		t.Errorf("%s is %v%v; want %v%v", what, got.DType(), got.Shape(), want.DType(), want.Shape())
		return
	}
	g, w := floatsOf(got), floatsOf(want)
	var most, diff float64
	for i := range w {
		most, diff = math.Max(most, math.Abs(w[i])), math.Max(diff, math.Abs(g[i]-w[i]))
	}
	if !(diff <= 1e-5*math.Max(most, 1e-2)) {
		t.Errorf("%s differs by %v; the largest element is %v", what, diff, most)
	}
}
