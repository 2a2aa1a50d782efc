// Write makes the runs that scripts/tensorboard reads with TensorBoard.
package main

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/train/runlog"
	"github.com/facula-ml/facula/train/tensorboard"
)

func main() {
	if err := write(filepath.Join(os.Args[1], "first")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write has steps 1 to 10 in a first file, and goes on from 6 in a second one.
func write(dir string) error {
	w, err := tensorboard.Create(dir)
	if err != nil {
		return err
	}
	if err := w.HParams(map[string]any{"lr": 0.125, "optimizer": "Adam", "augment": true}, "val/loss"); err != nil {
		return err
	}
	picture := image.NewNRGBA(image.Rect(0, 0, 7, 3))
	picture.Set(1, 2, color.NRGBA{255, 0, 0, 255})
	events := []runlog.Event{
		{Step: 5, Kind: runlog.KindHistogram, Tag: "weights/fc1", Histogram: &runlog.Histogram{
			Edges: []float64{-1, 0, 1, 2}, Counts: []float64{3, 0, 5}, Min: -1, Max: 2, Mean: 0.5, Std: 1.5}},
		{Step: 5, Kind: runlog.KindImage, Tag: "samples", Image: &runlog.Image{Picture: picture}},
		{Step: 5, Kind: runlog.KindText, Tag: "note", Text: "größer **is** better"},
		{Step: 5, Kind: runlog.KindMatrix, Tag: "confusion", Matrix: &runlog.Matrix{Labels: []string{"a", "b"}, Rows: [][]float64{{9, 1}, {2, 8}}}},
	}
	for step := 1; step <= 10; step++ {
		events = append(events, runlog.Scalar(step, 1, "val/loss", 1/float64(step)))
	}
	if err := all(w, events); err != nil {
		return err
	}
	if w, err = tensorboard.Create(dir); err != nil {
		return err
	}
	return all(w, []runlog.Event{{Step: 6, Kind: runlog.KindResume}, runlog.Scalar(7, 1, "val/loss", 0.5), runlog.Scalar(8, 1, "val/loss", 0.25)})
}

func all(w *tensorboard.Writer, events []runlog.Event) error {
	for _, e := range events {
		if err := w.Write(e); err != nil {
			return err
		}
	}
	return w.Close()
}
