package data

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Sample is one input with what a model should make of it.
type Sample struct {
	X    *tensor.Tensor
	Y    *tensor.Tensor   // nil where there is none
	More []*tensor.Tensor // further parts, such as a mask
}

// Batch is samples stacked along a new dim 0.
type Batch struct {
	X    *tensor.Tensor
	Y    *tensor.Tensor   // nil where the samples have none
	More []*tensor.Tensor // further parts, such as a mask
}

// Len returns the number of samples.
func (b Batch) Len() int { return b.X.Size(0) }

// To returns the batch on another device.
//
//	panics: *tensor.Error if the device runs out of memory
func (b Batch) To(dev device.Device) Batch {
	to := Batch{X: b.X.To(dev)}
	if b.Y != nil {
		to.Y = b.Y.To(dev)
	}
	for _, t := range b.More {
		to.More = append(to.More, t.To(dev))
	}
	return to
}

// Collate stacks samples. It returns an error when there is none, when they
// have no X or different parts, and when a part has different shapes or dtypes.
func Collate(samples []Sample) (Batch, error) {
	if len(samples) == 0 {
		return Batch{}, errors.New("data: no samples to stack")
	}
	first := samples[0]
	for i, s := range samples {
		if s.X == nil {
			return Batch{}, fmt.Errorf("data: place %d of the batch has no X", i)
		}
		if (s.Y == nil) != (first.Y == nil) || len(s.More) != len(first.More) {
			return Batch{}, fmt.Errorf("data: place %d of the batch has Y: %t and %d more; place 0 has Y: %t and %d",
				i, s.Y != nil, len(s.More), first.Y != nil, len(first.More))
		}
	}
	b := Batch{}
	err := tensor.Try(func() {
		b.X = stack(samples, func(s Sample) *tensor.Tensor { return s.X })
		if first.Y != nil {
			b.Y = stack(samples, func(s Sample) *tensor.Tensor { return s.Y })
		}
		for k := range first.More {
			b.More = append(b.More, stack(samples, func(s Sample) *tensor.Tensor { return s.More[k] }))
		}
	})
	if err != nil {
		return Batch{}, fmt.Errorf("data: samples do not stack: %w", err)
	}
	return b, nil
}

// stack stacks one part of the samples. Stack would promote dtypes, which for
// data is a mistake.
func stack(samples []Sample, part func(Sample) *tensor.Tensor) *tensor.Tensor {
	parts := make([]*tensor.Tensor, len(samples))
	for i, s := range samples {
		parts[i] = part(s)
		if want := parts[0].DType(); parts[i].DType() != want {
			tensor.Misuse("stack", fmt.Errorf("dtypes %v and %v, want equal", want, parts[i].DType()))
		}
	}
	return tensor.Stack(0, parts...)
}

// Tensors is a dataset of the rows of tensors: sample i is element i of dim 0
// of each. A loader gathers its batches with one IndexSelect per tensor.
type Tensors struct {
	parts []*tensor.Tensor
	n     int
}

// NewTensors returns the rows of xs, without copying them. The first tensor
// gives X of the samples, the second Y, any others More.
//
//	panics: *tensor.Error if there is no tensor, or one is nil or without
//	        dims, or they differ in the size of dim 0
func NewTensors(xs ...*tensor.Tensor) *Tensors {
	if len(xs) == 0 {
		tensor.Misuse("NewTensors", errors.New("no tensors, want one or more"))
	}
	for i, x := range xs {
		if x == nil {
			tensor.Misuse("NewTensors", fmt.Errorf("tensor %d is nil", i), xs...)
		}
	}
	for _, x := range xs {
		if x.Dim() == 0 || x.Size(0) != xs[0].Size(0) {
			tensor.Misuse("NewTensors", errors.New("want one or more dims, and the same size of dim 0"), xs...)
		}
	}
	return &Tensors{slices.Clone(xs), xs[0].Size(0)}
}

// Len returns the number of rows.
func (t *Tensors) Len() int { return t.n }

// At returns row i as views, or an error when there is none.
func (t *Tensors) At(i int) (Sample, error) {
	if err := checkIndex(i, t.n); err != nil {
		return Sample{}, err
	}
	b := t.each(func(x *tensor.Tensor) *tensor.Tensor { return x.Select(0, i) })
	return Sample(b), nil
}

// Batch returns a copy of the rows at indices, or an error when one of them
// does not exist.
func (t *Tensors) Batch(indices []int) (Batch, error) {
	wide := make([]int64, len(indices))
	for k, i := range indices {
		if err := checkIndex(i, t.n); err != nil {
			return Batch{}, err
		}
		wide[k] = int64(i)
	}
	index := tensor.Of(wide)
	return t.each(func(x *tensor.Tensor) *tensor.Tensor { return x.IndexSelect(0, index.To(x.Device())) }), nil
}

// each makes the parts of a batch from the tensors.
func (t *Tensors) each(f func(*tensor.Tensor) *tensor.Tensor) Batch {
	b := Batch{X: f(t.parts[0])}
	if len(t.parts) > 1 {
		b.Y = f(t.parts[1])
		for _, x := range t.parts[2:] {
			b.More = append(b.More, f(x))
		}
	}
	return b
}
