package nn

import (
	"fmt"
	"reflect"

	"github.com/facula-ml/facula/tensor"
)

// Sequential runs layers one after another. Their state names are "0", "1", …
//
//	source: torch.nn.Sequential
type Sequential struct {
	Layers []Layer `state:",inline"`
}

// NewSequential returns the chain of the given layers.
//
//	panics: *tensor.Error if one of them is nil
func NewSequential(layers ...Layer) *Sequential {
	for i, l := range layers {
		wantLayer(i, l)
	}
	return &Sequential{layers}
}

// wantLayer refuses a layer that is nil, or a nil pointer.
func wantLayer(i int, l Layer) {
	if v := reflect.ValueOf(l); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		refuse(fmt.Errorf("layer %d of the Sequential is nil", i))
	}
}

// Forward returns what the last layer makes of what the one before it made, and
// so on, of x.
//
//	panics: *tensor.Error if a layer is nil, and as the layers do
func (s *Sequential) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := x
	for i, l := range s.Layers {
		wantLayer(i, l)
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
