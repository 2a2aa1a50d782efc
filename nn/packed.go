package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// A PackedSequence is sequences of several lengths without padding: first the
// first row of every sequence, then the second of all that have one, and so on,
// the longest sequence first. Recurrent layers run on it by ForwardPacked.
//
//	source: torch.nn.utils.rnn.PackedSequence
type PackedSequence struct {
	Data       *tensor.Tensor // [rows, ...]
	BatchSizes []int          // how many rows each step has
	// SortedIndices says which sequence each of the packed ones was, and
	// UnsortedIndices where each one went; nil if they were in order.
	SortedIndices, UnsortedIndices []int
}

// A PackOption changes [PackPadded] and [UnpadSequence]: BatchFirst.
type PackOption interface{ pack(*padConfig) }

// A PadOption changes [PadPacked] and [PadSequence]: BatchFirst, PaddingValue,
// TotalLength.
type PadOption interface{ pad(*padConfig) }

type padConfig struct {
	batchFirst bool
	value      float64
	total      int
}

func (batchFirst) pack(c *padConfig) { c.batchFirst = true }
func (batchFirst) pad(c *padConfig)  { c.batchFirst = true }

// PaddingValue is what padding is filled with, 0 without it.
func PaddingValue(v float64) PadOption { return paddingValue(v) }

// TotalLength pads to n steps instead of the longest sequence's.
func TotalLength(n int) PadOption { return totalLength(n) }

type (
	paddingValue float64
	totalLength  int
)

func (v paddingValue) pad(c *padConfig) { c.value = float64(v) }
func (n totalLength) pad(c *padConfig)  { c.total = int(n) }

func padded[O any](opts []O, apply func(O, *padConfig)) padConfig {
	var c padConfig
	for _, o := range opts {
		apply(o, &c)
	}
	return c
}

// PackPadded packs padded sequences of the given lengths. They need not be
// sorted.
//
//	shape:  x [steps, batch, ...], or [batch, steps, ...] with BatchFirst
//	panics: *tensor.Error for fewer dims, for another number of lengths than
//	        there are sequences, and for a length outside 1 … steps
//	source: torch.nn.utils.rnn.pack_padded_sequence, enforce_sorted=False
func PackPadded(x *tensor.Tensor, lengths []int, opts ...PackOption) *PackedSequence {
	const op = "pack_padded_sequence"
	c := padded(opts, PackOption.pack)
	steps, batch := paddedShape(op, x, lengths, c.batchFirst)
	p := packing(op, lengths)
	p.Data = flatRows(x).IndexSelect(0, p.rows(x, func(t, i int) int {
		if c.batchFirst {
			return i*steps + t
		}
		return t*batch + i
	}))
	return p
}

// paddedShape returns the steps and the batch of padded sequences.
func paddedShape(op string, x *tensor.Tensor, lengths []int, batchFirst bool) (steps, batch int) {
	wantInput(op, x)
	if x.Dim() < 2 {
		tensor.Misuse(op, fmt.Errorf("want at least 2 dims, steps and batch"), x)
	}
	steps, batch = x.Size(0), x.Size(1)
	if batchFirst {
		steps, batch = batch, steps
	}
	if len(lengths) != batch {
		tensor.Misuse(op, fmt.Errorf("%d lengths for %d sequences", len(lengths), batch), x)
	}
	for i, n := range lengths {
		if n < 1 || n > steps {
			tensor.Misuse(op, fmt.Errorf("length %d is %d; want 1 to %d", i, n, steps), x)
		}
	}
	return steps, batch
}

// flatRows joins the first two dims of x.
func flatRows(x *tensor.Tensor) *tensor.Tensor {
	return x.Reshape(append([]int{x.Size(0) * x.Size(1)}, x.Shape()[2:]...)...)
}

// packing sorts sequences of the given lengths and counts the rows of each step.
func packing(op string, lengths []int) *PackedSequence {
	if len(lengths) == 0 {
		tensor.Misuse(op, errors.New("there are no sequences; want at least one"))
	}
	p := &PackedSequence{}
	longest := func(a, b int) int { return lengths[b] - lengths[a] }
	order := make([]int, len(lengths))
	for i := range order {
		order[i] = i
	}
	if !slices.IsSortedFunc(order, longest) {
		slices.SortStableFunc(order, longest)
		p.SortedIndices, p.UnsortedIndices = order, make([]int, len(order))
		for at, i := range order {
			p.UnsortedIndices[i] = at
		}
	}
	for t := range lengths[order[0]] {
		n := 0
		for _, l := range lengths {
			if l > t {
				n++
			}
		}
		p.BatchSizes = append(p.BatchSizes, n)
	}
	return p
}

// rows are the indices at(t, i) of step t of sequence i, in the packed order.
func (p *PackedSequence) rows(x *tensor.Tensor, at func(t, i int) int) *tensor.Tensor {
	idx := []int64{}
	for t, n := range p.BatchSizes {
		for k := range n {
			idx = append(idx, int64(at(t, p.sequence(k))))
		}
	}
	return tensor.Of(idx).To(x.Device())
}

// sequence is which one the k-th packed sequence was.
func (p *PackedSequence) sequence(k int) int {
	if p.SortedIndices == nil {
		return k
	}
	return p.SortedIndices[k]
}

// Lengths are those of the sequences, in the order they had before.
func (p *PackedSequence) Lengths() []int {
	p.check("pad_packed_sequence")
	n := make([]int, p.BatchSizes[0])
	for _, size := range p.BatchSizes {
		for k := range size {
			n[p.sequence(k)]++
		}
	}
	return n
}

// check refuses a packed sequence whose fields do not fit each other.
func (p *PackedSequence) check(op string) {
	if p == nil || p.Data == nil || len(p.BatchSizes) == 0 {
		tensor.Misuse(op, errors.New("the packed sequence is empty"))
	}
	rows := 0
	for t, n := range p.BatchSizes {
		if n < 1 || t > 0 && n > p.BatchSizes[t-1] {
			tensor.Misuse(op, fmt.Errorf("batch sizes %v; want numbers from 1 on that never grow", p.BatchSizes), p.Data)
		}
		rows += n
	}
	if p.Data.Dim() == 0 || p.Data.Size(0) != rows {
		tensor.Misuse(op, fmt.Errorf("the batch sizes are of %d rows", rows), p.Data)
	}
	for _, order := range [][]int{p.SortedIndices, p.UnsortedIndices} {
		if order == nil {
			continue
		}
		seen := slices.Sorted(slices.Values(order))
		for i := range seen {
			if seen[i] != i || len(seen) != p.BatchSizes[0] {
				tensor.Misuse(op, fmt.Errorf("indices %v are no order of %d sequences", order, p.BatchSizes[0]), p.Data)
			}
		}
	}
}

// reordered are states [layers, batch, ...] with the batch in another order.
func reordered(h *tensor.Tensor, order []int) *tensor.Tensor {
	if h == nil || order == nil {
		return h
	}
	idx := make([]int64, len(order))
	for i, k := range order {
		idx[i] = int64(k)
	}
	return h.IndexSelect(1, tensor.Of(idx).To(h.Device()))
}

// PadPacked returns the sequences of p in the order they had before they were
// packed, padded to the longest one or to TotalLength, and their lengths.
//
//	shape:  [steps, batch, ...], or [batch, steps, ...] with BatchFirst
//	panics: *tensor.Error if p's fields do not fit each other, or TotalLength is
//	        less than the longest sequence
//	source: torch.nn.utils.rnn.pad_packed_sequence
func PadPacked(p *PackedSequence, opts ...PadOption) (x *tensor.Tensor, lengths []int) {
	const op = "pad_packed_sequence"
	c := padded(opts, PadOption.pad)
	p.check(op)
	lengths = p.Lengths()
	steps, batch := len(p.BatchSizes), p.BatchSizes[0]
	switch {
	case c.total == 0:
	case c.total < steps:
		tensor.Misuse(op, fmt.Errorf("total length %d; the longest sequence has %d steps", c.total, steps), p.Data)
	default:
		steps = c.total
	}
	if c.batchFirst {
		idx := p.rows(p.Data, func(t, i int) int { return i*steps + t })
		return placed(p.Data, idx, c.value, batch, steps), lengths
	}
	idx := p.rows(p.Data, func(t, i int) int { return t*batch + i })
	return placed(p.Data, idx, c.value, steps, batch), lengths
}

// placed is [a, b, ...] with rows at idx of the first two dims as one, and v
// elsewhere.
func placed(rows, idx *tensor.Tensor, v float64, a, b int) *tensor.Tensor {
	rest := rows.Shape()[1:]
	to := tensor.Make{DType: rows.DType(), Device: rows.Device()}.Full(v, append([]int{a * b}, rest...)...)
	return to.IndexCopy(0, idx, rows).Reshape(append([]int{a, b}, rest...)...)
}
