package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/facula-ml/facula/internal/atomicfile"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/tensor"
)

// isONNX goes by the name: the format has no mark at its beginning.
func isONNX(path string) bool { return strings.EqualFold(filepath.Ext(path), ".onnx") }

// network is what facula inspect says of an ONNX model.
type network struct {
	File      string         `json:"file"`
	Format    string         `json:"format"`
	Producer  string         `json:"producer"`
	Opset     int            `json:"opset"`
	Inputs    []string       `json:"inputs"`
	Outputs   []string       `json:"outputs"`
	Operators map[string]int `json:"operators"`
	Weights   []entry        `json:"weights"`
}

func (a *app) inspectONNX(path string, withStats bool) error {
	m, err := onnx.Open(path)
	if err != nil {
		return err
	}
	n := network{File: path, Format: "ONNX", Producer: m.Producer, Opset: m.Opset, Operators: m.Operators(), Weights: []entry{}}
	for _, v := range m.Inputs {
		n.Inputs = append(n.Inputs, v.String())
	}
	for _, v := range m.Outputs {
		n.Outputs = append(n.Outputs, v.String())
	}
	if l, err := m.Layer(); err == nil { // one input and one output, with floats between them
		for name, t := range nn.StateDict(l).All() {
			e := entry{Name: name, Kind: t.DType().String(), DType: t.DType().String(), Shape: t.Shape(), Bytes: int64(t.Len() * t.DType().Size())}
			if withStats {
				e.Stats = statsOf(t)
			}
			n.Weights = append(n.Weights, e)
		}
	}
	return a.result(n, func() { a.showONNX(n, withStats) })
}

func (a *app) showONNX(n network, withStats bool) {
	a.table(weightRows(n.Weights, withStats))
	fmt.Fprintf(a.out, "\nONNX, opset %d, by %s\ninputs   %s\noutputs  %s\n", n.Opset, printable(n.Producer), printable(strings.Join(n.Inputs, ", ")), printable(strings.Join(n.Outputs, ", ")))
	var ops []string
	for op := range n.Operators {
		ops = append(ops, op)
	}
	slices.Sort(ops)
	for i, op := range ops {
		ops[i] = fmt.Sprintf("%s %d", printable(op), n.Operators[op])
	}
	fmt.Fprintf(a.out, "nodes    %s\n", strings.Join(ops, ", "))
}

// exportRun writes the model of a run's folder as ONNX.
func (a *app) exportRun(dir, out string, batch int) error {
	if batch < 0 {
		return usageError{errors.New("--batch cannot be negative")}
	}
	s, m, err := load(dir)
	if err != nil {
		return err
	}
	opts := []onnx.ExportOption{onnx.InputNames("input"), onnx.OutputNames("output")}
	if batch == 0 {
		opts = append(opts, onnx.Dynamic(0, "batch"))
	}
	x := tensor.Zeros(append([]int{max(1, batch)}, s.Kind.Input...)...)
	err = atomicfile.Write(out, func(w io.Writer) error { return onnx.Export(w, m, []*tensor.Tensor{x}, opts...) })
	if err != nil {
		return err
	}
	return a.result(map[string]any{"in": dir, "out": out, "classes": s.Kind.Classes}, func() { fmt.Fprintf(a.out, "%s: input %v, output %v\n", out, x.Shape(), m.Forward(x.NoGrad()).Shape()) })
}
