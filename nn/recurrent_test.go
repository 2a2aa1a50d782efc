package nn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

type recurrentCase struct {
	Name, Module        string
	Args                map[string]any
	Seed                uint64
	State, Grads        golden.State
	Lengths             []int
	Input, Grad_Input   *golden.Tensor
	Hx, Grad_Hx         []*golden.Tensor
	Outputs, Cotangents []*golden.Tensor
}

type packingCase struct {
	Batch_First              bool
	Lengths, Batch_Sizes     []int
	Sorted, Unsorted, Stride []int
	Input, Data, Padded      *golden.Tensor
}

func recurrentFile(t *testing.T) (cases []recurrentCase, packing []packingCase) {
	var file struct {
		Cases   []recurrentCase
		Packing []packingCase
	}
	golden.Read(t, "testdata/recurrent.json", &file)
	if len(file.Cases) < 38 || len(file.Packing) < 4 {
		t.Fatalf("%d cases, %d of packing", len(file.Cases), len(file.Packing))
	}
	return file.Cases, file.Packing
}

// Recurrent layers and cells have PyTorch's state names, its initial values to
// the bit, and in float64 its outputs, states and gradients.
func TestRecurrent(t *testing.T) {
	cases, _ := recurrentFile(t)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { c.run(t) })
	}
}

func (c *recurrentCase) run(t *testing.T) {
	tensor.ManualSeed(c.Seed)
	m := c.build()
	state := nn.StateDict(m)
	if got, want := fmt.Sprint(state.Names()), fmt.Sprint(namesOf(c.State)); got != want {
		t.Fatalf("state names %s; want %s", got, want)
	}
	for _, s := range c.State {
		near(t, "initial "+s.Name, state.Get(s.Name), s.Tensor, 0)
	}
	nn.Cast(m, tensor.Float64)
	x := toTensor(c.Input).RequireGrad()
	hx := []*tensor.Tensor{nil, nil}
	for i, h := range c.Hx {
		hx[i] = toTensor(h).RequireGrad()
	}
	tensor.ManualSeed(c.Seed)
	outputs := c.call(m, x, hx)
	var loss *tensor.Tensor
	for i, y := range outputs {
		near(t, fmt.Sprintf("output %d", i), y, c.Outputs[i], relative)
		l := y.Mul(toTensor(c.Cotangents[i])).Sum()
		if loss != nil {
			l = l.Add(loss)
		}
		loss = l
	}
	loss.Backward()
	near(t, "gradient of the input", x.Grad(), c.Grad_Input, relative)
	for i, g := range c.Grad_Hx {
		near(t, fmt.Sprintf("gradient of state %d", i), hx[i].Grad(), g, relative)
	}
	params := map[string]*tensor.Tensor{}
	for name, p := range nn.Params(m) {
		params[name] = p
	}
	if len(params) != len(c.Grads) {
		t.Errorf("%d parameters; PyTorch has %d", len(params), len(c.Grads))
	}
	for _, g := range c.Grads {
		near(t, "gradient of "+g.Name, params[g.Name].Grad(), g.Tensor, relative)
	}
}

func (c *recurrentCase) build() any {
	a := arguments(c.Args)
	in, hidden := a.int("input_size"), a.int("hidden_size")
	if strings.HasSuffix(c.Module, "Cell") {
		var opts []nn.CellOption
		if a.is("bias", false) {
			opts = append(opts, nn.NoBias)
		}
		switch c.Module {
		case "LSTMCell":
			return nn.NewLSTMCell(in, hidden, opts...)
		case "GRUCell":
			return nn.NewGRUCell(in, hidden, opts...)
		}
		var some []nn.RNNCellOption
		for _, o := range opts {
			some = append(some, o)
		}
		return nn.NewRNNCell(in, hidden, add(a, some, "nonlinearity", func() nn.RNNCellOption { return nn.NonlinearityReLU })...)
	}
	switch c.Module {
	case "LSTM":
		opts := recurrentOptions[nn.LSTMOption](a, nn.BatchFirst, nn.NoBias)
		return nn.NewLSTM(in, hidden, add(a, opts, "proj_size", func() nn.LSTMOption { return nn.ProjSize(a.int("proj_size")) })...)
	case "GRU":
		return nn.NewGRU(in, hidden, recurrentOptions[nn.GRUOption](a, nn.BatchFirst, nn.NoBias)...)
	}
	opts := recurrentOptions[nn.RNNOption](a, nn.BatchFirst, nn.NoBias)
	return nn.NewRNN(in, hidden, add(a, opts, "nonlinearity", func() nn.RNNOption { return nn.NonlinearityReLU })...)
}

func recurrentOptions[O any](a arguments, batchFirst, noBias O) []O {
	var opts []O
	as := func(o nn.RecurrentOption) O { return o.(O) }
	opts = add(a, opts, "num_layers", func() O { return as(nn.NumLayers(a.int("num_layers"))) })
	opts = add(a, opts, "bidirectional", func() O { return as(nn.Bidirectional) })
	opts = add(a, opts, "dropout", func() O { return as(nn.DropoutP(a["dropout"].(float64))) })
	opts = add(a, opts, "batch_first", func() O { return batchFirst })
	return add(a, opts, "bias", func() O { return noBias })
}

// call runs m on x, packed if the case has lengths.
func (c *recurrentCase) call(m any, x *tensor.Tensor, hx []*tensor.Tensor) []*tensor.Tensor {
	var p *nn.PackedSequence
	first := arguments(c.Args).is("batch_first", true)
	if len(c.Lengths) > 0 {
		var opts []nn.PackOption
		if first {
			opts = append(opts, nn.BatchFirst)
		}
		p = nn.PackPadded(x, c.Lengths, opts...)
	}
	padded := func(y *nn.PackedSequence) *tensor.Tensor {
		var opts []nn.PadOption
		if first {
			opts = append(opts, nn.BatchFirst)
		}
		t, _ := nn.PadPacked(y, opts...)
		return t
	}
	switch l := m.(type) {
	case *nn.LSTM:
		if p != nil {
			y, h, c := l.ForwardPacked(p, hx[0], hx[1])
			return []*tensor.Tensor{padded(y), h, c}
		}
		y, h, c := l.Forward(x, hx[0], hx[1])
		return []*tensor.Tensor{y, h, c}
	case interface {
		Forward(x, h *tensor.Tensor) (y, hn *tensor.Tensor)
		ForwardPacked(x *nn.PackedSequence, h *tensor.Tensor) (y *nn.PackedSequence, hn *tensor.Tensor)
	}:
		if p != nil {
			y, h := l.ForwardPacked(p, hx[0])
			return []*tensor.Tensor{padded(y), h}
		}
		y, h := l.Forward(x, hx[0])
		return []*tensor.Tensor{y, h}
	case *nn.LSTMCell:
		h, c := l.Forward(x, hx[0], hx[1])
		return []*tensor.Tensor{h, c}
	}
	return []*tensor.Tensor{m.(interface {
		Forward(x, h *tensor.Tensor) *tensor.Tensor
	}).Forward(x, hx[0])}
}

// Without a gradient gates are not kept: results are the same to the bit, and
// what is trained beside a frozen input has its gradient.
func TestRecurrentKeepsGates(t *testing.T) {
	g := nn.Gen(tensor.NewGenerator(3))
	x := tensor.Make{Gen: tensor.NewGenerator(4)}.Randn(5, 7, 6)
	for _, l := range []interface {
		Forward(x, h *tensor.Tensor) (y, hn *tensor.Tensor)
	}{nn.NewGRU(6, 5, g, nn.Bidirectional), &lstmOfOne{nn.NewLSTM(6, 5, g, nn.Bidirectional)}} {
		y, _ := l.Forward(x, nil)
		free, _ := l.Forward(x.NoGrad(), nil)
		equal(t, fmt.Sprintf("%T without a gradient", l), free, y)
		if !y.RequiresGrad() || free.RequiresGrad() {
			t.Errorf("%T: gradients %v with and %v without recording", l, y.RequiresGrad(), free.RequiresGrad())
		}
		y.Sum().Backward()
		want := map[string]*tensor.Tensor{}
		for name, p := range nn.Params(l) {
			want[name] = p.Grad()
			p.ZeroGrad()
			if !strings.Contains(name, "weight_hh") {
				p.Freeze()
			}
		}
		y, _ = l.Forward(x, nil)
		y.Sum().Backward()
		for name, p := range nn.Params(l) {
			if p.RequiresGrad() {
				equal(t, fmt.Sprintf("%T: gradient of %s alone", l, name), p.Grad(), want[name])
			}
		}
	}
}

// lstmOfOne is an LSTM in the form of the others.
type lstmOfOne struct{ *nn.LSTM }

func (l lstmOfOne) Forward(x, h *tensor.Tensor) (y, hn *tensor.Tensor) {
	y, hn, _ = l.LSTM.Forward(x, h, nil)
	return y, hn
}

// Packing orders rows as PyTorch does, and padding puts them back.
func TestPacking(t *testing.T) {
	_, cases := recurrentFile(t)
	for i, c := range cases {
		x := toTensor(c.Input).RequireGrad()
		packOpts, padOpts := []nn.PackOption{}, []nn.PadOption{nn.PaddingValue(0.5), nn.TotalLength(7)}
		if c.Batch_First {
			packOpts, padOpts = append(packOpts, nn.BatchFirst), append(padOpts, nn.BatchFirst)
		}
		p := nn.PackPadded(x, c.Lengths, packOpts...)
		near(t, "data", p.Data, c.Data, 0)
		if !slices.Equal(p.BatchSizes, c.Batch_Sizes) {
			t.Errorf("case %d: batch sizes %v; want %v", i, p.BatchSizes, c.Batch_Sizes)
		}
		if p.SortedIndices != nil && (!slices.Equal(p.SortedIndices, c.Sorted) || !slices.Equal(p.UnsortedIndices, c.Unsorted)) {
			t.Errorf("case %d: indices %v, %v; want %v, %v", i, p.SortedIndices, p.UnsortedIndices, c.Sorted, c.Unsorted)
		}
		y, lengths := nn.PadPacked(p, padOpts...)
		near(t, "padded", y, c.Padded, 0)
		if !slices.Equal(lengths, c.Lengths) || !slices.Equal(y.Stride(), c.Stride) {
			t.Errorf("case %d: lengths %v, stride %v; want %v, %v", i, lengths, y.Stride(), c.Lengths, c.Stride)
		}
		y.Sum().Backward() // 1 for each row that was packed
		rows := 0
		for _, n := range c.Lengths {
			rows += n
		}
		want := float64(rows*x.Len()) / float64(x.Size(0)*x.Size(1))
		if got := x.Grad().Sum().Float(); got != want {
			t.Errorf("case %d: the gradients add up to %v; want %v", i, got, want)
		}
	}
}

// Sequences are the same after packing, or padding, and back.
func TestSequences(t *testing.T) {
	seqs := []*tensor.Tensor{tensor.Arange(0, 4, 1).Reshape(2, 2), tensor.Arange(4, 10, 1).Reshape(3, 2), tensor.Arange(10, 12, 1).Reshape(1, 2)}
	lengths := []int{2, 3, 1}
	same := func(what string, got []*tensor.Tensor) {
		t.Helper()
		for i, s := range seqs {
			if fmt.Sprint(got[i]) != fmt.Sprint(s) {
				t.Errorf("%s: sequence %d is %v; want %v", what, i, got[i], s)
			}
		}
	}
	p := nn.PackSequence(seqs...)
	if got := fmt.Sprint(p.BatchSizes, p.SortedIndices, p.UnsortedIndices, p.Lengths()); got != "[3 2 1] [1 0 2] [1 0 2] [2 3 1]" {
		t.Errorf("packed: %s", got)
	}
	same("packed", nn.UnpackSequence(p))
	same("padded", nn.UnpadSequence(nn.PadSequence(seqs), lengths))
	x := nn.PadSequence(seqs, nn.BatchFirst, nn.PaddingValue(-1), nn.TotalLength(5))
	if got := fmt.Sprint(x.Shape(), x.Select(0, 2).Select(1, 0)); got != "[3 5 2] "+fmt.Sprint(tensor.Of([]int64{10, -1, -1, -1, -1}).Cast(x.DType())) {
		t.Errorf("padded: %s", got)
	}
	same("batch first", nn.UnpadSequence(x, lengths, nn.BatchFirst))
}

// What does not fit is refused with a reason.
func TestRecurrentMisuse(t *testing.T) {
	g := nn.Gen(tensor.NewGenerator(1))
	x, lstm := tensor.Zeros(4, 2, 3), nn.NewLSTM(3, 2, g)
	pack := func(edit func(*nn.PackedSequence)) *nn.PackedSequence {
		p := nn.PackPadded(x, []int{4, 2})
		edit(p)
		return p
	}
	for want, f := range map[string]func(){
		"tensor: lstm: 0 layers; want at least 1":                                                func() { nn.NewLSTM(1, 2, nn.NumLayers(0)) },
		"tensor: gru: the hidden size is 0; want at least 1":                                     func() { nn.NewGRU(1, 0) },
		"tensor: gru: dropout is 2; want 0 to 1":                                                 func() { nn.NewGRU(1, 2, nn.DropoutP(2)) },
		"tensor: lstm: projection size 2; want 1 to 1, less than the hidden size, or 0 for none": func() { nn.NewLSTM(1, 2, nn.ProjSize(2)) },
		"tensor: rnn: input and hidden size are [-1 2]; want 0 or more":                          func() { nn.NewRNN(-1, 2) },
		"tensor: gru_cell: input and hidden size are [1 -2]; want 0 or more":                     func() { nn.NewGRUCell(1, -2) },
		"tensor: lstm: the input is nil":                                                         func() { lstm.Forward(nil, nil, nil) },
		"tensor: lstm [4 2 3]: the layer has no Weight; make it with its New function":           func() { (&nn.LSTM{}).Forward(x, nil, nil) },
		"tensor: lstm [4 2 3]: c0 is float64 [1 2 2]; want float32 [1 2 2]":                      func() { lstm.Forward(x, nil, tensor.Make{DType: tensor.Float64}.Zeros(1, 2, 2)) },
		"tensor: lstm [4 3]: h0 is float32 [1 2 2]; want float32 [1 2]":                          func() { lstm.Forward(tensor.Zeros(4, 3), tensor.Zeros(1, 2, 2), nil) },
		"tensor: lstm_cell [2 3]: h is float32 [2 3]; want float32 [2 2]":                        func() { nn.NewLSTMCell(3, 2, g).Forward(tensor.Zeros(2, 3), tensor.Zeros(2, 3), nil) },
		"tensor: lstm: the packed sequence is nil":                                               func() { lstm.ForwardPacked(nil, nil, nil) },
		"tensor: lstm [6 3]: batch sizes [1 2 2 1]; want numbers from 1 on that never grow": func() {
			lstm.ForwardPacked(pack(func(p *nn.PackedSequence) { p.BatchSizes = []int{1, 2, 2, 1} }), nil, nil)
		},
		"tensor: lstm [6 3]: the batch sizes are of 4 rows":                                                         func() { lstm.ForwardPacked(pack(func(p *nn.PackedSequence) { p.BatchSizes = []int{2, 2} }), nil, nil) },
		"tensor: pad_packed_sequence [6 3]: indices [0 0] are no order of 2 sequences":                              func() { nn.PadPacked(pack(func(p *nn.PackedSequence) { p.SortedIndices = []int{0, 0} })) },
		"tensor: pad_packed_sequence [6 3]: total length 3; the longest sequence has 4 steps":                       func() { nn.PadPacked(pack(func(*nn.PackedSequence) {}), nn.TotalLength(3)) },
		"tensor: pad_packed_sequence: the packed sequence is empty":                                                 func() { nn.PadPacked(&nn.PackedSequence{}) },
		"tensor: pack_padded_sequence [4 2 3]: 1 lengths for 2 sequences":                                           func() { nn.PackPadded(x, []int{4}) },
		"tensor: pack_padded_sequence [4 2 3]: length 1 is 5; want 1 to 4":                                          func() { nn.PackPadded(x, []int{4, 5}) },
		"tensor: pack_padded_sequence [3]: want at least 2 dims, steps and batch":                                   func() { nn.PackPadded(tensor.Zeros(3), []int{1}) },
		"tensor: pack_sequence: there are no sequences; want at least one":                                          func() { nn.PackSequence() },
		"tensor: pack_sequence [0 2]: a sequence has no steps; want at least one":                                   func() { nn.PackSequence(tensor.Zeros(0, 2)) },
		"tensor: pad_sequence [1 2], [1 3]: sequence 1 has shape [1 3]; want the dims of the first one after steps": func() { nn.PadSequence([]*tensor.Tensor{tensor.Zeros(1, 2), tensor.Zeros(1, 3)}) },
		"tensor: pad_sequence [2]: total length 1; the longest sequence has 2 steps":                                func() { nn.PadSequence([]*tensor.Tensor{tensor.Zeros(2)}, nn.TotalLength(1)) },
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
