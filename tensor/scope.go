package tensor

import (
	"errors"
	"math"
	"sync/atomic"
	"unsafe"

	"github.com/facula-ml/facula/device/cpu"
)

// A Scope owns the memory of what is computed from the tensors that enter it,
// and gives all of it back at once. It travels with the data: results of a
// tensor in a scope are in the scope too.
//
//	s := tensor.NewScope()
//	for batch, err := range loader.All(ctx) {
//		if err != nil {
//			return err
//		}
//		opt.ZeroGrad()
//		loss := criterion.Forward(model.Forward(s.In(batch.X)), batch.Y)
//		loss.Backward()
//		opt.Step()
//		total += loss.Float()
//		s.Close()
//	}
//
// Nothing needs a scope: memory that is not used any more comes back by
// itself, later. With one, a training step takes next to nothing from the
// collector and nothing from the operating system.
//
// After Close, an op on a tensor of the scope panics with an *Error. What has
// to live longer leaves it by [Tensor.Keep]; what Backward adds to the Grad of
// a leaf leaves it by itself, unless it has a history (CreateGraph). Only a
// slice from [Data] is not watched: it is a copy of what the tensor held.
//
// One goroutine at a time uses a scope: each has its own. Two in one are found
// out sooner or later, and until then may get each other's numbers. Tensors of two scopes meet in one op
// only where one scope is [Scope.Inner] to the other; the result is of the inner one.
type Scope struct {
	plain, quiet Mode // what travels: without and with the no-grad mark
	outer        *Scope
	depth        int
	inner        []*Scope
	busy         int         // backward passes that run
	taking       atomic.Bool // a goroutine is in newBody

	handles [][]Tensor // given out; never used again, so that a stale one is found
	bodies  slab[body]
	nodes   slab[node]
	small   arena
	pooled  []*body // whose memory is to be freed
}

// NewScope returns an empty scope.
func NewScope() *Scope {
	s := &Scope{}
	s.plain.scope = s
	s.quiet = Mode{noGrad: true, scope: s}
	return s
}

// Inner returns a scope within s: its tensors may be computed from those of s,
// and end with it or with s, whichever is closed first.
func (s *Scope) Inner() *Scope {
	in := NewScope()
	in.outer, in.depth = s, s.depth+1
	s.inner = append(s.inner, in)
	return in
}

// In returns t with the scope, which travels to what is computed from it. The
// data of t is shared, and stays when the scope is closed.
//
//	panics: *Error if t is in a scope that s is not inner to
func (s *Scope) In(t *Tensor) *Tensor {
	if m := t.known("scope").mode; m != nil && !s.within(m.scope) {
		misuse("scope", errScopes, t)
	}
	return t.alias(merge(t.mode, &s.plain))
}

var (
	errScopes     = errors.New("the tensors are in two scopes, none of which is inner to the other; Keep one, or make one by Inner")
	errGoroutines = errors.New("two goroutines use one scope at once; give each its own")
)

// within reports whether s is o or inner to it; every scope is within none.
func (s *Scope) within(o *Scope) bool {
	if o == nil {
		return true
	}
	for ; s != nil && s.depth > o.depth; s = s.outer {
	}
	return s == o
}

// Close gives the memory of s, and of the scopes inner to it, back. All its
// tensors end. The scope can be used again, for the next step.
func (s *Scope) Close() {
	if s.busy > 0 {
		misuse("scope", errors.New("a scope cannot be closed while Backward runs in it"))
	}
	for _, in := range s.inner {
		in.Close()
		in.outer = nil
	}
	s.inner = nil
	for _, list := range s.handles {
		for i := range list {
			list[i] = Tensor{nil, closedMode}
		}
	}
	if n := len(s.handles); n > 0 { // go on where the last chunk ends
		last := s.handles[n-1]
		clear(s.handles)
		s.handles = append(s.handles[:0], last[len(last):])
	}
	for i, b := range s.pooled {
		b.own.free(b.dev)
		s.pooled[i] = nil
	}
	s.pooled = s.pooled[:0]
	s.bodies.reset()
	s.nodes.reset()
	s.small.reset()
}

// closedMode marks the handles of a closed scope.
var closedMode = &Mode{}

// handle returns a new tensor on b.
func (s *Scope) handle(b *body, m *Mode) *Tensor {
	n := len(s.handles)
	if n == 0 || len(s.handles[n-1]) == cap(s.handles[n-1]) {
		s.handles = append(s.handles, make([]Tensor, 0, 32))
		n++
	}
	list := append(s.handles[n-1], Tensor{b, m})
	s.handles[n-1] = list
	return &list[len(list)-1]
}

// A slab lends values that are all given back together, zeroed.
type slab[T any] struct {
	chunks [][]T
	n      int
}

const slabChunk = 16

func (s *slab[T]) get() *T {
	i := s.n
	if s.n++; i/slabChunk == len(s.chunks) {
		s.chunks = append(s.chunks, make([]T, slabChunk))
	}
	return &s.chunks[i/slabChunk][i%slabChunk]
}

func (s *slab[T]) reset() {
	for i := 0; i < s.n; i += slabChunk {
		clear(s.chunks[i/slabChunk][:min(slabChunk, s.n-i)])
	}
	s.n = 0
}

// An arena is memory for tensors too small for a device's pool.
type arena struct {
	chunks   [][]uint64
	at, used int // chunk, and words of it
}

// arenaWords is the length of a chunk; arenaMax the most bytes of one tensor.
const arenaWords, arenaMax = 8192, 4096

func (a *arena) get(bytes int) unsafe.Pointer {
	words := (bytes + 63) / 64 * 8
	if a.at < len(a.chunks) && a.used+words > arenaWords {
		a.at, a.used = a.at+1, 0
	}
	if a.at == len(a.chunks) {
		a.chunks = append(a.chunks, make([]uint64, arenaWords))
	}
	p := &a.chunks[a.at][a.used]
	a.used += words
	return unsafe.Pointer(p)
}

func (a *arena) reset() {
	if cpu.Poisoned() {
		for _, c := range a.chunks {
			for i := range c {
				c[i] = math.MaxUint64 // NaN in every floating dtype
			}
		}
	}
	a.at, a.used = 0, 0
}

// newBody is a body of scope s, which may be nil.
func (s *Scope) newBody() *body {
	if s == nil {
		return new(body)
	}
	if s.taking.Swap(true) {
		misuse("scope", errGoroutines)
	}
	b := s.bodies.get()
	s.taking.Store(false)
	b.own.scope = s
	return b
}

// newNode is a node of scope s, which may be nil.
func (s *Scope) newNode() *node {
	if s == nil {
		return new(node)
	}
	return s.nodes.get()
}
