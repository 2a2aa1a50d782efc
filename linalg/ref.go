package linalg

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// What references compute with: matrices as rows, by the definitions.

type rows [][]float64

func newRows(m, n int) rows {
	out := make(rows, m)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}

// refRows are the matrices of an array.
func refRows(a tensor.Array) []rows {
	k := len(a.Shape)
	m, n := a.Shape[k-2], a.Shape[k-1]
	out := make([]rows, size(a.Shape[:k-2]))
	for i := range out {
		out[i] = newRows(m, n)
		for r := range m {
			copy(out[i][r], a.V[(i*m+r)*n:])
		}
	}
	return out
}

// refArray is the array of matrices of m×n.
func refArray(lead []int, list []rows, m, n int) tensor.Array {
	out := tensor.NewArray(append(append([]int{}, lead...), m, n)...)
	for i, x := range list {
		for r := range m {
			copy(out.V[(i*m+r)*n:], x[r][:n])
		}
	}
	return out
}

func refLead(a tensor.Array) []int { return a.Shape[:len(a.Shape)-2] }

// refEach is the array of f of each matrix, which has m×n elements.
func refEach(a tensor.Array, m, n int, f func(x rows) rows) tensor.Array {
	list := refRows(a)
	for i := range list {
		list[i] = f(list[i])
	}
	return refArray(refLead(a), list, m, n)
}

// refScalars is the array of a number for each matrix.
func refScalars(a tensor.Array, f func(x rows) float64) tensor.Array {
	out := tensor.NewArray(refLead(a)...)
	for i, x := range refRows(a) {
		out.V[i] = f(x)
	}
	return out
}

func refMul(a, b rows) rows {
	n := 0
	if len(b) > 0 {
		n = len(b[0])
	}
	out := newRows(len(a), n)
	for i := range out {
		for j := range n {
			for k := range b {
				out[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return out
}

func refFlip(a rows, n int) rows {
	out := newRows(n, len(a))
	for i := range a {
		for j := range n {
			out[j][i] = a[i][j]
		}
	}
	return out
}

func refEye(n int) rows {
	out := newRows(n, n)
	for i := range out {
		out[i][i] = 1
	}
	return out
}

// refSolve is elimination by Gauss and Jordan, with the largest pivot of a column.
func refSolve(a, b rows) rows {
	n := len(a)
	x := make(rows, n)
	for i := range x {
		x[i] = append(append([]float64{}, a[i]...), b[i]...)
	}
	for j := range n {
		p := j
		for i := j; i < n; i++ {
			if math.Abs(x[i][j]) > math.Abs(x[p][j]) {
				p = i
			}
		}
		x[j], x[p] = x[p], x[j]
		for i := range n {
			if f := x[i][j] / x[j][j]; i != j {
				for k := range x[i] {
					x[i][k] -= f * x[j][k]
				}
			}
		}
	}
	for i := range x {
		for k := n; k < len(x[i]); k++ {
			x[i][k] /= x[i][i]
		}
		x[i] = x[i][n:]
	}
	return x
}

// refDet expands by the first row.
func refDet(a rows) float64 {
	if len(a) == 0 {
		return 1
	}
	sum, sign := 0.0, 1.0
	for j, v := range a[0] {
		var minor rows
		for _, r := range a[1:] {
			minor = append(minor, append(append([]float64{}, r[:j]...), r[j+1:]...))
		}
		sum += sign * v * refDet(minor)
		sign = -sign
	}
	return sum
}

// refTriangle keeps one triangle, with ones on the diagonal if unit.
func refTriangle(a rows, up, unit bool) rows {
	out := newRows(len(a), len(a))
	for i := range a {
		for j, v := range a[i] {
			switch {
			case i == j && unit:
				out[i][j] = 1
			case i == j || j > i == up:
				out[i][j] = v
			}
		}
	}
	return out
}

// refCholesky is the definition, row by row.
func refCholesky(a rows) rows {
	l := newRows(len(a), len(a))
	for i := range a {
		for j := range i + 1 {
			s := a[i][j]
			for k := range j {
				s -= l[i][k] * l[j][k]
			}
			if i == j {
				l[i][j] = math.Sqrt(s)
			} else {
				l[i][j] = s / l[j][j]
			}
		}
	}
	return l
}

// refEigen is Jacobi's method: eigenvalues in ascending order.
func refEigen(a rows) []float64 {
	n := len(a)
	for range 30 {
		for p := range n {
			for q := p + 1; q < n; q++ {
				if a[p][q] == 0 {
					continue
				}
				t := math.Atan2(2*a[p][q], a[q][q]-a[p][p]) / 2
				r := refEye(n)
				r[p][p], r[q][q], r[p][q], r[q][p] = math.Cos(t), math.Cos(t), math.Sin(t), -math.Sin(t)
				a = refMul(refMul(refFlip(r, n), a), r)
			}
		}
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = a[i][i]
		for j := i; j > 0 && values[j] < values[j-1]; j-- {
			values[j], values[j-1] = values[j-1], values[j]
		}
	}
	return values
}

// refSingular are the singular values in descending order: the roots of the
// eigenvalues of the smaller of A·Aᵀ and Aᵀ·A.
func refSingular(a rows, n int) []float64 {
	b := refFlip(a, n)
	g := refMul(a, b)
	if n < len(a) {
		g = refMul(b, a)
	}
	l := refEigen(g)
	s := make([]float64, len(l))
	for i, v := range l {
		s[len(l)-1-i] = math.Sqrt(max(v, 0))
	}
	return s
}

// refLU exchanges rows of a copy of a for the largest pivot, and eliminates.
func refLU(a rows, n int) (lu rows, pivots []float64, perm rows) {
	m := len(a)
	lu, perm = newRows(m, n), refEye(m)
	for i := range a {
		copy(lu[i], a[i])
	}
	for j := range min(m, n) {
		p := j
		for i := j; i < m; i++ {
			if math.Abs(lu[i][j]) > math.Abs(lu[p][j]) {
				p = i
			}
		}
		pivots = append(pivots, float64(p+1))
		lu[j], lu[p], perm[j], perm[p] = lu[p], lu[j], perm[p], perm[j]
		for i := j + 1; i < m; i++ {
			lu[i][j] /= lu[j][j]
			for k := j + 1; k < n; k++ {
				lu[i][k] -= lu[i][j] * lu[j][k]
			}
		}
	}
	return lu, pivots, refFlip(perm, m)
}

// refReflect is Householder's method: Q, R, and the vectors and factors.
func refReflect(a rows, n int) (q, r, v rows, tau []float64) {
	m := len(a)
	q, r, v = refEye(m), newRows(m, n), newRows(m, n)
	for i := range a {
		copy(r[i], a[i])
	}
	for j := range min(m, n) {
		norm := 0.0
		for i := j; i < m; i++ {
			norm += r[i][j] * r[i][j]
		}
		beta := -math.Copysign(math.Sqrt(norm), r[j][j])
		t := (beta - r[j][j]) / beta
		u := make([]float64, m)
		for i := j + 1; i < m; i++ {
			u[i] = r[i][j] / (r[j][j] - beta)
		}
		if u[j] = 1; j == m-1 { // nothing below: no reflection
			t = 0
		}
		h := refReflector(u, t)
		q, r = refMul(q, h), refMul(h, r)
		for i := range m {
			v[i][j] = u[i]
		}
		tau = append(tau, t)
	}
	return q, r, v, tau
}

// refReflector is 1 - t·u·uᵀ.
func refReflector(u []float64, t float64) rows {
	h := refEye(len(u))
	for i := range h {
		for k := range h {
			h[i][k] -= t * u[i] * u[k]
		}
	}
	return h
}
