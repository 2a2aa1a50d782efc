package nn

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// A refCell is one step of one sequence: of W·x + b and U·h + d for all gates,
// and the states.
type refCell func(x, u, h, c []float64) (hn, cn []float64)

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func refLSTM(x, u, _, c []float64) (hn, cn []float64) {
	n := len(c)
	hn, cn = make([]float64, n), make([]float64, n)
	for k := range n {
		in, forget, out := logistic(x[k]+u[k]), logistic(x[n+k]+u[n+k]), logistic(x[3*n+k]+u[3*n+k])
		cn[k] = forget*c[k] + in*math.Tanh(x[2*n+k]+u[2*n+k])
		hn[k] = out * math.Tanh(cn[k])
	}
	return hn, cn
}

func refGRU(x, u, h, _ []float64) (hn, cn []float64) {
	n := len(h)
	hn = make([]float64, n)
	for k := range n {
		reset, keep := logistic(x[k]+u[k]), logistic(x[n+k]+u[n+k])
		hn[k] = (1-keep)*math.Tanh(x[2*n+k]+reset*u[2*n+k]) + keep*h[k]
	}
	return hn, nil
}

func refRNN(x, u, h, _ []float64) (hn, cn []float64) {
	hn = make([]float64, len(h))
	for k := range hn {
		hn[k] = math.Tanh(x[k] + u[k])
	}
	return hn, nil
}

func refRNNReLU(x, u, h, _ []float64) (hn, cn []float64) {
	hn = make([]float64, len(h))
	for k := range hn {
		hn[k] = math.Max(x[k]+u[k], 0)
	}
	return hn, nil
}

// times is m·x, plus the bias if there is one.
func times(m tensor.Array, x []float64, bias *tensor.Array) []float64 {
	y := make([]float64, m.Shape[0])
	for i := range y {
		for k, v := range x {
			y[i] += m.V[i*m.Shape[1]+k] * v
		}
		if bias != nil {
			y[i] += bias.V[i]
		}
	}
	return y
}

// refWeights are the parameters of one layer in one direction.
type refWeights struct {
	ih, hh     tensor.Array
	bih, bhh   *tensor.Array
	projection *tensor.Array
}

func (w *refWeights) step(cell refCell, x, h, c []float64) (hn, cn []float64) {
	hn, cn = cell(times(w.ih, x, w.bih), times(w.hh, h, w.bhh), h, c)
	if w.projection != nil {
		hn = times(*w.projection, hn, nil)
	}
	return hn, cn
}

// refRecurrent takes one sequence after the other through all layers.
func refRecurrent(a *tensor.Args, cell refCell) []tensor.Array {
	x, batch, at := refRows(a)
	weights := refParams(a)
	var h, c tensor.Array
	if list := a.Arrays("hx"); list != nil {
		h, c = list[0], list[1]
	} else {
		h = a.Array("hx")
	}
	hn, cn := zerosAs(h), zerosAs(c)
	d := 1
	if a.Bool("bidirectional") {
		d = 2
	}
	last := func(s tensor.Array) int { return s.Shape[len(s.Shape)-1] }
	y := tensor.NewArray(append(append([]int{}, x.Shape[:len(x.Shape)-1]...), d*last(h))...)
	for i := range batch {
		var seq [][]float64
		for _, row := range at[i] {
			seq = append(seq, x.V[row*last(x):][:last(x)])
		}
		for layer := range a.Int("num_layers") {
			next := make([][]float64, len(seq))
			for k := range d {
				of := func(s tensor.Array) []float64 {
					if s.V == nil {
						return nil
					}
					return s.V[((layer*d+k)*batch+i)*last(s):][:last(s)]
				}
				hi, ci := of(h), of(c)
				for t := range seq {
					if k == 1 {
						t = len(seq) - 1 - t
					}
					hi, ci = weights[layer*d+k].step(cell, seq[t], hi, ci)
					if k == 0 {
						next[t] = nil
					}
					next[t] = append(next[t], hi...)
				}
				copy(of(hn), hi)
				copy(of(cn), ci)
			}
			seq = next
		}
		for t, row := range at[i] {
			copy(y.V[row*last(y):], seq[t])
		}
	}
	if c.V == nil {
		return []tensor.Array{y, hn}
	}
	return []tensor.Array{y, hn, cn}
}

// zerosAs is zeros of a's shape, nothing for nothing.
func zerosAs(a tensor.Array) tensor.Array {
	if a.V == nil {
		return a
	}
	return tensor.NewArray(a.Shape...)
}

// refRows says which rows of the input each sequence has.
func refRows(a *tensor.Args) (x tensor.Array, batch int, at [][]int) {
	x = a.Array("input")
	sizes := a.Ints("batch_sizes")
	first := sizes == nil && a.Bool("batch_first") && len(x.Shape) == 3
	if sizes == nil {
		steps, n := x.Shape[0], 1
		if len(x.Shape) == 3 {
			n = x.Shape[1]
		}
		if first {
			steps, n = n, steps
		}
		for range steps {
			sizes = append(sizes, n)
		}
	}
	batch = sizes[0]
	at = make([][]int, batch)
	row := 0
	for t, n := range sizes {
		for i := range n {
			if first {
				at[i] = append(at[i], i*len(sizes)+t)
			} else {
				at[i] = append(at[i], row)
			}
			row++
		}
	}
	return x, batch, at
}

func refParams(a *tensor.Args) []refWeights {
	params := a.Arrays("params")
	n := a.Int("num_layers")
	if a.Bool("bidirectional") {
		n *= 2
	}
	each := len(params) / n
	var list []refWeights
	for ; len(params) > 0; params = params[each:] {
		w, p := refWeights{ih: params[0], hh: params[1]}, params[2:each]
		if a.Bool("has_biases") {
			w.bih, w.bhh, p = &p[0], &p[1], p[2:]
		}
		if len(p) > 0 {
			w.projection = &p[0]
		}
		list = append(list, w)
	}
	return list
}
