package tensor_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

type viewChain struct {
	N     int
	Shape []int
	Steps []viewStep
	Sum   int
	Grad  []int
}

type viewStep struct {
	Op            string
	Args          []int
	Error         bool
	Shape, Stride []int
	Offset        int
	Contiguous    bool
}

func (s viewStep) call(t *tensor.Tensor) *tensor.Tensor {
	a := s.Args
	switch s.Op {
	case "reshape":
		return t.Reshape(a...)
	case "view":
		return t.View(a...)
	case "permute":
		return t.Permute(a...)
	case "transpose":
		return t.Transpose(a[0], a[1])
	case "squeeze":
		return t.Squeeze(a...)
	case "unsqueeze":
		return t.Unsqueeze(a[0])
	case "expand":
		return t.Expand(a...)
	case "narrow":
		return t.Narrow(a[0], a[1], a[2])
	case "select":
		return t.Select(a[0], a[1])
	case "slice":
		return t.Slice(a[0], a[1], a[2], a[3])
	case "diagonal":
		return t.Diagonal(a[0], a[1], a[2])
	case "unfold":
		return t.Unfold(a[0], a[1], a[2])
	case "flatten":
		return t.Flatten(a[0], a[1])
	case "movedim":
		return t.MoveDim(a[0], a[1])
	case "flip":
		return t.Flip(a...)
	case "contiguous":
		return t.Contiguous()
	}
	panic(s.Op)
}

// Chains of random views have PyTorch's shapes, strides, offsets, elements and
// gradients, and are refused where PyTorch refuses them (testdata/views.py).
func TestViewsAsPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/views.json")
	if err != nil {
		t.Fatal(err)
	}
	var chains []viewChain
	if err := json.Unmarshal(text, &chains); err != nil {
		t.Fatal(err)
	}
	for i, c := range chains {
		t.Run(fmt.Sprint(i), func(t *testing.T) { c.run(t) })
	}
}

func (c viewChain) run(t *testing.T) {
	x := tensor.Make{DType: tensor.Float64}.Arange(0, c.N, 1).RequireGrad()
	y := x.MulScalar(1).Reshape(c.Shape...)
	for k, s := range c.Steps {
		what := fmt.Sprintf("%v %s%v", y.Shape(), s.Op, s.Args)
		var next *tensor.Tensor
		err := tensor.Try(func() { next = s.call(y) })
		if (err != nil) != s.Error {
			t.Fatalf("step %d %s: error is %v; PyTorch refuses: %v", k, what, err, s.Error)
		}
		if err == nil {
			y = next
		}
		if !slices.Equal(y.Shape(), s.Shape) {
			t.Fatalf("step %d %s: shape %v; PyTorch has %v", k, what, y.Shape(), s.Shape)
		}
		if y.Len() == 0 {
			continue
		}
		if !slices.Equal(y.Stride(), s.Stride) || y.Offset() != s.Offset || y.IsContiguous() != s.Contiguous {
			t.Fatalf("step %d %s: strides %v offset %d contiguous %v; PyTorch has %v %d %v", k, what,
				y.Stride(), y.Offset(), y.IsContiguous(), s.Stride, s.Offset, s.Contiguous)
		}
	}
	total := y.Mul(tensor.Make{DType: tensor.Float64}.Arange(1, y.Len()+1, 1).Reshape(y.Shape()...)).Sum()
	if total.Int() != c.Sum {
		t.Errorf("the elements, each times its place, add up to %d; PyTorch has %d", total.Int(), c.Sum)
	}
	total.Backward()
	for i, g := range tensor.Slice[int64](x.Grad()) {
		if int(g) != c.Grad[i] {
			t.Fatalf("gradient %v; PyTorch has %v", tensor.Slice[int64](x.Grad()), c.Grad)
		}
	}
}

func valuesAre(t *testing.T, what string, got *tensor.Tensor, want ...float64) {
	t.Helper()
	if !slices.Equal(tensor.Slice[float64](got), want) {
		t.Errorf("%s is %v; want %v", what, tensor.Slice[float64](got), want)
	}
}

func refusedWith(t *testing.T, want string, f func()) {
	t.Helper()
	if err := tensor.Try(f); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A view that shows an element more than once adds up its gradients, also when
// its base was changed in place since. The numbers are PyTorch's.
func TestOverlap(t *testing.T) {
	f64 := tensor.Make{DType: tensor.Float64}

	x := f64.Ones(1, 3).RequireGrad()
	y := x.MulScalar(2)
	w := y.Expand(2, 3)
	y.MulScalarInPlace(2)
	w.Sum().Backward()
	valuesAre(t, "gradient through expand", x.Grad(), 8, 8, 8)

	x = f64.Ones(5).RequireGrad()
	y = x.MulScalar(1)
	w = y.Unfold(0, 3, 1)
	y.MulScalarInPlace(3)
	w.Sum().Backward()
	valuesAre(t, "gradient through unfold", x.Grad(), 3, 6, 9, 6, 3)

	x = f64.Arange(0, 4, 1).RequireGrad()
	w = x.MulScalar(1).Narrow(0, 2, 2).AsStrided([]int{4}, []int{1}, 0)
	valuesAre(t, "a view of more than its base", w, 0, 1, 2, 3)
	w.Mul(f64.Arange(1, 5, 1)).Sum().Backward()
	valuesAre(t, "its gradient", x.Grad(), 0, 0, 3, 4)

	x = f64.Arange(0, 3, 1).RequireGrad()
	e := x.MulScalar(1).Expand(2, 3).RetainGrad()
	e.AsStrided([]int{2, 2}, []int{1, 1}, 0).Mul(f64.Arange(1, 5, 1).Reshape(2, 2)).Sum().Backward()
	valuesAre(t, "gradient of an expanded base", e.Grad(), 0.5, 2.5, 2, 0.5, 2.5, 2)
	valuesAre(t, "gradient of what was expanded", x.Grad(), 1, 5, 4)
}

// Such a view cannot be changed in place; PyTorch refuses the first and leaves
// the second undefined.
func TestOverlapRefused(t *testing.T) {
	const rule = ": the view shows elements more than once; change a Clone"
	x := tensor.Ones(1, 3)
	refusedWith(t, "tensor: add [2 3]"+rule, func() { x.Expand(2, 3).AddScalarInPlace(1) })
	refusedWith(t, "tensor: add [2 3]"+rule, func() { x.Expand(2, 3).Detach().AddInPlace(tensor.Ones(2, 3)) })
	refusedWith(t, "tensor: fill [3 3]"+rule, func() { tensor.Ones(5).Unfold(0, 3, 1).Fill(1) })
	valuesAre(t, "what was refused", x, 1, 1, 1)
	x.Expand(2, 3).Clone().AddScalarInPlace(1)
	tensor.Ones(6).Unfold(0, 2, 2).AddScalarInPlace(1)
}

// Views that are cut together can be changed in place, and see a change of
// their base. (PyTorch refuses both.)
func TestCutInPlace(t *testing.T) {
	x := tensor.Of([]float64{1, 2, 3, 4}).RequireGrad()
	y := x.MulScalar(1)
	p := y.Chunk(2, 0)
	y.MulScalarInPlace(3)
	p[0].Mul(p[1]).Sum().Backward() // 9·(x0·x2 + x1·x3)
	valuesAre(t, "gradient after a change of the base", x.Grad(), 27, 36, 9, 18)

	x.ZeroGrad()
	y = x.MulScalar(1)
	p = y.Unbind(0)
	p[1].MulScalarInPlace(5)
	y.Mul(y).Sum().Backward()
	valuesAre(t, "gradient after a change of a piece", x.Grad(), 2, 100, 6, 8)
}

// A thousand pieces are one record, not a thousand tensors of the whole size.
func TestUnbindMany(t *testing.T) {
	x := tensor.Make{DType: tensor.Float64}.Arange(0, 1000, 1).RequireGrad()
	var sum *tensor.Tensor
	for i, p := range x.Unbind(0) {
		if i%2 == 1 {
			continue // its gradient stays 0
		}
		if p = p.MulScalar(float64(i)); sum == nil {
			sum = p
		} else {
			sum = sum.Add(p)
		}
	}
	sum.Backward()
	for i, g := range tensor.Slice[float64](x.Grad()) {
		if want := float64(i * (1 - i%2)); g != want {
			t.Fatalf("gradient %d is %v; want %v", i, g, want)
		}
	}
}
