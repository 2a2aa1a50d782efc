package main

import (
	"fmt"
	"runtime"

	"github.com/facula-ml/facula/device/cpu"
)

// A result is a case on some threads: a line of -json. Times are medians of
// rounds in microseconds.
type result struct {
	Case    string  `json:"case"`
	Threads int     `json:"threads"`
	US      float64 `json:"us,omitempty"`
	MinUS   float64 `json:"min_us,omitempty"`
	MaxUS   float64 `json:"max_us,omitempty"`
	PeakKiB float64 `json:"peak_kib,omitempty"` // instead of a time
	GFLOPS  float64 `json:"gflops,omitempty"`
	GBS     float64 `json:"gbs,omitempty"`
	Bytes   float64 `json:"bytes"`   // of Go's heap, a run; unknown of a process of its own
	Mallocs float64 `json:"mallocs"` // objects of Go's heap, a run
	OfLimit float64 `json:"of_limit,omitempty"`
	Limit   string  `json:"limit,omitempty"`
	Scaling float64 `json:"scaling,omitempty"` // the first number of threads' time over this one's

	TorchUS      float64 `json:"torch_us,omitempty"`
	TorchKiB     float64 `json:"torch_peak_kib,omitempty"`
	TorchOfLimit float64 `json:"torch_of_limit,omitempty"`
	Ratio        float64 `json:"ratio,omitempty"` // PyTorch's over ours
	Target       string  `json:"target,omitempty"`
	Verdict      verdict `json:"verdict,omitempty"`
	Noisy        bool    `json:"noisy,omitempty"` // rounds of one side differ much: the machine did something else

	own bool // it ran in a process of its own
}

// measure runs a case on so many threads, beside PyTorch if that is not nil.
// The whole process, Go's collector included, gets as many cores as PyTorch.
func measure(w work, threads int, p plan, t *torch) (r result, err error) {
	defer func() {
		if p := recover(); p != nil && w.call != nil {
			err = fmt.Errorf("panics: %v", p)
		} else if p != nil {
			panic(p)
		}
	}()
	cpu.SetNumThreads(threads)
	runtime.GOMAXPROCS(threads)
	runtime.GC() // of what the last case held

	var theirs, best side
	if t != nil {
		if theirs, err = t.side(w, threads); err != nil {
			return result{}, err
		}
	}
	r = result{Case: w.name, Threads: threads, own: w.once != nil}
	if w.once != nil {
		s, err := alternate(p, spawned{ourselves(w.name, threads), w.once.peak}, theirs)
		if err != nil {
			return r, err
		}
		r.fill(w, s[0], s[1], spread{})
		return r, nil
	}
	ours := newLocal(w)
	if i, err := newIdeal(w, threads); err != nil {
		return r, err
	} else if i != nil {
		defer i.close()
		best, r.Limit = i, w.limit.String()
	}
	s, err := alternate(p, ours, theirs, best)
	if err != nil {
		return r, err
	}
	r.fill(w, s[0], s[1], s[2])
	r.Bytes, r.Mallocs = ours.allocations()
	return r, nil
}

// fill takes the figures of the three sides; zero is one that did not run.
func (r *result) fill(w work, ours, theirs, ideal spread) {
	if w.once != nil && w.once.peak {
		r.PeakKiB, r.TorchKiB = ours.median, theirs.median
	} else {
		r.US, r.MinUS, r.MaxUS, r.TorchUS = 1e6*ours.median, 1e6*ours.min, 1e6*ours.max, 1e6*theirs.median
		r.GFLOPS, r.GBS = w.flops/ours.median*1e-9, w.bytes/ours.median*1e-9
	}
	r.Noisy = ours.noisy() || theirs.noisy()
	r.OfLimit = ideal.median / ours.median
	r.Ratio = theirs.median / ours.median
	if theirs.median > 0 {
		r.TorchOfLimit = ideal.median / theirs.median
	}
}

// judge is called when the results of fewer threads are known.
func (r *result) judge(earlier []result) {
	for _, e := range earlier {
		if e.Case == r.Case && e.US > 0 && r.US > 0 {
			r.Scaling = e.US / r.US
			break
		}
	}
	t := targetOf(r.Case)
	r.Target = t.String()
	r.Verdict = t.judge(*r)
}

// value is the time or the memory, for people.
func value(us, kib float64) string {
	switch {
	case kib > 0:
		return fmt.Sprintf("%.0f MiB", kib/1024)
	case us == 0:
		return ""
	case us < 1:
		return fmt.Sprintf("%.0f ns", 1e3*us)
	case us < 1e3:
		return number(us) + " µs"
	case us < 1e6:
		return number(us/1e3) + " ms"
	}
	return number(us/1e6) + " s"
}
