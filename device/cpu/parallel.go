package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// threads is the limit, 0 until it is set.
var threads atomic.Int32

// SetNumThreads limits how many goroutines one kernel uses. Results do not
// depend on it. It panics if n < 1.
func SetNumThreads(n int) {
	if n < 1 {
		panic("cpu: SetNumThreads wants at least 1")
	}
	threads.Store(int32(n))
}

// NumThreads is how many goroutines one kernel uses at most.
// It starts as GOMAXPROCS.
func NumThreads() int {
	if n := threads.Load(); n > 0 {
		return int(n)
	}
	return runtime.GOMAXPROCS(0)
}

// grain is how many elements make it worth to start another goroutine.
const grain = 1 << 15

// parallel calls f for ranges that cover 0…n, at least min long each.
func parallel(n, min int, f func(lo, hi int)) {
	k := NumThreads()
	if min < 1 {
		min = 1
	}
	if n/min < k {
		k = n / min
	}
	if k <= 1 {
		if n > 0 {
			f(0, n)
		}
		return
	}
	var wg sync.WaitGroup
	for i := 1; i < k; i++ {
		wg.Go(func() { f(n*i/k, n*(i+1)/k) })
	}
	f(0, n/k)
	wg.Wait()
}

// tasks calls f for every i below n. Several goroutines take the next i as they
// get free, so the calls must not depend on each other.
func tasks(n int, f func(i int)) {
	k := min(n, NumThreads())
	if k <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			f(i)
		}
	}
	var wg sync.WaitGroup
	for range k - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
}
