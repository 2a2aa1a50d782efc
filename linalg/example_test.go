package linalg_test

import (
	"fmt"

	"github.com/facula-ml/facula/linalg"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	a := tensor.Of([]float64{4, 1, 1, 3}, 2, 2)
	b := tensor.Of([]float64{1, 2}).RequireGrad()
	x := linalg.Solve(a, b)
	x.Sum().Backward()
	fmt.Println(x.Detach())
	fmt.Println(b.Grad())
	// Output:
	// tensor([0.0909, 0.6364], shape=[2], dtype=float64)
	// tensor([0.1818, 0.2727], shape=[2], dtype=float64)
}

func ExampleEigh() {
	values, _ := linalg.Eigh(tensor.Of([]float64{2, 1, 1, 2}, 2, 2))
	fmt.Println(values)
	// Output:
	// tensor([1., 3.], shape=[2], dtype=float64)
}

// A matrix of rank one is one singular value with its two vectors.
func ExampleSVD() {
	a := tensor.Of([]float64{3, 4, 6, 8}, 2, 2)
	u, s, vh := linalg.SVD(a, false)
	fmt.Printf("%.4f\n", s.Select(0, 0).Float())
	again := u.Mul(s).MatMul(vh) // U·diag(S)·Vh
	fmt.Println(again.AllClose(a, tensor.Closeness{RTol: 1e-12}), linalg.MatrixRank(a).Int())
	// Output:
	// 11.1803
	// true 1
}

// The line through four points that misses them least.
func ExampleLstsq() {
	x := tensor.Of([]float64{0, 1, 2, 3})
	y := tensor.Of([]float64{1, 3, 5, 7}, 4, 1)
	a := tensor.Stack(1, x, tensor.OnesLike(x)) // y = slope·x + start
	r := linalg.Lstsq(a, y, "gelsd", -1)
	fmt.Printf("%.4f\n", tensor.Slice[float64](r.Solution))
	fmt.Println(r.Rank)
	// Output:
	// [2.0000 1.0000]
	// tensor(2, shape=[], dtype=int64)
}

// The factor of a positive definite matrix solves many systems.
func ExampleCholesky() {
	a := tensor.Of([]float64{4, 2, 2, 3}, 2, 2)
	l := linalg.Cholesky(a)
	fmt.Println(l)
	fmt.Println(linalg.CholeskySolve(tensor.Of([]float64{8, 7}, 2, 1), l))
	// Output:
	// tensor([[2.0000, 0.0000],
	//         [1.0000, 1.4142]], shape=[2 2], dtype=float64)
	// tensor([[1.2500],
	//         [1.5000]], shape=[2 1], dtype=float64)
}

// What is no matrix for the function is named in the error.
func ExampleInv() {
	fmt.Println(linalg.Inv(tensor.Of([]float32{2, 0, 0, 4}, 2, 2)))
	fmt.Println(tensor.Try(func() { linalg.Inv(tensor.Ones(2, 2)) }))
	// Output:
	// tensor([[0.5000, 0.0000],
	//         [0.0000, 0.2500]], shape=[2 2], dtype=float32)
	// tensor: linalg.inv [2 2]: the matrix is singular (the diagonal element 2 of its factor U is 0)
}
