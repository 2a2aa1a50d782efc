package datasets_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/datasets"
	"github.com/facula-ml/facula/tensor"
)

func ExampleMNIST() {
	train, err := datasets.MNIST("", true, datasets.Download, datasets.Normalize(0.1307, 0.3081))
	if err != nil {
		log.Fatal(err)
	}
	loader := data.NewLoader(train, data.Config{BatchSize: 64, Shuffle: true, Workers: 2})
	for batch, err := range loader.All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(batch.X.Shape(), batch.Y.Shape())
		break
	}
}

// Without the files, the error says what to do.
func ExampleMNIST_missing() {
	_, err := datasets.MNIST("no/such/folder", true)
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// true
}

// Other data in the same format: two images of 1×2 pixels.
func ExampleLoadIDX() {
	dir, err := os.MkdirTemp("", "idx")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	images, labels := filepath.Join(dir, "images"), filepath.Join(dir, "labels")
	for path, content := range map[string]string{
		images: "\x00\x00\x08\x03" + "\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02" + "\x00\xff\x33\x00",
		labels: "\x00\x00\x08\x01" + "\x00\x00\x00\x02" + "\x07\x01",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			log.Fatal(err)
		}
	}
	set, err := datasets.LoadIDX(images, labels, 10)
	if err != nil {
		log.Fatal(err)
	}
	for i := range set.Len() {
		s, err := set.At(i)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tensor.Slice[float32](s.X), tensor.Item[int64](s.Y))
	}
	// Output:
	// [0 1] 7
	// [0.2 0] 1
}

// Iris needs no download.
func ExampleIris() {
	parts, err := data.RandomSplit(datasets.Iris(), 1, 120, -1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(parts[0].Len(), parts[1].Len(), datasets.IrisClasses())
	// Output:
	// 120 30 [setosa versicolor virginica]
}

func ExampleList() {
	for _, set := range datasets.List()[2:4] {
		fmt.Printf("%s: %s; %d MB\n", set.Name, set.Description, set.Bytes/1e6)
	}
	// Output:
	// cifar-10: 60,000 small pictures, color, 32×32, 10 classes; 170 MB
	// cifar-100: 60,000 small pictures, color, 32×32, 100 classes in 20 groups; 168 MB
}
