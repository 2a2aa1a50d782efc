package conformance

import (
	"slices"

	"github.com/facula-ml/facula/fft"
	"github.com/facula-ml/facula/linalg"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// Entries is the op tables of all packages, one after the other.
func Entries() []tensor.Entry {
	return slices.Concat(tensor.Entries(), linalg.Entries(), fft.Entries(), special.Entries(), vision.Entries(), nn.Entries())
}
