package nn

import "github.com/facula-ml/facula/tensor"

// Dropout sets elements to 0 with probability P and divides the others by 1-P,
// in training mode only.
//
//	source: torch.nn.Dropout
type Dropout struct {
	P        float64
	Gen      *tensor.Generator // nil means the default one
	Training bool
}

// A DropoutOption changes [NewDropout]: Gen.
type DropoutOption interface{ dropout(*Dropout) }

func (o GenOption) dropout(l *Dropout) { l.Gen = o.g }

// NewDropout returns a Dropout with probability p; PyTorch's default is 0.5.
//
//	panics: *tensor.Error unless 0 <= p <= 1
func NewDropout(p float64, opts ...DropoutOption) *Dropout {
	wantProbability("dropout", "p is", p)
	l := &Dropout{P: p, Training: true}
	for _, o := range opts {
		o.dropout(l)
	}
	return l
}

// Forward returns a tensor of x's shape, x itself in evaluation mode.
func (l *Dropout) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := x
	if l.Training {
		y = x.Dropout(l.P, l.Gen)
	}
	return tensor.Observed(l, x, y)
}
