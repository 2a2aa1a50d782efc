package cpu

import (
	"github.com/facula-ml/facula/device"
)

// A sampling looks at images [n, c, in] at the points of a grid [n, points, dims].
type sampling[T float] struct {
	device.Grid
	in            [3]int
	n, c          int
	image, points int
	dims          int
	grid, dy, to  []T
}

func newSampling[T float](c *device.Call, x, grid *device.View) sampling[T] {
	s := sampling[T]{Grid: c.Attr.(device.Grid), in: spatial(x), n: x.Dim[0], c: x.Dim[1], dims: int(x.Rank) - 2}
	s.image, s.grid, s.to = volume(s.in), elements[T](grid), elements[T](c.Out[0])
	s.points = 1
	for _, d := range grid.Shape()[1 : grid.Rank-1] {
		s.points *= d
	}
	return s
}

// gridBlock is for how many points at a time the taps are computed.
const gridBlock = 64

// A tapList is what some points see: those of point p from start[p] on.
type tapList[T float] struct {
	start []int32
	at    []int32
	w     []T
	slope [3][]T // of w, by each coordinate of the grid; nil where nobody asks
}

// maxGridTaps is how many elements a point sees at most: cubic images.
const maxGridTaps = 16

func newTapList[T float](slopes bool) *tapList[T] {
	n := gridBlock * maxGridTaps
	l := &tapList[T]{start: make([]int32, gridBlock+1), at: make([]int32, 0, n), w: make([]T, 0, n)}
	for i := range l.slope {
		if slopes {
			l.slope[i] = make([]T, 0, n)
		}
	}
	return l
}

// find fills l with the taps of points lo…hi of image i.
func (s *sampling[T]) find(l *tapList[T], i, lo, hi int) {
	l.at, l.w = l.at[:0], l.w[:0]
	slopes := l.slope[0] != nil
	for d := range l.slope {
		l.slope[d] = l.slope[d][:0]
	}
	var ax [3]axis[T]
	for d := range 3 - s.dims { // dims of size 1
		ax[d].n, ax[d].w[0] = 1, 1
	}
	for p := lo; p < hi; p++ {
		at := s.grid[(i*s.points+p)*s.dims:][:s.dims]
		for d, v := range at {
			s.axis(&ax[2-d], v, s.in[2-d])
		}
		for a := range ax[0].n {
			for b := range ax[1].n {
				if ax[0].at[a] < 0 || ax[1].at[b] < 0 {
					continue
				}
				row, w := (ax[0].at[a]*s.in[1]+ax[1].at[b])*s.in[2], ax[0].w[a]*ax[1].w[b]
				for c := range ax[2].n {
					if ax[2].at[c] < 0 {
						continue
					}
					l.at = append(l.at, int32(row+ax[2].at[c]))
					l.w = append(l.w, w*ax[2].w[c])
					if slopes {
						l.slope[0] = append(l.slope[0], w*ax[2].slope[c])
						l.slope[1] = append(l.slope[1], ax[0].w[a]*ax[1].slope[b]*ax[2].w[c])
						l.slope[2] = append(l.slope[2], ax[0].slope[a]*ax[1].w[b]*ax[2].w[c])
					}
				}
			}
		}
		l.start[p-lo+1] = int32(len(l.at))
	}
}

// blocks calls f for every block of points of every image, with its taps.
func (s *sampling[T]) blocks(slopes bool, f func(l *tapList[T], i, lo, hi int)) {
	each := pieces(s.points, gridBlock)
	parallel(s.n*each, max(1, grain/(gridBlock*8*max(1, s.c))), func(from, end int) {
		l := newTapList[T](slopes)
		for b := from; b < end; b++ {
			i, lo := b/each, b%each*gridBlock
			hi := min(lo+gridBlock, s.points)
			s.find(l, i, lo, hi)
			f(l, i, lo, hi)
		}
	})
}

// gridSample is the weighted sum of what each point sees, in each channel.
func gridSample[T float](c device.Call) error {
	s := newSampling[T](&c, c.In[0], c.In[1])
	x := elements[T](c.In[0])
	switch {
	case s.planar():
		s.linearPlanes(x)
		return nil
	case s.dims == 2 && s.Mode == device.GridNearest:
		s.nearestPlanes(x)
		return nil
	}
	s.blocks(false, func(l *tapList[T], i, lo, hi int) {
		for ch := range s.c {
			from, to := x[(i*s.c+ch)*s.image:][:s.image], s.to[(i*s.c+ch)*s.points+lo:][:hi-lo]
			for p := range to {
				var sum T
				a, b := l.start[p], l.start[p+1]
				w := l.w[a:b]
				for k, at := range l.at[a:b] {
					sum += w[k] * from[at]
				}
				to[p] = sum
			}
		}
	})
	return nil
}

// gridSampleGradInput adds dy to what its points saw. A plane is one piece of
// work: its elements get their terms in the order of the points.
func gridSampleGradInput[T float](c device.Call) error {
	s := newSampling[T](&c, c.Out[0], c.In[1])
	dy := elements[T](c.In[0])
	s.dy = dy
	clear(s.to)
	parallel(s.n*s.c, max(1, grain/(8*max(1, s.points))), func(from, end int) {
		l := newTapList[T](false)
		for from < end {
			i := from / s.c
			last := min(end, (i+1)*s.c) // of the planes of one image
			if s.dims == 2 && s.Mode != device.GridCubic {
				s.planeInput(l, i, from, last)
				from = last
				continue
			}
			for lo := 0; lo < s.points; lo += gridBlock {
				hi := min(lo+gridBlock, s.points)
				s.find(l, i, lo, hi)
				for plane := from; plane < last; plane++ {
					to := s.to[plane*s.image:][:s.image]
					for p, v := range dy[plane*s.points+lo : plane*s.points+hi] {
						a, b := l.start[p], l.start[p+1]
						w := l.w[a:b]
						for k, at := range l.at[a:b] {
							to[at] += w[k] * v
						}
					}
				}
			}
			from = last
		}
	})
	return nil
}

// gridSampleGradGrid is what dy gains where a point moves.
func gridSampleGradGrid[T float](c device.Call) error {
	s := newSampling[T](&c, c.In[1], c.In[2])
	dy, x := elements[T](c.In[0]), elements[T](c.In[1])
	switch {
	case s.Mode == device.GridNearest:
		clear(s.to)
		return nil
	case s.planar():
		s.linearGrid(dy, x)
		return nil
	}
	s.blocks(true, func(l *tapList[T], i, lo, hi int) {
		seen := make([]T, len(l.at)) // Σ over channels of dy·x
		for ch := range s.c {
			from := x[(i*s.c+ch)*s.image:][:s.image]
			for p, v := range dy[(i*s.c+ch)*s.points+lo:][:hi-lo] {
				for k := l.start[p]; k < l.start[p+1]; k++ {
					seen[k] += v * from[l.at[k]]
				}
			}
		}
		for p := range hi - lo {
			for d := range s.dims {
				var sum T
				for k := l.start[p]; k < l.start[p+1]; k++ {
					sum += l.slope[d][k] * seen[k]
				}
				s.to[(i*s.points+lo+p)*s.dims+d] = sum
			}
		}
	})
	return nil
}
