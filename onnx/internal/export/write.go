package export

import (
	"fmt"
	"slices"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// Opset is the version of ONNX's operators that exported models use.
const Opset = 17

// maxBytes leaves some of the 2 GiB that a protobuf message holds to the graph.
const maxBytes = 1<<31 - 1<<24

// irVersion is the file format's, of the first release with that opset.
const irVersion = 8

var elemTypes = map[tensor.DType]proto.ElemType{
	tensor.Float32: proto.Float, tensor.Float64: proto.Double, tensor.Float16: proto.Float16, tensor.BFloat16: proto.BFloat16,
	tensor.Int8: proto.Int8, tensor.Int16: proto.Int16, tensor.Int32: proto.Int32, tensor.Int64: proto.Int64,
	tensor.UInt8: proto.Uint8, tensor.Bool: proto.Bool,
}

// A writer gives values their names and makes messages of them.
type writer struct {
	*graph
	other   *graph // of the run at another length, or nil
	axis    string // the name of the dynamic dim
	names   map[string]bool
	count   map[string]int
	small   map[string]string // constants by type and elements
	written map[string]bool   // parameters
	bytes   int
	out     *proto.Graph
}

// prune drops what no output needs.
func (g *graph) prune() {
	for _, s := range g.outputs {
		g.at[s].used = true
	}
	for _, d := range slices.Backward(g.nodes) {
		if !slices.ContainsFunc(d.out, func(v *value) bool { return v.used }) {
			continue
		}
		for _, v := range d.in {
			if v != nil {
				v.used = true
			}
		}
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(d *node) bool {
		return !slices.ContainsFunc(d.out, func(v *value) bool { return v.used })
	})
}

// write makes the model.
func (w *writer) write(c *Config) (*proto.Model, error) {
	w.names, w.count, w.out = map[string]bool{"": true}, map[string]int{}, &proto.Graph{Name: c.Name}
	w.small, w.written = map[string]string{}, map[string]bool{}
	if w.out.Name == "" {
		w.out.Name = "model"
	}
	for _, v := range w.named {
		w.names[v.name] = true
	}
	for i, s := range w.inputs {
		v := w.at[s]
		v.name = given(c.InputNames, i, "input", len(w.inputs))
		if err := w.claim(v.name); err != nil {
			return nil, err
		}
		w.out.Input = append(w.out.Input, w.info(v.name, s, w.shadow(true, i)))
	}
	names := make([]string, len(w.outputs))
	for i := range w.outputs {
		names[i] = given(c.OutputNames, i, "output", len(w.outputs))
		if err := w.claim(names[i]); err != nil {
			return nil, err
		}
	}
	var last []*node // outputs that are not the result of a node of their own
	for i, s := range w.outputs {
		w.out.Output = append(w.out.Output, w.info(names[i], s, w.shadow(false, i)))
		if v := w.at[s]; v.name == "" && v.from != nil {
			v.name = names[i]
		} else {
			last = append(last, &node{op: "Identity", in: list(v), out: list(&value{name: names[i]})})
		}
	}
	for _, d := range append(w.nodes, last...) {
		w.node(d)
	}
	if w.bytes > maxBytes {
		return nil, fmt.Errorf("parameters and constants take %d bytes; an ONNX file holds less than 2 GiB", w.bytes)
	}
	return &proto.Model{
		IRVersion: irVersion, ProducerName: "facula", Graph: w.out,
		OpsetImport: []*proto.OperatorSetID{{Version: Opset}},
	}, nil
}

// given is the name that the user chose, or one made from kind.
func given(names []string, i int, kind string, n int) string {
	switch {
	case i < len(names):
		return names[i]
	case n == 1:
		return kind
	}
	return fmt.Sprintf("%s_%d", kind, i)
}

// claim takes a name for an input or output.
func (w *writer) claim(name string) error {
	if w.names[name] {
		return fmt.Errorf("the name %q of an input or output is empty, or taken: by another, or by a parameter", name)
	}
	w.names[name] = true
	return nil
}

// shadow is the slot of an input or output in the other run.
func (w *writer) shadow(in bool, i int) *slot {
	switch {
	case w.other == nil:
		return nil
	case in:
		return w.other.inputs[i]
	}
	return w.other.outputs[i]
}

// info is the type of a value. Dims that differ in the other run are dynamic.
func (w *writer) info(name string, s, other *slot) *proto.ValueInfo {
	shape := &proto.Shape{}
	for i, n := range s.geo.dims() {
		d := &proto.Dim{Value: int64(n), Known: true}
		if other != nil && other.geo.shape[i] != n {
			d = &proto.Dim{} // another function of the length
			if m := other.geo.shape[i]; n == w.length() && m == n+1 {
				d.Param = w.axis
			}
		}
		shape.Dim = append(shape.Dim, d)
	}
	return &proto.ValueInfo{Name: name, Type: &proto.Type{Tensor: &proto.TensorType{ElemType: elemTypes[s.geo.dtype], Shape: shape}}}
}

// length is that of the dynamic dim.
func (w *writer) length() int {
	a, b := w.inputs[0].geo.dims(), w.other.inputs[0].geo.dims()
	for i := range a {
		if a[i] != b[i] {
			return a[i]
		}
	}
	return -1
}

// unique makes a name that nothing has yet.
func (w *writer) unique(base string) string {
	for {
		w.count[base]++
		if name := fmt.Sprintf("%s_%d", base, w.count[base]); !w.names[name] {
			w.names[name] = true
			return name
		}
	}
}

func (w *writer) node(d *node) {
	w.count["node "+d.op]++
	n := &proto.Node{OpType: d.op, Name: fmt.Sprintf("%s_%d", d.op, w.count["node "+d.op]), Attribute: d.attr}
	for _, v := range d.in {
		n.Input = append(n.Input, w.input(v))
	}
	for _, v := range d.out {
		if v.name == "" {
			base := d.op
			if d.of != nil && v.slot != nil {
				base = d.of.Name
			}
			v.name = w.unique(base)
		}
		n.Output = append(n.Output, v.name)
	}
	w.out.Node = append(w.out.Node, n)
}

// input is the name of v. At its first use a parameter becomes an initializer,
// and another constant a node: so the initializers are the model's state.
func (w *writer) input(v *value) string {
	switch {
	case v == nil:
		return ""
	case v.fixed == nil && v.dims == nil:
		return v.name
	case v.param:
		if !w.written[v.name] {
			w.written[v.name] = true
			w.out.Initializer = append(w.out.Initializer, w.tensor(v.name, v.fixed))
		}
		return v.name
	case v.name != "":
		return v.name
	}
	t := v.fixed
	if v.dims != nil {
		t = w.ints(v.dims.want...).fixed
	}
	p := w.tensor("", t)
	same := ""
	if len(p.RawData) <= maxShared {
		same = fmt.Sprintf("%v %v %x", p.DataType, p.Dims, p.RawData)
		v.name = w.small[same]
	}
	if v.name == "" {
		v.name = w.unique("constant")
		w.small[same] = v.name
		value := &proto.Attribute{Name: "value", Type: proto.AttrTensor, T: p}
		w.node(&node{op: "Constant", out: list(v), attr: []*proto.Attribute{value}})
	}
	return v.name
}

// maxShared is how many bytes a constant has at most to be looked for among
// those that there are.
const maxShared = 64

// tensor is t as a message.
func (w *writer) tensor(name string, t *tensor.Tensor) *proto.Tensor {
	p := &proto.Tensor{Name: name, DataType: elemTypes[t.DType()], RawData: rawBytes(t)}
	for _, n := range t.Shape() {
		p.Dims = append(p.Dims, int64(n))
	}
	w.bytes += len(p.RawData)
	return p
}
