package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// AdaptiveMaxPool1d is AdaptiveMaxPool2d for signals [n, c, length].
//
//	shape:  [n, c, l] → [n, c, size]; without n for one signal
//	source: torch.nn.functional.adaptive_max_pool1d
func (t *Tensor) AdaptiveMaxPool1d(size ...int) *Tensor { return t.adaptiveMaxPool(1, size)[0] }

// AdaptiveMaxPool2d returns images of the given size, whatever t's is: element
// i of a dim of n is the largest of the elements ⌊i·n/size⌋ to ⌈(i+1)·n/size⌉;
// NaN is larger than any number. One size is for both dims; -1 leaves a dim as
// it is.
//
//	shape:  [n, c, h, w] → [n, c, size...]; without n for one image
//	dtype:  any number
//	panics: *Error for other shapes, and images without elements
//	source: torch.nn.functional.adaptive_max_pool2d
func (t *Tensor) AdaptiveMaxPool2d(size ...int) *Tensor { return t.adaptiveMaxPool(2, size)[0] }

// AdaptiveMaxPool3d is AdaptiveMaxPool2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w] → [n, c, size...]; without n for one volume
//	source: torch.nn.functional.adaptive_max_pool3d
func (t *Tensor) AdaptiveMaxPool3d(size ...int) *Tensor { return t.adaptiveMaxPool(3, size)[0] }

// AdaptiveMaxPool1dWithIndices is AdaptiveMaxPool2dWithIndices for signals.
//
//	source: torch.nn.functional.adaptive_max_pool1d_with_indices
func (t *Tensor) AdaptiveMaxPool1dWithIndices(size ...int) (y, index *Tensor) {
	out := t.adaptiveMaxPool(1, size)
	return out[0], out[1]
}

// AdaptiveMaxPool2dWithIndices is AdaptiveMaxPool2d, and where each maximum was
// found, as [Tensor.MaxPool2dWithIndices] says it.
//
//	source: torch.nn.functional.adaptive_max_pool2d_with_indices
func (t *Tensor) AdaptiveMaxPool2dWithIndices(size ...int) (y, index *Tensor) {
	out := t.adaptiveMaxPool(2, size)
	return out[0], out[1]
}

// AdaptiveMaxPool3dWithIndices is AdaptiveMaxPool2dWithIndices for volumes.
//
//	source: torch.nn.functional.adaptive_max_pool3d_with_indices
func (t *Tensor) AdaptiveMaxPool3dWithIndices(size ...int) (y, index *Tensor) {
	out := t.adaptiveMaxPool(3, size)
	return out[0], out[1]
}

func (t *Tensor) adaptiveMaxPool(dims int, size []int) []*Tensor {
	o := t.adaptive("max", dims, size)
	out := t.batched(dims, func(t *Tensor) []*Tensor { return ApplyMulti(&adaptiveMaxOp{o}, t) })
	out[0], out[1] = out[0].laidOutAs(t, dims), out[1].laidOutAs(t, dims)
	return out
}

type adaptiveMaxOp struct{ adaptive }

func (*adaptiveMaxOp) Kernel() device.Kernel { return device.MaxPool }
func (*adaptiveMaxOp) Reads() Reads          { return Out1 }
func (o *adaptiveMaxOp) Infer(in []*Tensor) ([]device.Spec, error) {
	y, err := o.result(in[0].spec())
	index := y
	index.DType = Int64
	return []device.Spec{y, index}, err
}
func (o *adaptiveMaxOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&maxPoolGradOp{*c.spec(0)}, dy, c.Out(1))}
}

func adaptiveMaxPool1dEntry() Entry { e := adaptiveMaxPoolEntry(1); e.At = Here(); return e }
func adaptiveMaxPool2dEntry() Entry { e := adaptiveMaxPoolEntry(2); e.At = Here(); return e }
func adaptiveMaxPool3dEntry() Entry { e := adaptiveMaxPoolEntry(3); e.At = Here(); return e }

func adaptiveMaxPoolEntry(dims int) Entry {
	e := adaptiveAvgPoolEntry(dims)
	name := fmt.Sprintf("adaptive_max_pool%dd", dims)
	e.Name, e.Sig = "nn.functional."+name, name+"(input, output_size, return_indices=False)"
	e.Go = []string{fmt.Sprintf("AdaptiveMaxPool%dd", dims), fmt.Sprintf("AdaptiveMaxPool%ddWithIndices", dims)}
	e.Ops, e.Out, e.DTypes = []any{&adaptiveMaxOp{}, &maxPoolGradOp{}}, OutIndexed, Numbers
	e.Call = func(a *Args) []*Tensor {
		out := a.Tensor("input").adaptiveMaxPool(dims, adaptiveSizes(a))
		if !a.Bool("return_indices") {
			return out[:1]
		}
		return out
	}
	e.Ref = func(a *Args) []Array {
		y, index := refAdaptiveMax(a.Array("input"), perDim(adaptiveSizes(a), dims))
		if !a.Bool("return_indices") {
			return []Array{y}
		}
		return []Array{y, index}
	}
	for i := range e.Samples {
		e.Samples[i].Args = append([]any{e.Samples[i].Args[0].(Arg).Distinct()}, e.Samples[i].Args[1], i%2 == 0)
	}
	e.Samples = append(e.Samples, Sample{Args: []any{In(cube(dims, 2, 1, 1)...).With(make([]float64, 1<<dims)...), 1, true}, NoGrad: true})
	bad := e.Bad
	e.Bad = nil
	for _, b := range bad {
		if b.Args[0].(Arg).DType == 0 {
			b.Want = "tensor: " + name + b.Want[len("tensor: "+name):]
			e.Bad = append(e.Bad, b)
		}
	}
	return e
}

// refAdaptiveMax takes the first of equal maxima, and the last NaN.
func refAdaptiveMax(x Array, size []int) (y, index Array) {
	lead := len(x.Shape) - len(size)
	out := append([]int{}, x.Shape...)
	for i, n := range size {
		if n >= 0 {
			out[lead+i] = n
		}
	}
	y, index = NewArray(out...), NewArray(out...)
	image := volumeOf(x.Shape[lead:])
	for p := range y.V {
		to, found := y.Index(p), false
		for q, v := range x.V {
			from := x.Index(q)
			in := true
			for d := range from {
				lo, hi := adaptiveWindow(to[d], x.Shape[d], out[d])
				in = in && from[d] >= lo && from[d] < hi
			}
			if in && (!found || v > y.V[p] || v != v) {
				y.V[p], index.V[p], found = v, float64(q%image), true
			}
		}
	}
	return y, index
}
