package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Ctx is what a gradient may look at.
type Ctx struct {
	d     *node
	b     *backward
	mode  *Mode     // of what the gradient looks at
	extra []*Tensor // gradients of inputs beyond the third
}

// Needs reports whether the gradient of input i will be used.
func (c *Ctx) Needs(i int) bool {
	return c.b.needs(c.d.edges()[i])
}

// Inputs is the number of inputs.
func (c *Ctx) Inputs() int { return len(c.d.edges()) }

// CreatesGraph reports whether the gradient is itself recorded; see [CreateGraph].
func (c *Ctx) CreatesGraph() bool { return c.b.create }

// In returns input i, which the op's Reads must name.
func (c *Ctx) In(i int) *Tensor { return c.get(i, "input", i) }

// Out returns result i, which the op's Reads must name.
func (c *Ctx) Out(i int) *Tensor { return c.get(c.Inputs()+i, "result", i) }

// Shape returns the shape of input i, which must need a gradient.
func (c *Ctx) Shape(i int) []int { return c.spec(i).Shape() }

// DType returns the dtype of input i, which must need a gradient.
func (c *Ctx) DType(i int) DType { return c.spec(i).DType }

func (c *Ctx) spec(i int) *device.Spec { return c.d.edges()[i].spec() }

// Dy returns the gradient of result i, nil if nothing depends on it.
func (c *Ctx) Dy(i int) *Tensor { return c.b.work(c.d).gradOf(uint32(i)) }

// Set gives the gradient of input i, where i is 3 or more.
func (c *Ctx) Set(i int, g *Tensor) {
	for len(c.extra) <= i-3 {
		c.extra = append(c.extra, nil)
	}
	c.extra[i-3] = g
}

func (c *Ctx) get(slot int, what string, i int) *Tensor {
	var s saved
	if list := c.d.saved(); slot < len(list) {
		s = list[slot]
	}
	if s.t == nil {
		panic(fmt.Sprintf("tensor: the gradient of %s looks at %s %d, which its Reads does not name", c.d.name(), what, i))
	}
	if s.t.b.store.version != s.version {
		misuse(c.d.name()+" backward", fmt.Errorf("%s %d was changed in place after the op (version %d, saved at %d); change a Clone instead%s",
			what, i, s.t.b.store.version, s.version, c.d.calledAt()), s.t)
	}
	if c.b.create {
		return s.t.alias(s.t.mode.withoutNoGrad().withoutAutocast())
	}
	return s.t.alias(merge(s.t.mode.withoutAutocast(), c.mode))
}
