// Package onnx reads ONNX models and runs them on facula's tensors.
//
//	m, err := onnx.Open("model.onnx")
//	out, err := m.Run(map[string]*tensor.Tensor{"input": x})
//
// A model runs eagerly, node by node, with whatever shapes its inputs have. Its
// operators are made of facula's ops, so gradients flow through it: [Model.Layer]
// is an nn.Layer whose parameters are the model's weights, to be trained further
// or saved in another format.
//
// The operators are those of opsets 1 to 22 in ONNX's own domain, with some of
// later ones; an operator that is missing is an error of Open, which names it.
//
// Files are read as if a stranger wrote them. A model that a stranger wrote may
// still ask for much memory or time when it runs: see cpu.SetMemoryLimit, and
// [Model.MaxCalls].
//
//	source: the ONNX specification, onnx.proto and Operators.md, of onnx 1.22
package onnx
