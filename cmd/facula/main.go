// Command facula trains, tests, looks into, converts and watches models from the
// command line: facula --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/tensor"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // what was asked for did not work
	exitUsage  = 2 // it was asked for in a way that has no meaning
)

func main() { os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// An app is one run of the program.
type app struct {
	in       io.Reader
	out, log io.Writer // results; progress and errors
	json     bool
}

// execute does what args say and returns the exit code.
func execute(args []string, in io.Reader, out, log io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second Ctrl-C ends the program at once
	a := &app{in: in, out: out, log: log}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(log)
	var err error
	misuse := tensor.Try(func() { err = root.ExecuteContext(ctx) })
	if err = errors.Join(misuse, err); err == nil {
		return exitOK
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintln(log, "facula:", err)
	var u usageError
	if errors.As(err, &u) || strings.HasPrefix(err.Error(), "unknown command") {
		return exitUsage
	}
	return exitFailed
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "facula",
		Short: "PyTorch for Go, from the command line",
		Long: `facula trains, tests, looks into, converts and watches models.

A first round, in a clone of the repository:

  facula train --example > mnist.toml     a recipe: data, model, optimizer, schedule
  facula train mnist.toml                 trains it; everything goes to runs/mnist
  facula board runs                       curves, live, in the browser
  facula eval runs/mnist                  accuracy, and what is taken for what
  facula predict runs/mnist digit.png     what is on the picture
  facula inspect model.safetensors        names, shapes and numbers of any file of weights

Every command has --help, and --json for programs. Exit codes: 0 it worked,
1 it did not, 2 there is no such command or flag.`,
		Version:                    version(),
		SilenceUsage:               true,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
	}
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print the result as JSON, for programs")
	root.SetFlagErrorFunc(flagError)
	for _, c := range []*cobra.Command{a.train(), a.eval(), a.predict(), a.board(), a.plot(), a.inspect(), a.convert(), a.models(), a.datasets(), a.bench(), a.doctor()} {
		root.AddCommand(c)
	}
	return root
}

// A usageError is the user's misunderstanding, not a failure.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// flagError adds the nearest flag to an unknown one, and where to read on.
func flagError(c *cobra.Command, err error) error {
	text := err.Error()
	if word, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		word, _, _ = strings.Cut(word, "=")
		var known []string
		c.InheritedFlags() // makes Flags have those too
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		text += recipe.Suggest("--"+word, known)
	}
	return usageError{fmt.Errorf("%s (see %s --help)", text, c.CommandPath())}
}

// near names up to three names that are like the one that is not there.
func near(name string, known []string) string {
	if text := recipe.Suggest(name, known); strings.HasPrefix(text, "; did") {
		return text
	}
	return fmt.Sprintf("; it has %d others, see facula inspect without a name", len(known))
}

// wantArgs is a check of the number of arguments that says what they are.
func wantArgs(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return usageError{fmt.Errorf("%s: %d arguments; want %s (see %s --help)", c.CommandPath(), len(args), what, c.CommandPath())}
		}
		return nil
	}
}
