package linalg

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

func detEntry() tensor.Entry {
	e := entry("linalg.det", "det(A)", tensor.Here(), "linalg.Det")
	e.Ops = []any{detOp{}, getrfOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(Det(first(a))) }
	e.Ref = func(a *tensor.Args) []tensor.Array { return []tensor.Array{refScalars(firstArray(a), refDet)} }
	singular := tensor.In(2, 2, 2).With(1, 2, 2, 4, 1, 2, 3, 4)
	e.Samples = append(detSamples(), sample(singular), sample(tensor.In(3, 3).With(1, 2, 3, 0, 1, 4, 1, 3, 7)))
	e.Bad = squareBad("linalg.det")
	return e
}

func detSamples() []tensor.Sample {
	return []tensor.Sample{sample(mat(3, 3)), sample(mat(2, 2, 2)), sample(mat(1, 1)), sample(mat(0, 0)), sample(mat(0, 2, 2))}
}

func slogdetEntry() tensor.Entry {
	e := entry("linalg.slogdet", "slogdet(A)", tensor.Here(), "linalg.SLogDet")
	e.Ops = []any{slogdetOp{}, getrfOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		s, l := SLogDet(first(a))
		return []*tensor.Tensor{s, l}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		sign := func(m rows) float64 {
			d := refDet(m)
			if d == 0 {
				return 0
			}
			return math.Copysign(1, d)
		}
		return []tensor.Array{refScalars(firstArray(a), sign), refScalars(firstArray(a), func(m rows) float64 { return math.Log(math.Abs(refDet(m))) })}
	}
	e.Samples = append(detSamples(), sample(tensor.In(2, 2).With(1, 2, 3, 4)))
	e.Bad = squareBad("linalg.slogdet")
	return e
}

func logdetEntry() tensor.Entry {
	e := entry("logdet", "logdet(input)", tensor.Here(), "linalg.LogDet")
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return one(LogDet(first(a))) }
	e.Ref = func(a *tensor.Args) []tensor.Array {
		return []tensor.Array{refScalars(firstArray(a), func(m rows) float64 { return math.Log(refDet(m)) })}
	}
	negative := sample(tensor.In(2, 2).With(1, 2, 3, 4))
	negative.NoGrad = true
	e.Samples = append(detSamples(), negative)
	e.Bad = squareBad("linalg.slogdet")
	return e
}
