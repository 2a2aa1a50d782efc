package conformance

import (
	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor"
)

// Entries is the op tables of all packages, one after the other.
func Entries() []tensor.Entry {
	return append(tensor.Entries(), special.Entries()...)
}
