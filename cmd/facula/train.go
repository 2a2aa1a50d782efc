package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/device/cpu"
)

// trainFlags change a recipe, or say what to do with an old run.
type trainFlags struct {
	epochs, batch, limit, threads int
	lr                            float64
	seed                          uint64
	out                           string
	resume, force, quiet          bool
	example, layers               bool
}

func (a *app) train() *cobra.Command {
	var f trainFlags
	c := &cobra.Command{
		Use:   "train RECIPE",
		Short: "Trains what a recipe says: data, model, optimizer, schedule",
		Long: `train reads a recipe, in TOML or JSON, and trains. All it does goes to the folder of
the run, runs/NAME: the log that facula board shows, checkpoints of the whole state,
and model.safetensors, the weights of the best epoch.

  facula train --example > mnist.toml     a recipe with comments, to begin with
  facula train mnist.toml
  facula train mnist.toml --epochs 5 --lr 0.001 --out runs/slow
  facula train mnist.toml --resume        goes on where a killed or ended run stopped,
                                          to the bit as if it had not been
  facula train --layers                   the layers and augmentations of a recipe

Interrupt it with Ctrl-C: the step in progress is finished and the state saved.`,
		Args: func(c *cobra.Command, args []string) error {
			if f.example || f.layers {
				return wantArgs(0, 0, "none with --example or --layers")(c, args)
			}
			return wantArgs(1, 1, "one recipe")(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case f.example:
				_, err := fmt.Fprint(a.out, recipe.Example)
				return err
			case f.layers:
				return a.listLayers()
			}
			r, err := recipe.Read(args[0])
			if err != nil {
				return err
			}
			if err := f.change(c, r); err != nil {
				return err
			}
			return a.runTraining(c.Context(), r, f)
		},
	}
	fl := c.Flags()
	fl.IntVar(&f.epochs, "epochs", 0, "passes over the data, in place of train.epochs")
	fl.IntVar(&f.batch, "batch", 0, "samples a step, in place of data.batch")
	fl.IntVar(&f.limit, "limit", 0, "only the first so many samples, in place of data.limit")
	fl.Float64Var(&f.lr, "lr", 0, "learning rate, in place of optimizer.lr")
	fl.Uint64Var(&f.seed, "seed", 0, "in place of seed")
	fl.StringVar(&f.out, "out", "", "folder of the run, in place of out")
	fl.IntVar(&f.threads, "threads", 0, "goroutines of one op; 0 means all cores")
	fl.BoolVar(&f.resume, "resume", false, "go on with the run in the folder")
	fl.BoolVar(&f.force, "force", false, "delete the run in the folder and begin anew")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "no progress")
	fl.BoolVar(&f.example, "example", false, "print a recipe with comments")
	fl.BoolVar(&f.layers, "layers", false, "print how to write layers and augmentations")
	c.MarkFlagsMutuallyExclusive("resume", "force")
	return c
}

// change puts the flags that were given into the recipe, and checks it again.
func (f *trainFlags) change(c *cobra.Command, r *recipe.Recipe) error {
	given := c.Flags().Changed
	if given("epochs") {
		r.Train.Epochs = f.epochs
	}
	if given("batch") {
		r.Data.Batch = f.batch
	}
	if given("limit") {
		r.Data.Limit = f.limit
	}
	if given("lr") {
		r.Optimizer.LR = f.lr
	}
	if given("seed") {
		r.Seed = f.seed
	}
	if given("out") {
		r.Out = f.out
	}
	if f.threads < 0 {
		return usageError{errors.New("--threads cannot be negative")}
	}
	if f.threads > 0 {
		cpu.SetNumThreads(f.threads)
	}
	return r.Check()
}

// prepare sees to it that the folder is as --resume or --force want it.
func prepare(dir string, f trainFlags) error {
	_, err := os.Stat(filepath.Join(dir, recipeFile))
	there := err == nil
	switch {
	case f.resume && !there:
		return fmt.Errorf("%s has no run to go on with; leave --resume out to begin one", dir)
	case f.force && there:
		return removeRun(dir)
	case there && !f.resume:
		return fmt.Errorf("%s has a run already: --resume goes on with it, --force deletes it and begins anew, --out takes another folder", dir)
	}
	return nil
}

// removeRun removes what a run has made, and nothing else that lies in the folder.
// The recipe is the last, so that a removal that was interrupted can be done again.
func removeRun(dir string) error {
	for _, name := range []string{checkpointsDir, weightsFile, "images", "events.jsonl", "run.json", recipeFile} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) listLayers() error {
	v := map[string][]string{"layers": recipe.LayerKinds(), "augment": recipe.AugmentKinds()}
	return a.result(v, func() {
		fmt.Fprintf(a.out, "model.layers:\n  %s\n\ndata.augment:\n  %s\n", strings.Join(v["layers"], "\n  "), strings.Join(v["augment"], "\n  "))
	})
}
