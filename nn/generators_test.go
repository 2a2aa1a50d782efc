package nn

import (
	"fmt"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

func TestGenerators(t *testing.T) {
	a, b := tensor.NewGenerator(1), tensor.NewGenerator(2)
	m := &struct {
		Drop, Again, Default *Dropout
		Attention            *MultiheadAttention
		Layers               []Layer
		Gen                  *tensor.Generator
	}{
		Drop: NewDropout(0.5, Gen(a)), Again: NewDropout(0.1, Gen(a)), Default: NewDropout(0.1),
		Attention: NewMultiheadAttention(4, 2, Gen(b)),
		Layers:    []Layer{NewReLU(), NewDropout(0.2, Gen(tensor.NewGenerator(3)))},
		Gen:       tensor.NewGenerator(4),
	}
	var got []string
	for name, g := range Generators(m) {
		got = append(got, fmt.Sprint(name, " ", g.Uint64()))
	}
	var want []string
	for i, name := range []string{"gen", "drop.gen", "attention.gen", "layers.1.gen"} {
		seed := []uint64{4, 1, 2, 3}[i]
		first := tensor.NewGenerator(seed)
		if name == "attention.gen" { // its weights were drawn from it
			NewMultiheadAttention(4, 2, Gen(first))
		}
		want = append(want, fmt.Sprint(name, " ", first.Uint64()))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for name := range Generators(NewLinear(2, 2)) {
		t.Errorf("a linear layer has %s", name)
	}
	for range Generators(m) {
		break
	}
}
