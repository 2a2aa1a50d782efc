package tensor_test

import (
	"testing"

	"github.com/facula-ml/facula/tensor"
)

func TestSetData(t *testing.T) {
	x := tensor.Of([]float32{1, 2, 3}).RequireGrad()
	view := x.Narrow(0, 1, 2)
	x.Mul(x).Sum().Backward()
	u := tensor.Of([]float64{1, 2, 3, 4}, 2, 2)
	if x.SetData(u) != x || x.DType() != tensor.Float64 || !x.SameStorage(u) || x.Grad() != nil || !x.RequiresGrad() {
		t.Errorf("%v %v, gradient %v", x.DType(), x.Shape(), x.Grad())
	}
	x.Mul(x).Sum().Backward()
	if g := tensor.Slice[float64](x.Grad()); g[3] != 8 {
		t.Errorf("gradient %v", g)
	}
	if v := tensor.Slice[float32](view); v[0] != 2 || v[1] != 3 {
		t.Errorf("the view shows %v; want the old data", v)
	}
}

// A gradient that read the old data must not go on with the new.
func TestSetDataSaved(t *testing.T) {
	x := tensor.Of([]float32{1, 2, 3}).RequireGrad()
	y := x.Mul(x).Sum()
	x.SetData(tensor.Of([]float32{7, 7, 7}))
	const want = "tensor: mul backward [3]: input 1 was changed in place after the op (version 1, saved at 0); change a Clone instead"
	if err := tensor.Try(func() { y.Backward() }); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestSetDataMisuse(t *testing.T) {
	x, i := tensor.Ones(2).RequireGrad(), tensor.Of([]int64{1, 2})
	for want, f := range map[string]func(){
		"tensor: set_data [2], [2]: dtype int64 has no gradient, and the tensor requires one; Freeze it first": func() { x.SetData(i) },
		"tensor: set_data [2], [2]: the tensor is the result of an op; want a leaf":                            func() { x.Add(x).SetData(x) },
		"tensor: set_data [1], [2]: the tensor is a view; want one with memory of its own":                     func() { i.Narrow(0, 0, 1).SetData(i) },
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
