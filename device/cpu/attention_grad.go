package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// gradient computes dq, dk and dv of one group of heads as one task: the weights
// of a block are made again from the scores and the logarithms of their sums.
func (a *attention[T]) gradient(c device.Call) error {
	d := attendedOf[T](c.Attr, c.In[1], c.In[2], c.In[3], c.In[4], c.In[5], c.In[6])
	g := &attendedGrad[T]{attended: d, a: a, dy: d.headsFirst(c.In[0]), dq: c.Out[0], dk: c.Out[1], dv: c.Out[2], workers: 1}
	n := d.batch * d.groups
	if n < NumThreads() {
		g.workers = NumThreads() // which does not change a product's bits
		for t := range n {
			g.group(t/d.groups, t%d.groups)
		}
		return nil
	}
	work := d.heads / d.groups * d.rows * d.keys * (d.size + d.values)
	parallel(n, pieces(parallelWork, max(1, work)), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			g.group(t/d.groups, t%d.groups)
		}
	})
	return nil
}

// An attendedGrad is one call of the gradient.
type attendedGrad[T float] struct {
	*attended[T]
	a              *attention[T]
	dy, dq, dk, dv *device.View
	workers        int
}

// A gradBlock is what one head's blocks share. q and weights are scratch, as are
// the transposed keys and values of a block of keys, nil where products read
// those where they lie.
type gradBlock[T float] struct {
	b, h, g            int
	q, sums            []T // the scaled query; Σ dy·y of each row
	scores, dw         []T
	keys, values       []T
	i, j, n, most      int
	keyBlock, valBlock matrix[T]
}

func (g *attendedGrad[T]) group(b, of int) {
	d, e := g.attended, g.a.e
	for _, v := range []*device.View{g.dk, g.dv} {
		m := head[T](v, b, of, 0)
		clear(window[T](m.p, d.keys*v.Dim[3]))
	}
	eachKey, eachValue := e.readySize(keyBlock, d.size), e.readySize(keyBlock, d.values)
	buf := g.a.ws.get(d.rows*(d.size+1) + 2*queryBlock*keyBlock + eachKey + eachValue)
	defer g.a.ws.put(buf)
	rest := *buf
	take := func(n int) []T {
		part := rest[:n]
		rest = rest[n:]
		return part
	}
	s := gradBlock[T]{b: b, g: of, q: take(d.rows * d.size), sums: take(d.rows), scores: take(queryBlock * keyBlock), dw: take(queryBlock * keyBlock)}
	if g.a.packs(pieces(d.rows, queryBlock), max(d.size, d.values)) {
		s.keys, s.values = take(eachKey), take(eachValue)
	}
	per := d.heads / d.groups
	for s.h = of * per; s.h < (of+1)*per; s.h++ {
		g.head(&s)
	}
}

// head adds what one head of the query gives.
func (g *attendedGrad[T]) head(s *gradBlock[T]) {
	d := g.attended
	dq := window[T](head[T](g.dq, s.b, s.h, 0).p, d.rows*d.size)
	clear(dq)
	g.a.scaled(d, s.q, s.b, s.h, 0, d.rows)
	dy, y := head[T](g.dy, s.b, s.h, 0), head[T](d.y, s.b, s.h, 0)
	for r := range d.rows {
		s.sums[r] = g.a.k.Dot(window[T](dy.at(r, 0), d.values), window[T](y.at(r, 0), d.values))
	}
	for s.j = 0; s.j < d.keys; s.j += keyBlock {
		n := min(keyBlock, d.keys-s.j)
		s.keyBlock, s.valBlock = head[T](d.k, s.b, s.g, s.j), head[T](d.v, s.b, s.g, s.j)
		if s.keys != nil {
			g.a.packed(s.keys, s.keyBlock, n, d.size)
			g.a.packed(s.values, s.valBlock, n, d.values)
		}
		for s.i = 0; s.i < d.rows; s.i += queryBlock {
			s.n = min(queryBlock, d.rows-s.i)
			if s.most = d.seen(s.i+s.n-1, s.j, n); s.most > 0 {
				g.block(s)
			}
		}
	}
	g.a.k.Standardize(dq, dq, 0, T(d.Scale), 0)
}

// block adds what one block of queries and one of keys give. For weights w and
// dw = dy·vᵀ: dv += wᵀ·dy, ds = w·(dw - Σ dy·y), dq += ds·k, dk += dsᵀ·q.
func (g *attendedGrad[T]) block(s *gradBlock[T]) {
	d, e, n, most := g.attended, g.a.e, s.n, s.most
	run := func(p product[T]) { e.run(&p, g.workers) }
	add := func(p product[T]) { p.add = p.c; run(p) }
	q, dy := matrixOf(s.q[s.i*d.size:], d.size), head[T](g.dy, s.b, s.h, s.i)
	w, dw := matrixOf(s.scores, most), matrixOf(s.dw, most)

	p := productOf(n, most, d.size, q, s.keyBlock.t(), w)
	p.b.ready = s.keys
	run(p)
	for r := range n {
		g.weights(s, s.scores[r*most:][:most], r)
	}
	add(productOf(most, d.values, n, w.t(), dy, head[T](g.dv, s.b, s.g, s.j)))

	p = productOf(n, most, d.values, dy, s.valBlock.t(), dw)
	p.b.ready = s.values
	run(p)
	for r := range n {
		x := s.dw[r*most:][:most]
		g.a.k.SoftmaxGrad(x, x, s.scores[r*most:][:most], s.sums[s.i+r])
	}
	add(productOf(n, d.size, most, dw, s.keyBlock, head[T](g.dq, s.b, s.h, s.i)))
	add(productOf(most, d.size, n, dw.t(), q, head[T](g.dk, s.b, s.g, s.j)))
}

// weights makes exp(x - lse) of the scores of row r.
func (g *attendedGrad[T]) weights(s *gradBlock[T], x []T, r int) {
	d := g.attended
	seen, lse := d.seen(s.i+r, s.j, len(x)), d.lse[(s.b*d.heads+s.h)*d.rows+s.i+r]
	if math.IsInf(float64(lse), -1) {
		seen = 0
	}
	clear(x[seen:])
	if seen > 0 {
		g.a.masked(d, x[:seen], s.b, s.h, s.i+r, s.j)
		g.a.k.ScaleExp(x[:seen], x[:seen], lse, 1)
	}
}
