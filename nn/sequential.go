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

// beforeReLU is implemented by layers that can run as one op with a ReLU after
// them. The method returns nil unless the layer is l itself: a type that embeds
// l has the method too, and may have a Forward of its own.
type beforeReLU interface {
	forwardReLU(l Layer, x *tensor.Tensor) *tensor.Tensor
}

// Forward returns what the last layer makes of what the one before it made, and
// so on, of x. A layer and the ReLU after it may run as one op, with the same
// result, unless an observer travels with x or with the layer's weights.
//
//	panics: *tensor.Error if a layer is nil, and as the layers do; the message
//	names the layer
func (s *Sequential) Forward(x *tensor.Tensor) *tensor.Tensor {
	for i, l := range s.Layers {
		wantLayer(i, l)
	}
	return tensor.Observed(s, x, s.run(x))
}

func (s *Sequential) run(y *tensor.Tensor) *tensor.Tensor {
	i := 0
	defer s.explain(&i)
	for ; i < len(s.Layers); i++ {
		if z := s.withReLU(i, y); z != nil {
			y = z
			i++
			continue
		}
		y = s.Layers[i].Forward(y)
	}
	return y
}

// explain adds to the rule in an error which layer broke it.
func (s *Sequential) explain(i *int) {
	switch r := recover().(type) {
	case nil:
	case *tensor.Error:
		panic(&tensor.Error{Op: r.Op, Shapes: r.Shapes, Err: fmt.Errorf("%w; in layer %d (%T)", r.Err, *i, s.Layers[*i])})
	default:
		panic(r)
	}
}

// String describes the layers; see [Describe].
func (s *Sequential) String() string { return Describe(s) }

// withReLU runs layer i on x as one op with the next, or returns nil.
func (s *Sequential) withReLU(i int, x *tensor.Tensor) *tensor.Tensor {
	if i+1 == len(s.Layers) || tensor.Observing(x) {
		return nil
	}
	l, ok := s.Layers[i].(beforeReLU)
	if relu, is := s.Layers[i+1].(*ReLU); !ok || !is || relu == nil {
		return nil
	}
	return l.forwardReLU(s.Layers[i], x)
}

// WithReLU returns max(l.Forward(x), 0): as one op where l has one and no
// observer wants to see both, with the same result. It is for a Forward written
// by hand; a [Sequential] does it by itself.
//
//	panics: *tensor.Error as l does
func WithReLU(l Layer, x *tensor.Tensor) *tensor.Tensor {
	if f, ok := l.(beforeReLU); ok && !tensor.Observing(x) {
		if y := f.forwardReLU(l, x); y != nil {
			return y
		}
	}
	return l.Forward(x).ReLU()
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
