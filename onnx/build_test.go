package onnx

import (
	"github.com/facula-ml/facula/onnx/internal/proto"
)

// What tests build models of.

// modelOf is a model with an input x of floats and an output y.
func modelOf(nodes ...*proto.Node) *proto.Model {
	info := func(name string) *proto.ValueInfo {
		return &proto.ValueInfo{Name: name, Type: &proto.Type{Tensor: &proto.TensorType{ElemType: proto.Float}}}
	}
	return &proto.Model{IRVersion: 8, OpsetImport: []*proto.OperatorSetID{{Version: 18}},
		Graph: &proto.Graph{Name: "g", Node: nodes, Input: []*proto.ValueInfo{info("x")}, Output: []*proto.ValueInfo{info("y")}}}
}

// with adds constants to a model.
func with(m *proto.Model, ts ...*proto.Tensor) *proto.Model {
	m.Graph.Initializer = append(m.Graph.Initializer, ts...)
	return m
}

func opset(m *proto.Model, version int64) *proto.Model {
	m.OpsetImport[0].Version = version
	return m
}

// op is a node: its operator, inputs and outputs, which stand after "->".
func op(name string, args ...any) *proto.Node {
	n := &proto.Node{OpType: name}
	out := false
	for _, a := range args {
		switch a := a.(type) {
		case *proto.Attribute:
			n.Attribute = append(n.Attribute, a)
		case string:
			switch {
			case a == "->":
				out = true
			case out:
				n.Output = append(n.Output, a)
			default:
				n.Input = append(n.Input, a)
			}
		}
	}
	return n
}

func attrInt(name string, v int64) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrInt, I: v}
}

func attrInts(name string, v ...int64) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrInts, Ints: v}
}

func attrFloat(name string, v float32) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrFloat, F: v}
}

func attrStr(name, v string) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrString, S: v}
}

func attrTensor(name string, t *proto.Tensor) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrTensor, T: t}
}

func attrGraph(name string, g *proto.Graph) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrGraph, G: g}
}

func int64sOf(name string, v ...int64) *proto.Tensor {
	return &proto.Tensor{Name: name, DataType: proto.Int64, Dims: []int64{int64(len(v))}, Int64Data: v}
}

func scalarOf(name string, v int64) *proto.Tensor {
	return &proto.Tensor{Name: name, DataType: proto.Int64, Int64Data: []int64{v}}
}

func floatsOfShape(name string, dims ...int64) *proto.Tensor {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return &proto.Tensor{Name: name, DataType: proto.Float, Dims: dims, FloatData: make([]float32, n)}
}

// graphOf is a graph without inputs whose outputs have these names.
func graphOf(nodes []*proto.Node, out ...string) *proto.Graph {
	g := &proto.Graph{Node: nodes}
	for _, name := range out {
		g.Output = append(g.Output, &proto.ValueInfo{Name: name})
	}
	return g
}

func takes(g *proto.Graph, in ...string) *proto.Graph {
	for _, name := range in {
		g.Input = append(g.Input, &proto.ValueInfo{Name: name})
	}
	return g
}
