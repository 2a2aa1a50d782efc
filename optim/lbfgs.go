package optim

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// LBFGS is the quasi-Newton method with a limited memory: it estimates the
// inverse of the Hessian from the last changes of parameters and gradients. It
// wants a loss without noise, such as that of all the data, and calls it
// several times a step, so its Step takes the loss as a function:
//
//	opt := optim.NewLBFGS(nn.Params(model), 1, optim.StrongWolfe(true))
//	for range 20 {
//		opt.Step(func() *tensor.Tensor { return loss.Forward(model.Forward(x), y) })
//	}
//
// source: torch.optim.LBFGS; Nocedal & Wright, Numerical Optimization, algorithms 7.4 and 7.5
type LBFGS struct {
	group *Group
	state lbfgsState
}

// LBFGSOptions are the settings; see [LBFGS].
type LBFGSOptions struct {
	MaxIter, MaxEval               int     // of directions, and calls of the loss, in one Step
	ToleranceGrad, ToleranceChange float64 // where Step ends: the largest gradient, and change
	History                        int     // how many changes are kept
	LineSearch                     string  // "strong_wolfe", or empty for steps of the learning rate
	Maximize                       bool
}

// lbfgsState is what one Step leaves to the next; vectors are all parameters
// after another.
type lbfgsState struct {
	iterations, evaluations float64
	direction, gradient     *tensor.Tensor
	step, scale, loss       float64
	dirs, steps             []*tensor.Tensor // changes of the gradient, and of the parameters
	rho                     []float64
}

// NewLBFGS returns an optimizer of params; PyTorch's lr is 1. Without options
// it takes 20 directions and at most 25 losses a step, keeps 100 changes, and
// searches no lines. It panics as NewSGD does.
func NewLBFGS(params Params, lr float64, opts ...Option) *LBFGS {
	c := newCore(lbfgs{}, params, lr, opts)
	g := c.groups[0]
	if o := g.Options.(*LBFGSOptions); o.MaxEval == 0 {
		o.MaxEval = o.MaxIter * 5 / 4
	}
	return &LBFGS{group: g}
}

// MaxIter is how many directions LBFGS takes in a step.
func MaxIter(n int) Option { return Option{"max_iter", n} }

// MaxEval is how often LBFGS may call the loss in a step; 5/4 of MaxIter unless given.
func MaxEval(n int) Option { return Option{"max_eval", n} }

// ToleranceGrad ends a step of LBFGS where no gradient is larger.
func ToleranceGrad(v float64) Option { return Option{"tolerance_grad", v} }

// ToleranceChange ends a step of LBFGS where loss or parameters change by less.
func ToleranceChange(v float64) Option { return Option{"tolerance_change", v} }

// History is how many changes LBFGS keeps.
func History(n int) Option { return Option{"history_size", n} }

// StrongWolfe makes LBFGS search along each direction for a point that meets
// the strong Wolfe conditions.
func StrongWolfe(on bool) Option {
	if on {
		return Option{"line_search_fn", "strong_wolfe"}
	}
	return Option{"line_search_fn", ""}
}

func (o *LBFGSOptions) fields() []field {
	return []field{{"max_iter", &o.MaxIter}, {"max_eval", &o.MaxEval}, {"tolerance_grad", &o.ToleranceGrad}, {"tolerance_change", &o.ToleranceChange},
		{"history_size", &o.History}, {"line_search_fn", &o.LineSearch}, {"maximize", &o.Maximize}}
}

func (o *LBFGSOptions) check() error {
	switch {
	case o.MaxIter < 1 || o.MaxEval < 0 || o.History < 1:
		return fmt.Errorf("%d directions, %d losses, %d changes kept; want 1 or more", o.MaxIter, o.MaxEval, o.History)
	case o.LineSearch != "" && o.LineSearch != "strong_wolfe":
		return fmt.Errorf("the line search is %q; want strong_wolfe, or none", o.LineSearch)
	}
	return nonNegative([]string{"the tolerance of gradients", "the tolerance of changes"}, o.ToleranceGrad, o.ToleranceChange)
}

// lbfgs is the rule of LBFGS, as far as core needs one.
type lbfgs struct{}

func (lbfgs) name() string { return "LBFGS" }
func (lbfgs) defaults() Options {
	return &LBFGSOptions{MaxIter: 20, ToleranceGrad: 1e-7, ToleranceChange: 1e-9, History: 100}
}
func (lbfgs) slots() (numbers, tensors []string, needed int)        { return nil, nil, 0 }
func (lbfgs) update(*Group, *tensor.Tensor, *tensor.Tensor, *slots) {}

// Groups returns the one group, whose options hold from the next Step on.
func (l *LBFGS) Groups() []*Group { return []*Group{l.group} }

// ZeroGrad drops the gradients; Step does so by itself.
func (l *LBFGS) ZeroGrad() {
	for _, p := range l.group.Params {
		p.ZeroGrad()
	}
}

// Step moves the parameters to where loss is less, and returns the loss before.
// loss computes it from the parameters as they are; Step differentiates it.
//
//	panics: with an error if loss is nil, and as Backward does
func (l *LBFGS) Step(loss func() *tensor.Tensor) float64 {
	if loss == nil {
		panic(errors.New("optim: LBFGS: the loss is nil"))
	}
	o, s := l.group.Options.(*LBFGSOptions), &l.state
	f, g := l.evaluate(loss)
	before, calls := f, 1
	if maxAbs(g) <= o.ToleranceGrad {
		return l.signed(before)
	}
	for n := 1; ; n++ {
		s.iterations++
		l.turn(g, o)
		s.gradient, s.loss = g, f
		t := l.group.LR
		if s.iterations == 1 {
			t *= min(1, 1/g.Abs().Sum().Float())
		}
		slope := dot(g, s.direction)
		s.step = t
		if slope > -o.ToleranceChange {
			break
		}
		used := 0
		if o.LineSearch != "" {
			w := wolfe{at: l.along(loss), d: s.direction, f: f, g: g, slope: slope, tolerance: o.ToleranceChange, most: o.MaxEval - calls}
			f, g, t, used = w.search(t)
			l.move(s.direction, t)
			s.step = t
		} else {
			l.move(s.direction, t)
			if n < o.MaxIter { // the last one needs no loss
				f, g = l.evaluate(loss)
				used = 1
			}
		}
		calls += used
		if n == o.MaxIter || calls >= o.MaxEval || maxAbs(g) <= o.ToleranceGrad ||
			maxAbs(s.direction)*t <= o.ToleranceChange || abs(f-s.loss) < o.ToleranceChange {
			break
		}
	}
	s.evaluations += float64(calls)
	return l.signed(before)
}

func (l *LBFGS) signed(loss float64) float64 {
	if l.group.Options.(*LBFGSOptions).Maximize {
		return -loss
	}
	return loss
}

// evaluate returns what is minimised, and its gradient as one vector.
func (l *LBFGS) evaluate(loss func() *tensor.Tensor) (float64, *tensor.Tensor) {
	l.ZeroGrad()
	y := loss()
	y.Backward()
	parts := make([]*tensor.Tensor, len(l.group.Params))
	for i, p := range l.group.Params {
		if g := p.Grad(); g != nil {
			parts[i] = g.NoGrad().Flatten(0, -1)
		} else {
			parts[i] = tensor.ZerosLike(p).NoGrad().Flatten(0, -1)
		}
	}
	g := tensor.Cat(0, parts...)
	if l.group.Options.(*LBFGSOptions).Maximize {
		return -y.Float(), g.Neg()
	}
	return y.Float(), g
}

// turn sets the next direction: minus the gradient g, times the estimate of
// the inverse Hessian, from the last change of g and all that are kept.
func (l *LBFGS) turn(g *tensor.Tensor, o *LBFGSOptions) {
	s := &l.state
	if s.iterations == 1 {
		s.direction, s.scale = g.Neg(), 1
		return
	}
	y, d := g.Sub(s.gradient), s.direction.MulScalar(s.step)
	if yd := dot(y, d); yd > 1e-10 {
		if len(s.dirs) == o.History {
			s.dirs, s.steps, s.rho = s.dirs[1:], s.steps[1:], s.rho[1:]
		}
		s.dirs, s.steps, s.rho = append(s.dirs, y), append(s.steps, d), append(s.rho, 1/yd)
		s.scale = yd / dot(y, y)
	}
	q, alpha := g.Neg(), make([]float64, len(s.dirs))
	for i := len(s.dirs) - 1; i >= 0; i-- {
		alpha[i] = dot(s.steps[i], q) * s.rho[i]
		q.SubInPlace(s.dirs[i].MulScalar(alpha[i]))
	}
	q = q.MulScalar(s.scale)
	for i := range s.dirs {
		beta := dot(s.dirs[i], q) * s.rho[i]
		q.AddInPlace(s.steps[i].MulScalar(alpha[i] - beta))
	}
	s.direction = q
}

// move adds t·d to the parameters.
func (l *LBFGS) move(d *tensor.Tensor, t float64) {
	at := 0
	for _, p := range l.group.Params {
		part := d.Narrow(0, at, p.Len()).Reshape(p.Shape()...)
		p.NoGrad().AddInPlace(part.MulScalar(t))
		at += p.Len()
	}
}

// along is the loss and gradient at t times the direction from here, and leaves
// the parameters here.
func (l *LBFGS) along(loss func() *tensor.Tensor) func(t float64) (float64, *tensor.Tensor) {
	here := make([]*tensor.Tensor, len(l.group.Params))
	for i, p := range l.group.Params {
		here[i] = p.Detach().Clone()
	}
	return func(t float64) (float64, *tensor.Tensor) {
		l.move(l.state.direction, t)
		f, g := l.evaluate(loss)
		for i, p := range l.group.Params {
			p.NoGrad().CopyFrom(here[i])
		}
		return f, g
	}
}

// StateDict returns a copy of all that Step needs, but the parameters. As
// PyTorch does, it keeps the state under the first parameter, with PyTorch's
// names; lists of vectors are the rows of a matrix.
func (l *LBFGS) StateDict() StateDict {
	c := core{rule: lbfgs{}, groups: l.Groups()}
	d, s := StateDict{State: map[int]map[string]any{}, Groups: c.settings()}, &l.state
	if s.iterations == 0 {
		return d
	}
	d.State[0] = map[string]any{
		"n_iter": s.iterations, "func_evals": s.evaluations, "t": s.step, "H_diag": s.scale, "prev_loss": s.loss,
		"d": s.direction.Clone(), "prev_flat_grad": s.gradient.Clone(), "ro": tensor.FromSlice(s.rho, []int{len(s.rho)}),
	}
	if len(s.dirs) > 0 {
		d.State[0]["old_dirs"], d.State[0]["old_stps"] = tensor.Stack(0, s.dirs...), tensor.Stack(0, s.steps...)
	}
	return d
}

// LoadStateDict puts the optimizer where StateDict was called. It returns an
// error, and changes nothing, if the state is of other parameters.
func (l *LBFGS) LoadStateDict(d StateDict) error {
	s, err := l.readState(d.State[0])
	if err == nil && len(d.Groups) != 1 {
		err = fmt.Errorf("%d groups; want 1", len(d.Groups))
	}
	c := core{rule: lbfgs{}, groups: l.Groups()}
	if err == nil {
		before := c.settings()
		if err = c.setSettings(d.Groups); err != nil {
			_ = c.setSettings(before) // what was set once can be set again
		}
	}
	if err != nil {
		return fmt.Errorf("optim: LBFGS: state dict: %w", err)
	}
	l.state = s
	return nil
}

func (l *LBFGS) readState(kept map[string]any) (s lbfgsState, err error) {
	if kept == nil {
		return s, nil
	}
	for name, to := range map[string]*float64{"n_iter": &s.iterations, "func_evals": &s.evaluations, "t": &s.step, "H_diag": &s.scale, "prev_loss": &s.loss} {
		var ok bool
		if *to, ok = number(kept[name]); !ok {
			return s, fmt.Errorf("%s is %v, a %T; want a number", name, kept[name], kept[name])
		}
	}
	if s.iterations < 1 {
		return s, fmt.Errorf("n_iter is %v; want 1 or more", s.iterations)
	}
	n, p := 0, l.group.Params[0]
	for _, p := range l.group.Params {
		n += p.Len()
	}
	read := func(name string, shape ...int) *tensor.Tensor {
		t, ok := kept[name].(*tensor.Tensor)
		if !ok || t == nil || !slices.Equal(t.Shape(), shape) {
			err = errors.Join(err, fmt.Errorf("%s is a %T; want a tensor of shape %v", name, kept[name], shape))
			return nil
		}
		return t.Detach().Cast(p.DType()).To(p.Device()).Clone()
	}
	s.direction, s.gradient = read("d", n), read("prev_flat_grad", n)
	ro, ok := kept["ro"].(*tensor.Tensor)
	if !ok || ro == nil || ro.Dim() != 1 {
		return s, errors.Join(err, fmt.Errorf("ro is a %T; want a vector", kept["ro"]))
	}
	if s.rho = tensor.Slice[float64](ro); len(s.rho) > 0 {
		dirs, steps := read("old_dirs", len(s.rho), n), read("old_stps", len(s.rho), n)
		if err == nil {
			s.dirs, s.steps = dirs.Unbind(0), steps.Unbind(0)
		}
	}
	return s, err
}

func dot(a, b *tensor.Tensor) float64 { return a.Mul(b).Sum().Float() }
func maxAbs(x *tensor.Tensor) float64 { return x.Abs().Max().Float() }
func abs(x float64) float64           { return max(x, -x) }
