package nn_test

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// Two recordings of up to six frames, with a text of up to three letters each,
// of the alphabet 1 … 4; class 0 is the blank.
func ExampleCTCLoss() {
	g := tensor.NewGenerator(0)
	scores := tensor.Make{Gen: g}.Randn(6, 2, 5).RequireGrad() // frames, batch, classes
	texts := tensor.Of([]int64{1, 2, 2, 4, 3, 0}, 2, 3)
	loss := nn.NewCTCLoss().Forward(scores.LogSoftmax(-1), texts, []int{6, 4}, []int{3, 2})
	loss.Backward()
	fmt.Println(loss.Shape(), scores.Grad().Shape())

	// Three letters of which two are alike need four frames.
	never := nn.NewCTCLoss(nn.ReduceNone).Forward(scores.LogSoftmax(-1), texts, []int{3, 4}, []int{3, 2})
	fmt.Println(tensor.Slice[float32](never)[0])
	// Output:
	// [] [6 2 5]
	// +Inf
}

func ExampleTripletMarginLoss() {
	anchor := tensor.Of([]float32{0, 0, 0, 0}, 2, 2)
	positive := tensor.Of([]float32{0, 1, 3, 4}, 2, 2)
	negative := tensor.Of([]float32{6, 8, 0, 5}, 2, 2)
	loss := nn.NewTripletMarginLoss(nn.ReduceNone, nn.Margin(2), nn.Eps(0))
	fmt.Println(tensor.Slice[float32](loss.Forward(anchor, positive, negative))) // max(d(a, p) - d(a, n) + 2, 0)
	// Output: [0 2]
}

func ExampleGroupNorm() {
	x := tensor.Of([]float32{1, 3, 10, 30}, 1, 4) // one sample of four channels
	fmt.Println(tensor.Slice[float32](nn.NewGroupNorm(2, 4, nn.Eps(0)).Forward(x)))
	// Output: [-1 1 -1 1]
}

func ExampleRMSNorm() {
	x := tensor.Of([]float32{3, 4, 0, 0})
	fmt.Println(tensor.Slice[float32](nn.NewRMSNorm(4, nn.NoAffine, nn.Eps(1e-12)).Forward(x))) // over √(25/4)
	// Output: [1.2 1.6 0 0]
}

// Bags of words of several lengths, one after another, and where each begins.
func ExampleEmbeddingBag() {
	l := nn.NewEmbeddingBag(4, 2, nn.BagSum)
	l.Weight.SetData(tensor.Of([]float32{0, 0, 1, 10, 2, 20, 3, 30}, 4, 2))
	words, offsets := tensor.Of([]int64{1, 2, 3, 3}), tensor.Of([]int64{0, 3})
	fmt.Println(tensor.Slice[float32](l.Forward(words, offsets, nil)))
	// Output: [6 60 3 30]
}

// WeightNorm trains the length and the direction of a weight apart; Remove
// gives the layer its weight back.
func ExampleWeightNorm() {
	l := nn.NewWeightNorm(nn.NewLinear(3, 2))
	for name, p := range nn.Params(l) {
		fmt.Println(name, p.Shape())
	}
	fmt.Println(nn.StateDict(l.Remove()).Names())
	// Output:
	// weight_g [2 1]
	// weight_v [2 3]
	// bias [2]
	// [weight bias]
}

func ExampleReflectionPad1d() {
	x := tensor.Of([]float32{1, 2, 3}, 1, 3)
	for _, l := range []nn.Layer{nn.NewZeroPad1d(2), nn.NewConstantPad1d([2]int{0, 1}, 9), nn.NewReflectionPad1d(2), nn.NewReplicationPad1d(2), nn.NewCircularPad1d(2)} {
		fmt.Println(tensor.Slice[float32](l.Forward(x)))
	}
	conv := nn.NewConv1d(1, 1, 3, nn.SamePadding, nn.PaddingMode("reflect"))
	fmt.Println(conv.Forward(x).Shape())
	// Output:
	// [0 0 1 2 3 0 0]
	// [1 2 3 9]
	// [3 2 1 2 3 2 1]
	// [1 1 1 2 3 3 3]
	// [2 3 1 2 3 1 2]
	// [1 3]
}

func ExampleUpsample() {
	x := tensor.Of([]float32{0, 2}, 1, 1, 2)
	nearest := nn.NewUpsample(nn.ScaleFactor(2))
	linear := nn.NewUpsample(nn.OutputSize(5), nn.Interpolation("linear"), nn.AlignCorners)
	fmt.Println(tensor.Slice[float32](nearest.Forward(x)), tensor.Slice[float32](linear.Forward(x)))
	// Output: [0 0 2 2] [0 0.5 1 1.5 2]
}

// Two sentences of five and three tokens; the rest is padding that no token
// attends to.
func ExampleTransformerEncoder() {
	m := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, 2, nn.FeedForward(16), nn.BatchFirst), 2, nn.NewLayerNorm(8))
	nn.Eval(m)
	x := tensor.Randn(2, 5, 8)
	padding := tensor.Of([]bool{false, false, false, false, false, false, false, false, true, true}, 2, 5)
	y := m.Masked(x, nn.Masks{KeyPadding: padding})

	short := m.Forward(x.Narrow(0, 1, 1).Narrow(1, 0, 3))
	fmt.Println(y.Shape(), y.Narrow(0, 1, 1).Narrow(1, 0, 3).Sub(short).Abs().Max().Float() < 1e-5)
	// Output: [2 5 8] true
}

func ExamplePackSequence() {
	p := nn.PackSequence(tensor.Of([]float32{1, 2}), tensor.Of([]float32{3, 4, 5}))
	fmt.Println(tensor.Slice[float32](p.Data), p.BatchSizes) // step by step, the longest first
	padded, lengths := nn.PadPacked(p, nn.BatchFirst, nn.PaddingValue(-1))
	fmt.Println(tensor.Slice[float32](padded), lengths)
	// Output:
	// [3 1 4 2 5] [2 2 1]
	// [1 2 -1 3 4 5] [2 3]
}
