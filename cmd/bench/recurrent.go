package main

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A recurrent is a layer of one of the kinds, with its input, its states left to be zeros.
type recurrent struct {
	kind                    string
	gates, steps, batch, in int
	hidden                  int
}

func (r recurrent) name() string {
	return fmt.Sprintf("%s_%dx%dx%d-%d", r.kind, r.steps, r.batch, r.in, r.hidden)
}

// flops are those of the products, forward.
func (r recurrent) flops() float64 {
	return 2 * float64(r.steps*r.batch) * float64(r.gates*r.hidden) * float64(r.in+r.hidden)
}

// recurrents are recurrent layers and cells, forward alone or with the gradient.
func recurrents() []work {
	var all []work
	for _, r := range []recurrent{
		{"lstm", 4, 64, 32, 256, 256}, {"gru", 3, 64, 32, 256, 256}, {"rnn", 1, 64, 32, 256, 256},
		{"lstm", 4, 64, 1, 256, 256}, {"gru", 3, 64, 1, 256, 256}, {"lstm", 4, 32, 64, 64, 64},
	} {
		all = append(all, r.work(false), r.work(true))
	}
	for _, r := range []recurrent{{"lstm_cell", 4, 1, 32, 256, 256}, {"gru_cell", 3, 1, 32, 256, 256}} {
		all = append(all, r.work(false), r.work(true))
	}
	return all
}

func (r recurrent) work(backward bool) work {
	if backward {
		return work{name: r.name() + "_fwdbwd", flops: 3 * r.flops(), limit: fma32, prepare: func() func() { return r.prepare(true) }}
	}
	return work{name: r.name() + "_fwd", flops: r.flops(), limit: fma32, prepare: func() func() { return r.prepare(false) }}
}

func (r recurrent) prepare(backward bool) func() {
	shape := []int{r.steps, r.batch, r.in}
	if r.steps == 1 {
		shape = shape[1:]
	}
	x := tensor.Randn(shape...)
	shape[len(shape)-1] = r.hidden
	g := tensor.Randn(shape...)
	m, run := r.layer()
	if !backward {
		x = x.NoGrad()
		s := tensor.NewScope()
		return func() {
			run(s.In(x))
			s.Close()
		}
	}
	return stepped(x.RequireGrad(), func(x *tensor.Tensor) {
		nn.ZeroGrad(m)
		run(x).Backward(tensor.Seed(g))
	})
}

// layer makes the layer and says how to run it.
func (r recurrent) layer() (m any, run func(x *tensor.Tensor) *tensor.Tensor) {
	switch r.kind {
	case "lstm":
		l := nn.NewLSTM(r.in, r.hidden)
		return l, func(x *tensor.Tensor) *tensor.Tensor { y, _, _ := l.Forward(x, nil, nil); return y }
	case "gru":
		l := nn.NewGRU(r.in, r.hidden)
		return l, func(x *tensor.Tensor) *tensor.Tensor { y, _ := l.Forward(x, nil); return y }
	case "rnn":
		l := nn.NewRNN(r.in, r.hidden)
		return l, func(x *tensor.Tensor) *tensor.Tensor { y, _ := l.Forward(x, nil); return y }
	case "lstm_cell":
		l := nn.NewLSTMCell(r.in, r.hidden)
		return l, func(x *tensor.Tensor) *tensor.Tensor { y, _ := l.Forward(x, nil, nil); return y }
	}
	l := nn.NewGRUCell(r.in, r.hidden)
	return l, func(x *tensor.Tensor) *tensor.Tensor { return l.Forward(x, nil) }
}
