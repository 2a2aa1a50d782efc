package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

//go:embed torch/bench.py
var benchPy []byte

// A request asks PyTorch's side to run a case.
type request struct {
	Case    string          `json:"case"`
	Seconds float64         `json:"seconds"`
	Call    json.RawMessage `json:"call,omitempty"` // of the sweep
}

// An answer is one line of PyTorch's side, or of a process of our own.
type answer struct {
	Case    string  `json:"case"`
	US      float64 `json:"us,omitempty"`
	Error   string  `json:"error,omitempty"`
	PeakKiB float64 `json:"peak_kib,omitempty"`
}

// hello is the first line.
type hello struct {
	Torch, Python, Capability string
	Threads                   int
}

// errNoCase is PyTorch's side not having a case.
var errNoCase = errors.New("no such case")

// A peer is a running PyTorch's side.
type peer struct {
	hello
	in  io.Writer
	out *bufio.Reader
}

func newPeer(in io.Writer, out io.Reader) (*peer, error) {
	p := &peer{in: in, out: bufio.NewReader(out)}
	if err := p.read(&p.hello); err != nil {
		return nil, fmt.Errorf("PyTorch's side did not start: %w", err)
	}
	return p, nil
}

func (p *peer) read(v any) error {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return err
	}
	if err := json.Unmarshal(line, v); err != nil {
		return fmt.Errorf("line %q: %w", line, err)
	}
	return nil
}

// measure runs a case for about d and returns the seconds of one run.
func (p *peer) measure(w work, d time.Duration) (float64, error) {
	name := w.name
	if err := json.NewEncoder(p.in).Encode(request{name, d.Seconds(), w.call}); err != nil {
		return 0, fmt.Errorf("PyTorch's side, asked for %s: %w", name, err)
	}
	var a answer
	if err := p.read(&a); err != nil {
		return 0, fmt.Errorf("PyTorch's side, asked for %s: %w", name, err)
	}
	switch {
	case a.Error == errNoCase.Error():
		return 0, errNoCase
	case a.Error != "":
		return 0, fmt.Errorf("PyTorch's side, asked for %s: %s", name, a.Error)
	case a.Case != name || !(a.US > 0):
		return 0, fmt.Errorf("PyTorch's side, asked for %s, answered for %q with %v us", name, a.Case, a.US)
	}
	return a.US / 1e6, nil
}

// remote is PyTorch's side of a case.
type remote struct {
	*peer
	work work
}

func (r remote) round(d time.Duration) (float64, error) { return r.measure(r.work, d) }

// A torch keeps one PyTorch process for each number of threads, as OpenMP takes
// it from the environment.
type torch struct {
	ctx    context.Context
	python string
	dir    string // of the script and the shim
	setup  setup
	peers  map[int]*peer
	stop   []func() error
}

// openTorch finds PyTorch, and writes what it needs to a temporary folder.
func openTorch(ctx context.Context, python string) (*torch, error) {
	t := &torch{ctx: ctx, peers: map[int]*peer{}}
	var err error
	if t.python, err = findPython(ctx, python); err != nil {
		return nil, err
	}
	if t.dir, err = os.MkdirTemp("", "facula-bench-"); err != nil {
		return nil, err
	}
	if err := os.WriteFile(t.script(), benchPy, 0o600); err != nil {
		return nil, errors.Join(err, t.close())
	}
	t.setup = tune(ctx, t.python, t.dir)
	return t, nil
}

func (t *torch) script() string { return filepath.Join(t.dir, "bench.py") }

func (t *torch) command(threads int, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.ctx, t.python, append([]string{t.script()}, args...)...)
	cmd.Env = append(os.Environ(), t.setup.env(threads)...)
	cmd.Stderr = os.Stderr
	return cmd
}

// peer returns the process for so many threads.
func (t *torch) peer(threads int) (*peer, error) {
	if p := t.peers[threads]; p != nil {
		return p, nil
	}
	cmd := t.command(threads, "serve", strconv.Itoa(threads))
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p, err := newPeer(in, out)
	if err != nil {
		return nil, errors.Join(err, in.Close(), cmd.Wait())
	}
	t.peers[threads] = p
	t.stop = append(t.stop, func() error { return errors.Join(in.Close(), cmd.Wait()) })
	return p, nil
}

// side is PyTorch's side of a case, nil where it lacks the case. The case is
// prepared when side returns.
func (t *torch) side(w work, threads int) (side, error) {
	if w.once != nil {
		return spawned{func() *exec.Cmd { return t.command(threads, "once", w.name) }, w.once.peak}, nil
	}
	p, err := t.peer(threads)
	if err != nil {
		return nil, err
	}
	switch _, err := p.measure(w, 0); {
	case errors.Is(err, errNoCase):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return remote{p, w}, nil
}

func (t *torch) close() error {
	var errs []error
	for _, stop := range t.stop {
		errs = append(errs, stop())
	}
	return errors.Join(append(errs, os.RemoveAll(t.dir))...)
}
