// Command autograd shows what facula records and how it differentiates: the
// gradient of a function, the graph behind it, a second derivative, and a
// computation that records nothing.
//
//	go run ./examples/autograd
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/facula-ml/facula/tensor"
)

func main() { run(os.Stdout) }

func run(w io.Writer) {
	fmt.Fprintln(w, "f(x) = Σ x³, at x = [1 2 3]")
	x := tensor.Of([]float64{1, 2, 3}).RequireGrad()
	y := x.Mul(x).Mul(x).Sum()
	fmt.Fprintln(w, "\nThe record that Backward follows:")
	fmt.Fprint(w, y.Graph())

	y.Backward(tensor.RetainGraph)
	fmt.Fprintln(w, "\nf'(x)  = 3x²:", tensor.Slice[float64](x.Grad()))

	// With CreateGraph the gradient is recorded too and has a gradient itself.
	inputs := []*tensor.Tensor{x}
	g := tensor.Grad([]*tensor.Tensor{y}, inputs, tensor.CreateGraph)[0]
	h := tensor.Grad([]*tensor.Tensor{g.Sum()}, inputs)[0]
	fmt.Fprintln(w, "f''(x) = 6x: ", tensor.Slice[float64](h))

	// The no-grad mark travels with the data: nothing is recorded from here on.
	z := x.NoGrad().Exp().Sum()
	fmt.Fprintln(w, "\nΣ eˣ of a marked x requires a gradient:", z.RequiresGrad())

	// Misuse panics with an error that says the op, the shapes and the rule.
	err := tensor.Try(func() { x.Add(tensor.Zeros(2)) })
	fmt.Fprintln(w, "\nA mistake:", err)
}
