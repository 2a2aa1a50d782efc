package nn

import "github.com/facula-ml/facula/tensor"

// RNN is Elman's network: at each step, for the input x and the state h,
//
//	h' = tanh(W·x + b + U·h + d)
//
// or, with ReLU, max(…, 0). Gradients differentiate again.
//
//	source: torch.nn.RNN; Elman 1990, doi:10.1207/s15516709cog1402_1
type RNN struct {
	Recurrent
	ReLU bool // in the place of tanh
}

// NewRNN returns a network for inputs of size in. All parameters are uniform in
// ±1/√hidden.
//
//	panics: *tensor.Error for a negative size, a hidden size of 0, no layers, or a dropout outside 0 … 1
func NewRNN(in, hidden int, opts ...RNNOption) *RNN {
	c := recurrentConfig{layers: 1}
	for _, o := range opts {
		o.rnn(&c)
	}
	return &RNN{newRecurrent("rnn", 1, in, hidden, &c), c.relu}
}

// Forward returns the last layer's h after each step, and h of every layer and
// direction after the last. h0 is the state to begin with; nil stands for zeros.
//
//	shape:  as for [GRU.Forward]
//	panics: *tensor.Error for other shapes or dtypes, and for no steps
func (l *RNN) Forward(x, h0 *tensor.Tensor) (y, h *tensor.Tensor) {
	y, h, _ = l.network().padded(x, h0, nil)
	return tensor.Observed(l, x, y), h
}

// ForwardPacked is Forward for sequences of several lengths. States are in the
// order that the sequences had before they were packed.
//
//	panics: *tensor.Error as Forward
func (l *RNN) ForwardPacked(x *PackedSequence, h0 *tensor.Tensor) (y *PackedSequence, h *tensor.Tensor) {
	y, h, _ = l.network().packed(x, h0, nil)
	y.Data = tensor.Observed(l, x.Data, y.Data)
	return y, h
}

func (l *RNN) network() *network {
	if l.ReLU {
		return &network{Recurrent: &l.Recurrent, op: "rnn_relu", scan: scanRNNReLU}
	}
	return &network{Recurrent: &l.Recurrent, op: "rnn_tanh", scan: scanRNN}
}

func scanRNN(s *sequence, x *tensor.Tensor, w *RecurrentWeights, h, _ *tensor.Tensor) (y, hn, cn *tensor.Tensor) {
	hs := tensor.Apply(rnnOp{s}, w.inputs(x, true), w.WeightHH, h)
	return s.results(hs), s.last(hs), nil
}

func scanRNNReLU(s *sequence, x *tensor.Tensor, w *RecurrentWeights, h, c *tensor.Tensor) (y, hn, cn *tensor.Tensor) {
	s.ReLU = true
	return scanRNN(s, x, w, h, c)
}
