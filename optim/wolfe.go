package optim

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// The constants of the strong Wolfe conditions, and how far from the ends of a
// bracket a new point must lie, as PyTorch has them.
const (
	armijo    = 1e-4 // f(t) <= f(0) + armijo·t·f'(0)
	curvature = 0.9  // |f'(t)| <= curvature·|f'(0)|
	inside    = 0.1
)

// wolfe looks along d for a point that meets the strong Wolfe conditions.
//
// source: Nocedal & Wright, Numerical Optimization, algorithms 3.5 and 3.6, in the form of torch.optim.LBFGS
type wolfe struct {
	at        func(t float64) (f float64, g *tensor.Tensor)
	d         *tensor.Tensor
	f, slope  float64 // at 0
	g         *tensor.Tensor
	tolerance float64
	most      int // calls of at
	calls     int
}

// point is a place on the line.
type point struct {
	t, f, slope float64
	g           *tensor.Tensor
}

func (w *wolfe) point(t float64) point {
	f, g := w.at(t)
	w.calls++
	return point{t, f, dot(g, w.d), g}
}

// search returns loss, gradient and place of the point that it found, and the
// number of calls.
func (w *wolfe) search(t float64) (float64, *tensor.Tensor, float64, int) {
	bracket, done, rounds := w.bracket(t)
	best := bracket[0]
	if len(bracket) == 2 {
		best = w.zoom(bracket[0], bracket[1], done, rounds)
	}
	return best.f, best.g, best.t, w.calls
}

func (w *wolfe) tooHigh(p point) bool { return p.f > w.f+armijo*p.t*w.slope }
func (w *wolfe) flat(p point) bool    { return math.Abs(p.slope) <= -curvature*w.slope }

// bracket walks on until a good point, or two with one between them.
func (w *wolfe) bracket(t float64) (b []point, done bool, rounds int) {
	last := point{0, w.f, w.slope, w.g}
	p := w.point(t)
	for ; rounds < w.most; rounds++ {
		switch {
		case w.tooHigh(p) || rounds > 1 && p.f >= last.f:
			return []point{last, p}, false, rounds
		case w.flat(p):
			return []point{p}, true, rounds
		case p.slope >= 0:
			return []point{last, p}, false, rounds
		}
		next := cubic(last, p, p.t+0.01*(p.t-last.t), 10*p.t)
		last = p
		p = w.point(next)
	}
	return []point{{0, w.f, w.slope, w.g}, p}, false, rounds
}

// zoom shrinks the bracket of a and b.
func (w *wolfe) zoom(a, b point, done bool, rounds int) point {
	b2 := [2]point{a, b}
	low, high := order(b2)
	size, stuck := maxAbs(w.d), false
	for ; !done && rounds < w.most; rounds++ {
		if math.Abs(b2[1].t-b2[0].t)*size < w.tolerance {
			break
		}
		lo, hi := min(b2[0].t, b2[1].t), max(b2[0].t, b2[1].t)
		t := cubic(b2[0], b2[1], lo, hi)
		if margin := inside * (hi - lo); min(hi-t, t-lo) >= margin {
			stuck = false
		} else if !stuck && t < hi && t > lo {
			stuck = true
		} else { // a second time near an end: go away from it
			stuck = false
			if math.Abs(t-hi) < math.Abs(t-lo) {
				t = hi - margin
			} else {
				t = lo + margin
			}
		}
		p := w.point(t)
		if w.tooHigh(p) || p.f >= b2[low].f {
			b2[high] = p
			low, high = order(b2)
			continue
		}
		if done = w.flat(p); !done && p.slope*(b2[high].t-b2[low].t) >= 0 {
			b2[high] = b2[low]
		}
		b2[low] = p
	}
	return b2[low]
}

// order is which of the two is lower.
func order(b [2]point) (low, high int) {
	if b[0].f <= b[1].f {
		return 0, 1
	}
	return 1, 0
}

// cubic is the place of the minimum of the cubic through two points with their
// slopes, within lo and hi; the middle of those if it has none.
func cubic(a, b point, lo, hi float64) float64 {
	d1 := a.slope + b.slope - 3*(a.f-b.f)/(a.t-b.t)
	square := d1*d1 - a.slope*b.slope
	if !(square >= 0) {
		return (lo + hi) / 2
	}
	if a.t > b.t {
		a, b = b, a
	}
	d2 := math.Sqrt(square)
	t := b.t - (b.t-a.t)*((b.slope+d2-d1)/(b.slope-a.slope+2*d2))
	return min(max(t, lo), hi)
}
