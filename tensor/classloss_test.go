package tensor_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// golden is a tensor of testdata.
type golden struct {
	DType string
	Shape []int
	Data  []float64
}

func (g golden) tensor() *tensor.Tensor {
	x := tensor.FromSlice(g.Data, g.Shape)
	if g.DType == "int64" {
		return x.Cast(tensor.Int64)
	}
	return x
}

func (g golden) near(t *testing.T, what string, got *tensor.Tensor) {
	t.Helper()
	for i, v := range tensor.Slice[float64](got) {
		if math.Abs(v-g.Data[i]) > 1e-12*max(1, math.Abs(g.Data[i])) {
			t.Errorf("%s: element %d is %v; want %v", what, i, v, g.Data[i])
			return
		}
	}
}

// TestClassLossGolden compares values and gradients with PyTorch's.
func TestClassLossGolden(t *testing.T) {
	raw, err := os.ReadFile("../nn/testdata/losses.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name, Loss                      string
			Args                            map[string]json.RawMessage
			Input, Target, Value, Cotangent golden
			GradInput                       golden `json:"grad_input"`
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, c := range file.Cases {
		f := map[string]func(x, y *tensor.Tensor, o ...tensor.LossOption) *tensor.Tensor{"CrossEntropyLoss": tensor.CrossEntropy, "NLLLoss": tensor.NLLLoss}[c.Loss]
		if f == nil {
			continue
		}
		ran++
		var opts []tensor.LossOption
		for name, v := range c.Args {
			switch name {
			case "reduction":
				opts = append(opts, map[string]tensor.Reduction{`"mean"`: tensor.ReduceMean, `"sum"`: tensor.ReduceSum, `"none"`: tensor.ReduceNone}[string(v)])
			case "weight":
				var w golden
				json.Unmarshal(v, &w)
				opts = append(opts, tensor.ClassWeight(w.tensor()))
			case "ignore_index":
				var i int
				json.Unmarshal(v, &i)
				opts = append(opts, tensor.IgnoreIndex(i))
			case "label_smoothing":
				var s float64
				json.Unmarshal(v, &s)
				opts = append(opts, tensor.LabelSmoothing(s))
			default:
				t.Fatalf("%s: argument %s", c.Name, name)
			}
		}
		x := c.Input.tensor().RequireGrad()
		y := f(x, c.Target.tensor(), opts...)
		c.Value.near(t, c.Name, y)
		y.Mul(c.Cotangent.tensor()).Sum().Backward()
		c.GradInput.near(t, c.Name+" gradient", x.Grad())
	}
	if ran < 40 {
		t.Errorf("only %d cases ran", ran)
	}
}

func TestCrossEntropyEdges(t *testing.T) {
	x := tensor.Of([]float32{1, 2, 3, 4}, 2, 2)
	all := tensor.Of([]int64{-100, -100})
	if v := tensor.CrossEntropy(x, all).Float(); v == v {
		t.Errorf("the mean of no sample is %v; want NaN", v)
	}
	if v := tensor.CrossEntropy(x, all, tensor.ReduceSum).Float(); v != 0 {
		t.Errorf("the sum of no sample is %v; want 0", v)
	}
	// An ignored sample has no gradient, whatever its scores.
	y := tensor.Of([]float64{math.Inf(-1), 0, 1, 2}, 2, 2).RequireGrad()
	tensor.NLLLoss(y, tensor.Of([]int64{-100, 1})).Backward()
	equal(t, "gradient", y.Grad(), []int{2, 2}, 0, 0, 0, -1)
	err := tensor.Try(func() { tensor.CrossEntropy(x, tensor.Of([]int64{0, 10}), tensor.IgnoreIndex(-1)) })
	if err == nil || !strings.HasSuffix(err.Error(), "label 10 at [1] is out of range; want 0 to 1 (2 classes), or -1 to ignore the sample") {
		t.Errorf("a wrong label: %v", err)
	}
	if err := tensor.Try(func() { tensor.NLLLoss(x, all, tensor.LabelSmoothing(0.1)) }); err == nil {
		t.Error("NLLLoss takes label smoothing")
	}
	// The sum of 70,000 float16 losses does not fit in float16; their mean does.
	n := 70000
	big := tensor.Make{DType: tensor.Float16}.Zeros(n, 2)
	if v := tensor.CrossEntropy(big, tensor.Make{DType: tensor.Int64}.Zeros(n)).Float(); math.Abs(v-math.Ln2) > 1e-3 {
		t.Errorf("mean of float16 is %v; want ln 2", v)
	}
}
