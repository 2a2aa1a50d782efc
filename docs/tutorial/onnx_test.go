package tutorial

import (
	"bytes"
	"fmt"
	"log"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/tensor"
)

func Example_onnx() {
	tensor.ManualSeed(1)
	model := nn.NewSequential(
		nn.NewConv2d(1, 4, 3), nn.NewReLU(), nn.NewMaxPool2d(2), nn.NewFlatten(), nn.NewLinear(4*13*13, 10))

	var file bytes.Buffer // or what os.Create gives
	err := onnx.Export(&file, model, []*tensor.Tensor{tensor.Zeros(1, 1, 28, 28)},
		onnx.InputNames("image"), onnx.OutputNames("scores"), onnx.Dynamic(0, "batch"))
	if err != nil {
		log.Fatal(err)
	}

	m, err := onnx.Read(file.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Inputs[0], "→", m.Outputs[0])

	images := tensor.Rand(5, 1, 28, 28)
	out, err := m.Run(map[string]*tensor.Tensor{"image": images})
	if err != nil {
		log.Fatal(err)
	}
	nn.Eval(model)
	want := model.Forward(images.NoGrad())
	fmt.Println(out["scores"].Shape(), out["scores"].Sub(want).Abs().Max().Float() < 1e-5)

	layer, err := m.Layer()
	if err != nil {
		log.Fatal(err)
	}
	for name, p := range nn.Params(layer) {
		fmt.Println(name, p.Shape())
	}
	layer.Forward(images).Sum().Backward()
	fmt.Println(layer.Weights["0.weight"].Grad().Shape())
	// Output:
	// image float[batch 1 28 28] → scores float[batch 10]
	// [5 10] true
	// 0.bias [4]
	// 0.weight [4 1 3 3]
	// 4.bias [10]
	// 4.weight [10 676]
	// [4 1 3 3]
}
