package torch_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// PyTorch's weights go into a module of the same names.
func Example() {
	f, err := torch.Open("testdata/train.pt") // torch.save({"model": model.state_dict(), …})
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	weights, err := f.StateDict()
	if err != nil {
		log.Fatal(err)
	}
	model := nn.NewSequential(nn.NewLinear(3, 4), nn.NewBatchNorm1d(4), nn.NewLinear(4, 2))
	if err := nn.LoadStateDict(model, weights); err != nil {
		log.Fatal(err)
	}
	fmt.Println("epoch", f.Metadata()["epoch"])
	fmt.Println(model.Forward(tensor.Ones(2, 3)).Shape())
	// Output:
	// epoch 3
	// [2 2]
}

// A look into a file reads no elements.
func ExampleFile_Infos() {
	f, err := torch.Open("testdata/wrapped.pt")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	for _, i := range f.Infos() {
		fmt.Println(i.Name, i.Kind, i.Shape)
	}
	// Output:
	// state_dict.module.fc.weight float32 [2 3]
	// state_dict.module.fc.bias float32 [2]
}

// What torch.load in Python reads as {"epoch": 3, "model": OrderedDict(…)}.
func ExampleWrite() {
	model := nn.NewLinear(2, 1)
	var file bytes.Buffer
	err := torch.Write(&file, map[string]any{"epoch": 3, "model": nn.StateDict(model)})
	if err != nil {
		log.Fatal(err)
	}
	f, err := torch.New(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	v, err := f.Load()
	if err != nil {
		log.Fatal(err)
	}
	for k := range v.(*torch.Dict).All() {
		fmt.Println(k)
	}
	// Output:
	// epoch
	// model
}
