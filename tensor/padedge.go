package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// padding is the elements of dim that it has with padding by elements of t.
func (t *Tensor) padding(mode string, dim, before, after int) []int {
	n := t.shape()[dim]
	lo, hi := max(0, -before), n-max(0, -after) // what negative padding leaves
	from := make([]int, n+before+after)
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
		from[i] = k
	}
	return from
}

func absInt(x int) int { return max(x, -x) }

// edgePadOp picks elements along some dims, of others all. edgePadGradOp is its transpose.
type edgePadOp struct{ at [device.MaxRank][]int }

func (*edgePadOp) Name() string          { return "pad" }
func (*edgePadOp) Kernel() device.Kernel { return device.PadEdge }
func (*edgePadOp) Reads() Reads          { return Nothing }
func (o *edgePadOp) Attr() any           { return o.at[:] }
func (o *edgePadOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	for d, at := range o.at[:s.Rank] {
		if at != nil {
			s.Dim[d] = len(at)
		}
	}
	return s, nil
}
func (o *edgePadOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&edgePadGradOp{*o, *c.spec(0)}, dy)}
}
func (o *edgePadOp) Body(in []*Tensor) *Tensor {
	t := in[0]
	for d, at := range o.at[:t.Dim()] {
		if at != nil {
			t = t.IndexSelect(d, indexOf(at, t.b.dev))
		}
	}
	return t
}

func indexOf(at []int, dev device.Device) *Tensor { return Of(at, len(at)).Cast(Int64).To(dev) }

type edgePadGradOp struct {
	edgePadOp
	x device.Spec
}

func (*edgePadGradOp) Name() string                              { return "pad_backward" }
func (*edgePadGradOp) Kernel() device.Kernel                     { return device.PadEdgeGrad }
func (o *edgePadGradOp) Infer(in []*Tensor) (device.Spec, error) { return o.x, nil }
func (o *edgePadGradOp) Grad(c *Ctx, dx *Tensor) Grads           { return Grads{Apply(&o.edgePadOp, dx)} }
func (o *edgePadGradOp) Body(in []*Tensor) *Tensor {
	t := in[0]
	for d := t.Dim() - 1; d >= 0; d-- {
		if at := o.at[d]; at != nil {
			shape := t.Shape()
			shape[d] = o.x.Dim[d]
			t = like(t).Zeros(shape...).IndexAdd(d, indexOf(at, t.b.dev), t)
		}
	}
	return t
}
