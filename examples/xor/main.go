// Command xor trains the smallest network that needs a hidden layer, with the
// training loop written out: forward, backward, step.
//
//	go run ./examples/xor
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

func main() {
	seed := flag.Uint64("seed", 0, "seed of the initial weights")
	steps := flag.Int("steps", defaultSteps, "training steps")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "xor trains a 2-8-1 network on the four cases of exclusive or.\n\nFlags:")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *steps < 1 {
		fmt.Fprintln(os.Stderr, "xor: -steps is", *steps, "; want at least 1")
		os.Exit(2)
	}
	run(os.Stdout, *seed, *steps)
}

const defaultSteps = 500

// run trains and returns the last loss.
func run(w io.Writer, seed uint64, steps int) float64 {
	x := tensor.Of([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	y := tensor.Of([]float32{0, 1, 1, 0}, 4, 1)

	gen := nn.Gen(tensor.NewGenerator(seed))
	model := nn.NewSequential(nn.NewLinear(2, 8, gen), nn.NewTanh(), nn.NewLinear(8, 1, gen))
	loss := nn.NewBCEWithLogitsLoss()
	opt := optim.NewAdam(nn.Params(model), 0.05)

	scope := tensor.NewScope() // what a step computes lives in its memory
	var last float64
	for step := range steps {
		opt.ZeroGrad()
		l := loss.Forward(model.Forward(scope.In(x)), y)
		l.Backward()
		opt.Step()
		last = l.Float()
		scope.Close()
		if step%100 == 0 || step == steps-1 {
			fmt.Fprintf(w, "step %4d  loss %.6f\n", step, last)
		}
	}

	// The no-grad mark travels with x, so this records nothing.
	p := tensor.Slice[float32](model.Forward(x.NoGrad()).Sigmoid())
	in := tensor.Slice[float32](x)
	for i := range p {
		fmt.Fprintf(w, "%v xor %v = %.4f\n", in[2*i], in[2*i+1], p[i])
	}
	return last
}
