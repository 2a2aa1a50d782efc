package simd

import (
	"math"
	"slices"
	"testing"
)

// A function is a kernel of one input with what it should return.
type function struct {
	name string
	ref  func(x float64) float64
	f32  func(*Kernels[float32]) func(dst, a []float32)
	f64  func(*Kernels[float64]) func(dst, a []float64)
}

func functions() []function {
	type k32 = *Kernels[float32]
	type k64 = *Kernels[float64]
	type r32 = func(dst, a []float32)
	type r64 = func(dst, a []float64)
	return []function{
		{"exp", math.Exp, func(k k32) r32 { return k.Exp }, func(k k64) r64 { return k.Exp }},
		{"expm1", math.Expm1, func(k k32) r32 { return k.Expm1 }, func(k k64) r64 { return k.Expm1 }},
		{"log", refLog, func(k k32) r32 { return k.Log }, func(k k64) r64 { return k.Log }},
		{"log1p", math.Log1p, func(k k32) r32 { return k.Log1p }, func(k k64) r64 { return k.Log1p }},
		{"tanh", math.Tanh, func(k k32) r32 { return k.Tanh }, func(k k64) r64 { return k.Tanh }},
		{"sigmoid", refSigmoid, func(k k32) r32 { return k.Sigmoid }, func(k k64) r64 { return k.Sigmoid }},
		{"erf", math.Erf, func(k k32) r32 { return k.Erf }, func(k k64) r64 { return k.Erf }},
		{"sin", math.Sin, func(k k32) r32 { return angles(k.Sin) }, nil},
		{"cos", math.Cos, func(k k32) r32 { return angles(k.Cos) }, nil},
		{"tan", math.Tan, func(k k32) r32 { return angles(k.Tan) }, nil},
		{"sqrt", math.Sqrt, func(k k32) r32 { return k.Sqrt }, func(k k64) r64 { return k.Sqrt }},
		{"rsqrt", func(x float64) float64 { return 1 / math.Sqrt(x) }, func(k k32) r32 { return k.Rsqrt }, func(k k64) r64 { return k.Rsqrt }},
		{"reciprocal", func(x float64) float64 { return 1 / x }, func(k k32) r32 { return k.Reciprocal }, func(k k64) r64 { return k.Reciprocal }},
		{"gelu", refGELU, func(k k32) r32 { return k.GELU }, func(k k64) r64 { return k.GELU }},
		{"gelu_tanh", refGELUTanh, func(k k32) r32 { return k.GELUTanh }, func(k k64) r64 { return k.GELUTanh }},
		{"exp2", math.Exp2, func(k k32) r32 { return k.Exp2 }, func(k k64) r64 { return k.Exp2 }},
		{"log2", refLog2, func(k k32) r32 { return k.Log2 }, func(k k64) r64 { return k.Log2 }},
		{"log10", refLog10, func(k k32) r32 { return k.Log10 }, func(k k64) r64 { return k.Log10 }},
		{"acos", refAcos, func(k k32) r32 { return k.Acos }, func(k k64) r64 { return k.Acos }},
		{"asin", refAsin, func(k k32) r32 { return k.Asin }, func(k k64) r64 { return k.Asin }},
		{"atan", math.Atan, func(k k32) r32 { return k.Atan }, func(k k64) r64 { return k.Atan }},
		{"cosh", refCosh, func(k k32) r32 { return k.Cosh }, func(k k64) r64 { return k.Cosh }},
		{"sinh", refSinh, func(k k32) r32 { return k.Sinh }, func(k k64) r64 { return k.Sinh }},
		{"silu", refSiLU, func(k k32) r32 { return k.SiLU }, func(k k64) r64 { return k.SiLU }},
	}
}

// refLog: math.Log is wrong for denormal numbers on amd64.
func refLog(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p52) - 52*math.Ln2
	}
	return math.Log(x)
}

// refLog2 and refLog10 scale the logarithm, which loses less than an ulp.
func refLog2(x float64) float64 {
	frac, e := math.Frexp(x)
	if frac < math.Sqrt2/2 {
		frac, e = 2*frac, e-1
	}
	if !(x > 0) || math.IsInf(x, 1) {
		return refLog(x)
	}
	return float64(e) + math.Log(frac)*math.Log2E
}

func refLog10(x float64) float64 {
	if y := math.Round(math.Log10(x)); math.Abs(y) < 300 && math.Pow10(int(y)) == x {
		return y
	}
	return refLog(x) * math.Log10E
}

// refAcos and refAsin keep their digits near ±1, where package math's do not.
func refAcos(x float64) float64 { return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) }

func refAsin(x float64) float64 {
	if math.Abs(x) > 0.5 {
		return math.Copysign(math.Pi/2-refAcos(math.Abs(x)), x)
	}
	return math.Asin(x)
}

// refCosh and refSinh go on to where the half of an exponential overflows.
func refCosh(x float64) float64 {
	if math.Abs(x) > 700 {
		h := math.Exp(math.Abs(x) / 2)
		return h / 2 * h
	}
	return math.Cosh(x)
}

func refSinh(x float64) float64 {
	if math.Abs(x) > 700 {
		return math.Copysign(refCosh(x), x)
	}
	return math.Sinh(x)
}

// angles puts NaN where sin, cos and tan need not know, and reports a wrong
// largest angle as one at the start of the row.
func angles(f func(dst, a []float32) float32) func(dst, a []float32) {
	if f == nil {
		return nil
	}
	return func(dst, a []float32) {
		in := slices.Clone(a[:len(dst)])
		most, want := f(dst, a), float32(0)
		for i, v := range in {
			v = max(v, -v)
			if v > MaxAngle {
				dst[i] = float32(math.NaN())
			}
			if v > want {
				want = v
			}
		}
		if len(dst) > 0 && most == most && most != want {
			dst[0] = -777
		}
	}
}

func refSigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// refSiLU multiplies before the exponential gets denormal.
func refSiLU(x float64) float64 {
	if x < -700 {
		return x * math.Exp(x/2) * math.Exp(x/2)
	}
	return x * refSigmoid(x)
}

func refGELU(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) }

// refGELUTanh follows up the roundings of the exponent k·x·(1 + c·x²).
func refGELUTanh(x float64) float64 {
	const exactK, k = 2 * math.Sqrt2 / math.SqrtPi, 0x1.9884533d43651p+0
	const exactC, c = 0.044715, 0x1.6e4e26d4801f7p-5
	if math.Abs(x) > 100 {
		return x * math.Round(refSigmoid(x))
	}
	s := x * x
	sl := math.FMA(x, x, -s)
	w := math.FMA(c, s, 1)
	wl := math.FMA(c, s, 1-w) + c*sl + (exactC-c)*s
	v := x * w
	vl := math.FMA(x, w, -v) + x*wl
	u := k * v
	ul := math.FMA(k, v, -u) + k*vl + (exactK-k)*v
	e, h := math.Exp(-math.Abs(u)), 1.0
	if u < -700 { // multiply before it gets denormal
		e, h = math.Exp(u/2), math.Exp(u/2)
	}
	if x < 0 {
		return x * (e + e*ul) / (1 + e*h) * h
	}
	return x / (1 + e - e*ul)
}

// ulps is how far got is from want, in units of the last place that want has in
// a float of the given digits and least exponent.
func ulps(got, want float64, digits, least int, largest float64) float64 {
	switch {
	case want != want || got != got:
		if want != want && got != got {
			return 0
		}
		return math.Inf(1)
	case got == want:
		return 0
	case math.Abs(want) > largest:
		want = math.Copysign(largest, want)
		if math.IsInf(got, 0) && got*want > 0 {
			return 0
		}
	case math.IsInf(got, 0):
		got = math.Copysign(largest, got)
	}
	_, e := math.Frexp(want)
	return math.Abs(got-want) / math.Ldexp(1, max(e-digits, least))
}

// sweep32 are floats of all sizes and signs, and the neighbourhoods of the edges.
func sweep32(step uint64) []float32 {
	var x []float32
	for b := uint64(0); b < 1<<32; b += step {
		x = append(x, math.Float32frombits(uint32(b)))
	}
	for _, v := range edge {
		for d := -64; d <= 64; d++ {
			x = append(x, math.Float32frombits(math.Float32bits(float32(v))+uint32(d)))
		}
	}
	for i := -40000; i <= 40000; i++ { // also evenly where the functions bend
		x = append(x, float32(i)/1999)
	}
	return x
}

func TestMath32(t *testing.T) {
	step := uint64(1021)
	if testing.Short() {
		step *= 19
	}
	x := sweep32(step)
	got, want := make([]float32, len(x)), make([]float64, len(x))
	for _, fn := range functions() {
		for i, v := range x {
			want[i] = fn.ref(float64(v))
			if fn.f64 == nil && !(math.Abs(float64(v)) <= MaxAngle) {
				want[i] = math.NaN()
			}
		}
		for _, s := range Available() {
			f := fn.f32(&s.F32)
			if f == nil {
				continue
			}
			f(got, x)
			most, at := 0.0, 0
			for i := range x {
				if u := ulps(float64(got[i]), want[i], 24, -149, math.MaxFloat32); u > most {
					most, at = u, i
				}
				if got[i] == 0 && want[i] == 0 && math.Signbit(float64(got[i])) != math.Signbit(want[i]) {
					t.Errorf("%s %s(%v) = %v: the sign is wrong", s.Tier, fn.name, x[i], got[i])
				}
			}
			t.Logf("%s %s: %.2f ulp at %v", s.Tier, fn.name, most, x[at])
			if most > 2 {
				t.Errorf("%s %s(%v) = %v, want %v: %v ulp", s.Tier, fn.name, x[at], got[at], want[at], most)
			}
		}
	}
}

func TestMath64(t *testing.T) {
	var x []float64
	for b := uint64(0); b < 1<<32; b += 10007 {
		x = append(x, math.Float64frombits(b<<32|b*2654435761&(1<<32-1)))
	}
	for i := -400000; i <= 400000; i++ {
		x = append(x, float64(i)/9999)
	}
	x = append(x, edge...)
	got, want := make([]float64, len(x)), make([]float64, len(x))
	for _, fn := range functions() {
		if fn.f64 == nil {
			continue
		}
		for i, v := range x {
			want[i] = fn.ref(v)
		}
		for _, s := range Available() {
			f := fn.f64(&s.F64)
			if f == nil {
				continue
			}
			f(got, x)
			most, at := 0.0, 0
			for i := range x {
				if u := ulps(got[i], want[i], 53, -1074, math.MaxFloat64); u > most {
					most, at = u, i
				}
			}
			t.Logf("%s %s: %.2f ulp at %v", s.Tier, fn.name, most, x[at])
			if most > 4 {
				t.Errorf("%s %s(%v) = %v, want %v: %v ulp", s.Tier, fn.name, x[at], got[at], want[at], most)
			}
		}
	}
}

// TestMathRows holds every length against one long row: an element's result
// must not depend on where it stands, nor anything else be written.
func TestMathRows(t *testing.T) {
	for _, s := range Available() {
		for _, fn := range functions() {
			rows(t, s.Tier+" "+fn.name, fn.f32(&s.F32))
			if fn.f64 != nil {
				rows(t, s.Tier+" "+fn.name, fn.f64(&s.F64))
			}
		}
	}
}

func rows[T float](t *testing.T, what string, f func(dst, a []T)) {
	t.Helper()
	if f == nil {
		return
	}
	_, a := guarded[T](400, 0, 5)
	want := make([]T, len(a))
	f(want, a)
	for n := range 258 {
		for _, off := range []int{0, 1, 3} {
			all, dst := guarded[T](n, off, 1)
			f(dst, a[off:])
			unharmed(t, what, all, n, off)
			for i := range dst {
				if !same(dst[i], want[off+i]) {
					t.Fatalf("%s(%v) is %v as element %d of %d, else %v", what, a[off+i], dst[i], i, n, want[off+i])
				}
			}
		}
	}
	b := slices.Clone(a)
	f(b, b)
	if !slices.EqualFunc(b, want, same[T]) {
		t.Fatalf("%s in place differs", what)
	}
}

// A derivative is a kernel of dy and x, with what it should return for dy = 1
// and the larger of its two terms, in whose unit it is measured.
type derivative struct {
	name string
	ref  func(x float64) (d, term float64)
	f32  func(*Kernels[float32]) func(dst, dy, x []float32)
	f64  func(*Kernels[float64]) func(dst, dy, x []float64)
}

func derivatives() []derivative {
	type k32 = *Kernels[float32]
	type k64 = *Kernels[float64]
	type r32 = func(dst, dy, x []float32)
	type r64 = func(dst, dy, x []float64)
	return []derivative{
		{"gelu_grad", refGELUGrad, func(k k32) r32 { return k.GELUGrad }, func(k k64) r64 { return k.GELUGrad }},
		{"gelu_tanh_grad", refGELUTanhGrad, func(k k32) r32 { return k.GELUTanhGrad }, func(k k64) r64 { return k.GELUTanhGrad }},
		{"silu_grad", refSiLUGrad, func(k k32) r32 { return k.SiLUGrad }, func(k k64) r64 { return k.SiLUGrad }},
	}
}

func refGELUGrad(x float64) (d, term float64) {
	a, b := math.Erfc(-x/math.Sqrt2)/2, x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	return a + b, max(a, math.Abs(b))
}

func refSiLUGrad(x float64) (d, term float64) {
	return refShareGrad(x, refSiLU, 1)
}

func refGELUTanhGrad(x float64) (d, term float64) {
	const k = 2 * math.Sqrt2 / math.SqrtPi
	return refShareGrad(x, refGELUTanh, k*(1+3*0.044715*x*x))
}

// refShareGrad is d/dx x·σ(v(x)) = σ(v) + x·σ(v)·σ(-v)·v'(x), where f is x·σ(v(x)).
func refShareGrad(x float64, f func(float64) float64, dv float64) (d, term float64) {
	switch {
	case math.Abs(x) < 1e-300:
		return 0.5, 0.5
	case math.Abs(x) > 1000: // beyond, and NaN at infinity
		d = math.Round(refSigmoid(x)) + (x - x)
		return d, d
	}
	s, b := f(x)/x, f(x)*(f(-x)/-x)*dv
	return s + b, max(s, math.Abs(b))
}

func TestDerivatives(t *testing.T) {
	x := sweep32(4093)
	x64 := make([]float64, len(x))
	one, got := slices.Repeat([]float32{1}, len(x)), make([]float32, len(x))
	one64, got64 := slices.Repeat([]float64{1}, len(x)), make([]float64, len(x))
	for i, v := range x {
		x64[i] = float64(v)
	}
	for _, fn := range derivatives() {
		for _, s := range Available() {
			if f := fn.f32(&s.F32); f != nil {
				f(got, one, x)
				worst(t, s.Tier+" "+fn.name, fn.ref, x, got, 24, -149, 3.5)
			}
			if f := fn.f64(&s.F64); f != nil {
				f(got64, one64, x64)
				worst(t, s.Tier+" "+fn.name+" float64", fn.ref, x64, got64, 53, -1060, 8) // the reference loses digits below
			}
		}
	}
}

func worst[T float](t *testing.T, what string, ref func(float64) (float64, float64), x, got []T, digits, least int, limit float64) {
	t.Helper()
	most, at, want := 0.0, 0, 0.0
	for i, v := range x {
		d, term := ref(float64(v))
		_, e := math.Frexp(term)
		u := math.Abs(float64(got[i])-d) / math.Ldexp(1, max(e-digits, least))
		if d != d || got[i] != got[i] {
			u = math.Inf(1)
			if d != d && got[i] != got[i] {
				u = 0
			}
		}
		if u > most {
			most, at, want = u, i, d
		}
	}
	t.Logf("%s: %.2f ulp at %v", what, most, x[at])
	if most > limit {
		t.Errorf("%s(%v) = %v, want %v: %v ulp", what, x[at], got[at], want, most)
	}
}
