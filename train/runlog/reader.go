package runlog

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
)

const (
	maxInfo  = 1 << 20 // bytes of run.json
	maxBatch = 1 << 20 // bytes that one Next reads, at least one line
)

// A Reader reads a run, also while it is written.
type Reader struct {
	dir     string
	info    Info
	offset  int64 // of the first line that was not read
	inLong  bool  // offset is within a line that is too long
	skipped int
	tags    map[string]string // one copy of each
}

// Open returns a reader at the first event of a run.
//
//	errors: fs.ErrNotExist if the folder has no run; one if run.json is broken
func Open(dir string) (*Reader, error) {
	info, err := readInfo(dir)
	if err != nil {
		return nil, err
	}
	return &Reader{dir: dir, info: info, tags: map[string]string{}}, nil
}

func readInfo(dir string) (info Info, err error) {
	f, err := openRegular(dir, infoFile)
	if err != nil {
		return info, fmt.Errorf("runlog: %s is not the folder of a run: %w", dir, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxInfo+1))
	if err != nil {
		return info, fmt.Errorf("runlog: %w", err)
	}
	if len(b) > maxInfo {
		return info, fmt.Errorf("runlog: %s has more than %d bytes", f.Name(), maxInfo)
	}
	if err := json.Unmarshal(b, &info); err != nil {
		return Info{}, fmt.Errorf("runlog: %s: %w", f.Name(), err)
	}
	return info, nil
}

// openRegular opens a file that does not lie outside of dir by a link, and is
// none that could block, such as a pipe.
func openRegular(dir, name string) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(name)
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		p.Op, p.Path = "open", filepath.Join(dir, name) // the root's are "statat" and the name alone
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: filepath.Join(dir, name), Err: errors.New("not a regular file")}
	}
	return root.Open(name)
}

// Info returns run.json.
func (r *Reader) Info() Info { return r.info }

// Dir returns the run's folder.
func (r *Reader) Dir() string { return r.dir }

// Skipped returns how many lines were no events that this version knows.
func (r *Reader) Skipped() int { return r.skipped }

// Next returns events that it has not returned yet, in the order of the file: a
// megabyte or so of lines at a time, and none where nothing is new. It never
// waits. A line that has no end yet is left for later. If the file became shorter,
// as with a new run, all is read again behind a resume event of step -1.
func (r *Reader) Next() ([]Event, error) {
	f, err := openRegular(r.dir, eventsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // the run has just been made
	}
	if err != nil {
		return nil, fmt.Errorf("runlog: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("runlog: %w", err)
	}
	var events []Event
	if info.Size() < r.offset {
		r.offset, r.inLong = 0, false
		events = append(events, Event{Kind: KindResume, Step: -1})
	}
	events, err = r.lines(f, info.Size(), events)
	if err != nil {
		return nil, fmt.Errorf("runlog: %w", err)
	}
	return events, nil
}

// lines appends the events of the next lines of f, which has size bytes.
func (r *Reader) lines(f *os.File, size int64, events []Event) ([]Event, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(f, r.offset, size-r.offset), int(min(size-r.offset+1, maxLine)))
	for end := r.offset + maxBatch; r.offset < end; {
		b, err := in.ReadSlice('\n')
		long := r.inLong
		switch {
		case err == io.EOF && !long:
			return events, nil // the last line has no end yet
		case err == io.EOF || err == bufio.ErrBufferFull:
			if r.inLong = true; !long {
				r.skipped++
			}
		case err != nil:
			return nil, err
		case long:
			r.inLong = false
		default:
			events = r.parse(events, b)
		}
		r.offset += int64(len(b))
		if err == io.EOF {
			break
		}
	}
	return events, nil
}

func (r *Reader) parse(events []Event, line []byte) []Event {
	var e Event
	if err := json.Unmarshal(line, &e); err != nil {
		r.skipped++
		return events
	}
	if tag, ok := r.tags[e.Tag]; ok {
		e.Tag = tag
	} else {
		r.tags[e.Tag] = e.Tag
	}
	return append(events, e)
}

// OpenImage opens the file of an image event. The name cannot lead out of the folder.
func (r *Reader) OpenImage(i *Image) (*os.File, error) {
	if i == nil || !local(i.File) {
		return nil, errors.New("runlog: the image has no file below images/")
	}
	f, err := openRegular(r.dir, filepath.FromSlash(i.File))
	if err != nil {
		return nil, fmt.Errorf("runlog: %w", err)
	}
	return f, nil
}

// Merge appends more to have, and drops events that a later resume event made
// void, and the resume events. It changes have in place, as append does.
func Merge(have, more []Event) []Event {
	limit := math.MaxInt
	keep := make([]bool, len(more))
	for i, e := range slices.Backward(more) {
		if e.Kind == KindResume {
			limit = min(limit, e.Step)
		} else {
			keep[i] = e.Step <= limit
		}
	}
	if limit < math.MaxInt {
		have = slices.DeleteFunc(have, func(e Event) bool { return e.Step > limit })
	}
	for i, e := range more {
		if keep[i] {
			have = append(have, e)
		}
	}
	return have
}

// Read returns a whole run, without void events.
func Read(dir string) (Info, []Event, error) {
	r, err := Open(dir)
	if err != nil {
		return Info{}, nil, err
	}
	var all []Event
	for {
		offset := r.offset
		more, err := r.Next()
		if err != nil {
			return r.info, all, err
		}
		if all = Merge(all, more); r.offset == offset {
			return r.info, all, nil
		}
	}
}

// Find returns the folders of runs at dir and at most depth folders below it,
// in the order of their names. It does not look into a run, and follows no links.
func Find(dir string, depth int) ([]string, error) {
	if _, err := os.Stat(filepath.Join(dir, infoFile)); err == nil {
		return []string{dir}, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("runlog: %w", err)
	}
	var runs []string
	for _, e := range entries {
		if !e.IsDir() || depth < 1 {
			continue
		}
		below, err := Find(filepath.Join(dir, e.Name()), depth-1)
		if err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		runs = append(runs, below...)
	}
	return runs, nil
}
