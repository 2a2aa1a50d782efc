package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// An Indexer says what [Tensor.Index] takes: [All], [Ellipsis], [NewAxis],
// [At], [Range], or a tensor. A tensor of int64 or int32 picks elements of a
// dim, negative ones from the end; a bool tensor is a mask over as many dims as
// it has.
type Indexer interface {
	takes() int // how many dims of the tensor
	index(*selection)
}

type marker uint8

const (
	All      marker = iota // a whole dim, as Python's ":"
	Ellipsis               // all dims that the others leave, as "..."
	NewAxis                // a new dim of size 1, as None
)

// End is a bound beyond every dim, for Range(2, End, 1).
const End = math.MaxInt

// At takes element i of a dim, which is removed; a negative i counts from the end.
func At(i int) Indexer { return atIndexer(i) }

// Range takes the elements start, start+step, … before end of a dim, as
// Python's start:end:step; negative bounds count from the end.
func Range(start, end, step int) Indexer { return rangeIndexer{start, end, step} }

// Index is PyTorch's t[at...]. Dims that at does not reach stay whole. Without
// tensors among at the result is a view. Index tensors broadcast with each
// other, and their common dims stand in the place of the dims they pick from, or
// come first if other dims lie between those.
//
//	x.Index(tensor.All, idx, tensor.At(-1)) // x[:, idx, -1]
//	x.Index(mask)                           // x[mask]
//
//	panics: *Error for an index out of range, more indices than dims, a mask of
//	another shape than its dims, or index tensors that do not broadcast
//	source: torch.Tensor.__getitem__
func (t *Tensor) Index(at ...Indexer) *Tensor {
	s := t.choose("index", at)
	if len(s.picks) == 0 {
		return s.v
	}
	p := s.plan()
	return Apply(indexSelectOp{p.at}, p.arrange(s.v), p.flat)
}

// A selection is what a list of indexers makes of a tensor.
type selection struct {
	op    string
	of    *Tensor
	v     *Tensor // a view: of, after all indexers but tensors
	dim   int     // the dim of v that comes next
	from  int     // the same dim of of
	rest  int     // how many dims Ellipsis stands for
	picks []picked
}

// picked are span dims of v, from dim on, of which idx picks elements: its
// values lie within the dims' common length, seen as one dim.
type picked struct {
	dim, span int
	idx       *Tensor
}

// choose applies indexers to t in the name of op.
func (t *Tensor) choose(op string, at []Indexer) *selection {
	if t == nil {
		misuse(op, errors.New("input 0 is nil"))
	}
	s := &selection{op: op, of: t, v: t, rest: t.Dim()}
	dots := 0
	for i, x := range at {
		if u, ok := x.(*Tensor); x == nil || ok && u == nil {
			misuse(op, fmt.Errorf("indexer %d is nil", i), t)
		}
		s.rest -= x.takes()
		dots += b2i(x == Ellipsis)
	}
	switch {
	case s.rest < 0:
		misuse(op, fmt.Errorf("indices for %d dims; want at most %d", t.Dim()-s.rest, t.Dim()), t)
	case dots > 1:
		misuse(op, fmt.Errorf("%d times Ellipsis; want at most one", dots), t)
	}
	for _, x := range at {
		x.index(s)
		s.from += x.takes()
	}
	return s
}

func (m marker) takes() int { return b2i(m == All) }
func (m marker) index(s *selection) {
	switch m {
	case NewAxis:
		s.v = s.v.Unsqueeze(s.dim)
	case Ellipsis:
		s.dim += s.rest - 1
		s.from += s.rest
	}
	s.dim++
}

type atIndexer int

func (atIndexer) takes() int { return 1 }
func (i atIndexer) index(s *selection) {
	n := s.v.shape()[s.dim]
	if int(i) < -n || int(i) >= n {
		misuse(s.op, fmt.Errorf("index %d is out of range for dim %d of size %d", int(i), s.from, n), s.of)
	}
	s.v = s.v.Select(s.dim, int(i))
}

type rangeIndexer struct{ start, end, step int }

func (rangeIndexer) takes() int { return 1 }
func (r rangeIndexer) index(s *selection) {
	if r.step < 1 {
		misuse(s.op, fmt.Errorf("step is %d; want at least 1", r.step), s.of)
	}
	s.v = s.v.Slice(s.dim, r.start, r.end, r.step)
	s.dim++
}

func (t *Tensor) takes() int {
	if t.DType() == Bool {
		return t.Dim()
	}
	return 1
}

func (t *Tensor) index(s *selection) {
	switch d := t.DType(); {
	case d == Bool:
		s.mask(t)
	case d != Int64 && d != Int32:
		misuse(s.op, fmt.Errorf("an index is %v; want int64, int32 or bool", d), s.of, t)
	case t.Dim() == 0:
		atIndexer(t.Int()).index(s)
	default:
		r := device.IndexRange{Index: device.Index{Dim: s.from, Wrap: true}, Size: s.v.shape()[s.dim]}
		idx, err := run(resolveOp{r: r}, new(body), []*Tensor{t.Cast(Int64)})
		if err != nil {
			misuse(s.op, err, s.of, t)
		}
		s.pick(1, idx)
	}
}

func (s *selection) pick(span int, idx *Tensor) {
	s.picks = append(s.picks, picked{s.dim, span, idx})
	s.dim += span
}

// mask picks where a mask holds, of all its dims as one. A mask without dims
// picks from a new one.
func (s *selection) mask(m *Tensor) {
	n := m.Dim()
	if n == 0 {
		s.v = s.v.Unsqueeze(s.dim)
		s.pick(1, m.positions())
		return
	}
	for i, k := range m.shape() {
		if k != s.v.shape()[s.dim+i] {
			misuse(s.op, fmt.Errorf("dim %d of the mask is %d; want %d as dim %d of the tensor", i, k, s.v.shape()[s.dim+i], s.from+i), s.of, m)
		}
	}
	s.pick(n, m.positions())
}

// resolveOp makes indices offsets from the start of their dim.
type resolveOp struct {
	NotDifferentiable
	r device.IndexRange
}

func (resolveOp) Name() string                            { return "index" }
func (resolveOp) Kernel() device.Kernel                   { return device.ResolveIndex }
func (o resolveOp) Attr() any                             { return o.r }
func (resolveOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }

// A plan is how the picked dims of a selection become one dim with one index:
// they go side by side and are joined.
type plan struct {
	at           // the joined dim
	perm []int   // the order of v's dims; nil to leave them
	n    int     // how many dims are joined
	flat *Tensor // the index, of the broadcast shape
}

func (s *selection) plan() plan {
	var dims, rest []int
	for _, p := range s.picks {
		for i := range p.span {
			dims = append(dims, p.dim+i)
		}
	}
	p := plan{n: len(dims)}
	p.Dim = dims[0]
	if dims[p.n-1] != dims[0]+p.n-1 { // others lie between
		for d, k := 0, 0; d < s.v.Dim(); d++ {
			if k < p.n && dims[k] == d {
				k++
			} else {
				rest = append(rest, d)
			}
		}
		p.perm, p.Dim = append(dims, rest...), 0
	}
	var spec device.Spec
	for _, k := range s.picks {
		var err error
		if spec, err = broadcast(&spec, k.idx.spec()); err != nil {
			misuse(s.op, fmt.Errorf("the index tensors: %w", err), s.of, k.idx)
		}
		length := 1
		for i := range k.span {
			length *= s.v.shape()[k.dim+i]
		}
		if p.flat == nil {
			p.flat = k.idx
		} else {
			p.flat = p.flat.MulScalar(length).Add(k.idx)
		}
	}
	return p
}

// arrange is v with the picked dims joined.
func (p *plan) arrange(v *Tensor) *Tensor {
	if p.perm != nil {
		v = v.Permute(p.perm...)
	}
	if p.n == 1 {
		return v
	}
	return v.Flatten(p.Dim, p.Dim+p.n-1)
}

// restore undoes arrange, for a tensor that was made from v's.
func (p *plan) restore(y, v *Tensor) *Tensor {
	if p.perm == nil {
		return y.Reshape(v.shape()...)
	}
	back := make([]int, len(p.perm))
	shape := make([]int, len(p.perm))
	for i, d := range p.perm {
		back[d], shape[i] = i, v.shape()[d]
	}
	return y.Reshape(shape...).Permute(back...)
}
