package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// FloorDivide returns t / u rounded down, elementwise: -7 by 2 is -4. Its
// gradient is 0.
//
//	shape:  t and u broadcast
//	dtype:  promoted; integers stay integers
//	panics: *Error if an integer is divided by 0, or for bool
//	source: torch.floor_divide, torch.div(rounding_mode="floor")
func (t *Tensor) FloorDivide(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(floorDivideOp{}, t, u)
}

// FloorDivideScalar returns t / v rounded down for a Go number v; see
// [Tensor.FloorDivide].
func (t *Tensor) FloorDivideScalar(v any) *Tensor {
	t, u := promoteNumber("floor_divide", t, v)
	return Apply(floorDivideOp{}, t, u)
}

type floorDivideOp struct{ quotient }

func (floorDivideOp) Name() string          { return "floor_divide" }
func (floorDivideOp) Kernel() device.Kernel { return device.FloorDiv }

// refFloorDivide follows Python: the quotient is that of a without its
// remainder, which has the sign of b.
func refFloorDivide(a, b float64) float64 {
	if b == 0 {
		return a / b
	}
	m := math.Mod(a, b)
	q := math.Round((a - m) / b)
	if m != 0 && math.Signbit(m) != math.Signbit(b) {
		q--
	}
	return q
}

func floorDivideEntry() Entry {
	negative := Sample{Args: []any{In(40).Within(-9, 9), In(40).Within(-3, -0.5)}, NoGrad: true, Only: []DType{Float32, Float64, Int8, Int16, Int32, Int64}}
	e := Entry{
		Name: "floor_divide", Sig: "floor_divide(input, other)", At: Here(), Ops: []any{floorDivideOp{}},
		Go:      []string{"FloorDivide", "FloorDivideScalar"},
		Call:    func(a *Args) []*Tensor { return one(withOther(a, (*Tensor).FloorDivide, (*Tensor).FloorDivideScalar)) },
		Ref:     RefMap(func(x ...float64) float64 { return refFloorDivide(x[0], x[1]) }),
		DTypes:  Numbers,
		Samples: append(numberSamples(), negative, Sample{Args: []any{In(3), 2.5}, Only: Ints, Out: OutFloat}),
		Bad: append(BroadcastBad("floor_divide"),
			Bad{Args: []any{In(2).As(Bool), In(2).As(Bool)}, Want: "tensor: floor_divide [2], [2]: cpu has no kernel for bool"},
			Bad{Args: []any{In(2).As(Int32), 0}, Want: "tensor: floor_divide [2], []: an integer is divided by 0"}),
	}
	for _, s := range BinaryWithin(-9, 9, 0.5, 3) {
		s.NoGrad = true // a step: the difference of a step that is hit has no bound
		e.Samples = append(e.Samples, s)
	}
	return e
}
