package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/train/plot"
	"github.com/facula-ml/facula/train/runlog"
)

func (a *app) plot() *cobra.Command {
	var tags []string
	var out string
	var smooth float64
	var confusion bool
	c := &cobra.Command{
		Use:   "plot RUN...",
		Short: "Draws curves of runs, or a confusion matrix, as PNG or SVG",
		Long: `plot draws what runs have logged, for a report or a message. facula board shows the
same, and more, in the browser.

  facula plot runs/mnist -o loss.png                        train/loss and val/loss
  facula plot runs/a runs/b --tag val/accuracy -o both.svg  runs side by side
  facula plot runs/mnist --confusion -o confusion.png`,
		Args: wantArgs(1, -1, "folders of runs"),
		RunE: func(_ *cobra.Command, args []string) error {
			figure := func() (*plot.Figure, error) { return curves(args, tags, smooth) }
			if confusion {
				figure = func() (*plot.Figure, error) { return lastMatrix(args[0]) }
			}
			f, err := figure()
			if err != nil {
				return err
			}
			if err := f.Save(out); err != nil {
				return err
			}
			return a.result(map[string]string{"out": out}, func() { fmt.Fprintln(a.out, out) })
		},
	}
	c.Flags().StringSliceVar(&tags, "tag", []string{"train/loss", "val/loss"}, "what to draw; may be given again")
	c.Flags().StringVarP(&out, "out", "o", "curves.png", "file to write, .png or .svg")
	c.Flags().Float64Var(&smooth, "smooth", 0, "from 0 to below 1: how much of the last value is in the next")
	c.Flags().BoolVar(&confusion, "confusion", false, "draw the last confusion matrix of one run")
	return c
}

// curves draws tags of runs in one figure.
func curves(dirs, tags []string, smooth float64) (*plot.Figure, error) {
	var all []plot.Curve
	known := map[string]bool{}
	for _, dir := range dirs {
		_, events, err := runlog.Read(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if e.Kind == runlog.KindScalar {
				known[e.Tag] = true
			}
		}
		for _, tag := range tags {
			name := tag
			if len(dirs) > 1 {
				name = filepath.Base(dir) + " " + tag
			}
			if c := plot.Scalars(name, events, tag); len(c.X) > 0 {
				all = append(all, c)
			}
		}
	}
	if len(all) == 0 {
		var names []string
		for k := range known {
			names = append(names, k)
		}
		slices.Sort(names)
		return nil, fmt.Errorf("nothing was logged as %s%s", strings.Join(tags, ", "), recipe.Suggest(tags[0], names))
	}
	return plot.Curves(plot.Options{Title: strings.Join(tags, ", "), X: "step", Smooth: smooth}, all...)
}

func lastMatrix(dir string) (*plot.Figure, error) {
	_, events, err := runlog.Read(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(events) {
		if e.Kind == runlog.KindMatrix && strings.HasPrefix(e.Tag, "val/") {
			return plot.Confusion(plot.Options{Title: filepath.Base(dir)}, e.Matrix)
		}
	}
	return nil, fmt.Errorf("%s has no confusion matrix", dir)
}
