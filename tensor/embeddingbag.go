package tensor

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/device"
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
	if l.mode == BagMax {
		return largestOf(weight, flat, o, starts)
	}
	in := []*Tensor{weight, flat, fromHost(idx.b.dev, starts, len(starts))}
	if l.weights != nil {
		in = append(in, l.weights.Cast(weight.DType()).Reshape(-1))
	}
	bags := &embeddingBagOp{device.Bag{Mean: l.mode == BagMean, Padding: o.padding}, o, nil, l.weights != nil}
	bags.find(flat, starts)
	return Apply(bags, in...)
}

// embeddingBagOp maps a weight, indices, where bags start, and maybe weights of
// the samples to sums or means of rows.
type embeddingBagOp struct {
	device.Bag
	rows     embeddingOp
	of       *Tensor // the bag of each index
	weighted bool    // there are weights of the samples
}

// find says which bag each index is in.
func (o *embeddingBagOp) find(idx *Tensor, starts []int64) {
	of := make([]int64, idx.Len())
	for b := range len(starts) - 1 {
		for k := starts[b]; k < starts[b+1]; k++ {
			of[k] = int64(b)
		}
	}
	o.of = fromHost(idx.b.dev, of, len(of))
}

func (*embeddingBagOp) Name() string          { return "embedding_bag" }
func (*embeddingBagOp) Kernel() device.Kernel { return device.EmbeddingBag }
func (o *embeddingBagOp) Attr() any           { return o.Bag }
func (o *embeddingBagOp) Reads() Reads {
	if o.weighted {
		return AllIn
	}
	return In1
}
func (*embeddingBagOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	s.Dim[0] = in[2].Len() - 1
	return s, nil
}

// counted is how many rows each bag has, at least one, as [bags, 1].
func (o *embeddingBagOp) counted(idx *Tensor, bags int) *Tensor {
	each := idx.NeScalar(o.Padding).Cast(Float32).Unsqueeze(-1)
	return like(each).Zeros(bags, 1).IndexAdd(0, o.of, each).ClampMin(1)
}

func (o *embeddingBagOp) Body(in []*Tensor) *Tensor {
	bags := in[2].Len() - 1
	rows := Apply(o.rows, in[0], in[1]).wide()
	rows = Where(in[1].NeScalar(o.Padding).Unsqueeze(-1), rows, ZerosLike(rows))
	if o.weighted {
		rows = rows.Mul(in[3].Cast(rows.DType()).Unsqueeze(-1))
	}
	y := like(rows).Zeros(bags, in[0].shape()[1]).IndexAdd(0, o.of, rows)
	if o.Mean {
		y = y.Div(o.counted(in[1], bags).Cast(y.DType()))
	}
	return y.Cast(in[0].DType())
}

func (o *embeddingBagOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	idx := c.In(1)
	if o.Mean {
		dy = dy.Div(o.counted(idx, dy.shape()[0]).Cast(dy.DType()))
	}
	dy = dy.IndexSelect(0, o.of)
	if o.weighted && c.Needs(3) {
		each := dy.Mul(Apply(o.rows, c.In(0), idx)).Sum(Dims(1))
		c.Set(3, Where(idx.NeScalar(o.Padding), each, ZerosLike(each)))
	}
	if c.Needs(0) {
		if o.weighted {
			dy = dy.Mul(c.In(3).Unsqueeze(-1))
		}
		g[0] = o.rows.Grad(c, dy)[0]
	}
	return g
}

// starts is where the bags begin among the indices, and where the last ends.
func (l *lookup) starts(weight, idx *Tensor) ([]int64, error) {
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
		starts := []int64{0}
		for b := range idx.shape()[0] {
			starts = append(starts, int64((b+1)*idx.shape()[1]))
		}
		return starts, nil
	}
	if d := l.offsets.DType(); d != Int64 && d != Int32 || l.offsets.Dim() != 1 {
		return nil, fmt.Errorf("the offsets are %v of shape %v; want int64 or int32 of one dim", d, l.offsets.shape())
	}
	return bagStarts(Slice[int64](l.offsets), k, l.last)
}

// bagStarts checks offsets into k indices, and adds where the last bag ends.
func bagStarts(starts []int64, k int, last bool) ([]int64, error) {
	if last && len(starts) == 0 {
		return nil, errors.New("no offsets; want at least the last")
	}
	if !last {
		starts = append(starts, int64(k))
	}
	if starts[0] != 0 && len(starts) > 1 {
		return nil, fmt.Errorf("the first offset is %d; want 0", starts[0])
	}
	if !slices.IsSorted(starts) || starts[len(starts)-1] > int64(k) {
		return nil, fmt.Errorf("the offsets are not in order, or beyond the %d indices", k)
	}
	return starts, nil
}

// largestOf is the largest of the rows of each bag, but those of the padding; 0
// of none.
func largestOf(weight, flat *Tensor, o embeddingOp, starts []int64) *Tensor {
	bags, longest := len(starts)-1, 1
	for b := range bags {
		longest = max(longest, int(starts[b+1]-starts[b]))
	}
	d := weight.shape()[1]
	if flat.Len() == 0 {
		return like(weight).Zeros(bags, d)
	}
	at, there := make([]int64, bags*longest), make([]bool, bags*longest)
	for b := range bags {
		for k := range int(starts[b+1] - starts[b]) {
			at[b*longest+k], there[b*longest+k] = starts[b]+int64(k), true
		}
	}
	idx := flat.IndexSelect(0, fromHost(flat.b.dev, at, len(at)))
	mask := fromHost(flat.b.dev, there, len(there)).LogicalAnd(idx.NeScalar(o.padding))
	rows := Apply(o, weight, idx)
	rows = Where(mask.Unsqueeze(-1), rows, FullLike(rows, math.Inf(-1))).Reshape(bags, longest, d)
	y, _ := rows.MaxDim(1)
	return Where(mask.Reshape(bags, longest).Any(Dims(1), KeepDim), y, ZerosLike(y))
}
