package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// A reducer folds elements of type C into an accumulator of type A, and makes
// a result of type O of it.
type reducer[C, A, O any] struct {
	zero A
	row  func(acc A, x []C) A // folds a row into one accumulator
	cols func(acc []A, x []C) // folds x[i] into acc[i]
	// cols8, if there is one, is cols for 8 rows from x on, step bytes apart.
	cols8 func(acc []A, x *C, step int)
	part  func(a, b A) A // joins the accumulators of two parts
	// join, if there is one, is part for rows of accumulators: a[i] += b[i].
	join func(a, b []A)
	done func(acc A, n int, attr device.Reduce) O
}

// blockLen is how many elements one accumulator takes before it is joined with
// the next: the split depends on the size alone, never on the threads.
const blockLen = 1 << 16

// tile is how many columns are taken at once. Their accumulators stay in the
// second-level cache: wide strips, which memory reads in the order they lie,
// save more than the first-level cache does.
const tile = 4096

// A reduction is a reducer between two types of memory.
type reduction[C, A, O any] struct {
	in  codec[C]
	out codec[O]
	reducer[C, A, O]
	xs scratch[C]
	as scratch[A]
	os scratch[O]
}

// reduced makes a kernel of a reducer; Attr is a device.Reduce.
func reduced[C, A, O any](in codec[C], out codec[O], r reducer[C, A, O]) kernel {
	d := &reduction[C, A, O]{in: in, out: out, reducer: r}
	return d.run
}

func (d *reduction[C, A, O]) run(c device.Call) error {
	attr := c.Attr.(device.Reduce)
	kept, red := splitNest(&c, attr.Dims)
	outs, perOut := kept.len(), red.len()
	byCols := red.rank > 0 && kept.rank > 0 && absInt(kept.stride[1][kept.rank-1]) < absInt(red.stride[0][red.rank-1])
	if perOut == 0 { // nothing is read, and no address may leave the memory of an empty tensor
		kept.stride[1], byCols = [device.MaxRank]int{}, false
	}
	switch {
	case outs == 0:
	case byCols && isTall(&kept, perOut):
		d.tall(kept, red, attr)
	case outs*max(perOut, 1) < 2*grain || NumThreads() == 1:
		d.some(&kept, &red, attr, byCols, 0, outs)
	case !byCols && outs < NumThreads() && perOut > blockLen:
		d.wide(kept, red, attr)
	default:
		// The goroutines' copies: kept and red themselves stay on the stack.
		k, r, least := kept, red, max(1, grain/max(perOut, 1))
		if byCols {
			least = max(tile/2, least)
		}
		parallel(outs, least, func(lo, hi int) { d.some(&k, &r, attr, byCols, lo, hi) })
	}
	return nil
}

func absInt(x int) int { return max(x, -x) }

// splitNest returns the loops over the kept dims (operands Out[0], In[0]) and
// over the reduced ones (operand In[0]).
func splitNest(c *device.Call, dims device.Dims) (kept, red nest) {
	in, out := c.In[0], c.Out[0]
	kept.n, red.n = 2, 1
	kept.ptr[0], kept.size[0] = out.Ptr(), out.DType.Size()
	kept.ptr[1], kept.size[1] = in.Ptr(), in.DType.Size()
	red.ptr[0], red.size[0] = in.Ptr(), in.DType.Size()
	k := 0 // Out's dim, whether it keeps the reduced dims as size 1 or not
	for i := range int(in.Rank) {
		if dims.Has(i) {
			red.dim[red.rank], red.stride[0][red.rank] = in.Dim[i], in.Stride[i]
			red.rank++
			if out.Rank == in.Rank {
				k++
			}
			continue
		}
		kept.dim[kept.rank], kept.stride[0][kept.rank] = in.Dim[i], out.Stride[k]
		kept.stride[1][kept.rank] = in.Stride[i]
		kept.rank++
		k++
	}
	kept.coalesce(0)
	red.coalesce(0)
	return kept, red
}

// some computes results lo…hi.
func (d *reduction[C, A, O]) some(kept, red *nest, attr device.Reduce, byCols bool, lo, hi int) {
	if byCols {
		d.columns(kept, red, attr, lo, hi)
	} else {
		d.rows(kept, red, attr, lo, hi)
	}
}

// rows folds, for each result, the rows that belong to it.
func (d *reduction[C, A, O]) rows(kept, red *nest, attr device.Reduce, lo, hi int) {
	w, perOut := *red, red.len()
	kept.part(lo, hi, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		b := d.os.get(min(n, chunk))
		for i := 0; i < n; i += chunk {
			y := (*b)[:min(chunk, n-i)]
			for j := range y {
				w.ptr[0] = unsafe.Add(p[1], (i+j)*s[1]*d.in.size)
				acc := d.block(&w, 0, min(perOut, blockLen))
				for at := blockLen; at < perOut; at += blockLen {
					acc = d.part(acc, d.block(&w, at, min(perOut, at+blockLen)))
				}
				y[j] = d.done(acc, perOut, attr)
			}
			d.out.store(unsafe.Add(p[0], i*s[0]*d.out.size), s[0], y)
		}
		d.os.put(b)
	})
}

// wide is rows for few long results: the goroutines share the blocks of each.
func (d *reduction[C, A, O]) wide(kept, red nest, attr device.Reduce) {
	perOut := red.len()
	blocks := make([]A, (perOut+blockLen-1)/blockLen)
	var y [1]O
	kept.part(0, kept.len(), func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		for i := range n {
			red.ptr[0] = unsafe.Add(p[1], i*s[1]*d.in.size)
			parallel(len(blocks), 1, func(lo, hi int) {
				for b := lo; b < hi; b++ {
					blocks[b] = d.block(&red, b*blockLen, min(perOut, (b+1)*blockLen))
				}
			})
			acc := blocks[0]
			for _, b := range blocks[1:] {
				acc = d.part(acc, b)
			}
			y[0] = d.done(acc, perOut, attr)
			d.out.store(unsafe.Add(p[0], i*s[0]*d.out.size), 1, y[:])
		}
	})
}

// block folds elements lo…hi of a nest.
func (d *reduction[C, A, O]) block(w *nest, lo, hi int) A {
	acc := d.zero
	if d.in.direct && w.rank == 1 && w.stride[0][0] == 1 {
		return d.row(acc, window[C](unsafe.Add(w.ptr[0], lo*d.in.size), hi-lo))
	}
	w.part(lo, hi, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		if d.in.direct && (s[0] == 1 || n == 1) {
			acc = d.row(acc, window[C](p[0], n))
			return
		}
		b := d.xs.get(min(n, chunk))
		for i := 0; i < n; i += chunk {
			x := (*b)[:min(chunk, n-i)]
			d.in.load(x, unsafe.Add(p[0], i*s[0]*d.in.size), s[0])
			acc = d.row(acc, x)
		}
		d.xs.put(b)
	})
	return acc
}
