package trace_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train/trace"
)

// The ops of a step, to be opened in chrome://tracing or ui.perfetto.dev.
func Example() {
	rec := trace.New()
	model := nn.NewSequential(nn.NewLinear(4, 8), nn.NewTanh(), nn.NewLinear(8, 1))
	model.Forward(rec.Watch(tensor.Randn(16, 4))).Square().Mean().Backward()
	var file bytes.Buffer
	if err := rec.Write(&file); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Contains(file.String(), `"name":"tanh","cat":"forward"`))
	// Output: true
}
