package tutorial

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"log"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/datasets"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

const folder = "../../examples/data/mnist" // seen from docs/tutorial

func Example_digits() {
	test, err := datasets.MNIST(folder, false)
	if err != nil {
		log.Fatal(err)
	}
	digit, err := test.At(0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(test.Len(), digit.X.Shape(), digit.X.DType(), digit.Y.Int())

	middle := digit.X.Index(tensor.At(0), tensor.Range(6, 28, 2), tensor.Range(4, 24, 1))
	for _, row := range middle.Unbind(0) {
		for _, v := range tensor.Slice[float32](row) {
			fmt.Print(string(".+#"[int(2.99*v)]))
		}
		fmt.Println()
	}
	// Output:
	// 10000 [1 28 28] float32 7
	// ....................
	// ..##############+...
	// ...............##+..
	// ..............##....
	// .............##.....
	// ............##......
	// ...........##.......
	// .........###........
	// ........##+.........
	// .......###..........
	// ......+##...........
}

func newCNN(g nn.GenOption) *nn.Sequential {
	return nn.NewSequential(
		nn.NewConv2d(1, 8, 3, g), nn.NewReLU(), nn.NewMaxPool2d(2),
		nn.NewConv2d(8, 16, 3, g), nn.NewReLU(), nn.NewMaxPool2d(2),
		nn.NewFlatten(), nn.NewLinear(16*5*5, 10, g),
	)
}

func Example_cnn() {
	model := newCNN(nn.Gen(tensor.NewGenerator(1)))
	fmt.Print(nn.Summary(model, tensor.Zeros(1, 1, 28, 28)))
	// Output:
	// layer  type        output        parameters
	// .      Sequential  [1 10]                 -
	// 0      Conv2d      [1 8 26 26]           80
	// 1      ReLU        [1 8 26 26]            -
	// 2      MaxPool2d   [1 8 13 13]            -
	// 3      Conv2d      [1 16 11 11]       1,168
	// 4      ReLU        [1 16 11 11]           -
	// 5      MaxPool2d   [1 16 5 5]             -
	// 6      Flatten     [1 400]                -
	// 7      Linear      [1 10]             4,010
	// 5,258 parameters, 5,258 of them trainable
}

// run trains a model and says how good it is.
func run(images, epochs int) (*nn.Sequential, error) {
	norm := datasets.Normalize(0.1307, 0.3081)
	train, err := datasets.MNIST(folder, true, norm)
	if err != nil {
		return nil, err
	}
	test, err := datasets.MNIST(folder, false, norm)
	if err != nil {
		return nil, err
	}
	loader := data.NewLoader(data.First(train, images),
		data.Config{BatchSize: 50, Shuffle: true, Seed: 1, Workers: 1})

	model := newCNN(nn.Gen(tensor.NewGenerator(1)))
	criterion := nn.NewCrossEntropyLoss()
	opt := optim.NewAdam(nn.Params(model), 2e-3)
	for range epochs {
		for batch, err := range loader.All(context.Background()) {
			if err != nil {
				return nil, err
			}
			opt.ZeroGrad()
			criterion.Forward(model.Forward(batch.X), batch.Y).Backward()
			opt.Step()
		}
	}
	acc, err := accuracy(model, data.First(test, images/4))
	fmt.Printf("test accuracy %.1f\n", acc)
	return model, err
}

// save writes the tensors of a model by name.
func save(w io.Writer, model any) error {
	weights := map[string][]float64{} // holds each float32 exactly, and BatchNorm's counts
	for name, t := range nn.StateDict(model).All() {
		weights[name] = tensor.Slice[float64](t)
	}
	return gob.NewEncoder(w).Encode(weights)
}

// load reads into a model of the same shape what save wrote.
func load(r io.Reader, model any) error {
	var weights map[string][]float64
	if err := gob.NewDecoder(r).Decode(&weights); err != nil {
		return err
	}
	return tensor.Try(func() {
		for name, t := range nn.StateDict(model).All() {
			t.CopyFrom(tensor.FromSlice(weights[name], t.Shape()))
		}
	})
}

func Example_mnist() {
	model, err := run(4000, 2) // 60000 is all
	if err != nil {
		log.Fatal(err)
	}

	var file bytes.Buffer // or os.Create
	if err := save(&file, model); err != nil {
		log.Fatal(err)
	}
	again := newCNN(nn.Gen(tensor.NewGenerator(2)))
	fmt.Println("loaded:", load(&file, again))
	x := tensor.Rand(1, 1, 28, 28).NoGrad()
	fmt.Println(again.Forward(x).Eq(model.Forward(x)).All())
	// Output:
	// test accuracy 0.9
	// loaded: <nil>
	// tensor(True, shape=[], dtype=bool)
}
