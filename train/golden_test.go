package train_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// goldenCase is what scikit-learn says of a sample: see testdata/make_metrics.py.
type goldenCase struct {
	Name    string
	Classes int
	Out     json.RawMessage // floats, of one or two dims
	Target  json.RawMessage
	Want    map[string]json.RawMessage
}

func golden(t *testing.T) map[string][]goldenCase {
	t.Helper()
	b, err := os.ReadFile("testdata/metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	cases := map[string][]goldenCase{}
	for _, family := range []string{"classes", "ranking", "regression"} {
		var list []goldenCase
		if err := json.Unmarshal(all[family], &list); err != nil || len(list) == 0 {
			t.Fatalf("%s: %d cases, %v", family, len(list), err)
		}
		cases[family] = list
	}
	return cases
}

// tensorOf reads a list of numbers or of lists of them, as float64.
func tensorOf(t *testing.T, b json.RawMessage) *tensor.Tensor {
	t.Helper()
	var flat []float64
	if json.Unmarshal(b, &flat) == nil {
		return tensor.Of(flat)
	}
	flat = nil
	var rows [][]float64
	if err := json.Unmarshal(b, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		flat = append(flat, r...)
	}
	return tensor.Of(flat, len(rows), len(rows[0]))
}

// number reads a number; "NaN" is one.
func number(t *testing.T, b json.RawMessage) float64 {
	t.Helper()
	if string(b) == `"NaN"` {
		return math.NaN()
	}
	var v float64
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return v
}

// feed gives a metric rows of out and target in batches of several sizes, after
// a batch that Reset makes it forget.
func feed(m train.Metric, out, target *tensor.Tensor) {
	m.Add(out, target)
	m.Reset()
	for i, size := 0, 1; i < out.Size(0); size++ {
		end := min(i+size, out.Size(0))
		m.Add(out.Slice(0, i, end, 1), target.Slice(0, i, end, 1))
		i = end
	}
}

// near compares at tol of the value, and NaN with NaN.
func near(got, want, tol float64) bool {
	return math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= tol*max(1, math.Abs(want))
}

// Counts are exact, and the few operations on them round by some 1e-16.
const countTol = 1e-14

func TestGoldenClasses(t *testing.T) {
	for _, c := range golden(t)["classes"] {
		out, target := tensorOf(t, c.Out), tensorOf(t, c.Target).Cast(tensor.Int64)
		metrics := []train.Metric{train.NewAccuracy()}
		for _, a := range []train.Average{train.Macro, train.Weighted, train.Micro} {
			metrics = append(metrics, train.NewPrecision(c.Classes, a), train.NewRecall(c.Classes, a), train.NewF1(c.Classes, a))
		}
		for k := 1; k <= 3 && k < c.Classes && c.Classes > 2; k++ {
			metrics = append(metrics, train.NewTopK(k))
		}
		for _, m := range metrics {
			feed(m, out, target)
			if got, want := m.Value(), number(t, c.Want[m.Name()]); !near(got, want, countTol) {
				t.Errorf("%s, %s: %v, want %v", c.Name, m.Name(), got, want)
			}
		}
		p := train.NewPerplexity() // of losses in float32
		feed(p, out, target)
		if got, want := p.Value(), number(t, c.Want["perplexity"]); !near(got, want, 1e-6) {
			t.Errorf("%s, perplexity: %v, want %v", c.Name, got, want)
		}
		confusion(t, c, out, target)
	}
}

func confusion(t *testing.T, c goldenCase, out, target *tensor.Tensor) {
	m := train.NewConfusion(c.Classes)
	feed(m, out, target)
	if got, want := fmt.Sprint(m.Matrix().Rows), strings.NewReplacer(",", " ").Replace(string(c.Want["confusion"])); got != want {
		t.Errorf("%s: the matrix is %s, want %s", c.Name, got, want)
	}
	if got, want := m.Value(), number(t, c.Want["accuracy"]); !near(got, want, countTol) {
		t.Errorf("%s: the accuracy is %v, want %v", c.Name, got, want)
	}
	var want struct{ Precision, Recall, F1, Support []float64 }
	if err := json.Unmarshal(c.Want["per_class"], &want); err != nil {
		t.Fatal(err)
	}
	for i, s := range m.PerClass() {
		if !near(s.Precision, want.Precision[i], countTol) || !near(s.Recall, want.Recall[i], countTol) || !near(s.F1, want.F1[i], countTol) || s.Support != want.Support[i] {
			t.Errorf("%s: class %d: %+v, want %v", c.Name, i, s, want)
		}
	}
}

func TestGoldenRanking(t *testing.T) {
	for _, c := range golden(t)["ranking"] {
		x, y := tensorOf(t, c.Out), tensorOf(t, c.Target)
		for _, m := range []train.Metric{train.NewAUC(), train.NewAveragePrecision()} {
			want := number(t, c.Want[m.Name()])
			for form, in := range map[string][2]*tensor.Tensor{
				"[n]":         {x, y},
				"[n, 1]":      {x.Unsqueeze(1), y.Unsqueeze(1)},
				"[n, 2]":      {tensor.Stack(1, tensor.ZerosLike(x), x), y.Cast(tensor.Int64)},
				"bool target": {x, y.Cast(tensor.Bool)},
			} {
				feed(m, in[0], in[1])
				if got := m.Value(); !near(got, want, countTol) {
					t.Errorf("%s, %s of %s: %v, want %v", c.Name, m.Name(), form, got, want)
				}
			}
		}
	}
}

func TestGoldenRegression(t *testing.T) {
	for _, c := range golden(t)["regression"] {
		x, y := tensorOf(t, c.Out), tensorOf(t, c.Target)
		for _, m := range []train.Metric{train.NewMSE(), train.NewRMSE(), train.NewMAE(), train.NewR2(), train.NewPearson()} {
			feed(m, x, y)
			// 60 sums, of squares that are near 1: 60·1.1e-16; far from 0 the
			// data itself is known to 1e-10.
			tol := 1e-13
			if c.Name == "far from 0" {
				tol = 1e-9
			}
			if got, want := m.Value(), number(t, c.Want[m.Name()]); !near(got, want, tol) {
				t.Errorf("%s, %s: %v, want %v", c.Name, m.Name(), got, want)
			}
		}
	}
}

// Binary metrics see the classes that the threshold makes.
func TestBinary(t *testing.T) {
	c := golden(t)["ranking"][1]
	x, y := tensorOf(t, c.Out), tensorOf(t, c.Target)
	m := train.NewConfusion(2)
	b := train.Binary(m, 0.5)
	if b.Name() != "confusion" {
		t.Errorf("the name is %s", b.Name())
	}
	feed(b, x.Unsqueeze(1), y.Unsqueeze(1))
	var want [2][2]float64
	for i, v := range tensor.Slice[float64](x) {
		guess := 0
		if v > 0.5 {
			guess = 1
		}
		want[int(tensor.Slice[float64](y)[i])][guess]++
	}
	if got := fmt.Sprint(m.Matrix().Rows); got != fmt.Sprint(want) {
		t.Errorf("the matrix is %s, want %v", got, want)
	}
	if err := tensor.Try(func() { b.Add(tensor.Zeros(3, 2), tensor.Zeros(3)) }); err == nil {
		t.Error("two outputs a sample pass")
	}
}

// A metric of nothing, and outputs of NaN.
func TestMetricsOfNothing(t *testing.T) {
	for _, m := range []train.Metric{train.NewAUC(), train.NewAveragePrecision(), train.NewMSE(), train.NewRMSE(), train.NewMAE(), train.NewR2(), train.NewPearson(), train.NewPerplexity()} {
		if v := m.Value(); !math.IsNaN(v) {
			t.Errorf("%s of nothing is %v", m.Name(), v)
		}
	}
	for _, m := range []train.Metric{train.NewAccuracy(), train.NewTopK(5), train.NewConfusion(3), train.NewF1(3, train.Macro), train.NewF1(3, train.Weighted)} {
		if v := m.Value(); v != 0 {
			t.Errorf("%s of nothing is %v", m.Name(), v)
		}
	}
	nan := tensor.Of([]float64{1, 2, math.NaN()})
	for _, m := range []train.Metric{train.NewAUC(), train.NewAveragePrecision(), train.NewMSE(), train.NewR2(), train.NewPearson()} {
		m.Add(nan, tensor.Of([]float64{0, 1, 1}))
		if v := m.Value(); !math.IsNaN(v) {
			t.Errorf("%s of NaN is %v", m.Name(), v)
		}
	}
	p := train.NewPerplexity()
	p.Add(tensor.Zeros(2, 3, 5), tensor.Of([]int64{-100, 1, 2, 3, -100, 0}, 2, 3))
	if v := p.Value(); !near(v, 5, 1e-6) {
		t.Errorf("the perplexity of five equal words is %v", v)
	}
}

func TestMetricMisuse(t *testing.T) {
	out := tensor.Zeros(4, 3)
	for want, f := range map[string]func(){
		"tensor: confusion [4 3], [4]: a target is 3; want 0 to 2":                                          func() { train.NewConfusion(3).Add(out, tensor.Of([]int64{0, 1, 2, 3})) },
		"tensor: f1_macro [4 3], [4]: the output is of 3 classes; want 5":                                   func() { train.NewF1(5, train.Macro).Add(out, tensor.Of([]int64{0, 1, 2, 3})) },
		"tensor: top2 [4 3], [3]: want a target of shape [4], a class index for each sample":                func() { train.NewTopK(2).Add(out, tensor.Of([]int64{0, 1, 2})) },
		"tensor: auc [4 3], [4]: want an output of shape [n], [n, 1] or [n, 2], and a target of n elements": func() { train.NewAUC().Add(out, tensor.Zeros(4)) },
		"tensor: auc [2], [2]: a target is 2; want 0 or 1":                                                  func() { train.NewAUC().Add(tensor.Zeros(2), tensor.Of([]int64{1, 2})) },
		"tensor: mae [4 3], [4]: want an output and a target of the same shape":                             func() { train.NewMAE().Add(out, tensor.Zeros(4)) },
		"tensor: perplexity [4 3], [4]: the target is float32; want class indices as integers":              func() { train.NewPerplexity().Add(out, tensor.Zeros(4)) },
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	for want, f := range map[string]func(){
		"train: NewTopK(0): want 1 or more": func() { train.NewTopK(0) },
		"train: NewConfusion of 1 classes with 0 labels; want 2 classes or more, and a label for each or none": func() { train.NewConfusion(1) },
		"train: NewConfusion of 3 classes with 1 labels; want 2 classes or more, and a label for each or none": func() { train.NewConfusion(3, "a") },
		`train: the average of f1 is "mean"; want macro, weighted or micro`:                                    func() { train.NewF1(3, "mean") },
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			}()
			f()
		}()
	}
}
