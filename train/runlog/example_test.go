package runlog_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/train/runlog"
)

// A run that was killed after step 3 goes on from its checkpoint of step 2.
func Example() {
	tmp, err := os.MkdirTemp("", "runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(tmp)
	dir := filepath.Join(tmp, "first")
	w, err := runlog.Create(dir, runlog.Info{HParams: map[string]any{"lr": 0.1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for step, loss := range []float64{4, 2, 1} {
		if err := w.Write(runlog.Scalar(step+1, 1, "train/loss", loss)); err != nil {
			fmt.Println(err)
		}
	}
	w.Close()

	if w, err = runlog.Append(dir, 2); err != nil {
		fmt.Println(err)
		return
	}
	if err := w.Write(runlog.Scalar(3, 1, "train/loss", 1.5)); err != nil {
		fmt.Println(err)
	}
	w.Close()

	info, events, err := runlog.Read(dir)
	fmt.Println(info.Name, info.HParams, err)
	for _, e := range events {
		fmt.Println(e.Step, e.Tag, e.Value)
	}
	// Output:
	// first map[lr:0.1] <nil>
	// 1 train/loss 4
	// 2 train/loss 2
	// 3 train/loss 1.5
}
