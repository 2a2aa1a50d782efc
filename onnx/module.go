package onnx

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// A Module is a model with one input and one output as a layer of package nn,
// whose parameters are the file's floating-point initializers under their names
// there.
//
// An ONNX file does not say which of them are trained. Those without dims, such
// as an epsilon, and the running statistics of batch normalization are constants
// here; dropout and batch normalization stay as they are for inference. Exporters
// may join weights: a training goes as PyTorch's if the model was exported with
// dynamo=False and do_constant_folding=False.
type Module struct {
	// Weights are the parameters by their names.
	Weights map[string]*tensor.Tensor `state:",inline"`

	model  *Model `state:"-"`
	input  string
	output string
}

// Layer returns the model as a layer, with parameters that require gradients.
// They are copies: training them does not change m. It is an error if m has
// more than one input or output.
func (m *Model) Layer() (*Module, error) {
	if len(m.Inputs) != 1 || len(m.Outputs) != 1 {
		return nil, fmt.Errorf("onnx: the model has %d inputs and %d outputs; a layer has one of each, so use Run",
			len(m.Inputs), len(m.Outputs))
	}
	l := &Module{Weights: map[string]*tensor.Tensor{}, model: m, input: m.Inputs[0].Name, output: m.Outputs[0].Name}
	fixed := m.main.statistics()
	for name, v := range m.main.consts {
		if v.Tensor != nil && v.Tensor.DType().IsFloat() && v.Tensor.Dim() > 0 && !fixed[name] {
			l.Weights[name] = v.Tensor.Clone().RequireGrad()
		}
	}
	return l, nil
}

// statistics are the names of running means and variances.
func (g *graph) statistics() map[string]bool {
	fixed := map[string]bool{}
	for _, n := range g.nodes {
		if n.op == "BatchNormalization" && n.domain == "" && len(n.in) == 5 {
			fixed[n.in[3]], fixed[n.in[4]] = true, true
		}
	}
	return fixed
}

// Forward runs the model on x.
//
//	panics: *tensor.Error if a node fails, which it names
//	shape:  as the model's input and output
func (l *Module) Forward(x *tensor.Tensor) *tensor.Tensor {
	in := make(map[string]*Value, 1+len(l.Weights))
	for name, t := range l.Weights {
		in[name] = &Value{Tensor: t, Elem: l.model.main.consts[name].Elem}
	}
	in[l.input] = l.model.valueOf(l.input, x)
	out, err := l.model.run(in)
	if err == nil && out[0].Tensor == nil {
		err = errors.New("the output is not a tensor")
	}
	if err != nil {
		tensor.Misuse("onnx", err, x)
	}
	return tensor.Observed(l, x, out[0].Tensor)
}
