package tensor

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// A PadOption says what Pad fills with; zeros without one.
type PadOption func(*padConfig)

type padConfig struct {
	mode  string
	value any
}

// PadValue pads with the number v.
func PadValue(v any) PadOption { return func(c *padConfig) { c.value = v } }

// PadReflect pads with the elements next to the edge, mirrored at it.
func PadReflect(c *padConfig) { c.mode = "reflect" }

// PadReplicate pads with the element at the edge.
func PadReplicate(c *padConfig) { c.mode = "replicate" }

// PadCircular pads with the elements from the other end.
func PadCircular(c *padConfig) { c.mode = "circular" }

// Pad makes t larger at its edges. The numbers come in pairs, before and after,
// for the last dim, then the one before it, and so on; negative ones cut off.
//
//	shape:  each dim grows by its pair
//	panics: *Error for an odd number of numbers, more pairs than dims, a dim that
//	becomes negative, PadReflect by as much as the dim, PadCircular by more
//	source: torch.nn.functional.pad, for any number of dims
func (t *Tensor) Pad(pad []int, opts ...PadOption) *Tensor {
	c := padConfig{mode: "constant", value: 0}
	for _, o := range opts {
		o(&c)
	}
	if t.known("pad"); len(pad)%2 != 0 || len(pad) > 2*t.Dim() {
		misuse("pad", fmt.Errorf("%d numbers; want two a dim, for at most %d dims", len(pad), t.Dim()), t)
	}
	var before, after [device.MaxRank]int
	for i := range len(pad) / 2 {
		d := t.Dim() - 1 - i
		before[d], after[d] = within(pad[2*i]), within(pad[2*i+1])
		if n := t.shape()[d]; n+before[d]+after[d] < 0 {
			misuse("pad", fmt.Errorf("dim %d of size %d would become %d", d, n, n+before[d]+after[d]), t)
		}
	}
	if c.mode == "constant" {
		v, _ := number("pad", c.value)
		return Apply(padOp{before, after, v}, t)
	}
	if _, err := (padOp{before: before, after: after}).Infer([]*Tensor{t}); err != nil {
		misuse("pad", err, t)
	}
	op := &edgePadOp{}
	changed := false
	for d := t.Dim() - 1; d >= 0; d-- {
		if before[d] != 0 || after[d] != 0 {
			op.at[d], changed = t.padding(c.mode, d, before[d], after[d]), true
		}
	}
	if !changed {
		return t.Contiguous().Clone()
	}
	return Apply(op, t)
}

// pad is Pad with zeros, dim by dim.
func (t *Tensor) pad(before, after [device.MaxRank]int) *Tensor {
	return Apply(padOp{before: before, after: after}, t)
}

// padOp pads with a constant. Its gradient cuts the padding off again, which
// is padding by the negative numbers.
type padOp struct {
	before, after [device.MaxRank]int
	value         device.Number
}

func (padOp) Name() string          { return "pad" }
func (padOp) Kernel() device.Kernel { return device.NoKernel }
func (padOp) Reads() Reads          { return Nothing }
func (o padOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	for i := range s.Shape() {
		s.Dim[i] += o.before[i] + o.after[i]
	}
	return shapeSpec(s.DType, s.Shape())
}
func (o padOp) Grad(c *Ctx, dy *Tensor) Grads {
	var back padOp
	for i := range o.before {
		back.before[i], back.after[i] = -o.before[i], -o.after[i]
	}
	return Grads{Apply(back, dy)}
}
func (o padOp) Body(in []*Tensor) *Tensor {
	spec, _ := o.Infer(in)
	y := in[0].fresh(&spec).fill(o.value)
	from, to := in[0], y
	for i, n := range in[0].shape() {
		lo, hi := max(0, -o.before[i]), n-max(0, -o.after[i])
		if hi <= lo {
			return y
		}
		from, to = from.Slice(i, lo, hi, 1), to.Narrow(i, lo+o.before[i], hi-lo)
	}
	to.copyFrom(from)
	return y
}

func padEntry() Entry {
	e := constantPadEntry()
	e.Name, e.Sig, e.At = "nn.functional.pad", "pad(input, pad, mode='constant', value=None)", Here()
	e.Go, e.Ops = []string{"Pad", "PadValue", "PadReflect", "PadReplicate", "PadCircular"}, []any{padOp{}, &edgePadOp{}, &edgePadGradOp{}}
	e.Call = func(a *Args) []*Tensor {
		opts := []PadOption{}
		switch a.Str("mode") {
		case "reflect":
			opts = append(opts, PadReflect)
		case "replicate":
			opts = append(opts, PadReplicate)
		case "circular":
			opts = append(opts, PadCircular)
		}
		if a.Has("value") {
			opts = append(opts, PadValue(a.Any("value")))
		}
		return one(a.Tensor("input").Pad(a.Ints("pad"), opts...))
	}
	for _, mode := range []string{"reflect", "replicate", "circular"} {
		for _, pad := range [][]int{{1, 2}, {-1, 2}, {2, -1}, {-1, -1}, {2, 1, 1, 0}, {0, 1, -1, 1, 1, 1}} {
			e.Samples = append(e.Samples, Sample{Args: []any{In(2, 3, 4), pad}, Kw: map[string]any{"mode": mode}})
		}
		e.Samples = append(e.Samples, Sample{Args: []any{In(0, 3), []int{1, 1}}, Kw: map[string]any{"mode": mode}})
	}
	bad := func(x Arg, pad []int, mode, want string) Bad {
		return Bad{Args: []any{x, pad, mode}, Want: "tensor: pad " + shapesText(x.Shape) + want}
	}
	e.Bad = append(e.Bad,
		bad(In(1, 4), []int{4, 0}, "reflect", "reflection by 4 and 0; want less than the size 4 of dim 1"),
		bad(In(1, 4), []int{math.MaxInt>>1 + 1, 0}, "replicate", "shape [1 144115188075855875] has too many elements"),
		bad(In(1, 4), []int{0, 5}, "circular", "circular padding by 0 and 5; want at most the size 4 of dim 1"),
		bad(In(2, 0), []int{1, 0}, "replicate", "an empty dim has nothing to pad with"))
	return e
}

func constantPadEntry() Entry {
	sample := func(shape, pad []int, value any) Sample {
		return Sample{Args: []any{In(shape...), pad}, Kw: map[string]any{"value": value}}
	}
	return Entry{
		Name: "constant_pad_nd", Sig: "constant_pad_nd(input, pad, value=0)", At: Here(), Ops: []any{padOp{}}, Go: []string{"Pad"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Pad(a.Ints("pad"), PadValue(a.Any("value"))))
		},
		Ref:    func(a *Args) []Array { return []Array{refPad(a)} },
		DTypes: AllDTypes,
		Samples: []Sample{
			sample([]int{}, []int{}, 1), sample([]int{1}, []int{1, 1}, 1), sample([]int{2, 3}, []int{1, 2}, 1), sample([]int{2, 3}, []int{0, 1, 2, 0}, 0),
			sample([]int{2, 3, 4}, []int{-1, 2, 1, -2}, 1), sample([]int{4}, []int{-2, -2}, 1), sample([]int{0, 3}, []int{1, 1, 0, 2}, 1),
			sample([]int{3}, []int{-4, 3}, 1), sample([]int{2, 2}, []int{1, 1, 1, 1}, 1),
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), []int{1}}, Want: "tensor: pad [2 3]: 1 numbers; want two a dim, for at most 2 dims"},
			{Args: []any{In(3), []int{1, 1, 1, 1}}, Want: "tensor: pad [3]: 4 numbers; want two a dim, for at most 1 dims"},
			{Args: []any{In(3), []int{math.MaxInt>>1 + 1, math.MaxInt>>1 + 1}}, Want: "tensor: pad [3]: shape [288230376151711745] has too many elements"},
			{Args: []any{In(2, 3), []int{-2, -2}}, Want: "tensor: pad [2 3]: dim 1 of size 3 would become -1"},
		},
	}
}

// refPad writes down, for each dim, which element each position shows.
func refPad(a *Args) Array {
	x, pad := a.Array("input"), a.Ints("pad")
	n := len(x.Shape)
	mode, _ := a.Any("mode").(string)
	from := make([][]int, n)
	shape := make([]int, n)
	for d, size := range x.Shape {
		before, after := 0, 0
		if i := n - 1 - d; i < len(pad)/2 {
			before, after = pad[2*i], pad[2*i+1]
		}
		from[d] = padList(mode, size, before, after)
		shape[d] = len(from[d])
	}
	out := NewArray(shape...)
	for p := range out.V {
		idx := out.Index(p)
		for d := range idx {
			idx[d] = from[d][idx[d]]
		}
		if inside(idx, x.Shape) {
			out.V[p] = x.At(idx...)
		} else if a.Has("value") {
			out.V[p] = a.Float("value")
		}
	}
	return out
}

// padList is the padded list 0 … n-1, with -1 for the constant.
func padList(mode string, n, before, after int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	cut := func() { list = list[max(0, -before) : len(list)-max(0, -after)] }
	if mode == "circular" {
		cut()
	}
	inner := list
	pick := func(replicate, reflect, circular int) int {
		switch mode {
		case "replicate":
			return replicate
		case "reflect":
			return reflect
		case "circular":
			return circular
		}
		return -1
	}
	at := func(i int) int {
		if i < 0 || i >= len(inner) {
			return -1
		}
		return inner[i]
	}
	for i := range max(0, before) {
		list = append([]int{pick(at(0), at(i+1), at(len(inner)-1-i))}, list...)
	}
	for i := range max(0, after) {
		list = append(list, pick(at(len(inner)-1), at(len(inner)-2-i), at(i)))
	}
	if mode != "circular" {
		cut()
	}
	return list
}
