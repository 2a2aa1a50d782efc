package train

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// Perplexity is the exponential of the mean cross-entropy: among how many words
// a language model seems to choose.
type Perplexity struct {
	sum, n *tensor.Tensor // stay on the device
}

// NewPerplexity returns a Perplexity. Targets of -100 do not count, as in PyTorch's
// losses.
func NewPerplexity() *Perplexity { return &Perplexity{} }

// Name returns "perplexity".
func (*Perplexity) Name() string { return "perplexity" }

// Reset forgets all batches.
func (p *Perplexity) Reset() { *p = Perplexity{} }

// Add takes in a batch of logits.
//
//	shape:  out [..., classes], of 2 classes or more; target [...]
//	dtype:  target int64 or int32
//	panics: *tensor.Error otherwise, and for a target that is no class
func (p *Perplexity) Add(out, target *tensor.Tensor) {
	if err := wantClasses(out, target); err != nil {
		tensor.Misuse("perplexity", err, out, target)
	}
	flat := target.Reshape(-1)
	loss := tensor.CrossEntropy(out.Reshape(-1, out.Size(-1)).Cast(tensor.Float32), flat, tensor.ReduceSum).Cast(tensor.Float64)
	n := flat.NeScalar(-100).Sum()
	if p.sum != nil {
		loss, n = loss.Add(p.sum), n.Add(p.n)
	}
	p.sum, p.n = loss.Keep(), n.Keep()
}

// Value returns the perplexity, NaN of nothing.
func (p *Perplexity) Value() float64 {
	if p.n == nil || p.n.Float() == 0 {
		return math.NaN()
	}
	return math.Exp(p.sum.Float() / p.n.Float())
}
