package linalg

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// MatrixPower returns Aⁿ: by repeated squaring, of the inverse for a negative
// n, and the identity for 0.
//
//	shape:  [..., k, k] → same
//	panics: *Error for negative n if a matrix has no inverse
//	source: torch.linalg.matrix_power
func MatrixPower(a *tensor.Tensor, n int) *tensor.Tensor {
	const op = "linalg.matrix_power"
	present(op, a)
	must(op, wantSquareAny(a), a)
	switch {
	case n == 0: // A takes part, with a gradient of 0
		all := tensor.Make{DType: tensor.Bool, Device: a.Device()}.Ones(a.Shape()...)
		return a.MaskedFill(all, 0).Add(eye(a, a.Size(-1), a.Size(-1)))
	case n < 0:
		a, n = Inv(a), -n
	}
	var y *tensor.Tensor
	for ; ; a = a.MatMul(a) {
		if n&1 == 1 && y == nil {
			y = a
		} else if n&1 == 1 {
			y = y.MatMul(a)
		}
		if n >>= 1; n == 0 {
			break
		}
	}
	return y
}

// wantSquareAny is wantSquare for any dtype.
func wantSquareAny(x *tensor.Tensor) error {
	if x.Dim() < 2 || x.Size(-1) != x.Size(-2) {
		return errors.New("want square matrices")
	}
	return nil
}

// MatrixExp returns the exponential of square matrices, ∑ Aᵏ/k!. All of it is
// computed in float64.
//
//	shape:  [..., n, n] → same
//	source: torch.linalg.matrix_exp; Higham 2005, "The scaling and squaring
//	        method for the matrix exponential revisited"; gradient: Najfeld and
//	        Havel 1995, theorem 4.5
func MatrixExp(a *tensor.Tensor) *tensor.Tensor { return tensor.Apply(expOp{}, a) }

type expOp struct{ composed }

func (expOp) Name() string        { return "linalg.matrix_exp" }
func (expOp) Reads() tensor.Reads { return tensor.In0 }
func (expOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	if err := wantSquare(in[0]); err != nil {
		return device.Spec{}, err
	}
	return specOf(in[0].DType(), in[0].Shape()), nil
}

// pade13 are the coefficients of the numerator of the Padé approximant of
// degree 13, divided by the last: Higham, equation 2.1.
func pade13() [14]float64 {
	var b [14]float64
	b[13] = 1
	for k := 13; k > 0; k-- { // b[k-1] / b[k] = k·(27-k) / (14-k)
		b[k-1] = b[k] * float64(k*(27-k)) / float64(14-k)
	}
	return b
}

// theta13 is the norm up to which that approximant is exact to float64's
// rounding: Higham, table 2.3.
const theta13 = 5.371920351148152

func (expOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	a := in[0].Cast(tensor.Float64)
	if a.Len() == 0 {
		return tensor.ZerosLike(in[0])
	}
	norm := MatrixNorm(a, 1.0).Max().Float()
	squarings := 0
	if norm > theta13 && !math.IsInf(norm, 0) {
		squarings = int(math.Ceil(math.Log2(norm / theta13)))
		a = a.MulScalar(math.Ldexp(1, -squarings))
	}
	b, one := pade13(), eye(a, a.Size(-1), a.Size(-1))
	a2 := a.MatMul(a)
	a4 := a2.MatMul(a2)
	a6 := a4.MatMul(a2)
	sum := func(k int) *tensor.Tensor { // of the even powers, with the coefficients from k on
		low := one.MulScalar(b[k]).Add(a2.MulScalar(b[k+2])).Add(a4.MulScalar(b[k+4])).Add(a6.MulScalar(b[k+6]))
		high := a2.MulScalar(b[k+8]).Add(a4.MulScalar(b[k+10])).Add(a6.MulScalar(b[k+12]))
		return low.Add(a6.MatMul(high))
	}
	even, odd := sum(0), a.MatMul(sum(1))
	y, _ := SolveEx(even.Sub(odd), even.Add(odd))
	for range squarings {
		y = y.MatMul(y)
	}
	return y.Contiguous().Cast(in[0].DType())
}

// The exponential of [[Aᵀ, g], [0, Aᵀ]] has gA at the place of g.
func (expOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	at := transposed(c.In(0))
	n := at.Size(-1)
	top, bottom := tensor.Cat(-1, at, dy), tensor.Cat(-1, tensor.ZerosLike(at.Detach()), at)
	return tensor.Grads{MatrixExp(tensor.Cat(-2, top, bottom)).Narrow(-2, 0, n).Narrow(-1, n, n)}
}

// MultiDot returns the product of two or more matrices, in the order that takes
// the fewest multiplications. The first may be a vector, a row, and the last
// one, a column.
//
//	shape:  [m, a], [a, b], …, [z, n] → [m, n]; without m or n for a vector
//	panics: *Error for fewer than two, more dims, or sizes that do not fit
//	source: torch.linalg.multi_dot; Cormen et al., "Introduction to
//	        Algorithms", matrix-chain multiplication
func MultiDot(xs ...*tensor.Tensor) *tensor.Tensor {
	const op = "linalg.multi_dot"
	present(op, xs...)
	k := len(xs)
	if k < 2 {
		tensor.Misuse(op, fmt.Errorf("%d matrices; want at least two", k), xs...)
	}
	list := append([]*tensor.Tensor(nil), xs...)
	first, last := xs[0].Dim() == 1, xs[k-1].Dim() == 1
	if first {
		list[0] = xs[0].Unsqueeze(0)
	}
	if last {
		list[k-1] = xs[k-1].Unsqueeze(1)
	}
	for i, x := range list {
		switch {
		case x.Dim() != 2:
			tensor.Misuse(op, errors.New("want matrices, or a vector as the first and the last"), xs...)
		case i > 0 && list[i-1].Size(1) != x.Size(0):
			tensor.Misuse(op, fmt.Errorf("inner dims are %d and %d, want equal", list[i-1].Size(1), x.Size(0)), xs...)
		case x.DType() != list[0].DType():
			tensor.Misuse(op, fmt.Errorf("dtypes %v and %v differ; cast one", list[0].DType(), x.DType()), xs...)
		}
	}
	y := chain(list)(0, k-1)
	if last {
		y = y.Squeeze(1)
	}
	if first {
		y = y.Squeeze(0)
	}
	return y
}

// chain is the product of matrices i to j, in the cheapest order.
func chain(list []*tensor.Tensor) func(i, j int) *tensor.Tensor {
	k := len(list)
	cost, split := make([][]int, k), make([][]int, k)
	for i := range cost {
		cost[i], split[i] = make([]int, k), make([]int, k)
	}
	for length := 1; length < k; length++ {
		for i := 0; i+length < k; i++ {
			j := i + length
			cost[i][j] = math.MaxInt
			for s := i; s < j; s++ {
				c := cost[i][s] + cost[s+1][j] + list[i].Size(0)*list[s].Size(1)*list[j].Size(1)
				if c < cost[i][j] {
					cost[i][j], split[i][j] = c, s
				}
			}
		}
	}
	var product func(i, j int) *tensor.Tensor
	product = func(i, j int) *tensor.Tensor {
		if i == j {
			return list[i]
		}
		return product(i, split[i][j]).MatMul(product(split[i][j]+1, j))
	}
	return product
}
