package images_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/data/images"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	root, err := os.MkdirTemp("", "pets")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	for i, name := range []string{"cat", "dog"} {
		if err := os.Mkdir(filepath.Join(root, name), 0o755); err != nil {
			log.Fatal(err)
		}
		picture := tensor.Full(float32(i), 3, 4, 6)
		if err := images.SavePNG(filepath.Join(root, name, "1.png"), picture); err != nil {
			log.Fatal(err)
		}
	}

	pets, err := images.OpenFolder(root)
	if err != nil {
		log.Fatal(err)
	}
	sample, err := pets.At(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pets.Len(), "pictures of", pets.Classes())
	fmt.Println(sample.X.Shape(), pets.Classes()[sample.Y.Int()])
	// Output:
	// 2 pictures of [cat dog]
	// [3 4 6] dog
}

func ExampleMakeGrid() {
	batch := tensor.Ones(5, 1, 28, 28)
	fmt.Println(images.MakeGrid(batch, images.Columns(3)).Shape())
	// Output:
	// [3 62 92]
}
