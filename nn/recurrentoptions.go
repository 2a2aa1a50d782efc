package nn

import "github.com/facula-ml/facula/tensor"

// An RNNOption changes [NewRNN]: NumLayers, Bidirectional, BatchFirst, NoBias,
// DropoutP, NonlinearityReLU, Gen.
type RNNOption interface{ rnn(*recurrentConfig) }

// An LSTMOption changes [NewLSTM]: NumLayers, Bidirectional, BatchFirst, NoBias,
// DropoutP, ProjSize, Gen.
type LSTMOption interface{ lstm(*recurrentConfig) }

// A GRUOption changes [NewGRU]: NumLayers, Bidirectional, BatchFirst, NoBias,
// DropoutP, Gen.
type GRUOption interface{ gru(*recurrentConfig) }

// A RecurrentOption is one of all recurrent layers: NumLayers, Bidirectional,
// DropoutP.
type RecurrentOption interface {
	RNNOption
	LSTMOption
	GRUOption
}

// A CellOption changes [NewRNNCell], [NewLSTMCell] and [NewGRUCell]: NoBias, Gen.
type CellOption interface {
	RNNCellOption
	cell(*recurrentConfig)
}

// An RNNCellOption changes [NewRNNCell]: NoBias, Gen, NonlinearityReLU.
type RNNCellOption interface{ rnnCell(*recurrentConfig) }

// recurrentConfig is what options say, of layers or of a cell.
type recurrentConfig struct {
	layers, proj             int
	noBias, both, batchFirst bool
	relu                     bool
	dropout                  float64
	gen                      *tensor.Generator
}

// NumLayers stacks so many recurrent layers: each reads what the one below
// gives.
func NumLayers(n int) RecurrentOption {
	return recurrentOption(func(c *recurrentConfig) { c.layers = n })
}

// Bidirectional adds to each layer of a recurrent network a second one that
// goes from the last step to the first. The results of both stand side by side.
var Bidirectional RecurrentOption = recurrentOption(func(c *recurrentConfig) { c.both = true })

type recurrentOption func(*recurrentConfig)

func (o recurrentOption) rnn(c *recurrentConfig)  { o(c) }
func (o recurrentOption) lstm(c *recurrentConfig) { o(c) }
func (o recurrentOption) gru(c *recurrentConfig)  { o(c) }

// ProjSize gives an LSTM's result a size of its own: a matrix maps each step's
// to it, and the next step reads that.
func ProjSize(n int) LSTMOption { return projSize(n) }

type projSize int

func (n projSize) lstm(c *recurrentConfig) { c.proj = int(n) }

// NonlinearityReLU takes ReLU in the place of tanh in an RNN or RNNCell.
var NonlinearityReLU nonlinearityReLU

type nonlinearityReLU struct{}

func (nonlinearityReLU) rnn(c *recurrentConfig)     { c.relu = true }
func (nonlinearityReLU) rnnCell(c *recurrentConfig) { c.relu = true }

// BatchFirst puts the batch before the steps: [batch, steps, size], where
// recurrent layers, attention, transformers and padded sequences have
// [steps, batch, size] without it. Recurrent states keep their shape.
var BatchFirst batchFirst

type batchFirst struct{}

func (batchFirst) rnn(c *recurrentConfig)  { c.batchFirst = true }
func (batchFirst) lstm(c *recurrentConfig) { c.batchFirst = true }
func (batchFirst) gru(c *recurrentConfig)  { c.batchFirst = true }

func (noBias) rnn(c *recurrentConfig)     { c.noBias = true }
func (noBias) lstm(c *recurrentConfig)    { c.noBias = true }
func (noBias) gru(c *recurrentConfig)     { c.noBias = true }
func (noBias) cell(c *recurrentConfig)    { c.noBias = true }
func (noBias) rnnCell(c *recurrentConfig) { c.noBias = true }

func (p dropoutP) rnn(c *recurrentConfig)  { c.dropout = float64(p) }
func (p dropoutP) lstm(c *recurrentConfig) { c.dropout = float64(p) }
func (p dropoutP) gru(c *recurrentConfig)  { c.dropout = float64(p) }

func (o GenOption) rnn(c *recurrentConfig)     { c.gen = o.g }
func (o GenOption) lstm(c *recurrentConfig)    { c.gen = o.g }
func (o GenOption) gru(c *recurrentConfig)     { c.gen = o.g }
func (o GenOption) cell(c *recurrentConfig)    { c.gen = o.g }
func (o GenOption) rnnCell(c *recurrentConfig) { c.gen = o.g }
