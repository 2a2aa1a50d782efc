package cpu

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// patience is how many bytes may be in use before a collection is forced: one
// takes 0.1 ms where there is little to look through, which is 2 % of the time
// that a small network needs to leave so much behind.
const patience = 16 << 20

// collect makes Go find the buffers that were dropped without Free, and waits
// until they are back. The collector does not see how much memory they hold,
// so without this a loop that frees nothing could take all there is. m.mu is
// held, and is free while it goes on. One goroutine collects for all that wait.
func (m *pool) collect() {
	seen := m.stats.Collections
	m.mu.Unlock()
	m.gc.Lock()
	m.mu.Lock()
	if m.stats.Collections == seen {
		m.mu.Unlock()
		runtime.GC()
		scanned := awaitFinalizers(time.Second)
		m.mu.Lock()
		m.stats.Collections++
		// What is alive goes up and down within a training step; the most of the
		// last few collections counts.
		m.enough = max(2*m.stats.InUse+scanned, m.enough-m.enough/8)
	}
	m.gc.Unlock()
}

// awaitFinalizers waits until the finalizers that are due have run. A program
// may have some of its own, which may block: hence the time limit. It returns
// how many bytes of Go's heap a collection looks through, which is its cost.
func awaitFinalizers(limit time.Duration) (scanned int) {
	s := []metrics.Sample{{Name: "/gc/finalizers/executed:finalizers"}, {Name: "/gc/finalizers/queued:finalizers"}, {Name: "/gc/scan/heap:bytes"}}
	metrics.Read(s)
	due, scan := s[1].Value.Uint64(), s[2].Value.Uint64()
	for end := time.Now().Add(limit); s[0].Value.Uint64() < due && time.Now().Before(end); metrics.Read(s[:1]) {
		runtime.Gosched()
	}
	return int(scan)
}
