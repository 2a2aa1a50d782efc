package tensor

import "github.com/facula-ml/facula/device"

// Flip returns a copy of t with the order of elements along the dims turned
// around.
//
//	panics: *Error if a dim is out of range or given twice
//	source: torch.flip
func (t *Tensor) Flip(dims ...int) *Tensor {
	if len(dims) == 0 {
		return t.Clone()
	}
	return Apply(flipOp{t.dims("flip", dims)}, t)
}

type flipOp struct{ dims device.Dims }

func (flipOp) Name() string                            { return "flip" }
func (flipOp) Kernel() device.Kernel                   { return device.NoKernel }
func (flipOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (flipOp) Reads() Reads                            { return Nothing }
func (o flipOp) Grad(c *Ctx, dy *Tensor) Grads         { return Grads{Apply(o, dy)} }

// Body copies from a view that walks backwards. Users never see one: a stride
// below 0 is for kernels only.
func (o flipOp) Body(in []*Tensor) *Tensor { return in[0].look(backwardsOp{o}).copyOf() }

type backwardsOp struct{ flipOp }

func (o backwardsOp) view(v *device.View) error {
	for i, d := range v.Shape() {
		if o.dims.Has(i) && d > 1 {
			v.Offset += (d - 1) * v.Stride[i]
			v.Stride[i] = -v.Stride[i]
		}
	}
	return nil
}
func (backwardsOp) grad(dy *Tensor, in *device.Spec) *Tensor { return nil } // never recorded

func flipEntry() Entry {
	return Entry{
		Name: "flip", Sig: "flip(input, *dims)", At: Here(), Go: []string{"Flip"}, Ops: []any{flipOp{}},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Flip(a.Ints("dims")...)) },
		Ref: refMove(func(a *Args, in Array) ([]int, func([]int) []int) {
			return in.Shape, func(i []int) []int {
				from := append([]int{}, i...)
				for _, d := range a.Ints("dims") {
					if n := len(i); n > 0 {
						d = wrap(d, n)
						from[d] = in.Shape[d] - 1 - i[d]
					}
				}
				return from
			}
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, 0), call([]int{1}, 0), call([]int{5}, 0), call([]int{2, 3}, []int{}), call([]int{2, 3, 4}, 0, -1), call([]int{2, 3, 4}, 1),
			call([]int{2, 0}, 0), call([]int{700, 3}, 0, 1),
		},
		Bad: []Bad{
			bad("tensor: flip [2 3]: dim 2 is out of range; want -2 to 1", []int{2, 3}, 2),
			bad("tensor: flip [2 3]: dim -2 is given twice", []int{2, 3}, 0, -2),
		},
	}
}
