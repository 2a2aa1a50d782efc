package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// A spot is a point of an image that sees four elements, from at on, all of
// them within the image: by weights, which are the products of how far the
// point is from the first element. A point that does not has at = -1.
type spot[T float] struct {
	at     int
	fx, fy T
	w      [4]T // first row, then second
}

// planar reports whether points see the four elements around them.
func (s *sampling[T]) planar() bool { return s.dims == 2 && s.Mode == device.GridLinear }

// A ruler counts a dim of n elements: coordinate v of the grid lies at (v+1)·scale + start.
type ruler[T float] struct {
	n            int
	scale, start T
	padding      device.GridPadding
}

func (s *sampling[T]) ruler(n int) ruler[T] {
	if s.Corners {
		return ruler[T]{n, T(n-1) / 2, 0, s.Padding}
	}
	return ruler[T]{n, T(n) / 2, -0.5, s.Padding}
}

// place is where v lies, padded.
func (r *ruler[T]) place(s *sampling[T], v T) T {
	pos := (v+1)*r.scale + r.start
	if r.padding != device.GridZeros {
		pos, _ = s.padded(pos, r.n)
	}
	return pos
}

// spots are those of points lo…hi of image i.
func (s *sampling[T]) spots(to []spot[T], i, lo int) {
	h, w := s.in[1], s.in[2]
	right, bottom := T(w-1), T(h-1)
	across, down := s.ruler(w), s.ruler(h)
	grid := s.grid[(i*s.points+lo)*2:][:2*len(to)]
	for p := range to {
		x, y := across.place(s, grid[2*p]), down.place(s, grid[2*p+1])
		q := &to[p]
		if !(x >= 0 && y >= 0 && x < right && y < bottom) { // not at an edge, either
			q.at = -1
			continue
		}
		c, r := int(x), int(y)
		fx, fy := x-T(c), y-T(r)
		q.at, q.fx, q.fy = r*w+c, fx, fy
		q.w = [4]T{(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy}
	}
}

// nearest is the element of each point lo…hi of image i, -1 beyond the image.
func (s *sampling[T]) nearest(to []int, i, lo int) {
	h, w := s.in[1], s.in[2]
	across, down := s.ruler(w), s.ruler(h)
	grid := s.grid[(i*s.points+lo)*2:][:2*len(to)]
	for p := range to {
		x := math.RoundToEven(float64(across.place(s, grid[2*p])))
		y := math.RoundToEven(float64(down.place(s, grid[2*p+1])))
		if to[p] = -1; x >= 0 && y >= 0 && x < float64(w) && y < float64(h) {
			to[p] = int(y)*w + int(x)
		}
	}
}

// eachBlock calls f for every block of points of every image.
func (s *sampling[T]) eachBlock(f func(l *tapList[T], i, lo, hi int)) {
	each := pieces(s.points, gridBlock)
	parallel(s.n*each, max(1, grain/(gridBlock*4*max(1, s.c))), func(from, end int) {
		l := newTapList[T](true)
		for b := from; b < end; b++ {
			lo := b % each * gridBlock
			f(l, b/each, lo, min(lo+gridBlock, s.points))
		}
	})
}

// linearPlanes is gridSample of images by the four elements around each point.
func (s *sampling[T]) linearPlanes(x []T) {
	width := s.in[2]
	s.eachBlock(func(l *tapList[T], i, lo, hi int) {
		var block [gridBlock]spot[T]
		spots := block[:hi-lo]
		s.spots(spots, i, lo)
		s.atEdges(l, spots, i, lo, func(p int) {
			for ch := range s.c {
				from, sum := x[(i*s.c+ch)*s.image:][:s.image], T(0)
				for k, at := range l.at {
					sum += l.w[k] * from[at]
				}
				s.to[(i*s.c+ch)*s.points+lo+p] = sum
			}
		})
		for ch := range s.c {
			from, to := x[(i*s.c+ch)*s.image:][:s.image], s.to[(i*s.c+ch)*s.points+lo:][:len(spots)]
			for p := range to {
				q := &spots[p]
				if q.at < 0 {
					continue
				}
				a, b := from[q.at:][:2], from[q.at+width:][:2]
				to[p] = q.w[0]*a[0] + q.w[1]*a[1] + q.w[2]*b[0] + q.w[3]*b[1]
			}
		}
	})
}

// atEdges calls f for the points that do not see four elements, with their taps in l.
func (s *sampling[T]) atEdges(l *tapList[T], spots []spot[T], i, lo int, f func(p int)) {
	for p := range spots {
		if spots[p].at < 0 {
			s.find(l, i, lo+p, lo+p+1)
			f(p)
		}
	}
}

// nearestPlanes is gridSample of images by the element nearest to each point.
func (s *sampling[T]) nearestPlanes(x []T) {
	s.eachBlock(func(_ *tapList[T], i, lo, hi int) {
		var block [gridBlock]int
		at := block[:hi-lo]
		s.nearest(at, i, lo)
		for ch := range s.c {
			from, to := x[(i*s.c+ch)*s.image:][:s.image], s.to[(i*s.c+ch)*s.points+lo:][:len(at)]
			for p, k := range at {
				if k < 0 {
					to[p] = 0
				} else {
					to[p] = from[k]
				}
			}
		}
	})
}

// linearGrid is gridSampleGradGrid of images by the four elements around each point.
func (s *sampling[T]) linearGrid(dy, x []T) {
	width, scale := s.in[2], [2]T{s.ruler(s.in[2]).scale, s.ruler(s.in[1]).scale}
	s.eachBlock(func(l *tapList[T], i, lo, hi int) {
		var block [gridBlock]spot[T]
		var sums [gridBlock][2]T
		spots := block[:hi-lo]
		s.spots(spots, i, lo)
		for ch := range s.c {
			from, dys := x[(i*s.c+ch)*s.image:][:s.image], dy[(i*s.c+ch)*s.points+lo:][:len(spots)]
			for p, v := range dys {
				q := &spots[p]
				if q.at < 0 {
					continue
				}
				a, b := from[q.at:][:2], from[q.at+width:][:2]
				sums[p][0] += v * ((1-q.fy)*(a[1]-a[0]) + q.fy*(b[1]-b[0]))
				sums[p][1] += v * ((1-q.fx)*(b[0]-a[0]) + q.fx*(b[1]-a[1]))
			}
		}
		to := s.to[(i*s.points+lo)*2:][:2*len(spots)]
		for p := range spots {
			to[2*p], to[2*p+1] = sums[p][0]*scale[0]*s.turn(i, lo+p, 0), sums[p][1]*scale[1]*s.turn(i, lo+p, 1)
		}
		s.atEdges(l, spots, i, lo, func(p int) {
			to[2*p], to[2*p+1] = 0, 0
			for k, at := range l.at {
				seen := T(0)
				for ch := range s.c {
					seen += dy[(i*s.c+ch)*s.points+lo+p] * x[(i*s.c+ch)*s.image+int(at)]
				}
				to[2*p] += l.slope[0][k] * seen
				to[2*p+1] += l.slope[1][k] * seen
			}
		})
	})
}

// turn is how the place of point p in the image moves with its coordinate d: see padded.
func (s *sampling[T]) turn(i, p, d int) T {
	if s.Padding == device.GridZeros {
		return 1
	}
	r := s.ruler(s.in[2-d])
	_, turn := s.padded((s.grid[(i*s.points+p)*2+d]+1)*r.scale+r.start, r.n)
	return turn
}

// planeInput is gridSampleGradInput of images, for planes from…end of image i.
func (s *sampling[T]) planeInput(l *tapList[T], i, from, end int) {
	var block [gridBlock]spot[T]
	var at [gridBlock]int
	for lo := 0; lo < s.points; lo += gridBlock {
		n := min(gridBlock, s.points-lo)
		if s.Mode == device.GridNearest {
			s.nearest(at[:n], i, lo)
		} else {
			s.spots(block[:n], i, lo)
			s.atEdges(l, block[:n], i, lo, func(p int) {
				for plane := from; plane < end; plane++ {
					v := s.dy[plane*s.points+lo+p]
					for k, a := range l.at {
						s.to[plane*s.image+int(a)] += l.w[k] * v
					}
				}
			})
		}
		for plane := from; plane < end; plane++ {
			dy, to := s.dy[plane*s.points+lo:][:n], s.to[plane*s.image:][:s.image]
			if s.Mode == device.GridNearest {
				nearestInput(to, dy, at[:n])
			} else {
				linearInput(to, dy, block[:n], s.in[2])
			}
		}
	}
}

func nearestInput[T float](to, dy []T, at []int) {
	for p, k := range at {
		if k >= 0 {
			to[k] += dy[p]
		}
	}
}

func linearInput[T float](to, dy []T, spots []spot[T], width int) {
	for p, v := range dy[:len(spots)] {
		q := &spots[p]
		if q.at < 0 {
			continue
		}
		a, b := to[q.at:][:2], to[q.at+width:][:2]
		a[0] += q.w[0] * v
		a[1] += q.w[1] * v
		b[0] += q.w[2] * v
		b[1] += q.w[3] * v
	}
}
