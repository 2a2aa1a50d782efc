package tutorial

import (
	"context"
	"fmt"
	"iter"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/csv"
	"github.com/facula-ml/facula/data/datasets"
	"github.com/facula-ml/facula/data/images"
	"github.com/facula-ml/facula/data/transform"
	"github.com/facula-ml/facula/tensor"
)

func Example_table() {
	file := strings.NewReader("weight,color,fruit\n150,red,apple\n120,yellow,lemon\n,red,cherry\n140,yellow,apple\n")
	table, err := csv.Read(file, csv.Config{ // or csv.Open("fruit.csv", …)
		Label:   "fruit",
		Types:   map[string]csv.Type{"fruit": csv.Category, "color": csv.Category},
		Values:  map[string][]string{"color": {"red", "yellow"}},
		Missing: csv.Skip,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(table.Columns())
	fmt.Println(tensor.Slice[float32](table.X()))
	fmt.Println(tensor.Slice[int64](table.Y()), table.Classes())
	// Output:
	// [weight color=red color=yellow]
	// [150 1 0 120 0 1 140 0 1]
	// [0 1 0] [apple lemon]
}

// petFolder makes three pictures of two classes.
func petFolder() string {
	root, err := os.MkdirTemp("", "pets")
	if err != nil {
		log.Fatal(err)
	}
	for i, name := range []string{"cat/1.png", "cat/2.png", "dog/1.png"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			log.Fatal(err)
		}
		if err := images.SavePNG(path, tensor.Full(float32(i)/4, 3, 40, 60)); err != nil {
			log.Fatal(err)
		}
	}
	return root
}

func Example_pictures() {
	root := petFolder() // with cat/1.png, cat/2.png and dog/1.png
	defer os.RemoveAll(root)

	pets, err := images.OpenFolder(root)
	if err != nil {
		log.Fatal(err)
	}
	train := transform.Apply(pets,
		transform.RandomResizedCrop(32, 32),
		transform.RandomHFlip(0.5),
		transform.ColorJitter(0.2, 0.2, 0.2, 0.05),
		transform.Normalize([]float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225}),
	)
	loader := data.NewLoader(train, data.Config{BatchSize: 2, Shuffle: true, Seed: 1, Workers: 4})
	for batch, err := range loader.All(context.Background()) {
		if err != nil {
			log.Fatal(err) // names the file that cannot be read
		}
		fmt.Println(batch.X.Shape(), tensor.Slice[int64](batch.Y))
	}
	fmt.Println(pets.Classes())
	// Output:
	// [2 3 32 32] [0 1]
	// [1 3 32 32] [0]
	// [cat dog]
}

func Example_rare() {
	labels := []int64{0, 0, 0, 0, 0, 0, 0, 1}
	sampler, err := data.NewWeighted(data.BalancedWeights(labels), 16, 4)
	if err != nil {
		log.Fatal(err)
	}
	loader := data.NewLoader(data.NewTensors(tensor.Rand(8, 2), tensor.Of(labels)), data.Config{BatchSize: 16, Sampler: sampler})
	for batch, err := range loader.All(context.Background()) {
		fmt.Println(tensor.Slice[int64](batch.Y), err)
	}
	// Output:
	// [0 0 1 1 0 1 0 0 0 0 1 0 1 0 1 1] <nil>
}

func Example_stream() {
	numbers := data.Stream[int](func(epoch int) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := 0; i < 6 && yield(i, nil); i++ { // a program reads a file, or a connection
			}
		}
	})
	square := func(v int, _ *rand.Rand) (int, error) { return v * v, nil } // decoding, in the workers
	batch := func(v []int) ([]int, error) { return v, nil }
	loader := data.NewStreamLoaderFunc(data.ShuffleStream(numbers, 4, 1), square, batch, data.StreamConfig{BatchSize: 2, Workers: 2})
	for b, err := range loader.All(context.Background()) {
		fmt.Println(b, err)
		break // the program is stopped
	}
	saved := loader.State()

	loader.SetState(saved)
	for b, err := range loader.All(context.Background()) {
		fmt.Println(b, err)
	}
	// Output:
	// [0 4] <nil>
	// [1 9] <nil>
	// [16 25] <nil>
}

func Example_known() {
	for _, set := range datasets.List() {
		fmt.Printf("%-16s %s\n", set.Name, set.Description)
	}
	// Output:
	// mnist            70,000 handwritten digits, gray, 28×28, 10 classes
	// fashion-mnist    70,000 pictures of clothing, gray, 28×28, 10 classes
	// cifar-10         60,000 small pictures, color, 32×32, 10 classes
	// cifar-100        60,000 small pictures, color, 32×32, 100 classes in 20 groups
	// tiny-shakespeare 1.1 million characters of Shakespeare's plays
	// wikitext-2       2 million words of Wikipedia articles
	// iris             150 flowers, four lengths, 3 classes; part of this package
}
