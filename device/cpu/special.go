package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
	"github.com/facula-ml/facula/internal/specfun"
)

// special1 is the kernels of the functions of one element. They compute in
// float64, by shorter series for float32.
func special1() byDType {
	exp64 := or1(asm.F64.Exp, lift[float64](math.Exp))
	log32, log64 := or1(asm.F32.Log, lift[float32](specfun.Log)), or1(asm.F64.Log, lift[float64](specfun.Log))
	sin32 := or1(ofAngles(asm.F32.Sin, math.Sin), lift[float32](math.Sin))
	list := [device.NumFunctions]byDType{
		device.Erfc:        floats1(erfcRow(exp64, 1, 1), lift[float64](math.Erfc)),
		device.Ndtr:        floats1(erfcRow(exp64, -1/math.Sqrt2, 0.5), lift[float64](specfun.Ndtr)),
		device.Entr:        floats1(entr(log32), entr(log64)),
		device.Logit:       floats1(logit(&asm.F32, log32), logit(&asm.F64, log64)),
		device.Sinc:        floats1(sinc(sin32, math.Pi), lift[float64](specfun.Sinc)),
		device.SphericalJ0: floats1(sinc(sin32, 1), lift[float64](specfun.SphericalJ0)),
		device.Erfcx:       each1(specfun.Erfcx[float32], specfun.Erfcx[float64]),
		device.LogNdtr:     each1(specfun.LogNdtr[float32], specfun.LogNdtr[float64]),
		device.Digamma:     each1(specfun.Digamma[float32], specfun.Digamma[float64]),
		device.Trigamma:    each1(specfun.Trigamma[float32], specfun.Trigamma[float64]),
		device.I0:          each1(specfun.I0[float32], specfun.I0[float64]),
		device.I0e:         each1(specfun.I0e[float32], specfun.I0e[float64]),
		device.I1:          each1(specfun.I1[float32], specfun.I1[float64]),
		device.I1e:         each1(specfun.I1e[float32], specfun.I1e[float64]),
		device.K0:          each1(specfun.K0[float32], specfun.K0[float64]),
		device.K0e:         each1(specfun.K0e[float32], specfun.K0e[float64]),
		device.K1:          each1(specfun.K1[float32], specfun.K1[float64]),
		device.K1e:         each1(specfun.K1e[float32], specfun.K1e[float64]),
	}
	for k, f := range [device.NumFunctions]func(float64) float64{
		device.ErfInv: math.Erfinv, device.Ndtri: specfun.Ndtri, device.Lgamma: specfun.Lgamma,
		device.BesselJ0: specfun.J0, device.BesselJ1: specfun.J1, device.BesselY0: specfun.Y0, device.BesselY1: specfun.Y1,
		device.AiryAi: specfun.Airy,
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
		device.Zeta:       each2(specfun.Zeta[float32], specfun.Zeta[float64]),
		device.GammaP:     each2(specfun.GammaP[float32], specfun.GammaP[float64]),
		device.GammaQ:     each2(specfun.GammaQ[float32], specfun.GammaQ[float64]),
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

// each1 is a kernel of a function of one element in each precision.
func each1(f32 func(float32) float32, f64 func(float64) float64) byDType {
	return floats1(map1(f32), map1(f64))
}

// each2 is each1 for a function of two.
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

// inChunks calls f for parts of a row, with room for the values of a function
// that has a kernel of its own.
func inChunks[T, B float](f func(dst, a []T, b []B)) func(dst, a []T) {
	return func(dst, a []T) {
		var b [chunk]B
		for i := 0; i < len(dst); i += chunk {
			n := min(chunk, len(dst)-i)
			f(dst[i:i+n], a[i:i+n], b[:n])
		}
	}
}

// erfcRow is factor·erfc(scale·x).
func erfcRow(exp func(dst, a []float64), scale, factor float64) func(dst, a []float32) {
	return inChunks(func(dst, a []float32, b []float64) {
		for i, x := range a {
			u := scale * float64(x)
			b[i] = -u * u
		}
		exp(b, b)
		for i, x := range a {
			dst[i] = float32(factor * specfun.ErfcOf(scale*float64(x), b[i]))
		}
	})
}

// entr is -x·ln x, 0 at 0 and -Inf below.
func entr[T float](log func(dst, a []T)) func(dst, a []T) {
	return inChunks(func(dst, a, b []T) {
		log(b, a)
		for i, x := range a {
			switch {
			case x < 0:
				dst[i] = T(math.Inf(-1))
			case x == 0:
				dst[i] = 0
			default:
				dst[i] = -x * b[i]
			}
		}
	})
}

// logit is ln(x / (1-x)).
func logit[T float](k *simd.Kernels[T], log func(dst, a []T)) func(dst, a []T) {
	return inChunks(func(dst, a, b []T) {
		if k.NumberSub != nil {
			k.NumberSub(b, a, 1)
			k.Arith.Div(b, a, b)
			log(dst, b)
			return
		}
		for i, x := range a {
			b[i] = x / (1 - x)
		}
		log(dst, b)
	})
}

// sinc is sin(u)/u for u = scale·x, and 1 at 0. At Inf that of scale 1 is 0, any
// other NaN.
func sinc(sin func(dst, a []float32), scale float32) func(dst, a []float32) {
	return inChunks(func(dst, a, b []float32) {
		for i, x := range a {
			b[i] = scale * x
		}
		sin(b, b)
		for i, x := range a {
			switch {
			case x == 0:
				dst[i] = 1
			case scale == 1 && (x-x != 0 && x == x):
				dst[i] = 0
			default:
				dst[i] = b[i] / (scale * x)
			}
		}
	})
}
