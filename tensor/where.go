package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Where returns a where cond holds, and b elsewhere.
//
//	shape:  cond, a and b broadcast
//	dtype:  cond bool; a and b are promoted
//	panics: *Error if cond is not bool
//	source: torch.where
func Where(cond, a, b *Tensor) *Tensor {
	a, b = promote(a, b)
	return Apply(whereOp{}, a, b, cond)
}

type whereOp struct{}

func (whereOp) Name() string          { return "where" }
func (whereOp) Kernel() device.Kernel { return device.Where }
func (whereOp) Reads() Reads          { return In2 }
func (whereOp) Infer(in []*Tensor) (device.Spec, error) {
	s, err := Elementwise{}.Infer(in[:2])
	if err != nil {
		return s, err
	}
	if in[2].DType() != Bool {
		return s, fmt.Errorf("the condition is %v; want bool", in[2].DType())
	}
	d := s.DType
	s, err = broadcast(&s, in[2].spec())
	s.DType = d
	return s, err
}
func (whereOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	zero := scalarOf(dy.b.dev, dy.DType(), device.Number{})
	if c.Needs(0) {
		g[0] = Where(c.In(2), dy, zero)
	}
	if c.Needs(1) {
		g[1] = Where(c.In(2), zero, dy)
	}
	return g
}

func whereEntry() Entry {
	// The corpus calls it as the method: input.where(condition, other).
	cond := func(shape ...int) Arg { return In(shape...).As(Bool) }
	return Entry{
		Name: "where", Sig: "where(input, condition, other)", At: Here(), Ops: []any{whereOp{}}, Go: []string{"Where"},
		Call: func(a *Args) []*Tensor {
			return one(Where(a.Tensor("condition"), a.Tensor("input"), a.Tensor("other")))
		},
		Ref: RefMap(func(x ...float64) float64 {
			if x[1] != 0 {
				return x[0]
			}
			return x[2]
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), cond(), In()}}, {Args: []any{In(1), cond(1), In(1)}}, {Args: []any{In(2, 3), cond(2, 3), In(2, 3)}},
			{Args: []any{In(2, 1), cond(3), In()}}, {Args: []any{In(1), cond(2, 0), In(2, 1)}}, {Args: []any{In(700), cond(700), In(1)}}, {Args: []any{In(), cond(2, 3), In(3)}},
		},
		Bad: []Bad{
			{Args: []any{In(2), In(2).As(Int64), In(2)}, Want: "tensor: where [2], [2], [2]: the condition is int64; want bool"},
			{Args: []any{In(2), cond(3), In(2)}, Want: "tensor: where [2], [2], [3]: dim -1 is 2 and 3; want equal, or one of them 1"},
		},
	}
}
