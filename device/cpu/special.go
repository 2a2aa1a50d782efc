package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
	"github.com/facula-ml/facula/internal/specfun"
)

// loops are what rows of specfun are made of.
var loops = &specfun.Loops{
	Exp: or1(asm.F64.Exp, lift[float64](math.Exp)), Log: or1(asm.F64.Log, lift[float64](specfun.Log)),
	Log1p: or1(asm.F64.Log1p, lift[float64](math.Log1p)), Horner: or2(asm.F64.Horner, specfun.Horner),
}

// special1 is the kernels of the functions of one element. They compute in
// float64, by shorter series for float32.
func special1() byDType {
	log32 := or1(asm.F32.Log, lift[float32](specfun.Log))
	sin32 := or1(ofAngles(asm.F32.Sin, math.Sin), lift[float32](math.Sin))
	return byFunction([device.NumFunctions]byDType{
		device.Erfc:        floats1(or1(asm.F32.Erfc, loops.ErfcRow(1, 1)), lift[float64](math.Erfc)),
		device.ErfInv:      fast1(nil, nil, math.Erfinv),
		device.Erfcx:       each1(specfun.Erfcx[float32], specfun.Erfcx[float64]),
		device.Ndtr:        floats1(or1(asm.F32.Ndtr, loops.ErfcRow(-1/math.Sqrt2, 0.5)), lift[float64](specfun.Ndtr)),
		device.LogNdtr:     floats1(loops.LogNdtrRow(), map1(specfun.LogNdtr[float64])),
		device.Ndtri:       floats1(loops.NdtriRow(), lift[float64](specfun.Ndtri)),
		device.Entr:        floats1(entr(log32), entr(loops.Log)),
		device.Logit:       floats1(logit(&asm.F32, log32), logit(&asm.F64, loops.Log)),
		device.Sinc:        floats1(sinc(sin32, math.Pi), lift[float64](specfun.Sinc)),
		device.SphericalJ0: floats1(sinc(sin32, 1), lift[float64](specfun.SphericalJ0)),
		device.Lgamma:      floats1(loops.LgammaRow(), lift[float64](specfun.Lgamma)),
		device.Digamma:     floats1(loops.DigammaRow(), map1(specfun.Digamma[float64])),
		device.Trigamma:    each1(specfun.Trigamma[float32], specfun.Trigamma[float64]),
		device.BesselJ0:    floats1(specfun.J0Row[float32](loops), specfun.J0Row[float64](loops)),
		device.BesselJ1:    floats1(specfun.J1Row[float32](loops), specfun.J1Row[float64](loops)),
		device.BesselY0:    floats1(specfun.Y0Row[float32](loops), specfun.Y0Row[float64](loops)),
		device.BesselY1:    floats1(specfun.Y1Row[float32](loops), specfun.Y1Row[float64](loops)),
		device.AiryAi:      fast1(nil, nil, specfun.Airy),
		device.I0:          floats1(or1(asm.F32.I0, map1(specfun.I0[float32])), map1(specfun.I0[float64])),
		device.I0e:         floats1(or1(asm.F32.I0e, map1(specfun.I0e[float32])), map1(specfun.I0e[float64])),
		device.I1:          floats1(or1(asm.F32.I1, map1(specfun.I1[float32])), map1(specfun.I1[float64])),
		device.I1e:         floats1(or1(asm.F32.I1e, map1(specfun.I1e[float32])), map1(specfun.I1e[float64])),
		device.K0:          each1(specfun.K0[float32], specfun.K0[float64]),
		device.K0e:         each1(specfun.K0e[float32], specfun.K0e[float64]),
		device.K1:          each1(specfun.K1[float32], specfun.K1[float64]),
		device.K1e:         each1(specfun.K1e[float32], specfun.K1e[float64]),
	})
}

// special2 is special1 for functions of two elements.
func special2() byDType {
	list := [device.NumFunctions]byDType{
		device.Zeta:   each2(specfun.Zeta[float32], specfun.Zeta[float64]),
		device.GammaP: floats2(loops.GammaRow(false), map2(specfun.GammaP[float64])),
		device.GammaQ: floats2(loops.GammaRow(true), map2(specfun.GammaQ[float64])),
	}
	families, families64 := specfun.Families[float32](), specfun.Families[float64]()
	for i := range families {
		list[device.ChebyshevT+device.Function(i)] = floats2(polynomials(&families[i], asm.F32.Recur), polynomials(&families64[i], asm.F64.Recur))
	}
	return byFunction(list)
}

// polynomials is the kernel of a family; without a loop for its recurrence, one
// element after the other.
func polynomials[T float](f *specfun.Family[T], recur specfun.Recur[T]) func(dst, x, n []T) {
	if recur == nil {
		return map2(f.One)
	}
	return f.Row(recur)
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
		sin(dst, b) // not in place: sin looks at its angles twice
		for i, x := range a {
			switch {
			case x == 0:
				dst[i] = 1
			case scale == 1 && (x-x != 0 && x == x):
				dst[i] = 0
			default:
				dst[i] /= b[i]
			}
		}
	})
}
