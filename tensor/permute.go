package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Permute returns a view of t with its dims in another order: dim i of the
// result is dim dims[i] of t.
//
//	panics: *Error unless dims names every dim of t once
//	source: torch.permute
func (t *Tensor) Permute(dims ...int) *Tensor {
	if len(dims) != t.known("permute").Dim() {
		misuse("permute", fmt.Errorf("%d dims are given; want all %d", len(dims), t.Dim()), t)
	}
	op := permuteOp{n: len(dims)}
	t.dims("permute", dims) // checks range and repetition
	for i, d := range dims {
		op.dims[i] = t.dim("permute", d)
	}
	return t.see(op)
}

// Transpose returns a view of t with two dims swapped.
//
//	panics: *Error if a dim is out of range
//	source: torch.transpose
func (t *Tensor) Transpose(a, b int) *Tensor {
	return t.see(transposeOp{t.dim("transpose", a), t.dim("transpose", b)})
}

// T returns a view of a matrix with its dims swapped. A vector or a scalar
// stays as it is.
//
//	shape:  [m, n] → [n, m]
//	panics: *Error if t has more than two dims
//	source: torch.t
func (t *Tensor) T() *Tensor {
	if t.known("t").Dim() > 2 {
		misuse("t", errors.New("want at most two dims; use Transpose"), t)
	}
	return t.Transpose(0, -1)
}

// MoveDim returns a view of t with dim from moved to position to; the other
// dims keep their order.
//
//	panics: *Error if a dim is out of range
//	source: torch.movedim
func (t *Tensor) MoveDim(from, to int) *Tensor { return t.moveDims([]int{from}, []int{to}) }

func (t *Tensor) moveDims(from, to []int) *Tensor {
	if len(from) != len(to) {
		misuse("movedim", fmt.Errorf("%d dims to %d places", len(from), len(to)), t)
	}
	if len(from) == 0 || t.Dim() == 0 {
		t.dims("movedim", from)
		t.dims("movedim", to)
		return t.Transpose(0, 0)
	}
	moved, taken := t.dims("movedim", from), t.dims("movedim", to)
	op := permuteOp{n: t.Dim()}
	for i := range from {
		op.dims[t.dim("movedim", to[i])] = t.dim("movedim", from[i])
	}
	next := 0
	for place := range op.n {
		if taken.Has(place) {
			continue
		}
		for moved.Has(next) {
			next++
		}
		op.dims[place] = next
		next++
	}
	return t.see(op)
}

// transposeOp is a permuteOp of two dims, and so common that it is small.
type transposeOp struct{ a, b int }

func (transposeOp) Name() string { return "transpose" }
func (o transposeOp) view(v *device.View) error {
	v.Dim[o.a], v.Dim[o.b] = v.Dim[o.b], v.Dim[o.a]
	v.Stride[o.a], v.Stride[o.b] = v.Stride[o.b], v.Stride[o.a]
	return nil
}
func (o transposeOp) grad(dy *Tensor, in *device.Spec) *Tensor { return dy.see(o) }

type permuteOp struct {
	dims [device.MaxRank]int
	n    int
}

func (permuteOp) Name() string { return "permute" }
func (o permuteOp) view(v *device.View) error {
	u := *v
	for i, d := range o.dims[:o.n] {
		v.Dim[i], v.Stride[i] = u.Dim[d], u.Stride[d]
	}
	return nil
}
func (o permuteOp) grad(dy *Tensor, in *device.Spec) *Tensor {
	back := permuteOp{n: o.n}
	for i, d := range o.dims[:o.n] {
		back.dims[d] = i
	}
	return dy.see(back)
}

// refOrder is the reference of a permutation: dim i of the result is dim
// order[i] of the input.
func refOrder(order func(a *Args, n int) []int) func(*Args) []Array {
	return refMove(func(a *Args, in Array) ([]int, func([]int) []int) {
		dims := order(a, len(in.Shape))
		shape := make([]int, len(dims))
		for i, d := range dims {
			shape[i] = in.Shape[wrap(d, len(dims))]
		}
		return shape, func(idx []int) []int {
			from := make([]int, len(dims))
			for i, d := range dims {
				from[wrap(d, len(dims))] = idx[i]
			}
			return from
		}
	})
}

func permuteEntry() Entry {
	return Entry{
		Name: "permute", Sig: "permute(input, *dims)", At: Here(), Go: []string{"Permute"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").Permute(a.Ints("dims")...)) },
		Ref:    refOrder(func(a *Args, n int) []int { return a.Ints("dims") }),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, []int{}), call([]int{1}, 0), call([]int{5}, -1), call([]int{2, 3}, 1, 0), call([]int{2, 3, 4}, []int{2, 0, 1}),
			call([]int{2, 3, 4}, -2, 2, 0), call([]int{2, 0, 3}, 1, 2, 0), call([]int{2, 1, 2, 1, 2}, 4, 3, 0, 2, 1),
		},
		Bad: []Bad{
			bad("tensor: permute [2 3]: 1 dims are given; want all 2", []int{2, 3}, 0),
			bad("tensor: permute [2 3]: dim -2 is given twice", []int{2, 3}, 0, -2),
			bad("tensor: permute [2 3]: dim 2 is out of range; want -2 to 1", []int{2, 3}, 0, 2),
		},
	}
}

func transposeEntry() Entry {
	return Entry{
		Name: "transpose", Sig: "transpose(input, dim0, dim1)", At: Here(), Go: []string{"Transpose"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Transpose(a.Int("dim0"), a.Int("dim1"))) },
		Ref: refOrder(func(a *Args, n int) []int {
			dims := make([]int, n)
			for i := range dims {
				dims[i] = i
			}
			if n > 0 {
				x, y := wrap(a.Int("dim0"), n), wrap(a.Int("dim1"), n)
				dims[x], dims[y] = y, x
			}
			return dims
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, 0, -1), call([]int{1}, 0, 0), call([]int{5}, 0, -1), call([]int{2, 3}, 0, 1), call([]int{2, 3, 4}, -1, 0),
			call([]int{2, 3, 4}, 1, 1), call([]int{2, 0}, 0, 1),
		},
		Bad: []Bad{bad("tensor: transpose [2 3]: dim 2 is out of range; want -2 to 1", []int{2, 3}, 0, 2)},
	}
}

func tEntry() Entry {
	return Entry{
		Name: "t", Sig: "t(input)", At: Here(), Go: []string{"T"},
		Call:    UnaryCall((*Tensor).T),
		Ref:     refOrder(func(_ *Args, n int) []int { return [][]int{{}, {0}, {1, 0}}[n] }),
		DTypes:  AllDTypes,
		Samples: []Sample{call(nil), call([]int{1}), call([]int{4}), call([]int{2, 3}), call([]int{0, 3}), call([]int{1, 1})},
		Bad:     []Bad{bad("tensor: t [2 3 4]: want at most two dims; use Transpose", []int{2, 3, 4})},
	}
}

func movedimEntry() Entry {
	return Entry{
		Name: "movedim", Sig: "movedim(input, source, destination)", At: Here(), Go: []string{"MoveDim"},
		Call: func(a *Args) []*Tensor {
			if from, ok := a.Any("source").(int); ok {
				return one(a.Tensor("input").MoveDim(from, a.Int("destination")))
			}
			return one(a.Tensor("input").moveDims(a.Ints("source"), a.Ints("destination")))
		},
		Ref: refOrder(func(a *Args, n int) []int {
			order := make([]int, n)
			var rest []int
			from, to := map[int]bool{}, map[int]bool{}
			for k, s := range a.Ints("source") {
				if n > 0 {
					s, d := wrap(s, n), wrap(a.Ints("destination")[k], n)
					order[d], from[s], to[d] = s, true, true
				}
			}
			for i := range n {
				if !from[i] {
					rest = append(rest, i)
				}
			}
			for i := range n {
				if !to[i] {
					order[i], rest = rest[0], rest[1:]
				}
			}
			return order
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, 0, -1), call([]int{1}, 0, 0), call([]int{2, 3, 4}, 0, -1), call([]int{2, 3, 4}, 2, 0), call([]int{2, 3, 4, 2}, 1, 2),
			call([]int{2, 3, 4, 2}, []int{3, 0}, []int{0, -1}), call([]int{2, 0}, 0, 1), call([]int{2, 3}, []int{}, []int{}),
		},
		Bad: []Bad{
			bad("tensor: movedim [2 3]: 2 dims to 1 places", []int{2, 3}, []int{0, 1}, []int{0}),
			bad("tensor: movedim [2 3]: dim -2 is given twice", []int{2, 3}, []int{0, -2}, []int{0, 1}),
			bad("tensor: movedim [2 3]: dim 2 is out of range; want -2 to 1", []int{2, 3}, 0, 2),
		},
	}
}

// capitalTEntry is the attribute T, for up to two dims.
func capitalTEntry() Entry {
	e := tEntry().as("T")
	e.Sig = "T(input)"
	return e
}
