package fourier

// The passes of Stockham's algorithm, which sorts as it goes: of n = r·m·s
// numbers, where s is the product of the radices of earlier passes,
//
//	y[q + s·(r·p + u)] = w^(p·u·s) · ∑ x[q + s·(p + m·t)]·exp(sign·2πi·t·u/r)
//
// for p < m, q < s, u < r and the sum over t < r; w are the roots of n.
//
// Source: Cochran et al. 1967, "What is the fast Fourier transform?", who name
// Stockham.

func pass2[T Float](x, y, w []T, s, m int) {
	for p := range m {
		wr, wi := w[2*p*s], w[2*p*s+1]
		a, b := x[2*s*p:2*s*(p+1)], x[2*s*(p+m):2*s*(p+m+1)]
		c, d := y[4*s*p:4*s*p+2*s], y[4*s*p+2*s:4*s*p+4*s]
		for q := 0; q+1 < len(a) && q+1 < len(b) && q+1 < len(c) && q+1 < len(d); q += 2 {
			ar, ai, br, bi := a[q], a[q+1], b[q], b[q+1]
			c[q], c[q+1] = ar+br, ai+bi
			dr, di := ar-br, ai-bi
			d[q], d[q+1] = dr*wr-di*wi, dr*wi+di*wr
		}
	}
}

func pass3[T Float](x, y, w []T, s, m int, sign T) {
	const half, root = 0.5, 0.86602540378443864676 // cos and sin of 60°
	for p := range m {
		w1r, w1i, w2r, w2i := w[2*p*s], w[2*p*s+1], w[4*p*s], w[4*p*s+1]
		for q := range s {
			i, j, k := 2*(q+s*p), 2*(q+s*(p+m)), 2*(q+s*(p+2*m))
			ar, ai, br, bi, cr, ci := x[i], x[i+1], x[j], x[j+1], x[k], x[k+1]
			sr, si := br+cr, bi+ci
			dr, di := -sign*root*(bi-ci), sign*root*(br-cr) // ±i·sin·(b - c)
			er, ei := ar-half*sr, ai-half*si
			o := 2 * (q + 3*s*p)
			y[o], y[o+1] = ar+sr, ai+si
			fr, fi := er+dr, ei+di
			y[o+2*s], y[o+2*s+1] = fr*w1r-fi*w1i, fr*w1i+fi*w1r
			fr, fi = er-dr, ei-di
			y[o+4*s], y[o+4*s+1] = fr*w2r-fi*w2i, fr*w2i+fi*w2r
		}
	}
}

func pass4[T Float](x, y, w []T, s, m int, sign T) {
	for p := range m {
		w1r, w1i, w2r, w2i, w3r, w3i := w[2*p*s], w[2*p*s+1], w[4*p*s], w[4*p*s+1], w[6*p*s], w[6*p*s+1]
		part := func(t int) []T { return x[2*s*(p+m*t) : 2*s*(p+m*t+1)] }
		a, b, c, d := part(0), part(1), part(2), part(3)
		out := y[8*s*p : 8*s*(p+1)]
		y0, y1, y2, y3 := out[:2*s], out[2*s:4*s], out[4*s:6*s], out[6*s:8*s]
		for q := 0; q+1 < len(a); q += 2 {
			acr, aci, dcr, dci := a[q]+c[q], a[q+1]+c[q+1], a[q]-c[q], a[q+1]-c[q+1]
			bdr, bdi := b[q]+d[q], b[q+1]+d[q+1]
			er, ei := -sign*(b[q+1]-d[q+1]), sign*(b[q]-d[q]) // ±i·(b - d)
			y0[q], y0[q+1] = acr+bdr, aci+bdi
			fr, fi := dcr+er, dci+ei
			y1[q], y1[q+1] = fr*w1r-fi*w1i, fr*w1i+fi*w1r
			fr, fi = acr-bdr, aci-bdi
			y2[q], y2[q+1] = fr*w2r-fi*w2i, fr*w2i+fi*w2r
			fr, fi = dcr-er, dci-ei
			y3[q], y3[q+1] = fr*w3r-fi*w3i, fr*w3i+fi*w3r
		}
	}
}

func pass5[T Float](x, y, w []T, s, m int, sign T) {
	const cos1, sin1 = 0.30901699437494742410, 0.95105651629515357212  // of 72°
	const cos2, sin2 = -0.80901699437494742410, 0.58778525229247312917 // of 144°
	for p := range m {
		var turn [10]T
		for u := range 5 {
			turn[2*u], turn[2*u+1] = w[2*p*u*s], w[2*p*u*s+1]
		}
		for q := range s {
			at := func(t int) (re, im T) { i := 2 * (q + s*(p+m*t)); return x[i], x[i+1] }
			ar, ai := at(0)
			br, bi := at(1)
			cr, ci := at(2)
			dr, di := at(3)
			er, ei := at(4)
			sr, si, tr, ti := br+er, bi+ei, cr+dr, ci+di
			ur, ui, vr, vi := sign*(br-er), sign*(bi-ei), sign*(cr-dr), sign*(ci-di)
			put := func(t int, re, im T) {
				o, wr, wi := 2*(q+s*(5*p+t)), turn[2*t], turn[2*t+1]
				y[o], y[o+1] = re*wr-im*wi, re*wi+im*wr
			}
			put(0, ar+sr+tr, ai+si+ti)
			mr, mi := ar+cos1*sr+cos2*tr, ai+cos1*si+cos2*ti
			nr, ni := sin1*ur+sin2*vr, sin1*ui+sin2*vi
			put(1, mr-ni, mi+nr)
			put(4, mr+ni, mi-nr)
			mr, mi = ar+cos2*sr+cos1*tr, ai+cos2*si+cos1*ti
			nr, ni = sin2*ur-sin1*vr, sin2*ui-sin1*vi
			put(2, mr-ni, mi+nr)
			put(3, mr+ni, mi-nr)
		}
	}
}

// passN is the definition, for a radix up to LargestFactor.
func passN[T Float](x, y, w []T, s, m, r int) {
	var buf [2 * LargestFactor]T
	step := s * m // of the roots of n to those of r
	for p := range m {
		for q := range s {
			for t := range r {
				i := 2 * (q + s*(p+m*t))
				buf[2*t], buf[2*t+1] = x[i], x[i+1]
			}
			for u := range r {
				sr, si := buf[0], buf[1]
				at := 0
				for t := 1; t < r; t++ {
					if at += u; at >= r {
						at -= r
					}
					wr, wi := w[2*at*step], w[2*at*step+1]
					sr, si = sr+buf[2*t]*wr-buf[2*t+1]*wi, si+buf[2*t]*wi+buf[2*t+1]*wr
				}
				wr, wi := w[2*p*u*s], w[2*p*u*s+1]
				o := 2 * (q + s*(r*p+u))
				y[o], y[o+1] = sr*wr-si*wi, sr*wi+si*wr
			}
		}
	}
}
