package special

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// samples are tensors with values in [lo, hi).
func samples(lo, hi float64) (s []tensor.Sample) {
	for _, shape := range [][]int{{}, {1}, {5}, {2, 0}, {3, 4}, {70}} {
		s = append(s, tensor.Sample{Args: []any{tensor.In(shape...).Within(lo, hi)}})
	}
	return s
}

// A unaryRow is what the table says of a function of one element: where it is
// tried, which is where PyTorch has it to full precision, its values, and those at Inf, -Inf and, if zero is set, 0.
type unaryRow struct {
	f           device.Function
	name        string
	call        func(*tensor.Tensor) *tensor.Tensor
	lo, hi      float64
	ref         func(x float64) float64
	inf, negInf float64
	zero        *float64
}

func unaryRows() []unaryRow {
	inf, nan := math.Inf(1), math.NaN()
	at := func(v float64) *float64 { return &v }
	j := func(n float64) func(x float64) float64 { return func(x float64) float64 { return refJ(n, x) } }
	y := func(n float64) func(x float64) float64 { return func(x float64) float64 { return refY(n, x) } }
	i := func(n, scale float64) func(x float64) float64 {
		return func(x float64) float64 { return refI(n, x) * math.Exp(scale*math.Abs(x)) }
	}
	k := func(n, scale float64) func(x float64) float64 {
		return func(x float64) float64 {
			if x < 0 {
				return nan
			}
			return refK(n, x) * math.Exp(scale*x)
		}
	}
	return []unaryRow{
		{device.AiryAi, "AiryAi", AiryAi, -2, 4, refAiry, nan, nan, nil},
		{device.BesselJ0, "BesselJ0", BesselJ0, -1.75, 1.75, j(0), nan, nan, nil},
		{device.BesselJ1, "BesselJ1", BesselJ1, -1.75, 1.75, j(1), nan, nan, nil},
		{device.BesselY0, "BesselY0", BesselY0, 0.5, 1.75, y(0), nan, nan, at(-inf)},
		{device.BesselY1, "BesselY1", BesselY1, 0.5, 1.75, y(1), nan, nan, at(-inf)},
		{device.Digamma, "Digamma", Digamma, -2, 4, func(x float64) float64 { return refPolygamma(0, x) }, inf, nan, nil},
		{device.Entr, "Entr", Entr, 0, 4, func(x float64) float64 { return -x * math.Log(x) }, -inf, -inf, at(0)},
		{device.Erfc, "Erfc", Erfc, -3, 3, refErfc, 0, 2, nil},
		{device.Erfcx, "Erfcx", Erfcx, -2, 5, refErfcx, 0, inf, nil},
		{device.ErfInv, "ErfInv", ErfInv, -1, 1, refErfInv, nan, nan, nil},
		{device.I0, "I0", I0, -4, 12, i(0, 1), nan, nan, nil},
		{device.I0e, "I0e", I0e, -4, 12, i(0, 0), 0, 0, nil},
		{device.I1, "I1", I1, -4, 12, i(1, 1), nan, nan, nil},
		{device.I1e, "I1e", I1e, -4, 12, i(1, 0), 0, 0, nil},
		{device.K0, "ModifiedBesselK0", ModifiedBesselK0, 0.5, 6, k(0, -1), 0, nan, at(inf)},
		{device.K1, "ModifiedBesselK1", ModifiedBesselK1, 0.5, 6, k(1, -1), 0, nan, at(inf)},
		{device.K0e, "ScaledModifiedBesselK0", ScaledModifiedBesselK0, 0.5, 6, k(0, 0), 0, nan, at(inf)},
		{device.K1e, "ScaledModifiedBesselK1", ScaledModifiedBesselK1, 0.5, 6, k(1, 0), 0, nan, at(inf)},
		{device.Lgamma, "Lgamma", Lgamma, -2, 5, refLgamma, inf, inf, nil},
		{device.LogNdtr, "LogNdtr", LogNdtr, -4, 4, refLogNdtr, 0, -inf, nil},
		{device.Ndtr, "Ndtr", Ndtr, -4, 4, refNdtr, 1, 0, nil},
		{device.Ndtri, "Ndtri", Ndtri, 0, 1, refNdtri, nan, nan, nil},
		{device.Sinc, "Sinc", Sinc, -4, 4, func(x float64) float64 {
			return between(0, 1, func(t float64) float64 { return math.Cos(math.Pi * x * t) })
		}, nan, nan, nil},
		{device.SphericalJ0, "SphericalBesselJ0", SphericalBesselJ0, -1.75, 1.75, func(x float64) float64 {
			return between(0, 1, func(t float64) float64 { return math.Cos(x * t) })
		}, 0, 0, nil},
	}
}

// at is the row's reference with the values at the ends.
func (r unaryRow) at(x float64) float64 {
	switch {
	case x != x:
		return x
	case math.IsInf(x, 1):
		return r.inf
	case math.IsInf(x, -1):
		return r.negInf
	case x == 0 && r.zero != nil:
		return *r.zero
	}
	return r.ref(x)
}

func unaryEntries() (out []tensor.Entry) {
	for _, r := range unaryRows() {
		s := samples(r.lo, r.hi)
		for i := range s {
			s[i].NoGrad = unaryOp{f: r.f}.Reads() == tensor.NoGradient
		}
		out = append(out, tensor.Entry{
			Name: names[r.f], Sig: names[r.f] + "(input)", At: tensor.Here(), Ops: []any{unaryOp{f: r.f}}, Go: []string{r.name},
			Call:    tensor.UnaryCall(r.call),
			Ref:     tensor.RefMap(func(x ...float64) float64 { return r.at(x[0]) }),
			Out:     tensor.OutFloat,
			DTypes:  tensor.AllDTypes,
			Samples: s,
			Abs:     1, GradTol: 10, Grad2Tol: 100,
			Why: map[string]string{
				"errors": "every tensor has one",
				"tol":    "values near zeros are differences, and derivatives are of functions that are integrals themselves",
			},
		})
	}
	return out
}
