package cpu

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// withThreads runs the rest of a test with n threads.
func withThreads(t testing.TB, n int) {
	old := threads.Load()
	SetNumThreads(n)
	t.Cleanup(func() { threads.Store(old) })
}

// Every element of a range is visited once, whatever the sizes.
func TestParallel(t *testing.T) {
	for _, k := range []int{1, 2, 3, 5, 40} {
		withThreads(t, k)
		for _, n := range []int{0, 1, 2, 3, 7, 63, 64, 65, 128, 1000, 100_003} {
			for _, least := range []int{0, 1, 3, 64, 5000} {
				seen := make([]uint32, n)
				parallel(n, least, func(lo, hi int) {
					for i := lo; i < hi; i++ {
						atomic.AddUint32(&seen[i], 1)
					}
				})
				for i, c := range seen {
					if c != 1 {
						t.Fatalf("%d threads: parallel(%d, %d) visits %d %d times", k, n, least, i, c)
					}
				}
			}
		}
	}
}

// Two pieces that wait for each other end only if a second goroutine takes part.
func TestParallelReallyIs(t *testing.T) {
	withThreads(t, 2)
	for range 200 {
		var wg sync.WaitGroup
		wg.Add(2)
		tasks(2, func(int) { wg.Done(); wg.Wait() })
	}
	time.Sleep(5 * lookout) // the helper parks
	var wg sync.WaitGroup
	wg.Add(2)
	tasks(2, func(int) { wg.Done(); wg.Wait() })
}

// Calls inside of calls, from many goroutines, with pauses in which helpers
// park, come to an end with the right sums.
func TestCrewStress(t *testing.T) {
	withThreads(t, 4*runtime.GOMAXPROCS(0))
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	var wg sync.WaitGroup
	for g := range 4 * runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for r := range rounds {
				n := 2 + (g*7+r)%30
				var sum atomic.Int64
				tasks(n, func(i int) {
					tasks(i, func(j int) { sum.Add(int64(j)) })
				})
				want := int64(0)
				for i := range n {
					want += int64(i * (i - 1) / 2)
				}
				if got := sum.Load(); got != want {
					t.Errorf("nested sum of %d is %d, want %d", n, got, want)
				}
				if r%50 == g {
					time.Sleep(2 * lookout)
				}
			}
		})
	}
	wg.Wait()
	if n := calls.Load(); n != 0 {
		t.Errorf("%d calls are counted as running after the last", n)
	}
}

// A panic reaches the caller, from its own pieces and from a helper's, after
// everybody has left; later calls work.
func TestCrewPanic(t *testing.T) {
	withThreads(t, 3)
	for r := range 100 {
		var inside atomic.Int32
		got := func() (p any) {
			defer func() { p = recover() }()
			tasks(20, func(i int) {
				inside.Add(1)
				defer inside.Add(-1)
				if i >= r%20 {
					panic(fmt.Sprint("task ", i))
				}
			})
			return nil
		}()
		if s, _ := got.(string); len(s) < 6 || s[:5] != "task " {
			t.Fatalf("a panic arrives as %v", got)
		}
		if inside.Load() != 0 {
			t.Fatal("the call ended before its helpers")
		}
		var n atomic.Int32
		tasks(100, func(int) { n.Add(1) })
		if n.Load() != 100 {
			t.Fatalf("%d of 100 tasks done after a panic", n.Load())
		}
	}
}

// A helper that is held up in a piece keeps nobody from the others.
func TestCrewDelayed(t *testing.T) {
	withThreads(t, 2)
	var done atomic.Int32
	free := make(chan struct{})
	tasks(50, func(i int) {
		if i == 25 { // the first of the helper's share
			<-free
		}
		if done.Add(1) == 49 {
			close(free)
		}
	})
}

func TestStartThreads(t *testing.T) {
	for env, want := range map[string]int32{"": 0, "3": 3, "0": 0, "-1": 0, "two": 0, "99999999999": 0} {
		var log logWriter
		if got := startThreads(env, &log).Load(); got != want {
			t.Errorf("FACULA_NUM_THREADS=%q gives %d, want %d", env, got, want)
		}
		if bad := env != "" && want == 0; bad != (len(log) > 0) {
			t.Errorf("FACULA_NUM_THREADS=%q says %q", env, log)
		}
	}
}

type logWriter []byte

func (l *logWriter) Write(p []byte) (int, error) { *l = append(*l, p...); return len(p), nil }

// BenchmarkFork adds rows: on one goroutine, with the crew, and with goroutines
// started for the call. With "busy", 4 other goroutines compete for each core.
func BenchmarkFork(b *testing.B) {
	split := map[string]func(int, int, func(lo, hi int)){
		"alone": func(n, _ int, f func(lo, hi int)) { f(0, n) }, "crew": parallel, "goroutines": goroutines,
	}
	for _, n := range []int{1 << 10, 1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 16, 1 << 18, 1 << 20} {
		x, y, z := make([]float32, n), make([]float32, n), make([]float32, n)
		f := func(lo, hi int) { add(z[lo:hi], x[lo:hi], y[lo:hi]) }
		for _, busy := range []int{0, 4} {
			for _, name := range []string{"alone", "goroutines", "crew"} {
				b.Run(fmt.Sprintf("%d/busy=%d/%s", n, busy, name), func(b *testing.B) {
					defer compete(busy * runtime.GOMAXPROCS(0))()
					for b.Loop() {
						split[name](n, max(n/4, 1<<10), f)
					}
				})
			}
		}
	}
}

// goroutines is parallel with goroutines of its own.
func goroutines(n, _ int, f func(lo, hi int)) {
	var wg sync.WaitGroup
	k := NumThreads()
	for i := 1; i < k; i++ {
		wg.Go(func() { f(n*i/k, n*(i+1)/k) })
	}
	f(0, n/k)
	wg.Wait()
}

// compete keeps n goroutines busy until it is told to stop.
func compete(n int) (stop func()) {
	var end atomic.Bool
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			var x, y [1024]float32
			for !end.Load() {
				add(x[:], x[:], y[:])
			}
		})
	}
	return func() { end.Store(true); wg.Wait() }
}
