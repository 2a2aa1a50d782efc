package tensorboard_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/tensorboard"
)

// A training whose curves, weights and hyper-parameters TensorBoard shows:
// tensorboard --logdir runs
func Example() {
	runs, err := os.MkdirTemp("", "runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(runs)
	w, err := tensorboard.Create(filepath.Join(runs, "first"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	if err := w.HParams(map[string]any{"lr": 0.1, "optimizer": "SGD"}, "train/loss", "val/loss"); err != nil {
		fmt.Println(err)
	}

	x, y := tensor.Randn(64, 4), tensor.RandInt(0, 3, 64)
	model := nn.NewLinear(4, 3)
	_, err = train.Fit(context.Background(), train.Config{
		Model:     model,
		Loss:      nn.NewCrossEntropyLoss(),
		Optimizer: optim.NewSGD(nn.Params(model), 0.1),
		Train:     data.NewLoader(data.NewTensors(x, y), data.Config{BatchSize: 16}),
		Epochs:    2,
		Metrics:   []train.Metric{train.NewAccuracy(), train.NewConfusion(3)},
		Loggers:   []train.Logger{w},
		LogSteps:  2,
		Callbacks: []train.Callback{train.LogHistograms(4)},
		Output:    io.Discard,
	})
	files, _ := filepath.Glob(filepath.Join(runs, "first", "events.out.tfevents.*"))
	fmt.Println(len(files), "file,", err)
	// Output: 1 file, <nil>
}
