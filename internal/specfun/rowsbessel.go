package specfun

import "math"

// Rows of the Bessel functions of the first and second kind: Cephes's rational
// functions up to 5, and one by one beyond.

// J0Row is J0.
func J0Row[T real](l *Loops) Row[T] {
	return inBlocks(func(w *room, dst, a []T) {
		j := inner(l, w, a, &order0)
		for i, x := range a {
			if v := math.Abs(float64(x)); v >= 1e-5 && v <= 5 {
				dst[i] = T(j[i])
			} else {
				dst[i] = T(J0(float64(x)))
			}
		}
	})
}

// J1Row is J1.
func J1Row[T real](l *Loops) Row[T] {
	return inBlocks(func(w *room, dst, a []T) {
		j := inner(l, w, a, &order1)
		for i, x := range a {
			if v := float64(x); math.Abs(v) <= 5 {
				dst[i] = T(v * j[i])
			} else {
				dst[i] = T(J1(v))
			}
		}
	})
}

// inner is besselOrder.inner of a block, in w[0]; it needs w[1] and w[2].
func inner[T real](l *Loops, w *room, a []T, o *besselOrder) []float64 {
	z, p, q := w[2][:len(a)], w[0][:len(a)], w[1][:len(a)]
	for i, x := range a {
		z[i] = float64(x) * float64(x)
	}
	l.Horner(p, z, o.rp)
	l.Horner(q, z, o.rq)
	for i, v := range z {
		p[i] *= (v - o.zeros[0]) * (v - o.zeros[1]) / q[i]
	}
	return p
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

// secondParts is inner, ln x, and the two polynomials of Y up to 5.
func secondParts[T real](l *Loops, w *room, a []T, o *besselOrder) (j, ln, p, q []float64) {
	j = inner(l, w, a, o)
	z := w[2][:len(a)]
	ln, p, q = w[1][:len(a)], w[3][:len(a)], w[4][:len(a)]
	for i, x := range a {
		ln[i] = float64(x)
	}
	l.Log(ln, ln)
	l.Horner(p, z, o.yp)
	l.Horner(q, z, o.yq)
	return j, ln, p, q
}
