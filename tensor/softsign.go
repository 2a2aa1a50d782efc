package tensor

import "math"

// Softsign returns x / (1 + |x|) for each element x of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.nn.functional.softsign
func (t *Tensor) Softsign() *Tensor {
	t = t.floating()
	return t.Div(t.Abs().AddScalar(1))
}

func softsignEntry() Entry {
	return Entry{
		Name: "nn.functional.softsign", Sig: "softsign(input)", At: Here(), Go: []string{"Softsign"},
		Call:    UnaryCall((*Tensor).Softsign),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] / (1 + math.Abs(x[0])) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "every tensor has a softsign"},
	}
}
