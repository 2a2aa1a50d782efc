package optim

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"

	"github.com/facula-ml/facula/tensor"
)

// An Optimizer changes parameters by their gradients.
type Optimizer interface {
	// Step changes each parameter that has a gradient, by one step.
	Step()
	// ZeroGrad drops the gradients of all parameters, so that the next
	// Backward starts new ones.
	ZeroGrad()
	// Groups returns the parameters with their options. A change of a group's
	// options holds from the next Step on.
	Groups() []*Group
	// StateDict returns a copy of all that Step needs to go on as if it had
	// never stopped, but the parameters.
	StateDict() StateDict
	// LoadStateDict puts the optimizer where StateDict was called. It returns
	// an error, and changes nothing, if the state is of other parameters or of
	// another optimizer.
	LoadStateDict(StateDict) error
}

// Params are parameters with their names, as nn.Params gives them. Names are
// for error messages.
type Params = iter.Seq2[string, *tensor.Tensor]

// A Group is parameters that share options.
type Group struct {
	Params []*tensor.Tensor
	LR     float64 // the learning rate
	// Options are the optimizer's own: *SGDOptions, *AdamOptions and so on.
	Options Options
}

// Options are an optimizer's settings for one group, but the learning rate.
type Options interface {
	// fields are the settings by PyTorch's names.
	fields() []field
	check() error
}

// A field is a setting: ref is a *float64, *int, *bool, *string or []*float64.
type field struct {
	name string
	ref  any
}

// fields are all of g's settings.
func (g *Group) fields() []field {
	return append([]field{{"lr", &g.LR}}, g.Options.fields()...)
}

// rule is what differs from one optimizer to the next.
type rule interface {
	name() string
	// defaults are PyTorch's settings.
	defaults() Options
	// slots are PyTorch's names of what is kept for each parameter.
	// The first of the tensors, as many as needed says, are there from the
	// first step on.
	slots() (numbers, tensors []string, needed int)
	// update changes p, which is marked no-grad, by g. It makes what it needs
	// in s: all is nil and zero at first. If it panics, s is as before.
	update(group *Group, p, g *tensor.Tensor, s *slots)
}

// slots are what is kept for one parameter, in the order of rule.slots.
type slots struct {
	n []float64
	t []*tensor.Tensor
	p *tensor.Tensor // the parameter, marked no-grad
}

// core is an Optimizer but for its rule.
type core struct {
	rule   rule
	given  []Option // to the first group, and so to later ones
	groups []*Group
	state  map[*tensor.Tensor]*slots
}

func newCore(r rule, params Params, lr float64, opts []Option) core {
	c := core{rule: r, given: append([]Option{LR(lr)}, opts...), state: map[*tensor.Tensor]*slots{}}
	c.AddGroup(params)
	return c
}

// AddGroup adds parameters with options of their own; those not given are
// those of the constructor. It panics as that does.
func (c *core) AddGroup(params Params, opts ...Option) {
	g := &Group{Options: c.rule.defaults()}
	err := c.fill(g, params)
	if err == nil {
		err = g.apply(append(c.given[:len(c.given):len(c.given)], opts...))
	}
	if err == nil {
		err = checkOptions(g)
	}
	if err == nil {
		err = c.checkParams(g)
	}
	if err != nil {
		panic(fmt.Errorf("optim: %s: %w", c.rule.name(), err))
	}
	for _, p := range g.Params {
		c.state[p] = nil
	}
	c.groups = append(c.groups, g)
}

// checkParams asks a rule that does not take every parameter.
func (c *core) checkParams(g *Group) error {
	r, ok := c.rule.(interface{ takes(p *tensor.Tensor) error })
	if !ok {
		return nil
	}
	for i, p := range g.Params {
		if err := r.takes(p); err != nil {
			return fmt.Errorf("parameter %d of the group: %w", i, err)
		}
	}
	return nil
}

// Tensors are tensors as parameters named "0", "1", …
func Tensors(list ...*tensor.Tensor) Params {
	return func(yield func(string, *tensor.Tensor) bool) {
		for i, p := range list {
			if !yield(strconv.Itoa(i), p) {
				return
			}
		}
	}
}

func (c *core) fill(g *Group, params Params) error {
	if params == nil {
		return errors.New("the parameters are nil")
	}
	names := map[*tensor.Tensor]string{}
	for name, p := range params {
		if p == nil {
			return fmt.Errorf("parameter %s is nil", name)
		}
		if !p.IsLeaf() {
			return fmt.Errorf("parameter %s, of shape %v, is the result of an op; want a leaf", name, p.Shape())
		}
		if !p.DType().IsFloat() {
			return fmt.Errorf("parameter %s is %v; want floating point", name, p.DType())
		}
		if other, ok := names[p]; ok {
			return fmt.Errorf("parameter %s is parameter %s again", name, other)
		}
		if _, ok := c.state[p]; ok {
			return fmt.Errorf("parameter %s is in another group already", name)
		}
		names[p] = name
		g.Params = append(g.Params, p)
	}
	if len(g.Params) == 0 {
		return errors.New("no parameters")
	}
	return nil
}

func checkOptions(g *Group) error {
	if err := nonNegative([]string{"the learning rate"}, g.LR); err != nil {
		return err
	}
	return g.Options.check()
}

// Groups returns the parameters with their options.
func (c *core) Groups() []*Group { return c.groups }

// ZeroGrad drops the gradients of all parameters.
func (c *core) ZeroGrad() {
	for _, g := range c.groups {
		for _, p := range g.Params {
			p.ZeroGrad()
		}
	}
}

// Step changes each parameter that has a gradient, by one step. What is kept
// for a parameter takes on its dtype and device if these changed.
func (c *core) Step() {
	for _, group := range c.groups {
		for _, p := range group.Params {
			g := p.Grad()
			if g == nil {
				continue
			}
			s := c.state[p]
			if s == nil {
				s = c.newSlots(p)
				c.state[p] = s
			}
			s.follow(p)
			if !g.IsContiguous() {
				g = g.NoGrad().Contiguous()
			}
			c.rule.update(group, s.p, g, s)
		}
	}
}

// follow gives the state p's dtype and device, which nn.Cast and nn.To change.
func (s *slots) follow(p *tensor.Tensor) {
	for i, t := range s.t {
		if t != nil {
			s.t[i] = t.Cast(p.DType()).To(p.Device())
		}
	}
}

func (c *core) newSlots(p *tensor.Tensor) *slots {
	numbers, tensors, _ := c.rule.slots()
	return &slots{make([]float64, len(numbers)), make([]*tensor.Tensor, len(tensors)), p.NoGrad()}
}

// nonNegative is the error of the first of pairs of name and value that is
// negative, infinite or NaN.
func nonNegative(names []string, values ...float64) error {
	for i, v := range values {
		if !(v >= 0) {
			return fmt.Errorf("%s is %v; want 0 or more", names[i], v)
		}
		if err := finite(names[i], v); err != nil {
			return err
		}
	}
	return nil
}

func finite(name string, v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("%s is %v; want a finite number", name, v)
	}
	return nil
}
