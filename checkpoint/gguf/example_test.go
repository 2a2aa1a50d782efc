package gguf_test

import (
	"fmt"
	"log"

	"github.com/facula-ml/facula/checkpoint/gguf"
)

func Example() {
	f, err := gguf.Open("testdata/golden.gguf")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	arch, err := f.Value("general.architecture")
	fmt.Println(arch, err)
	fmt.Println(f.Metadata()["test.tokens"])
	for _, t := range f.Infos()[:2] {
		fmt.Println(t.Name, t.Kind, t.Shape)
	}
	w, err := f.Tensor("q4_k")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.DType(), w.Shape())
	// Output:
	// facula-test <nil>
	// ["<s>", "a", "", "日本", "5", "6", "7", "8", … (10 elements)]
	// float32 F32 [2 3 4]
	// float16 F16 [2 3 4]
	// float32 [2 512]
}
