package npy_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/facula-ml/facula/checkpoint/npy"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	state := &nn.State{}
	state.Set("x", tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3))
	state.Set("y", tensor.Of([]int64{0, 1}, 2))

	var b bytes.Buffer // numpy.load reads what is in it
	if err := npy.Write(&b, state, npy.Compress); err != nil {
		log.Fatal(err)
	}
	f, err := npy.New(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	for _, info := range f.Infos() {
		x, err := f.Tensor(info.Name)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(info.Name, info.Kind, x.Shape(), tensor.Slice[float64](x))
	}
	// Output:
	// x <f4 [2 3] [1 2 3 4 5 6]
	// y <i8 [2] [0 1]
}
