// Package export makes ONNX models of functions of tensors.
//
// It runs the function once under a tracer ([tensor.Tensor.TraceOps]), which sees
// every op with its inputs and results; op by op it builds a graph of ONNX's
// operators. An op that has no counterpart is said by those of its definition.
// Two results that show the same place in the same memory, with no change between
// them, are the same value: so views, clones and definitions need no names.
//
// For a dynamic dim the function runs again with inputs longer by one: sizes that
// differ in the two graphs depend on the length. A third run, of inputs longer by
// two, must give the same model once more.
package export

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// Config says what to export, and how.
type Config struct {
	Model       any                                        // where parameters and layers have their names from, or nil
	Call        func(in []*tensor.Tensor) []*tensor.Tensor // the function
	Name        string
	InputNames  []string
	OutputNames []string
	Dynamic     bool // dim Dim of all inputs may have any length
	Dim         int
	Axis        string // the name of that dim
}

// Run exports what c says, as it runs on inputs.
func Run(c *Config, inputs []*tensor.Tensor) (*proto.Model, error) {
	if err := c.check(inputs); err != nil {
		return nil, err
	}
	if !c.Dynamic {
		g, err := c.graph(inputs)
		if err != nil {
			return nil, err
		}
		return c.model(g, nil)
	}
	var g [3]*graph
	for i := range g {
		var err error
		if g[i], err = c.graph(inputs); err != nil {
			return nil, fmt.Errorf("at length %d of the dynamic dim: %w", inputs[0].Size(c.Dim), err)
		}
		inputs = longer(inputs, c.Dim)
	}
	m, err := c.model(g[0], g[1])
	if err != nil {
		return nil, err
	}
	check, err := c.model(g[1], g[2])
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(steps(m), steps(check)) {
		return nil, errors.New("sizes do not grow evenly with the length of the dynamic dim; export the model without Dynamic")
	}
	return m, nil
}

// model is the model of a graph, and of that of the next length or nil.
func (c *Config) model(g, next *graph) (*proto.Model, error) {
	if next != nil {
		if err := merge(g, next, g.inputs[0].geo.shape[c.Dim], c.Dim); err != nil {
			return nil, err
		}
	}
	g.prune()
	return (&writer{graph: g, axis: c.Axis, other: next}).write(c)
}

// steps is what a model does, without its parameters.
func steps(m *proto.Model) []byte {
	g := *m.Graph
	g.Initializer = nil
	return (&proto.Model{Graph: &g}).Marshal()
}

func (c *Config) graph(inputs []*tensor.Tensor) (*graph, error) {
	r, err := recordRun(c.Model, c.Call, inputs)
	if err != nil {
		return nil, err
	}
	if len(r.outputs) == 0 {
		return nil, errors.New("the model returned no tensor")
	}
	return translate(r)
}

func (c *Config) check(inputs []*tensor.Tensor) error {
	for i, x := range inputs {
		switch {
		case x == nil:
			return fmt.Errorf("input %d is nil", i)
		case c.Dynamic && (c.Dim < 0 || c.Dim >= x.Dim()):
			return fmt.Errorf("input %d of shape %v has no dim %d, which is to be dynamic", i, x.Shape(), c.Dim)
		case c.Dynamic && x.Size(c.Dim) != inputs[0].Size(c.Dim):
			return fmt.Errorf("inputs of shapes %v and %v differ in dim %d, which is to be dynamic", inputs[0].Shape(), x.Shape(), c.Dim)
		case c.Dynamic && x.Size(c.Dim) == 0:
			return fmt.Errorf("dim %d of input %d is empty; want an example of at least one", c.Dim, i)
		}
	}
	if len(inputs) == 0 {
		return errors.New("no inputs; want at least one")
	}
	return nil
}

// rawBytes is t's elements, little endian as ONNX has them.
func rawBytes(t *tensor.Tensor) []byte {
	raw := tensor.Bytes(t)
	if size := t.DType().Size(); binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		for i := 0; i < len(raw); i += size {
			slices.Reverse(raw[i : i+size])
		}
	}
	return raw
}
