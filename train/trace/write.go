package trace

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// entry is a line of the JSON. Times are in microseconds.
type entry struct {
	Name     string   `json:"name"`
	Category string   `json:"cat,omitempty"`
	Phase    string   `json:"ph"` // X: a span, C: a counter, M: a name
	Start    float64  `json:"ts"`
	Duration *float64 `json:"dur,omitempty"`
	Process  int      `json:"pid"`
	Thread   int      `json:"tid"`
	Colour   string   `json:"cname,omitempty"` // one of the viewer's names
	Args     any      `json:"args,omitempty"`
}

type opArgs struct {
	In     string `json:"in"`
	Out    string `json:"out"`
	How    string `json:"how"`
	Memory int    `json:"memory_bytes"`
}

// Write writes what was recorded so far.
func (r *Recorder) Write(w io.Writer) error {
	r.mu.Lock()
	events, dropped := slices.Clone(r.events), r.dropped
	r.mu.Unlock()
	lay(events)

	out := bufio.NewWriter(w)
	fmt.Fprintf(out, `{"displayTimeUnit":"ms","otherData":{"dropped_events":"%d"},"traceEvents":[`, dropped)
	line := func(e entry) error {
		b, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if e.Phase != "M" || e.Name != "process_name" {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		_, err = out.Write(b)
		return err
	}
	if err := line(name("process_name", 0, "facula")); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	last, named := -1, -1
	for _, e := range events {
		for named < e.lane {
			named++
			if err := line(name("thread_name", named, fmt.Sprintf("ops %d", named+1))); err != nil {
				return fmt.Errorf("trace: %w", err)
			}
		}
		if err := line(e.entry()); err != nil {
			return fmt.Errorf("trace: %w", err)
		}
		if e.memory >= 0 && e.memory != last {
			last = e.memory
			c := entry{Name: "memory", Phase: "C", Start: micros(e.start + e.took), Process: 1, Args: map[string]int{"bytes in use": last}}
			if err := line(c); err != nil {
				return fmt.Errorf("trace: %w", err)
			}
		}
	}
	out.WriteString("\n]}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// name gives the process or a thread its name.
func name(what string, thread int, text string) entry {
	return entry{Name: what, Phase: "M", Process: 1, Thread: thread, Args: map[string]string{"name": text}}
}

func (e event) entry() entry {
	took := micros(e.took)
	x := entry{Name: e.name, Category: e.group, Phase: "X", Start: micros(e.start), Duration: &took, Process: 1, Thread: e.lane}
	switch e.group {
	case "forward":
		x.Colour = "thread_state_running"
	case "backward":
		x.Colour = "thread_state_iowait"
	default:
		x.Colour = "generic_work"
		return x
	}
	x.Args = opArgs{e.in, e.out, e.how, e.memory}
	return x
}

// WriteFile writes what was recorded so far to a file.
func (r *Recorder) WriteFile(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = fmt.Errorf("trace: %w", e)
		}
	}()
	return r.Write(f)
}
