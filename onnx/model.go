package onnx

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// A Model is an ONNX model that is ready to run. Several goroutines may run one
// at once.
type Model struct {
	// Inputs are what Run needs, Outputs what it gives, in their order.
	Inputs, Outputs []ValueInfo
	// Opset is the version of ONNX's own operators that the model uses.
	Opset int
	// Producer is the program that wrote the model, as it calls itself.
	Producer string
	// MaxCalls is how many nodes a run may call, those of loops each time;
	// 0 means ten million. It stops a loop without end.
	MaxCalls int

	main *graph
}

// Operators says how often the model uses each operator, outside of the bodies of
// loops and branches.
func (m *Model) Operators() map[string]int {
	counts := map[string]int{}
	for _, n := range m.main.nodes {
		counts[n.op]++
	}
	return counts
}

// A ValueInfo is what a model says of an input or output.
type ValueInfo struct {
	Name string
	Elem ElemType // of a tensor's elements, 0 for other values
	// Shape has a number for each dim, or the name of one that may vary, which
	// may be empty. It is nil if not even the number of dims is known.
	Shape []Dim
}

// A Dim is the length of a dim, or -1 and its name.
type Dim struct {
	Size int
	Name string
}

// String writes the value as in "x float[batch 3 224 224]".
func (v ValueInfo) String() string {
	if v.Elem == 0 {
		return v.Name
	}
	s := fmt.Sprintf("%s %v", v.Name, v.Elem)
	if v.Shape == nil {
		return s
	}
	dims := make([]string, len(v.Shape))
	for i, d := range v.Shape {
		switch {
		case d.Size >= 0:
			dims[i] = fmt.Sprint(d.Size)
		case d.Name == "":
			dims[i] = "?"
		default:
			dims[i] = d.Name
		}
	}
	return s + "[" + strings.Join(dims, " ") + "]"
}

// Open reads the model at path. Weights in other files are read too; they must
// be in the model's folder.
func Open(path string) (*Model, error) {
	f, size, err := archive.OpenFile(path)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	defer f.Close()
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("onnx: read %s: %w", path, err)
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	ext := &external{root: root, files: map[string]*dataFile{}}
	defer ext.close()
	m, err := newModel(data, ext)
	if err != nil {
		return nil, fmt.Errorf("onnx: %s: %w", path, err)
	}
	return m, nil
}

// Read makes a model of the bytes of a file. Weights in other files are refused.
func Read(data []byte) (*Model, error) {
	m, err := newModel(data, nil)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	return m, nil
}

func newModel(data []byte, ext *external) (*Model, error) {
	p, err := proto.Unmarshal(data)
	if err != nil {
		return nil, err
	}
	if p.Graph == nil {
		return nil, fmt.Errorf("the file has no graph: %w", archive.ErrFormat)
	}
	main, err := compile(p, ext)
	if err != nil {
		return nil, err
	}
	m := &Model{Opset: int(proto.OpsetOf(p.OpsetImport, "")), main: main,
		Producer: strings.TrimSpace(p.ProducerName + " " + p.ProducerVersion)}
	for _, v := range p.Graph.Input {
		if main.consts[v.Name] == nil {
			m.Inputs = append(m.Inputs, infoOf(v))
		}
	}
	for _, v := range p.Graph.Output {
		m.Outputs = append(m.Outputs, infoOf(v))
	}
	return m, nil
}

func infoOf(v *proto.ValueInfo) ValueInfo {
	info := ValueInfo{Name: v.Name}
	if v.Type == nil || v.Type.Tensor == nil {
		return info
	}
	info.Elem = v.Type.Tensor.ElemType
	if s := v.Type.Tensor.Shape; s != nil {
		info.Shape = make([]Dim, len(s.Dim))
		for i, d := range s.Dim {
			info.Shape[i] = Dim{int(d.Value), d.Param}
			if !d.Known {
				info.Shape[i].Size = -1
			}
		}
	}
	return info
}

// Run runs the model on tensors and returns its outputs by their names. A
// tensor that the model's constants or weights are replaced by may be given by
// its name as well.
//
// The error names the node that failed. It wraps a *tensor.Error where shapes or
// dtypes do not fit, and device.ErrOutOfMemory beyond the memory limit.
func (m *Model) Run(inputs map[string]*tensor.Tensor) (map[string]*tensor.Tensor, error) {
	values := make(map[string]*Value, len(inputs))
	for name, t := range inputs {
		if t == nil {
			return nil, fmt.Errorf("onnx: the input %q is nil", name)
		}
		values[name] = m.valueOf(name, t)
	}
	out, err := m.RunValues(values)
	if err != nil {
		return nil, err
	}
	tensors := make(map[string]*tensor.Tensor, len(out))
	for name, v := range out {
		if v.Tensor == nil {
			return nil, fmt.Errorf("onnx: the output %q is a %v, not a tensor; use RunValues", name, v)
		}
		tensors[name] = v.Tensor
	}
	return tensors, nil
}

// valueOf is t as the input of that name: of its declared type if t can hold it.
func (m *Model) valueOf(name string, t *tensor.Tensor) *Value {
	v := NewValue(t)
	i := slices.IndexFunc(m.Inputs, func(in ValueInfo) bool { return in.Name == name })
	if i >= 0 && storage(m.Inputs[i].Elem) == t.DType() {
		v.Elem = m.Inputs[i].Elem
	}
	return v
}

// RunValues is Run for values of every kind: sequences, strings, and types
// that facula holds in wider ones.
func (m *Model) RunValues(inputs map[string]*Value) (map[string]*Value, error) {
	out, err := m.run(inputs)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	named := make(map[string]*Value, len(out))
	for i, name := range m.main.outputs {
		named[name] = out[i]
	}
	return named, nil
}
