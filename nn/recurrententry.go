package nn

import "github.com/facula-ml/facula/tensor"

// The entries take PyTorch's flat list of parameters. PyTorch has a second form
// for packed sequences; batch_sizes stands for it.
const recurrentSig = "(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first=False, *, batch_sizes=None)"

// recurrentOf is the network that a call describes.
func recurrentOf(a *tensor.Args) Recurrent {
	r := Recurrent{BatchFirst: a.Bool("batch_first"), Dropout: a.Float("dropout"), Training: a.Bool("train")}
	params, layers := a.Tensors("params"), a.Int("num_layers")
	directions := 1
	if a.Bool("bidirectional") {
		directions = 2
	}
	each := len(params) / max(1, layers*directions)
	next := func() *RecurrentWeights {
		p := params[:each]
		params = params[each:]
		w := &RecurrentWeights{WeightIH: p[0], WeightHH: p[1]}
		p = p[2:]
		if a.Bool("has_biases") {
			w.BiasIH, w.BiasHH, p = p[0], p[1], p[2:]
		}
		if len(p) > 0 {
			w.WeightHR = p[0]
		}
		return w
	}
	for range layers {
		l := RecurrentLayer{Ahead: next()}
		if directions == 2 {
			l.Back = next()
		}
		r.Layers = append(r.Layers, l)
	}
	return r
}

// recurrentCall runs the network of a call on what it holds.
func recurrentCall(a *tensor.Args, n *network, h, c *tensor.Tensor) []*tensor.Tensor {
	x := a.Tensor("input")
	var y, hn, cn *tensor.Tensor
	if sizes := a.Ints("batch_sizes"); sizes != nil {
		var p *PackedSequence
		p, hn, cn = n.packed(&PackedSequence{Data: x, BatchSizes: sizes}, h, c)
		y = p.Data
	} else {
		y, hn, cn = n.padded(x, h, c)
	}
	if cn == nil {
		return []*tensor.Tensor{y, hn}
	}
	return []*tensor.Tensor{y, hn, cn}
}

func lstmEntry() tensor.Entry {
	e := recurrentEntry("lstm", 4)
	e.At, e.Go, e.Ops = tensor.Here(), []string{"LSTM"}, []any{lstmOp{&sequence{}}, lstmGradOp{sequence: &sequence{}}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		l, s := &LSTM{recurrentOf(a)}, a.Tensors("hx")
		return recurrentCall(a, l.network(), s[0], s[1])
	}
	e.Ref = func(a *tensor.Args) []tensor.Array { return refRecurrent(a, refLSTM) }
	return e
}

func gruEntry() tensor.Entry {
	e := recurrentEntry("gru", 3)
	e.At, e.Go, e.Ops = tensor.Here(), []string{"GRU"}, []any{gruOp{&sequence{}}, gruGradOp{sequence: &sequence{}}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		l := &GRU{recurrentOf(a)}
		return recurrentCall(a, l.network(), a.Tensor("hx"), nil)
	}
	e.Ref = func(a *tensor.Args) []tensor.Array { return refRecurrent(a, refGRU) }
	return e
}

func rnnEntry(relu bool) tensor.Entry {
	name, cell := "rnn_tanh", refRNN
	if relu {
		name, cell = "rnn_relu", refRNNReLU
	}
	e := recurrentEntry(name, 1)
	if relu {
		e.Abs = 20 // the size of states that nothing bounds
	}
	e.At, e.Go, e.Ops = tensor.Here(), []string{"RNN"}, []any{rnnOp{&sequence{}}, rnnGradOp{sequence: &sequence{}}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		l := &RNN{recurrentOf(a), relu}
		return recurrentCall(a, l.network(), a.Tensor("hx"), nil)
	}
	e.Ref = func(a *tensor.Args) []tensor.Array { return refRecurrent(a, cell) }
	return e
}

// recurrentEntry is what the entries of networks have in common.
func recurrentEntry(op string, gates int) tensor.Entry {
	return tensor.Entry{
		Name: op, Sig: op + recurrentSig, DTypes: tensor.Floats, Abs: 1,
		Samples: recurrentSamples(op, gates),
		Bad: []tensor.Bad{
			recurrentBad(op, gates, tensor.In(4, 2, 5), "tensor: "+op+" [4 2 5]: want an input of [2 3] dims, the last of size 3"),
			recurrentBad(op, gates, tensor.In(3), "tensor: "+op+" [3]: want an input of [2 3] dims, the last of size 3"),
			recurrentBad(op, gates, tensor.In(0, 2, 3), "tensor: "+op+" [0 2 3]: the sequence has no steps; want at least one"),
			recurrentBad(op, gates, tensor.In(4, 5, 3), "tensor: "+op+" [4 5 3]: h0 is float32 [1 2 2]; want float32 [1 5 2]"),
		},
		Why: map[string]string{"0-d": "an input has steps and features", "special": "0·inf depends on the order of the sum",
			"infinite": "0·inf depends on the order of the sum", "tol": "sums cancel, and what is left goes through all steps"},
	}
}

// recurrentArgs are those of a network with the given sizes; proj is 0 for none.
func recurrentArgs(op string, gates int, x tensor.Arg, in, hidden, proj, batch, layers, directions int, bias bool) []any {
	size := hidden
	if proj > 0 {
		size = proj
	}
	state := func(n int) tensor.Arg {
		if len(x.Shape) == 2 && batch == 0 {
			return tensor.In(layers*directions, n)
		}
		return tensor.In(layers*directions, batch, n)
	}
	var hx any = state(size)
	if op == "lstm" {
		hx = []any{state(size), state(hidden)}
	}
	var params []any
	for i := range layers * directions {
		from := in
		if i >= directions {
			from = size * directions
		}
		params = append(params, tensor.In(gates*hidden, from).Within(-1, 1), tensor.In(gates*hidden, size).Within(-1, 1))
		if bias {
			params = append(params, tensor.In(gates*hidden), tensor.In(gates*hidden))
		}
		if proj > 0 {
			params = append(params, tensor.In(proj, hidden))
		}
	}
	return []any{x, hx, params, bias, layers, 0.0, false, directions == 2}
}

func recurrentBad(op string, gates int, x tensor.Arg, want string) tensor.Bad {
	return tensor.Bad{Args: recurrentArgs(op, gates, x, 3, 2, 0, 2, 1, 1, true), Want: want}
}

func recurrentSamples(op string, gates int) []tensor.Sample {
	of := func(x tensor.Arg, in, hidden, proj, batch, layers, directions int, bias bool) tensor.Sample {
		return tensor.Sample{Args: recurrentArgs(op, gates, x, in, hidden, proj, batch, layers, directions, bias)}
	}
	with := func(s tensor.Sample, name string, v any) tensor.Sample {
		s.Kw = map[string]any{name: v}
		return s
	}
	deep := func(s tensor.Sample) tensor.Sample { // half precision rounds between layers, and sums grow
		s.Only = []tensor.DType{tensor.Float32, tensor.Float64}
		return s
	}
	list := []tensor.Sample{
		of(tensor.In(1, 1, 1), 1, 1, 0, 1, 1, 1, true),
		of(tensor.In(3, 2, 2), 2, 1, 0, 2, 1, 1, true),
		of(tensor.In(2, 1, 1), 1, 2, 0, 1, 1, 2, false),
		of(tensor.In(2, 2), 2, 1, 0, 0, 2, 1, true), // one sequence
		with(of(tensor.In(2, 3, 2), 2, 1, 0, 2, 1, 2, false), "batch_first", true),
		of(tensor.In(2, 0, 3), 3, 2, 0, 0, 1, 1, true), // no sequences
		deep(of(tensor.In(3, 7, 4), 4, 5, 0, 7, 2, 2, true)),
		with(of(tensor.In(6, 2), 2, 1, 0, 3, 1, 1, true), "batch_sizes", []int{3, 2, 1}),
		with(of(tensor.In(5, 1), 1, 1, 0, 3, 1, 2, false), "batch_sizes", []int{3, 1, 1}),
		deep(with(of(tensor.In(21, 3), 3, 4, 0, 8, 2, 2, true), "batch_sizes", []int{8, 7, 3, 3})),
		deep(of(tensor.In(3, 9, 20), 20, 40, 0, 9, 1, 1, true)),
	}
	if op == "lstm" {
		list = append(list, of(tensor.In(2, 2, 1), 1, 2, 1, 2, 1, 1, true), with(of(tensor.In(7, 3), 3, 3, 2, 4, 2, 2, false), "batch_sizes", []int{4, 2, 1}))
	}
	return list
}
