package nn_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func TestStateRoundTrip(t *testing.T) {
	a, b := newNetwork(), newNetwork()
	want := nn.StateDict(a).Clone()
	if err := nn.LoadStateDict(b, want); err != nil {
		t.Fatal(err)
	}
	got := nn.StateDict(b)
	if !slices.Equal(got.Names(), want.Names()) {
		t.Fatalf("names %v; want %v", got.Names(), want.Names())
	}
	for name, x := range want.All() {
		y := got.Get(name)
		if !slices.Equal(tensor.Slice[float32](x), tensor.Slice[float32](y)) || y.RequiresGrad() || y.SameStorage(x) {
			t.Errorf("%s is %v; want %v", name, y, x)
		}
	}
	if !b.Tied.Weight.RequiresGrad() {
		t.Error("a parameter lost its gradient")
	}
	a.Tied.Weight.Detach().Fill(7)
	if nn.StateDict(a).Get("tied.weight").Detach().Select(0, 0).Select(0, 0).Float() != 7 {
		t.Error("StateDict does not show the model's memory")
	}
	if want.Get("tied.weight").Select(0, 0).Select(0, 0).Float() == 7 {
		t.Error("Clone shares memory with the model")
	}
	if err := nn.LoadStateDict(a, nn.StateDict(a)); err != nil { // onto itself
		t.Error(err)
	}
}

func TestLoadMismatch(t *testing.T) {
	m := nn.NewSequential(nn.NewLinear(2, 3), nn.NewLinear(3, 1))
	before := nn.StateDict(m).Clone()
	s := before.Clone()
	s.Get("0.bias").Fill(5)
	s.Delete("1.bias")
	s.Delete("not there")
	s.Set("0.weight", tensor.Zeros(3, 3))
	s.Set("1.weight", tensor.Make{DType: tensor.Float64}.Ones(1, 3))
	s.Set("2.weight", tensor.Zeros(1))
	err := nn.LoadStateDict(m, s)
	const want = `nn: the state does not fit the module: 1 missing, 1 unexpected, 2 different
  missing     1.bias
  unexpected  2.weight
  shape       0.weight is [3 3]; want [3 2]
  dtype       1.weight is float64; want float32`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	var e *nn.StateError
	if !errors.As(err, &e) || !slices.Equal(e.Missing, []string{"1.bias"}) || e.Different[0].Name != "0.weight" {
		t.Errorf("%#v", e)
	}
	if err := nn.LoadStateDict(m, s, nn.NonStrict(nil)); err == nil {
		t.Error("NonStrict took another shape")
	}
	for name, x := range nn.StateDict(m).All() {
		if !slices.Equal(tensor.Slice[float32](x), tensor.Slice[float32](before.Get(name))) {
			t.Errorf("%s changed though the load failed", name)
		}
	}

	s.Delete("0.weight")
	var skipped nn.StateError
	if err := nn.LoadStateDict(m, s, nn.NonStrict(&skipped), nn.AnyDType); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(skipped.Missing, []string{"0.weight", "1.bias"}) || !slices.Equal(skipped.Unexpected, []string{"2.weight"}) {
		t.Errorf("skipped %v", skipped)
	}
	after := nn.StateDict(m)
	for name, want := range map[string]float32{"0.bias": 5, "1.weight": 1} {
		if x := after.Get(name); x.DType() != tensor.Float32 || tensor.Slice[float32](x)[0] != want {
			t.Errorf("%s is %v", name, x)
		}
	}
}

func TestLoadNil(t *testing.T) {
	if err := nn.LoadStateDict(nn.NewLinear(1, 1), nil); err == nil || err.Error() != "nn: the state is nil" {
		t.Error(err)
	}
}

// A tensor in two places may come under either name.
func TestTied(t *testing.T) {
	got := nn.Tied(newNetwork())
	want := map[string]string{"blocks.0.fc2.weight": "blocks.0.fc1.weight", "tied.weight": "blocks.0.fc1.weight",
		"blocks.0.fc2.bias": "blocks.0.fc1.bias", "tied.bias": "blocks.0.fc1.bias"}
	if !maps.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
	if got := nn.Tied(nn.NewLinear(1, 1)); len(got) != 0 {
		t.Errorf("%v; want nothing", got)
	}
}

func TestLoadTied(t *testing.T) {
	m := newNetwork()
	s := nn.StateDict(m).Clone()
	for _, n := range []string{"blocks.0.fc1.weight", "tied.weight"} {
		s.Delete(n)
	}
	s.Get("blocks.0.fc2.weight").Fill(3)
	if err := nn.LoadStateDict(m, s); err != nil {
		t.Fatal(err)
	}
	if v := tensor.Slice[float32](m.Tied.Weight)[0]; v != 3 {
		t.Errorf("tied weight is %v", v)
	}
	s.Delete("blocks.0.fc2.weight")
	var e *nn.StateError
	if err := nn.LoadStateDict(m, s); !errors.As(err, &e) || len(e.Missing) != 3 {
		t.Errorf("without any of its names: %v", err)
	}
}
