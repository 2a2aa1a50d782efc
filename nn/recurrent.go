package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// RecurrentWeights are the parameters of a recurrent layer in one direction, or
// of a cell. Its gates lie one after the other: 4 of an LSTM, 3 of a GRU, 1 of
// an RNN.
type RecurrentWeights struct {
	WeightIH *tensor.Tensor // [gates·hidden, input]
	WeightHH *tensor.Tensor // [gates·hidden, hidden], or of the projection's size
	BiasIH   *tensor.Tensor // [gates·hidden], or nil
	BiasHH   *tensor.Tensor // [gates·hidden], or nil
	WeightHR *tensor.Tensor // [projection, hidden], of an LSTM with one, or nil
}

// A RecurrentLayer is one layer: the direction that all have, and that which a
// bidirectional one has beside it.
type RecurrentLayer struct {
	Ahead *RecurrentWeights `state:",suffix"`
	Back  *RecurrentWeights `state:"_reverse,suffix"` // or nil
}

// Recurrent is what [RNN], [LSTM] and [GRU] have in common.
type Recurrent struct {
	Layers     []RecurrentLayer `state:"_l,suffix"`
	BatchFirst bool
	Dropout    float64           // between layers
	Gen        *tensor.Generator // of Dropout; nil means the default one
	Training   bool
}

// newRecurrent makes the layers of a network whose cells have so many gates.
// All parameters are uniform in ±1/√hidden, drawn in PyTorch's order.
func newRecurrent(op string, gates, in, hidden int, c *recurrentConfig) Recurrent {
	wantSizes(op, "input and hidden size are", in, hidden)
	wantProbability(op, "dropout is", c.dropout)
	switch {
	case hidden == 0:
		tensor.Misuse(op, errors.New("the hidden size is 0; want at least 1"))
	case c.layers < 1:
		tensor.Misuse(op, fmt.Errorf("%d layers; want at least 1", c.layers))
	case c.proj < 0 || c.proj > 0 && c.proj >= hidden:
		tensor.Misuse(op, fmt.Errorf("projection size %d; want 1 to %d, less than the hidden size, or 0 for none", c.proj, hidden-1))
	}
	r := Recurrent{BatchFirst: c.batchFirst, Dropout: c.dropout, Gen: c.gen, Training: true}
	for range c.layers {
		l := RecurrentLayer{Ahead: newRecurrentWeights(gates, in, hidden, c)}
		in = l.Ahead.size()
		if c.both {
			l.Back = newRecurrentWeights(gates, l.Ahead.WeightIH.Size(1), hidden, c)
			in *= 2
		}
		r.Layers = append(r.Layers, l)
	}
	return r
}

func newRecurrentWeights(gates, in, hidden int, c *recurrentConfig) *RecurrentWeights {
	bound := 0.0
	if hidden > 0 {
		bound = 1 / math.Sqrt(float64(hidden))
	}
	draw := func(shape ...int) *tensor.Tensor {
		return tensor.Make{Gen: c.gen}.Uniform(-bound, bound, shape...).RequireGrad()
	}
	size := hidden
	if c.proj > 0 {
		size = c.proj
	}
	w := &RecurrentWeights{WeightIH: draw(gates*hidden, in), WeightHH: draw(gates*hidden, size)}
	if !c.noBias {
		w.BiasIH, w.BiasHH = draw(gates*hidden), draw(gates*hidden)
	}
	if c.proj > 0 {
		w.WeightHR = draw(c.proj, hidden)
	}
	return w
}

// size is how long the state is that the next step reads.
func (w *RecurrentWeights) size() int { return w.WeightHH.Size(1) }

// inputs are x·w_ihᵀ + b_ih for all rows. where joined, plus b_hh.
func (w *RecurrentWeights) inputs(x *tensor.Tensor, joined bool) *tensor.Tensor {
	bias := w.BiasIH
	if joined && bias != nil && w.BiasHH != nil {
		bias = bias.Add(w.BiasHH)
	}
	return x.Linear(w.WeightIH, bias)
}

// A scanner runs a layer in one direction on x, all rows of s. It returns the
// result for each row and the states behind the last steps. c is nil but for LSTM.
type scanner func(s *sequence, x *tensor.Tensor, w *RecurrentWeights, h, c *tensor.Tensor) (y, hn, cn *tensor.Tensor)

// network is a call of a recurrent network.
type network struct {
	*Recurrent
	op    string
	cells int // how long each of the second states is; 0 if there are none
	scan  scanner
	given *tensor.Tensor // the input, for errors
}

// directions is 1 or 2.
func (r *Recurrent) directions() int {
	if r.Layers[0].Back != nil {
		return 2
	}
	return 1
}

// check refuses a network that is not ready, and an input that does not fit.
func (n *network) check(x *tensor.Tensor, dims ...int) {
	if len(n.Layers) == 0 || n.Layers[0].Ahead == nil {
		wantReady(n.op, x, nil)
	}
	w := n.Layers[0].Ahead.WeightIH
	n.given = x
	wantReady(n.op, x, w)
	if in := w.Size(1); !slices.Contains(dims, x.Dim()) || x.Size(-1) != in {
		tensor.Misuse(n.op, fmt.Errorf("want an input of %v dims, the last of size %d", dims, in), x)
	}
}

// padded runs the network on sequences of one length, a batch of them or, as a
// matrix, one alone.
func (n *network) padded(x, h, c *tensor.Tensor) (y, hn, cn *tensor.Tensor) {
	n.check(x, 2, 3)
	one := x.Dim() == 2
	if one {
		h, c = n.states(h, c)
		x, h, c = x.Unsqueeze(1), h.Unsqueeze(1), unsqueezed(c, 1)
	} else {
		if n.BatchFirst {
			x = x.Transpose(0, 1)
		}
		h, c = n.states(h, c, x.Size(1))
	}
	steps, batch := x.Size(0), x.Size(1)
	if steps == 0 {
		tensor.Misuse(n.op, errors.New("the sequence has no steps; want at least one"), x)
	}
	sizes := make([]int, steps)
	for t := range sizes {
		sizes[t] = batch
	}
	y, hn, cn = n.run(x.Reshape(steps*batch, x.Size(2)), sizes, h, c)
	y = y.Reshape(steps, batch, y.Size(1))
	if one {
		return y.Squeeze(1), hn.Squeeze(1), squeezed(cn, 1)
	}
	if n.BatchFirst {
		y = y.Transpose(0, 1)
	}
	return y, hn, cn
}

// packed runs the network on packed sequences.
func (n *network) packed(p *PackedSequence, h, c *tensor.Tensor) (y *PackedSequence, hn, cn *tensor.Tensor) {
	if p == nil {
		tensor.Misuse(n.op, errors.New("the packed sequence is nil"))
	}
	p.check(n.op)
	n.check(p.Data, 2)
	h, c = n.states(h, c, p.BatchSizes[0])
	data, hn, cn := n.run(p.Data, p.BatchSizes, reordered(h, p.SortedIndices), reordered(c, p.SortedIndices))
	out := *p
	out.Data = data
	return &out, reordered(hn, p.UnsortedIndices), reordered(cn, p.UnsortedIndices)
}

// run takes the rows of all steps through all layers.
func (n *network) run(x *tensor.Tensor, sizes []int, h, c *tensor.Tensor) (y, hn, cn *tensor.Tensor) {
	d := n.directions()
	var hs, cs []*tensor.Tensor
	for i, l := range n.Layers {
		if i > 0 && n.Training && n.Dropout > 0 {
			x = x.Dropout(n.Dropout, n.Gen)
		}
		var ys []*tensor.Tensor
		for k, w := range []*RecurrentWeights{l.Ahead, l.Back}[:d] {
			var ci *tensor.Tensor
			if n.cells > 0 {
				ci = c.Select(0, i*d+k)
			}
			y, hi, ci := n.scan(newSequence(sizes, k == 1), x, w, h.Select(0, i*d+k), ci)
			ys, hs, cs = append(ys, y), append(hs, hi), append(cs, ci)
		}
		x = ys[0]
		if d == 2 {
			x = tensor.Cat(1, ys...)
		}
	}
	if n.cells > 0 {
		cn = tensor.Stack(0, cs...)
	}
	return x, tensor.Stack(0, hs...), cn
}

// states are the given ones, of a batch or of one sequence, or zeros.
func (n *network) states(h, c *tensor.Tensor, batch ...int) (h0, c0 *tensor.Tensor) {
	shape := append([]int{len(n.Layers) * n.directions()}, batch...)
	h0 = stateOr0(n.op, "h0", n.given, h, append(slices.Clone(shape), n.Layers[0].Ahead.size()))
	if n.cells > 0 {
		c0 = stateOr0(n.op, "c0", n.given, c, append(shape, n.cells))
	}
	return h0, c0
}

// stateOr0 is the given state, which must have x's dtype and the shape, or zeros.
func stateOr0(op, name string, x, h *tensor.Tensor, shape []int) *tensor.Tensor {
	if h == nil {
		return tensor.Make{DType: x.DType(), Device: x.Device()}.Zeros(shape...)
	}
	if !slices.Equal(h.Shape(), shape) || h.DType() != x.DType() {
		tensor.Misuse(op, fmt.Errorf("%s is %v %v; want %v %v", name, h.DType(), h.Shape(), x.DType(), shape), x)
	}
	return h
}

func unsqueezed(t *tensor.Tensor, dim int) *tensor.Tensor {
	if t == nil {
		return nil
	}
	return t.Unsqueeze(dim)
}

func squeezed(t *tensor.Tensor, dim int) *tensor.Tensor {
	if t == nil {
		return nil
	}
	return t.Squeeze(dim)
}
