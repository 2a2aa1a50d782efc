package tensor

import "math"

// Deg2Rad turns degrees into radians: t·π/180.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.deg2rad
func (t *Tensor) Deg2Rad() *Tensor { return t.floating().MulScalar(math.Pi / 180) }

// Rad2Deg turns radians into degrees: t·180/π.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.rad2deg
func (t *Tensor) Rad2Deg() *Tensor { return t.floating().MulScalar(180 / math.Pi) }

func deg2RadEntry() Entry {
	return scaleEntry("deg2rad", "Deg2Rad", Here(), (*Tensor).Deg2Rad, math.Pi/180)
}

func rad2DegEntry() Entry {
	return scaleEntry("rad2deg", "Rad2Deg", Here(), (*Tensor).Rad2Deg, 180/math.Pi)
}

func scaleEntry(name, method, at string, f func(*Tensor) *Tensor, by float64) Entry {
	return Entry{
		Name: name, Sig: name + "(input)", At: at, Go: []string{method}, Ops: []any{mulOp{}},
		Call:    UnaryCall(f),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] * by }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-4, 4),
		Why:     map[string]string{"errors": "takes every tensor"},
	}
}
