package safetensors_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	state := &nn.State{}
	state.Set("fc.weight", tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3))
	state.Set("fc.bias", tensor.Of([]float32{7, 8}, 2).Cast(tensor.BFloat16))

	var b bytes.Buffer // or a file; package checkpoint replaces files safely
	err := safetensors.Write(&b, state, safetensors.Metadata(map[string]string{"format": "pt"}))
	if err != nil {
		log.Fatal(err)
	}

	f, err := safetensors.New(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(f.Metadata())
	for _, info := range f.Infos() {
		x, err := f.Tensor(info.Name)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(info.Name, info.Kind, x.Shape(), tensor.Slice[float64](x))
	}
	// Output:
	// map[format:pt]
	// fc.weight F32 [2 3] [1 2 3 4 5 6]
	// fc.bias BF16 [2] [7 8]
}
