package safetensors

import (
	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// A kind is an element type of the format.
type kind struct {
	name  string
	bits  int
	dtype tensor.DType       // 0 if facula has none
	wide  bool               // dtype is twice as large
	value func(byte) float32 // of a float8, which becomes float32
}

// order lists all of them, in the order in which the reference implementation
// writes: from the last to the first, which aligns every tensor to the size of
// its elements.
//
// source: version 0.8.0 of the Python package, which names them when it is
// given another, and writes in that order
var order = []kind{
	{name: "BOOL", bits: 8, dtype: tensor.Bool},
	{name: "F4", bits: 4}, {name: "F6_E2M3", bits: 6}, {name: "F6_E3M2", bits: 6},
	{name: "U8", bits: 8, dtype: tensor.UInt8}, {name: "I8", bits: 8, dtype: tensor.Int8},
	{name: "F8_E5M2", bits: 8, dtype: tensor.Float32, value: archive.E5M2},
	{name: "F8_E4M3", bits: 8, dtype: tensor.Float32, value: archive.E4M3}, {name: "F8_E8M0", bits: 8},
	{name: "F8_E4M3FNUZ", bits: 8}, {name: "F8_E5M2FNUZ", bits: 8},
	{name: "I16", bits: 16, dtype: tensor.Int16}, {name: "U16", bits: 16, dtype: tensor.Int32, wide: true},
	{name: "F16", bits: 16, dtype: tensor.Float16}, {name: "BF16", bits: 16, dtype: tensor.BFloat16},
	{name: "I32", bits: 32, dtype: tensor.Int32}, {name: "U32", bits: 32, dtype: tensor.Int64, wide: true},
	{name: "F32", bits: 32, dtype: tensor.Float32}, {name: "C64", bits: 64},
	{name: "F64", bits: 64, dtype: tensor.Float64}, {name: "I64", bits: 64, dtype: tensor.Int64}, {name: "U64", bits: 64},
}

// kindOf returns the kind of that name, or nil.
func kindOf(name string) *kind {
	for i := range order {
		if order[i].name == name {
			return &order[i]
		}
	}
	return nil
}

// rank returns the place in order of the kind that is written for d, or -1.
func rank(d tensor.DType) int {
	for i, k := range order {
		if k.dtype == d && !k.wide && k.value == nil {
			return i
		}
	}
	return -1
}
