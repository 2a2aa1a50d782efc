package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// inRange returns an IndexError for the first index of v that r does not allow.
// Kernels call it before they write, so that nothing is read or written
// outside of a tensor.
func inRange(v *device.View, r device.IndexRange) error {
	if v.Len() == 0 {
		return nil
	}
	once := *v // an index that repeats is looked at once
	for i := range int(v.Rank) {
		if v.Stride[i] == 0 {
			once.Dim[i] = 1
		}
	}
	var w nest
	w.rank, w.dim = int(once.Rank), once.Dim
	w.add(&once)
	w.coalesce(0)
	good := true
	w.walk(0, w.rows(), func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		good = good && rowInRange(p[0], s[0], n, &r)
	})
	if good {
		return nil
	}
	return firstOutOfRange(v, r)
}

// rowInRange reports whether r allows n indices. It takes no branch for each.
func rowInRange(p unsafe.Pointer, stride, n int, r *device.IndexRange) bool {
	lo, hi := bounds(*r)
	var bad int64 // below 0 once an index is
	switch {
	case r.HasIgnore:
		ignore := r.Ignore
		for i := range n {
			if j := *(*int64)(unsafe.Add(p, i*stride*8)); j != ignore {
				bad |= (j - lo) | (hi - 1 - j)
			}
		}
	case stride == 1:
		for _, j := range window[int64](p, n) {
			bad |= (j - lo) | (hi - 1 - j)
		}
	default:
		for i := range n {
			j := *(*int64)(unsafe.Add(p, i*stride*8))
			bad |= (j - lo) | (hi - 1 - j)
		}
	}
	return bad >= 0
}

func bounds(r device.IndexRange) (lo, hi int64) {
	if r.Wrap {
		lo = -int64(r.Size)
	}
	return lo, int64(r.Size)
}

// firstOutOfRange is the slow way to the position of a bad index.
func firstOutOfRange(v *device.View, r device.IndexRange) error {
	lo, hi := bounds(r)
	at := make([]int, v.Rank)
	for pos := range v.Len() {
		off := 0
		for d := int(v.Rank) - 1; d >= 0; d-- {
			at[d] = pos % v.Dim[d]
			pos /= v.Dim[d]
			off += at[d] * v.Stride[d]
		}
		j := *(*int64)(unsafe.Add(v.Ptr(), off*8))
		if (j < lo || j >= hi) && !(r.HasIgnore && j == r.Ignore) {
			return &device.IndexError{Value: j, At: at, Range: r}
		}
	}
	return nil
}

// resolveIndex writes indices as offsets from the start of their dim.
func resolveIndex(c device.Call) error {
	r := c.Attr.(device.IndexRange)
	if err := inRange(c.In[0], r); err != nil {
		return err
	}
	n := int64(r.Size)
	return elementwise(row1(native[int64](), native[int64](), func(dst, a []int64) {
		for i, j := range a {
			switch {
			case r.HasIgnore && j == r.Ignore:
				j = 0
			case j < 0:
				j += n
			}
			dst[i] = j
		}
	}))(c)
}

// A pick is the loop nest of an indexing kernel, over the elements of one view,
// operand 0. Operand 1 is the view that is indexed, without the indexed dim:
// an element lies step bytes times its index, operand 2, further on.
type pick struct {
	nest
	step, length int // length is that of the indexed dim
	allowed      device.IndexRange
}

// newPick makes the loops. If lines, the index has a place for each element of
// full, as in Gather; otherwise its dims stand in the place of the indexed dim,
// as in IndexSelect.
func newPick(full, x, idx *device.View, at device.Index, lines bool) *pick {
	n := x.Dim[at.Dim]
	w := &pick{step: x.Stride[at.Dim] * x.DType.Size(), length: n, allowed: device.IndexRange{Index: at, Size: n}}
	w.rank, w.dim = int(full.Rank), full.Dim
	w.n = 3
	for k, v := range []*device.View{full, x, idx} {
		w.ptr[k], w.size[k], w.stride[k] = v.Ptr(), v.DType.Size(), v.Stride
	}
	if lines {
		w.stride[1][at.Dim] = 0
	} else {
		k := int(idx.Rank)
		w.stride[1], w.stride[2] = [device.MaxRank]int{}, [device.MaxRank]int{}
		copy(w.stride[1][:at.Dim], x.Stride[:at.Dim])
		copy(w.stride[1][at.Dim+k:], x.Stride[at.Dim+1:x.Rank])
		copy(w.stride[2][at.Dim:], idx.Stride[:k])
	}
	w.coalesce(0)
	return w
}

// at is the address of element i of operand 1 in a row.
func (w *pick) at(p *[operands]unsafe.Pointer, s *[operands]int, i int) unsafe.Pointer {
	j := *(*int64)(unsafe.Add(p[2], i*s[2]*8))
	if j < 0 {
		j += int64(w.length)
	}
	return unsafe.Add(p[1], i*s[1]*w.size[1]+int(j)*w.step)
}

// scatterKernel copies x to the output, unless it is in place, and writes the
// source's elements with row. An index that comes twice is written twice, in
// the order of the source, whatever the number of threads.
func scatterKernel(lines bool, row func(w *pick) rowFunc) kernel {
	moves := copyKernels()
	return func(c device.Call) error {
		out, x := c.Out[0], c.In[0]
		w := newPick(c.In[2], out, c.In[1], c.Attr.(device.Index), lines)
		if err := inRange(c.In[1], w.allowed); err != nil {
			return err
		}
		if out.Ptr() != x.Ptr() {
			if err := moves[x.DType](device.Call{Out: c.Out, In: [device.MaxIn]*device.View{x}}); err != nil {
				return err
			}
		}
		if c.In[2].Len() > 0 {
			w.runLines(row(w))
		}
		return nil
	}
}

// runLines walks the nest on several goroutines that share no line of the
// indexed dim: it splits a dim along which operand 1 moves.
func (w *pick) runLines(f rowFunc) {
	total, d := 1, -1
	for i := range w.rank {
		total *= w.dim[i]
		if w.stride[1][i] != 0 && (d < 0 || w.dim[i] > w.dim[d]) {
			d = i
		}
	}
	if d < 0 || total < 2*grain {
		w.walk(0, w.rows(), f)
		return
	}
	parallel(w.dim[d], max(1, grain*w.dim[d]/total), func(lo, hi int) {
		v := w.nest
		v.dim[d] = hi - lo
		for k := range v.n {
			v.ptr[k] = unsafe.Add(v.ptr[k], lo*v.stride[k][d]*v.size[k])
		}
		v.walk(0, v.rows(), f)
	})
}

// bySize is a kernel that moves elements: only their size matters.
func bySize(k1, k2, k4, k8 kernel) byDType {
	var t byDType
	for d := device.Float32; d < device.NumDTypes; d++ {
		t[d] = map[int]kernel{1: k1, 2: k2, 4: k4, 8: k8}[d.Size()]
	}
	return t
}

func gatherKernels(lines bool) byDType {
	return bySize(gatherKernel[uint8](lines), gatherKernel[uint16](lines), gatherKernel[uint32](lines), gatherKernel[uint64](lines))
}

func scatterKernels(lines bool) byDType {
	return bySize(scatterKernel(lines, setPairing[uint8]().row), scatterKernel(lines, setPairing[uint16]().row),
		scatterKernel(lines, setPairing[uint32]().row), scatterKernel(lines, setPairing[uint64]().row))
}

func scatterAddKernels(lines bool) byDType {
	f32 := scatterKernel(lines, adding(or2(asm.F32.Add, add[float32])))
	return byDType{
		device.Float32: f32, device.Float64: scatterKernel(lines, adding(or2(asm.F64.Add, add[float64]))),
		device.Float16: widened(f32, f16as32), device.BFloat16: widened(f32, bf16as32),
		device.Int8: scatterKernel(lines, adding(add[int8])), device.Int16: scatterKernel(lines, adding(add[int16])),
		device.Int32: scatterKernel(lines, adding(add[int32])), device.Int64: scatterKernel(lines, adding(add[int64])),
		device.UInt8: scatterKernel(lines, adding(add[uint8])), device.Bool: scatterKernel(lines, joining(or[uint8], orEach).row),
	}
}

// nonzero lists the coordinates of the true elements of a bool tensor, one
// dim after the other.
func nonzero(c device.Call) error {
	x, out := c.In[0], c.Out[0]
	if out.Len() == 0 {
		return nil
	}
	rank, count := int(x.Rank), out.Dim[1]
	at := window[int64](out.Ptr(), rank*count)
	var w nest
	w.rank, w.dim = rank, x.Dim
	w.add(x)
	row, k := 0, 0
	last := at[(rank-1)*count:]
	w.walk(0, w.rows(), func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		from := k
		for i := 0; i < n && k < count; i++ { // written in any case: no branch to guess
			last[k] = int64(i)
			k += int(*(*uint8)(unsafe.Add(p[0], i*s[0])) & 1)
		}
		for d, r := rank-2, row; d >= 0; d-- {
			v := int64(r % x.Dim[d])
			for j := from; j < k; j++ {
				at[d*count+j] = v
			}
			r /= x.Dim[d]
		}
		row++
	})
	return nil
}
