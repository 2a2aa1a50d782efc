package nn_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func ExampleDescribe() {
	fmt.Println(nn.Describe(NewMLP(tensor.NewGenerator(0))))
	relu := nn.NewReLU()
	fmt.Println(nn.NewSequential(nn.NewConv2d(1, 8, 3, nn.NoBias), nn.NewBatchNorm2d(8), relu,
		nn.NewSequential(nn.NewMaxPool2d(2), relu, nn.NewDropout(0.1)), nn.NewFlatten()))
	// Output:
	// MLP(
	//   (fc1): Linear(weight=[8 4], bias=[8])
	//   (fc2): Linear(weight=[2 8])
	// )
	// Sequential(
	//   (0): Conv2d(weight=[8 1 3 3], groups=1)
	//   (1): BatchNorm2d(weight=[8], bias=[8], eps=1e-05, momentum=0.1)
	//   (2): ReLU()
	//   (3): Sequential(
	//     (0): MaxPool2d(kernel=[2 2])
	//     (1): ReLU()
	//     (2): Dropout(p=0.1)
	//   )
	//   (4): Flatten(start_dim=1, end_dim=-1)
	// )
}

func TestDescribe(t *testing.T) {
	tied := nn.NewLinear(2, 2)
	for want, m := range map[string]any{
		"(0): Linear(weight=[2 2], bias=[2])\n(1): ReLU()":                         []nn.Layer{tied, nn.NewReLU()},
		"(a): ReLU()\n(b): Tanh()":                                                 map[string]nn.Layer{"b": nn.NewTanh(), "a": nn.NewReLU()},
		"WeightNorm(weight_g=[2 1], weight_v=[2 2], dim=0\n  Linear(bias=[2])\n)":  nn.NewWeightNorm(nn.NewLinear(2, 2)),
		"GRU(weight_ih_l0=[9 2], weight_hh_l0=[9 3], batch_first=true, dropout=0)": nn.NewGRU(2, 3, nn.NoBias, nn.BatchFirst),
		"KLDivLoss(reduction=sum)":                                                 nn.NewKLDivLoss(nn.ReduceSum),
		"EmbeddingBag(weight=[3 2], max_norm=0, norm_type=2, mode=max)":            nn.NewEmbeddingBag(3, 2, nn.BagMax),
		"Sequential(\n  (0): ELU(alpha=1)\n)":                                      nn.NewSequential(nn.NewELU()),
		"Sequential()":                                                             nn.NewSequential(),
		"Sequential(\n  (0): ReLU()\n  (1): Sequential(\n    (0): ReLU()\n  )\n)":  func() any { r := nn.NewReLU(); return nn.NewSequential(r, nn.NewSequential(r)) }(),
		"struct(\n  (a): Linear(weight=[2 2], bias=[2])\n  (b.0): Linear(weight=[2 2], bias=[2])\n)": &struct {
			A *nn.Linear
			B []nn.Layer
		}{tied, []nn.Layer{tied}},
	} {
		if got := nn.Describe(m); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
}

// An error in a Sequential says in which layer, also through several; what is
// no *tensor.Error passes.
func TestSequentialError(t *testing.T) {
	inner := nn.NewSequential(nn.NewLinear(4, 4), nn.NewReLU(), nn.NewLinear(3, 2))
	m := nn.NewSequential(nn.NewIdentity(), inner)
	err := tensor.Try(func() { m.Forward(tensor.Zeros(5, 4)) })
	const want = "tensor: linear [5 4]: want an input of shape [..., 3]; in layer 2 (*nn.Linear); in layer 1 (*nn.Sequential)"
	var e *tensor.Error
	if !errors.As(err, &e) || err.Error() != want || e.Op != "linear" {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	defer func() {
		if r := recover(); r != "mine" {
			t.Errorf("recovered %v", r)
		}
	}()
	nn.NewSequential(panics{}).Forward(tensor.Zeros(1))
}

type panics struct{}

func (panics) Forward(*tensor.Tensor) *tensor.Tensor { panic("mine") }

func TestStringers(t *testing.T) {
	got := fmt.Sprint(nn.ReduceMean, nn.ReduceNone, nn.Reduction(7), nn.BagMean, nn.BagSum, nn.BagMode(-1))
	if want := "mean none Reduction(7) mean sum BagMode(-1)"; strings.Join(strings.Fields(got), " ") != want {
		t.Errorf("got %s; want %s", got, want)
	}
}
