package train

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// hunt finds the op that made the first NaN, and the layer that ran it. An
// infinity counts where no NaN came of anything else: masks have infinities that
// are meant.
type hunt struct {
	mu    sync.Mutex // a model may run layers at once
	paths map[any]string
	found *NaNError

	inf, nan bool // an op was found that made one of other numbers
	open     bool // the layer of the op is still to end
	grad     bool // the backward pass runs
	hooked   map[*tensor.Tensor]bool
	last     string // the layer whose output's gradient came last
}

func newHunt(model any, found *NaNError) *hunt {
	h := &hunt{paths: map[any]string{}, found: found, hooked: map[*tensor.Tensor]bool{}}
	for path, layer := range nn.Modules(model) {
		if path == "" {
			path = "the model"
		}
		if reflect.TypeOf(layer).Comparable() {
			h.paths[layer] = fmt.Sprintf("%s (%T)", path, layer)
		}
	}
	return h
}

// backward goes on with the hunt in the gradients. What forward passes have of
// infinities led to a loss that is finite.
func (h *hunt) backward(loss *tensor.Tensor) {
	h.inf, h.nan, h.open, h.grad = false, false, false, true
	h.found.Op, h.found.Layer = "", ""
	loss.Backward()
}

// op looks at an op that has run.
func (h *hunt) op(e tensor.OpEvent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.nan || e.Depth > 0 || e.Backward != h.grad || e.Kind == tensor.OpWrite {
		return // a change in place shows its input as it is after it
	}
	in, out := kinds(e.In), kinds(e.Out)
	switch {
	case out.nan && !in.nan:
		h.nan = true
		if in.inf && h.inf {
			return // of the infinity that was found before
		}
	case out.inf && !in.inf && !in.nan && !h.inf:
		h.inf = true
	default:
		return
	}
	h.found.Op, h.found.Grad = e.Name, h.grad
	h.found.Layer, h.open = h.last, !h.grad
}

// layer looks at a layer that has run: the first one that ends after the op, and
// did not get what is wrong, ran it.
func (h *hunt) layer(layer any, in, out *tensor.Tensor) *tensor.Tensor {
	if !reflect.TypeOf(layer).Comparable() {
		return out
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	path := h.paths[layer]
	if h.open && path != "" {
		if x, y := kinds([]*tensor.Tensor{in}), kinds([]*tensor.Tensor{out}); (y.nan || y.inf) && !x.nan && !x.inf {
			h.found.Layer, h.open = path, false
		}
	}
	if path != "" && out.RequiresGrad() && !h.hooked[out] { // the innermost layer comes first
		h.hooked[out] = true
		out.Hook(func(*tensor.Tensor) *tensor.Tensor {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.last = path
			return nil
		})
	}
	return out
}

// content is what tensors have beside finite numbers.
type content struct{ nan, inf bool }

func kinds(ts []*tensor.Tensor) (c content) {
	for _, t := range ts {
		if t == nil || !t.DType().IsFloat() {
			continue
		}
		x := t.TraceOps(nil).Detach()
		if finite(x) {
			continue
		}
		if tensor.Item[bool](x.IsNaN().Any()) {
			c.nan = true
		} else {
			c.inf = true
		}
	}
	return c
}
