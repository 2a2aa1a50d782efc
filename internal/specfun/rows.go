package specfun

import (
	"math"
	"sync"
)

// Loops are what a machine does fast with many numbers at once: the functions of
// a row are made of them. Horner is Σ c[k]·a^(len(c)-1-k); dst may be an input.
type Loops struct {
	Exp, Log, Log1p func(dst, a []float64)
	Horner          func(dst, a, c []float64)
}

// block is how many elements a row takes at a time, so that what they are made
// of stays in the first-level cache.
const block = 256

// A room is space for a block.
type room [5][block]float64

var rooms = sync.Pool{New: func() any { return new(room) }}

// A Row is a function of each element of a row.
type Row[T real] func(dst, a []T)

// inBlocks makes a row of a function of blocks, whose slices have one length.
func inBlocks[T real](f func(w *room, dst, a []T)) Row[T] {
	return func(dst, a []T) {
		w := rooms.Get().(*room)
		for n := 0; len(dst) > 0; dst, a = dst[n:], a[n:] {
			n = min(block, len(dst))
			f(w, dst[:n], a[:n])
		}
		rooms.Put(w)
	}
}

// signBit is 1 where x is negative, -0 or such a NaN.
func signBit(x float64) uint64 { return math.Float64bits(x) >> 63 }

// ErfcRow is factor·erfc(scale·x).
func (l *Loops) ErfcRow(scale, factor float64) Row[float32] {
	sign, from := [2]float64{1, -1}, [2]float64{0, 2 * factor} // a branch for signs at random takes longer
	return inBlocks(func(w *room, dst, a []float32) {
		e, q := w[0][:len(dst)], w[1][:len(dst)]
		l.erfcParts(e, q, a, scale)
		for i, x := range a {
			u := scale * float64(x)
			v, s := factor*e[i]*q[i]/(1+2*math.Abs(u)), signBit(u)
			dst[i] = float32(v*sign[s] + from[s])
		}
	})
}

// erfcParts is e = exp(-u²) and q = (1+2|u|)·erfcx|u| for u = scale·x.
func (l *Loops) erfcParts(e, q []float64, a []float32, scale float64) {
	for i, x := range a {
		u := scale * float64(x)
		e[i], q[i] = -u*u, 1-7.5/(math.Abs(u)+3.75)
	}
	l.Exp(e, e)
	l.Horner(q, q, erfcxMapped.short)
}

// LogNdtrRow is ln Φ(x).
func (l *Loops) LogNdtrRow() Row[float32] {
	return inBlocks(func(w *room, dst, a []float32) {
		e, q := w[0][:len(dst)], w[1][:len(dst)]
		l.erfcParts(e, q, a, 1/math.Sqrt2)
		for i, x := range a { // ln(erfcx/2) - x²/2 below 0
			half := q[i] / (2 + 2*math.Sqrt2*math.Abs(float64(x)))
			if x < 0 {
				q[i] = max(half, 0x1p-40) - 1 // where x² is all that counts
			} else {
				q[i] = -half * e[i]
			}
		}
		l.Log1p(q, q)
		for i, x := range a {
			if y := q[i]; x < 0 {
				dst[i] = float32(y - float64(x)*float64(x)/2)
			} else {
				dst[i] = float32(y)
			}
		}
	})
}

// NdtriRow is the inverse of Φ: in the middle by Wichura's rational function
// (AS 241, Applied Statistics 37, 1988).
func (l *Loops) NdtriRow() Row[float32] {
	return inBlocks(func(w *room, dst, a []float32) {
		p, q := w[0][:len(dst)], w[1][:len(dst)]
		for i, x := range a {
			d := float64(x) - 0.5
			q[i] = middle*middle - d*d
		}
		l.Horner(p, q, normalP)
		l.Horner(q, q, normalQ)
		for i, x := range a {
			d := float64(x) - 0.5
			if math.Abs(d) <= middle {
				dst[i] = float32(d * p[i] / q[i])
			} else {
				dst[i] = float32(Ndtri(float64(x)))
			}
		}
	})
}

// middle is how far from ½ normalP and normalQ reach.
const middle = 0.425

var (
	normalP = []float64{
		2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
		13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
	}
	normalQ = []float64{
		5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
		5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
	}
)

// The rows of Γ come from Stirling's series at 6 or beyond, which x is raised
// to: float64 has digits left for the difference.
const raised = 6

// rise gives x·(x+1)…(x+5), which is s(s+4)(s+6) for s = x(x+5).
func rise(x float64) float64 {
	s := x * (x + 5)
	return s * (s + 4) * (s + 6)
}

// lgammaParts gives in y what x is raised to, in z its logarithm, and in p that
// of the factors in between.
func (l *Loops) lgammaParts(y, z, p []float64, a []float32) {
	for i, x := range a {
		if y[i], p[i] = float64(x), 1; x < raised {
			y[i], p[i] = float64(x)+raised, rise(float64(x))
		}
	}
	l.Log(z, y)
	l.Log(p, p)
}

// stirling is ln Γ(y) for z = ln y and y ≥ 6, by 6.1.41.
func stirling(y, z float64) float64 {
	r := 1 / y
	q := r * r
	s := r * (1./12 + q*(-1./360+q*(1./1260+q*(-1./1680+q*(1./1188+q*(-691./360360+q/156))))))
	return (y-0.5)*z - y + lnSqrt2Pi + s
}

// lnSqrt2Pi is ln √2π.
var lnSqrt2Pi = math.Log(2*math.Pi) / 2

// LgammaRow is ln |Γ(x)|.
func (l *Loops) LgammaRow() Row[float32] {
	return inBlocks(func(w *room, dst, a []float32) {
		y, z, p := w[0][:len(dst)], w[1][:len(dst)], w[2][:len(dst)]
		l.lgammaParts(y, z, p, a)
		for i, x := range a {
			if x > 0 && x <= math.MaxFloat32 {
				dst[i] = float32(stirling(y[i], z[i]) - p[i])
			} else {
				dst[i] = float32(Lgamma(float64(x)))
			}
		}
	})
}

// DigammaRow is ψ(x), by 6.3.18.
func (l *Loops) DigammaRow() Row[float32] {
	return inBlocks(func(w *room, dst, a []float32) {
		y, z, s := w[0][:len(dst)], w[1][:len(dst)], w[2][:len(dst)]
		for i, x := range a {
			y[i], s[i] = float64(x), 0
			if x < raised { // Σ 1/(x+k) is the derivative of rise over it
				v := float64(x)
				u := v * (v + 5)
				y[i], s[i] = v+raised, (2*v+5)*((3*u+20)*u+24)/(u*(u+4)*(u+6))
			}
		}
		l.Log(z, y)
		for i, x := range a {
			if !(x > 0 && x <= math.MaxFloat32) {
				dst[i] = Digamma(x)
				continue
			}
			r := 1 / y[i]
			q := r * r
			t := q * (1./12 - q*(1./120-q*(1./252-q*(1./240-q/132))))
			dst[i] = float32(z[i] - 0.5*r - t - s[i])
		}
	})
}

// GammaRow is GammaP, or GammaQ if upper. The factor before the sum comes from
// loops where that has no cancellation to avoid.
func (l *Loops) GammaRow(upper bool) Row2[float32] {
	one := GammaP[float32]
	if upper {
		one = GammaQ[float32]
	}
	return func(dst, a, x []float32) {
		w := rooms.Get().(*room)
		for n := 0; len(dst) > 0; dst, a, x = dst[n:], a[n:], x[n:] {
			n = min(block, len(dst))
			factor := l.gammaFactors(w, a[:n], x[:n])
			for i, v := range x[:n] {
				if !(a[i] > 0 && a[i] < 10 && v > 0 && v <= math.MaxFloat32) {
					dst[i] = one(a[i], v)
					continue
				}
				below := v <= a[i]+1
				var y float64
				if below {
					y = gammaSeries(float64(a[i]), float64(v), 0x1p-28) * factor[i]
				} else {
					y = gammaFraction(float64(a[i]), float64(v), 0x1p-28) * factor[i]
				}
				if below == upper {
					y = 1 - y
				}
				dst[i] = float32(y)
			}
		}
		rooms.Put(w)
	}
}

// gammaFactors is gammaFactor of a block.
func (l *Loops) gammaFactors(w *room, a, x []float32) []float64 {
	y, z, p, f := w[0][:len(a)], w[1][:len(a)], w[2][:len(a)], w[3][:len(a)]
	l.lgammaParts(y, z, p, a)
	for i, v := range x {
		f[i] = float64(v)
	}
	l.Log(f, f)
	for i, v := range a {
		f[i] = float64(v)*f[i] - float64(x[i]) - (stirling(y[i], z[i]) - p[i])
	}
	l.Exp(f, f)
	return f
}
