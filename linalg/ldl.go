package linalg

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// LDLFactor returns A = P·L·D·Lᵀ·Pᵀ of symmetric matrices in compact form, where
// L has ones on the diagonal and D blocks of 1×1 and 2×2: they stand on and below
// the diagonal of ld. Only A's lower triangle is read. pivots, int32, holds for
// each row the one that it was exchanged with, counted from 1, and for both rows of
// a 2×2 block that of the second, negative. It has no gradient.
//
//	shape:  [..., n, n] → [..., n, n], [..., n]
//	panics: *Error if a block of D has no inverse
//	source: torch.linalg.ldl_factor; Bunch and Kaufman 1977, "Some stable
//	        methods for calculating inertia and solving symmetric linear
//	        systems", algorithm A, in the layout of LAPACK's sytrf
func LDLFactor(a *tensor.Tensor) (ld, pivots *tensor.Tensor) {
	ld, pivots, info := LDLFactorEx(a)
	wantBlocks("linalg.ldl_factor", a, info)
	return ld, pivots
}

// LDLFactorEx is [LDLFactor] with the place of the first block without an
// inverse in info, counted from 1, 0 if there is none.
//
//	source: torch.linalg.ldl_factor_ex
func LDLFactorEx(a *tensor.Tensor) (ld, pivots, info *tensor.Tensor) {
	out := tensor.ApplyMulti(ldlOp{}, a)
	return out[0], out[1], out[2]
}

func wantBlocks(op string, a, info *tensor.Tensor) {
	if i, k := firstBad(info); i >= 0 {
		tensor.Misuse(op, fmt.Errorf("%s is singular (the block %d of its factor D is 0)", which(a, i), k), a)
	}
}

type ldlOp struct {
	composed
	tensor.NotDifferentiable
}

func (ldlOp) Name() string { return "linalg.ldl_factor_ex" }
func (ldlOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	if err := wantSquare(a); err != nil {
		return nil, err
	}
	lead := a.Shape()[:a.Dim()-2]
	return []device.Spec{specOf(a.DType(), a.Shape()), specOf(tensor.Int32, lead, a.Size(-1)), specOf(tensor.Int32, lead)}, nil
}

func (ldlOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	f := read(in[0].Tril(0))
	n := f.n
	pivots, info := make([]int32, f.count()*n), make([]int32, f.count())
	each(f.count(), n*n*n/3, func(i int) {
		info[i] = symmetricFactor(rowsOf(f.at(i), n, n), pivots[i*n:(i+1)*n])
	})
	return []*tensor.Tensor{f.like(in[0]), tensor.FromSlice(pivots, f.shape(n)).To(in[0].Device()), infos(in[0], f.lead, info)}
}

// symmetricFactor is Bunch's and Kaufman's algorithm on the lower triangle.
func symmetricFactor(a [][]float64, pivots []int32) (info int32) {
	n := len(a)
	for k := 0; k < n; {
		p, step := blockPivot(a, k)
		if p < 0 {
			if info == 0 {
				info = int32(k + 1)
			}
			pivots[k] = int32(k + 1)
			k++
			continue
		}
		exchange(a, k, k+step-1, p)
		if step == 1 {
			eliminateOne(a, k)
			pivots[k] = int32(p + 1)
		} else {
			eliminateTwo(a, k)
			pivots[k], pivots[k+1] = int32(-p-1), int32(-p-1)
		}
		k += step
	}
	return info
}

// blockPivot is the row that comes to the end of the block at k, and its size;
// p is -1 where the column is 0.
func blockPivot(a [][]float64, k int) (p, step int) {
	alpha := (1 + math.Sqrt(17)) / 8 // bounds the growth: Bunch and Kaufman, section 2
	n, here := len(a), math.Abs(a[k][k])
	largest, at := 0.0, k
	for i := k + 1; i < n; i++ {
		if v := math.Abs(a[i][k]); v > largest {
			largest, at = v, i
		}
	}
	if max(here, largest) == 0 || math.IsNaN(here) {
		return -1, 1
	}
	if here >= alpha*largest {
		return k, 1
	}
	row := 0.0
	for j := k; j < n; j++ {
		switch {
		case j < at:
			row = max(row, math.Abs(a[at][j]))
		case j > at:
			row = max(row, math.Abs(a[j][at]))
		}
	}
	switch {
	case here >= alpha*largest*(largest/row):
		return k, 1
	case math.Abs(a[at][at]) >= alpha*row:
		return at, 1
	}
	return at, 2
}

// exchange exchanges rows and columns q and p ≥ q of what is left from k on.
func exchange(a [][]float64, k, q, p int) {
	if p == q {
		return
	}
	for i := p + 1; i < len(a); i++ {
		a[i][q], a[i][p] = a[i][p], a[i][q]
	}
	for i := q + 1; i < p; i++ {
		a[i][q], a[p][i] = a[p][i], a[i][q]
	}
	a[q][q], a[p][p] = a[p][p], a[q][q]
	if q > k {
		a[q][k], a[p][k] = a[p][k], a[q][k]
	}
}

func eliminateOne(a [][]float64, k int) {
	for j := k + 1; j < len(a); j++ {
		f := a[j][k] / a[k][k]
		for i := j; i < len(a); i++ {
			a[i][j] -= a[i][k] * f
		}
	}
	for i := k + 1; i < len(a); i++ {
		a[i][k] /= a[k][k]
	}
}

func eliminateTwo(a [][]float64, k int) {
	d := a[k+1][k]
	d11, d22 := a[k+1][k+1]/d, a[k][k]/d
	t := 1 / (d11*d22 - 1) / d
	for j := k + 2; j < len(a); j++ {
		x := t * (d11*a[j][k] - a[j][k+1])
		y := t * (d22*a[j][k+1] - a[j][k])
		for i := j; i < len(a); i++ {
			a[i][j] -= a[i][k]*x + a[i][k+1]*y
		}
		a[j][k], a[j][k+1] = x, y
	}
}

// LDLSolve returns the X of A·X = B from what [LDLFactor] says of A. It has no
// gradient.
//
//	shape:  ld [..., n, n], pivots [..., n], B [..., n, k] → [..., n, k]
//	source: torch.linalg.ldl_solve
func LDLSolve(ld, pivots, b *tensor.Tensor) *tensor.Tensor {
	const op = "linalg.ldl_solve"
	present(op, ld, pivots, b)
	must(op, wantSquare(ld), ld, pivots, b)
	must(op, fits(ld, b, false), ld, pivots, b)
	wantBlockPivots(op, ld, pivots)
	wide := pivots.Unsqueeze(-1)
	wide, _ = batches(op, wide, b)
	ld, b = batches(op, ld, b)
	return tensor.Apply(ldlSolveOp{}, ld, wide.Squeeze(-1), b)
}

// wantBlockPivots refuses what LDLFactor cannot have given.
func wantBlockPivots(op string, ld, pivots *tensor.Tensor) {
	n, want := ld.Size(-1), ld.Shape()[:ld.Dim()-1]
	if pivots.DType() != tensor.Int32 || !slices.Equal(pivots.Shape(), want) {
		tensor.Misuse(op, fmt.Errorf("pivots are %v %v; want int32 %v", pivots.DType(), pivots.Shape(), want), ld, pivots)
	}
	p := tensor.Slice[int](pivots)
	for i := 0; i < len(p); i++ {
		v, k := p[i], i%n
		if v == 0 || v > n || v < -n || v < 0 && (k == n-1 || p[i+1] != v) {
			tensor.Misuse(op, fmt.Errorf("pivot %d of a matrix is %d; want 1 to %d, or a pair of negative ones", k, v, n), ld, pivots)
		}
		if v < 0 {
			i++
		}
	}
}

type ldlSolveOp struct {
	composed
	tensor.NotDifferentiable
}

func (ldlSolveOp) Name() string { return "linalg.ldl_solve" }
func (ldlSolveOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return specOf(in[2].DType(), in[2].Shape()), nil
}

func (ldlSolveOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	a, b, pivots := read(in[0]), read(in[2]), tensor.Slice[int](in[1])
	n := a.n
	each(a.count(), 2*n*n*b.n, func(i int) {
		blockSolve(rowsOf(a.at(i), n, n), pivots[i*n:(i+1)*n], rowsOf(b.at(i), n, b.n))
	})
	return b.like(in[2])
}

// blockSolve overwrites the rows b: first by P·L·D, then by Lᵀ·Pᵀ.
func blockSolve(a [][]float64, pivots []int, b [][]float64) {
	n := len(a)
	for k := 0; k < n; k++ {
		if p := pivots[k]; p > 0 {
			swapRows(b, k, p-1)
			for i := k + 1; i < n; i++ {
				subtract(b[i], b[k], a[i][k])
			}
			for j := range b[k] {
				b[k][j] /= a[k][k]
			}
			continue
		}
		p := -pivots[k] - 1
		swapRows(b, k+1, p)
		for i := k + 2; i < n; i++ {
			subtract(b[i], b[k], a[i][k])
			subtract(b[i], b[k+1], a[i][k+1])
		}
		d := a[k+1][k]
		d1, d2 := a[k][k]/d, a[k+1][k+1]/d
		for j, x := range b[k] {
			x, y := x/d, b[k+1][j]/d
			b[k][j], b[k+1][j] = (d2*x-y)/(d1*d2-1), (d1*y-x)/(d1*d2-1)
		}
		k++
	}
	for k := n - 1; k >= 0; k-- {
		p, first := pivots[k]-1, k
		if pivots[k] < 0 {
			p, first = -pivots[k]-1, k-1
		}
		for row := first; row <= k; row++ {
			for i := k + 1; i < n; i++ {
				subtract(b[row], b[i], a[i][row])
			}
		}
		swapRows(b, k, p)
		k = first
	}
}

// swapRows exchanges the numbers of two rows, which stay where they are.
func swapRows(b [][]float64, i, k int) {
	if i != k {
		for j := range b[i] {
			b[i][j], b[k][j] = b[k][j], b[i][j]
		}
	}
}

// subtract is y -= f·x.
func subtract(y, x []float64, f float64) {
	for i, v := range x {
		y[i] -= f * v
	}
}
