package trace

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// maxEvents bounds the memory of a recorder that is forgotten: some 100 MB.
const maxEvents = 500_000

// A Recorder records ops. Several goroutines may compute with what it watches.
type Recorder struct {
	start time.Time

	mu      sync.Mutex
	events  []event
	dropped int
}

// event is a span of time.
type event struct {
	name, group  string // the group is forward, backward or span
	start, took  time.Duration
	in, out, how string
	memory       int // in use at the end; -1 is not known
	lane         int
}

// New returns a Recorder of nothing.
func New() *Recorder { return &Recorder{start: time.Now()} }

// Watch returns x with a mark that travels: the ops on it, and on what is
// computed from it, are recorded, those of Backward too.
func (r *Recorder) Watch(x *tensor.Tensor) *tensor.Tensor { return x.TraceOps(r.op) }

// op records an op. It keeps no tensor, so that the memory is that without it.
func (r *Recorder) op(e tensor.OpEvent) {
	v := event{name: e.Name, group: "forward", start: e.Start.Sub(r.start), took: e.Duration,
		in: shapes(e.In), out: shapes(e.Out), how: e.Kind.String(), memory: tensor.MemoryStats().InUse}
	if e.Backward {
		v.group = "backward"
	}
	r.add(v)
}

func (r *Recorder) add(v event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.events) >= maxEvents {
		r.dropped++
		return
	}
	r.events = append(r.events, v)
}

// shapes are like "float32[64 10], int64[64]".
func shapes(ts []*tensor.Tensor) string {
	var s []string
	for _, t := range ts {
		if t == nil {
			s = append(s, "none")
			continue
		}
		s = append(s, fmt.Sprintf("%v%v", t.DType(), t.Shape()))
	}
	return strings.Join(s, ", ")
}

// Span records the time from now to the call of end, as a bar of its own over
// the ops.
func (r *Recorder) Span(name string) (end func()) {
	start := time.Since(r.start)
	return func() {
		r.add(event{name: name, group: "span", start: start, took: time.Since(r.start) - start, memory: -1})
	}
}

// Batches watches n of the batches b, over all epochs, from the one with the
// index first on. Each is a span, as are the waits for them.
func (r *Recorder) Batches(b train.Batches, first, n int) train.Batches {
	return &watched{b, r, first, n, 0}
}

type watched struct {
	train.Batches
	r        *Recorder
	first, n int
	seen     int
}

func (w *watched) All(ctx context.Context) iter.Seq2[data.Batch, error] {
	return func(yield func(data.Batch, error) bool) {
		none := func() {}
		span := func(name string) func() {
			if w.seen < w.first || w.seen >= w.first+w.n {
				return none
			}
			return w.r.Span(fmt.Sprintf("%s %d", name, w.seen))
		}
		end := span("wait for batch")
		for b, err := range w.Batches.All(ctx) {
			end()
			end = span("batch")
			if w.seen >= w.first && w.seen < w.first+w.n && b.X != nil {
				b.X = w.r.Watch(b.X)
			}
			more := yield(b, err)
			end()
			w.seen++
			if !more {
				return
			}
			end = span("wait for batch")
		}
	}
}

// lay orders the events, and gives each a lane in which it lies beside or within
// the others, which is what viewers can draw.
func lay(events []event) {
	slices.SortStableFunc(events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.took, a.took))
	})
	var lanes [][]time.Duration // of each, the ends of the events that are open
	for i := range events {
		e := &events[i]
		end := e.start + e.took
		for e.lane = 0; ; e.lane++ {
			if e.lane == len(lanes) {
				lanes = append(lanes, nil)
			}
			open := lanes[e.lane]
			for len(open) > 0 && open[len(open)-1] <= e.start {
				open = open[:len(open)-1]
			}
			lanes[e.lane] = open
			if len(open) == 0 || end <= open[len(open)-1] {
				lanes[e.lane] = append(open, end)
				break
			}
		}
	}
}
