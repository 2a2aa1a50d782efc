package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// labelled is x as [outer, count, inner], with a label for each sample, that is
// for each outer and inner.
type labelled[T float] struct {
	outer, count, inner int
	k                   *rowKernels[T]
	x, w                []T // w is nil without weights
	labels              []int64
	a                   *device.ClassLoss
}

func labelledOf[T float](k *rowKernels[T], a *device.ClassLoss, x, labels, w *device.View) (*labelled[T], error) {
	l := &labelled[T]{outer: 1, count: x.Dim[a.Dim], inner: 1, k: k, x: elements[T](x), labels: elements[int64](labels), a: a}
	for i, d := range x.Shape() {
		if i < a.Dim {
			l.outer *= d
		} else if i > a.Dim {
			l.inner *= d
		}
	}
	if w != nil {
		l.w = elements[T](w)
	}
	return l, inRange(labels, device.IndexRange{Size: l.count, Ignore: int64(a.Ignore), HasIgnore: true})
}

// weight is what sample i counts, 0 if it is ignored.
func (l *labelled[T]) weight(i int) float64 {
	switch t := l.labels[i]; {
	case t == int64(l.a.Ignore):
		return 0
	case l.w != nil:
		return float64(l.w[t])
	}
	return 1
}

// inBlock is how many samples that lie between each other are taken at once: a
// cache line of each class.
const inBlock = 16

// each calls f for every sample with the scores of its classes. If dx is not
// nil, f leaves there what goes to the same places of it.
func (l *labelled[T]) each(dx []T, f func(sample int, x, dx []T)) {
	least := max(1, grain/max(1, l.count*min(l.inner, inBlock)))
	if l.inner == 1 {
		parallel(l.outer, least, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				at, to := i*l.count, (i+1)*l.count
				if dx == nil {
					f(i, l.x[at:to], nil)
				} else {
					f(i, l.x[at:to], dx[at:to])
				}
			}
		})
		return
	}
	blocks := pieces(l.inner, inBlock)
	parallel(l.outer*blocks, least, func(lo, hi int) {
		b := make([]T, 2*inBlock*l.count)
		from, to := b[:inBlock*l.count], b[inBlock*l.count:]
		for ; lo < hi; lo++ {
			o, first := lo/blocks, lo%blocks*inBlock
			n, at := min(inBlock, l.inner-first), o*l.count*l.inner+first
			for c := range l.count {
				for j, v := range l.x[at+c*l.inner:][:n] {
					from[j*l.count+c] = v
				}
			}
			for j := range n {
				f(o*l.inner+first+j, from[j*l.count:(j+1)*l.count], to[j*l.count:(j+1)*l.count])
			}
			if dx == nil {
				continue
			}
			for c := range l.count {
				y := dx[at+c*l.inner:][:n]
				for j := range y {
					y[j] = to[j*l.count+c]
				}
			}
		}
	})
}

// crossEntropy is log Σ exp(x) - x[label], by way of the largest x, which is
// kept with the sum for the gradient.
func crossEntropy[T float](k *rowKernels[T]) kernel {
	losses := new(scratch[float64])
	return func(c device.Call) error {
		a := c.Attr.(*device.ClassLoss)
		l, err := labelledOf(k, a, c.In[0], c.In[1], c.In[2])
		if err != nil {
			return err
		}
		n := len(l.labels)
		out, stats := elements[T](c.Out[0]), elements[T](c.Out[1])
		top, sums := stats[:n], stats[n:2*n]
		b := losses.get(n)
		defer losses.put(b)
		y := *b
		l.each(nil, func(i int, x, _ []T) {
			top[i] = k.top(x)
			sums[i] = k.SumExp(x, top[i])
			y[i] = 0 // not the loss times 0, which may be NaN
			if w := l.weight(i); l.labels[i] != int64(a.Ignore) {
				y[i] = w * (math.Log(float64(sums[i])) - float64(x[l.labels[i]]-top[i]))
			}
		})
		divisor := 1.0
		if a.Each {
			for i, v := range y {
				out[i] = T(v)
			}
		} else {
			sum, weights := 0.0, 0.0
			for i, v := range y {
				sum += v
				weights += l.weight(i)
			}
			if a.Mean {
				divisor = weights
			}
			out[0] = T(sum / divisor)
		}
		stats[2*n] = T(divisor)
		return nil
	}
}

// crossEntropyGrad is (softmax(x) - 1 at the label)·dy, weighted.
func crossEntropyGrad[T float](k *rowKernels[T]) kernel {
	return func(c device.Call) error {
		a := c.Attr.(*device.ClassLoss)
		l, err := labelledOf(k, a, c.In[1], c.In[2], c.In[4])
		if err != nil {
			return err
		}
		n := len(l.labels)
		dy, stats := elements[T](c.In[0]), elements[T](c.In[3])
		top, sums, divisor := stats[:n], stats[n:2*n], float64(stats[2*n])
		l.each(elements[T](c.Out[0]), func(i int, x, dx []T) {
			if l.labels[i] == int64(a.Ignore) {
				clear(dx)
				return
			}
			g := dy[0]
			if a.Each {
				g = dy[i]
			}
			g = T(float64(g) * l.weight(i) / divisor)
			k.ScaleExp(dx, x, top[i], g/sums[i])
			dx[l.labels[i]] -= g
		})
		return nil
	}
}
