package train_test

import (
	"context"
	"fmt"
	"io"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// meanSquares is a loss: anything with this Forward is.
type meanSquares struct{}

func (meanSquares) Forward(x, y *tensor.Tensor) *tensor.Tensor {
	d := x.Sub(y)
	return d.Mul(d).Mean()
}

// A line through points: y = 3x - 1.
func ExampleFit() {
	x := tensor.Linspace(-1, 1, 64).Reshape(64, 1)
	y := x.MulScalar(3).AddScalar(-1)
	model := nn.NewLinear(1, 1)
	history, err := train.Fit(context.Background(), train.Config{
		Model:     model,
		Loss:      meanSquares{},
		Optimizer: optim.NewAdam(nn.Params(model), 0.05),
		Train:     data.NewLoader(data.NewTensors(x, y), data.Config{BatchSize: 16, Shuffle: true}),
		Epochs:    100,
		Output:    io.Discard,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(history), "epochs, loss below 1e-6:", history[99].Train.Loss < 1e-6)
	fmt.Printf("%.2f %.2f\n", model.Weight.Float(), model.Bias.Float())
	// Output:
	// 100 epochs, loss below 1e-6: true
	// 3.00 -1.00
}
