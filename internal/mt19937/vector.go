package mt19937

import "math"

// PyTorch's AVX2 code has float32 functions of its own: those of Cephes, with
// sums and products fused. Here are the same operations one number at a time.

// Coefficients of logf, sinf and cosf: S. Moshier, Cephes 2.2 (1992), logf.c
// and sinf.c, highest power first.
var (
	logCoef = [...]float32{7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1}
	sinCoef = [...]float32{-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1}
	cosCoef = [...]float32{2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2}
)

// Numbers in parts, large and small, so that a product with the large part is
// exact. Source: the same files.
var minusQuarterPi = [...]float32{-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8}

const ln2Large, ln2Small = 0.693359375, -2.12194440e-4

// log32 returns the natural logarithm of x, a normal number > 0.
func log32(x float32) float32 {
	bits := math.Float32bits(x)
	exp := float32(int(bits>>23) - 126) // x = m·2^exp with m in [1/2, 1)
	m := math.Float32frombits(bits&(1<<23-1) | math.Float32bits(0.5))
	if m < math.Sqrt2/2 {
		exp--
		m += m - 1
	} else {
		m--
	}
	// ln(1+m) = m - m²/2 + m³·p(m)
	z := m * m
	y := polynomial(logCoef[:], m) * m
	y = fma32(y, z, exp*ln2Small)
	y = fma32(z, -0.5, y)
	return fma32(exp, ln2Large, m+y)
}

// sincos32 returns the sine and the cosine of x in [0, 2π].
func sincos32(x float32) (sin, cos float32) {
	octant := (int(x*(4/math.Pi)) + 1) &^ 1
	for _, part := range minusQuarterPi {
		x = fma32(float32(octant), part, x)
	}
	z := x * x
	s := fma32(polynomial(sinCoef[:], z)*z, x, x)
	c := fma32(polynomial(cosCoef[:], z)*z, z, -0.5*z) + 1
	switch octant {
	case 2:
		return c, -s
	case 4:
		return -s, -c
	case 6:
		return -c, s
	}
	return s, c
}

// polynomial returns the value at x of the polynomial with these coefficients.
func polynomial(coef []float32, x float32) float32 {
	y := coef[0]
	for _, c := range coef[1:] {
		y = fma32(y, x, c)
	}
	return y
}

// tie is what the 29 bits that float32 lacks are in a tie, moved to the top.
const tie = 1 << 63

// fma32 returns a·b + c rounded once. In float64 the product is exact, and the
// sum is rounded twice: wrong only if it first rounds to a tie of float32. (A
// subnormal result has other ties and may be off by 2⁻¹⁴⁹.)
func fma32(a, b, c float32) float32 {
	sum := float64(a)*float64(b) + float64(c)
	if math.Float64bits(sum)<<35 == tie {
		return fmaTie(a, b, c)
	}
	return float32(sum)
}

// fmaTie is fma32 where the float64 sum may be a tie. If it is not exact, it
// goes one step towards the true sum.
func fmaTie(a, b, c float32) float32 {
	product, addend := float64(a)*float64(b), float64(c)
	sum := product + addend
	part := sum - product
	lost := (product - (sum - part)) + (addend - part) // exact: Knuth's TwoSum
	switch {
	case lost > 0:
		sum = math.Nextafter(sum, math.Inf(1))
	case lost < 0:
		sum = math.Nextafter(sum, math.Inf(-1))
	}
	return float32(sum)
}
