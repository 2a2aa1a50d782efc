package nn_test

import (
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// Recurrent layers and attention run in half precision under Autocast, losses
// in float32; gradients have the parameters' dtype.
func TestAutocastLayers(t *testing.T) {
	tensor.ManualSeed(5)
	x := tensor.Randn(3, 2, 4)
	h := x.Autocast(tensor.BFloat16).MatMul(tensor.Randn(4, 4)) // bfloat16
	state := tensor.Zeros(1, 2, 4)
	lstm, gru, rnn := nn.NewLSTM(4, 4), nn.NewGRU(4, 4), nn.NewRNN(4, 4)
	cell, attn := nn.NewGRUCell(4, 4), nn.NewMultiheadAttention(4, 2)
	target := tensor.Full(0.5, 3, 2, 4)
	y1, _, c1 := lstm.Forward(x.Autocast(tensor.BFloat16), state, state)
	y2, _ := gru.Forward(h, nil)
	y3, _ := rnn.Forward(h, nil)
	for _, c := range []struct {
		what string
		got  *tensor.Tensor
		want tensor.DType
	}{
		{"lstm", y1, tensor.BFloat16},
		{"lstm's memory", c1, tensor.BFloat16},
		{"gru", y2, tensor.BFloat16},
		{"rnn", y3, tensor.BFloat16},
		{"gru cell", cell.Forward(h.Select(0, 0), nil), tensor.BFloat16},
		{"attention", attn.Forward(h, h, h), tensor.BFloat16},
		{"l1", nn.NewL1Loss().Forward(h, target), tensor.Float32},
		{"smooth l1", nn.NewSmoothL1Loss().Forward(h, h.Detach()), tensor.Float32},
		{"huber", nn.NewHuberLoss(nn.ReduceNone).Forward(h, h), tensor.Float32},
		{"bce", nn.NewBCELoss().Forward(h.Sigmoid(), target), tensor.Float32},
		{"bce with logits", nn.NewBCEWithLogitsLoss().Forward(h, target), tensor.Float32},
		{"soft margin", nn.NewSoftMarginLoss().Forward(h, h), tensor.Float32},
	} {
		if c.got.DType() != c.want {
			t.Errorf("%s is %v; want %v", c.what, c.got.DType(), c.want)
		}
	}
	y1.Sum().Backward()
	for name, p := range nn.Params(lstm) {
		if g := p.Grad(); g == nil || g.DType() != tensor.Float32 {
			t.Errorf("the gradient of %s is %v; want float32", name, g)
		}
	}
}
