package nn

import (
	"slices"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// A sequence says where the rows of each step lie, and what is done with them:
// it is the part of the ops of recurrent layers that they share.
type sequence struct {
	device.Recurrence
	rows int
}

func newSequence(sizes []int, reverse bool) *sequence {
	s := &sequence{Recurrence: device.Recurrence{Sizes: sizes, Reverse: reverse}}
	for _, n := range sizes {
		s.rows += n
	}
	return s
}

// Attr is what kernels read.
func (s *sequence) Attr() any { return &s.Recurrence }

// batch is how many sequences there are.
func (s *sequence) batch() int { return s.Sizes[0] }

// even reports whether all sequences are equally long.
func (s *sequence) even() bool { return s.Sizes[len(s.Sizes)-1] == s.Sizes[0] }

// A step has n rows, from row on.
type step struct{ t, row, n int }

// each calls f for every step in the order of computing, or against it.
func (s *sequence) each(backward bool, f func(step)) {
	steps, row := make([]step, len(s.Sizes)), 0
	for t, n := range s.Sizes {
		steps[t] = step{t, row, n}
		row += n
	}
	if s.Reverse != backward {
		slices.Reverse(steps)
	}
	for _, x := range steps {
		f(x)
	}
}

// of is the step's part of all rows.
func (x step) of(rows *tensor.Tensor) *tensor.Tensor { return rows.Narrow(0, x.row, x.n) }

// top is the step's part of what there is of each sequence.
func (x step) top(each *tensor.Tensor) *tensor.Tensor { return each.Narrow(0, 0, x.n) }

// put is each with the step's part replaced.
func (x step) put(each, part *tensor.Tensor) *tensor.Tensor {
	if n := each.Size(0); x.n < n {
		return tensor.Cat(0, part, each.Narrow(0, x.n, n-x.n))
	}
	return part
}

// offset is where the states after the steps begin; see [device.Recurrence].
func (s *sequence) offset() int {
	if s.Reverse {
		return 0
	}
	return s.batch()
}

// results are the states after the steps.
func (s *sequence) results(states *tensor.Tensor) *tensor.Tensor {
	return states.Narrow(0, s.offset(), s.rows)
}

// first are the states before the first step.
func (s *sequence) first(states *tensor.Tensor) *tensor.Tensor {
	if s.Reverse {
		return states.Narrow(0, s.rows, s.batch())
	}
	return states.Narrow(0, 0, s.batch())
}

// joined are the states before the first step and those after each one.
func (s *sequence) joined(first *tensor.Tensor, after []*tensor.Tensor) *tensor.Tensor {
	if s.Reverse {
		return tensor.Cat(0, append(slices.Clone(after), first)...)
	}
	return tensor.Cat(0, append([]*tensor.Tensor{first}, after...)...)
}

// last are the states of each sequence after its last step.
func (s *sequence) last(states *tensor.Tensor) *tensor.Tensor {
	switch {
	case s.Reverse:
		return states.Narrow(0, 0, s.batch())
	case s.even():
		return states.Narrow(0, s.rows, s.batch())
	}
	idx := make([]int64, s.batch())
	s.each(false, func(x step) {
		for i := range x.n {
			idx[i] = int64(s.offset() + x.row + i)
		}
	})
	return states.IndexSelect(0, tensor.Of(idx).To(states.Device()))
}

// before are the states that each row's step began with.
func (s *sequence) before(states *tensor.Tensor) *tensor.Tensor {
	if s.even() {
		return states.Narrow(0, s.batch()-s.offset(), s.rows)
	}
	initial := 0
	if s.Reverse {
		initial = s.rows
	}
	now, idx := make([]int64, s.batch()), make([]int64, s.rows)
	for i := range now {
		now[i] = int64(initial + i)
	}
	s.each(false, func(x step) {
		for i := range x.n {
			idx[x.row+i] = now[i]
			now[i] = int64(s.offset() + x.row + i)
		}
	})
	return states.IndexSelect(0, tensor.Of(idx).To(states.Device()))
}

// matrixSpec is a matrix of so many rows.
func matrixSpec(like *tensor.Tensor, rows, width int) device.Spec {
	return device.Spec{DType: like.DType(), Rank: 2, Dim: [device.MaxRank]int{rows, width}}
}

// states is the spec of the states, of the given size.
func (s *sequence) states(like *tensor.Tensor, size int) device.Spec {
	return matrixSpec(like, s.batch()+s.rows, size)
}

// gates is the spec of the gates.
func (s *sequence) gates(like *tensor.Tensor, width int) device.Spec {
	if s.Discard {
		return matrixSpec(like, 0, width)
	}
	return matrixSpec(like, s.rows, width)
}

// keep is all gates, or none of them if they are not kept.
func (s *sequence) keep(gates *tensor.Tensor) *tensor.Tensor {
	if s.Discard {
		return gates.Narrow(0, 0, 0)
	}
	return gates
}

// reads is what the gradients of LSTM and GRU look at.
func (s *sequence) reads() tensor.Reads {
	if s.Discard {
		return tensor.NoGradient
	}
	return tensor.AllIn | tensor.AllOut
}

// discards notes whether the op's inputs, x·w_ihᵀ first, need no gradient, so
// that its gates are of no use. Where w_ih is trained and the first needs none,
// nothing is recorded, whatever the others need.
func (s *sequence) discards(w *RecurrentWeights, in ...*tensor.Tensor) *sequence {
	needs := in[0].RequiresGrad()
	if !w.WeightIH.RequiresGrad() {
		for _, t := range in[1:] {
			needs = needs || t.RequiresGrad()
		}
	}
	s.Discard = !needs
	return s
}

// gate is part i of the gates g, each of the given size.
func gate(g *tensor.Tensor, i, size int) *tensor.Tensor { return g.Narrow(1, i*size, size) }

// slope is y·(1-y), the derivative of a sigmoid that gave y.
func slope(y *tensor.Tensor) *tensor.Tensor { return y.Mul(y.RSubScalar(1)) }

// bend is 1-y², the derivative of a tanh that gave y.
func bend(y *tensor.Tensor) *tensor.Tensor { return y.Mul(y).RSubScalar(1) }

// gradOf is the gradient of a result, or zeros where nothing depends on it.
func gradOf(c *tensor.Ctx, i int, result *tensor.Tensor) *tensor.Tensor {
	if dy := c.Dy(i); dy != nil {
		return dy
	}
	return tensor.ZerosLike(result)
}

// wide runs a definition in float32 where the dtype is smaller.
func wide(in []*tensor.Tensor, f func(in []*tensor.Tensor) []*tensor.Tensor) []*tensor.Tensor {
	d := in[0].DType()
	if d.Size() >= 4 {
		return f(in)
	}
	big := make([]*tensor.Tensor, len(in))
	for i, t := range in {
		big[i] = t.Cast(tensor.Float32)
	}
	out := f(big)
	for i, t := range out {
		out[i] = t.Cast(d)
	}
	return out
}
