package conformance

import (
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// Entries is the op tables of all packages, one after the other.
func Entries() []tensor.Entry {
	return append(tensor.Entries(), vision.Entries()...)
}
