package train

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A NaNError says where a number that is NaN or infinite came from, for
// Config.NaNGuard. Fit's *Error, which has it, says the step.
type NaNError struct {
	What  string // what was found: the loss, or the gradients
	Input string // what was not finite to begin with: x, target, or a parameter; or ""
	Op    string // the op whose inputs were finite and whose result was not, or ""
	Layer string // the path of the layer that ran it and its type, or "" outside of all
	Grad  bool   // it was in the backward pass
}

// Error says the place.
func (e *NaNError) Error() string {
	switch {
	case e.Input != "":
		return fmt.Sprintf("%s NaN or infinite: %s was not finite before the step", e.What, e.Input)
	case e.Op == "":
		return e.What + " NaN or infinite, but not when the step ran again"
	}
	pass, layer := "", ""
	if e.Grad {
		pass = " backward"
	}
	if e.Layer != "" {
		layer = " in layer " + e.Layer
	}
	return fmt.Sprintf("%s NaN or infinite: the first was made by %s%s%s from finite numbers", e.What, e.Op, pass, layer)
}

// guard looks at one batch.
type guard struct {
	f      *fitter
	b      data.Batch
	rewind func() error // of the generators, so that dropout repeats
}

func newGuard(f *fitter, b data.Batch) *guard {
	return &guard{f: f, b: b, rewind: generators(f.Model)}
}

// generators returns a function that puts back the states of the default
// generator and of the model's own.
func generators(model any) (rewind func() error) {
	all := []*tensor.Generator{tensor.DefaultGenerator()}
	for _, g := range nn.Generators(model) {
		all = append(all, g)
	}
	states := make([][]byte, len(all))
	for i, g := range all {
		states[i] = g.State()
	}
	return func() error {
		var errs []error
		for i, g := range all {
			errs = append(errs, g.SetState(states[i]))
		}
		return errors.Join(errs...)
	}
}

// check is a *NaNError if the loss, or a gradient, is not finite. A scaler's
// gradients may be: it skips the step.
func (g *guard) check(loss *tensor.Tensor) error {
	switch {
	case !finite(loss):
		return g.find("the loss is")
	case g.f.Scaler == nil && !g.finiteGrads():
		return g.find("gradients are")
	}
	return nil
}

func (g *guard) finiteGrads() bool {
	for _, p := range nn.Params(g.f.Model) {
		if d := p.Grad(); d != nil && !finite(d) {
			return false
		}
	}
	return true
}

// finite reports whether all elements are; those of integers are.
func finite(t *tensor.Tensor) bool {
	if !t.DType().IsFloat() {
		return true
	}
	return tensor.Item[bool](t.Detach().IsFinite().All())
}

// find runs the batch again, and looks at every op.
func (g *guard) find(what string) error {
	found := &NaNError{What: what}
	if found.Input = g.input(); found.Input != "" {
		return found
	}
	if err := g.rewind(); err != nil {
		return errors.Join(found, err)
	}
	g.f.Optimizer.ZeroGrad()
	h := newHunt(g.f.Model, found)
	x := g.b.X.Observe(h.layer).TraceOps(h.op)
	loss := g.f.Loss.Forward(g.f.Model.Forward(x), g.b.Y)
	if finite(loss) {
		h.backward(loss)
	}
	return found
}

// input names what was not finite before the step.
func (g *guard) input() string {
	switch {
	case !finite(g.b.X):
		return "the batch's input"
	case g.b.Y != nil && !finite(g.b.Y):
		return "the batch's target"
	}
	for name, p := range nn.Params(g.f.Model) {
		if !finite(p) {
			return "parameter " + name
		}
	}
	return ""
}
