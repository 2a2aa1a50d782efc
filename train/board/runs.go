package board

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/facula-ml/facula/train/runlog"
)

const (
	maxDepth = 3                // folders below the one that is served
	alive    = 60 * time.Second // a run that wrote within this time is live
)

// runs are the runs below a folder. Those that were asked for stay in memory.
type runs struct {
	dir  string
	mu   sync.Mutex
	open map[string]*run
}

// run is one that was asked for, read as far as it goes.
type run struct {
	mu         sync.Mutex
	reader     *runlog.Reader
	events     []runlog.Event
	generation int // of events: another one if some were dropped
}

// summary is what the list says of a run.
type summary struct {
	Name    string    `json:"name"` // its folder, from the one that is served
	Updated time.Time `json:"updated"`
	Live    bool      `json:"live"`
	runlog.Info
}

// list returns all runs, the newest last.
func (r *runs) list() ([]summary, error) {
	dirs, err := runlog.Find(r.dir, maxDepth)
	if err != nil {
		return nil, err
	}
	list := []summary{}
	for _, dir := range dirs {
		reader, err := runlog.Open(dir)
		if err != nil {
			continue // half made, or broken: the others are still of use
		}
		s := summary{Name: r.name(dir), Info: reader.Info()}
		if info, err := os.Stat(filepath.Join(dir, "events.jsonl")); err == nil {
			s.Updated = info.ModTime()
			s.Live = time.Since(s.Updated) < alive
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b summary) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, nil
}

// name is a run's folder as the page calls it.
func (r *runs) name(dir string) string {
	rel, err := filepath.Rel(r.dir, dir)
	if err != nil || rel == "." {
		return filepath.Base(dir)
	}
	return filepath.ToSlash(rel)
}

// get opens the run of that name, or the one that is open already.
func (r *runs) get(name string) (*run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dir := filepath.Join(r.dir, filepath.FromSlash(name))
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, fmt.Errorf("there is no run %.80q: %w", name, fs.ErrNotExist)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "run.json")); err == nil && name == r.name(r.dir) {
		dir = r.dir
	}
	reader, err := runlog.Open(dir)
	if err != nil {
		return nil, err
	}
	if old := r.open[name]; old != nil {
		if old.reader.Info().Created.Equal(reader.Info().Created) {
			return old, nil
		}
		fresh := &run{reader: reader, generation: old.generation + 1} // another run in the same folder
		r.open[name] = fresh
		return fresh, nil
	}
	fresh := &run{reader: reader, generation: 1}
	r.open[name] = fresh
	return fresh, nil
}

// events returns what is new since a page read up to from, in a generation.
func (r *runs) events(name string, from, generation int) (news, error) {
	run, err := r.get(name)
	if err != nil {
		return news{}, err
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	if err := run.read(); err != nil {
		return news{}, err
	}
	n := news{Generation: run.generation}
	if n.Reset = generation != run.generation; n.Reset {
		from = 0
	}
	from = min(from, len(run.events))
	n.Next = min(from+maxEvents, len(run.events))
	n.Events = append([]runlog.Event{}, run.events[from:n.Next]...)
	n.More = n.Next < len(run.events)
	return n, nil
}

// read takes in what is new in the file.
func (r *run) read() error {
	for {
		more, err := r.reader.Next()
		if err != nil {
			return err
		}
		if len(more) == 0 {
			return nil
		}
		if slices.ContainsFunc(more, func(e runlog.Event) bool { return e.Kind == runlog.KindResume }) {
			r.generation++
		}
		r.events = runlog.Merge(r.events, more)
	}
}

// image opens a picture of a run.
func (r *runs) image(name, file string) (*os.File, error) {
	run, err := r.get(name)
	if err != nil {
		return nil, err
	}
	return run.reader.OpenImage(&runlog.Image{File: file})
}
