package onnx

import (
	"fmt"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// An ElemType is what ONNX calls the type of a tensor's elements; String gives
// its name, such as "float" or "uint16".
type ElemType = proto.ElemType

// A Value is what flows between nodes: a tensor, a tensor of strings, a sequence
// of values, or an optional that holds nothing.
type Value struct {
	// Tensor is nil for strings, sequences and the empty optional.
	Tensor *tensor.Tensor
	// Elem is the type that the tensor has in ONNX. Where facula has no such
	// dtype, Tensor is wider: int32 for uint16, int64 for uint32 and uint64
	// (whose upper half is negative), int8 and uint8 for less than eight bits.
	Elem ElemType

	Strings []string // of a tensor of strings, in row-major order
	Shape   []int    // of the strings

	Sequence []*Value
	Kind     Kind
}

// A Kind says which fields of a Value count.
type Kind int

// The kinds of values.
const (
	KindTensor   Kind = iota
	KindStrings       // Strings and Shape
	KindSequence      // Sequence
	KindNone          // an optional without a value
)

// NewValue is the value of t, with the element type of its dtype.
func NewValue(t *tensor.Tensor) *Value { return &Value{Tensor: t, Elem: elemOf(t.DType())} }

// NewSequence is a sequence of values, which should be of one type.
func NewSequence(v ...*Value) *Value { return &Value{Sequence: v, Kind: KindSequence} }

// String says kind, element type and shape.
func (v *Value) String() string {
	switch {
	case v == nil:
		return "nothing"
	case v.Kind == KindStrings:
		return fmt.Sprintf("string%v", v.Shape)
	case v.Kind == KindSequence:
		return fmt.Sprintf("sequence of %d", len(v.Sequence))
	case v.Kind == KindNone || v.Tensor == nil:
		return "empty optional"
	}
	return fmt.Sprintf("%v%v", v.Elem, v.Tensor.Shape())
}

// none is the optional without a value.
var none = &Value{Kind: KindNone}

// storage is the dtype that holds elements of type e, 0 if there is none.
func storage(e ElemType) tensor.DType {
	switch e {
	case proto.Float:
		return tensor.Float32
	case proto.Double:
		return tensor.Float64
	case proto.Float16:
		return tensor.Float16
	case proto.BFloat16:
		return tensor.BFloat16
	case proto.Uint8, proto.Uint4, proto.Uint2:
		return tensor.UInt8
	case proto.Int8, proto.Int4, proto.Int2:
		return tensor.Int8
	case proto.Int16:
		return tensor.Int16
	case proto.Int32, proto.Uint16:
		return tensor.Int32
	case proto.Int64, proto.Uint32, proto.Uint64:
		return tensor.Int64
	case proto.Bool:
		return tensor.Bool
	}
	return 0
}

// elemOf is the element type of a dtype.
func elemOf(d tensor.DType) ElemType {
	return [...]ElemType{tensor.Float32: proto.Float, tensor.Float64: proto.Double, tensor.Float16: proto.Float16,
		tensor.BFloat16: proto.BFloat16, tensor.Int8: proto.Int8, tensor.Int16: proto.Int16, tensor.Int32: proto.Int32,
		tensor.Int64: proto.Int64, tensor.UInt8: proto.Uint8, tensor.Bool: proto.Bool}[d]
}

// typed is t as a value of type e, if t's dtype is the one that holds e; else it
// has its dtype's own type. Unsigned numbers wrap around as their type does.
func typed(t *tensor.Tensor, e ElemType) *Value {
	if t.DType() != storage(e) {
		return NewValue(t)
	}
	switch e {
	case proto.Uint16:
		t = t.BitwiseAndScalar(0xffff)
	case proto.Uint32:
		t = t.BitwiseAndScalar(int64(0xffffffff))
	}
	return &Value{Tensor: t, Elem: e}
}
