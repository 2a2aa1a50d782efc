package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// The forward and backward variables of connectionist temporal classification:
// Graves et al. 2006, section 4.1. A state is a place in the target with blanks
// before, between and behind its labels; alpha[t][s] and beta[t][s] are the
// logarithms of the probability of all paths up to, and from, state s at time
// t, both with that of t itself.

// ctcSample is one sample of a batch.
type ctcSample[T float] struct {
	logp           []T // from time 0 on, of this sample
	step           int // from one time to the next
	target         []int64
	blank, classes int
	times, states  int
}

// ctcOf cuts sample i out of a batch.
func ctcOf[T float](logp, targets, lengths *device.View, a *device.CTCLoss, i int) ctcSample[T] {
	n, c, s := logp.Dim[1], logp.Dim[2], targets.Dim[1]
	of := elements[int64](lengths)
	long := int(of[n+i])
	x := ctcSample[T]{step: n * c, target: elements[int64](targets)[i*s:][:long], blank: a.Blank, classes: c, times: int(of[i]), states: 2*long + 1}
	if x.times > 0 {
		x.logp = elements[T](logp)[i*c:]
	}
	return x
}

// label is the class of a state.
func (x *ctcSample[T]) label(s int) int {
	if s%2 == 0 {
		return x.blank
	}
	return int(x.target[s/2])
}

// at is the log-probability of a state's class.
func (x *ctcSample[T]) at(t, s int) float64 { return float64(x.logp[t*x.step+x.label(s)]) }

// skips reports whether a path may go from state s-2 to s: between different labels.
func (x *ctcSample[T]) skips(s int) bool { return s >= 2 && s < x.states && x.label(s-2) != x.label(s) }

// addLogs is log(eᵃ + eᵇ).
func addLogs(a, b float64) float64 {
	m := max(a, b)
	if math.IsInf(m, -1) {
		return m
	}
	return m + math.Log(math.Exp(a-m)+math.Exp(b-m))
}

// A sum of exponentials of many states: row s is log(eᵃ + eᵇ + eᶜ) for what
// was put there.
type logSums struct{ top, terms []float64 }

func newLogSums(n int) *logSums { return &logSums{make([]float64, n), make([]float64, 3*n)} }

func (l *logSums) put(s int, a, b, c float64) {
	m := max(a, b, c)
	if l.top[s] = m; math.IsInf(m, -1) {
		m = 0 // of three zeros
	}
	l.terms[3*s], l.terms[3*s+1], l.terms[3*s+2] = a-m, b-m, c-m
}

// to writes the sums of the first rows.
func (l *logSums) to(out []float64) {
	exps(l.terms[:3*len(out)])
	for s := range out {
		if out[s] = l.terms[3*s] + l.terms[3*s+1] + l.terms[3*s+2]; out[s] == 0 {
			out[s] = 1 // there is no path, which top says
		}
	}
	logs(out)
	for s := range out {
		out[s] += l.top[s]
	}
}

func exps(x []float64) {
	if asm.F64.Exp != nil {
		asm.F64.Exp(x, x)
		return
	}
	for i, v := range x {
		x[i] = math.Exp(v)
	}
}

func logs(x []float64) {
	if asm.F64.Log != nil {
		asm.F64.Log(x, x)
		return
	}
	for i, v := range x {
		x[i] = math.Log(v)
	}
}

var never = math.Inf(-1)

// forward fills alpha, rows of width elements, and returns the loss.
func (x *ctcSample[T]) forward(alpha []float64, width int) float64 {
	if x.times == 0 {
		if x.states == 1 {
			return 0
		}
		return math.Inf(1)
	}
	for i := range alpha {
		alpha[i] = never
	}
	for s := range min(2, x.states) {
		alpha[s] = x.at(0, s)
	}
	sums := newLogSums(x.states)
	for t := 1; t < x.times; t++ {
		before, now := alpha[(t-1)*width:][:x.states], alpha[t*width:][:x.states]
		for s := range now {
			a, b, c := before[s], never, never
			if s > 0 {
				b = before[s-1]
			}
			if x.skips(s) {
				c = before[s-2]
			}
			sums.put(s, a, b, c)
		}
		sums.to(now)
		for s := range now {
			now[s] += x.at(t, s)
		}
	}
	last := alpha[(x.times-1)*width:][:x.states]
	if x.states == 1 {
		return -last[0]
	}
	return -addLogs(last[x.states-1], last[x.states-2])
}

// ctc is the loss of each sample.
func ctc[T float](c device.Call) error {
	logp, targets, lengths := c.In[0], c.In[1], c.In[2]
	loss, alpha := elements[T](c.Out[0]), elements[float64](c.Out[1])
	size, width := c.Out[1].Dim[1]*c.Out[1].Dim[2], c.Out[1].Dim[2]
	tasks(len(loss), func(i int) {
		x := ctcOf[T](logp, targets, lengths, c.Attr.(*device.CTCLoss), i)
		loss[i] = T(x.forward(alpha[i*size:(i+1)*size], width))
	})
	return nil
}

// ctcGrad is (exp(logp) - the share of the paths that have the class at the
// time)·dy: PyTorch's gradient, which takes logp to be a log-softmax.
func ctcGrad[T float](c device.Call) error {
	logp, targets, lengths := c.In[1], c.In[2], c.In[3]
	dy, loss, alpha, dx := elements[T](c.In[0]), elements[T](c.In[4]), elements[float64](c.In[5]), elements[T](c.Out[0])
	a := c.Attr.(*device.CTCLoss)
	size, width := c.In[5].Dim[1]*c.In[5].Dim[2], c.In[5].Dim[2]
	clear(dx)
	tasks(len(loss), func(i int) {
		if a.ZeroInfinity && math.IsInf(float64(loss[i]), 1) || dy[i] == 0 {
			return
		}
		x := ctcOf[T](logp, targets, lengths, a, i)
		if x.times > 0 {
			x.backward(dx[i*x.classes:], alpha[i*size:(i+1)*size], width, float64(loss[i]), float64(dy[i]))
		}
	})
	return nil
}

// backward writes the gradient of one sample, from its last time on.
func (x *ctcSample[T]) backward(dx []T, alpha []float64, width int, loss, dy float64) {
	beta, shares := make([]float64, x.states), make([]float64, x.states)
	paths, sums := make([]float64, x.classes), newLogSums(x.states)
	for t := x.times - 1; t >= 0; t-- {
		x.stepBack(beta, sums, t)
		for s, b := range beta {
			shares[s] = alpha[t*width+s] + b + loss - x.at(t, s)
			if alpha[t*width+s]+b == never {
				shares[s] = never
			}
		}
		exps(shares)
		clear(paths)
		for s, v := range shares {
			paths[x.label(s)] += v
		}
		if math.IsInf(loss, 1) {
			for k := range paths {
				paths[k] = math.NaN() // there is no path to share among
			}
		}
		at := t * x.step
		for k, v := range x.logp[at:][:x.classes] {
			dx[at+k] = T((math.Exp(float64(v)) - paths[k]) * dy)
		}
	}
}

// stepBack brings beta from time t+1 to t.
func (x *ctcSample[T]) stepBack(beta []float64, sums *logSums, t int) {
	if t == x.times-1 {
		for s := range beta {
			if beta[s] = never; s >= x.states-2 {
				beta[s] = x.at(t, s)
			}
		}
		return
	}
	for s := range beta {
		b, c := never, never
		if s+1 < x.states {
			b = beta[s+1]
		}
		if x.skips(s + 2) {
			c = beta[s+2]
		}
		sums.put(s, beta[s], b, c)
	}
	sums.to(beta)
	for s := range beta {
		beta[s] += x.at(t, s)
	}
}
