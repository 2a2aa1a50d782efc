package cpu

import "github.com/facula-ml/facula/internal/mt19937"

// RandomLoops are the loops of PyTorch's generator on this machine's vectors,
// nil where there are none.
func RandomLoops() *mt19937.Loops { return randomLoops }

var randomLoops = loopsOf()

func loopsOf() *mt19937.Loops {
	r := &asm.F32.Random
	if r.Twist == nil {
		return nil
	}
	const block = 16 // numbers that Normal pairs; a vector of them takes two blocks
	return &mt19937.Loops{Twist: r.Twist, Uniform: r.Uniform, Normal: r.Normal, Blocks: max(1, asm.Bytes/(2*block))}
}
