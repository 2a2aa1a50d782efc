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
