package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// The goroutines that help with large calls are started once and stay. One that
// has helped looks out for the next call for a while, since waking a parked
// goroutine takes longer than many kernels, and then parks.
//
// A caller never depends on them: it offers its work to those that are free,
// does it itself piece by piece, takes back the offers that nobody has
// accepted, and waits only for pieces that are being worked on.

// lookout is how long a helper that ran out of work, or a caller that waits for
// a helper's last piece, looks before it parks.
const lookout = 50 * time.Microsecond

// A helper is one of these goroutines.
type helper struct {
	work   atomic.Pointer[job] // nil: free; taken: at work; else an offer
	parked atomic.Bool         // whoever makes it false sends on wake, or need not receive from it
	wake   chan struct{}
	home   int
	_      [64]byte // the next one's fields are in another cache line
}

var taken = new(job)

var (
	helpers atomic.Pointer[[]*helper] // all there are
	hiring  sync.Mutex
	calls   atomic.Int32 // callers with large work at this moment
	shared  atomic.Int64 // calls so far whose work was cut into pieces
)

// hired returns n helpers.
func hired(n int) []*helper {
	if h := helpers.Load(); h != nil && len(*h) >= n {
		return (*h)[:n]
	}
	hiring.Lock()
	defer hiring.Unlock()
	var all []*helper
	if h := helpers.Load(); h != nil {
		all = append(all, *h...)
	}
	for len(all) < n {
		h := &helper{wake: make(chan struct{}, 1), home: len(all) + 1}
		all = append(all, h)
		go h.run()
	}
	helpers.Store(&all)
	return all[:n]
}

// run is the life of a helper.
func (h *helper) run() {
	for {
		for j := h.accept(); j != nil; j = h.look() {
			j.help(h)
		}
		h.park()
	}
}

// accept returns the job that h is offered, if any.
func (h *helper) accept() *job {
	if j := h.work.Load(); j != nil && h.work.CompareAndSwap(j, taken) {
		return j
	}
	return nil
}

// look accepts what comes within a while.
func (h *helper) look() (j *job) {
	if !spins(h.home) {
		return h.accept()
	}
	for start := time.Now(); j == nil && time.Since(start) < lookout; {
		for i := 0; i < 64 && j == nil; i++ {
			j = h.accept()
		}
	}
	return j
}

// spins reports whether goroutine i of a call may spin while it waits: not where
// it would take the processor from the one it waits for.
func spins(i int) bool { return max(1, i) < runtime.GOMAXPROCS(0) }

// park sleeps until there is an offer, or was one.
func (h *helper) park() {
	h.parked.Store(true)
	if h.work.Load() == nil || !h.parked.CompareAndSwap(true, false) {
		<-h.wake // else it came after the last look
	}
}

// offer reports whether h was free and now holds j.
func (h *helper) offer(j *job) bool {
	if h.work.Load() != nil || !h.work.CompareAndSwap(nil, j) {
		return false
	}
	if h.parked.Load() && h.parked.CompareAndSwap(true, false) {
		h.wake <- struct{}{}
	}
	return true
}

// A job is one call's work, in pieces. Each goroutine starts with the pieces of
// its own share, the same part of memory from call to call, and goes on with
// what is left of the others'.
type job struct {
	f       func(lo, hi int)
	n, size int
	shares  []share
	left    atomic.Int32  // offers not yet taken back or worked off, and one for the caller
	done    chan struct{} // gets a message from the last one if the caller has parked
	failed  atomic.Pointer[any]
}

// share is a range of pieces; next is the one to take next.
type share struct {
	next atomic.Int64
	end  int64
	_    [48]byte
}

var jobs = sync.Pool{New: func() any { return &job{done: make(chan struct{}, 1)} }}

// fork calls f for 0…n in pieces of the given size, on as many goroutines as
// NumThreads allows and other callers leave free. A panic of f reaches the caller.
func fork(n, size int, f func(lo, hi int)) {
	if n <= 0 {
		return
	}
	pieces := (n + size - 1) / size
	if pieces == 1 {
		f(0, n)
		return
	}
	k := NumThreads()
	if k == 1 {
		f(0, n)
		return
	}
	others := int(calls.Add(1)) - 1
	defer calls.Add(-1)
	if k = min(k-others, pieces); k <= 1 {
		f(0, n)
		return
	}
	shared.Add(1)
	j := jobs.Get().(*job)
	j.f, j.n, j.size = f, n, size
	j.divide(pieces, k)
	j.run(hired(k - 1))
	if p := j.failed.Load(); p != nil {
		panic(*p)
	}
	j.f = nil
	jobs.Put(j)
}

// divide makes k shares of the pieces.
func (j *job) divide(pieces, k int) {
	if cap(j.shares) < k {
		j.shares = make([]share, k)
	}
	j.shares = j.shares[:k]
	for i := range j.shares {
		j.shares[i].next.Store(int64(pieces * i / k))
		j.shares[i].end = int64(pieces * (i + 1) / k)
	}
}

// run does the work with those of the crew that are free.
func (j *job) run(crew []*helper) {
	j.left.Store(int32(len(crew)) + 1)
	for _, h := range crew {
		if !h.offer(j) {
			j.left.Add(-1)
		}
	}
	defer j.finish(crew) // even if f panics: others may still be writing
	j.takePieces(0)
}

// finish takes the offers back and waits for those that were accepted.
func (j *job) finish(crew []*helper) {
	j.stop()
	for _, h := range crew {
		if h.work.CompareAndSwap(j, nil) {
			j.left.Add(-1)
		}
	}
	if spins(0) {
		for start := time.Now(); j.left.Load() > 1 && time.Since(start) < lookout; {
			for i := 0; i < 64 && j.left.Load() > 1; i++ {
			}
		}
	}
	if j.left.Load() > 1 && j.left.Add(-1) > 0 {
		<-j.done
	}
}

// stop leaves no piece to take.
func (j *job) stop() {
	for i := range j.shares {
		j.shares[i].next.Store(j.shares[i].end)
	}
}

// help is a helper's part of a job.
func (j *job) help(h *helper) {
	defer func() {
		if p := recover(); p != nil {
			j.failed.CompareAndSwap(nil, &p)
			j.stop()
		}
		h.work.Store(nil) // first, so that it is free when the caller's next call comes
		if j.left.Add(-1) == 0 {
			j.done <- struct{}{}
		}
	}()
	j.takePieces(h.home)
}

// takePieces works until no piece is left, first on the share of that number.
func (j *job) takePieces(home int) {
	for i := range j.shares {
		s := &j.shares[(home+i)%len(j.shares)]
		for at := s.next.Add(1) - 1; at < s.end; at = s.next.Add(1) - 1 {
			lo := int(at) * j.size
			j.f(lo, min(lo+j.size, j.n))
		}
	}
}
