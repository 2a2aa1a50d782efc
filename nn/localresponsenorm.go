package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// LocalResponseNorm divides each element by what its neighbours in Size channels
// add up to, see [tensor.Tensor.LocalResponseNorm].
//
//	source: torch.nn.LocalResponseNorm
type LocalResponseNorm struct {
	Size           int
	Alpha, Beta, K float64
}

// A LocalResponseOption changes [NewLocalResponseNorm]: Alpha, Beta, K.
type LocalResponseOption interface{ localResponse(*LocalResponseNorm) }

// K is what a LocalResponseNorm adds to the sum, 1 without it.
func K(k float64) LocalResponseOption { return kOption(k) }

type kOption float64

func (a AlphaOption) localResponse(l *LocalResponseNorm) { l.Alpha = float64(a) }
func (b BetaOption) localResponse(l *LocalResponseNorm)  { l.Beta = float64(b) }
func (k kOption) localResponse(l *LocalResponseNorm)     { l.K = float64(k) }

// NewLocalResponseNorm returns a layer over size channels.
//
//	panics: *tensor.Error for a size less than 1
func NewLocalResponseNorm(size int, opts ...LocalResponseOption) *LocalResponseNorm {
	if size < 1 {
		tensor.Misuse("local_response_norm", fmt.Errorf("the size is %d; want at least 1", size))
	}
	l := &LocalResponseNorm{size, 1e-4, 0.75, 1}
	for _, o := range opts {
		o.localResponse(l)
	}
	return l
}

// Forward returns a tensor of x's shape, [n, c, …].
//
//	panics: *tensor.Error for other shapes
func (l *LocalResponseNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.LocalResponseNorm(l.Size, l.Alpha, l.Beta, l.K))
}
