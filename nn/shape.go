package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// Flatten makes one dim of the dims StartDim … EndDim.
//
//	source: torch.nn.Flatten
type Flatten struct{ StartDim, EndDim int }

// A FlattenOption changes [NewFlatten]: StartDim, EndDim.
type FlattenOption interface{ flatten(*Flatten) }

// StartDim is the first dim that a Flatten joins, 1 without it.
func StartDim(dim int) FlattenOption { return startDim(dim) }

// EndDim is the last dim that a Flatten joins, -1 without it.
func EndDim(dim int) FlattenOption { return endDim(dim) }

type (
	startDim int
	endDim   int
)

func (d startDim) flatten(l *Flatten) { l.StartDim = int(d) }
func (d endDim) flatten(l *Flatten)   { l.EndDim = int(d) }

// NewFlatten returns a Flatten of all dims but the first, unless options say
// otherwise.
func NewFlatten(opts ...FlattenOption) *Flatten {
	l := &Flatten{1, -1}
	for _, o := range opts {
		o.flatten(l)
	}
	return l
}

// Forward returns a view of x where it can.
//
//	panics: *tensor.Error if x has no such dims
func (l *Flatten) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Flatten(l.StartDim, l.EndDim))
}

// Unflatten splits the dim Dim into the dims Shape.
//
//	source: torch.nn.Unflatten
type Unflatten struct {
	Dim   int
	Shape []int
}

// NewUnflatten returns an Unflatten of dim into shape, one of which may be -1
// and is what is left.
func NewUnflatten(dim int, shape ...int) *Unflatten { return &Unflatten{dim, shape} }

// Forward returns a view of x where it can.
//
//	panics: *tensor.Error if x has no such dim, or Shape does not fill it
func (l *Unflatten) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantInput("unflatten", x)
	n, d := x.Size(l.Dim), l.Dim
	if d < 0 {
		d += x.Dim()
	}
	known, open := 1, 0
	for _, k := range l.Shape {
		switch {
		case k == -1:
			open++
		case k < 0:
			tensor.Misuse("unflatten", fmt.Errorf("a size of %v is %d; want 0 or more, or -1 for what is left", l.Shape, k), x)
		default:
			known *= k
		}
	}
	if open > 1 || open == 0 && known != n || open == 1 && (known == 0 || n%known != 0) {
		tensor.Misuse("unflatten", fmt.Errorf("dim %d of size %d does not split into %v", l.Dim, n, l.Shape), x)
	}
	shape := x.Shape()
	inner := append([]int{}, l.Shape...)
	for i, k := range inner {
		if k < 0 {
			inner[i] = n / known
		}
	}
	shape = append(shape[:d], append(inner, shape[d+1:]...)...)
	return tensor.Observed(l, x, x.Reshape(shape...))
}
