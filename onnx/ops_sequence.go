package onnx

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// sequenceOps are those of sequences and optionals.
func sequenceOps() map[string]opFunc {
	return map[string]opFunc{
		"SequenceConstruct": func(c *call) []*Value {
			for i := range c.in {
				c.value(i)
			}
			return []*Value{NewSequence(slices.Clone(c.in)...)}
		},
		"SequenceEmpty":  func(c *call) []*Value { return []*Value{NewSequence()} },
		"SequenceLength": one(func(c *call) *tensor.Tensor { return tensor.Scalar(int64(len(c.sequence(0)))) }),
		"SequenceAt": func(c *call) []*Value {
			s := c.sequence(0)
			return []*Value{s[c.place(c.integer(1, 0), len(s))]}
		},
		"SequenceInsert": func(c *call) []*Value {
			s := c.sequence(0)
			i := len(s)
			if c.has(2) && c.integer(2, 0) != len(s) {
				i = c.place(c.integer(2, 0), len(s))
			}
			return []*Value{NewSequence(slices.Insert(slices.Clone(s), i, c.value(1))...)}
		},
		"SequenceErase": func(c *call) []*Value {
			s := c.sequence(0)
			i := c.place(c.integer(1, -1), len(s))
			return []*Value{NewSequence(slices.Delete(slices.Clone(s), i, i+1)...)}
		},
		"SplitToSequence":    opSplitToSequence,
		"ConcatFromSequence": opConcatFromSequence,
		"SequenceMap":        opSequenceMap,
		"Optional": func(c *call) []*Value {
			if !c.has(0) {
				return []*Value{none}
			}
			return []*Value{c.in[0]}
		},
		"OptionalHasElement": one(func(c *call) *tensor.Tensor {
			return tensor.Scalar(c.has(0) && c.in[0].Kind != KindNone)
		}),
		"OptionalGetElement": func(c *call) []*Value {
			if c.value(0).Kind == KindNone {
				c.failf("the optional is empty")
			}
			return []*Value{c.in[0]}
		},
	}
}

func (c *call) sequence(i int) []*Value {
	v := c.value(i)
	if v.Kind != KindSequence {
		c.failf("input %d is a %v; want a sequence", i, v)
	}
	return v.Sequence
}

// place is i, counted from the end if negative, in a sequence of n.
func (c *call) place(i, n int) int {
	if i < -n || i >= n {
		c.failf("position %d in a sequence of %d", i, n)
	}
	return (i + n) % n
}

func opConcatFromSequence(c *call) []*Value {
	s := c.sequence(0)
	if len(s) == 0 {
		c.failf("the sequence is empty")
	}
	in := make([]*tensor.Tensor, len(s))
	for i, v := range s {
		if in[i] = v.Tensor; in[i] == nil {
			c.failf("the sequence holds a %v; want tensors", v)
		}
	}
	rank := in[0].Dim()
	var y *tensor.Tensor
	if c.flag("new_axis", false) {
		y = tensor.Stack(c.axis(0, rank+1), in...)
	} else {
		y = tensor.Cat(c.axis(0, rank), in...)
	}
	return []*Value{typed(y, s[0].Elem)}
}

func opSplitToSequence(c *call) []*Value {
	x := c.x(0)
	dim := c.axis(0, x.Dim())
	n := x.Size(dim)
	var sizes []int
	switch {
	case !c.has(1):
		sizes = repeat(1, n)
	case c.x(1).Dim() == 0:
		each := c.integer(1, 1)
		if each < 1 {
			c.failf("parts of %d", each)
		}
		for left := n; left > 0; left -= each {
			sizes = append(sizes, min(each, left))
		}
	default:
		sizes = c.ints(1)
	}
	parts := c.split(x, sizes, dim, c.elem(0))
	if !c.has(1) && !c.flag("keepdims", true) {
		for i, v := range parts {
			parts[i] = typed(v.Tensor.Squeeze(dim), v.Elem)
		}
	}
	return []*Value{NewSequence(parts...)}
}

// opSequenceMap runs the body for each element of the first input; others that
// are sequences give their elements too.
func opSequenceMap(c *call) []*Value {
	n := len(c.sequence(0))
	out := make([]*Value, len(c.out))
	for i := range out {
		out[i] = NewSequence()
	}
	for k := range n {
		in := make([]*Value, len(c.in))
		for i := range in {
			if in[i] = c.value(i); in[i].Kind == KindSequence {
				in[i] = c.sequence(i)[c.place(k, len(c.sequence(i)))]
			}
		}
		got := c.subgraph("body", in...)
		if len(got) < len(out) {
			c.failf("the body has %d outputs; want %d", len(got), len(out))
		}
		for i := range out {
			out[i].Sequence = append(out[i].Sequence, got[i])
		}
	}
	return out
}
