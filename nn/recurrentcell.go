package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// RNNCell is one step of an [RNN].
//
//	source: torch.nn.RNNCell
type RNNCell struct {
	RecurrentWeights
	ReLU bool // in the place of tanh
}

// LSTMCell is one step of an [LSTM].
//
//	source: torch.nn.LSTMCell
type LSTMCell struct{ RecurrentWeights }

// GRUCell is one step of a [GRU].
//
//	source: torch.nn.GRUCell
type GRUCell struct{ RecurrentWeights }

// NewRNNCell returns a cell for inputs of size in. All parameters are uniform in
// ±1/√hidden.
//
//	panics: *tensor.Error for a negative size
func NewRNNCell(in, hidden int, opts ...RNNCellOption) *RNNCell {
	var c recurrentConfig
	for _, o := range opts {
		o.rnnCell(&c)
	}
	wantSizes("rnn_cell", "input and hidden size are", in, hidden)
	return &RNNCell{*newRecurrentWeights(1, in, hidden, &c), c.relu}
}

// NewLSTMCell is [NewRNNCell] for an LSTM.
func NewLSTMCell(in, hidden int, opts ...CellOption) *LSTMCell {
	return &LSTMCell{newCell("lstm_cell", 4, in, hidden, opts)}
}

// NewGRUCell is [NewRNNCell] for a GRU.
func NewGRUCell(in, hidden int, opts ...CellOption) *GRUCell {
	return &GRUCell{newCell("gru_cell", 3, in, hidden, opts)}
}

func newCell(op string, gates, in, hidden int, opts []CellOption) RecurrentWeights {
	var c recurrentConfig
	for _, o := range opts {
		o.cell(&c)
	}
	wantSizes(op, "input and hidden size are", in, hidden)
	return *newRecurrentWeights(gates, in, hidden, &c)
}

// Forward returns the state after one step from h, or from zeros for nil.
//
//	shape:  x [batch, in] or [in], h [batch, hidden] or [hidden] → h's
//	panics: *tensor.Error for other shapes or dtypes
func (l *RNNCell) Forward(x, h *tensor.Tensor) *tensor.Tensor {
	op, scan := "rnn_tanh_cell", scanRNN
	if l.ReLU {
		op, scan = "rnn_relu_cell", scanRNNReLU
	}
	y, _ := l.step(op, scan, x, h, nil, false)
	return tensor.Observed(l, x, y)
}

// Forward returns the states after one step from h and c, or from zeros for nil.
//
//	shape:  x [batch, in] or [in], h and c [batch, hidden] or [hidden] → theirs
//	panics: *tensor.Error for other shapes or dtypes
func (l *LSTMCell) Forward(x, h, c *tensor.Tensor) (hn, cn *tensor.Tensor) {
	hn, cn = l.step("lstm_cell", scanLSTM, x, h, c, true)
	return tensor.Observed(l, x, hn), cn
}

// Forward returns the state after one step from h, or from zeros for nil.
//
//	shape:  x [batch, in] or [in], h [batch, hidden] or [hidden] → h's
//	panics: *tensor.Error for other shapes or dtypes
func (l *GRUCell) Forward(x, h *tensor.Tensor) *tensor.Tensor {
	y, _ := l.step("gru_cell", scanGRU, x, h, nil, false)
	return tensor.Observed(l, x, y)
}

// step runs a layer on one step; with memory it has c.
func (w *RecurrentWeights) step(op string, scan scanner, x, h, c *tensor.Tensor, memory bool) (hn, cn *tensor.Tensor) {
	wantReady(op, x, w.WeightIH)
	if in := w.WeightIH.Size(1); x.Dim() < 1 || x.Dim() > 2 || x.Size(-1) != in {
		tensor.Misuse(op, fmt.Errorf("want an input of 1 or 2 dims, the last of size %d", in), x)
	}
	one := x.Dim() == 1
	shape := x.Shape()
	shape[len(shape)-1] = w.size()
	h = stateOr0(op, "h", x, h, shape)
	if memory {
		c = stateOr0(op, "c", x, c, shape)
	}
	if one {
		x, h, c = x.Unsqueeze(0), h.Unsqueeze(0), unsqueezed(c, 0)
	}
	hn, _, cn = scan(newSequence([]int{x.Size(0)}, false), x, w, h, c)
	if one {
		return hn.Squeeze(0), squeezed(cn, 0)
	}
	return hn, cn
}
