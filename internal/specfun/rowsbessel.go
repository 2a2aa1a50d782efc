package specfun

import "math"

// Rows of the Bessel functions of the first and second kind: Cephes's rational
// functions up to 5, and one by one beyond.

// J0Row is J0.
func J0Row[T real](l *Loops) Row[T] {
	return inBlocks(func(w *room, dst, a []T) {
		z, p, q := inner(l, w, a, &order0)
		for i, x := range a {
			if v := math.Abs(float64(x)); v >= 1e-5 && v <= 5 {
				dst[i] = T(order0.first(z[i], p[i], q[i]))
			} else {
				dst[i] = T(J0(float64(x)))
			}
		}
	})
}

// J1Row is J1.
func J1Row[T real](l *Loops) Row[T] {
	return inBlocks(func(w *room, dst, a []T) {
		z, p, q := inner(l, w, a, &order1)
		for i, x := range a {
			if v := float64(x); math.Abs(v) <= 5 {
				dst[i] = T(v * order1.first(z[i], p[i], q[i]))
			} else {
				dst[i] = T(J1(v))
			}
		}
	})
}

// inner is x² and the two polynomials of J up to 5.
func inner[T real](l *Loops, w *room, a []T, o *besselOrder) (z, p, q []float64) {
	z, p, q = w[0][:len(a)], w[1][:len(a)], w[2][:len(a)]
	for i, x := range a {
		z[i] = float64(x) * float64(x)
	}
	l.Horner(p, z, o.rp)
	l.Horner(q, z, o.rq)
	return z, p, q
}

// first is J0(x), or J1(x)/x, of what inner gives.
func (o *besselOrder) first(z, p, q float64) float64 {
	return (z - o.zeros[0]) * (z - o.zeros[1]) * p / q
}

// Y0Row is Y0.
func Y0Row[T real](l *Loops) Row[T] {
	return inBlocks(func(w *room, dst, a []T) {
		j, ln, p, q := secondParts(l, w, a, &order0)
		for i, x := range a {
			if x >= 1e-5 && x <= 5 {
				dst[i] = T(p[i]/q[i] + 2/math.Pi*ln[i]*j[i])
			} else {
				dst[i] = T(Y0(float64(x)))
			}
		}
	})
}

// Y1Row is Y1.
func Y1Row[T real](l *Loops) Row[T] {
	return inBlocks(func(w *room, dst, a []T) {
		j, ln, p, q := secondParts(l, w, a, &order1)
		for i, x := range a {
			if v := float64(x); v > 0 && v <= 5 {
				dst[i] = T(v*p[i]/q[i] + 2/math.Pi*(ln[i]*(v*j[i])-1/v))
			} else {
				dst[i] = T(Y1(v))
			}
		}
	})
}

// secondParts is J0, or J1(x)/x, and ln x, and the two polynomials of Y up to 5.
func secondParts[T real](l *Loops, w *room, a []T, o *besselOrder) (j, ln, p, q []float64) {
	z, j, q := inner(l, w, a, o)
	for i, v := range z {
		j[i] = o.first(v, j[i], q[i])
	}
	l.Horner(q, z, o.yq)
	ln, p = z, w[3][:len(a)]
	l.Horner(p, z, o.yp)
	for i, x := range a {
		ln[i] = float64(x)
	}
	l.Log(ln, ln)
	return j, ln, p, q
}
