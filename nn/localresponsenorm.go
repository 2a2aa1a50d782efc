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

// A LocalResponseOption changes a LocalResponseNorm: a LocalResponse.
type LocalResponseOption interface{ localResponse(*LocalResponseNorm) }

// LocalResponse is the constants of a LocalResponseNorm; without it they are 1e-4, 0.75 and 1.
type LocalResponse struct{ Alpha, Beta, K float64 }

func (o LocalResponse) localResponse(l *LocalResponseNorm) {
	l.Alpha, l.Beta, l.K = o.Alpha, o.Beta, o.K
}

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
