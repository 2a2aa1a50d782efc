package tutorial

import (
	"bytes"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// The tutorial's accuracy counts labels that come as a column one by one.
func TestAccuracyOfColumn(t *testing.T) {
	x := tensor.Of([]float32{1, 0, 0, 1, 1, 0, 1, 0}, 4, 2)
	for _, shape := range [][]int{{4}, {4, 1}} {
		y := tensor.Of([]int64{0, 1, 1, 1}, shape...)
		if got, err := accuracy(nn.NewIdentity(), data.NewTensors(x, y)); err != nil || got != 0.5 {
			t.Errorf("labels of shape %v: %v, %v; want 0.5", shape, got, err)
		}
	}
}

// The tutorial's save and load bring back integers and tensors without dims.
func TestSaveBatchNorm(t *testing.T) {
	model, again := nn.NewSequential(nn.NewBatchNorm1d(2)), nn.NewSequential(nn.NewBatchNorm1d(2))
	model.Forward(tensor.Of([]float32{0.1, 1, -3, 7}, 2, 2))
	var file bytes.Buffer
	if err := save(&file, model); err != nil {
		t.Fatal(err)
	}
	if err := load(&file, again); err != nil {
		t.Fatal(err)
	}
	got := nn.StateDict(again)
	for name, want := range nn.StateDict(model).All() {
		if y := got.Get(name); y.DType() != want.DType() || tensor.Slice[bool](y.Eq(want).All())[0] != true {
			t.Errorf("%s is %v; want %v", name, y, want)
		}
	}
	if n := got.Get("0.num_batches_tracked"); n.Int() != 1 || n.Dim() != 0 {
		t.Errorf("num_batches_tracked is %v", n)
	}
}
