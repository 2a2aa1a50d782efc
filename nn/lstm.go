package nn

import "github.com/facula-ml/facula/tensor"

// LSTM is a network with a long short-term memory. At each step, for the input x
// and the states h and c,
//
//	i, f, o = σ(W·x + b + U·h + d), each its own
//	g       = tanh(W·x + b + U·h + d)
//	c'      = f·c + i·g
//	h'      = o·tanh(c')
//
// where a projection maps h' to its own size. Gradients differentiate again.
//
//	source: torch.nn.LSTM; Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735;
//	projections: Sak, Senior & Beaufays 2014, arXiv:1402.1128
type LSTM struct{ Recurrent }

// NewLSTM returns a network for inputs of size in. All parameters are uniform in
// ±1/√hidden.
//
//	panics: *tensor.Error for a negative size, a hidden size of 0, no layers, a dropout outside
//	0 … 1, and a projection that is not smaller than hidden
func NewLSTM(in, hidden int, opts ...LSTMOption) *LSTM {
	c := recurrentConfig{layers: 1}
	for _, o := range opts {
		o.lstm(&c)
	}
	return &LSTM{newRecurrent("lstm", 4, in, hidden, &c)}
}

// Forward returns the last layer's h after each step, and of every layer and
// direction h and c after the last. h0 and c0 are the states to begin with; nil
// stands for zeros.
//
//	shape:  x [steps, batch, in], or [batch, steps, in] with BatchFirst, or one
//	        sequence [steps, in] → y alike, its last dim hidden (or the
//	        projection), twice that if bidirectional; h0 and h [layers·directions,
//	        batch, hidden (or the projection)], c0 and c [layers·directions,
//	        batch, hidden], without batch for one sequence. Of a bidirectional
//	        network's layers each direction ahead is followed by that back
//	panics: *tensor.Error for other shapes or dtypes, and for no steps
func (l *LSTM) Forward(x, h0, c0 *tensor.Tensor) (y, h, c *tensor.Tensor) {
	y, h, c = l.network().padded(x, h0, c0)
	return tensor.Observed(l, x, y), h, c
}

// ForwardPacked is Forward for sequences of several lengths. States are in the
// order that the sequences had before they were packed.
//
//	panics: *tensor.Error as Forward
func (l *LSTM) ForwardPacked(x *PackedSequence, h0, c0 *tensor.Tensor) (y *PackedSequence, h, c *tensor.Tensor) {
	y, h, c = l.network().packed(x, h0, c0)
	y.Data = tensor.Observed(l, x.Data, y.Data)
	return y, h, c
}

func (l *LSTM) network() *network {
	n := &network{Recurrent: &l.Recurrent, op: "lstm", scan: scanLSTM}
	if len(l.Layers) > 0 && l.Layers[0].Ahead != nil && l.Layers[0].Ahead.WeightHH != nil {
		n.cells = l.Layers[0].Ahead.WeightHH.Size(0) / 4
	}
	return n
}

func scanLSTM(s *sequence, x *tensor.Tensor, w *RecurrentWeights, h, c *tensor.Tensor) (y, hn, cn *tensor.Tensor) {
	p := w.inputs(x, true)
	if w.WeightHR != nil {
		return s.projected(p, w, h, c)
	}
	out := tensor.ApplyMulti(lstmOp{s.discards(w, p, w.WeightHH, h, c)}, p, w.WeightHH, h, c)
	return s.results(out[0]), s.last(out[0]), s.last(out[1])
}
