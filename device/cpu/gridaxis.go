package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// An axis is what a point sees in one dim: places, -1 beyond the image, their
// weights, and how those change with the grid's coordinate.
type axis[T float] struct {
	n        int
	at       [4]int
	w, slope [4]T
}

// axis fills a for coordinate v in a dim of n elements. v is the dim's
// coordinate in the grid; pos is that counted in elements, which it moves by scale.
func (s *sampling[T]) axis(a *axis[T], v T, n int) {
	r := s.ruler(n)
	pos, scale := (v+1)*r.scale+r.start, r.scale
	if s.Mode == device.GridCubic {
		s.cubicAxis(a, pos, scale, n)
		return
	}
	pos, turn := s.padded(pos, n)
	if s.Mode == device.GridNearest {
		a.n, a.w[0], a.slope[0] = 1, 1, 0
		a.at[0] = place(T(math.RoundToEven(float64(pos))), n)
		return
	}
	floor := T(math.Floor(float64(pos)))
	frac := pos - floor
	a.n, a.w[0], a.w[1] = 2, 1-frac, frac
	a.slope[0], a.slope[1] = -scale*turn, scale*turn
	a.at[0], a.at[1] = place(floor, n), place(floor+1, n)
}

// place is the element at pos, a whole number; -1 beyond the image.
func place[T float](pos T, n int) int {
	if !(pos >= 0 && pos <= T(n-1)) {
		return -1
	}
	return int(pos)
}

// padded moves pos into the image, as the padding says. turn is how the result
// moves with pos: 1, -1 where it is mirrored, or 0.
func (s *sampling[T]) padded(pos T, n int) (to, turn T) {
	turn = 1
	switch s.Padding {
	case device.GridZeros:
		return pos, 1
	case device.GridReflect:
		low, span := T(-0.5), T(n)
		if s.Corners {
			low, span = 0, T(n-1)
		}
		if span == 0 {
			return 0, 0
		}
		if pos -= low; pos < 0 {
			pos, turn = -pos, -1
		}
		flips := math.Floor(float64(pos / span))
		rest := T(math.Mod(float64(pos), float64(span)))
		if math.Mod(flips, 2) == 0 {
			pos = rest + low
		} else {
			pos, turn = span-rest+low, -turn
		}
	}
	switch edge := T(n - 1); {
	case !(pos > 0): // and what is no number
		return 0, 0
	case pos >= edge:
		return edge, 0
	}
	return pos, turn
}

// cubicAxis pads the elements around pos, and not pos itself.
func (s *sampling[T]) cubicAxis(a *axis[T], pos, scale T, n int) {
	floor := T(math.Floor(float64(pos)))
	a.n = 4
	a.w, a.slope = cubic(pos - floor)
	for k := range a.at {
		to, _ := s.padded(floor+T(k-1), n)
		a.at[k] = place(to, n)
		a.slope[k] *= scale
	}
}

// cubic is the weights of the four elements around a point t beyond the second
// of them, and their derivatives: Keys, Cubic Convolution Interpolation for
// Digital Image Processing, 1981, with a = -3/4.
func cubic[T float](t T) (w, slope [4]T) {
	const a = -0.75
	for k := range w {
		d := t - T(k-1) // from the element to the point
		sign := T(1)
		if d < 0 {
			d, sign = -d, -1
		}
		if k == 1 || k == 2 {
			w[k] = ((a+2)*d-(a+3))*d*d + 1
			slope[k] = sign * (3*(a+2)*d - 2*(a+3)) * d
		} else {
			w[k] = ((a*d-5*a)*d+8*a)*d - 4*a
			slope[k] = sign * ((3*a*d-10*a)*d + 8*a)
		}
	}
	return w, slope
}
