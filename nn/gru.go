package nn

import "github.com/facula-ml/facula/tensor"

// GRU is a network of gated recurrent units. At each step, for the input x and
// the state h,
//
//	r, z = σ(W·x + b + U·h + d), each its own
//	n    = tanh(W·x + b + r·(U·h + d))
//	h'   = (1-z)·n + z·h
//
// Gradients differentiate again.
//
//	source: torch.nn.GRU; Cho et al. 2014, arXiv:1406.1078, whose r stands within U·(r·h)
type GRU struct{ Recurrent }

// NewGRU returns a network for inputs of size in. All parameters are uniform in
// ±1/√hidden.
//
//	panics: *tensor.Error for a negative size, a hidden size of 0, no layers, or a dropout outside 0 … 1
func NewGRU(in, hidden int, opts ...GRUOption) *GRU {
	c := recurrentConfig{layers: 1}
	for _, o := range opts {
		o.gru(&c)
	}
	return &GRU{newRecurrent("gru", 3, in, hidden, &c)}
}

// Forward returns the last layer's h after each step, and h of every layer and
// direction after the last. h0 is the state to begin with; nil stands for zeros.
//
//	shape:  x [steps, batch, in], or [batch, steps, in] with BatchFirst, or one
//	        sequence [steps, in] → y alike, its last dim hidden, twice that if
//	        bidirectional; h0 and h [layers·directions, batch, hidden], without
//	        batch for one sequence. Of a bidirectional network's layers each
//	        direction ahead is followed by that back
//	panics: *tensor.Error for other shapes or dtypes, and for no steps
func (l *GRU) Forward(x, h0 *tensor.Tensor) (y, h *tensor.Tensor) {
	y, h, _ = l.network().padded(x, h0, nil)
	return tensor.Observed(l, x, y), h
}

// ForwardPacked is Forward for sequences of several lengths. States are in the
// order that the sequences had before they were packed.
//
//	panics: *tensor.Error as Forward
func (l *GRU) ForwardPacked(x *PackedSequence, h0 *tensor.Tensor) (y *PackedSequence, h *tensor.Tensor) {
	y, h, _ = l.network().packed(x, h0, nil)
	y.Data = tensor.Observed(l, x.Data, y.Data)
	return y, h
}

func (l *GRU) network() *network {
	return &network{Recurrent: &l.Recurrent, op: "gru", scan: scanGRU}
}

func scanGRU(s *sequence, x *tensor.Tensor, w *RecurrentWeights, h, _ *tensor.Tensor) (y, hn, cn *tensor.Tensor) {
	p, b := w.inputs(x, false), w.BiasHH
	if b == nil {
		b = tensor.Make{DType: p.DType(), Device: p.Device()}.Zeros(p.Size(1))
	}
	hs := tensor.ApplyMulti(gruOp{s.discards(w, p, w.WeightHH, b, h)}, p, w.WeightHH, b, h)[0]
	return s.results(hs), s.last(hs), nil
}
