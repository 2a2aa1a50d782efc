package nn

import "github.com/facula-ml/facula/tensor"

// Sequential runs layers one after another. Their state names are "0", "1", …
//
//	source: torch.nn.Sequential
type Sequential struct {
	Layers []Layer `state:",inline"`
}

// NewSequential returns the chain of the given layers.
func NewSequential(layers ...Layer) *Sequential { return &Sequential{layers} }

// Forward returns what the last layer makes of what the one before it made, and
// so on, of x.
func (s *Sequential) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := x
	for _, l := range s.Layers {
		y = l.Forward(y)
	}
	return tensor.Observed(s, x, y)
}

// Identity returns its input.
//
//	source: torch.nn.Identity
type Identity struct{ _ distinct }

// NewIdentity returns an Identity.
func NewIdentity() *Identity { return &Identity{} }

// Forward returns x.
func (l *Identity) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x) }

// distinct gives a layer without fields an address of its own, by which
// [Modules] and [Summary] tell layers apart.
type distinct byte
