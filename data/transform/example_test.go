package transform_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/transform"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	pictures := data.NewTensors(tensor.Rand(8, 3, 40, 60), tensor.Zeros(8).Cast(tensor.Int64))
	train := transform.Apply(pictures,
		transform.RandomResizedCrop(32, 32),
		transform.RandomHFlip(0.5),
		transform.ColorJitter(0.2, 0.2, 0.2, 0.05),
		transform.Normalize([]float64{0.5}, []float64{0.25}),
	)
	loader := data.NewLoader(train, data.Config{BatchSize: 4, Shuffle: true, Workers: 2})
	for batch, err := range loader.All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(batch.X.Shape(), batch.Y.Shape())
	}
	// Output:
	// [4 3 32 32] [4]
	// [4 3 32 32] [4]
}

// A transform of one's own is a function.
func ExampleTransform() {
	invert := transform.Transform(func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor { return x.RSubScalar(1) })
	both := transform.Compose(transform.Crop(0, 0, 1, 2), invert)
	fmt.Println(both(tensor.Of([]float32{0.25, 0.5, 1}, 1, 1, 3), nil))
	// Output:
	// tensor([[[0.7500, 0.5000]]], shape=[1 1 2], dtype=float32)
}

func ExampleMixUp() {
	batch := data.Batch{X: tensor.Of([]float32{0, 1}, 2, 1), Y: tensor.Of([]int64{0, 1})}
	mixed := transform.MixUp(batch, 2, 1, rand.New(rand.NewPCG(1, 2)))
	fmt.Println(mixed.X.Sum().Float(), tensor.Slice[float32](mixed.Y.Sum(tensor.Dims(1))))
	// Output:
	// 1 [1 1]
}
