// Package run saves the whole state of a training and goes on from it, to the
// bit, after whatever ended the program.
//
//	folder, err := run.Open("runs/a", run.Keep(3), run.Best("val/loss", run.Min))
//	…
//	state := &run.State{Parts: []run.Part{
//		run.Module("model", model),
//		run.StateDict("optim", opt), // optimizers, averages, schedules, scalers
//		run.StateDict("schedule", sched),
//		run.Position("loader", loader),
//	}}
//	found, err := folder.Restore(state) // false in a new folder
//	…
//	for epoch := state.Epoch; epoch < epochs; epoch++ {
//		for batch, err := range loader.All(ctx) {
//			… // a step of the optimizer
//			state.Step++
//			if state.Step%1000 == 0 {
//				err = folder.Save(state)
//			}
//		}
//		state.Epoch = epoch + 1
//		state.Metrics = map[string]float64{"val/loss": …}
//		err = folder.Save(state)
//	}
//
// A checkpoint is a folder, such as step-001000, with the tensors of each part
// in a safetensors file (model.safetensors has the model's own names, and loads
// elsewhere), everything else in state.json, and the size and SHA-256 of each
// file in MANIFEST.json. It appears whole or not at all, and older ones go only
// after it is on the disk. Restore takes the newest one that verifies.
package run

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/facula-ml/facula/internal/atomicfile"
)

// A Folder holds the checkpoints of one run. One goroutine uses it at a time,
// and one program saves into a folder; others may restore from it.
type Folder struct {
	dir    string
	keep   int // 0 keeps all
	metric string
	mode   Mode
	out    io.Writer

	list  []Checkpoint // in the order in which they were saved
	swept bool
}

// A Checkpoint is one of those in a Folder.
type Checkpoint struct {
	Dir         string // of its files
	Step, Epoch int
	Metrics     map[string]float64
	Err         error // why it cannot be restored, as far as is known; or nil

	number int // counts the checkpoints of a folder
}

// An Option changes a [Folder].
type Option func(*Folder)

// Keep is how many checkpoints stay, the newest ones; all unless given. With
// [Best], the best one stays too.
func Keep(n int) Option { return func(f *Folder) { f.keep = n } }

// A Mode says which of two metrics is better.
type Mode int

// The modes: a smaller metric is better, or a larger one.
const (
	Min Mode = iota
	Max
)

// Best names the metric of State.Metrics by which a checkpoint is the best.
func Best(metric string, mode Mode) Option {
	return func(f *Folder) { f.metric, f.mode = metric, mode }
}

// Output gets a line for each checkpoint that Restore had to pass over, and for
// what Save could not remove. It is os.Stderr unless given.
func Output(w io.Writer) Option { return func(f *Folder) { f.out = w } }

// Open opens the folder at dir and looks at its checkpoints; it makes the folder
// if there is none.
//
//	panics: with an error if Keep is negative, or Best has no metric
func Open(dir string, opts ...Option) (*Folder, error) {
	f := &Folder{dir: dir, out: os.Stderr, mode: -1}
	for _, o := range opts {
		o(f)
	}
	if f.keep < 0 {
		panic(fmt.Errorf("run: Keep is %d; want 1 or more, or 0 for all", f.keep))
	}
	if f.mode >= 0 && f.metric == "" {
		panic(fmt.Errorf("run: Best has no metric"))
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("run: the folder for checkpoints cannot be made: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	for _, e := range entries {
		if step, ok := parseName(e.Name()); ok && e.IsDir() {
			f.list = append(f.list, look(filepath.Join(dir, e.Name()), step))
		}
	}
	slices.SortStableFunc(f.list, func(a, b Checkpoint) int { return a.number - b.number })
	return f, nil
}

// List returns the checkpoints in the order in which they were saved, those that
// cannot be read first.
func (f *Folder) List() []Checkpoint { return slices.Clone(f.list) }

// BestCheckpoint returns the one with the best metric, the first of equal ones.
// It is false if there is none, or the option [Best] was not given.
func (f *Folder) BestCheckpoint() (Checkpoint, bool) {
	order := f.byMetric()
	if len(order) == 0 {
		return Checkpoint{}, false
	}
	return f.list[order[0]], true
}

// byMetric are the numbers in the list of those with a metric, the best first.
func (f *Folder) byMetric() (order []int) {
	value := func(i int) float64 {
		if f.mode == Max {
			return -f.list[i].Metrics[f.metric]
		}
		return f.list[i].Metrics[f.metric]
	}
	for i, c := range f.list {
		if m, ok := c.Metrics[f.metric]; ok && c.Err == nil && !math.IsNaN(m) && f.mode >= 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(value(a), value(b)) })
	return order
}

// Save writes a checkpoint of s. When it returns without an error, the
// checkpoint is on the disk, and those that Keep and Best no longer want are
// gone. After an error, all checkpoints from before are still there.
func (f *Folder) Save(s *State) error {
	err := s.check()
	if err == nil {
		err = f.save(s)
	}
	if err != nil {
		return fmt.Errorf("run: nothing was saved of step %d, and the checkpoints in %s stay as they were: %w", s.Step, f.dir, err)
	}
	f.prune()
	return nil
}

func (f *Folder) save(s *State) error {
	if !f.swept { // what a killed program left may fill the disk
		if err := atomicfile.SweepFolders(f.dir, prefix); err != nil {
			fmt.Fprintf(f.out, "run: what a killed program left is not removed: %v\n", err)
		}
		f.swept = true
	}
	number := 1
	if len(f.list) > 0 {
		number += f.list[len(f.list)-1].number
	}
	path, err := f.freePath(s.Step)
	if err != nil {
		return err
	}
	err = atomicfile.Folder(path, func(dir string) error { return s.write(dir, number) })
	if err != nil {
		return err
	}
	f.list = append(f.list, look(path, s.Step))
	return nil
}

// prune removes the checkpoints that are no longer wanted. A broken one stays as
// long as there are too few good ones after it.
func (f *Folder) prune() {
	if f.keep == 0 {
		return
	}
	best := -1
	if order := f.byMetric(); len(order) > 0 {
		best = order[0]
	}
	good := 0
	for i := len(f.list) - 1; i >= 0; i-- {
		c := f.list[i]
		stays := good < f.keep || i == best
		if c.Err == nil {
			good++
		}
		if stays {
			continue
		}
		if err := atomicfile.RemoveFolder(c.Dir); err != nil && !os.IsNotExist(err) {
			fmt.Fprintf(f.out, "run: an old checkpoint is not removed: %v\n", err)
			continue
		}
		f.list = slices.Delete(f.list, i, i+1)
		if best > i {
			best--
		}
	}
}

// Restore puts the parts of s where the newest checkpoint was taken, and with
// them Step, Epoch, Metrics, the generators in modules and tensor's default one.
// Without a checkpoint it returns false and changes nothing. A checkpoint that
// is damaged is passed over, with a line to Output. It is an error if all are
// damaged, or if the parts do not fit the checkpoint; some may be changed then,
// so do not go on with them. Parts of the checkpoint that s does not have stay
// unread.
func (f *Folder) Restore(s *State) (found bool, err error) {
	order := make([]int, len(f.list))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	return f.restore(s, order)
}

// RestoreBest is Restore from the best checkpoint; see [Best].
func (f *Folder) RestoreBest(s *State) (found bool, err error) { return f.restore(s, f.byMetric()) }

// tell says of a damaged checkpoint that it is.
func (f *Folder) tell(c *Checkpoint) {
	if c.Err != nil {
		fmt.Fprintf(f.out, "run: %s is passed over: %v\n", c.Dir, c.Err)
	}
}

func (f *Folder) restore(s *State, order []int) (bool, error) {
	if err := s.check(); err != nil {
		return false, fmt.Errorf("run: %w", err)
	}
	for i := range f.list { // also those of which nobody knows when they were saved
		f.tell(&f.list[i])
	}
	for _, i := range order {
		c := &f.list[i]
		if c.Err == nil {
			c.Err = verify(c.Dir)
			f.tell(c)
		}
		if c.Err != nil {
			continue
		}
		if err := s.read(c.Dir); err != nil {
			return true, fmt.Errorf("run: %s: %w", c.Dir, err)
		}
		return true, nil
	}
	good := func(c Checkpoint) bool { return c.Err == nil }
	if n := len(f.list); n > 0 && !slices.ContainsFunc(f.list, good) {
		return false, fmt.Errorf("run: none of the %d checkpoints in %s can be restored; one of them: %w; move them away to start anew", n, f.dir, f.list[n-1].Err)
	}
	return false, nil
}
