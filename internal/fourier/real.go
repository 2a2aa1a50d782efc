package fourier

// A RealPlan is what transforms between n real numbers and the n/2+1 complex
// ones of their spectrum share. For even n the real numbers are taken as n/2
// complex ones, and the spectrum of the even and the odd ones is joined.
//
// Source: Press et al., "Numerical Recipes", section "FFT of Real Functions".
type RealPlan[T Float] struct {
	n     int
	inner *Plan[T]
	turn  []T // exp(sign·2πi·k/n), of even n
	sign  T
}

func NewReal[T Float](n int, sign float64) *RealPlan[T] {
	if n%2 == 1 {
		return &RealPlan[T]{n: n, inner: New[T](n, sign), sign: T(sign)}
	}
	return &RealPlan[T]{n: n, inner: New[T](n/2, sign), turn: Roots[T](n, 1, sign), sign: T(sign)}
}

// Scratch is the size of the buffer that the transforms work in.
func (p *RealPlan[T]) Scratch() int { return p.inner.Scratch() + 2*p.n }

// Forward writes scale times the half spectrum of x to y.
func (p *RealPlan[T]) Forward(y, x, work []T, scale T) {
	z, work := work[:2*p.inner.n], work[2*p.n:]
	if p.n%2 == 1 {
		for i, v := range x {
			z[2*i], z[2*i+1] = v, 0
		}
		p.inner.Transform(z, work, scale)
		copy(y, z[:p.n+1])
		return
	}
	copy(z, x)
	p.inner.Transform(z, work, scale/2)
	half := p.n / 2
	for k := range half + 1 {
		a, b := k%half, (half-k)%half
		ar, ai, br, bi := z[2*a], z[2*a+1], z[2*b], -z[2*b+1]
		er, ei := ar+br, ai+bi  // twice the spectrum of the even numbers
		or, oi := ai-bi, -ar+br // and of the odd ones
		wr, wi := T(-1), T(0)
		if k < half {
			wr, wi = p.turn[2*k], p.turn[2*k+1]
		}
		y[2*k], y[2*k+1] = er+or*wr-oi*wi, ei+or*wi+oi*wr
	}
}

// Backward writes scale times the real numbers of the half spectrum y to x. The
// imaginary parts of y's first number, and of its last for even n, do not count.
func (p *RealPlan[T]) Backward(x, y, work []T, scale T) {
	z, work := work[:2*p.inner.n], work[2*p.n:]
	if p.n%2 == 1 {
		z[0], z[1] = y[0], 0
		for k := 1; k <= p.n/2; k++ {
			re, im := y[2*k], y[2*k+1]
			z[2*k], z[2*k+1], z[2*(p.n-k)], z[2*(p.n-k)+1] = re, im, re, -im
		}
		p.inner.Transform(z, work, scale)
		for i := range x {
			x[i] = z[2*i]
		}
		return
	}
	half := p.n / 2
	for k := range half {
		ar, ai, br, bi := y[2*k], y[2*k+1], y[2*(half-k)], -y[2*(half-k)+1]
		if k == 0 {
			ai, bi = 0, 0
		}
		er, ei := ar+br, ai+bi
		dr, di := ar-br, ai-bi
		wr, wi := p.turn[2*k], p.turn[2*k+1]
		or, oi := dr*wr-di*wi, dr*wi+di*wr
		z[2*k], z[2*k+1] = er-oi, ei+or
	}
	p.inner.Transform(z, work, scale)
	copy(x, z)
}
