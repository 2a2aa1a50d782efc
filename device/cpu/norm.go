package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// normed is a contiguous tensor [n, c, l] that is normalised by channel.
type normed struct{ n, c, l int }

func normedOf(v *device.View) normed { return normed{v.Dim[0], v.Dim[1], v.Dim[2]} }

// rows is d with every row as a channel.
func (d normed) rows() normed { return normed{1, d.n * d.c, d.l} }

// row is line (i, ch) of x.
func row[T any](d normed, x []T, i, ch int) []T { return x[(i*d.c+ch)*d.l:][:d.l] }

// channels calls f for every channel; each is summed by one goroutine. f gets
// two numbers of scratch.
func channels[T any](d normed, f func(ch int, sums []T)) {
	parallel(d.c, max(1, grain/4/max(1, d.n*d.l)), func(lo, hi int) {
		sums := make([]T, 2)
		for ch := lo; ch < hi; ch++ {
			f(ch, sums)
		}
	})
}

// byChannel runs a kernel of [n, c, l] on a copy that is [1, c, n·l] where l is
// short, as in [n, c]: lines of a few elements would take their time in calls.
func byChannel(k kernel) kernel {
	copies := copyKernels()
	move := func(to, from *device.View) error {
		return copies[to.DType](device.Call{Out: [device.MaxOut]*device.View{to}, In: [device.MaxIn]*device.View{from}})
	}
	return func(c device.Call) error {
		out := c.Out[0]
		if d := normedOf(out); c.Attr.(device.Normalization).Inner || d.l >= 16 || d.n == 1 || d.n*d.c*d.l < 1024 {
			return k(c)
		}
		var tmp temporaries
		defer tmp.free()
		call := c
		for i, v := range c.In {
			if v == nil || v.Rank != 3 {
				continue
			}
			from := channelsFirst(v)
			to, err := tmp.like(&from, v.DType)
			if err == nil {
				err = move(to, &from)
			}
			if err != nil {
				return err
			}
			call.In[i] = asOne(to)
		}
		back := channelsFirst(out)
		to, err := tmp.like(&back, out.DType)
		if err != nil {
			return err
		}
		call.Out[0] = asOne(to)
		if err := k(call); err != nil {
			return err
		}
		return move(&back, to)
	}
}

// channelsFirst is v [n, c, l] as [c, n, l].
func channelsFirst(v *device.View) device.View {
	u := *v
	u.Dim[0], u.Dim[1], u.Stride[0], u.Stride[1] = v.Dim[1], v.Dim[0], v.Stride[1], v.Stride[0]
	u.UpdateContig()
	return u
}

// asOne is a contiguous v [c, n, l] as [1, c, n·l].
func asOne(v *device.View) *device.View {
	u := *v
	u.Dim[0], u.Dim[1], u.Dim[2] = 1, v.Dim[0], v.Dim[1]*v.Dim[2]
	u.SetContiguous()
	return &u
}

// lineLen is how many elements are summed in their own type; longer lines are
// cut and the parts added in float64.
const lineLen = 1 << 12

// twoSums adds up what f leaves in sums for the parts of each line of a channel.
func twoSums[T float](d normed, ch int, sums []T, f func(at, to int)) (a, b float64) {
	for i := range d.n {
		at := (i*d.c + ch) * d.l
		for end := at + d.l; at < end; at += lineLen {
			f(at, min(end, at+lineLen))
			a += float64(sums[0])
			b += float64(sums[1])
		}
	}
	return a, b
}

// spread is the mean and the biased variance of a channel: the mean in float64,
// the squares of the distances from it as T has it, less what it is off.
func (k *rowKernels[T]) spread(d normed, x []T, ch int, sums []T) (mean, variance float64) {
	count, sum := float64(d.n*d.l), 0.0
	for i := range d.n {
		sum += k.sum(row(d, x, i, ch))
	}
	m := T(sum / count)
	s1, s2 := twoSums(d, ch, sums, func(at, to int) { k.Moments(x[at:to], sums, m) })
	off := s1 / count
	return float64(m) + off, s2/count - off*off
}

// meanSquare is spread about a mean that is 0.
func (k *rowKernels[T]) meanSquare(d normed, x []T, ch int, sums []T) (mean, variance float64) {
	_, squares := twoSums(d, ch, sums, func(at, to int) { k.Moments(x[at:to], sums, 0) })
	return 0, squares / float64(d.n*d.l)
}

// scale normalises row r of x: (x - mean) / √(variance + eps) · w + b, or the relu of it.
func (k *rowKernels[T]) scale(d normed, a *device.Normalization, y, x, w, b []T, r int, mean, variance T) {
	s := T(1 / math.Sqrt(float64(variance)+a.Eps))
	from, to, ch := x[r*d.l:][:d.l], y[r*d.l:][:d.l], r%d.c
	switch {
	case a.Inner:
		k.StandardizeBy(to, from, w, b, mean, s)
		if a.ReLU {
			k.relu(to, to)
		}
	case a.ReLU:
		k.standardizeReLU(to, from, mean, s*w[ch], b[ch])
	default:
		k.Standardize(to, from, mean, s*w[ch], b[ch])
	}
}

// normalize is scale by a mean and a variance that are given.
func normalize[T float](k *rowKernels[T]) kernel {
	return func(c device.Call) error {
		d, a := normedOf(c.In[0]), c.Attr.(device.Normalization)
		x, mean, variance := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.In[2])
		w, b, y := elements[T](c.In[3]), elements[T](c.In[4]), elements[T](c.Out[0])
		k.scaleAll(d, &a, y, x, w, b, mean, variance)
		return nil
	}
}

// scaleAll is scale for every row, in the order of memory.
func (k *rowKernels[T]) scaleAll(d normed, a *device.Normalization, y, x, w, b, mean, variance []T) {
	channels(d.rows(), func(r int, _ []T) { k.scale(d, a, y, x, w, b, r, mean[r%d.c], variance[r%d.c]) })
}

// normalizeTrain is scale by the mean and variance of each channel itself.
func normalizeTrain[T float](k *rowKernels[T]) kernel {
	return func(c device.Call) error {
		d, a := normedOf(c.In[0]), c.Attr.(device.Normalization)
		x, w, b := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.In[2])
		y, mean, variance := elements[T](c.Out[0]), elements[T](c.Out[1]), elements[T](c.Out[2])
		if d.n > 1 {
			k.spreads(d, x, mean, variance)
			k.scaleAll(d, &a, y, x, w, b, mean, variance)
			return nil
		}
		channels(d, func(ch int, sums []T) { // while the row is in the cache
			of := k.spread
			if a.RMS {
				of = k.meanSquare
			}
			m, v := of(d, x, ch, sums)
			mean[ch], variance[ch] = T(m), T(v)
			k.scale(d, &a, y, x, w, b, ch, T(m), T(v))
		})
		return nil
	}
}

// spreads is spread for channels of several rows, which lie far apart: rows are
// read in the order of memory, and what they give is joined.
func (k *rowKernels[T]) spreads(d normed, x, mean, variance []T) {
	rows := d.rows()
	of := k.perRow.get(2 * rows.c)
	defer k.perRow.put(of)
	channels(rows, func(r int, sums []T) { (*of)[2*r], (*of)[2*r+1] = k.spread(rows, x, r, sums) })
	n := float64(d.n)
	for ch := range d.c {
		var m, v float64
		for r := ch; r < rows.c; r += d.c {
			m += (*of)[2*r] / n
		}
		for r := ch; r < rows.c; r += d.c {
			off := (*of)[2*r] - m
			v += ((*of)[2*r+1] + off*off) / n
		}
		mean[ch], variance[ch] = T(m), T(v)
	}
}

// normalizeGrad is the gradient through y, with mean and variance as functions
// of x: for x̂ = (x - mean)·r and g = w·dy,
//
//	dx = r·(g - mean(g) - x̂·mean(g·x̂)), dw = Σ dy·x̂, db = Σ dy
//
// without mean(g) for RMS.
func normalizeGrad[T float](k *rowKernels[T]) kernel {
	return func(c device.Call) error {
		d, a := normedOf(c.In[1]), c.Attr.(device.Normalization)
		g := gradient[T]{
			normed: d, k: k, dy: elements[T](c.In[0]), x: elements[T](c.In[1]),
			mean: elements[T](c.In[2]), variance: elements[T](c.In[3]), w: elements[T](c.In[4]),
			dx: elements[T](c.Out[0]), dw: elements[T](c.Out[1]), db: elements[T](c.Out[2]), eps: a.Eps, rms: a.RMS,
		}
		if a.Inner {
			if c.In[5] != nil {
				g.more = elements[T](c.In[5])
			}
			g.inner()
		} else {
			g.channels()
		}
		return nil
	}
}

// gradient is one call of normalizeGrad.
type gradient[T float] struct {
	normed
	k                                    *rowKernels[T]
	dy, x, mean, variance, w, dx, dw, db []T
	more                                 []T // is added to dx, or nil
	eps                                  float64
	rms                                  bool
}

func (g *gradient[T]) rstd(ch int) float64 { return 1 / math.Sqrt(float64(g.variance[ch])+g.eps) }

// channels have one weight each. Their rows lie far apart, so memory is read in
// its order twice: for the sums, which are joined, and for dx.
func (g *gradient[T]) channels() {
	rows := g.rows()
	buf := g.k.perRow.get(2 * max(rows.c, g.c))
	defer g.k.perRow.put(buf)
	of := *buf
	clear(of[:2*g.c]) // where there are no rows
	channels(rows, func(r int, sums []T) {
		m := g.mean[r%g.c]
		of[2*r], of[2*r+1] = twoSums(rows, r, sums, func(at, to int) { g.k.GradSums(g.dy[at:to], g.x[at:to], sums, m) })
	})
	for ch := range g.c {
		for r := ch + g.c; r < rows.c; r += g.c {
			of[2*ch] += of[2*r]
			of[2*ch+1] += of[2*r+1]
		}
		g.dw[ch], g.db[ch] = T(of[2*ch+1]*g.rstd(ch)), T(of[2*ch])
	}
	count := float64(g.n * g.l)
	channels(rows, func(i int, _ []T) {
		ch := i % g.c
		r := g.rstd(ch)
		g.k.NormGrad(row(rows, g.dx, 0, i), row(rows, g.dy, 0, i), row(rows, g.x, 0, i),
			g.mean[ch], T(r*float64(g.w[ch])), T(of[2*ch]/count), T(of[2*ch+1]/count*r*r))
	})
}

// inner is for weights of the inner dim: dw and db are summed over some lines
// in T, and over all in float64, in their order.
func (g *gradient[T]) inner() {
	lines := g.n * g.c
	size := max(64, pieces(lines, 64))
	count, width := pieces(lines, size), 2*g.l+2
	b := g.k.parts.get(count * width)
	defer g.k.parts.put(b)
	tasks(count, func(i int) {
		p := (*b)[i*width : (i+1)*width]
		clear(p)
		dw, db, sums := p[:g.l], p[g.l:2*g.l], p[2*g.l:]
		for ch := i * size; ch < min(lines, (i+1)*size); ch++ {
			at, end := ch*g.l, (ch+1)*g.l
			m, r, count := g.mean[ch], g.rstd(ch), float64(g.l)
			s1, s2 := twoSums(normed{1, lines, g.l}, ch, sums, func(at, to int) {
				g.k.GradSumsBy(g.dy[at:to], g.x[at:to], g.w[at-ch*g.l:to-ch*g.l], sums, m)
			})
			if g.rms {
				s1 = 0 // of the mean, which is none of x's
			}
			g.k.NormGradBy(g.dx[at:end], dw, db, g.dy[at:end], g.x[at:end], g.w, m, T(r), T(s1/count), T(s2/count*r*r))
			if g.more != nil {
				g.k.plus(g.dx[at:end], g.dx[at:end], g.more[at:end])
			}
		}
	})
	total := make([]float64, 2*g.l)
	for i := range count {
		g.k.add(total, (*b)[i*width:][:len(total)])
	}
	for i := range g.l {
		g.dw[i], g.db[i] = T(total[i]), T(total[g.l+i])
	}
}

func standardize[T float](dst, x []T, m, scale, shift T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = (x[i]-m)*scale + shift
	}
}

func standardizeReLU[T float](dst, x []T, m, scale, shift T) {
	standardize(dst, x, m, scale, shift)
	reluOf[T]()(dst, dst)
}

func standardizeBy[T float](dst, x, w, b []T, m, scale T) {
	x, w, b = x[:len(dst)], w[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = (x[i]-m)*scale*w[i] + b[i]
	}
}

func momentsRow[T float](x, sums []T, m T) {
	a, b := 0.0, 0.0
	for _, v := range x {
		d := float64(v - m)
		a += d
		b += d * d
	}
	sums[0], sums[1] = T(a), T(b)
}

func gradSums[T float](dy, x, sums []T, m T) {
	a, b := 0.0, 0.0
	for i, g := range dy {
		a += float64(g)
		b += float64(g) * float64(x[i]-m)
	}
	sums[0], sums[1] = T(a), T(b)
}

func gradSumsBy[T float](dy, x, w, sums []T, m T) {
	a, b := 0.0, 0.0
	for i, v := range dy {
		g := float64(v) * float64(w[i])
		a += g
		b += g * float64(x[i]-m)
	}
	sums[0], sums[1] = T(a), T(b)
}

func normGrad[T float](dx, dy, x []T, m, scale, c1, c2 T) {
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		dx[i] = scale * (dy[i] - c1 - (x[i]-m)*c2)
	}
}

func normGradBy[T float](dx, dw, db, dy, x, w []T, m, scale, c1, c2 T) {
	for i := range dx {
		d := x[i] - m
		dw[i] += dy[i] * d * scale
		db[i] += dy[i]
		dx[i] = scale * (dy[i]*w[i] - c1 - d*c2)
	}
}
