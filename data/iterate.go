package data

import (
	"context"
	"iter"
	"sync"
)

// job is a batch to be read.
type job struct {
	epoch   int
	indices []int
	seen    []uint32 // how often each index came before in the epoch; nil means never
}

// newJob returns a batch with room for size samples.
func newJob(epoch, size int) job { return job{epoch: epoch, indices: make([]int, 0, size)} }

// seenBefore returns how often index k of the batch came before.
func (j job) seenBefore(k int) uint64 {
	if j.seen == nil {
		return 0
	}
	return uint64(j.seen[k])
}

// jobs yields the batches of an epoch from batch number first on.
func (l *Loader[B]) jobs(epoch, first int) iter.Seq[job] {
	return func(yield func(job) bool) {
		count := l.newCounter()
		size := min(l.cfg.BatchSize, max(0, l.sampler.Len()))
		number, j := 0, newJob(epoch, size)
		for i := range l.sampler.Indices(epoch) {
			j.indices = append(j.indices, i)
			if count != nil {
				j.seen = append(j.seen, count.next(i))
			}
			if len(j.indices) < l.cfg.BatchSize {
				continue
			}
			if number >= first && !yield(j) {
				return
			}
			number, j = number+1, newJob(epoch, size)
		}
		if len(j.indices) > 0 && !l.cfg.DropLast && number >= first {
			yield(j)
		}
	}
}

// counter counts how often each index came, so that a sample that a sampler
// repeats draws other random numbers each time.
type counter []uint32

// newCounter returns nil where no index can come twice or none draws.
func (l *Loader[B]) newCounter() counter {
	if !l.random || l.cfg.Sampler == nil {
		return nil
	}
	return make(counter, l.size)
}

func (c counter) next(i int) uint32 {
	if i < 0 || i >= len(c) {
		return 0
	}
	c[i]++
	return c[i] - 1
}

// loadFunc makes a batch of a job: of indices, or of what a stream gave.
type loadFunc[J, B any] = func(context.Context, J) (B, error)

// sink is the loop over a loader.
type sink[B any] struct {
	yield func(B, error) bool
	count func() // is called before each batch
}

// batch hands over a batch, or the error in its place. It returns false when
// the loop stops.
func (s sink[B]) batch(b B, err error) bool {
	s.count()
	return s.yield(b, err)
}

// end hands over the reason why there are no more.
func (s sink[B]) end(err error) {
	var zero B
	s.yield(zero, err)
}

// serial makes each batch when the loop asks for it. It reports whether the
// loop got all of them.
func serial[J, B any](ctx context.Context, jobs iter.Seq[J], load loadFunc[J, B], out sink[B]) bool {
	for j := range jobs {
		b, err := load(ctx, j)
		if ctx.Err() != nil {
			out.end(ctx.Err())
			return false
		}
		if !out.batch(b, err) {
			return false
		}
	}
	return true
}

// parallel keeps ahead batches in the hands of workers while the loop uses
// another one, and hands them over in order. It reports whether the loop got
// all of them.
func parallel[J, B any](ctx context.Context, jobs iter.Seq[J], load loadFunc[J, B], workers, ahead int, out sink[B]) bool {
	p := newPool(ctx, load, workers, ahead+1)
	defer p.stop()
	for j := range jobs {
		p.submit(j)
		if len(p.order) > ahead && !p.deliver(ctx, out) {
			return false
		}
	}
	for len(p.order) > 0 {
		if !p.deliver(ctx, out) {
			return false
		}
	}
	return true
}

// pool is the workers of one range over All.
type pool[J, B any] struct {
	ctx    context.Context
	cancel context.CancelFunc
	load   loadFunc[J, B]
	todo   chan task[J, B]
	order  chan chan answer[B] // of the batches not yet delivered, in order
	wg     sync.WaitGroup
}

type task[J, B any] struct {
	job    J
	answer chan answer[B] // has room for the one answer, so no worker waits
}

type answer[B any] struct {
	batch B
	err   error
}

// newPool starts workers for at most size batches at a time.
func newPool[J, B any](ctx context.Context, load loadFunc[J, B], workers, size int) *pool[J, B] {
	p := &pool[J, B]{load: load, todo: make(chan task[J, B], size), order: make(chan chan answer[B], size)}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.wg.Add(workers)
	for range workers {
		go p.work()
	}
	return p
}

// stop ends the workers and waits for them.
func (p *pool[J, B]) stop() {
	p.cancel()
	close(p.todo)
	p.wg.Wait()
}

// submit hands a batch to the workers. It does not block: parallel keeps the
// number of open batches within the room of the channels.
func (p *pool[J, B]) submit(j J) {
	t := task[J, B]{j, make(chan answer[B], 1)}
	p.order <- t.answer
	p.todo <- t
}

// deliver waits for the oldest open batch and yields it. It returns false when
// the loop is over.
func (p *pool[J, B]) deliver(ctx context.Context, out sink[B]) bool {
	next := <-p.order
	select {
	case a := <-next:
		if ctx.Err() == nil {
			return out.batch(a.batch, a.err)
		}
	case <-ctx.Done():
	}
	out.end(ctx.Err())
	return false
}

// work makes batches until there are no more.
func (p *pool[J, B]) work() {
	ended := false
	defer func() {
		if !ended { // a sample ended this goroutine: another takes its place
			go p.work()
			return
		}
		p.wg.Done()
	}()
	for t := range p.todo {
		p.do(t)
	}
	ended = true
}

// do answers a task, even when a sample ends the goroutine.
func (p *pool[J, B]) do(t task[J, B]) {
	a := answer[B]{err: errGoexit}
	defer func() { t.answer <- a }()
	if err := p.ctx.Err(); err != nil {
		a.err = err
		return
	}
	a.batch, a.err = p.load(p.ctx, t.job)
}
