package conformance

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// Entries is the op tables of all packages, one after the other.
func Entries() []tensor.Entry {
	return append(tensor.Entries(), nn.Entries()...)
}
