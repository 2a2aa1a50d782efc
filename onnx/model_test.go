package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

func mustRead(t *testing.T, p *proto.Model) *Model {
	t.Helper()
	m, err := Read(p.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A function of the file has attributes with and without defaults, which its
// nodes refer to: y = alpha·x + beta, twice.
func TestFunction(t *testing.T) {
	ref := func(name, attr string) *proto.Attribute {
		return &proto.Attribute{Name: name, RefAttrName: attr, Type: proto.AttrFloat}
	}
	f := &proto.Function{Name: "affine", Domain: "f", Input: []string{"a"}, Output: []string{"b"},
		Attribute: []string{"alpha"}, AttributeProto: []*proto.Attribute{attrFloat("beta", 2)},
		OpsetImport: []*proto.OperatorSetID{{Version: 18}},
		Node: []*proto.Node{
			op("Constant", "->", "k", ref("value_float", "alpha")), op("Constant", "->", "c", ref("value_float", "beta")),
			op("Mul", "a", "k", "->", "p"), op("Add", "p", "c", "->", "b"),
		}}
	call := func(in, out string, attrs ...*proto.Attribute) *proto.Node {
		return &proto.Node{OpType: "affine", Domain: "f", Input: []string{in}, Output: []string{out}, Attribute: attrs}
	}
	p := modelOf(call("x", "z", attrFloat("alpha", 3)), call("z", "y", attrFloat("alpha", 10), attrFloat("beta", 0)))
	p.OpsetImport = append(p.OpsetImport, &proto.OperatorSetID{Domain: "f", Version: 1})
	p.Functions = []*proto.Function{f}
	out, err := mustRead(t, p).Run(map[string]*tensor.Tensor{"x": tensor.Of([]float32{0, 1})})
	if err != nil {
		t.Fatal(err)
	}
	if want := tensor.Of([]float32{20, 50}); !out["y"].Equal(want) {
		t.Errorf("%v; want %v", out["y"], want)
	}
}

func TestRunErrors(t *testing.T) {
	m := mustRead(t, edit(func(*proto.Model) {}))
	x := tensor.Zeros(2, 3)
	for _, c := range []struct {
		in   map[string]*tensor.Tensor
		want string
	}{
		{nil, "the input x float is missing"},
		{map[string]*tensor.Tensor{"x": nil}, `the input "x" is nil`},
		{map[string]*tensor.Tensor{"x": x, "z": x}, `the model has no input "z"`},
		{map[string]*tensor.Tensor{"x": tensor.Zeros(5)}, "onnx: node 0 (Add) of opset 18: tensor: add [5], [2 3]"},
	} {
		if _, err := m.Run(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v; want an error with %q", err, c.want)
		}
	}
	var misuse *tensor.Error
	if _, err := m.Run(map[string]*tensor.Tensor{"x": tensor.Zeros(5)}); !errors.As(err, &misuse) || misuse.Op != "add" {
		t.Errorf("%v does not wrap the error of the op", err)
	}
	limited(t)
	m = mustRead(t, with(modelOf(op("Tile", "x", "r", "->", "y")), int64sOf("r", 1<<20, 1<<20)))
	if _, err := m.Run(map[string]*tensor.Tensor{"x": x}); !errors.Is(err, device.ErrOutOfMemory) {
		t.Errorf("%v is not ErrOutOfMemory", err)
	}
	if _, err := Open("testdata/nothing.onnx"); err == nil {
		t.Error("a file that is not there: no error")
	}
	if _, err := Open("testdata"); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
}

// A weight may be replaced in a run, by its name.
func TestReplacedWeight(t *testing.T) {
	m := mustRead(t, edit(func(*proto.Model) {}))
	out, err := m.Run(map[string]*tensor.Tensor{"x": tensor.Ones(2, 3), "w": tensor.Full(float32(4), 2, 3)})
	if err != nil || !out["y"].Equal(tensor.Full(float32(5), 2, 3)) {
		t.Errorf("%v, %v; want fives", out["y"], err)
	}
}

func TestLayer(t *testing.T) {
	m := mustRead(t, with(edit(func(*proto.Model) {}), scalarOf("k", 1)))
	l, err := m.Layer()
	if err != nil {
		t.Fatal(err)
	}
	if n := nn.NumParams(l); n != 6 {
		t.Errorf("%d parameters; want the 6 of w", n)
	}
	w := l.Weights["w"]
	w.NoGrad().AddScalarInPlace(1)
	out, err := m.Run(map[string]*tensor.Tensor{"x": tensor.Zeros(2, 3)})
	if err != nil || !out["y"].Equal(tensor.Zeros(2, 3)) {
		t.Errorf("%v, %v: a change of the layer reached the model", out["y"], err)
	}
	err = tensor.Try(func() { l.Forward(tensor.Zeros(5)) })
	if err == nil || !strings.Contains(err.Error(), "node 0 (Add) of opset 18") {
		t.Errorf("a wrong shape: %v", err)
	}
	two := edit(func(m *proto.Model) { m.Graph.Output = append(m.Graph.Output, &proto.ValueInfo{Name: "w"}) })
	if _, err := mustRead(t, two).Layer(); err == nil || !strings.Contains(err.Error(), "1 inputs and 2 outputs") {
		t.Errorf("two outputs: %v", err)
	}
}

// Goroutines share a model. The race detector watches.
func TestConcurrent(t *testing.T) {
	m := mustRead(t, with(modelOf(op("MatMul", "x", "w", "->", "a"), op("Softmax", "a", "->", "y")), floatsOfShape("w", 3, 4)))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				out, err := m.Run(map[string]*tensor.Tensor{"x": tensor.Ones(2, 3)})
				if err != nil || !out["y"].Equal(tensor.Full(float32(0.25), 2, 4)) {
					t.Errorf("%v, %v", out["y"], err)
				}
			}
		})
	}
	wg.Wait()
}

func TestValueInfo(t *testing.T) {
	for _, c := range []struct {
		v    ValueInfo
		want string
	}{
		{ValueInfo{Name: "x"}, "x"},
		{ValueInfo{Name: "x", Elem: proto.Float}, "x float"},
		{ValueInfo{Name: "x", Elem: proto.Int64, Shape: []Dim{}}, "x int64[]"},
		{ValueInfo{Name: "x", Elem: proto.Uint16, Shape: []Dim{{Size: -1, Name: "n"}, {Size: -1}, {Size: 3}}}, "x uint16[n ? 3]"},
	} {
		if got := fmt.Sprint(c.v); got != c.want {
			t.Errorf("%q; want %q", got, c.want)
		}
	}
}

// What no official case runs.
func TestByHand(t *testing.T) {
	x := tensor.Of([]float32{3, 4, 0, 0, 5, 12}, 2, 3)
	for _, c := range []struct {
		model *proto.Model
		want  *tensor.Tensor
	}{
		{with(modelOf(op("Unsqueeze", "x", "a", "->", "z"), op("GlobalLpPool", "z", "->", "w"), op("Squeeze", "w", "a", "->", "y")), int64sOf("a", 0)),
			tensor.Of([]float32{5, 13}, 2, 1)},
		{with(modelOf(op("SequenceConstruct", "x", "x", "x", "->", "s"), op("SequenceErase", "s", "i", "->", "t"),
			op("ConcatFromSequence", "t", "->", "y", attrInt("axis", -1))), scalarOf("i", -1)),
			tensor.Of([]float32{3, 4, 0, 3, 4, 0, 0, 5, 12, 0, 5, 12}, 2, 6)},
		{modelOf(op("SequenceConstruct", "x", "x", "->", "s"), op("ConcatFromSequence", "s", "->", "y", attrInt("axis", 0), attrInt("new_axis", 1))),
			tensor.Stack(0, x, x)},
	} {
		out, err := mustRead(t, c.model).Run(map[string]*tensor.Tensor{"x": x})
		if err != nil || !out["y"].Equal(c.want) {
			t.Errorf("%v, %v; want %v", out["y"], err, c.want)
		}
	}
	for _, name := range []string{"RandomUniform", "RandomNormal", "RandomNormalLike"} {
		n := op(name, "->", "y", attrFloat("seed", 3), attrFloat("low", 2), attrFloat("high", 3), attrFloat("mean", 2.5), attrFloat("scale", 0.1))
		if name == "RandomNormalLike" {
			n.Input = []string{"x"}
		} else {
			n.Attribute = append(n.Attribute, attrInts("shape", 2, 3))
		}
		m := mustRead(t, modelOf(n))
		a, err := m.Run(map[string]*tensor.Tensor{"x": x})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		b, _ := m.Run(map[string]*tensor.Tensor{"x": x})
		if y := a["y"]; !y.Equal(b["y"]) || !slices.Equal(y.Shape(), []int{2, 3}) || math.Abs(y.Mean().Float()-2.5) > 0.5 || y.Std().Float() == 0 {
			t.Errorf("%s: %v, then %v; want the same near 2.5", name, y, b["y"])
		}
	}
}

// Every operator of the table is run by an official case, or by hand.
func TestOperatorsAreTested(t *testing.T) {
	tested := officialOperators(t)
	for _, name := range []string{ // those of TestByHand
		"GlobalLpPool", "RandomUniform", "RandomNormal", "RandomNormalLike", "SequenceErase", "ConcatFromSequence",
	} {
		tested[name] = true
	}
	for name := range operators() {
		if !tested[name] {
			t.Errorf("no case runs %s", name)
		}
	}
}
