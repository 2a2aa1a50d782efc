package checkpoint_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/nn"
)

type Model struct{ Encoder, Head *nn.Linear }

func NewModel() *Model { return &Model{nn.NewLinear(4, 8), nn.NewLinear(8, 2)} }

// Weights that somebody saved from inside another module, which gave all of
// them a prefix.
func ExampleLoadInto() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")
	if err := checkpoint.Save(path, map[string]*Model{"backbone": NewModel()}); err != nil {
		log.Fatal(err)
	}

	m := NewModel()
	if _, err := checkpoint.LoadInto(m, path); err != nil {
		fmt.Println("m is as it was, since its names are others")
	}
	report, err := checkpoint.LoadInto(m, path, checkpoint.Rename("backbone.", ""))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report)
	// Output:
	// m is as it was, since its names are others
	// 4 loaded, 0 missing, 0 extra, 0 different
}
