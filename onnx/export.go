package onnx

import (
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/facula-ml/facula/onnx/internal/export"
	"github.com/facula-ml/facula/tensor"
)

// An ExportOption changes [Export].
type ExportOption func(*export.Config)

// InputNames are the names of the model's inputs, in order: "input" without it,
// or "input_0", "input_1", … of several.
func InputNames(names ...string) ExportOption {
	return func(c *export.Config) { c.InputNames = names }
}

// OutputNames are the names of the model's outputs, in order: "output" without
// it, or "output_0", "output_1", … of several.
func OutputNames(names ...string) ExportOption {
	return func(c *export.Config) { c.OutputNames = names }
}

// Dynamic lets dim of all inputs have any length when the exported model runs,
// one length for all of them: usually dim 0, the batch. In the file the dim has
// the given name. The model runs three times then, with inputs longer by one and
// by two, so that the sizes that follow the length show.
func Dynamic(dim int, name string) ExportOption {
	return func(c *export.Config) { c.Dynamic, c.Dim, c.Axis = true, dim, name }
}

// Calling exports what f returns, instead of what the model's Forward returns.
func Calling(f func(in []*tensor.Tensor) []*tensor.Tensor) ExportOption {
	return func(c *export.Config) { c.Call = f }
}

// Export writes model to w as an ONNX file of opset 17, as it runs on inputs of
// the given shapes and dtypes, in evaluation mode and without gradients.
//
// The model is a module whose Forward takes the inputs, or more tensors, which
// are nil then, or none of those if [Calling] says how to call it. Its parameters
// and buffers have the names of its state, as [nn.StateDict] gives them. Instead
// of a module, model may be a func(in []*tensor.Tensor) []*tensor.Tensor, whose
// tensors have no names.
//
// What is exported is what was computed: an if or a loop of Go that depends on
// the inputs goes the same way for ever, and numbers that Go code read from a
// tensor are constants. The model must run its ops in one goroutine. All that it
// computes on its way stays in memory until the end, so let the example be small.
//
// It returns an error if the model refuses the inputs, uses an op that ONNX lacks,
// which it names with the layer before it, or writes in place what ONNX cannot
// say; if sizes depend on a [Dynamic] length in a way that cannot be found; or if
// w fails.
//
//	source: torch.onnx.export
func Export(w io.Writer, model any, inputs []*tensor.Tensor, opts ...ExportOption) error {
	c := export.Config{}
	if f, ok := model.(func([]*tensor.Tensor) []*tensor.Tensor); ok {
		c.Call = f
	} else {
		c.Model = model
	}
	for _, o := range opts {
		o(&c)
	}
	if c.Call == nil {
		var err error
		if c.Call, err = forward(model, len(inputs)); err != nil {
			return fmt.Errorf("onnx: export: %w", err)
		}
	}
	m, err := export.Run(&c, inputs)
	if err != nil {
		return fmt.Errorf("onnx: export: %w", err)
	}
	_, err = w.Write(m.Marshal())
	return err
}

var tensorType = reflect.TypeFor[*tensor.Tensor]()

// forward is model's Forward, as a function of n tensors.
func forward(model any, n int) (func([]*tensor.Tensor) []*tensor.Tensor, error) {
	if model == nil {
		return nil, errors.New("the model is nil")
	}
	f := reflect.ValueOf(model).MethodByName("Forward")
	if !f.IsValid() {
		return nil, fmt.Errorf("%T has no method Forward; say by Calling how to run it", model)
	}
	t := f.Type()
	fixed := t.NumIn() - b2i(t.IsVariadic())
	for i := range fixed {
		if t.In(i) != tensorType {
			return nil, fmt.Errorf("the Forward of %T takes a %v; say by Calling how to run it", model, t.In(i))
		}
	}
	if fixed < n {
		return nil, fmt.Errorf("the Forward of %T takes %d tensors and not %d", model, fixed, n)
	}
	return func(in []*tensor.Tensor) []*tensor.Tensor {
		args := make([]reflect.Value, fixed)
		for i := range args {
			args[i] = reflect.Zero(tensorType)
			if i < n {
				args[i] = reflect.ValueOf(in[i])
			}
		}
		var out []*tensor.Tensor
		for _, v := range f.Call(args) {
			if x, ok := v.Interface().(*tensor.Tensor); ok && x != nil {
				out = append(out, x)
			}
		}
		return out
	}, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
