package device

// A DType names the type of one element. The zero DType is no type; where an
// option allows it, it means "the default".
type DType uint8

// The element types, with PyTorch's names.
const (
	Float32 DType = iota + 1
	Float64
	Float16  // IEEE 754 binary16
	BFloat16 // the upper half of a float32
	Int8
	Int16
	Int32
	Int64
	UInt8
	Bool // one byte, 0 or 1
	NumDTypes
)

var dtypes = [NumDTypes]struct {
	name string
	size int
}{
	Float32: {"float32", 4}, Float64: {"float64", 8}, Float16: {"float16", 2}, BFloat16: {"bfloat16", 2},
	Int8: {"int8", 1}, Int16: {"int16", 2}, Int32: {"int32", 4}, Int64: {"int64", 8},
	UInt8: {"uint8", 1}, Bool: {"bool", 1}, 0: {"none", 0},
}

// Size is the number of bytes of one element.
func (d DType) Size() int { return dtypes[d].size }

// String is PyTorch's name without "torch.".
func (d DType) String() string {
	if d >= NumDTypes {
		return "invalid dtype"
	}
	return dtypes[d].name
}

// IsFloat reports whether d is a floating-point type; only those have gradients.
func (d DType) IsFloat() bool { return d >= Float32 && d <= BFloat16 }

// IsInt reports whether d is an integer type; Bool is not.
func (d DType) IsInt() bool { return d >= Int8 && d <= UInt8 }
