package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/data/csv"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// prediction is what a model says of one input.
type prediction struct {
	Input  string     `json:"input"`
	Class  string     `json:"class,omitempty"`
	Value  *number    `json:"value,omitempty"`
	Scores []scoreRow `json:"scores,omitempty"`
}

type scoreRow struct {
	Class       string `json:"class"`
	Probability number `json:"probability"`
}

// maxInput is the largest file or standard input that predict reads.
const maxInput = 256 << 20

func (a *app) predict() *cobra.Command {
	var top int
	var invert bool
	c := &cobra.Command{
		Use:   "predict RUN [FILE...]",
		Short: "Says what a trained model makes of pictures, or of rows of numbers",
		Long: `predict takes the best weights of a run and shows for each input the most likely
classes, with bars, or the number that the model says. Pictures are files (PNG, JPEG,
WebP, …) or one on standard input; a run of a CSV file takes CSV files with the same
columns.

  facula predict runs/mnist digit.png
  facula predict runs/mnist --invert photo.jpg      dark digits on a light ground
  cat pet.jpg | facula predict runs/pets
  facula predict runs/iris flowers.csv --json`,
		Args: wantArgs(1, -1, "the folder of a run, and files"),
		RunE: func(c *cobra.Command, args []string) error {
			s, m, err := load(args[0])
			if err != nil {
				return err
			}
			files := args[1:]
			if len(files) == 0 {
				files = []string{"-"}
			}
			var all []prediction
			for _, f := range files {
				some, err := a.predictFile(c.Context(), s, m, f, top, invert)
				if err != nil {
					return fmt.Errorf("%s: %w", f, err)
				}
				all = append(all, some...)
			}
			return a.result(all, func() { a.showPredictions(all) })
		},
	}
	c.Flags().IntVar(&top, "top", 5, "how many classes to show")
	c.Flags().BoolVar(&invert, "invert", false, "exchange dark and light first: MNIST's digits are light on dark")
	return c
}

func (a *app) predictFile(ctx context.Context, s *saved, m nn.Layer, name string, top int, invert bool) ([]prediction, error) {
	raw, err := a.readInput(ctx, name)
	if err != nil {
		return nil, err
	}
	if len(s.Kind.Columns) > 0 {
		return predictRows(s, m, name, raw, top)
	}
	x, err := s.Recipe.Data.Picture(raw, s.Kind, invert)
	if err != nil {
		return nil, err
	}
	return outcome(s, m, []string{name}, x.Unsqueeze(0), top)
}

// readInput reads a file, or standard input for "-", which nobody may ever end:
// it is left when ctx ends.
func (a *app) readInput(ctx context.Context, name string) ([]byte, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readAll(f)
	}
	var raw []byte
	var err error
	done := make(chan struct{})
	go func() { defer close(done); raw, err = readAll(a.in) }()
	select {
	case <-done:
		return raw, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// readAll reads what is neither empty nor larger than maxInput.
func readAll(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err == nil && len(raw) > maxInput {
		err = fmt.Errorf("more than %s", size(maxInput))
	}
	if err == nil && len(raw) == 0 {
		err = errors.New("the input is empty")
	}
	return raw, err
}

// predictRows reads the columns that the model learned from; others are left out.
func predictRows(s *saved, m nn.Layer, name string, raw []byte, top int) ([]prediction, error) {
	t, err := csv.Read(bytes.NewReader(raw), csv.Config{Features: s.Kind.Columns})
	if err != nil {
		return nil, err
	}
	names := make([]string, t.Len())
	for i := range names {
		names[i] = fmt.Sprintf("%s:%d", name, i+2)
	}
	return outcome(s, m, names, t.X(), top)
}

// outcome runs the model and says what came out, the most likely class first.
func outcome(s *saved, m nn.Layer, names []string, x *tensor.Tensor, top int) (all []prediction, err error) {
	var out *tensor.Tensor
	if err := tensor.Try(func() { out = m.Forward(x.NoGrad()) }); err != nil {
		return nil, err
	}
	if len(s.Kind.Classes) == 0 {
		for i, v := range tensor.Slice[float64](out.Reshape(-1)) {
			all = append(all, prediction{Input: names[i], Value: (*number)(&v)})
		}
		return all, nil
	}
	p := tensor.Slice[float64](out.Softmax(-1))
	n := len(s.Kind.Classes)
	for i, name := range names {
		var rows []scoreRow
		for k, class := range s.Kind.Classes {
			rows = append(rows, scoreRow{class, number(p[i*n+k])})
		}
		slices.SortStableFunc(rows, func(a, b scoreRow) int { return cmp.Compare(b.Probability, a.Probability) })
		all = append(all, prediction{Input: name, Class: rows[0].Class, Scores: rows[:min(max(1, top), n)]})
	}
	return all, nil
}

func (a *app) showPredictions(all []prediction) {
	for _, p := range all {
		if p.Value != nil {
			fmt.Fprintf(a.out, "%s: %.6g\n", printable(p.Input), *p.Value)
			continue
		}
		fmt.Fprintf(a.out, "%s: %s\n", printable(p.Input), p.Class)
		width := 0
		for _, s := range p.Scores {
			width = max(width, len([]rune(s.Class)))
		}
		for _, s := range p.Scores {
			fmt.Fprintf(a.out, "  %-*s %s %5.1f %%\n", width, s.Class, bar(float64(s.Probability), 30), 100*s.Probability)
		}
	}
}
