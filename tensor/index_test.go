package tensor_test

import (
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

func ints(v ...int64) *tensor.Tensor { return tensor.Of(v, len(v)) }

// TestIndex holds what PyTorch 1.13.1 gives for arange(24).reshape(2, 3, 4).
func TestIndex(t *testing.T) {
	x := tensor.Make{DType: tensor.Float64}.Arange(0, 24, 1).Reshape(2, 3, 4)
	mask := tensor.Of([]bool{false, true, false, false, false, false, false, false, false, false, false, true}, 3, 4)
	for _, c := range []struct {
		python string
		at     []tensor.Indexer
		shape  []int
		want   []float64
	}{
		{"x[[1, 0], :, [2, -1]]", []tensor.Indexer{ints(1, 0), tensor.All, ints(2, -1)}, []int{2, 3}, []float64{14, 18, 22, 3, 7, 11}},
		{"x[:, [[2], [0]], [1, 3]]", []tensor.Indexer{tensor.All, ints(2, 0).Reshape(2, 1), ints(1, 3)}, []int{2, 2, 2}, []float64{9, 11, 1, 3, 21, 23, 13, 15}},
		{"x[0, :, [1, 1]]", []tensor.Indexer{tensor.At(0), tensor.All, ints(1, 1)}, []int{3, 2}, []float64{1, 1, 5, 5, 9, 9}},
		{"x[[1, 0], 1:, None, [0, 3]]", []tensor.Indexer{ints(1, 0), tensor.Range(1, tensor.End, 1), tensor.NewAxis, ints(0, 3)}, []int{2, 2, 1}, []float64{16, 20, 7, 11}},
		{"x[:, mask]", []tensor.Indexer{tensor.All, mask}, []int{2, 2}, []float64{1, 11, 13, 23}},
		{"x[..., mask[0]]", []tensor.Indexer{tensor.Ellipsis, mask.Select(0, 0)}, []int{2, 3, 1}, []float64{1, 5, 9, 13, 17, 21}},
		{"x[[True, False], [2, 0]]", []tensor.Indexer{tensor.Of([]bool{true, false}), ints(2, 0)}, []int{2, 4}, []float64{8, 9, 10, 11, 0, 1, 2, 3}},
	} {
		equal(t, c.python, x.Index(c.at...), c.shape, c.want...)
		equal(t, c.python+" of a transposed tensor", x.Permute(2, 0, 1).Contiguous().Permute(1, 2, 0).Index(c.at...), c.shape, c.want...)
	}
	if v := x.Index(tensor.At(1), tensor.Range(0, 2, 1)); !v.SameStorage(x) {
		t.Error("an index without tensors is not a view")
	}
}

// TestIndexPutInPlace holds what PyTorch 1.13.1 gives.
func TestIndexPutInPlace(t *testing.T) {
	x := tensor.Make{DType: tensor.Float64}.Arange(0, 6, 1).Reshape(2, 3).RequireGrad()
	v := tensor.Of([]float64{10, 20}).RequireGrad()

	y := x.MulScalar(1)
	y.IndexPutInPlace(v, false, tensor.All, ints(2, 0)) // y[:, [2, 0]] = v
	y.Mul(y).Sum().Backward()
	equal(t, "y", y, []int{2, 3}, 20, 1, 10, 20, 4, 10)
	equal(t, "x.grad", x.Grad(), []int{2, 3}, 0, 2, 0, 0, 8, 0)
	equal(t, "v.grad", v.Grad(), []int{2}, 40, 80)

	x.ZeroGrad()
	v.ZeroGrad()
	y = x.MulScalar(1)
	y.IndexPutInPlace(v, true, ints(0, 0), ints(1, 1))
	y.Mul(y).Sum().Backward()
	equal(t, "y", y, []int{2, 3}, 0, 31, 2, 3, 4, 5)
	equal(t, "x.grad", x.Grad(), []int{2, 3}, 0, 62, 4, 6, 8, 10)
	equal(t, "v.grad", v.Grad(), []int{2}, 62, 62)

	// Through a view: w = y[1]; w[[0]] = 7.
	x.ZeroGrad()
	y = x.MulScalar(1)
	y.Select(0, 1).IndexPutInPlace(tensor.Of([]float64{7}), false, ints(0))
	y.Mul(y).Sum().Backward()
	equal(t, "y", y, []int{2, 3}, 0, 1, 2, 7, 4, 5)
	equal(t, "x.grad", x.Grad(), []int{2, 3}, 0, 2, 4, 0, 8, 10)

	if err := tensor.Try(func() { x.IndexPutInPlace(v, false, ints(0), ints(0, 1)) }); err == nil || !strings.Contains(err.Error(), "leaf") {
		t.Errorf("a leaf was changed: %v", err)
	}
}

// TestIndexPutIntoPlain writes values with a gradient into a tensor without
// one, and a tensor's own elements over others of it.
func TestIndexPutIntoPlain(t *testing.T) {
	v := tensor.Of([]float64{10, 20}).RequireGrad()
	y := tensor.Make{DType: tensor.Float64}.Zeros(3).IndexPutInPlace(v, false, ints(2, 0))
	y.Mul(y).Sum().Backward()
	equal(t, "y", y, []int{3}, 20, 0, 10)
	equal(t, "v.grad", v.Grad(), []int{2}, 20, 40)

	x := tensor.Make{DType: tensor.Float64}.Arange(0, 4, 1)
	x.IndexPutInPlace(x.Slice(0, 0, 3, 1), false, ints(1, 2, 3)) // each reads what was there before
	equal(t, "x", x, []int{4}, 0, 0, 1, 2)
}

func TestIndexPutSharesNothing(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float64, tensor.Float16, tensor.Bool} {
		x := tensor.Make{DType: d}.Zeros(40, 5)
		c := x.Clone()
		one := tensor.Make{DType: d}.Ones(1)
		version := x.Version()
		x.Slice(1, 0, tensor.End, 2).IndexPutInPlace(one, true, ints(3, -1), ints(0, 2))
		want := make([]float64, 200)
		want[3*5], want[39*5+4] = 1, 1
		equal(t, "changed", x, []int{40, 5}, want...)
		equal(t, "clone", c, []int{40, 5}, make([]float64, 200)...)
		if x.Version() == version {
			t.Error("the change was not counted")
		}
	}
}

// TestBadIndexWritesNothing: the check comes before the first write.
func TestBadIndexWritesNothing(t *testing.T) {
	x, one := tensor.Zeros(3, 2), tensor.Ones(1)
	bad := ints(0, 1, 3)
	for name, f := range map[string]func(){
		"index_put": func() { x.IndexPutInPlace(one, false, bad) },
		"add":       func() { x.IndexPutInPlace(one, true, tensor.All, bad) },
		"two":       func() { x.IndexPutInPlace(one, true, bad, ints(0)) },
	} {
		if err := tensor.Try(f); err == nil || !strings.Contains(err.Error(), "index 3 at [2] is out of range") {
			t.Errorf("%s: %v", name, err)
		}
	}
	equal(t, "target", x, []int{3, 2}, 0, 0, 0, 0, 0, 0)
}
