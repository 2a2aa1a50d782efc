package onnx_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

var exportTo = flag.String("export", "", "write the exported models and their data to this folder, for scripts/onnx")

// run calls a model in evaluation mode.
func (c *exportCase) run(in []*tensor.Tensor) (out []*tensor.Tensor) {
	if c.f != nil {
		var marked []*tensor.Tensor
		for _, x := range in {
			marked = append(marked, x.NoGrad())
		}
		return c.f(marked)
	}
	nn.Evaluating(c.model, func() {
		f := reflect.ValueOf(c.model).MethodByName("Forward")
		var args []reflect.Value
		for i := range f.Type().NumIn() {
			switch {
			case i < len(in):
				args = append(args, reflect.ValueOf(in[i].NoGrad()))
			case !f.Type().IsVariadic():
				args = append(args, reflect.Zero(reflect.TypeFor[*tensor.Tensor]()))
			}
		}
		for _, v := range f.Call(args) {
			out = append(out, v.Interface().(*tensor.Tensor))
		}
	})
	return out
}

// export is the file of a case.
func (c *exportCase) export(t *testing.T) []byte {
	t.Helper()
	var opts []onnx.ExportOption
	if c.dim >= 0 {
		opts = append(opts, onnx.Dynamic(c.dim, "batch"))
	}
	var b bytes.Buffer
	if err := onnx.Export(&b, c.model, c.in, opts...); err != nil {
		t.Errorf("%s: %v", c.name, err)
		return nil
	}
	return b.Bytes()
}

// longer is the inputs, and again their first two elements along the dynamic dim.
func (c *exportCase) longer() []*tensor.Tensor {
	var in []*tensor.Tensor
	for _, x := range c.in {
		in = append(in, tensor.Cat(c.dim, x, x.Narrow(c.dim, 0, 2), x.Narrow(c.dim, 1, 1)))
	}
	return in
}

// graph is the exported case, read again.
func (c *exportCase) graph(t *testing.T) *proto.Graph {
	t.Helper()
	data := c.export(t)
	if data == nil {
		t.FailNow()
	}
	m, err := proto.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return m.Graph
}

func caseOf(t *testing.T, name string) *exportCase {
	t.Helper()
	for _, c := range exportCases() {
		if c.name == name {
			return &c
		}
	}
	t.Fatalf("no case %s", name)
	return nil
}

// Every layer of docs/NN.md exports, or is refused for a reason.
func TestEveryLayerExports(t *testing.T) {
	done := map[string]bool{}
	for _, c := range exportCases() {
		if c.export(t) != nil {
			name, _, _ := strings.Cut(c.name, "_")
			done[name] = true
		}
	}
	for want, c := range refused() {
		name := reflect.TypeOf(c.model).Elem().Name()
		done[name] = true
		err := onnx.Export(io.Discard, c.model, c.in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives the error %v; want one that says %s", name, err, want)
		}
	}
	doc, err := os.ReadFile("../docs/NN.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\| \w+ \| (\w+) \|`).FindAllStringSubmatch(string(doc), -1) {
		if m[1] != "facula" && !done[m[1]] {
			t.Errorf("%s is neither exported nor refused", m[1])
		}
	}
}

// What a small model is in the file.
func TestExportedGraph(t *testing.T) {
	c := exportCase{name: "small", dim: 0, in: ins(tensor.Rand(2, 1, 6, 6)), model: nn.NewSequential(
		nn.NewConv2d(1, 2, 3), nn.NewBatchNorm2d(2), nn.NewReLU(), nn.NewMaxPool2d(2), nn.NewFlatten(), nn.NewLinear(8, 3))}
	g := c.graph(t)
	var ops, weights []string
	for _, n := range g.Node {
		ops = append(ops, n.OpType)
	}
	for _, p := range g.Initializer {
		weights = append(weights, p.Name)
	}
	wantOps := "Conv BatchNormalization Relu MaxPool Constant Reshape Gemm"
	if got := strings.Join(ops, " "); got != wantOps {
		t.Errorf("nodes %s; want %s", got, wantOps)
	}
	wantWeights := "0.weight 0.bias 1.weight 1.bias 1.running_mean 1.running_var 5.weight 5.bias"
	if got := strings.Join(weights, " "); got != wantWeights {
		t.Errorf("initializers %s; want %s", got, wantWeights)
	}
	if got := dims(g.Input[0]) + dims(g.Output[0]); got != "input[batch 1 6 6]output[batch 3]" {
		t.Errorf("the model is of %s", got)
	}
	if got := g.Node[4].Attribute[0].T.RawData; !bytes.Equal(got, tensor.Bytes(tensor.Of([]int64{0, 8}))) {
		t.Errorf("Flatten reshapes to %v; want [0 8], in which 0 is the batch", got)
	}
	if names, want := g.Initializer[6].Dims, []int64{3, 8}; !slices.Equal(names, want) {
		t.Errorf("the weight has shape %v; want %v", names, want)
	}
}

func dims(v *proto.ValueInfo) string {
	var s []string
	for _, d := range v.Type.Tensor.Shape.Dim {
		if d.Known {
			s = append(s, fmt.Sprint(d.Value))
		} else {
			s = append(s, d.Param)
		}
	}
	return v.Name + "[" + strings.Join(s, " ") + "]"
}

// What the parts of an LSTM become: one operator, and no more.
func TestExportedLSTM(t *testing.T) {
	count := map[string]int{}
	for _, n := range caseOf(t, "LSTM").graph(t).Node {
		count[n.OpType]++
	}
	if count["LSTM"] != 1 || count["MatMul"]+count["Gemm"] != 0 || count["Sigmoid"] != 0 {
		t.Errorf("the nodes are %v; want one LSTM and no product", count)
	}
}

// A parameter that two layers share is one initializer, used by its transpose.
func TestExportedTiedWeights(t *testing.T) {
	g := caseOf(t, "MLP_transposed").graph(t)
	if len(g.Initializer) != 1 || g.Initializer[0].Name != "embed.weight" {
		t.Errorf("%d initializers; want the table alone", len(g.Initializer))
	}
}

func TestExportNames(t *testing.T) {
	var b bytes.Buffer
	add := func(in []*tensor.Tensor) []*tensor.Tensor { return ins(in[0].Add(in[1]), in[0]) }
	err := onnx.Export(&b, add, ins(tensor.Rand(2, 3), tensor.Rand(1, 3)), onnx.InputNames("a", "b"), onnx.OutputNames("sum", "same"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := proto.Unmarshal(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	g := m.Graph
	if got := dims(g.Input[0]) + dims(g.Input[1]) + dims(g.Output[0]) + dims(g.Output[1]); got != "a[2 3]b[1 3]sum[2 3]same[2 3]" {
		t.Errorf("the model is of %s", got)
	}
	if m.OpsetImport[0].Version != 17 || m.IRVersion != 8 || m.ProducerName != "facula" {
		t.Errorf("opset %d, version %d, by %q", m.OpsetImport[0].Version, m.IRVersion, m.ProducerName)
	}
}

// Calling says what of a model is exported; its parameters keep their names.
func TestExportCalling(t *testing.T) {
	lstm := nn.NewLSTM(3, 4)
	var b bytes.Buffer
	err := onnx.Export(&b, lstm, ins(tensor.Rand(5, 2, 3)), onnx.Calling(func(in []*tensor.Tensor) []*tensor.Tensor {
		y, _, _ := lstm.Forward(in[0].MulScalar(2), nil, nil)
		return ins(y.Select(0, -1))
	}))
	if err != nil {
		t.Fatal(err)
	}
	m, err := proto.Unmarshal(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got := dims(m.Graph.Output[0]); len(m.Graph.Output) != 1 || got != "output[2 4]" {
		t.Errorf("the outputs are %d, the first %s; want output[2 4] alone", len(m.Graph.Output), got)
	}
	var names []string
	for _, p := range m.Graph.Initializer {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "weight_hh_l0 weight_ih_l0" { // the biases are one sum
		t.Errorf("initializers %s", got)
	}
}

// An export leaves the model as it was: its mode, gradients, statistics.
func TestExportLeavesTheModel(t *testing.T) {
	model := nn.NewSequential(nn.NewBatchNorm1d(3), nn.NewDropout(0.5))
	before := nn.StateDict(model).Clone()
	if err := onnx.Export(io.Discard, model, ins(tensor.Rand(4, 3))); err != nil {
		t.Fatal(err)
	}
	for name, x := range nn.StateDict(model).All() {
		if !bytes.Equal(tensor.Bytes(x), tensor.Bytes(before.Get(name))) {
			t.Errorf("%s changed", name)
		}
	}
	if !model.Layers[1].(*nn.Dropout).Training {
		t.Error("the model is in evaluation mode")
	}
}

func TestExportErrors(t *testing.T) {
	linear, x := nn.NewLinear(3, 2), tensor.Rand(2, 3)
	f := func(f func(x *tensor.Tensor) *tensor.Tensor) any {
		return func(in []*tensor.Tensor) []*tensor.Tensor { return ins(f(in[0])) }
	}
	for _, c := range []struct {
		what  string
		model any
		in    []*tensor.Tensor
		opts  []onnx.ExportOption
		want  string
	}{
		{"no model", nil, ins(x), nil, "the model is nil"},
		{"no Forward", &struct{ L *nn.Linear }{linear}, ins(x), nil, "has no method Forward; say by Calling"},
		{"no inputs", linear, nil, nil, "no inputs"},
		{"a nil input", linear, ins(nil), nil, "input 0 is nil"},
		{"many inputs", linear, ins(x, x), nil, "takes 1 tensors and not 2"},
		{"a wrong shape", linear, ins(tensor.Rand(2, 4)), nil, "tensor: linear [2 4]"},
		{"no outputs", func([]*tensor.Tensor) []*tensor.Tensor { return nil }, ins(x), nil, "returned no tensor"},
		{"a nil output", func([]*tensor.Tensor) []*tensor.Tensor { return ins(nil) }, ins(x), nil, "output 0 is nil"},
		{"no such dim", linear, ins(x), []onnx.ExportOption{onnx.Dynamic(2, "n")}, "has no dim 2"},
		{"two lengths", nn.NewBilinear(3, 3, 2), ins(x, tensor.Rand(1, 3)), []onnx.ExportOption{onnx.Dynamic(0, "n")}, "differ in dim 0"},
		{"one name twice", linear, ins(x), []onnx.ExportOption{onnx.InputNames("x"), onnx.OutputNames("x")}, `the name "x" of an input or output is empty, or taken`},
		{"the default of an output", linear, ins(x), []onnx.ExportOption{onnx.InputNames("output")}, `the name "output" of an input or output is empty, or taken`},
		{"a parameter's name", linear, ins(x), []onnx.ExportOption{onnx.InputNames("weight")}, `the name "weight" of an input or output is empty, or taken`},
		{"an op that ONNX lacks", f(func(x *tensor.Tensor) *tensor.Tensor { return x.CumProd(0) }), ins(x), nil, "op cumprod has no counterpart in ONNX's opset 17"},
		{"a view that ONNX lacks", f(func(x *tensor.Tensor) *tensor.Tensor { return x.Unfold(1, 2, 1) }), ins(x), nil, "op unfold is a view with strides"},
		{"a part changed in place", f(func(x *tensor.Tensor) *tensor.Tensor {
			y := x.Neg()
			y.Select(0, 0).Fill(1)
			return y.Exp()
		}), ins(x), nil, "op exp reads a tensor that no traced op made"},
		{"a loop over a dynamic dim", f(func(x *tensor.Tensor) *tensor.Tensor {
			y := x.Select(0, 0)
			for i := 1; i < x.Size(0); i++ {
				y = y.Add(x.Select(0, i))
			}
			return y
		}), ins(x), []onnx.ExportOption{onnx.Dynamic(0, "n")}, "the model takes 3 ONNX operators for length 2 of the dynamic dim and 5 for length 3"},
		{"a square of a dynamic dim", f(func(x *tensor.Tensor) *tensor.Tensor { return x.Reshape(1, -1).Expand(x.Size(0)*x.Size(0), x.Len()) }), ins(x),
			[]onnx.ExportOption{onnx.Dynamic(0, "n")}, "sizes do not grow evenly with the length of the dynamic dim"},
		{"a length that the model refuses", f(func(x *tensor.Tensor) *tensor.Tensor { return x.Reshape(2, 3) }), ins(x),
			[]onnx.ExportOption{onnx.Dynamic(0, "n")}, "at length 3 of the dynamic dim: tensor: reshape [3 3]"},
		{"a number from a dynamic dim", f(func(x *tensor.Tensor) *tensor.Tensor { return x.MulScalar(x.Size(0)) }), ins(x),
			[]onnx.ExportOption{onnx.Dynamic(0, "n")}, "op mul depends on the length of the dynamic dim: input 1 of Mul"},
	} {
		err := onnx.Export(io.Discard, c.model, c.in, c.opts...)
		if err == nil || !strings.HasPrefix(err.Error(), "onnx: export: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s gives the error %v; want one that says %s", c.what, err, c.want)
		}
	}
	if err := onnx.Export(fullDisk{}, linear, ins(x)); !errors.Is(err, errFull) {
		t.Errorf("a writer that fails gives %v", err)
	}
}

var errFull = errors.New("the disk is full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// With -export, all cases go to a folder in the layout of ONNX's own tests,
// where scripts/onnx runs them in ONNX Runtime.
func TestExportFiles(t *testing.T) {
	if *exportTo == "" {
		t.Skip("no -export")
	}
	for _, c := range opCases() {
		var b bytes.Buffer
		if strings.HasPrefix(c.name, "bfloat16") {
			continue // numpy lacks it
		}
		if err := onnx.Export(&b, c.f, c.in); err == nil {
			c.write(t, filepath.Join(*exportTo, "op_"+c.name), b.Bytes())
		}
	}
	for _, c := range exportCases() {
		if data := c.export(t); data != nil {
			c.write(t, filepath.Join(*exportTo, c.name), data)
		}
	}
}

// write puts a model and its data into a folder.
func (c *exportCase) write(t *testing.T, dir string, data []byte) {
	sets := [][]*tensor.Tensor{c.in}
	if c.dim >= 0 {
		sets = append(sets, c.longer())
	}
	for i, in := range sets {
		set := filepath.Join(dir, fmt.Sprint("test_data_set_", i))
		if err := os.MkdirAll(set, 0o777); err != nil {
			t.Fatal(err)
		}
		writeTensors(t, set, "input_", in)
		writeTensors(t, set, "output_", c.run(in))
	}
	if err := os.WriteFile(filepath.Join(dir, "model.onnx"), data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func writeTensors(t *testing.T, dir, name string, list []*tensor.Tensor) {
	types := map[tensor.DType]proto.ElemType{tensor.Float32: proto.Float, tensor.Float64: proto.Double, tensor.Float16: proto.Float16, tensor.Int64: proto.Int64,
		tensor.Int32: proto.Int32, tensor.Int16: proto.Int16, tensor.Int8: proto.Int8, tensor.UInt8: proto.Uint8, tensor.Bool: proto.Bool}
	for i, x := range list {
		p := &proto.Tensor{DataType: types[x.DType()], RawData: tensor.Bytes(x)}
		for _, n := range x.Shape() {
			p.Dims = append(p.Dims, int64(n))
		}
		if err := os.WriteFile(filepath.Join(dir, name+fmt.Sprint(i)+".pb"), p.Marshal(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
