package fft

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/internal/fourier"
	"github.com/facula-ml/facula/internal/share"
	"github.com/facula-ml/facula/tensor"
)

// The ops have definitions, for devices without their kernels: each line alone.

// complexOp transforms pairs along a dim, counted without that of the pairs.
type complexOp struct {
	name  string
	dim   int
	sign  float64
	scale float64
}

func (o complexOp) Name() string        { return o.name }
func (complexOp) Kernel() device.Kernel { return device.FourierComplex }
func (o complexOp) Attr() any {
	return device.Fourier{Dim: o.dim, Backward: o.sign == backward, Scale: o.scale}
}
func (complexOp) Reads() tensor.Reads { return tensor.Nothing }
func (o complexOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return specOf(in[0], in[0].Shape()), nil
}

// The transform is symmetric, so its adjoint is its conjugate.
func (o complexOp) Grad(_ *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	o.sign = -o.sign
	return tensor.Grads{tensor.Apply(o, dy)}
}

func (o complexOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	x := in[0].MoveDim(o.dim, -2)
	if x.DType() == tensor.Float32 {
		x = complexLines[float32](x, o)
	} else {
		x = complexLines[float64](x, o)
	}
	return x.MoveDim(-2, o.dim).Contiguous()
}

func complexLines[T fourier.Float](x *tensor.Tensor, o complexOp) *tensor.Tensor {
	n, v := x.Size(-2), tensor.Slice[T](x)
	p := fourier.New[T](n, o.sign)
	each(len(v)/(2*n), n, p.Scratch(), func(i int, work []T) { p.Transform(v[2*n*i:2*n*(i+1)], work, T(o.scale)) })
	return tensor.FromSlice(v, x.Shape()).To(x.Device())
}

// forwardOp transforms real numbers along the last dim to the first half of their spectrum.
type forwardOp struct {
	name  string
	sign  float64
	scale float64
}

func (o forwardOp) Name() string        { return o.name }
func (forwardOp) Kernel() device.Kernel { return device.FourierReal }
func (o forwardOp) Attr() any           { return device.Fourier{Backward: o.sign == backward, Scale: o.scale} }
func (forwardOp) Reads() tensor.Reads   { return tensor.Nothing }
func (o forwardOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	shape := append(in[0].Shape(), 2)
	last := &shape[len(shape)-2]
	*last = *last/2 + 1
	return specOf(in[0], shape), nil
}

// The real part of the conjugate transform, of zeros beyond the half.
func (o forwardOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	dim := dy.Dim() - 2
	whole := resized(dy, dim, c.Shape(0)[dim])
	g := tensor.Apply(complexOp{name: o.name, dim: dim, sign: -o.sign, scale: o.scale}, whole)
	return tensor.Grads{g.Select(-1, 0)}
}

func (o forwardOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	if in[0].DType() == tensor.Float32 {
		return forwardLines[float32](in[0], o)
	}
	return forwardLines[float64](in[0], o)
}

func forwardLines[T fourier.Float](x *tensor.Tensor, o forwardOp) *tensor.Tensor {
	n, v := x.Size(-1), tensor.Slice[T](x)
	p, h := fourier.NewReal[T](n, o.sign), 2*(n/2+1)
	y := make([]T, len(v)/n*h)
	each(len(v)/n, n/2, p.Scratch(), func(i int, work []T) { p.Forward(y[h*i:h*(i+1)], v[n*i:n*(i+1)], work, T(o.scale)) })
	return tensor.FromSlice(y, append(x.Shape()[:x.Dim()-1], h/2, 2)).To(x.Device())
}

// backwardOp transforms, along the last dim, the first half of a spectrum to the n real numbers
// that have it.
type backwardOp struct {
	name  string
	n     int
	sign  float64
	scale float64
}

func (o backwardOp) Name() string        { return o.name }
func (backwardOp) Kernel() device.Kernel { return device.FourierHalf }
func (o backwardOp) Attr() any {
	return device.Fourier{N: o.n, Backward: o.sign == backward, Scale: o.scale}
}
func (backwardOp) Reads() tensor.Reads { return tensor.Nothing }
func (o backwardOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	shape := in[0].Shape()
	shape[len(shape)-2] = o.n
	return specOf(in[0], shape[:len(shape)-1]), nil
}

// A number of the half stands for itself and for its mirror image, if it has one.
func (o backwardOp) Grad(_ *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	g := tensor.Apply(forwardOp{name: o.name, sign: -o.sign, scale: o.scale}, dy)
	twice, dim := (o.n-1)/2, dy.Dim()-1
	if twice == 0 {
		return tensor.Grads{g}
	}
	parts := []*tensor.Tensor{g.Narrow(dim, 0, 1), g.Narrow(dim, 1, twice).MulScalar(2)}
	if rest := g.Size(dim) - 1 - twice; rest > 0 {
		parts = append(parts, g.Narrow(dim, 1+twice, rest))
	}
	return tensor.Grads{tensor.Cat(dim, parts...)}
}

func (o backwardOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	if in[0].DType() == tensor.Float32 {
		return backwardLines[float32](in[0], o)
	}
	return backwardLines[float64](in[0], o)
}

func backwardLines[T fourier.Float](x *tensor.Tensor, o backwardOp) *tensor.Tensor {
	v, h := tensor.Slice[T](x), 2*x.Size(-2)
	p := fourier.NewReal[T](o.n, o.sign)
	y := make([]T, len(v)/h*o.n)
	each(len(v)/h, o.n/2, p.Scratch(), func(i int, work []T) { p.Backward(y[o.n*i:o.n*(i+1)], v[h*i:h*(i+1)], work, T(o.scale)) })
	return tensor.FromSlice(y, append(x.Shape()[:x.Dim()-2], o.n)).To(x.Device())
}

// parallelWork is how many numbers are worth a second goroutine.
const parallelWork = 1 << 13

// each calls f for all lines, each of n numbers, with a buffer of its
// goroutine's own. Every line is computed alone, so the order does not matter.
func each[T fourier.Float](lines, n, scratch int, f func(i int, work []T)) {
	share.Loop(lines, min(tensor.NumThreads(), lines*n/parallelWork), func() func(int) {
		work := make([]T, scratch)
		return func(i int) { f(i, work) }
	})
}

// specOf is x's spec with another shape.
func specOf(x *tensor.Tensor, shape []int) device.Spec {
	s := device.Spec{DType: x.DType(), Rank: uint8(len(shape))}
	copy(s.Dim[:], shape)
	return s
}

// complexInput is a complex tensor in a dtype of transforms.
func complexInput(op string, x *tensor.Tensor) *tensor.Tensor {
	x = realInput(op, x)
	if x.Dim() == 0 || x.Size(-1) != 2 {
		tensor.Misuse(op, errors.New("want pairs, a last dim of size 2; Complex(x, nil) makes them of real numbers"), x)
	}
	return x
}

// realInput is x in a dtype of transforms: integers and bool become float32.
func realInput(op string, x *tensor.Tensor) *tensor.Tensor {
	if x == nil {
		tensor.Misuse(op, errors.New("input 0 is nil"))
	}
	switch d := x.DType(); {
	case !d.IsFloat():
		return x.Cast(tensor.Float32)
	case d != tensor.Float32 && d != tensor.Float64:
		tensor.Misuse(op, fmt.Errorf("dtype %v; want float32 or float64", d), x)
	}
	return x
}

// resized cuts x along dim to n, or adds zeros at its end.
func resized(x *tensor.Tensor, dim, n int) *tensor.Tensor {
	switch have := x.Size(dim); {
	case n < have:
		return x.Narrow(dim, 0, n)
	case n > have:
		shape := x.Shape()
		shape[dim] = n - have
		return tensor.Cat(dim, x, tensor.Make{DType: x.DType(), Device: x.Device()}.Zeros(shape...))
	}
	return x
}
