package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Expand returns a view of t in which dims of size 1 repeat without a copy.
// New dims may be added on the left; -1 keeps a dim.
//
//	panics: *Error if a dim other than 1 would change
//	source: torch.Tensor.expand
func (t *Tensor) Expand(shape ...int) *Tensor {
	full := append([]int(nil), shape...)
	pad := len(shape) - t.known("expand").Dim()
	for i := range full {
		if full[i] == -1 && i >= pad && pad >= 0 {
			full[i] = t.shape()[i-pad]
		}
	}
	spec, err := shapeSpec(t.DType(), full)
	if err != nil {
		misuse("expand", err, t)
	}
	return t.expandTo(&spec)
}

func (t *Tensor) expandTo(s *device.Spec) *Tensor { return t.see(&expandOp{*s}) }

type expandOp struct{ to device.Spec }

func (*expandOp) Name() string { return "expand" }
func (o *expandOp) view(v *device.View) error {
	pad := int(o.to.Rank) - int(v.Rank)
	if pad < 0 {
		return fmt.Errorf("%d dims do not expand to %v", v.Rank, o.to.Shape())
	}
	u := *v
	v.Spec, v.Stride = o.to, [device.MaxRank]int{}
	v.DType = u.DType
	for i := int(o.to.Rank) - 1; i >= 0; i-- {
		k := i - pad
		switch {
		case k < 0 && o.to.Dim[i] == 1 && i+1 < int(o.to.Rank):
			v.Stride[i] = v.Dim[i+1] * v.Stride[i+1] // as Unsqueeze would
		case k < 0:
		case u.Dim[k] == o.to.Dim[i]:
			v.Stride[i] = u.Stride[k]
		case u.Dim[k] != 1:
			return fmt.Errorf("dim %d is %d and does not expand to %d; only 1 does", k, u.Dim[k], o.to.Dim[i])
		}
	}
	return nil
}
func (o *expandOp) grad(dy *Tensor, in *device.Spec) *Tensor { return dy.sumTo(in) }

// ExpandAs is Expand to u's shape.
//
//	source: torch.Tensor.expand_as
func (t *Tensor) ExpandAs(u *Tensor) *Tensor { return t.Expand(u.known("expand_as").shape()...) }

// BroadcastTensors returns views of the tensors, expanded to the shape that
// they broadcast to.
//
//	panics: *Error if they do not broadcast
//	source: torch.broadcast_tensors
func BroadcastTensors(ts ...*Tensor) []*Tensor {
	var to device.Spec
	for _, t := range ts {
		s, err := broadcast(&to, t.known("broadcast_tensors").spec())
		if err != nil {
			misuse("broadcast_tensors", err, ts...)
		}
		to = s
	}
	out := make([]*Tensor, len(ts))
	for i, t := range ts {
		out[i] = t.expandTo(&to)
	}
	return out
}

// refExpand is the reference, where size gives the shape wanted.
func refExpand(size func(a *Args) []int) func(*Args) []Array {
	return refMove(func(a *Args, in Array) ([]int, func([]int) []int) {
		shape := append([]int{}, size(a)...)
		for i, k := len(shape)-1, len(in.Shape)-1; k >= 0; i, k = i-1, k-1 {
			if shape[i] == -1 {
				shape[i] = in.Shape[k]
			}
		}
		return shape, func(i []int) []int { return i } // Array.At repeats dims of size 1
	})
}

func expandEntry() Entry {
	return Entry{
		Name: "expand", Sig: "expand(input, *size, implicit=False)", At: Here(), Go: []string{"Expand"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").Expand(a.Ints("size")...)) },
		Ref:    refExpand(func(a *Args) []int { return a.Ints("size") }),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, []int{}), call(nil, 2, 3), call([]int{1}, 4), call([]int{1}, 0), call([]int{3}, 2, -1), call([]int{3, 1}, 3, 4),
			call([]int{2, 1, 3}, 4, -1, 5, 3), call([]int{2, 0}, 1, 2, 0), call([]int{1, 3}, 1, 1, 3),
		},
		Bad: []Bad{
			bad("tensor: expand [2 3]: dim 0 is 2 and does not expand to 4; only 1 does", []int{2, 3}, 4, 3),
			bad("tensor: expand [2 3]: 2 dims do not expand to [3]", []int{2, 3}, 3),
			bad("tensor: expand [2 3]: dim 0 is -1; want 0 or more", []int{2, 3}, -1, 2, 3),
		},
	}
}

func broadcastToEntry() Entry {
	e := expandEntry().as("broadcast_to")
	e.Sig = "broadcast_to(input, *size)"
	return e
}

func expandAsEntry() Entry {
	return Entry{
		Name: "expand_as", Sig: "expand_as(input, other)", At: Here(), Go: []string{"ExpandAs"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").ExpandAs(a.Tensor("other"))) },
		Ref:    refExpand(func(a *Args) []int { return a.Array("other").Shape }),
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), In(2, 3).As(Bool)}}, {Args: []any{In(1), In(1).As(Bool)}}, {Args: []any{In(3, 1), In(2, 3, 4).As(Bool)}},
			{Args: []any{In(1, 3), In(0, 3).As(Bool)}},
		},
		Bad: []Bad{{Args: []any{In(2), In(3)}, Want: "tensor: expand [2]: dim 0 is 2 and does not expand to 3; only 1 does"}},
	}
}

func broadcastTensorsEntry() Entry {
	return Entry{
		Name: "broadcast_tensors", Sig: "broadcast_tensors(*tensors)", At: Here(), Go: []string{"BroadcastTensors"},
		Call: func(a *Args) []*Tensor { return BroadcastTensors(a.Tensors("tensors")...) },
		Ref: func(a *Args) []Array {
			var out []Array
			var shape []int
			for _, x := range a.Arrays("tensors") {
				for len(shape) < len(x.Shape) {
					shape = append([]int{1}, shape...)
				}
				for i, d := range x.Shape {
					if k := i + len(shape) - len(x.Shape); d != 1 {
						shape[k] = d
					}
				}
			}
			for _, x := range a.Arrays("tensors") {
				out = append(out, x.moved(shape, func(i []int) []int { return i }))
			}
			return out
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), In(1)}}, {Args: []any{In(3)}}, {Args: []any{In(3), In(2, 1), In(4, 1, 1)}}, {Args: []any{In(2, 0), In(1)}},
		},
		Bad: BroadcastBad("broadcast_tensors"),
	}
}
