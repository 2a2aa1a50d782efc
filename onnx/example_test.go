package onnx_test

import (
	"fmt"
	"log"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	m, err := onnx.Open("testdata/linear.onnx")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Inputs[0], "→", m.Outputs[0])

	x := tensor.Of([]float32{1, 2, 3, -1}, 2, 2)
	out, err := m.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out["y"])
	// Output:
	// x float[batch 2] → y float[batch 2]
	// tensor([[5.5000, 1.0000],
	//         [1.5000, 0.0000]], shape=[2 2], dtype=float32)
}

// A model goes on learning as a layer.
func ExampleModel_Layer() {
	m, err := onnx.Open("testdata/linear.onnx")
	if err != nil {
		log.Fatal(err)
	}
	layer, err := m.Layer()
	if err != nil {
		log.Fatal(err)
	}
	for name, p := range nn.Params(layer) {
		fmt.Println(name, p.Shape())
	}
	sgd := optim.NewSGD(nn.Params(layer), 0.05)
	x := tensor.Of([]float32{1, 2, 3, -1}, 2, 2)
	want := tensor.Of([]float32{4, 2, 0, 1}, 2, 2)
	for range 100 {
		loss := tensor.MSELoss(layer.Forward(x), want)
		sgd.ZeroGrad()
		loss.Backward()
		sgd.Step()
	}
	fmt.Printf("loss %.3f\n", tensor.MSELoss(layer.Forward(x), want).Float())
	// Output:
	// bias [2]
	// weight [2 2]
	// loss 0.250
}
