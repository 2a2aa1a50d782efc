package cpu

import (
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Attention goes block by block, after Dao 2023, arXiv:2307.08691: the scores of
// some queries with some keys stay in the second-level cache, and the largest
// score and the sum of a row so far correct what was added up before. A block of
// queries, and in the gradient a group of heads, is one task, which takes the
// keys in order: results do not depend on the number of threads.
const (
	queryBlock = 64
	keyBlock   = 256
)

// attention has what both kernels of one dtype need.
type attention[T float] struct {
	e  *engine[T]
	k  *rowKernels[T]
	ws scratch[T]
}

var (
	attention32 = &attention[float32]{e: gemm32, k: rowsOf(&asm.F32)}
	attention64 = &attention[float64]{e: gemm64, k: rowsOf(&asm.F64)}
)

// attentionKernels are kernels of [batch, heads, rows, size] with contiguous rows.
func attentionKernels(f32, f64 kernel) byDType {
	return byDType{
		device.Float32: denseRows(f32), device.Float64: denseRows(f64),
		device.Float16: widened(denseRows(f32), f16as32), device.BFloat16: widened(denseRows(f32), bf16as32),
	}
}

// An attended is one call: views of [batch, heads, rows, size].
type attended[T float] struct {
	device.Attention
	batch, heads, groups, rows, keys, size, values int

	q, k, v, y, mask *device.View
	lse              []T
}

func attendedOf[T float](attr any, q, k, v, y, lse, mask *device.View) *attended[T] {
	d := &attended[T]{Attention: attr.(device.Attention), q: q, k: k, v: v, y: y, mask: mask, lse: elements[T](lse)}
	d.batch, d.heads, d.rows, d.size = q.Dim[0], q.Dim[1], q.Dim[2], q.Dim[3]
	d.groups, d.keys, d.values = k.Dim[1], k.Dim[2], v.Dim[3]
	d.y = d.headsFirst(y)
	return d
}

// headsFirst is the result, or its gradient, as [batch, heads, rows, size].
func (d *attended[T]) headsFirst(v *device.View) *device.View {
	if !d.RowsFirst {
		return v
	}
	u := *v
	u.Dim[1], u.Dim[2], u.Stride[1], u.Stride[2] = v.Dim[2], v.Dim[1], v.Stride[2], v.Stride[1]
	return &u
}

// head is the matrix of one head from the given row on.
func head[T float](v *device.View, b, h, row int) matrix[T] {
	at := b*v.Stride[0] + h*v.Stride[1] + row*v.Stride[2]
	return matrix[T]{unsafe.Add(v.Ptr(), at*bytesOf[T]()), v.Stride[2], 1}
}

// seen is how many of n keys from key j on query i sees.
func (d *attended[T]) seen(i, j, n int) int {
	if !d.Causal {
		return n
	}
	return max(0, min(n, i+d.Shift+1-j))
}

// scaled stores rows of the query, times the scale, in dst.
func (a *attention[T]) scaled(d *attended[T], dst []T, b, h, row, n int) {
	m := head[T](d.q, b, h, row)
	for r := range n {
		a.k.Standardize(dst[r*d.size:][:d.size], window[T](m.at(r, 0), d.size), 0, T(d.Scale), 0)
	}
}

// masked adds the mask to the scores of row i with the keys from j on.
func (a *attention[T]) masked(d *attended[T], x []T, b, h, i, j int) {
	if d.mask == nil {
		return
	}
	m := d.mask
	p := unsafe.Add(m.Ptr(), (b*m.Stride[0]+h*m.Stride[1]+i*m.Stride[2]+j*m.Stride[3])*bytesOf[T]())
	if m.Stride[3] == 1 || len(x) == 1 {
		a.k.plus(x, x, window[T](p, len(x)))
		return
	}
	for c := range x {
		x[c] += *(*T)(unsafe.Add(p, c*m.Stride[3]*bytesOf[T]()))
	}
}

// packed is one block of rows, as the columns of a product's right side. dst has
// the room of readySize.
func (a *attention[T]) packed(dst []T, m matrix[T], n, size int) {
	o := operand[T]{matrix: m.t()}
	a.e.pack(&o, dst, a.e.width(), 0, 0, size, n)
}

// packs reports whether a block's rows are packed once for all its products: the
// inner dim must be one block of the engine's, so that columns can be left out.
func (a *attention[T]) packs(blocks, size int) bool { return blocks > 1 && size <= a.e.kc }

func (a *attention[T]) forward(c device.Call) error {
	d := attendedOf[T](c.Attr, c.In[0], c.In[1], c.In[2], c.Out[0], c.Out[1], c.In[3])
	blocks, each := pieces(d.rows, queryBlock), a.e.readySize(keyBlock, d.size)
	var keys []T
	if a.packs(blocks, d.size) {
		per := pieces(d.keys, keyBlock)
		buf := a.ws.get(d.batch * d.groups * per * each)
		defer a.ws.put(buf)
		keys = *buf
		parallel(d.batch*d.groups*per, pieces(grain, each), func(lo, hi int) {
			for t := lo; t < hi; t++ {
				j, g := t%per*keyBlock, t/per
				a.packed(keys[t*each:][:each], head[T](d.k, g/d.groups, g%d.groups, j), min(keyBlock, d.keys-j), d.size)
			}
		})
	}
	work := min(queryBlock, d.rows) * d.keys * (d.size + d.values)
	parallel(d.batch*d.heads*blocks, pieces(parallelWork, max(1, work)), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			a.queries(d, keys, t/blocks/d.heads, t/blocks%d.heads, t%blocks*queryBlock)
		}
	})
	return nil
}

// queries computes the rows of one block of queries of head h, from row i on.
func (a *attention[T]) queries(d *attended[T], keys []T, b, h, i int) {
	n := min(queryBlock, d.rows-i)
	buf := a.ws.get(n * (d.size + keyBlock + 2))
	defer a.ws.put(buf)
	q, rest := (*buf)[:n*d.size], (*buf)[n*d.size:]
	top, sum, scores := rest[:n], rest[n:2*n], rest[2*n:]
	a.scaled(d, q, b, h, i, n)
	for r := range n {
		top[r], sum[r] = T(math.Inf(-1)), 0
	}
	g := h / (d.heads / d.groups)
	y := head[T](d.y, b, h, i)
	var sums product[T]
	for j := 0; j < d.keys; j += keyBlock {
		most := d.seen(i+n-1, j, min(keyBlock, d.keys-j))
		if most == 0 {
			break
		}
		p := productOf(n, most, d.size, matrixOf(q, d.size), head[T](d.k, b, g, j).t(), matrixOf(scores, most))
		if keys != nil {
			each := a.e.readySize(keyBlock, d.size)
			p.b.ready = keys[((b*d.groups+g)*pieces(d.keys, keyBlock)+j/keyBlock)*each:][:each]
		}
		a.e.run(&p, 1)
		for r := range n {
			x := scores[r*most:][:most]
			a.masked(d, x, b, h, i+r, j)
			factor := a.weigh(x, d.seen(i+r, j, most), &top[r], &sum[r])
			if row := window[T](y.at(r, 0), d.values); j > 0 && factor != 1 {
				a.k.Standardize(row, row, 0, factor, 0)
			}
		}
		sums = productOf(n, d.values, most, matrixOf(scores, most), head[T](d.v, b, g, j), y)
		if j > 0 {
			sums.add = y
		}
		a.e.run(&sums, 1)
	}
	a.finish(d, y, top, sum, d.lse[(b*d.heads+h)*d.rows+i:])
}

// weigh makes exp(x - m) of the first scores of a row, for the largest score m of
// the row so far, and 0 of the others, and brings m and the sum up to date. What
// was summed before has to be multiplied by the factor that it returns.
func (a *attention[T]) weigh(x []T, seen int, top, sum *T) (factor T) {
	clear(x[seen:])
	if x = x[:seen]; seen == 0 {
		return 1
	}
	m := *top
	if t := a.k.top(x); !(t <= m) { // NaN goes on
		m = t
	}
	if math.IsInf(float64(m), -1) {
		clear(x)
		return 1
	}
	factor = 1
	if *top != m {
		factor = T(math.Exp(float64(*top - m)))
	}
	*sum = *sum*factor + a.k.ExpSum(x, x, m)
	*top = m
	return factor
}

// finish divides rows by their sums, and writes the logarithm of the sums.
func (a *attention[T]) finish(d *attended[T], y matrix[T], top, sum, lse []T) {
	for r := range sum {
		row := window[T](y.at(r, 0), d.values)
		if sum[r] == 0 {
			clear(row)
		} else {
			a.k.Standardize(row, row, 0, 1/sum[r], 0)
		}
		lse[r] = top[r] + T(math.Log(float64(sum[r])))
	}
}
