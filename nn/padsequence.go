package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// PackSequence packs sequences of several lengths. They need not be sorted.
//
//	shape:  each [steps, ...], alike but for the first dim
//	panics: *tensor.Error for no sequences, for shapes that differ otherwise, and
//	        for a sequence without steps
//	source: torch.nn.utils.rnn.pack_sequence, enforce_sorted=False
func PackSequence(seqs ...*tensor.Tensor) *PackedSequence {
	const op = "pack_sequence"
	lengths := lengthsOf(op, seqs)
	if slices.Min(lengths) == 0 {
		tensor.Misuse(op, errors.New("a sequence has no steps; want at least one"), seqs...)
	}
	p, start := packing(op, lengths), starts(lengths)
	p.Data = tensor.Cat(0, seqs...)
	p.Data = p.Data.IndexSelect(0, p.rows(p.Data, func(t, i int) int { return start[i] + t }))
	return p
}

// lengthsOf are those of sequences, which must be alike otherwise.
func lengthsOf(op string, seqs []*tensor.Tensor) []int {
	if len(seqs) == 0 {
		tensor.Misuse(op, errors.New("there are no sequences; want at least one"))
	}
	var n []int
	for i, s := range seqs {
		if s == nil {
			tensor.Misuse(op, fmt.Errorf("sequence %d is nil", i))
		}
		if s.Dim() == 0 || !slices.Equal(s.Shape()[1:], seqs[0].Shape()[1:]) {
			tensor.Misuse(op, fmt.Errorf("sequence %d has shape %v; want the dims of the first one after steps", i, s.Shape()), seqs...)
		}
		n = append(n, s.Size(0))
	}
	return n
}

// starts is where each sequence begins when they lie one after the other.
func starts(lengths []int) []int {
	start, at := make([]int, len(lengths)), 0
	for i, n := range lengths {
		start[i] = at
		at += n
	}
	return start
}

// UnpackSequence returns the sequences of p in the order they had before they
// were packed.
//
//	panics: *tensor.Error if p's fields do not fit each other
//	source: torch.nn.utils.rnn.unpack_sequence
func UnpackSequence(p *PackedSequence) []*tensor.Tensor {
	x, lengths := PadPacked(p, BatchFirst)
	return UnpadSequence(x, lengths, BatchFirst)
}

// PadSequence puts sequences side by side, padded to the longest one or to
// TotalLength.
//
//	shape:  each [steps, ...], alike but for the first dim → [steps, batch, ...],
//	        or [batch, steps, ...] with BatchFirst
//	dtype:  promoted
//	panics: *tensor.Error for no sequences, for shapes that differ otherwise, and
//	        if TotalLength is less than the longest sequence
//	source: torch.nn.utils.rnn.pad_sequence
func PadSequence(seqs []*tensor.Tensor, opts ...PadOption) *tensor.Tensor {
	const op = "pad_sequence"
	c := padded(opts, PadOption.pad)
	lengths := lengthsOf(op, seqs)
	batch, steps := len(seqs), slices.Max(lengths)
	if c.total != 0 && c.total < steps {
		tensor.Misuse(op, fmt.Errorf("total length %d; the longest sequence has %d steps", c.total, steps), seqs...)
	}
	steps = max(steps, c.total)
	idx := []int64{}
	for i, n := range lengths {
		for t := range n {
			at := t*batch + i
			if c.batchFirst {
				at = i*steps + t
			}
			idx = append(idx, int64(at))
		}
	}
	all := tensor.Cat(0, seqs...)
	a, b := steps, batch
	if c.batchFirst {
		a, b = batch, steps
	}
	return placed(all, tensor.Of(idx).To(all.Device()), c.value, a, b)
}

// UnpadSequence returns each of the padded sequences without its padding, as a
// view.
//
//	shape:  x [steps, batch, ...], or [batch, steps, ...] with BatchFirst
//	panics: *tensor.Error for fewer dims, for another number of lengths than
//	        there are sequences, and for a length outside 1 … steps
//	source: torch.nn.utils.rnn.unpad_sequence
func UnpadSequence(x *tensor.Tensor, lengths []int, opts ...PackOption) []*tensor.Tensor {
	c := padded(opts, PackOption.pack)
	paddedShape("unpad_sequence", x, lengths, c.batchFirst)
	batch := 1
	if c.batchFirst {
		batch = 0
	}
	seqs := make([]*tensor.Tensor, len(lengths))
	for i, n := range lengths {
		seqs[i] = x.Select(batch, i).Narrow(0, 0, n)
	}
	return seqs
}
