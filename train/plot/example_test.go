package plot_test

import (
	"bytes"
	"fmt"

	"github.com/facula-ml/facula/train/plot"
	"github.com/facula-ml/facula/train/runlog"
)

// Two curves of one run; Save writes them to a file.
func Example() {
	events := []runlog.Event{
		runlog.Scalar(100, 1, "train/loss", 0.9), runlog.Scalar(100, 1, "val/loss", 1.1),
		runlog.Scalar(200, 2, "train/loss", 0.4), runlog.Scalar(200, 2, "val/loss", 0.7),
	}
	f, err := plot.Curves(plot.Options{Title: "Loss", X: "step"},
		plot.Scalars("train", events, "train/loss"),
		plot.Scalars("validation", events, "val/loss"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Image().Bounds().Size())
	var svg bytes.Buffer
	fmt.Println(f.WriteSVG(&svg))
	// Output:
	// (960,600)
	// <nil>
}
