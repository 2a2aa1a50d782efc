package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Rounding keeps the dtype: integers are round already. Its gradient is 0.
// Bool panics with an *Error.

// Floor returns the largest integer not above each element of t.
//
//	dtype:  t's; integers are round already
//	panics: *Error for bool
//	source: torch.floor
func (t *Tensor) Floor() *Tensor { return t.rounded("floor", device.Floor) }

// Ceil returns the smallest integer not below each element of t.
//
//	dtype:  t's; integers are round already
//	panics: *Error for bool
//	source: torch.ceil
func (t *Tensor) Ceil() *Tensor { return t.rounded("ceil", device.Ceil) }

// Trunc returns each element of t without its fraction.
//
//	dtype:  t's; integers are round already
//	panics: *Error for bool
//	source: torch.trunc
func (t *Tensor) Trunc() *Tensor { return t.rounded("trunc", device.Trunc) }

// Round returns the integer nearest to each element of t, the even one of two.
//
//	dtype:  t's; integers are round already
//	panics: *Error for bool
//	source: torch.round
func (t *Tensor) Round() *Tensor { return t.rounded("round", device.Round) }

// RoundDecimals rounds to n decimals; a negative n rounds left of the point.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.round(decimals=n)
func (t *Tensor) RoundDecimals(n int) *Tensor {
	if err := wantFloat(t.DType()); err != nil {
		misuse("round", err, t)
	}
	scale := math.Pow(10, math.Abs(float64(n)))
	return Composed("round", func(in []*Tensor) *Tensor {
		if n < 0 {
			return in[0].DivScalar(scale).Round().MulScalar(scale)
		}
		return in[0].MulScalar(scale).Round().DivScalar(scale)
	}, t)
}

func (t *Tensor) rounded(name string, k device.Kernel) *Tensor {
	if t.DType().IsInt() {
		return t.Clone()
	}
	return Apply(roundOp{name: name, kernel: k}, t)
}

type roundOp struct {
	Elementwise
	name   string
	kernel device.Kernel
}

func (o roundOp) Name() string                { return o.name }
func (o roundOp) Kernel() device.Kernel       { return o.kernel }
func (roundOp) Reads() Reads                  { return Nothing }
func (roundOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{ZerosLike(dy)} }

// roundingEntry is the entry of one way to round.
func roundingEntry(name, method string, k device.Kernel, f func(*Tensor) *Tensor, ref func(float64) float64) Entry {
	return Entry{
		Name: name, Sig: name + "(input)", At: Here(), Ops: []any{roundOp{name: name, kernel: k}}, Go: []string{method},
		Call:    UnaryCall(f),
		Ref:     RefMap(func(x ...float64) float64 { return ref(x[0]) }),
		DTypes:  Numbers,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{In(6).With(-2.5, -1.5, -0.5, 0.5, 1.5, 3)}, NoGrad: true, Only: Floats}),
		Bad:     []Bad{{Args: []any{In(2).As(Bool)}, Want: "tensor: " + name + " [2]: cpu has no kernel for bool"}},
	}
}

func floorEntry() Entry {
	return roundingEntry("floor", "Floor", device.Floor, (*Tensor).Floor, math.Floor)
}
func ceilEntry() Entry { return roundingEntry("ceil", "Ceil", device.Ceil, (*Tensor).Ceil, math.Ceil) }
func truncEntry() Entry {
	return roundingEntry("trunc", "Trunc", device.Trunc, (*Tensor).Trunc, math.Trunc)
}

func roundEntry() Entry {
	e := roundingEntry("round", "Round", device.Round, (*Tensor).Round, math.RoundToEven)
	e.Sig = "round(input, *, decimals=0)"
	e.Go = append(e.Go, "RoundDecimals")
	e.Call = func(a *Args) []*Tensor {
		if n := a.Int("decimals"); n != 0 {
			return one(a.Tensor("input").RoundDecimals(n))
		}
		return one(a.Tensor("input").Round())
	}
	e.Ref = RefMap(func(x ...float64) float64 {
		scale := math.Pow(10, x[1])
		return math.RoundToEven(x[0]*scale) / scale
	})
	decimals := func(n int, a Arg) Sample {
		return Sample{Args: []any{a}, Kw: map[string]any{"decimals": n}, NoGrad: true, Only: []DType{Float32, Float64}}
	}
	e.Samples = append(e.Samples, decimals(1, In(3, 4)), decimals(-1, In(5).Within(-99, 99)), decimals(2, In()))
	e.Bad = append(e.Bad, Bad{
		Args: []any{In(2).As(Int64)}, Kw: map[string]any{"decimals": 1},
		Want: "tensor: round [2]: dtype int64; want a floating-point dtype",
	})
	return e
}
