package main

import (
	"runtime"
	"slices"
	"time"
)

// A side can run a case: ours, PyTorch's, or the hardware's limit.
type side interface {
	// round measures for about d and returns the value of one run: seconds, or
	// KiB of memory.
	round(d time.Duration) (float64, error)
}

// A plan says how long to measure.
type plan struct {
	rounds int
	slice  time.Duration // of one round of one side
	budget time.Duration // of all rounds of a case
}

var (
	full  = plan{rounds: 15, slice: 40 * time.Millisecond, budget: 6 * time.Second}
	quick = plan{rounds: 7, slice: 25 * time.Millisecond, budget: 1200 * time.Millisecond}
	brief = plan{rounds: 5, slice: 10 * time.Millisecond, budget: 500 * time.Millisecond}
)

// times is how many rounds fit the budget: with rounds this long, at least 3
// (the median of fewer is no better than one), or 1 where a round takes seconds.
func (p plan) times(round time.Duration) int {
	if round > 4*time.Second {
		return 1
	}
	return min(p.rounds, max(3, int(p.budget/max(round, 1))))
}

// spread is what the rounds of one side gave.
type spread struct{ median, min, max float64 }

// noisy reports whether half of the rounds took much longer than the best one.
func (s spread) noisy() bool { return s.median > 1.25*s.min }

// settle is how long a side waits for the one before to be at rest: OpenMP's
// threads look out for work for milliseconds, on cores that the other needs.
const settle = 10 * time.Millisecond

// alternate runs the sides in turn, so that a drift of the clock or a noisy
// neighbour meets all of them, and starts with another one each time. A nil
// side is left out.
func alternate(p plan, sides ...side) ([]spread, error) {
	values := make([][]float64, len(sides))
	again := 1
	for r := 0; r < again; r++ {
		start := time.Now()
		for k := range sides {
			i := (k + r) % len(sides)
			if sides[i] == nil {
				continue
			}
			time.Sleep(settle)
			v, err := sides[i].round(p.slice)
			if err != nil {
				return nil, err
			}
			values[i] = append(values[i], v)
		}
		if r == 0 {
			again = p.times(time.Since(start))
		}
	}
	out := make([]spread, len(sides))
	for i, v := range values {
		if len(v) > 0 {
			out[i] = spread{median(v), slices.Min(v), slices.Max(v)}
		}
	}
	return out, nil
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

// local is our side of a case.
type local struct {
	run   func()
	guess time.Duration // of one run
}

// warm is how long a case runs before it counts: its first runs take memory
// from the system, where later ones find it in the pool.
const warm = 200 * time.Millisecond

func newLocal(w work) *local {
	l := &local{run: w.prepare()}
	l.time(1)
	for start := time.Now(); l.guess == 0 || time.Since(start) < warm; {
		l.guess = max(1, l.time(1))
	}
	return l
}

func (l *local) time(runs int) time.Duration {
	start := time.Now()
	for range runs {
		l.run()
	}
	return time.Since(start) / time.Duration(runs)
}

func (l *local) runs(d time.Duration) int { return max(1, int(d/max(l.guess, 1))) }

func (l *local) round(d time.Duration) (float64, error) {
	runs := l.runs(d)
	if l.guess < 100*time.Microsecond && runs > 100 { // one short run guesses badly
		l.guess = l.time(100)
		runs = l.runs(d)
	}
	start := time.Now()
	for range runs {
		l.run()
	}
	total := time.Since(start)
	l.guess = total / time.Duration(runs)
	return total.Seconds() / float64(runs), nil
}

// allocations is how many bytes and objects of Go's heap one run takes.
func (l *local) allocations() (bytes, mallocs float64) {
	runs := min(100, l.runs(20*time.Millisecond))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		l.run()
	}
	runtime.ReadMemStats(&after)
	n := float64(runs)
	return float64(after.TotalAlloc-before.TotalAlloc) / n, float64(after.Mallocs-before.Mallocs) / n
}
