package tensor

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// A BagMode says what [EmbeddingBag] makes of the rows of a bag. It is an
// EmbeddingBagOption.
type BagMode int

// The modes.
const (
	BagMean BagMode = iota // their mean; the default
	BagSum                 // their sum
	BagMax                 // the largest of each element, whose gradient goes to the first that has it
)

// An EmbeddingBagOption changes [EmbeddingBag]: a BagMode, [Offsets],
// [SampleWeights], [PaddingIndex], [ScaleGradByFreq].
type EmbeddingBagOption interface{ embeddingBag(*lookup) }

// bag is what EmbeddingBag knows beyond Embedding.
type bag struct {
	mode    BagMode
	offsets *Tensor
	last    bool // offsets end with the number of indices
	weights *Tensor
}

func (m BagMode) embeddingBag(l *lookup) { l.mode = m }

// Offsets are where each bag begins in indices that are one list, as a tensor
// [bags] of integers. The first is 0, and none is less than the one before. With
// withLast there is one more, where the last bag ends.
func Offsets(offsets *Tensor, withLast bool) EmbeddingBagOption {
	return bagFunc(func(l *lookup) { l.offsets, l.last = offsets, withLast })
}

// SampleWeights multiplies each row before the sum; w has the indices' shape. It
// is for BagSum only.
func SampleWeights(w *Tensor) EmbeddingBagOption {
	return bagFunc(func(l *lookup) { l.weights = w })
}

type bagFunc func(*lookup)

func (f bagFunc) embeddingBag(l *lookup) { f(l) }

// EmbeddingBag looks rows up as [Embedding] does, and joins those of each bag to
// their mean, sum or maximum. A bag is a row of idx, or what lies between two
// offsets. An empty one gives zeros.
//
//	shape:  weight [n, d], idx [bags, k], or [k] with Offsets → [bags, d]
//	dtype:  weight floating point; idx and offsets int64 or int32
//	panics: *Error for an index outside 0 … n-1, and for other shapes, dtypes and offsets
//	source: torch.nn.functional.embedding_bag
func EmbeddingBag(weight, idx *Tensor, opts ...EmbeddingBagOption) *Tensor {
	const op = "embedding_bag"
	idx = asIndex(op, weight.known(op), idx)
	var l lookup
	for _, o := range opts {
		o.embeddingBag(&l)
	}
	o := l.op(op, weight, idx)
	starts, err := l.starts(weight, idx)
	if err != nil {
		misuse(op, err, weight, idx)
	}
	flat := idx.Reshape(-1)
	rows := Apply(o, weight, flat).wide()
	var kept *Tensor // [k, 1]: what is no padding
	if o.padding >= 0 {
		kept = flat.NeScalar(o.padding).Unsqueeze(-1)
		rows = Where(kept, rows, ZerosLike(rows))
	}
	if l.weights != nil {
		rows = rows.Mul(l.weights.Cast(rows.DType()).Reshape(-1, 1))
	}
	if l.mode == BagMax {
		return largestOf(rows, kept, starts).Cast(weight.DType())
	}
	bags := len(starts) - 1
	of := make([]int64, flat.Len())
	for b := range bags {
		for k := starts[b]; k < starts[b+1]; k++ {
			of[k] = int64(b)
		}
	}
	where := fromHost(idx.b.dev, of, len(of))
	y := like(rows).Zeros(bags, weight.shape()[1]).IndexAdd(0, where, rows)
	if l.mode == BagMean {
		each := like(rows).Ones(len(of), 1)
		if kept != nil {
			each = kept.Cast(rows.DType())
		}
		y = y.Div(like(rows).Zeros(bags, 1).IndexAdd(0, where, each).ClampMin(1))
	}
	return y.Cast(weight.DType())
}

// starts is where the bags begin among the indices, and where the last ends.
func (l *lookup) starts(weight, idx *Tensor) ([]int, error) {
	k := idx.Len()
	switch w := l.weights; {
	case !weight.DType().IsFloat():
		return nil, wantFloat(weight.DType())
	case l.mode < BagMean || l.mode > BagMax:
		return nil, fmt.Errorf("mode %d; want BagMean, BagSum or BagMax", l.mode)
	case l.mode == BagMax && l.byFreq:
		return nil, errors.New("BagMax does not scale gradients by frequency")
	case w != nil && l.mode != BagSum:
		return nil, errors.New("SampleWeights is for BagSum")
	case w != nil && !slices.Equal(w.shape(), idx.shape()):
		return nil, fmt.Errorf("the sample weights have shape %v; want %v", w.shape(), idx.shape())
	case idx.Dim() != 1 && idx.Dim() != 2:
		return nil, fmt.Errorf("the indices have %d dims; want 1 or 2", idx.Dim())
	case (idx.Dim() == 1) != (l.offsets != nil):
		return nil, errors.New("want indices of two dims, or of one with Offsets")
	}
	if idx.Dim() == 2 {
		starts := []int{0}
		for b := range idx.shape()[0] {
			starts = append(starts, (b+1)*idx.shape()[1])
		}
		return starts, nil
	}
	if d := l.offsets.DType(); d != Int64 && d != Int32 || l.offsets.Dim() != 1 {
		return nil, fmt.Errorf("the offsets are %v of shape %v; want int64 or int32 of one dim", d, l.offsets.shape())
	}
	return bagStarts(Slice[int](l.offsets), k, l.last)
}

// bagStarts checks offsets into k indices, and adds where the last bag ends.
func bagStarts(starts []int, k int, last bool) ([]int, error) {
	if last && len(starts) == 0 {
		return nil, errors.New("no offsets; want at least the last")
	}
	if !last {
		starts = append(starts, k)
	}
	if starts[0] != 0 && len(starts) > 1 {
		return nil, fmt.Errorf("the first offset is %d; want 0", starts[0])
	}
	if !slices.IsSorted(starts) || starts[len(starts)-1] > k {
		return nil, fmt.Errorf("the offsets are not in order, or beyond the %d indices", k)
	}
	return starts, nil
}

// largestOf is the largest of the rows of each bag that are kept, 0 of none.
func largestOf(rows, kept *Tensor, starts []int) *Tensor {
	bags, longest := len(starts)-1, 1
	for b := range bags {
		longest = max(longest, starts[b+1]-starts[b])
	}
	if rows.Size(0) == 0 {
		return like(rows).Zeros(bags, rows.Size(1))
	}
	at, there := make([]int64, bags*longest), make([]bool, bags*longest)
	for b := range bags {
		for k := range starts[b+1] - starts[b] {
			at[b*longest+k], there[b*longest+k] = int64(starts[b]+k), true
		}
	}
	idx := fromHost(rows.b.dev, at, len(at))
	mask := fromHost(rows.b.dev, there, len(there), 1)
	if kept != nil {
		mask = mask.LogicalAnd(kept.IndexSelect(0, idx))
	}
	wide := rows.IndexSelect(0, idx)
	wide = Where(mask, wide, FullLike(wide, math.Inf(-1))).Reshape(bags, longest, -1)
	y, _ := wide.MaxDim(1)
	return Where(mask.Reshape(bags, longest).Any(Dims(1), KeepDim), y, ZerosLike(y))
}
