package autograd

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// A Func is a function of tensors.
type Func = func(in []*tensor.Tensor) *tensor.Tensor

// Jacobian returns, for each input x, all first derivatives of f at in:
//
//	J[i…, j…] = ∂f[i…] / ∂x[j…]
//
//	shape:  the result's dims, then the input's; up to 8 in all
//	dtype:  in is floating point
//	panics: *tensor.Error for other inputs, and as f does
//	source: torch.autograd.functional.jacobian
func Jacobian(f Func, in ...*tensor.Tensor) []*tensor.Tensor {
	x := leaves("jacobian", f, in)
	return jacobian(f(x), x)
}

// jacobian differentiates each element of y; opts may ask for a graph.
func jacobian(y *tensor.Tensor, x []*tensor.Tensor, opts ...tensor.BackwardOption) []*tensor.Tensor {
	rows := make([][]*tensor.Tensor, len(x))
	flat := y.Reshape(-1)
	for i := range y.Len() {
		for k, g := range gradients(flat.Select(0, i), x, nil, append(opts, tensor.RetainGraph)...) {
			rows[k] = append(rows[k], g)
		}
	}
	out := make([]*tensor.Tensor, len(x))
	for k := range x {
		shape := append(y.Shape(), x[k].Shape()...)
		if y.Len() == 0 {
			out[k] = tensor.Make{DType: y.DType(), Device: y.Device()}.Zeros(shape...)
			continue
		}
		out[k] = tensor.Stack(0, rows[k]...).Reshape(shape...)
	}
	return out
}

// Hessian returns all second derivatives of f, whose result has one element,
// at in: block [a][b] is, for inputs x = in[a] and z = in[b],
//
//	H[i…, j…] = ∂²f / ∂x[i…] ∂z[j…]
//
//	shape:  of a block, the dims of in[a], then those of in[b]; up to 8 in all
//	panics: *tensor.Error if f's result has more than one element, and as
//	Jacobian does
//	source: torch.autograd.functional.hessian
func Hessian(f Func, in ...*tensor.Tensor) [][]*tensor.Tensor {
	x := leaves("hessian", f, in)
	y := scalar("hessian", f(x))
	out := make([][]*tensor.Tensor, len(x))
	for a, g := range gradients(y, x, nil, tensor.CreateGraph) {
		out[a] = jacobian(g, x)
	}
	return out
}

// VJP returns f(in) and vᵀ·J for each input, where J is the Jacobian: the
// gradient of the sum of v·f(in). It costs one backward pass.
//
//	shape:  v as the result, or nil for a result of one element
//	panics: *tensor.Error for another v, and as Jacobian does
//	source: torch.autograd.functional.vjp
func VJP(f Func, v *tensor.Tensor, in ...*tensor.Tensor) (y *tensor.Tensor, vjp []*tensor.Tensor) {
	x := leaves("vjp", f, in)
	y = f(x)
	if v == nil {
		scalar("vjp", y)
	}
	return y.Detach(), gradients(y, x, v)
}

// JVP returns f(in) and J·v, the derivative of f along v, one tensor for each
// input. It differentiates the vector-Jacobian product once more, so the
// gradients of f's ops must be differentiable.
//
//	shape:  v[i] as in[i], J·v as the result
//	panics: *tensor.Error for other shapes, and as Jacobian does
//	source: torch.autograd.functional.jvp
func JVP(f Func, v []*tensor.Tensor, in ...*tensor.Tensor) (y, jvp *tensor.Tensor) {
	x := leaves("jvp", f, in)
	v = along("jvp", v, x)
	y = f(x)
	// uᵀ·J is linear in u, so its gradient for u, along v, is J·v, wherever u is.
	u := tensor.ZerosLike(y).RequireGrad()
	g := gradients(y, x, u, tensor.CreateGraph)
	return y.Detach(), gradients(dot(g, v), []*tensor.Tensor{u}, nil)[0]
}

// HVP returns f(in) and H·v for each input, where H is the Hessian of f, whose
// result has one element. It costs about two backward passes, and no Hessian.
//
//	shape:  v[i] as in[i], and so the results
//	panics: *tensor.Error for other shapes, and as Hessian does
//	source: torch.autograd.functional.hvp; Pearlmutter 1994, 10.1162/neco.1994.6.1.147
func HVP(f Func, v []*tensor.Tensor, in ...*tensor.Tensor) (y *tensor.Tensor, hvp []*tensor.Tensor) {
	x := leaves("hvp", f, in)
	v = along("hvp", v, x)
	y = scalar("hvp", f(x))
	g := gradients(y, x, nil, tensor.CreateGraph)
	return y.Detach(), gradients(dot(g, v), x, nil)
}

// leaves are inputs of their own on the data of in.
func leaves(op string, f Func, in []*tensor.Tensor) []*tensor.Tensor {
	switch {
	case f == nil:
		tensor.Misuse(op, errors.New("the function is nil"))
	case len(in) == 0:
		tensor.Misuse(op, errors.New("no inputs"))
	}
	x := make([]*tensor.Tensor, len(in))
	for i, t := range in {
		if t == nil {
			tensor.Misuse(op, fmt.Errorf("input %d is nil", i))
		}
		if !t.DType().IsFloat() {
			tensor.Misuse(op, fmt.Errorf("input %d is %v; want a floating-point dtype", i, t.DType()), t)
		}
		x[i] = t.Detach().RequireGrad()
	}
	return x
}

func scalar(op string, y *tensor.Tensor) *tensor.Tensor {
	if y.Len() != 1 {
		tensor.Misuse(op, fmt.Errorf("the function's result has %d elements; want one", y.Len()), y)
	}
	return y
}

// along checks one direction for each input, and takes off their marks.
func along(op string, v, x []*tensor.Tensor) []*tensor.Tensor {
	if len(v) != len(x) {
		tensor.Misuse(op, fmt.Errorf("%d directions for %d inputs; want one each", len(v), len(x)), x...)
	}
	out := make([]*tensor.Tensor, len(v))
	for i := range v {
		if !slices.Equal(v[i].Shape(), x[i].Shape()) {
			tensor.Misuse(op, fmt.Errorf("direction %d is unlike the input", i), v[i], x[i])
		}
		out[i] = v[i].Detach()
	}
	return out
}

// gradients of y, seeded with v, for x: zeros where y does not depend on it.
func gradients(y *tensor.Tensor, x []*tensor.Tensor, v *tensor.Tensor, opts ...tensor.BackwardOption) []*tensor.Tensor {
	g := make([]*tensor.Tensor, len(x))
	if y.IsNoGrad() {
		tensor.Misuse("autograd", errors.New("the function's result is marked NoGrad, by what it reads beside its inputs; Detach that"), y)
	}
	if y.RequiresGrad() {
		if v != nil {
			opts = append(opts, tensor.Seed(v))
		}
		g = tensor.Grad([]*tensor.Tensor{y}, x, append(opts, tensor.AllowUnused)...)
	}
	for i := range g {
		if g[i] == nil {
			g[i] = tensor.ZerosLike(x[i])
		}
	}
	return g
}

// dot is the sum of the products of all elements.
func dot(a, b []*tensor.Tensor) *tensor.Tensor {
	sum := a[0].Mul(b[0]).Sum()
	for i := 1; i < len(a); i++ {
		sum = sum.Add(a[i].Mul(b[i]).Sum())
	}
	return sum
}
