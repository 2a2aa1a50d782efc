package autograd

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// Checkpoint returns f(in) without keeping what its backward pass would read:
// that pass calls f again. It trades the time of one more forward pass for the
// memory of f's inner results.
//
// Params are the tensors with gradients that f reads beside in: those of the
// layers it runs. The second call draws the same random numbers from the
// default generator as the first, so dropout drops the same elements; other
// generators are not known here. Gradients can be differentiated again.
//
//	panics: as f does
//	source: torch.utils.checkpoint.checkpoint; Chen et al. 2016, arXiv:1604.06174
func Checkpoint(f Func, params []*tensor.Tensor, in ...*tensor.Tensor) *tensor.Tensor {
	c := checkpoint{f, len(in), tensor.DefaultGenerator().State()}
	op := tensor.Function{Name: "checkpoint", Forward: c.forward, Reads: tensor.AllIn, Backward: c.backward}
	return op.Apply(append(append([]*tensor.Tensor{}, in...), params...)...)
}

type checkpoint struct {
	f      Func
	inputs int
	random []byte // the state of the default generator at the first call
}

func (c *checkpoint) forward(in []*tensor.Tensor) *tensor.Tensor { return c.f(in[:c.inputs]) }

// backward runs f again, now recorded, and differentiates it.
func (c *checkpoint) backward(ctx *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	var want []*tensor.Tensor
	var place []int
	x := make([]*tensor.Tensor, c.inputs)
	again := ctx.CreatesGraph()
	for i := range ctx.Inputs() {
		t := ctx.In(i)
		if !again && i < c.inputs {
			t = t.Detach()
			if ctx.Needs(i) {
				t.RequireGrad()
			}
		}
		if i < c.inputs {
			x[i] = t
		}
		if ctx.Needs(i) {
			want, place = append(want, t), append(place, i)
		}
	}
	opts := []tensor.BackwardOption{tensor.Seed(dy), tensor.AllowUnused}
	if again {
		opts = append(opts, tensor.CreateGraph)
	}
	for k, d := range tensor.Grad([]*tensor.Tensor{c.replay(x)}, want, opts...) {
		if i := place[k]; i < len(g) {
			g[i] = d
		} else {
			ctx.Set(i, d)
		}
	}
	return g
}

// replay calls f with the random numbers of the first call, and leaves the
// generator as it is now.
func (c *checkpoint) replay(x []*tensor.Tensor) *tensor.Tensor {
	gen := tensor.DefaultGenerator()
	now := gen.State()
	c.restore(gen, c.random)
	defer c.restore(gen, now)
	return c.f(x)
}

func (*checkpoint) restore(gen *tensor.Generator, state []byte) {
	if err := gen.SetState(state); err != nil {
		panic(fmt.Errorf("autograd: the generator refuses its own state: %w", err))
	}
}
