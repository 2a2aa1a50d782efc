package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

// seed is what PyTorch's table of samples calls manual_seed with before an op
// that draws random numbers.
const seed = 42

// check makes the call c and compares values, dtypes, shapes, strides and
// gradients with PyTorch's. grads reports whether it got as far as gradients
// that are right.
func (c *Corpus) check(e *tensor.Entry, call *Call) (grads bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panics: %v", p)
		}
	}()
	m := &values{c: c}
	args, err := m.bind(e, call)
	if err != nil {
		return false, err
	}
	tensor.ManualSeed(seed)
	got := e.Call(args)
	want, err := c.expected(call)
	if err != nil {
		return false, err
	}
	if call.Op == "unique" && call.unordered() {
		inOrder(call, got)
		for i, t := range inOrder(call, results(want)) {
			want[i].t = t
		}
	}
	if call.Variant == "grad_oriented" && len(got) > len(want) {
		got = got[:len(want)] // PyTorch's table keeps the differentiable results of this variant
	}
	if len(got) != len(want) {
		return false, fmt.Errorf("%d results; want %d", len(got), len(want))
	}
	for i, w := range want {
		err := c.compare(got[i], w, !slices.Contains(uninitialized, call.Op))
		if far := new(farError); errors.As(err, &far) && c.roundsAlike(e, call, i, got[i], w.t) {
			c.rounded++
			continue
		}
		if err != nil {
			return false, fmt.Errorf("result %d: %w", i, err)
		}
	}
	if len(call.Cotangents) == 0 {
		return false, nil
	}
	return true, c.checkGrads(e, call, got, m.leaves)
}

// roundsAlike reports whether result i of a call with float32 tensors errs as
// PyTorch's does, where the same call in float64, which has samples of its own,
// says what is right: a sum that cancels, or an ill-conditioned system, has
// fewer digits than the tolerance asks for, and no two ways to compute it
// agree. PyTorch's own largest error shows how many, if it is small enough to be
// rounding at all; ours may be four times that, since it is one draw of the same
// kind of error.
func (c *Corpus) roundsAlike(e *tensor.Entry, call *Call, i int, got, theirs *tensor.Tensor) bool {
	exact, _ := c.wide(e, call)
	return i < len(exact) && exact[i].DType() == tensor.Float64 && likeRounding(got, theirs, exact[i].Detach())
}

// gradRoundsAlike is roundsAlike for the gradient of input i.
func (c *Corpus) gradRoundsAlike(e *tensor.Entry, call *Call, i int, got, theirs *tensor.Tensor) bool {
	exact, leaves := c.wide(e, call)
	if exact == nil {
		return false
	}
	grads, err := c.gradients(call, exact, leaves)
	return err == nil && likeRounding(got, theirs, grads[i])
}

// wide makes the call with float64 in the place of lower floating-point dtypes,
// or of integers where there are none; nil if that is no call of the op.
func (c *Corpus) wide(e *tensor.Entry, call *Call) (out, leaves []*tensor.Tensor) {
	for _, integers := range []bool{false, true} {
		m := &values{c: c, wide: true, integers: integers}
		args, err := m.bind(e, call)
		if err != nil || !m.widened {
			continue
		}
		tensor.ManualSeed(seed)
		if err := tensor.Try(func() { out = e.Call(args) }); err == nil {
			return out, m.leaves
		}
	}
	return nil, nil
}

// rounding is the largest error that passes for rounding, relative to the
// largest value: some thousand ulps in float32, where sums cancel, and some ten
// in half precision, which PyTorch rounds to after each of its steps.
var rounding = map[tensor.DType]float64{tensor.Float64: 1e-3, tensor.Float32: 1e-3, tensor.Float16: 1e-2, tensor.BFloat16: 8e-2}

// likeRounding compares the errors of two results.
func likeRounding(got, theirs, right *tensor.Tensor) bool {
	size := max(1, right.Abs().Max().Float())
	if !(worst(theirs, right) <= rounding[theirs.DType()]*size) {
		return false
	}
	return closeTo(got, right.Cast(got.DType())) == nil || worst(got, right) <= 4*worst(theirs, right)
}

// worst is the largest difference.
func worst(x, right *tensor.Tensor) float64 {
	return x.Detach().Cast(tensor.Float64).Sub(right).Abs().Max().Float()
}

func (m *values) bind(e *tensor.Entry, call *Call) (*tensor.Args, error) {
	in, err := m.read(call.Input)
	if err != nil {
		return nil, err
	}
	pos := []any{in}
	for _, a := range call.Args {
		v, err := m.read(a)
		if err != nil {
			return nil, err
		}
		pos = append(pos, v)
	}
	if call.Op == "normal" && call.Variant == "number_mean" {
		pos[0], pos[1] = pos[1], pos[0] // the variant takes the std first
	}
	kw := map[string]any{}
	for _, k := range call.Kwargs.Names { // in their order, as the gradients are
		if kw[k], err = m.read(call.Kwargs.Values[k]); err != nil {
			return nil, err
		}
	}
	return tensor.Bind(e.Sig, pos, kw)
}

// checkGrads differentiates the results, weighted by the cotangents.
func (c *Corpus) checkGrads(e *tensor.Entry, call *Call, out, leaves []*tensor.Tensor) error {
	if len(leaves) != len(call.Grads) {
		return fmt.Errorf("%d inputs need gradients; the corpus has %d", len(leaves), len(call.Grads))
	}
	grads, err := c.gradients(call, out, leaves)
	if err != nil {
		return err
	}
	for i, name := range call.Grads {
		// PyTorch says none where ours may say zero, and the other way round.
		want := expectation{t: tensor.ZerosLike(leaves[i]), anyLayout: true}
		if name != nil {
			s, ok := c.tensors[*name]
			if !ok {
				return fmt.Errorf("no tensor %s", *name)
			}
			want.t = s.make()
		}
		if slices.Contains(garbage[call.Op], i) {
			want = expectation{shape: want.t.Shape(), shapeOnly: true}
		}
		err := c.compare(grads[i], want, true)
		if far := new(farError); errors.As(err, &far) && c.gradRoundsAlike(e, call, i, grads[i], want.t) {
			c.rounded++
			continue
		}
		if err != nil {
			return fmt.Errorf("gradient %d: %w", i, err)
		}
	}
	return nil
}

// gradients are those of the leaves, zero where no result depends on one.
func (c *Corpus) gradients(call *Call, out, leaves []*tensor.Tensor) ([]*tensor.Tensor, error) {
	var outs, seeds []*tensor.Tensor
	for _, ct := range call.Cotangents {
		s, ok := c.tensors[ct.Tensor]
		if !ok || ct.Output >= len(out) {
			return nil, fmt.Errorf("no cotangent %s for result %d", ct.Tensor, ct.Output)
		}
		if !out[ct.Output].RequiresGrad() {
			return nil, fmt.Errorf("result %d has no gradient; PyTorch's has", ct.Output)
		}
		outs, seeds = append(outs, out[ct.Output]), append(seeds, s.make())
	}
	grads := tensor.Grad(outs, leaves, tensor.Seed(seeds...), tensor.AllowUnused)
	for i, g := range grads {
		if g == nil {
			grads[i] = tensor.ZerosLike(leaves[i])
		}
	}
	return grads, nil
}

// garbage are gradients that are no derivatives in PyTorch, so that their shape
// alone is compared: of the input of as_strided_scatter it leaves memory that
// nobody wrote where no stride reaches, another in each call, and an element of
// the source that a later one overwrites gets a gradient all the same. The op
// table proves ours.
var garbage = map[string][]int{"as_strided_scatter": {0, 1}}

// errInexpressible marks a refused call that the adapter cannot make.
var errInexpressible = errors.New("the adapter cannot express the call")

// refuses makes a call that PyTorch refuses; nil means that the op refused it
// with a *tensor.Error.
func (c *Corpus) refuses(e *tensor.Entry, call *Call) (err error) {
	m := &values{c: c}
	args, err := m.bind(e, call)
	var bind *tensor.BindError
	if errors.As(err, &bind) {
		return errInexpressible
	} else if err != nil {
		return err
	}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *tensor.Error:
			err = nil
		case *tensor.BindError:
			err = errInexpressible
		default:
			err = fmt.Errorf("panics: %v; want a *tensor.Error", p)
		}
	}()
	e.Call(args)
	return fmt.Errorf("accepted; PyTorch says %s: %s", call.Error, call.Message)
}

// expected is the flat list of results that PyTorch gave.
func (c *Corpus) expected(call *Call) ([]expectation, error) {
	if !call.Deterministic {
		var list []expectation
		for _, s := range call.OutputShapes {
			list = append(list, expectation{shape: s, shapeOnly: true})
		}
		return list, nil
	}
	d := json.NewDecoder(strings.NewReader(string(call.Output)))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return nil, err
	}
	var out []expectation
	return out, c.flatten(x, &out)
}

func (c *Corpus) flatten(x any, out *[]expectation) error {
	if o, ok := x.(map[string]any); ok {
		if list, ok := o["tuple"].([]any); ok {
			if numbers, ok := ints(list); ok {
				*out = append(*out, expectation{t: tensor.Of(numbers, len(numbers))})
				return nil
			}
			x = list
		}
	}
	if list, ok := x.([]any); ok {
		for _, y := range list {
			if err := c.flatten(y, out); err != nil {
				return err
			}
		}
		return nil
	}
	m := &values{c: c}
	v, err := m.value(x)
	if err != nil {
		return err
	}
	e := expectation{none: v == nil}
	switch v := v.(type) {
	case nil:
	case *tensor.Tensor:
		e.t = v.Detach()
	case int, float64, bool:
		e.t, e.number = tensor.Scalar(v), true
	default:
		return fmt.Errorf("a result is %T", v)
	}
	*out = append(*out, e)
	return nil
}

// ints reads a tuple of numbers, such as a shape.
func ints(list []any) ([]int64, bool) {
	out := []int64{}
	for _, x := range list {
		n, ok := x.(json.Number)
		if !ok {
			return nil, false
		}
		i, err := n.Int64()
		if err != nil {
			return nil, false
		}
		out = append(out, i)
	}
	return out, true
}
