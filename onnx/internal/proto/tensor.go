package proto

import "fmt"

// An ElemType is the type of a tensor's elements.
type ElemType int32

// The element types, by the names and numbers of TensorProto.DataType.
const (
	Undefined ElemType = iota
	Float
	Uint8
	Int8
	Uint16
	Int16
	Int32
	Int64
	String
	Bool
	Float16
	Double
	Uint32
	Uint64
	Complex64
	Complex128
	BFloat16
	Float8E4M3FN
	Float8E4M3FNUZ
	Float8E5M2
	Float8E5M2FNUZ
	Uint4
	Int4
	Float4E2M1
	Float8E8M0
	Uint2
	Int2
)

var elemNames = [...]string{"undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
	"float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz",
	"float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1", "float8e8m0", "uint2", "int2"}

// String returns ONNX's name of the type.
func (e ElemType) String() string {
	if e < 0 || int(e) >= len(elemNames) {
		return fmt.Sprintf("type %d", int32(e))
	}
	return elemNames[e]
}

// External is the value of DataLocation for a tensor whose data is in another file.
const External = 1

// A Tensor is a constant. Its elements are in RawData (little endian, without
// gaps), in the typed list for its type, or in another file. RawData of a tensor
// that was read shares memory with the file.
type Tensor struct {
	Dims         []int64
	DataType     ElemType
	FloatData    []float32
	Int32Data    []int32
	StringData   []string
	Int64Data    []int64
	Name         string
	DocString    string
	RawData      []byte // nil if the data is elsewhere
	DoubleData   []float64
	Uint64Data   []uint64
	ExternalData []*Entry
	DataLocation int32 // External, or 0
}

// UnmarshalTensor reads a file that holds one tensor, and shares its memory.
func UnmarshalTensor(data []byte) (*Tensor, error) {
	t := new(Tensor)
	if err := unmarshal(data, t); err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	return t, nil
}

// Marshal returns t as the bytes of a file.
func (t *Tensor) Marshal() []byte { return marshal(t) }

func (t *Tensor) fields(c *codec) {
	varints(c, 1, &t.Dims, loose)
	readEnum(c, 2, &t.DataType)
	float32s(c, 4, &t.FloatData, packed)
	varints(c, 5, &t.Int32Data, packed)
	c.texts(6, &t.StringData)
	varints(c, 7, &t.Int64Data, packed)
	c.text(8, &t.Name)
	c.bytes(9, &t.RawData)
	float64s(c, 10, &t.DoubleData)
	varints(c, 11, &t.Uint64Data, packed)
	c.text(12, &t.DocString)
	many(c, 13, &t.ExternalData)
	varint(c, 14, &t.DataLocation)
}

// A SparseTensor holds the elements that are not zero, in the order of their indices.
type SparseTensor struct {
	Values  *Tensor // of one dim
	Indices *Tensor // of int64: positions in the flattened tensor, or one row a dim
	Dims    []int64
}

func (s *SparseTensor) fields(c *codec) {
	single(c, 1, &s.Values)
	single(c, 2, &s.Indices)
	varints(c, 3, &s.Dims, loose)
}

// A Type is the type of a value: the one field that is set.
type Type struct {
	Tensor       *TensorType
	Sequence     *ElementType
	Optional     *ElementType
	Map          *MapType
	SparseTensor *TensorType
	Denotation   string
}

func (t *Type) fields(c *codec) {
	single(c, 1, &t.Tensor)
	single(c, 4, &t.Sequence)
	single(c, 5, &t.Map)
	c.text(6, &t.Denotation)
	single(c, 8, &t.SparseTensor)
	single(c, 9, &t.Optional)
}

// A TensorType is the type of a tensor; Shape is nil if not even the rank is known.
type TensorType struct {
	ElemType ElemType
	Shape    *Shape
}

func (t *TensorType) fields(c *codec) {
	readEnum(c, 1, &t.ElemType)
	single(c, 2, &t.Shape)
}

// An ElementType is the type of what a sequence or an optional holds.
type ElementType struct{ Elem *Type }

func (e *ElementType) fields(c *codec) { single(c, 1, &e.Elem) }

// A MapType is the type of a map.
type MapType struct {
	Key   ElemType
	Value *Type
}

func (m *MapType) fields(c *codec) {
	readEnum(c, 1, &m.Key)
	single(c, 2, &m.Value)
}

// A Shape is a list of dims.
type Shape struct{ Dim []*Dim }

func (s *Shape) fields(c *codec) { many(c, 1, &s.Dim) }

// A Dim is a length if Known, else a name, which may be empty.
type Dim struct {
	Value      int64
	Known      bool
	Param      string
	Denotation string
}

func (d *Dim) fields(c *codec) {
	if c.dir == reading && c.num == 1 {
		d.Known = true
	}
	if c.dir == reading || d.Known {
		varintAlways(c, 1, &d.Value)
	}
	c.text(2, &d.Param)
	c.text(3, &d.Denotation)
}
