package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// evaluation is what facula eval measured.
type evaluation struct {
	Run      string                       `json:"run"`
	Samples  int                          `json:"samples"`
	Accuracy *float64                     `json:"accuracy,omitempty"`
	Classes  map[string]train.ClassScores `json:"classes,omitempty"`
	MAE      *number                      `json:"mae,omitempty"`
	RMSE     *number                      `json:"rmse,omitempty"`
	R2       *number                      `json:"r2,omitempty"`
}

func (a *app) eval() *cobra.Command {
	var dataPath string
	var limit int
	c := &cobra.Command{
		Use:   "eval RUN",
		Short: "Measures a trained model on its validation data, or on other data",
		Long: `eval takes the best weights of a run and measures them on the data that the run was
validated on: for classes the accuracy, for each class how many were found and how
many of its guesses are right, and what is taken for what; for numbers the errors.

  facula eval runs/mnist
  facula eval runs/pets --data other/pictures`,
		Args: wantArgs(1, 1, "the folder of a run"),
		RunE: func(c *cobra.Command, args []string) error {
			s, m, err := load(args[0])
			if err != nil {
				return err
			}
			if dataPath != "" {
				s.Recipe.Data.Val = dataPath
			}
			if limit > 0 {
				s.Recipe.Data.Limit = limit
			}
			source, err := s.Recipe.Load()
			if err != nil {
				return err
			}
			if err := s.Kind.Same(source.Kind); err != nil {
				return err
			}
			if len(s.Kind.Classes) > 0 {
				return a.evalClasses(c.Context(), args[0], s, m, source.Val)
			}
			return a.evalNumbers(c.Context(), args[0], m, source.Val)
		},
	}
	c.Flags().StringVar(&dataPath, "data", "", "of sets csv and images: other data to measure on")
	c.Flags().IntVar(&limit, "limit", 0, "only the first so many samples")
	return c
}

// over runs the model on a data set.
func over(ctx context.Context, m nn.Layer, set data.Dataset[data.Sample], add func(out, target *tensor.Tensor)) error {
	scope := tensor.NewScope()
	defer scope.Close()
	for b, err := range data.NewLoader(set, data.Config{BatchSize: 256, Workers: 1}).All(ctx) {
		if err != nil {
			return err
		}
		if err := tensor.Try(func() { add(m.Forward(scope.In(b.X).NoGrad()), b.Y) }); err != nil {
			return err
		}
		scope.Close()
	}
	return nil
}

func (a *app) evalClasses(ctx context.Context, dir string, s *saved, m nn.Layer, set data.Dataset[data.Sample]) error {
	names := s.Kind.Classes
	confusion := train.NewConfusion(len(names), names...)
	if err := over(ctx, m, set, confusion.Add); err != nil {
		return err
	}
	v := confusion.Value()
	e := evaluation{Run: dir, Samples: set.Len(), Accuracy: &v, Classes: map[string]train.ClassScores{}}
	scores := confusion.PerClass()
	rows := [][]string{{"class", "samples", "found", "right of its guesses", "F1"}}
	for i, n := range names {
		e.Classes[n] = scores[i]
		rows = append(rows, []string{n, fmt.Sprintf("%.0f", scores[i].Support), percent(scores[i].Recall), percent(scores[i].Precision), fmt.Sprintf("%.3f", scores[i].F1)})
	}
	return a.result(e, func() {
		fmt.Fprintf(a.out, "accuracy %s of %d samples\n\n", percent(v), set.Len())
		a.table(rows)
		a.mistakes(confusion.Matrix().Rows, names)
	})
}

// mistakes lists what is most often taken for what.
func (a *app) mistakes(counts [][]float64, names []string) {
	type mistake struct {
		truth, guess int
		n            float64
	}
	var all []mistake
	for i, row := range counts {
		for j, n := range row {
			if i != j && n > 0 {
				all = append(all, mistake{i, j, n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mistake) int { return cmp.Compare(b.n, a.n) })
	if len(all) > 0 {
		fmt.Fprintln(a.out, "\nmost often:")
	}
	for _, m := range all[:min(5, len(all))] {
		fmt.Fprintf(a.out, "  %s taken for %s: %.0f\n", names[m.truth], names[m.guess], m.n)
	}
}

func percent(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }

func (a *app) evalNumbers(ctx context.Context, dir string, m nn.Layer, set data.Dataset[data.Sample]) error {
	mae, rmse, r2 := train.NewMAE(), train.NewRMSE(), train.NewR2()
	err := over(ctx, m, set, func(out, target *tensor.Tensor) {
		mae.Add(out, target)
		rmse.Add(out, target)
		r2.Add(out, target)
	})
	if err != nil {
		return err
	}
	x, y, z := number(mae.Value()), number(rmse.Value()), number(r2.Value())
	e := evaluation{Run: dir, Samples: set.Len(), MAE: &x, RMSE: &y, R2: &z}
	return a.result(e, func() {
		fmt.Fprintf(a.out, "%d samples: mean error %.4g, root mean square error %.4g, R² %.4f\n", set.Len(), x, y, z)
	})
}
