package onnx_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/tensor"
)

// A network goes to a file that takes batches of any size.
func ExampleExport() {
	dir, err := os.MkdirTemp("", "onnx")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.onnx")

	model := nn.NewSequential(nn.NewLinear(4, 8), nn.NewTanh(), nn.NewLinear(8, 3), nn.NewSoftmax(-1))
	f, err := os.Create(path)
	if err != nil {
		log.Fatal(err)
	}
	if err := onnx.Export(f, model, []*tensor.Tensor{tensor.Zeros(1, 4)}, onnx.Dynamic(0, "batch")); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}

	m, err := onnx.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	out, err := m.Run(map[string]*tensor.Tensor{"input": tensor.Rand(5, 4)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Inputs, m.Outputs, out["output"].Shape())
	// Output:
	// [input float[batch 4]] [output float[batch 3]] [5 3]
}
