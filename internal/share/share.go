// Package share splits independent pieces of work among goroutines.
package share

import (
	"sync"
	"sync/atomic"
)

// Loop calls a function for each i below n, from the given number of
// goroutines at most. Each of them gets its function, with buffers of its own,
// from start. Which goroutine takes which i is not determined.
func Loop(n, workers int, start func() func(i int)) {
	var next atomic.Int64
	loop := func() {
		f := start()
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			f(i)
		}
	}
	var wg sync.WaitGroup
	for range min(n, workers) - 1 {
		wg.Go(loop)
	}
	if n > 0 {
		loop()
	}
	wg.Wait()
}
