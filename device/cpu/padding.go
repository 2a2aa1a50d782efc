package cpu

import "github.com/facula-ml/facula/device"

// A picking is rows of y, each of which is a row of x with elements picked or,
// where the last dims stay, a block of x.
type picking struct {
	dims       [][]int // which elements of x the outer dims pick, nil for all
	from       []int   // how many rows of x a step in each is
	size       []int   // of y in each
	last       []int   // which elements of a row, nil for all
	lo, hi     int     // last[lo:hi] are neighbours
	xRow, yRow int     // elements of a row
	planes     int     // the product of the first dims, that stay
	rows       int     // of y in a plane
}

// newPicking is by the dims of x and y.
func newPicking(at [][]int, x, y *device.View) picking {
	p := picking{xRow: 1, yRow: 1, planes: 1, rows: 1}
	n := int(x.Rank)
	for n > 0 && at[n-1] == nil {
		n--
		p.xRow *= x.Dim[n]
	}
	p.yRow = p.xRow
	if n > 0 && p.xRow == 1 { // a picked dim is the last
		n--
		p.last, p.xRow, p.yRow = at[n], x.Dim[n], y.Dim[n]
		p.lo, p.hi = neighbours(p.last)
	}
	p.dims, p.size, p.from = at[:n], y.Dim[:n], make([]int, n)
	step := 1
	for i := n - 1; i >= 0; i-- {
		p.from[i] = step
		step *= x.Dim[i]
	}
	staying := true
	for i, d := range p.size {
		if staying = staying && at[i] == nil; staying {
			p.planes *= d
		} else {
			p.rows *= d
		}
	}
	return p
}

// neighbours is the longest run of numbers that count up by one.
func neighbours(at []int) (lo, hi int) {
	for i := 0; i < len(at); {
		j := i + 1
		for j < len(at) && at[j] == at[j-1]+1 {
			j++
		}
		if j-i > hi-lo {
			lo, hi = i, j
		}
		i = j
	}
	return lo, hi
}

// source is the row of x that row i of y is picked from.
func (p *picking) source(i int) int {
	row := 0
	for d := len(p.dims) - 1; d >= 0; d-- {
		k := i % p.size[d]
		i /= p.size[d]
		if at := p.dims[d]; at != nil {
			k = at[k]
		}
		row += k * p.from[d]
	}
	return row
}

// pickElements copies elements of x.
func pickElements[T any](c device.Call) error {
	p := newPicking(c.Attr.([][]int), c.In[0], c.Out[0])
	x, y := elements[T](c.In[0]), elements[T](c.Out[0])
	parallel(p.planes*p.rows, max(1, grain/max(1, p.yRow)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			from, to := x[p.source(i)*p.xRow:][:p.xRow], y[i*p.yRow:][:p.yRow]
			if p.last == nil {
				copy(to, from)
				continue
			}
			for k, at := range p.last[:p.lo] {
				to[k] = from[at]
			}
			if p.lo < p.hi {
				copy(to[p.lo:p.hi], from[p.last[p.lo]:])
			}
			for k := p.hi; k < len(to); k++ {
				to[k] = from[p.last[k]]
			}
		}
	})
	return nil
}

// pickGrad adds each element of dy to where it was picked from, in the order
// of dy. Planes that stay are pieces of work.
func pickGrad[T float](plus func(dst, a, b []T)) kernel {
	return func(c device.Call) error {
		p := newPicking(c.Attr.([][]int), c.Out[0], c.In[0])
		dy, dx := elements[T](c.In[0]), elements[T](c.Out[0])
		clear(dx)
		parallel(p.planes, max(1, grain/max(1, p.rows*p.yRow)), func(lo, hi int) {
			for i := lo * p.rows; i < hi*p.rows; i++ {
				to, from := dx[p.source(i)*p.xRow:][:p.xRow], dy[i*p.yRow:][:p.yRow]
				if p.last == nil {
					plus(to, to, from)
					continue
				}
				for k, at := range p.last[:p.lo] {
					to[at] += from[k]
				}
				if p.lo < p.hi {
					middle := to[p.last[p.lo]:][:p.hi-p.lo]
					plus(middle, middle, from[p.lo:p.hi])
				}
				for k := p.hi; k < len(from); k++ {
					to[p.last[k]] += from[k]
				}
			}
		})
		return nil
	}
}

func paddingKernels() byDType {
	return bySize(dense(pickElements[uint8]), dense(pickElements[uint16]), dense(pickElements[uint32]), dense(pickElements[uint64]))
}

func pickGradKernels() byDType {
	return denseFloats(pickGrad(or2(asm.F32.Add, add[float32])), pickGrad(or2(asm.F64.Add, add[float64])))
}
