package cpu

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// patience is how many bytes must at least be lent, or taken from the OS, before
// a collection is forced. One takes 0.1 ms where there is little to look through, 2 % of the
// time in which a small network leaves so much behind. More patience would
// not be faster: memory that comes back late is not in the caches any more.
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
		m.slack = max(patience, m.stats.InUse/8, scanned)
		m.enough, m.grown = m.stats.InUse+m.slack, 0
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
