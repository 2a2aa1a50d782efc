package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/internal/specfun"
)

// special1 is the kernels of the functions of one element, in float64 but for
// those where PyTorch's float32 shows.
func special1() byDType {
	list := [device.NumFunctions]byDType{
		device.Erfcx:    floats1(map1(specfun.Erfcx[float32]), map1(specfun.Erfcx[float64])),
		device.Trigamma: floats1(map1(specfun.Trigamma[float32]), map1(specfun.Trigamma[float64])),
	}
	for k, f := range [device.NumFunctions]func(float64) float64{
		device.Erfc: math.Erfc, device.ErfInv: math.Erfinv,
		device.Ndtr: specfun.Ndtr, device.LogNdtr: specfun.LogNdtr, device.Ndtri: specfun.Ndtri,
		device.Lgamma: specfun.Lgamma, device.Digamma: specfun.Digamma,
		device.Logit: specfun.Logit, device.Entr: specfun.Entr, device.Sinc: specfun.Sinc,
		device.BesselJ0: specfun.J0, device.BesselJ1: specfun.J1, device.BesselY0: specfun.Y0, device.BesselY1: specfun.Y1,
		device.I0: specfun.I0, device.I0e: specfun.I0e, device.I1: specfun.I1, device.I1e: specfun.I1e,
		device.K0: specfun.K0, device.K0e: specfun.K0e, device.K1: specfun.K1, device.K1e: specfun.K1e,
		device.SphericalJ0: specfun.SphericalJ0, device.AiryAi: specfun.Airy,
	} {
		if f != nil {
			list[k] = fast1(nil, nil, f)
		}
	}
	return byFunction(list)
}

// special2 is special1 for functions of two elements.
func special2() byDType {
	return byFunction([device.NumFunctions]byDType{
		device.GammaP:     fast2(nil, nil, specfun.GammaP),
		device.GammaQ:     fast2(nil, nil, specfun.GammaQ),
		device.Zeta:       fast2(nil, nil, specfun.Zeta),
		device.ChebyshevT: each2(specfun.ChebyshevT[float32], specfun.ChebyshevT[float64]),
		device.ChebyshevU: each2(specfun.ChebyshevU[float32], specfun.ChebyshevU[float64]),
		device.ChebyshevV: each2(specfun.ChebyshevV[float32], specfun.ChebyshevV[float64]),
		device.ChebyshevW: each2(specfun.ChebyshevW[float32], specfun.ChebyshevW[float64]),
		device.ShiftedT:   each2(specfun.ShiftedT[float32], specfun.ShiftedT[float64]),
		device.ShiftedU:   each2(specfun.ShiftedU[float32], specfun.ShiftedU[float64]),
		device.ShiftedV:   each2(specfun.ShiftedV[float32], specfun.ShiftedV[float64]),
		device.ShiftedW:   each2(specfun.ShiftedW[float32], specfun.ShiftedW[float64]),
		device.HermiteH:   each2(specfun.HermiteH[float32], specfun.HermiteH[float64]),
		device.HermiteHe:  each2(specfun.HermiteHe[float32], specfun.HermiteHe[float64]),
		device.LaguerreL:  each2(specfun.Laguerre[float32], specfun.Laguerre[float64]),
		device.LegendreP:  each2(specfun.Legendre[float32], specfun.Legendre[float64]),
	})
}

// each2 is a kernel of a function of two in each precision.
func each2(f32 func(a, b float32) float32, f64 func(a, b float64) float64) byDType {
	return floats2(map2(f32), map2(f64))
}

// map2 is map1 for a function of two.
func map2[T any](f func(a, b T) T) func(dst, a, b []T) {
	return func(dst, a, b []T) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = f(a[i], b[i])
		}
	}
}

// byFunction is a row of kernels whose attribute chooses one of the list.
func byFunction(list [device.NumFunctions]byDType) (t byDType) {
	for _, d := range []device.DType{device.Float32, device.Float64, device.Float16, device.BFloat16} {
		t[d] = func(c device.Call) error { return list[c.Attr.(device.Function)][d](c) }
	}
	return t
}
