package special_test

import (
	"fmt"

	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor"
)

// The logarithm of a probability far out in the tail, where Log of Ndtr is -Inf.
func ExampleLogNdtr() {
	x := tensor.Of([]float64{0, -40})
	fmt.Printf("%.4f\n", tensor.Slice[float64](special.LogNdtr(x)))
	fmt.Printf("%.4f\n", tensor.Slice[float64](special.Ndtr(x).Log()))
	// Output:
	// [-0.6931 -804.6084]
	// [-0.6931 -Inf]
}

// Two tensors broadcast; a number is a tensor without dims.
func ExampleGammaInc() {
	x := tensor.Of([]float64{0.5, 1, 2})
	p := special.GammaInc(tensor.Scalar(1.0), x) // 1 - exp(-x)
	fmt.Printf("%.4f\n", tensor.Slice[float64](p))
	// Output: [0.3935 0.6321 0.8647]
}

// An orthogonal polynomial of several degrees at once.
func ExampleLegendrePolynomialP() {
	n := tensor.Of([]float64{0, 1, 2})
	fmt.Println(special.LegendrePolynomialP(tensor.Scalar(0.5), n))
	// Output: tensor([ 1.0000,  0.5000, -0.1250], shape=[3], dtype=float64)
}
