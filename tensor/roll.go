package tensor

import "github.com/facula-ml/facula/device"

// Roll returns a copy of t with the elements along dim moved on by shift; those
// that leave at the end come in again at the start. A negative shift moves them
// back.
//
//	panics: *Error if dim is out of range or t is a scalar
//	source: torch.roll for one dim
func (t *Tensor) Roll(shift, dim int) *Tensor {
	n := t.sizeToCut("roll", dim)
	return Apply(rollOp{mod(shift, max(n, 1)), n, t.dim("roll", dim)}, t)
}

type rollOp struct{ shift, size, dim int } // 0 <= shift < size, or size is 0

func (rollOp) Name() string                            { return "roll" }
func (rollOp) Kernel() device.Kernel                   { return device.NoKernel }
func (rollOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (rollOp) Reads() Reads                            { return Nothing }
func (o rollOp) Grad(c *Ctx, dy *Tensor) Grads         { return Grads{dy.Roll(-o.shift, o.dim)} }
func (o rollOp) Body(in []*Tensor) *Tensor {
	out := in[0].fresh(in[0].spec())
	stay := o.size - o.shift
	out.Narrow(o.dim, o.shift, stay).copyFrom(in[0].Narrow(o.dim, 0, stay))
	out.Narrow(o.dim, 0, o.shift).copyFrom(in[0].Narrow(o.dim, stay, o.shift))
	return out
}

func rollEntry() Entry {
	return Entry{
		Name: "roll", Sig: "roll(input, shifts, dims=None)", At: Here(), Go: []string{"Roll"}, Ops: []any{rollOp{}},
		Call: func(a *Args) []*Tensor {
			t, shifts, dims := a.Tensor("input"), a.Ints("shifts"), a.Ints("dims")
			if len(dims) == 0 && len(shifts) == 1 {
				return one(t.Flatten(0, -1).Roll(shifts[0], 0).Reshape(t.shape()...))
			}
			if len(dims) != len(shifts) || len(dims) == 0 {
				a.wrong("shifts", "one for each dim")
			}
			for i, d := range dims {
				t = t.Roll(shifts[i], d)
			}
			return one(t)
		},
		Ref: func(a *Args) []Array {
			in := a.Array("input")
			dims := a.Ints("dims")
			if len(dims) == 0 {
				n := len(in.V)
				flat := Array{[]int{n}, in.V}.moved([]int{n}, func(i []int) []int { return []int{mod(i[0]-a.Ints("shifts")[0], n)} })
				return []Array{{in.Shape, flat.V}}
			}
			return []Array{in.moved(in.Shape, func(i []int) []int {
				for k, d := range dims {
					d = wrap(d, len(i))
					i = with(i, d, mod(i[d]-a.Ints("shifts")[k], in.Shape[d]))
				}
				return i
			})}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, 1), call([]int{1}, 1, 0), call([]int{5}, 2, 0), call([]int{5}, -7, -1), call([]int{2, 3}, 4), call([]int{2, 3}, 0, 1),
			call([]int{2, 3, 4}, []int{1, 2, -1}, []int{0, -1, 2}), call([]int{2, 0}, 3, 1), call([]int{2, 0}, 1, 0),
		},
		Bad: []Bad{
			bad("tensor: roll [2]: dim 2 is out of range; want -1 to 0", []int{2}, 0, 2),
			bad("tensor: roll []: want at least one dim", nil, 0, 0),
		},
	}
}

// mod is the remainder with the sign of n, as Python's.
func mod(i, n int) int { return (i%n + n) % n }
