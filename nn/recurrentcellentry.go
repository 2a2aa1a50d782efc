package nn

import "github.com/facula-ml/facula/tensor"

// cellEntry is what the entries of cells have in common; call runs one.
func cellEntry(op string, gates int, cell refCell, call func(a *tensor.Args, w RecurrentWeights) []*tensor.Tensor) tensor.Entry {
	args := func(x tensor.Arg, hidden int, bias bool) []any {
		state := tensor.In(append(append([]int{}, x.Shape[:len(x.Shape)-1]...), hidden)...)
		var hx any = state
		if gates == 4 {
			hx = []any{state, state}
		}
		list := []any{x, hx, tensor.In(gates*hidden, 3).Within(-1, 1), tensor.In(gates*hidden, hidden).Within(-1, 1)}
		if bias {
			list = append(list, tensor.In(gates*hidden), tensor.In(gates*hidden))
		}
		return list
	}
	e := tensor.Entry{
		Name: op, Sig: op + "(input, hx, w_ih, w_hh, b_ih=None, b_hh=None)", DTypes: tensor.Floats, Abs: 1,
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return call(a, RecurrentWeights{WeightIH: a.Tensor("w_ih"), WeightHH: a.Tensor("w_hh"), BiasIH: a.OptTensor("b_ih"), BiasHH: a.OptTensor("b_hh")})
		},
		Ref: func(a *tensor.Args) []tensor.Array { return refStep(a, cell) },
		Bad: []tensor.Bad{
			{Args: args(tensor.In(2, 4), 2, true), Want: "tensor: " + op + " [2 4]: want an input of 1 or 2 dims, the last of size 3"},
			{Args: args(tensor.In(1, 2, 3), 2, true), Want: "tensor: " + op + " [1 2 3]: want an input of 1 or 2 dims, the last of size 3"},
		},
		Why: map[string]string{"0-d": "an input has features", "size-1": "an input has 3 features here", "special": "0·inf depends on the order of the sum",
			"infinite": "0·inf depends on the order of the sum", "tol": "sums cancel"},
	}
	for _, shape := range [][]int{{3}, {1, 3}, {2, 3}, {0, 3}, {7, 3}} {
		for _, bias := range []bool{true, false} {
			e.Samples = append(e.Samples, tensor.Sample{Args: args(tensor.In(shape...), 2, bias)})
		}
	}
	e.Samples = append(e.Samples, tensor.Sample{Args: args(tensor.In(6, 3), 40, true)})
	return e
}

func lstmCellEntry() tensor.Entry {
	e := cellEntry("lstm_cell", 4, refLSTM, func(a *tensor.Args, w RecurrentWeights) []*tensor.Tensor {
		s := a.Tensors("hx")
		h, c := (&LSTMCell{w}).Forward(a.Tensor("input"), s[0], s[1])
		return []*tensor.Tensor{h, c}
	})
	e.At, e.Go, e.Ops = tensor.Here(), []string{"LSTMCell"}, []any{lstmOp{&sequence{}}, lstmGradOp{sequence: &sequence{}}}
	return e
}

func gruCellEntry() tensor.Entry {
	e := cellEntry("gru_cell", 3, refGRU, func(a *tensor.Args, w RecurrentWeights) []*tensor.Tensor {
		return []*tensor.Tensor{(&GRUCell{w}).Forward(a.Tensor("input"), a.Tensor("hx"))}
	})
	e.At, e.Go, e.Ops = tensor.Here(), []string{"GRUCell"}, []any{gruOp{&sequence{}}, gruGradOp{sequence: &sequence{}}}
	return e
}

func rnnCellEntry(relu bool) tensor.Entry {
	name, cell := "rnn_tanh_cell", refRNN
	if relu {
		name, cell = "rnn_relu_cell", refRNNReLU
	}
	e := cellEntry(name, 1, cell, func(a *tensor.Args, w RecurrentWeights) []*tensor.Tensor {
		return []*tensor.Tensor{(&RNNCell{w, relu}).Forward(a.Tensor("input"), a.Tensor("hx"))}
	})
	e.At, e.Go, e.Ops = tensor.Here(), []string{"RNNCell"}, []any{rnnOp{&sequence{}}, rnnGradOp{sequence: &sequence{}}}
	return e
}

// refStep is one step of each sequence.
func refStep(a *tensor.Args, cell refCell) []tensor.Array {
	x := a.Array("input")
	w := refWeights{ih: a.Array("w_ih"), hh: a.Array("w_hh")}
	if a.Has("b_ih") {
		bih, bhh := a.Array("b_ih"), a.Array("b_hh")
		w.bih, w.bhh = &bih, &bhh
	}
	states := a.Arrays("hx")
	if states == nil {
		states = []tensor.Array{a.Array("hx"), {}}
	}
	in, n := w.ih.Shape[1], w.hh.Shape[1]
	h, c := zerosAs(states[0]), zerosAs(states[1])
	for i := range len(x.V) / in {
		var before []float64
		if states[1].V != nil {
			before = states[1].V[i*n:][:n]
		}
		hn, cn := w.step(cell, x.V[i*in:][:in], states[0].V[i*n:][:n], before)
		copy(h.V[i*n:], hn)
		if cn != nil {
			copy(c.V[i*n:], cn)
		}
	}
	if states[1].V == nil {
		return []tensor.Array{h}
	}
	return []tensor.Array{h, c}
}
