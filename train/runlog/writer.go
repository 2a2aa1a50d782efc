package runlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

const (
	infoFile   = "run.json"
	eventsFile = "events.jsonl"
	maxLine    = 4 << 20 // bytes of an event
	maxBuffer  = 64 << 10
	flushEvery = time.Second
)

// Info says what was run. Its JSON is the file run.json.
type Info struct {
	Name    string         `json:"name"`
	Created time.Time      `json:"created"`
	Argv    []string       `json:"argv"`
	HParams map[string]any `json:"hparams"` // numbers, strings, booleans
	Version string         `json:"version"` // of the program
	Device  string         `json:"device"`
	Threads int            `json:"threads"`
}

// A Writer appends events to a run's folder. It buffers them for a second at
// most, and may be used by several goroutines. A folder has one Writer at a time.
type Writer struct {
	dir string

	mu    sync.Mutex
	f     *os.File
	buf   bytes.Buffer // whole lines
	timer *time.Timer  // runs while buf holds something
	err   error        // of a write: what follows would leave a hole
}

// Create begins a run in a folder, which it makes. Of info it fills in what is
// empty, but the device: the name is the folder's, the arguments are the program's.
//
//	errors: fs.ErrExist if the folder has a run; those of the file system
func Create(dir string, info Info) (*Writer, error) {
	if _, err := os.Stat(filepath.Join(dir, infoFile)); err == nil {
		return nil, fmt.Errorf("runlog: %s has a run already: choose another folder, or go on with Append: %w", dir, fs.ErrExist)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("runlog: %w", err)
	}
	if err := writeInfo(dir, info.filled(dir)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, eventsFile), os.O_CREATE|os.O_WRONLY|os.O_TRUNC|os.O_APPEND, 0o666)
	if err != nil {
		return nil, fmt.Errorf("runlog: %w", err)
	}
	return &Writer{dir: dir, f: f}, nil
}

// filled is info with what can be found out.
func (i Info) filled(dir string) Info {
	if i.Name == "" {
		if abs, err := filepath.Abs(dir); err == nil {
			i.Name = filepath.Base(abs)
		}
	}
	if i.Created.IsZero() {
		i.Created = time.Now().Truncate(time.Millisecond)
	}
	if i.Argv == nil {
		i.Argv = os.Args
	}
	if b, ok := debug.ReadBuildInfo(); ok && i.Version == "" {
		i.Version = b.Main.Version
	}
	if i.Threads == 0 {
		i.Threads = runtime.GOMAXPROCS(0)
	}
	h := make(map[string]any, len(i.HParams))
	for k, v := range i.HParams {
		if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			v = number(f)
		}
		h[k] = v
	}
	i.HParams = h
	return i
}

// writeInfo puts run.json in place at once, so that no reader finds half of it.
func writeInfo(dir string, info Info) error {
	b, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return fmt.Errorf("runlog: a hyper-parameter cannot be written as JSON: %w", err)
	}
	if len(b) > maxInfo {
		return fmt.Errorf("runlog: run.json would have %d bytes; want %d or fewer", len(b), maxInfo)
	}
	name := filepath.Join(dir, infoFile)
	if err := os.WriteFile(name+".tmp", append(b, '\n'), 0o666); err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	if err := os.Rename(name+".tmp", name); err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	return nil
}

// Append goes on with the run of a folder from its state after the given step:
// later events that it has are void. A line that a kill tore is cut off.
//
//	errors: fs.ErrNotExist if the folder has no run; those of the file system
func Append(dir string, step int) (*Writer, error) {
	if _, err := readInfo(dir); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, eventsFile), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666)
	if err != nil {
		return nil, fmt.Errorf("runlog: %w", err)
	}
	w := &Writer{dir: dir, f: f}
	err = repair(f)
	if err == nil {
		err = w.Write(Event{Step: step, Kind: KindResume})
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("runlog: %s: %w", f.Name(), err)
	}
	return w, nil
}

// repair cuts off what follows the last end of a line.
func repair(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	end := info.Size()
	block := make([]byte, min(end, maxBuffer))
	for end > 0 {
		b := block[:min(end, int64(len(block)))]
		if _, err := f.ReadAt(b, end-int64(len(b))); err != nil {
			return err
		}
		if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
			end += int64(i + 1 - len(b))
			break
		}
		end -= int64(len(b))
	}
	if end == info.Size() {
		return nil
	}
	return f.Truncate(end)
}

// Write appends an event, and makes the file of an image. The error may be that
// of an earlier event, which was written to disk now.
func (w *Writer) Write(e Event) error {
	if e.Time == 0 {
		e.Time = float64(time.Now().UnixMicro()) / 1e6
	}
	if err := e.check(); err != nil {
		return err
	}
	if e.Kind == KindImage && e.Image.Picture != nil {
		i := *e.Image
		if i.File == "" {
			i.File = fmt.Sprintf("images/%06d-%s.png", e.Step, fileName(e.Tag))
		}
		if err := w.picture(&i); err != nil {
			return err
		}
		e.Image = &i
	}
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if len(b) >= maxLine {
		return fmt.Errorf("runlog: %s %q has %d bytes; want fewer than %d", e.Kind, e.Tag, len(b), maxLine)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	w.buf.Write(b)
	w.buf.WriteByte('\n')
	if w.buf.Len() >= maxBuffer {
		return w.flush()
	}
	if w.timer == nil {
		w.timer = time.AfterFunc(flushEvery, func() { _ = w.Flush() }) // the error stays in w
	}
	return nil
}

// picture writes an image's file.
func (w *Writer) picture(i *Image) error {
	if !local(i.File) || path.Ext(i.File) != ".png" {
		return fmt.Errorf("runlog: the file of an image is %q; want images/NAME.png", i.File)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, i.Picture); err != nil {
		return fmt.Errorf("runlog: %s: %w", i.File, err)
	}
	name := filepath.Join(w.dir, filepath.FromSlash(i.File))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	return nil
}

// fileName is a tag as part of a file's name.
func fileName(tag string) string {
	if len(tag) > 100 {
		tag = tag[:100]
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, tag)
}

// Flush hands what is buffered to the operating system.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flush()
}

func (w *Writer) flush() error {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if w.err != nil || w.buf.Len() == 0 {
		return w.err
	}
	if _, err := w.buf.WriteTo(w.f); err != nil {
		w.err = fmt.Errorf("runlog: %w", err)
	}
	return w.err
}

// Close flushes, syncs and closes the file. A second Close does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.f == nil {
		return nil
	}
	err := w.flush()
	if e := w.f.Sync(); e != nil && err == nil && !errors.Is(e, errors.ErrUnsupported) {
		err = fmt.Errorf("runlog: %w", e)
	}
	if e := w.f.Close(); e != nil && err == nil {
		err = fmt.Errorf("runlog: %w", e)
	}
	w.f, w.err = nil, fmt.Errorf("runlog: %s: %w", w.dir, os.ErrClosed)
	return err
}
