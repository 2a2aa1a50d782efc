package cpu

import (
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Factorizations and triangular systems, cut in halves until a piece has few
// columns: nearly all work is then in products, which the engine knows to do.
//
// Source: Toledo 1997, "Locality of reference in LU decomposition with partial
// pivoting"; Elmroth et al. 2004, "Recursive blocked algorithms and hybrid data
// structures for dense matrix library software".

// fewColumns is how many are not cut any more.
const fewColumns = 8

// A solver works on one matrix at a time, row-major.
type solver[T float] struct {
	*engine[T]
	workers int
	factor  T // of axpy1, where a variable would be allocated
}

// minus subtracts a·b from c, all in memory; c's rows are contiguous.
func (s *solver[T]) minus(m, n, k int, c, a, b matrix[T]) {
	if m == 0 || n == 0 || k == 0 {
		return
	}
	buf := s.ws.get(m * k)
	neg := matrixOf(*buf, k)
	for i := range m {
		row := (*buf)[i*k : (i+1)*k]
		if a.col == 1 {
			for j, v := range window[T](a.at(i, 0), k) {
				row[j] = -v
			}
			continue
		}
		for j := range row {
			row[j] = -*(*T)(a.at(i, j))
		}
	}
	p := productOf(m, n, k, neg, b, c)
	p.add = c
	s.run(&p, s.workers)
	s.ws.put(buf)
}

// from is m without its first i rows and j columns.
func (m matrix[T]) from(i, j int) matrix[T] { return matrix[T]{m.at(i, j), m.row, m.col} }

// lu factorizes columns lo…hi of the rows from lo on of an m×n matrix, whose rows
// are exchanged as a whole.
func (s *solver[T]) lu(a matrix[T], pivots []int32, m, n, lo, hi int) {
	if hi-lo > fewColumns {
		mid := lo + (hi-lo)/2/fewColumns*fewColumns
		if mid == lo {
			mid = lo + fewColumns
		}
		s.lu(a, pivots, m, n, lo, mid)
		s.lower(a.from(lo, lo), a.from(lo, mid), mid-lo, hi-mid, true)
		s.minus(m-mid, hi-mid, mid-lo, a.from(mid, mid), a.from(mid, lo), a.from(lo, mid))
		s.lu(a, pivots, m, n, mid, hi)
		return
	}
	for j := lo; j < min(hi, m); j++ {
		at := s.pivot(a, j, m)
		pivots[j] = int32(at + 1)
		top := window[T](a.at(j, 0), n)
		if at != j {
			other := window[T](a.at(at, 0), n)
			for c, v := range other {
				other[c], top[c] = top[c], v
			}
		}
		if top[j] != 0 {
			s.eliminate(a.from(j, j), m-j, hi-j)
		}
	}
}

// pivot is the row from j on whose element of column j is the largest.
func (s *solver[T]) pivot(a matrix[T], j, m int) int {
	at, most := j, T(-1)
	for i := j; i < m; i++ {
		v := *(*T)(a.at(i, j))
		if v < 0 {
			v = -v
		}
		if v > most || v != v && most == most {
			at, most = i, v
		}
	}
	return at
}

// eliminate subtracts from all rows of a but the first what makes their first
// element 0, and keeps the factor there.
func (s *solver[T]) eliminate(a matrix[T], m, n int) {
	top := window[T](a.p, n)
	step := a.row * bytesOf[T]()
	p := a.p
	for range m - 1 {
		p = unsafe.Add(p, step)
		row := window[T](p, n)
		f := row[0] / top[0]
		row[0] = f
		f = -f
		switch s.factor = f; {
		case n > 3:
			s.skinny.axpy1(n-1, &s.factor, &top[1], 0, &row[1])
		case n > 2:
			row[1], row[2] = row[1]+T(f*top[1]), row[2]+T(f*top[2])
		case n > 1:
			row[1] += T(f * top[1])
		}
	}
}

// lower replaces the n×k matrix b by the solution of L·X = B.
func (s *solver[T]) lower(l, b matrix[T], n, k int, unit bool) {
	if n > fewColumns {
		h := max(n/2/fewColumns, 1) * fewColumns
		s.lower(l, b, h, k, unit)
		s.minus(n-h, k, h, b.from(h, 0), l.from(h, 0), b)
		s.lower(l.from(h, h), b.from(h, 0), n-h, k, unit)
		return
	}
	for i := range n {
		for j := range i {
			s.subtract(b, i, j, k, *(*T)(l.at(i, j)))
		}
		s.divide(b, i, k, l, unit)
	}
}

// upper is lower of U·X = B.
func (s *solver[T]) upper(u, b matrix[T], n, k int, unit bool) {
	if n > fewColumns {
		h := max(n/2/fewColumns, 1) * fewColumns
		s.upper(u.from(h, h), b.from(h, 0), n-h, k, unit)
		s.minus(h, k, n-h, b, u.from(0, h), b.from(h, 0))
		s.upper(u, b, h, k, unit)
		return
	}
	for i := n - 1; i >= 0; i-- {
		for j := n - 1; j > i; j-- {
			s.subtract(b, i, j, k, *(*T)(u.at(i, j)))
		}
		s.divide(b, i, k, u, unit)
	}
}

// subtract takes f times row j of b from row i.
func (s *solver[T]) subtract(b matrix[T], i, j, k int, f T) {
	if k < s.lanes {
		from := window[T](b.at(j, 0), k)
		for c, v := range window[T](b.at(i, 0), k) {
			*(*T)(b.at(i, c)) = v - T(f*from[c])
		}
		return
	}
	s.factor = -f
	s.skinny.axpy1(k, &s.factor, (*T)(b.at(j, 0)), 0, (*T)(b.at(i, 0)))
}

// divide divides row i of b by element i of a's diagonal.
func (s *solver[T]) divide(b matrix[T], i, k int, a matrix[T], unit bool) {
	if unit {
		return
	}
	d, row := *(*T)(a.at(i, i)), window[T](b.at(i, 0), k)
	for c := range row {
		row[c] /= d
	}
}

// beside replaces the m×n matrix b by the solution of X·Lᵀ = B.
func (s *solver[T]) beside(l, b matrix[T], m, n int) {
	if n > fewColumns {
		h := max(n/2/fewColumns, 1) * fewColumns
		s.beside(l, b, m, h)
		s.minus(m, n-h, h, b.from(0, h), b, l.from(h, 0).t())
		s.beside(l.from(h, h), b.from(0, h), m, n-h)
		return
	}
	var t [fewColumns * fewColumns]T
	for i := range n {
		copy(t[i*fewColumns:], window[T](l.at(i, 0), i+1))
	}
	for r := range m {
		x := window[T](b.at(r, 0), n)
		for i := range x {
			row, v := t[i*fewColumns:i*fewColumns+i+1], x[i]
			for j, w := range x[:i] {
				v -= T(w * row[j])
			}
			x[i] = v / row[i]
		}
	}
}

// cholesky replaces the lower triangle of an n×n matrix by its factor, and
// returns the order of the first leading minor that is not positive, or 0.
func (s *solver[T]) cholesky(a matrix[T], n int) int {
	if n > fewColumns {
		h := max(n/2/fewColumns, 1) * fewColumns
		if bad := s.cholesky(a, h); bad > 0 {
			return bad
		}
		s.beside(a, a.from(h, 0), n-h, h)
		s.minus(n-h, n-h, h, a.from(h, h), a.from(h, 0), a.from(h, 0).t())
		if bad := s.cholesky(a.from(h, h), n-h); bad > 0 {
			return h + bad
		}
		return 0
	}
	for j := range n {
		top := window[T](a.at(j, 0), j+1)
		d := top[j]
		for _, v := range top[:j] {
			d -= T(v * v)
		}
		if !(d > 0) {
			return j + 1
		}
		d = T(math.Sqrt(float64(d)))
		top[j] = d
		for i := j + 1; i < n; i++ {
			row := window[T](a.at(i, 0), j+1)
			v := row[j]
			for k, w := range top[:j] {
				v -= T(w * row[k])
			}
			row[j] = v / d
		}
	}
	return 0
}

// eachMatrix copies In[in] to Out[0], both contiguous, and calls f for each
// matrix there, with its number.
func eachMatrix[T float](e *engine[T], c *device.Call, in int, f func(s *solver[T], i int, x matrix[T], m, n int)) {
	v := c.Out[0]
	m, n := v.Dim[v.Rank-2], v.Dim[v.Rank-1]
	if m == 0 || n == 0 {
		return
	}
	x := elements[T](v)
	copy(x, elements[T](c.In[in]))
	one := func(s *solver[T], i int) { f(s, i, matrixOf(x[i*m*n:(i+1)*m*n], n), m, n) }
	count := len(x) / (m * n)
	if count == 1 {
		one(&solver[T]{engine: e, workers: NumThreads()}, 0)
		return
	}
	parallel(count, pieces(grain, m*n*min(m, n)), func(lo, hi int) {
		s := &solver[T]{engine: e, workers: 1}
		for i := lo; i < hi; i++ {
			one(s, i)
		}
	})
}

// luFactor is device.LUFactor.
func luFactor[T float](e *engine[T]) kernel {
	return dense(func(c device.Call) error {
		pivots, info := elements[int32](c.Out[1]), elements[int32](c.Out[2])
		clear(info)
		eachMatrix(e, &c, 0, func(s *solver[T], i int, a matrix[T], m, n int) {
			k := min(m, n)
			s.lu(a, pivots[i*k:(i+1)*k], m, n, 0, k)
			if n > k { // the columns beyond a square
				s.lower(a, a.from(0, k), k, n-k, true)
			}
			for j := k - 1; j >= 0; j-- {
				if *(*T)(a.at(j, j)) == 0 {
					info[i] = int32(j + 1)
				}
			}
		})
		return nil
	})
}

// luSolve is device.LUSolve.
func luSolve[T float](e *engine[T]) kernel {
	return dense(func(c device.Call) error {
		pivots, lu := elements[int32](c.In[1]), elements[T](c.In[0])
		eachMatrix(e, &c, 2, func(s *solver[T], i int, b matrix[T], n, k int) {
			for j, p := range pivots[i*n : (i+1)*n] {
				if at := int(p) - 1; at != j {
					x, y := window[T](b.at(j, 0), k), window[T](b.at(at, 0), k)
					for c := range x {
						x[c], y[c] = y[c], x[c]
					}
				}
			}
			a := matrixOf(lu[i*n*n:], n)
			s.lower(a, b, n, k, true)
			s.upper(a, b, n, k, false)
		})
		return nil
	})
}

// triangular is device.SolveTriangular.
func triangular[T float](e *engine[T]) kernel {
	return dense(func(c device.Call) error {
		o, all := c.Attr.(device.Triangular), elements[T](c.In[0])
		eachMatrix(e, &c, 1, func(s *solver[T], i int, b matrix[T], n, k int) {
			solve := s.lower
			if o.Upper {
				solve = s.upper
			}
			solve(matrixOf(all[i*n*n:], n), b, n, k, o.Unit)
		})
		return nil
	})
}

// choleskyFactor is device.Cholesky.
func choleskyFactor[T float](e *engine[T]) kernel {
	return dense(func(c device.Call) error {
		info := elements[int32](c.Out[1])
		clear(info)
		eachMatrix(e, &c, 0, func(s *solver[T], i int, a matrix[T], n, _ int) {
			info[i] = int32(s.cholesky(a, n))
			for r := range n {
				clear(window[T](a.at(r, 0), n)[r+1:])
			}
		})
		return nil
	})
}

// factorKernels are those of float64, which other dtypes are computed in too:
// how much a solution is off depends on the matrix.
func factorKernels(k func(e *engine[float64]) kernel) byDType {
	if gemm64.skinny.axpy1 == nil {
		return byDType{}
	}
	return byDType{device.Float64: k(gemm64)}
}
