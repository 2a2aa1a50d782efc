package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// A PadOption says what Pad fills with; zeros without one.
type PadOption func(*padConfig)

type padConfig struct {
	mode  string
	value any
}

// PadValue pads with the number v.
func PadValue(v any) PadOption { return func(c *padConfig) { c.value = v } }

// PadReflect pads with the elements next to the edge, mirrored at it.
func PadReflect(c *padConfig) { c.mode = "reflect" }

// PadReplicate pads with the element at the edge.
func PadReplicate(c *padConfig) { c.mode = "replicate" }

// PadCircular pads with the elements from the other end.
func PadCircular(c *padConfig) { c.mode = "circular" }

// Pad makes t larger at its edges. The numbers come in pairs, before and after,
// for the last dim, then the one before it, and so on; negative ones cut off.
//
//	shape:  each dim grows by its pair
//	panics: *Error for an odd number of numbers, more pairs than dims, a dim that
//	becomes negative, PadReflect by as much as the dim, PadCircular by more
//	source: torch.nn.functional.pad, for any number of dims
func (t *Tensor) Pad(pad []int, opts ...PadOption) *Tensor {
	c := padConfig{mode: "constant", value: 0}
	for _, o := range opts {
		o(&c)
	}
	if len(pad)%2 != 0 || len(pad) > 2*t.Dim() {
		misuse("pad", fmt.Errorf("%d numbers; want two a dim, for at most %d dims", len(pad), t.Dim()), t)
	}
	var before, after [device.MaxRank]int
	for i := range len(pad) / 2 {
		d := t.Dim() - 1 - i
		before[d], after[d] = pad[2*i], pad[2*i+1]
		if n := t.shape()[d]; n+before[d]+after[d] < 0 {
			misuse("pad", fmt.Errorf("dim %d of size %d would become %d", d, n, n+before[d]+after[d]), t)
		}
	}
	if c.mode == "constant" {
		v, _ := number("pad", c.value)
		return Apply(padOp{before, after, v}, t)
	}
	for d := t.Dim() - 1; d >= 0; d-- {
		if before[d] != 0 || after[d] != 0 {
			t = t.padWith(c.mode, d, before[d], after[d])
		}
	}
	return t
}

// padWith pads one dim with elements of t.
func (t *Tensor) padWith(mode string, dim, before, after int) *Tensor {
	n := t.shape()[dim]
	lo, hi := max(0, -before), n-max(0, -after) // what negative padding leaves
	from := make([]int64, n+before+after)
	var err error
	for i := range from {
		k := i - before
		switch {
		case n == 0:
			err = errors.New("an empty dim has nothing to pad with")
		case mode == "replicate":
			k = min(max(k, 0), n-1)
		case mode == "reflect":
			if before >= n || after >= n {
				err = fmt.Errorf("reflection by %d and %d; want less than the size %d of dim %d", before, after, n, dim)
			}
			k = n - 1 - absInt(n-1-absInt(k))
		case before > n || after > n || hi <= lo:
			err = fmt.Errorf("circular padding by %d and %d; want at most the size %d of dim %d", before, after, n, dim)
		default:
			k = lo + ((k-lo)%(hi-lo)+hi-lo)%(hi-lo)
		}
		if err != nil {
			misuse("pad", err, t)
		}
		from[i] = int64(k)
	}
	return t.IndexSelect(dim, Of(from, len(from)).To(t.b.dev))
}

func absInt(x int) int { return max(x, -x) }

// pad is Pad with zeros, dim by dim.
func (t *Tensor) pad(before, after [device.MaxRank]int) *Tensor {
	return Apply(padOp{before: before, after: after}, t)
}

// padOp pads with a constant. Its gradient cuts the padding off again, which
// is padding by the negative numbers.
type padOp struct {
	before, after [device.MaxRank]int
	value         device.Number
}

func (padOp) Name() string          { return "pad" }
func (padOp) Kernel() device.Kernel { return device.NoKernel }
func (padOp) Reads() Reads          { return Nothing }
func (o padOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	for i := range s.Shape() {
		s.Dim[i] += o.before[i] + o.after[i]
	}
	return s, nil
}
func (o padOp) Grad(c *Ctx, dy *Tensor) Grads {
	var back padOp
	for i := range o.before {
		back.before[i], back.after[i] = -o.before[i], -o.after[i]
	}
	return Grads{Apply(back, dy)}
}
func (o padOp) Body(in []*Tensor) *Tensor {
	spec, _ := o.Infer(in)
	y := emptyOf(in[0].b.dev, &spec).fill(o.value)
	from, to := in[0], y.NoGrad()
	for i, n := range in[0].shape() {
		lo, hi := max(0, -o.before[i]), n-max(0, -o.after[i])
		if hi <= lo {
			return y
		}
		from, to = from.Slice(i, lo, hi, 1), to.Narrow(i, lo+o.before[i], hi-lo)
	}
	to.copyFrom(from)
	return y
}
