package tensor

import (
	"errors"
	"fmt"
	"math"
)

// A CheckOption changes GradCheck.
type CheckOption func(*gradCheck)

type gradCheck struct{ step, rtol, atol float64 }

// CheckStep sets the step of the finite difference, 1e-5 without it.
func CheckStep(h float64) CheckOption { return func(c *gradCheck) { c.step = h } }

// CheckTol sets the bound: |gradient - difference| <= atol + rtol·|difference|.
func CheckTol(rtol, atol float64) CheckOption {
	return func(c *gradCheck) { c.rtol, c.atol = rtol, atol }
}

// GradCheck compares the gradients of f with central differences of f itself,
// at those inputs that require one, which must be float64. Each element of the
// outputs is weighted differently, so that errors cannot cancel. It returns an
// error that names the input, the element and both values; also if there is no
// input or output to check.
//
// Without CheckTol the bound is 1e-6, relative and absolute: the truncation
// error of a step of 1e-5 is near 1e-10 times the third derivative.
//
//	source: torch.autograd.gradcheck
func GradCheck(f func(in []*Tensor) []*Tensor, inputs []*Tensor, opts ...CheckOption) error {
	c := gradCheck{step: 1e-5, rtol: 1e-6, atol: 1e-6}
	for _, o := range opts {
		o(&c)
	}
	if err := wantInputs("gradcheck", inputs); err != nil {
		return err
	}
	outputs := f(inputs)
	if len(outputs) == 0 {
		return errors.New("tensor: gradcheck: the function has no outputs to check")
	}
	return c.compare(f, outputs, inputs)
}

// wantInputs refuses inputs whose gradients cannot be checked.
func wantInputs(name string, inputs []*Tensor) error {
	leaf := false
	for i, x := range inputs {
		if x == nil {
			return fmt.Errorf("tensor: %s: input %d is nil", name, i)
		}
		if x.RequiresGrad() && x.DType() != Float64 {
			return fmt.Errorf("tensor: %s: input %d is %v; want float64", name, i, x.DType())
		}
		leaf = leaf || x.RequiresGrad()
	}
	if !leaf {
		return fmt.Errorf("tensor: %s: no input requires a gradient; want at least one", name)
	}
	return nil
}

// compare checks the gradients of f, whose outputs these are.
func (c *gradCheck) compare(f func([]*Tensor) []*Tensor, outputs, inputs []*Tensor) error {
	got := gradients(outputs, inputs)
	plain := make([]*Tensor, len(inputs))
	for i, x := range inputs {
		plain[i] = x.Detach()
	}
	for i, x := range inputs {
		if !x.RequiresGrad() {
			continue
		}
		if err := c.input(f, plain, i, Slice[float64](got[i])); err != nil {
			return err
		}
	}
	return nil
}

// weight is the cotangent of element k of output i.
func weight(i, k int) float64 { return 1 + 0.1*float64((3*i+k)%7) }

func weights(i int, t *Tensor) []float64 {
	w := make([]float64, t.Len())
	for k := range w {
		w[k] = weight(i, k)
	}
	return w
}

// gradients are those of the weighted sum of outputs; zeros where nothing depends.
func gradients(outputs, inputs []*Tensor) []*Tensor {
	var outs, seeds, ins []*Tensor
	for i, y := range outputs {
		if y.RequiresGrad() {
			outs = append(outs, y)
			seeds = append(seeds, Of(weights(i, y), y.Shape()...).Reshape(y.Shape()...).Cast(y.DType()).To(y.Device()))
		}
	}
	for _, x := range inputs {
		if x.RequiresGrad() {
			ins = append(ins, x)
		}
	}
	var got []*Tensor
	if len(outs) > 0 {
		got = Grad(outs, ins, Seed(seeds...), AllowUnused)
	}
	all := make([]*Tensor, len(inputs))
	k := 0
	for i, x := range inputs {
		if !x.RequiresGrad() {
			continue
		}
		if k < len(got) && got[k] != nil {
			all[i] = got[k]
		} else {
			all[i] = ZerosLike(x)
		}
		k++
	}
	return all
}

// input checks the gradient of input i against differences.
func (c *gradCheck) input(f func([]*Tensor) []*Tensor, plain []*Tensor, i int, got []float64) error {
	x := plain[i]
	v := Slice[float64](x)
	defer func() { plain[i] = x }()
	at := func(k int, value float64) float64 {
		old := v[k]
		v[k] = value
		plain[i] = FromSlice(v, x.Shape()).To(x.Device())
		v[k] = old
		sum := 0.0
		for j, y := range f(plain) {
			if !y.DType().IsFloat() {
				continue
			}
			for n, e := range Slice[float64](y) {
				sum += weight(j, n) * e
			}
		}
		return sum
	}
	for k := range v {
		h := c.step * max(1, math.Abs(v[k]))
		want := (at(k, v[k]+h) - at(k, v[k]-h)) / (2 * h)
		if !(math.Abs(got[k]-want) <= c.atol+c.rtol*math.Abs(want)) {
			return fmt.Errorf("tensor: gradcheck: gradient of input %d at element %d is %v, finite difference %v (error %.2g)",
				i, k, got[k], want, math.Abs(got[k]-want))
		}
	}
	return nil
}

// GradGradCheck is GradCheck of the gradients of f, as a function of the
// inputs and of the outputs' gradients. Without CheckTol the bound is that of
// torch.autograd.gradgradcheck: 1e-3 relative, 1e-5 absolute.
func GradGradCheck(f func(in []*Tensor) []*Tensor, inputs []*Tensor, opts ...CheckOption) error {
	if err := wantInputs("gradgradcheck", inputs); err != nil {
		return err
	}
	outs := f(inputs)
	all := append([]*Tensor(nil), inputs...)
	var which []int // outputs with a gradient
	for i, y := range outs {
		if y.RequiresGrad() {
			which = append(which, i)
			all = append(all, Of(weights(i, y), y.Shape()...).Reshape(y.Shape()...).To(y.Device()).RequireGrad())
		}
	}
	if len(which) == 0 {
		return nil
	}
	n := len(inputs)
	grad := func(in []*Tensor) []*Tensor {
		xs := make([]*Tensor, n)
		var ask, ys []*Tensor
		for i, x := range in[:n] {
			xs[i] = x
			if inputs[i].RequiresGrad() {
				if !x.RequiresGrad() { // a plain copy of the finite difference
					xs[i] = x.Detach().RequireGrad()
				}
				ask = append(ask, xs[i])
			}
		}
		full := f(xs)
		for _, i := range which {
			ys = append(ys, full[i])
		}
		var res []*Tensor
		for _, g := range Grad(ys, ask, Seed(in[n:]...), CreateGraph, AllowUnused) {
			if g != nil {
				res = append(res, g)
			}
		}
		return res
	}
	c := gradCheck{step: 1e-5, rtol: 1e-3, atol: 1e-5}
	for _, o := range opts {
		o(&c)
	}
	return c.compare(grad, grad(all), all)
}
