package gguf

import "github.com/facula-ml/facula/tensor"

// A kind is a type of elements. They lie in blocks, which quantised ones share
// a scale in.
type kind struct {
	name   string
	block  int // elements
	bytes  int // of a block
	dtype  tensor.DType
	decode func(dst []float32, block []byte) // of quantised elements
}

const (
	small = 32  // elements of a block of the older kinds
	super = 256 // elements of a block of the K kinds
)

// kinds are those of ggml.h by number; the ones without a dtype are listed but
// not read. Numbers that are missing here are of kinds that were given up.
var kinds = map[uint32]kind{
	0:  {"F32", 1, 4, tensor.Float32, nil},
	1:  {"F16", 1, 2, tensor.Float16, nil},
	2:  {"Q4_0", small, 2 + 16, tensor.Float32, q4_0},
	3:  {"Q4_1", small, 4 + 16, tensor.Float32, q4_1},
	6:  {"Q5_0", small, 2 + 4 + 16, tensor.Float32, q5_0},
	7:  {"Q5_1", small, 4 + 4 + 16, tensor.Float32, q5_1},
	8:  {"Q8_0", small, 2 + 32, tensor.Float32, q8_0},
	9:  {"Q8_1", small, 4 + 4 + 32, 0, nil},
	10: {"Q2_K", super, 16 + 64 + 4, tensor.Float32, q2K},
	11: {"Q3_K", super, 32 + 64 + 12 + 2, tensor.Float32, q3K},
	12: {"Q4_K", super, 4 + 12 + 128, tensor.Float32, q4K},
	13: {"Q5_K", super, 4 + 12 + 32 + 128, tensor.Float32, q5K},
	14: {"Q6_K", super, 128 + 64 + 16 + 2, tensor.Float32, q6K},
	15: {"Q8_K", super, 4 + 256 + 32, tensor.Float32, q8K},
	16: {"IQ2_XXS", super, 2 + 64, 0, nil},
	17: {"IQ2_XS", super, 2 + 64 + 8, 0, nil},
	18: {"IQ3_XXS", super, 2 + 64 + 32, 0, nil},
	19: {"IQ1_S", super, 2 + 32 + 16, 0, nil},
	20: {"IQ4_NL", small, 2 + 16, 0, nil},
	21: {"IQ3_S", super, 2 + 64 + 32 + 8 + 4, 0, nil},
	22: {"IQ2_S", super, 2 + 64 + 16, 0, nil},
	23: {"IQ4_XS", super, 4 + 128 + 4, 0, nil},
	24: {"I8", 1, 1, tensor.Int8, nil},
	25: {"I16", 1, 2, tensor.Int16, nil},
	26: {"I32", 1, 4, tensor.Int32, nil},
	27: {"I64", 1, 8, tensor.Int64, nil},
	28: {"F64", 1, 8, tensor.Float64, nil},
	29: {"IQ1_M", super, 32 + 16 + 8, 0, nil},
	30: {"BF16", 1, 2, tensor.BFloat16, nil},
	34: {"TQ1_0", super, 2 + 52, 0, nil},
	35: {"TQ2_0", super, 2 + 64, 0, nil},
	39: {"MXFP4", small, 1 + 16, 0, nil},
	40: {"NVFP4", 64, 4 + 32, 0, nil},
	41: {"Q1_0", 128, 2 + 16, 0, nil},
}
