// Command bench measures facula on this machine, alone or against PyTorch.
//
//	go run ./cmd/bench -run mm_f32              # our side
//	go run ./cmd/bench -vs torch -run mm_f32    # both sides, in turn
//	go run ./cmd/bench -help
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
)

// config is what the flags say.
type config struct {
	threads       []int
	run           *regexp.Regexp
	json, quick   bool
	torch         bool
	python, write string
	once          string
	profile       string
	list, sweep   bool
	args          []string
}

const usage = `bench measures facula on this machine: ops, training steps, inference, data
loading, start-up, memory. Times are medians of rounds.

  bench -run mm_f32                 the cases whose names match, on 1 and 2 threads
  bench -list                       the names
  bench -vs torch -run 'add|relu'   beside PyTorch: short rounds of both in turn
  bench -vs torch -quick            all of it in less than 8 minutes
  bench -vs torch -write docs/PERFORMANCE.md
  bench -vs torch -sweep -threads 1 every op of PyTorch's samples once, at 1e6 elements

ratio is PyTorch's time over ours: above 1 facula is faster. "of limit" compares
with the hardware: fused multiply-adds from registers, or memory read, copied or
combined in arrays of the case's size, measured in the same rounds. scaling is the
time on the first number of threads over that on this one. bytes and mallocs are
what a run takes from Go's heap. With N threads the whole process has N cores.

PyTorch runs as fast as it can be made to: see cmd/bench/tune.go. For figures to
report, let the machine do nothing else.

Flags:
`

func main() {
	c, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		err = c.do(ctx, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string, w io.Writer) (config, error) {
	c := config{args: args}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(w)
	threads := f.String("threads", "1,2", "numbers of threads, separated by commas")
	run := f.String("run", ".", "regular expression: run the cases whose names match")
	versus := f.String("vs", "", "torch: compare with PyTorch")
	f.BoolVar(&c.json, "json", false, "print a JSON line for each case and number of threads")
	f.BoolVar(&c.quick, "quick", false, "fewer and shorter rounds")
	f.BoolVar(&c.list, "list", false, "print the names of the cases and end")
	f.BoolVar(&c.sweep, "sweep", false, "one call of every op instead of the suite, in short rounds")
	f.StringVar(&c.python, "python", "", "interpreter that has PyTorch; empty means python3 or /usr/bin/python3")
	f.StringVar(&c.write, "write", "", "file to write the comparison to, as Markdown; needs -vs torch")
	f.StringVar(&c.profile, "cpuprofile", "", "file to write a profile of our side to, for go tool pprof")
	f.StringVar(&c.once, "once", "", "run one of the cases that need a process of their own, in this one (bench starts itself so)")
	f.Usage = func() {
		fmt.Fprint(w, usage)
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return c, err
	}
	var err error
	if c.threads, err = parseThreads(*threads); err != nil {
		return c, err
	}
	if c.run, err = regexp.Compile(*run); err != nil {
		return c, fmt.Errorf("-run: %w", err)
	}
	c.torch = *versus == "torch"
	switch {
	case f.NArg() > 0:
		return c, fmt.Errorf("unexpected argument %q; see -help", f.Arg(0))
	case *versus != "" && !c.torch:
		return c, fmt.Errorf("-vs is %q; want torch", *versus)
	case c.write != "" && !c.torch:
		return c, errors.New("-write needs -vs torch")
	}
	return c, nil
}

// parseThreads reads a list such as 1,2.
func parseThreads(s string) ([]int, error) {
	var list []int
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-threads is %q; want numbers above 0 such as 1,2", s)
		}
		if slices.Contains(list, n) {
			return nil, fmt.Errorf("-threads is %q: %d is there twice", s, n)
		}
		list = append(list, n)
	}
	return list, nil
}

func (c config) do(ctx context.Context, out, log io.Writer) error {
	if c.once != "" {
		return runOnce(c.once)
	}
	cases, err := c.cases()
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		return fmt.Errorf("no case matches %q; -list prints their names", c.run)
	}
	if c.list {
		for _, w := range cases {
			fmt.Fprintln(out, w.name)
		}
		return nil
	}
	for _, n := range c.threads {
		if n > runtime.NumCPU() {
			fmt.Fprintf(log, "bench: %d threads on %d cores will wait for each other\n", n, runtime.NumCPU())
		}
	}
	var t *torch
	if c.torch {
		if t, err = openTorch(ctx, c.python); err != nil {
			return err
		}
		for _, lost := range t.setup.lost {
			fmt.Fprintln(log, "bench: PyTorch will be slower than it could be, without", lost)
		}
	}
	if c.profile != "" {
		f, err := os.Create(c.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	results, err := c.all(ctx, cases, t, out, log)
	if err == nil && c.write != "" {
		err = c.report(t, results)
	}
	if t != nil {
		err = errors.Join(err, t.close())
	}
	return err
}

// cases are those of the suite or of the sweep that match.
func (c config) cases() ([]work, error) {
	all := suite()
	if c.sweep {
		var err error
		if all, err = sweep(); err != nil {
			return nil, err
		}
	}
	return matching(all, c.run), nil
}

func (c config) report(t *torch, results []result) error {
	if c.sweep {
		return writeSweep(c, t, results)
	}
	return writeReport(c, t, results)
}

// all measures case by case and prints each result at once.
func (c config) all(ctx context.Context, cases []work, t *torch, out, log io.Writer) ([]result, error) {
	p := full
	switch {
	case c.sweep:
		p = brief
	case c.quick:
		p = quick
	}
	cols := columns(t != nil)
	if !c.json {
		printHead(out, cols)
	}
	var results []result
	status := newStatus(log, len(cases)*len(c.threads))
	for _, w := range cases {
		for _, n := range c.threads {
			if err := ctx.Err(); err != nil {
				return results, err
			}
			status.show(w.name)
			r, err := measure(w, n, p, t)
			status.clear()
			if err != nil && c.sweep { // one call that cannot run must not end the others
				fmt.Fprintf(log, "bench: %s: %v\n", w.name, err)
				continue
			}
			if err != nil {
				return results, fmt.Errorf("%s: %w", w.name, err)
			}
			r.judge(results)
			results = append(results, r)
			if c.json {
				if err := json.NewEncoder(out).Encode(r); err != nil {
					return results, err
				}
			} else {
				printRow(out, cols, r)
			}
		}
	}
	if t != nil && !c.json {
		printMisses(out, results)
	}
	return results, nil
}

// A status says on a terminal which case runs; elsewhere the rows do.
type status struct {
	w           io.Writer
	done, total int
}

func newStatus(w io.Writer, total int) *status {
	f, ok := w.(*os.File)
	if !ok {
		return &status{total: total}
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &status{total: total}
	}
	return &status{w: w, total: total}
}

func (s *status) show(name string) {
	s.done++
	if s.w != nil {
		fmt.Fprintf(s.w, "\r%d of %d: %s", s.done, s.total, name)
	}
}

func (s *status) clear() {
	if s.w != nil {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}
