package simd

import (
	"math"
	"math/cmplx"
	"testing"
	"unsafe"
)

// numbers are a block's complex numbers, [number][lane].
func numbers[T float](x []T, lanes int) [][]complex128 {
	out := make([][]complex128, len(x)/(2*lanes))
	for k := range out {
		for i := range lanes {
			out[k] = append(out[k], complex(float64(x[2*k*lanes+i]), float64(x[(2*k+1)*lanes+i])))
		}
	}
	return out
}

// mild are n random elements without the special values of guarded.
func mild[T float](n int, seed uint64) []T {
	_, x := guarded[T](n, 0, seed)
	for i, v := range x {
		if !(math.Abs(float64(v)) < 8) {
			x[i] = T(i%7) - 3
		}
	}
	return x
}

// alike fails where numbers differ by more than the rounding of sums of n terms below 1000.
func alike[T float](t *testing.T, what string, got []T, want [][]complex128, n int) {
	t.Helper()
	eps := 0x1p-52
	if unsafe.Sizeof(got[0]) == 4 {
		eps = 0x1p-23
	}
	for k, row := range numbers(got, len(want[0])) {
		for i, v := range row {
			if cmplx.Abs(v-want[k][i]) > 1000*float64(n)*eps {
				t.Fatalf("%s: number %d of lane %d is %v, want %v", what, k, i, v, want[k][i])
			}
		}
	}
}

// testPass holds a pass against its definition.
func testPass[T float](t *testing.T, what string, lanes int, f *Fourier[T], r, m, s int, back bool) {
	t.Helper()
	number := 2 * lanes
	size := int(unsafe.Sizeof(*new(T))) * number
	n := r * m * s
	x, w := mild[T](n*number, 3), mild[T](2*m*r, 7)
	all, y := guarded[T](n*number, 5, 1)
	for i := range y {
		y[i] = 777
	}
	pass := map[int]Pass[T]{2: f.Pass2, 3: f.Pass3, 4: f.Pass4, 5: f.Pass5}[r]
	step, rest := s, s
	if back {
		step, rest = -s, (r-1)*s
	}
	var roots []T
	for u := range r {
		for k := 1; k < r; k++ {
			sin, cos := math.Sincos(-2 * math.Pi * float64(u*k) / float64(r))
			roots = append(roots, T(cos), T(sin))
		}
	}
	if pass != nil {
		pass(&y[0], &y[rest*number], step*size, &x[0], m*s*size, &w[0], m, s, (r-1)*s*size)
	} else {
		for p := range m {
			f.PassN(&y[p*r*s*number], s*size, &x[p*s*number], m*s*size, &roots[0], &w[2*p*r], r, s)
		}
	}
	in, want := numbers(x, lanes), make([][]complex128, n)
	for k := range want {
		q, u, p := k%s, k/s%r, k/s/r
		factor, from := complex(1, 0), u
		if back && u > 0 {
			from = r - u
		}
		switch at := 2 * (p*(r-1) + from - 1); {
		case pass == nil:
			factor = complex(float64(w[2*(p*r+u)]), float64(w[2*(p*r+u)+1]))
		case u > 0:
			factor = complex(float64(w[at]), float64(w[at+1]))
		}
		for i := range lanes {
			sum := complex(0, 0)
			for j := range r {
				sum += in[q+s*p+j*m*s][i] * cmplx.Rect(1, -2*math.Pi*float64(from*j)/float64(r))
			}
			want[k] = append(want[k], sum*factor)
		}
	}
	alike(t, what, y, want, r)
	unharmed(t, what, all, n*number, 5)
}

// testFourier holds all kernels against their definitions.
func testFourier[T float](t *testing.T, what string, bytes int, f *Fourier[T]) {
	t.Helper()
	if f.Pass4 == nil {
		return
	}
	size := int(unsafe.Sizeof(*new(T)))
	lanes := bytes / size
	for _, r := range []int{2, 3, 4, 5, 7, 11} {
		for _, d := range [][2]int{{1, 1}, {1, 3}, {3, 1}, {2, 5}} {
			testPass(t, what, lanes, f, r, d[0], d[1], false)
			if r <= 5 {
				testPass(t, what, lanes, f, r, d[0], d[1], true)
			}
		}
	}
	number := 2 * lanes
	a, w := mild[T](6*number, 1), mild[T](6*number, 2)
	in, by := numbers(a, lanes), numbers(w, lanes)
	turned, rows, folded := numbers(a, lanes), numbers(a, lanes), numbers(a, lanes)
	for k := range in {
		one := complex(float64(w[2*k]), float64(w[2*k+1]))
		for i, v := range in[k] {
			turned[k][i], rows[k][i] = v*by[k][i], v*one
			if k <= 2 {
				b := cmplx.Conj(in[5-k][i])
				e, o := v+b, one*(v-b)
				folded[k][i], folded[5-k][i] = (e+o)*0.5, cmplx.Conj(e-o)*0.5
			}
		}
	}
	y := append([]T(nil), a...)
	f.Turn(&y[0], &w[0], 6)
	alike(t, what+" turn", y, turned, 4)
	f.TurnRows(&y[0], &a[0], &w[0], 6)
	alike(t, what+" turn rows", y, rows, 4)
	copy(y, a)
	f.Fold(&y[0], &y[5*number], &w[0], 3, 0.5)
	alike(t, what+" fold", y, folded, 4)

	stride := number + 3
	pairs := mild[T](4*stride, 9)
	all, back := guarded[T](4*stride, 3, 1)
	for i := range back {
		back[i] = 777
	}
	f.Split(&y[0], &pairs[0], stride*size, 4)
	for k := range 4 {
		for i := range lanes {
			found := false
			for j := range lanes {
				found = found || y[k*number+j] == pairs[k*stride+2*i] && y[k*number+lanes+j] == pairs[k*stride+2*i+1]
			}
			if !found {
				t.Fatalf("%s split: pair %d of row %d is lost", what, i, k)
			}
		}
	}
	f.Join(&back[0], stride*size, &y[0], 4)
	for i, v := range back {
		if want := pairs[i]; i%stride < number && v != want || i%stride >= number && v != 777 {
			t.Fatalf("%s join: element %d is %v, want %v", what, i, v, want)
		}
	}
	unharmed(t, what+" join", all, 4*stride, 3)
}

func TestFourier(t *testing.T) {
	for _, s := range Available() {
		testFourier(t, s.Tier+" f32", s.Bytes, &s.F32.Fourier)
		testFourier(t, s.Tier+" f64", s.Bytes, &s.F64.Fourier)
	}
}
