package trace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/trace"
)

// item is a line of the format.
type item struct {
	Name, Cat, Ph string
	TS, Dur       float64
	PID, TID      int
	Args          map[string]any
}

// read reads a trace, and checks that spans of a thread lie beside or within each
// other, which viewers want.
func read(t *testing.T, r *trace.Recorder) []item {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	var file struct{ TraceEvents []item }
	if err := json.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatalf("%v in %s", err, b.Bytes())
	}
	open := map[int][]item{}
	for _, e := range file.TraceEvents {
		if e.Ph != "X" {
			continue
		}
		s := open[e.TID]
		for len(s) > 0 && s[len(s)-1].TS+s[len(s)-1].Dur <= e.TS+1e-6 {
			s = s[:len(s)-1]
		}
		if len(s) > 0 && e.TS+e.Dur > s[len(s)-1].TS+s[len(s)-1].Dur+1e-6 {
			t.Fatalf("%+v crosses %+v", e, s[len(s)-1])
		}
		open[e.TID] = append(s, e)
	}
	return file.TraceEvents
}

func names(items []item, category string) (names []string) {
	for _, e := range items {
		if e.Ph == "X" && e.Cat == category {
			names = append(names, e.Name)
		}
	}
	return names
}

func TestStep(t *testing.T) {
	r := trace.New()
	m := nn.NewSequential(nn.NewLinear(4, 8), nn.NewTanh(), nn.NewLinear(8, 2))
	loss := nn.NewCrossEntropyLoss().Forward(m.Forward(r.Watch(tensor.Randn(3, 4))), tensor.Of([]int64{0, 1, 1}))
	loss.Backward()
	items := read(t, r)
	if got := strings.Join(names(items, "forward"), " "); got != "linear tanh linear cross_entropy" {
		t.Errorf("the forward pass is %s", got)
	}
	back := names(items, "backward")
	if len(back) < 4 {
		t.Errorf("the backward pass is %v", back)
	}
	var first item
	for _, e := range items {
		if e.Cat == "forward" {
			first = e
			break
		}
	}
	if first.Args["in"] != "float32[3 4], float32[8 4], float32[8]" || first.Args["out"] != "float32[3 8]" || first.Args["how"] != "kernel" {
		t.Errorf("the first op is %+v", first)
	}
	if !slices.ContainsFunc(items, func(e item) bool { return e.Ph == "C" && e.Name == "memory" }) {
		t.Error("no memory counter")
	}
	if items[0].Ph != "M" || items[0].Args["name"] != "facula" {
		t.Errorf("it begins with %+v", items[0])
	}
}

func TestBatches(t *testing.T) {
	m := nn.NewLinear(3, 2)
	r := trace.New()
	loader := data.NewLoader(data.NewTensors(tensor.Randn(40, 3), tensor.RandInt(0, 2, 40)), data.Config{BatchSize: 8})
	_, err := train.Fit(t.Context(), train.Config{Model: m, Loss: nn.NewCrossEntropyLoss(), Optimizer: optim.NewSGD(nn.Params(m), 0.1),
		Train: r.Batches(loader, 3, 4), Epochs: 3, Output: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	items := read(t, r)
	var batches []string
	for _, name := range names(items, "span") {
		if strings.HasPrefix(name, "batch") {
			batches = append(batches, name)
		}
	}
	if got := strings.Join(batches, ", "); got != "batch 3, batch 4, batch 5, batch 6" {
		t.Errorf("the batches are %s", got)
	}
	if got := len(names(items, "forward")); got < 8 || got > 40 {
		t.Errorf("%d ops in 4 batches", got)
	}
	n := 0
	for b, err := range r.Batches(loader, 0, 1).All(t.Context()) {
		if n++; err != nil || !b.X.IsTraced() {
			t.Error(err)
		}
		break
	}
}

func TestGoroutines(t *testing.T) {
	r := trace.New()
	x := r.Watch(tensor.Randn(50, 50))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			defer r.Span("worker")()
			for range 50 {
				x.MatMul(x).Tanh()
			}
		})
	}
	wg.Wait()
	if got := len(names(read(t, r), "forward")); got != 4*50*2 {
		t.Errorf("%d ops", got)
	}
}

// full is a disk that is.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestFile(t *testing.T) {
	r := trace.New()
	r.Watch(tensor.Zeros(2)).Exp()
	name := filepath.Join(t.TempDir(), "step.json")
	if err := r.WriteFile(name); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(name); err != nil || !json.Valid(b) {
		t.Errorf("%s, %v", b, err)
	}
	if err := r.WriteFile(filepath.Join(name, "x")); err == nil {
		t.Error("a file passes for a folder")
	}
	if err := r.Write(full{}); err == nil || err.Error() != "trace: full" {
		t.Error(err)
	}
}
