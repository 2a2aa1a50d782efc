package tensor

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// Logspace returns base to the power of steps exponents from start to end, both
// included, evenly apart. For an integer dtype the two are cut towards zero
// first, and so is each value.
//
//	panics: *Error if steps < 0
//	source: torch.logspace
func (m Make) Logspace(start, end float64, steps int, base float64) *Tensor {
	if steps < 0 || steps > maxElements {
		misuse("logspace", fmt.Errorf("%d steps; want 0 or more, and fewer than there is memory", steps))
	}
	whole := m.DType.IsInt()
	if whole {
		start, end = math.Trunc(start), math.Trunc(end)
	}
	exponents := Make{DType: Float64}.Linspace(start, end, steps)
	v := scalarOf(exponents.b.dev, Float64, device.Number{F: base, Float: true}).Pow(exponents)
	if whole {
		v = v.Cast(Float32) // as in PyTorch: 9.9999999 is 10
	}
	exponents.Free()
	out := v.To(m.device()).Cast(m.dtype(Float32))
	if !out.SameStorage(v) {
		v.Free()
	}
	return out
}

// Logspace is Make{}.Logspace.
func Logspace(start, end float64, steps int, base float64) *Tensor {
	return Make{}.Logspace(start, end, steps, base)
}

func logspaceEntry() Entry {
	return Entry{
		Name: "logspace", Sig: "logspace(start, end, steps, base=10.0, *, " + makeSig + ")", At: Here(), Go: []string{"Logspace"},
		Call: func(a *Args) []*Tensor {
			return a.made(a.maker().Logspace(a.Float("start"), a.Float("end"), a.Int("steps"), a.Float("base")))
		},
		Ref: refFill(func(a *Args) []int { return []int{a.Int("steps")} }, func(a *Args, i []int) float64 {
			x, y, n := a.Float("start"), a.Float("end"), float64(max(a.Int("steps")-1, 1))
			if a.DType("dtype").IsInt() {
				x, y = math.Trunc(x), math.Trunc(y)
			}
			v := math.Pow(a.Float("base"), (x*(n-float64(i[0]))+y*float64(i[0]))/n)
			if r := math.Round(v); math.Abs(v-r) < 1e-9 {
				return r
			}
			return v
		}),
		Samples: []Sample{
			untyped(Float32, 0, 2, 3), untyped(Float32, -2, 1.5, 7), typed(Float64, 0, 3, 4, 2.0), typed(Float64, 2, 5, 1), untyped(Float32, 0, 1, 0), typed(Int64, 0, 4, 5, 3.0),
			typed(Int64, 0.9, 2.9, 4), typed(BFloat16, 0, 2, 3), typed(Float64, 0, 2, 3, -2.0),
		},
		Bad: []Bad{{Args: []any{0, 3, -1}, Want: "tensor: logspace: -1 steps; want 0 or more, and fewer than there is memory"}},
		Why: whySource(),
	}
}
