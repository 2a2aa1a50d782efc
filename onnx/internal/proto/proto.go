// Package proto reads and writes the protobuf messages of ONNX files.
//
// The structs are those of onnx.proto and onnx-data.proto (ONNX 1.22), with the
// fields that inference needs; other fields are skipped when read. Each struct
// lists its fields once, in a method that serves both directions.
//
// Unmarshal is for files that a stranger wrote: it bounds depth and memory, and
// its errors say in which message the file is broken. Raw data is not copied, so
// a model shares memory with the bytes it was read from.
package proto

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// A Model is a file: a graph, and the operator sets that it uses.
type Model struct {
	IRVersion       int64
	OpsetImport     []*OperatorSetID
	ProducerName    string
	ProducerVersion string
	Domain          string
	ModelVersion    int64
	DocString       string
	Graph           *Graph
	MetadataProps   []*Entry
	Functions       []*Function
}

// Unmarshal reads a model. The model shares memory with data.
func Unmarshal(data []byte) (*Model, error) {
	m := new(Model)
	if err := unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	return m, nil
}

// Marshal returns m as the bytes of a file.
func (m *Model) Marshal() []byte { return marshal(m) }

func (m *Model) fields(c *codec) {
	varint(c, 1, &m.IRVersion)
	c.text(2, &m.ProducerName)
	c.text(3, &m.ProducerVersion)
	c.text(4, &m.Domain)
	varint(c, 5, &m.ModelVersion)
	c.text(6, &m.DocString)
	single(c, 7, &m.Graph)
	many(c, 8, &m.OpsetImport)
	many(c, 14, &m.MetadataProps)
	many(c, 25, &m.Functions)
}

// An OperatorSetID names a version of a domain's operators. The empty domain is
// ONNX's own.
type OperatorSetID struct {
	Domain  string
	Version int64
}

func (o *OperatorSetID) fields(c *codec) {
	c.textAlways(1, &o.Domain) // as other writers do, though it may be empty
	varint(c, 2, &o.Version)
}

// An Entry is a key with its value.
type Entry struct{ Key, Value string }

func (e *Entry) fields(c *codec) {
	c.text(1, &e.Key)
	c.text(2, &e.Value)
}

// A Graph is nodes in topological order, with the values they start from.
type Graph struct {
	Node              []*Node
	Name              string
	Initializer       []*Tensor
	SparseInitializer []*SparseTensor
	DocString         string
	Input             []*ValueInfo
	Output            []*ValueInfo
	ValueInfo         []*ValueInfo
	MetadataProps     []*Entry
}

func (g *Graph) fields(c *codec) {
	many(c, 1, &g.Node)
	c.text(2, &g.Name)
	many(c, 5, &g.Initializer)
	c.text(10, &g.DocString)
	many(c, 11, &g.Input)
	many(c, 12, &g.Output)
	many(c, 13, &g.ValueInfo)
	many(c, 15, &g.SparseInitializer)
	many(c, 16, &g.MetadataProps)
}

// A Node is a call of an operator. An empty name in Input or Output stands for
// an argument that is left out.
type Node struct {
	Input         []string
	Output        []string
	Name          string
	OpType        string
	Domain        string
	Overload      string
	Attribute     []*Attribute
	DocString     string
	MetadataProps []*Entry
}

func (n *Node) fields(c *codec) {
	c.texts(1, &n.Input)
	c.texts(2, &n.Output)
	c.text(3, &n.Name)
	c.text(4, &n.OpType)
	many(c, 5, &n.Attribute)
	c.text(6, &n.DocString)
	c.text(7, &n.Domain)
	c.text(8, &n.Overload)
	many(c, 9, &n.MetadataProps)
}

// An AttributeType says which field of an Attribute holds its value.
type AttributeType int32

// The attribute types.
const (
	AttrUndefined AttributeType = iota
	AttrFloat
	AttrInt
	AttrString
	AttrTensor
	AttrGraph
	AttrFloats
	AttrInts
	AttrStrings
	AttrTensors
	AttrGraphs
	AttrSparseTensor
	AttrSparseTensors
	AttrType
	AttrTypes
)

// An Attribute is a named constant of a node; Type says which field counts.
type Attribute struct {
	Name         string
	RefAttrName  string // in a function: the attribute of the call that gives the value
	DocString    string
	Type         AttributeType
	F            float32
	I            int64
	S            string // may hold any bytes
	T            *Tensor
	G            *Graph
	SparseTensor *SparseTensor
	TypeProto    *Type
	Floats       []float32
	Ints         []int64
	Strings      []string
	Tensors      []*Tensor
	Graphs       []*Graph
	TypeProtos   []*Type
}

func (a *Attribute) fields(c *codec) {
	c.text(1, &a.Name)
	// The value is written even if zero: ONNX's checker wants exactly one.
	if c.dir == reading || a.Type == AttrFloat && a.RefAttrName == "" {
		c.float(2, &a.F)
	}
	if c.dir == reading || a.Type == AttrInt && a.RefAttrName == "" {
		varintAlways(c, 3, &a.I)
	}
	if c.dir == reading || a.Type == AttrString && a.RefAttrName == "" {
		c.textAlways(4, &a.S)
	}
	single(c, 5, &a.T)
	single(c, 6, &a.G)
	float32s(c, 7, &a.Floats, loose)
	varints(c, 8, &a.Ints, loose)
	c.texts(9, &a.Strings)
	many(c, 10, &a.Tensors)
	many(c, 11, &a.Graphs)
	c.text(13, &a.DocString)
	single(c, 14, &a.TypeProto)
	many(c, 15, &a.TypeProtos)
	readEnum(c, 20, &a.Type)
	c.text(21, &a.RefAttrName)
	single(c, 22, &a.SparseTensor)
}

// readEnum is varint for an enum.
func readEnum[T ~int32](c *codec, num protowire.Number, v *T) {
	n := int32(*v)
	varint(c, num, &n)
	*v = T(n)
}

// A ValueInfo is a name with its type.
type ValueInfo struct {
	Name          string
	Type          *Type
	DocString     string
	MetadataProps []*Entry
}

func (v *ValueInfo) fields(c *codec) {
	c.text(1, &v.Name)
	single(c, 2, &v.Type)
	c.text(3, &v.DocString)
	many(c, 4, &v.MetadataProps)
}

// A Function is an operator made of others.
type Function struct {
	Name           string
	Domain         string
	Overload       string
	Input          []string
	Output         []string
	Attribute      []string     // those without a default
	AttributeProto []*Attribute // those with one
	Node           []*Node
	OpsetImport    []*OperatorSetID
	ValueInfo      []*ValueInfo
	DocString      string
	MetadataProps  []*Entry
}

func (f *Function) fields(c *codec) {
	c.text(1, &f.Name)
	c.texts(4, &f.Input)
	c.texts(5, &f.Output)
	c.texts(6, &f.Attribute)
	many(c, 7, &f.Node)
	c.text(8, &f.DocString)
	many(c, 9, &f.OpsetImport)
	c.text(10, &f.Domain)
	many(c, 11, &f.AttributeProto)
	many(c, 12, &f.ValueInfo)
	c.text(13, &f.Overload)
	many(c, 14, &f.MetadataProps)
}

// OpsetOf returns the version of domain in list, 0 if it has none. "ai.onnx" is
// the empty domain's other name.
func OpsetOf(list []*OperatorSetID, domain string) int64 {
	i := slices.IndexFunc(list, func(o *OperatorSetID) bool { return Domain(o.Domain) == Domain(domain) })
	if i < 0 {
		return 0
	}
	return list[i].Version
}

// Domain is name with ONNX's own domain as the empty string.
func Domain(name string) string {
	if name == "ai.onnx" {
		return ""
	}
	return name
}

// Marshal returns a as bytes.
func (a *Attribute) Marshal() []byte { return marshal(a) }
