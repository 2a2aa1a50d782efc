package onnx

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// A hostile is a model that must be refused, by Read or by Run with x of shape
// [2, 3], and a part of what the error says.
type hostile struct {
	why   string
	model *proto.Model
	want  string
}

// edit changes a model that is right.
func edit(f func(m *proto.Model)) *proto.Model {
	m := with(modelOf(op("Add", "x", "w", "->", "y")), floatsOfShape("w", 2, 3))
	f(m)
	return m
}

// weight changes the constant of a model that is right.
func weight(f func(w *proto.Tensor)) *proto.Model {
	return edit(func(m *proto.Model) { f(m.Graph.Initializer[0]) })
}

// single is a model of one operator.
func single(name string, args ...any) *proto.Model { return modelOf(op(name, args...)) }

var structures = []hostile{
	{"no graph", edit(func(m *proto.Model) { m.Graph = nil }), "no graph"},
	{"no operator set", edit(func(m *proto.Model) { m.OpsetImport = nil }), "imports no operator set"},
	{"only another domain's operator set", edit(func(m *proto.Model) { m.OpsetImport[0].Domain = "x" }), `does not import the operator set ""`},
	{"operator set 0", opset(edit(func(*proto.Model) {}), 0), "does not import"},
	{"operator set -1", opset(edit(func(*proto.Model) {}), -1), "does not import"},
	{"an unknown operator", single("Evil", "x", "->", "y"), "node 0 (Evil): the operator Evil of opset 18 is not supported"},
	{"an operator without a name", single("", "x", "->", "y"), "is not supported"},
	{"an unknown domain", edit(func(m *proto.Model) { m.Graph.Node[0].Domain = "com.evil" }), "com.evil.Add"},
	{"two inputs of one name", edit(func(m *proto.Model) { m.Graph.Input = append(m.Graph.Input, m.Graph.Input[0]) }), `two inputs are named "x"`},
	{"two constants of one name", edit(func(m *proto.Model) { with(m, m.Graph.Initializer[0]) }), `two initializers are named "w"`},
	{"a value made twice", modelOf(op("Relu", "x", "->", "y"), op("Relu", "x", "->", "y")), "which is there already"},
	{"a node that makes its input", single("Relu", "x", "->", "x"), "which is there already"},
	{"a name that nothing makes", single("Relu", "z", "->", "y"), `reads "z", which nothing before it makes`},
	{"a node that reads itself", single("Relu", "y", "->", "y"), `reads "y"`},
	{"nodes in the wrong order", modelOf(op("Relu", "a", "->", "y"), op("Relu", "x", "->", "a")), `reads "a"`},
	{"an output that nothing makes", single("Relu", "x", "->", "z"), `nothing makes the output "y"`},
	{"two attributes of one name", single("Elu", "x", "->", "y", attrFloat("alpha", 1), attrFloat("alpha", 2)), "two attributes"},
	{"an attribute without a type", single("Elu", "x", "->", "y", &proto.Attribute{Name: "alpha"}), "no type"},
	{"an attribute of another type", single("Elu", "x", "->", "y", attrInt("alpha", 1)), `"alpha" has type 2; want 1`},
	{"a tensor attribute without a tensor", single("Constant", "->", "y", &proto.Attribute{Name: "value", Type: proto.AttrTensor}), "no value"},
	{"a graph attribute without a graph", single("If", "x", "->", "y", &proto.Attribute{Name: "then_branch", Type: proto.AttrGraph}), "no value"},
	{"a sparse constant", edit(func(m *proto.Model) { m.Graph.SparseInitializer = []*proto.SparseTensor{{Dims: []int64{1 << 40}}} }), "sparse"},
	{"an attribute from nowhere", single("Constant", "->", "y", &proto.Attribute{Name: "value", RefAttrName: "v", Type: proto.AttrTensor}), "none of the attributes"},

	{"a negative dim", weight(func(w *proto.Tensor) { w.Dims[0] = -2 }), "negative dim"},
	{"the least dim", weight(func(w *proto.Tensor) { w.Dims[0] = math.MinInt64 }), "negative dim"},
	{"dims whose product overflows to the right number", weight(func(w *proto.Tensor) { w.Dims = []int64{1 << 32, 1 << 32, 6} }), "more elements than"},
	{"dims that overflow beside a zero", weight(func(w *proto.Tensor) { w.Dims = []int64{0, 1 << 62, 1 << 62} }), "more elements than"},
	{"more dims than there may be", weight(func(w *proto.Tensor) { w.Dims = make([]int64, 9) }), "9 dims; want at most 8"},
	{"terabytes that are not there", weight(func(w *proto.Tensor) { w.Dims[0] = 1 << 40 }), "6 elements in the list"},
	{"terabytes of raw data that are not there", weight(func(w *proto.Tensor) { w.Dims[0] = 1 << 40; w.RawData = make([]byte, 24) }), "24 bytes of data; want"},
	{"too little raw data", weight(func(w *proto.Tensor) { w.RawData = make([]byte, 23) }), "23 bytes of data; want 24"},
	{"too much raw data", weight(func(w *proto.Tensor) { w.RawData = make([]byte, 25) }), "25 bytes of data; want 24"},
	{"raw data that overflows in bits", weight(func(w *proto.Tensor) { w.Dims = []int64{1 << 61}; w.RawData = []byte{} }), "0 bytes of data"},
	{"no type", weight(func(w *proto.Tensor) { w.DataType = 0 }), "undefined"},
	{"a type of the future", weight(func(w *proto.Tensor) { w.DataType = 1000 }), "type 1000"},
	{"a negative type", weight(func(w *proto.Tensor) { w.DataType = -1 }), "type -1"},
	{"complex numbers", weight(func(w *proto.Tensor) { w.DataType = proto.Complex64 }), "no elements of type complex64"},
	{"the list of another type", weight(func(w *proto.Tensor) { w.DataType = proto.Int64 }), "0 elements in the list"},
	{"too few strings", weight(func(w *proto.Tensor) { w.DataType = proto.String }), "0 strings; want 6"},
	{"too few numbers of four bits", weight(func(w *proto.Tensor) { w.DataType = proto.Int4; w.Int32Data = make([]int32, 2) }), "2 elements in the list"},
	{"data in another file", weight(func(w *proto.Tensor) { w.DataLocation = proto.External }), "in another file"},
}

// functions are models with functions that are worse than they look.
func functions() []hostile {
	f := func(name string, body ...*proto.Node) *proto.Function {
		return &proto.Function{Name: name, Domain: "f", Input: []string{"x"}, Output: []string{"y"}, Node: body}
	}
	call := func(name, in, out string) *proto.Node {
		return &proto.Node{Domain: "f", OpType: name, Input: []string{in}, Output: []string{out}}
	}
	m := func(fs ...*proto.Function) *proto.Model {
		m := modelOf(call("f0", "x", "y"))
		m.OpsetImport = append(m.OpsetImport, &proto.OperatorSetID{Domain: "f", Version: 1})
		m.Functions = fs
		return m
	}
	var double, chain []*proto.Function
	for i := range 40 {
		next := fmt.Sprint("f", i+1)
		double = append(double, f(fmt.Sprint("f", i), call(next, "x", "a"), call(next, "a", "y")))
	}
	for i := range 1000 {
		chain = append(chain, f(fmt.Sprint("f", i), call(fmt.Sprint("f", i+1), "x", "y")))
	}
	last := func(name string) *proto.Function { return f(name, op("Relu", "x", "->", "y")) }
	return []hostile{
		{"a function that calls itself", m(f("f0", call("f0", "x", "y"))), "calls itself"},
		{"functions that call each other", m(f("f0", call("f1", "x", "y")), f("f1", call("f0", "x", "y"))), "calls itself"},
		{"2^40 nodes in functions", m(append(double, last("f40"))...), "more than 100000 nodes"},
		{"a thousand functions deep", m(append(chain, last("f1000"))...), "more than 100 deep"},
		{"a function that makes no output", m(f("f0", op("Relu", "x", "->", "z"))), `nothing makes the output "y"`},
		{"a function that reads what is outside", m(f("f0", op("Relu", "w", "->", "y"))), `reads "w"`},
		{"more arguments than a function has", edit(func(e *proto.Model) {
			*e = *m(last("f0"))
			e.Graph.Node[0].Input = []string{"x", "x"}
		}), "has 1 inputs and 1 outputs; the call has 2 and 1"},
	}
}

var big = int64(1) << 40

var runs = []hostile{
	{"a missing input", single("Add", "x", "->", "y"), "input 1 is missing"},
	{"no inputs", single("Concat", "->", "y", attrInt("axis", 0)), "input 0 is missing"},
	{"an empty name as an input", single("Relu", "", "->", "y"), "input 0 is missing"},
	{"an output that an operator lacks", modelOf(op("Relu", "x", "->", "a", "y")), `output 1, "y", is not supported`},
	{"shapes that do not broadcast", with(single("Add", "x", "w", "->", "y"), floatsOfShape("w", 2, 4)), "add"},
	{"a new shape of another size", with(single("Reshape", "x", "s", "->", "y"), int64sOf("s", 4)), "reshape"},
	{"a new shape with two unknown dims", with(single("Reshape", "x", "s", "->", "y"), int64sOf("s", -1, -1)), "reshape"},
	{"a new shape that copies a dim that is not there", with(single("Reshape", "x", "s", "->", "y"), int64sOf("s", 2, 3, 0)), "dim 2 of the new shape"},
	{"a new shape whose product overflows", with(single("Reshape", "x", "s", "->", "y"), int64sOf("s", 1<<62, 1<<62)), "reshape"},
	{"a new shape of floats", with(single("Reshape", "x", "s", "->", "y"), floatsOfShape("s", 2)), "want whole numbers"},
	{"a permutation with a dim twice", single("Transpose", "x", "->", "y", attrInts("perm", 0, 0)), "permute"},
	{"a permutation out of range", single("Transpose", "x", "->", "y", attrInts("perm", 0, 7)), "permute"},
	{"an axis out of range", single("Softmax", "x", "->", "y", attrInt("axis", 9)), "axis 9 of a tensor of 2 dims"},
	{"the least axis", single("Softmax", "x", "->", "y", attrInt("axis", math.MinInt64)), "axis -9223372036854775808"},
	{"an axis twice", with(single("ReduceSum", "x", "a", "->", "y"), int64sOf("a", 0, -2)), "given twice"},
	{"a new axis out of range", with(single("Unsqueeze", "x", "a", "->", "y"), int64sOf("a", 5)), "axis 5"},
	{"ten new axes", with(single("Unsqueeze", "x", "a", "->", "y"), int64sOf("a", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)), "unsqueeze"},
	{"a squeezed dim of 2", with(single("Squeeze", "x", "a", "->", "y"), int64sOf("a", 0)), "axis 0 of [2 3] is not 1"},
	{"an index out of range", with(single("Gather", "x", "i", "->", "y"), int64sOf("i", 2)), "index"},
	{"a negative index out of range", with(single("Gather", "x", "i", "->", "y"), int64sOf("i", -3)), "index"},
	{"an index of elements out of range", with(single("GatherElements", "x", "i", "->", "y"), &proto.Tensor{Name: "i", DataType: proto.Int64, Dims: []int64{1, 1}, Int64Data: []int64{99}}), "gather"},
	{"a tuple out of range", with(single("GatherND", "x", "i", "->", "y"), int64sOf("i", 1, 3)), "out of range of dim 1"},
	{"a tuple longer than the dims", with(single("GatherND", "x", "i", "->", "y"), int64sOf("i", 0, 0, 0)), "batch_dims"},
	{"more batch dims than dims", with(single("GatherND", "x", "i", "->", "y", attrInt("batch_dims", 99)), int64sOf("i", 0)), "batch_dims is 99"},
	{"a place to write that is not there", with(single("ScatterND", "x", "i", "w", "->", "y"), int64sOf("i", -9, 0), floatsOfShape("w", 1)), "out of range of dim 0"},
	{"too little to write", with(single("ScatterND", "x", "i", "w", "->", "y"), int64sOf("i", 0), floatsOfShape("w", 2)), "reshape"},
	{"an unknown way to join", with(single("ScatterND", "x", "i", "w", "->", "y", attrStr("reduction", "evil")), int64sOf("i", 0), floatsOfShape("w", 3)), `"evil"`},
	{"a step of 0", with(single("Slice", "x", "s", "e", "a", "t", "->", "y"), int64sOf("s", 0), int64sOf("e", 1), int64sOf("a", 0), int64sOf("t", 0)), "step of 0"},
	{"fewer ends than starts", with(single("Slice", "x", "s", "e", "->", "y"), int64sOf("s", 0, 0), int64sOf("e", 1)), "2 starts, 1 ends"},
	{"parts that do not add up", with(single("Split", "x", "s", "->", "y", attrInt("axis", 1)), int64sOf("s", 2, 2)), "split"},
	{"a negative part", with(single("Split", "x", "s", "->", "y", attrInt("axis", 1)), int64sOf("s", -1, 4)), "split"},
	{"a billion parts", single("Split", "x", "->", "y", attrInt("num_outputs", 1<<30)), "a split into 1073741824 parts"},
	{"negative tiles", with(single("Tile", "x", "r", "->", "y"), int64sOf("r", -1, 2)), "tile"},
	{"tiles that fill the memory", with(single("Tile", "x", "r", "->", "y"), int64sOf("r", big, 2)), "out of memory"},
	{"an expansion of a dim that is not 1", with(single("Expand", "x", "s", "->", "y"), int64sOf("s", 7, 7)), "broadcast"},
	{"a constant that fills the memory", with(single("ConstantOfShape", "s", "->", "y"), int64sOf("s", big, 4)), "out of memory"},
	{"a constant of more elements than there can be", with(single("ConstantOfShape", "s", "->", "y"), int64sOf("s", 1<<62, 1<<62)), "elements"},
	{"a constant of a negative shape", with(single("ConstantOfShape", "s", "->", "y"), int64sOf("s", -1)), "expand"},
	{"a constant of two values", with(single("ConstantOfShape", "s", "->", "y", attrTensor("value", floatsOfShape("", 2))), int64sOf("s", 1)), "want one element"},
	{"a range without end", with(single("Range", "a", "b", "c", "->", "y"), scalarOf("a", 0), scalarOf("b", math.MaxInt64), scalarOf("c", 1)), "a range of"},
	{"a range by steps of 0", with(single("Range", "a", "b", "c", "->", "y"), scalarOf("a", 0), scalarOf("b", 1), scalarOf("c", 0)), "a range of"},
	{"padding that fills the memory", with(single("Pad", "x", "p", "->", "y"), int64sOf("p", 0, 0, big, 0)), "out of memory"},
	{"padding that cuts off more than there is", with(single("Pad", "x", "p", "->", "y"), int64sOf("p", -3, 0, 0, 0)), "pad"},
	{"an odd number of paddings", with(single("Pad", "x", "p", "->", "y"), int64sOf("p", 1, 1, 1)), "3 numbers of padding"},
	{"mirrored padding beyond the image", with(single("Pad", "x", "p", "->", "y", attrStr("mode", "reflect")), int64sOf("p", 9, 0, 0, 0)), "pad"},
	{"an unknown kind of padding", with(single("Pad", "x", "p", "->", "y", attrStr("mode", "evil")), int64sOf("p", 1, 0, 0, 0)), `mode is "evil"`},
	{"more of the best than there are", with(single("TopK", "x", "k", "->", "y"), int64sOf("k", 4)), "k is 4 of 3"},
	{"one hot of a huge depth", with(single("OneHot", "i", "d", "v", "->", "y"), int64sOf("i", 0), scalarOf("d", big), int64sOf("v", 0, 1)), "out of memory"},
	{"one hot of a negative depth", with(single("OneHot", "i", "d", "v", "->", "y"), int64sOf("i", 0), scalarOf("d", -5), int64sOf("v", 0, 1)), "arange"},
	{"one hot of one value", with(single("OneHot", "i", "d", "v", "->", "y"), int64sOf("i", 0), scalarOf("d", 3), int64sOf("v", 0)), "select"},
	{"matrices that do not fit", with(single("MatMul", "x", "w", "->", "y"), floatsOfShape("w", 2, 3)), "matmul"},
	{"a product of dims that do not fit", with(single("Gemm", "x", "w", "->", "y"), floatsOfShape("w", 4, 4)), "matmul"},
	{"an equation without sense", single("Einsum", "x", "->", "y", attrStr("equation", "->->")), "einsum"},
	{"an equation of other operands", single("Einsum", "x", "->", "y", attrStr("equation", "ij,jk->ik")), "einsum"},
	{"a cast to nothing", single("Cast", "x", "->", "y"), "cast of float[2 3] to undefined"},
	{"a cast to a complex type", single("Cast", "x", "->", "y", attrInt("to", 14)), "complex64"},
	{"a cast of words", with(single("Cast", "s", "->", "y", attrInt("to", 7)), &proto.Tensor{Name: "s", DataType: proto.String, Dims: []int64{1}, StringData: []string{"evil"}}), `"evil"`},
	{"strings for numbers", with(single("Relu", "s", "->", "y"), &proto.Tensor{Name: "s", DataType: proto.String, Dims: []int64{1}, StringData: []string{"evil"}}), "string[1]; want a tensor"},
	{"a shift to nowhere", with(single("BitShift", "i", "i", "->", "y", attrStr("direction", "UP")), int64sOf("i", 1)), `direction is "UP"`},
	{"labels out of range", with(single("SoftmaxCrossEntropyLoss", "x", "l", "->", "y"), int64sOf("l", 0, 99)), "gather"},
	{"normalization by nothing", single("BatchNormalization", "x", "x", "x", "x", "x", "->", "y"), "batch_norm"},
	{"zero groups", with(modelOf(op("Unsqueeze", "x", "a", "->", "z"), op("GroupNormalization", "z", "w", "w", "->", "y", attrInt("num_groups", 0))), int64sOf("a", 2), floatsOfShape("w", 3)), "group"},
	{"an optional that is empty", modelOf(op("Optional", "->", "o"), op("OptionalGetElement", "o", "->", "y")), "the optional is empty"},
	{"an element of an empty sequence", with(modelOf(op("SequenceEmpty", "->", "s"), op("SequenceAt", "s", "i", "->", "y")), scalarOf("i", 0)), "position 0 in a sequence of 0"},
	{"a sequence for a tensor", modelOf(op("SequenceEmpty", "->", "s"), op("Relu", "s", "->", "y")), "want a tensor"},
	{"a tensor for a sequence", single("SequenceLength", "x", "->", "y"), "want a sequence"},
	{"a sequence of nothing", single("SequenceConstruct", "x", "", "->", "y"), "input 1 is missing"},
	{"parts of 0", with(modelOf(op("SplitToSequence", "x", "n", "->", "s"), op("SequenceLength", "s", "->", "y")), scalarOf("n", 0)), "parts of 0"},
	{"a spectrum of nothing", single("DFT", "x", "->", "y", attrInt("axis", 7)), "axis 7"},
	{"a negative window", with(single("HannWindow", "n", "->", "y"), scalarOf("n", -1)), "a window of -1"},
	{"a window that fills the memory", with(single("HannWindow", "n", "->", "y"), scalarOf("n", big)), "out of memory"},
	{"bands without number", with(single("MelWeightMatrix", "n", "n", "n", "n", "n", "->", "y"), scalarOf("n", big)), "bands"},
	{"a block of 0", single("DepthToSpace", "x", "->", "y", attrInt("blocksize", 0)), "blocksize 0"},
	{"n-grams out of the pool", with(single("TfIdfVectorizer", "i", "->", "y", attrStr("mode", "TF"), attrInts("ngram_counts", 0, 9), attrInts("ngram_indexes", 0), attrInts("pool_int64s", 1)), int64sOf("i", 1)), "ngram_counts"},
	{"n-grams in a column without end", with(single("TfIdfVectorizer", "i", "->", "y", attrStr("mode", "TF"), attrInts("ngram_counts", 0), attrInts("ngram_indexes", big), attrInts("pool_int64s", 1)), int64sOf("i", 1)), "ngram_indexes"},
}

// images are models of images [1, 1, 4, 4], which are w.
func images() []hostile {
	var list []hostile
	add := func(why, want, name string, args ...any) {
		m := with(single(name, append([]any{"w"}, args...)...), floatsOfShape("w", 1, 1, 4, 4), floatsOfShape("k", 1, 1, 2, 2),
			int64sOf("size", 1, 1, big, 4), int64sOf("zero", 1, 1, 0, 4), floatsOfShape("none", 4), floatsOfShape("roi", 1, 4), int64sOf("seventh", 7), int64sOf("first", 0),
			&proto.Tensor{Name: "same", DataType: proto.Float, Dims: []int64{4}, FloatData: []float32{1, 1, 1, 2}})
		list = append(list, hostile{why, m, want})
	}
	add("a step of 0", "want numbers of at least 1", "Conv", "k", "->", "y", attrInts("strides", 0, 0))
	add("a negative step", "want numbers of at least 1", "Conv", "k", "->", "y", attrInts("strides", -1, 1))
	add("a huge step", "want numbers of at least 1", "Conv", "k", "->", "y", attrInts("strides", big, 1))
	add("three steps in two dims", "2 spatial dims", "Conv", "k", "->", "y", attrInts("strides", 1, 1, 1))
	add("three paddings", "3 numbers of padding", "Conv", "k", "->", "y", attrInts("pads", 1, 1, 1))
	add("padding that fills the memory", "out of memory", "Conv", "k", "->", "y", attrInts("pads", 0, 0, big, 0))
	add("padding that leaves nothing", "pad", "Conv", "k", "->", "y", attrInts("pads", -4, 0, -4, 0))
	add("no groups", "group", "Conv", "k", "->", "y", attrInt("group", 0))
	add("groups that do not divide", "group", "Conv", "k", "->", "y", attrInt("group", 3))
	add("windows larger than the image", "conv", "Conv", "k", "->", "y", attrInts("dilations", 100, 100))
	add("a kernel of another shape", "kernel_shape [9 9]", "Conv", "k", "->", "y", attrInts("kernel_shape", 9, 9))
	add("an unknown padding", `auto_pad is "EVIL"`, "Conv", "k", "->", "y", attrStr("auto_pad", "EVIL"))
	add("an output that fills the memory", "out of memory", "ConvTranspose", "k", "->", "y", attrInts("output_shape", big, 4))
	add("an output of one dim", "output_shape", "ConvTranspose", "k", "->", "y", attrInts("output_shape", 4))
	add("a pool without a kernel", "kernel []", "MaxPool", "->", "y")
	add("a pool of 0", "want numbers of at least 1", "MaxPool", "->", "y", attrInts("kernel_shape", 0, 2))
	add("a pool larger than the image", "pool", "AveragePool", "->", "y", attrInts("kernel_shape", 9, 9))
	add("a size that fills the memory", "a new size of 1099511627776", "Resize", "", "", "size", "->", "y")
	add("a size of 0", "a new size of 0", "Resize", "", "", "zero", "->", "y")
	add("scales of 0", "a new size of 0", "Resize", "", "none", "->", "y")
	add("neither size nor scales", "neither sizes nor scales", "Resize", "->", "y")
	add("an unknown place", "coordinate_transformation_mode", "Resize", "", "same", "->", "y", attrStr("coordinate_transformation_mode", "evil"))
	add("a region of an image that is not there", "position 7", "RoiAlign", "roi", "seventh", "->", "y")
	add("a region in too many bins", "bins", "RoiAlign", "roi", "first", "->", "y", attrInt("output_height", big))
	add("a grid of two dims", "grid", "GridSample", "roi", "->", "y")
	return list
}

// loops are models whose graphs do not do what they should.
func loops() []hostile {
	yes := &proto.Tensor{Name: "yes", DataType: proto.Bool, Int32Data: []int32{1}}
	same := []*proto.Node{op("Identity", "c", "->", "d")}
	m := func(nodes ...*proto.Node) *proto.Model {
		return with(modelOf(nodes...), yes, scalarOf("n", math.MaxInt64))
	}
	body := func(nodes []*proto.Node, out ...string) *proto.Attribute {
		return attrGraph("body", takes(graphOf(nodes, out...), "i", "c", "s"))
	}
	deep := graphOf([]*proto.Node{op("Identity", "x", "->", "z")}, "z")
	for range 40 {
		deep = graphOf([]*proto.Node{op("If", "yes", "->", "z", attrGraph("then_branch", deep))}, "z")
	}
	return []hostile{
		{"a loop without end", m(op("Loop", "", "yes", "x", "->", "y", body(same, "d", "s"))), "more nodes than MaxCalls"},
		{"2^63 rounds", m(op("Loop", "n", "", "x", "->", "y", body(same, "d", "s"))), "more nodes than MaxCalls"},
		{"a body without a condition", m(op("Loop", "n", "yes", "x", "->", "y", attrGraph("body", takes(graphOf(nil), "i", "c", "s")))), "the body has 0 outputs; want 2"},
		{"a body with a number as its condition", m(op("Loop", "n", "yes", "x", "->", "y", body(nil, "i", "s"))), "want one bool"},
		{"a body with fewer inputs", m(op("Loop", "n", "yes", "x", "->", "y", attrGraph("body", takes(graphOf(same, "d", "d"), "i", "c")))), "3 values for a graph of 2 inputs"},
		{"a loop without a body", m(op("Loop", "n", "yes", "x", "->", "y")), `"body" is missing`},
		{"a body that reads what is not there", m(op("Loop", "n", "yes", "x", "->", "y", body([]*proto.Node{op("Relu", "q", "->", "d")}, "d", "s"))), `reads "q"`},
		{"a choice by floats", m(op("If", "x", "->", "y", attrGraph("then_branch", graphOf(nil, "x")))), "want one bool"},
		{"a choice without a branch", m(op("If", "yes", "->", "y", attrGraph("else_branch", graphOf(nil, "x")))), `"then_branch" is missing`},
		{"a branch without outputs", m(op("If", "yes", "->", "y", attrGraph("then_branch", graphOf(nil)))), "output 0"},
		{"graphs in graphs, forty deep", m(op("If", "yes", "->", "y", attrGraph("then_branch", deep))), "deeper than 100"},
		{"a scan of nothing", m(op("Scan", "x", "->", "y", attrInt("num_scan_inputs", 0), attrGraph("body", graphOf(nil)))), "0 of 1 inputs to scan"},
		{"a scan of more than there is", m(op("Scan", "x", "->", "y", attrInt("num_scan_inputs", 9), attrGraph("body", graphOf(nil)))), "9 of 1 inputs to scan"},
		{"a scan along a dim that is not there", m(op("Scan", "x", "->", "y", attrInt("num_scan_inputs", 1), attrInts("scan_input_axes", 5), attrGraph("body", takes(graphOf(nil, "a"), "a")))), "axis 5"},
		{"a map with a body of no outputs", m(op("SequenceConstruct", "x", "->", "q"), op("SequenceMap", "q", "->", "m", attrGraph("body", takes(graphOf(nil), "a"))), op("SequenceLength", "m", "->", "y")), "0 outputs; want 1"},
	}
}

// limited bounds the memory of tensors for one test.
func limited(t *testing.T) {
	cpu.SetMemoryLimit(1 << 30)
	t.Cleanup(func() { cpu.SetMemoryLimit(0) })
}

func TestHostileModels(t *testing.T) {
	limited(t)
	n := 0
	for _, list := range [][]hostile{structures, functions(), runs, images(), loops()} {
		for _, h := range list {
			n++
			err := openAndRun(h.model.Marshal())
			if err == nil || !strings.Contains(err.Error(), h.want) || mistake(err) {
				t.Errorf("%s: got %v; want an error with %q", h.why, err, h.want)
			}
		}
	}
	if n < 150 {
		t.Errorf("%d models; want at least 150", n)
	}
}

func openAndRun(data []byte) error {
	m, err := Read(data)
	if err != nil {
		return err
	}
	m.MaxCalls = 1000
	_, err = m.Run(map[string]*tensor.Tensor{"x": tensor.Arange(0, 6, 1).Cast(tensor.Float32).Reshape(2, 3)})
	return err
}

// The file with the weights is refused unless it is a regular one in the folder
// of the model, large enough for what the model says.
func TestHostileExternalData(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "model")
	os.MkdirAll(filepath.Join(inner, "folder"), 0o777)
	os.WriteFile(filepath.Join(dir, "secret"), make([]byte, 24), 0o666)
	os.WriteFile(filepath.Join(inner, "w.bin"), make([]byte, 24), 0o666)
	os.Symlink("../secret", filepath.Join(inner, "link"))
	path := filepath.Join(inner, "m.onnx")
	open := func(entries ...string) error {
		m := weight(func(w *proto.Tensor) {
			w.DataLocation, w.FloatData = proto.External, nil
			for i := 0; i < len(entries); i += 2 {
				w.ExternalData = append(w.ExternalData, &proto.Entry{Key: entries[i], Value: entries[i+1]})
			}
		})
		os.WriteFile(path, m.Marshal(), 0o666)
		_, err := Open(path)
		return err
	}
	if err := open("location", "w.bin", "offset", "0", "length", "24"); err != nil {
		t.Fatalf("a file that is right: %v", err)
	}
	for _, c := range [][]string{
		{"without a location", "offset", "0"},
		{"escapes", "location", "../secret"},
		{"escapes", "location", filepath.Join(dir, "secret")},
		{"escapes", "location", "folder/../../secret"},
		{"escapes", "location", "link"},
		{"no such file", "location", "nothing"},
		{"no such file", "location", "w.bin/../w.bin/x"},
		{"not a regular file", "location", "folder"},
		{"invalid", "location", "w.bin\x00"},
		{"want 24 at 1", "location", "w.bin", "offset", "1"},
		{"want 24 at 9223372036854775807", "location", "w.bin", "offset", "9223372036854775807"},
		{`"offset" is "-1"`, "location", "w.bin", "offset", "-1"},
		{`"offset" is "1e3"`, "location", "w.bin", "offset", "1e3"},
		{`"offset" is "9223372036854775808"`, "location", "w.bin", "offset", "9223372036854775808"},
		{"data of 23 bytes; want 24", "location", "w.bin", "length", "23"},
		{`"length" is "-2"`, "location", "w.bin", "length", "-2"},
		{"unknown key", "location", "w.bin", "basepath", "/"},
		{"comes twice", "location", "w.bin", "location", "w.bin"},
	} {
		err := open(c[1:]...)
		words := c[0] != "no such file" // which the system says in its own
		if err == nil || words && !strings.Contains(err.Error(), c[0]) {
			t.Errorf("%q: got %v; want an error with %q", c[1:], err, c[0])
		}
	}
}

// Opening a pipe would wait for ever.
func TestHostilePipe(t *testing.T) {
	dir := t.TempDir()
	if !makePipe(filepath.Join(dir, "pipe")) {
		t.Skip("this system has no pipes in folders")
	}
	m := weight(func(w *proto.Tensor) {
		w.DataLocation, w.ExternalData = proto.External, []*proto.Entry{{Key: "location", Value: "pipe"}}
	})
	path := filepath.Join(dir, "m.onnx")
	os.WriteFile(path, m.Marshal(), 0o666)
	for _, p := range []string{path, filepath.Join(dir, "pipe")} {
		if _, err := Open(p); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// A thousand tensors that share one file must not take a thousand times its size.
func TestHostileSharedData(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "w"), make([]byte, 1<<20), 0o666)
	m := edit(func(m *proto.Model) {
		for i := range 1000 {
			with(m, &proto.Tensor{Name: fmt.Sprint(i), DataType: proto.Uint8, Dims: []int64{1 << 20}, DataLocation: proto.External,
				ExternalData: []*proto.Entry{{Key: "location", Value: "w"}}})
		}
	})
	path := filepath.Join(dir, "m.onnx")
	os.WriteFile(path, m.Marshal(), 0o666)
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "over four times") {
		t.Errorf("got %v", err)
	}
}

// Every file cut short or with a byte changed is refused or runs; it never panics.
func TestDamaged(t *testing.T) {
	limited(t)
	data := edit(func(*proto.Model) {}).Marshal()
	for i := range data {
		if err := openAndRun(data[:i]); err == nil {
			t.Errorf("%d of %d bytes are accepted", i, len(data))
		}
		for _, b := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			bad := append([]byte(nil), data...)
			bad[i] = b
			if err := openAndRun(bad); mistake(err) {
				t.Errorf("byte %d is %#x: %v", i, b, err)
			}
		}
	}
}

// mistake reports whether err is of an operator that should have checked.
func mistake(err error) bool {
	var r runtime.Error
	return errors.As(err, &r)
}
