package cpu

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// patience is how many bytes may be in use before a collection is forced.
const patience = 64 << 20

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
		awaitFinalizers(100 * time.Millisecond)
		m.mu.Lock()
		m.stats.Collections++
		m.alive = m.stats.InUse
	}
	m.gc.Unlock()
}

// awaitFinalizers waits until the finalizers that are due have run. A program
// may have some of its own, which may block: hence the time limit.
func awaitFinalizers(limit time.Duration) {
	s := []metrics.Sample{{Name: "/gc/finalizers/queued:finalizers"}, {Name: "/gc/finalizers/executed:finalizers"}}
	metrics.Read(s)
	due := s[0].Value.Uint64()
	for end := time.Now().Add(limit); s[1].Value.Uint64() < due && time.Now().Before(end); metrics.Read(s) {
		runtime.Gosched()
	}
}
