package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// gemmBF16 multiplies bfloat16 with this machine's kernels, or is nil.
var gemmBF16 = newPairs(asm)

// pairs is an engine of bfloat16: an element of its packed A and B is two of
// them along the inner dim, in the place of one float32, and the sums are
// float32. They are rounded once, when they are complete. The machine takes
// subnormal numbers for zeros here.
type pairs struct {
	*engine[float32]
	packPairs simd.PackPairs[float32]
	narrow    func(dst []uint16, src []float32)
}

// newPairs is nil where the machine has no products of pairs.
func newPairs(s *simd.Set) *pairs {
	if !s.BF16 {
		return nil
	}
	k := &s.F32
	e := newEngine(&k.Gemm, s.Bytes)
	e.packedTiles = simd.PackedTiles[float32](k.PairTiles)
	e.skinny = skinny[float32]{dot8: k.PairDot8, dot1: k.PairDot1}
	return &pairs{e, k.PackPairs, k.NarrowBF16}
}

// A productBF16 is c = a·b + bias. The bias is one number a column, or nil.
type productBF16 struct {
	m, n, k int
	a, b, c matrix[uint16] // c's rows are contiguous
	bias    []float32
	relu    bool // clamps c
}

// stripSums is how many sums are kept in float32 at once, stripRows of how many
// rows at least: more would be memory that no limit knows of, fewer would pack B
// again too often.
const stripSums, stripRows = 1 << 20, 256

// run computes a product on at most workers goroutines.
func (e *pairs) run(h productBF16, workers int) {
	if h.m*h.n == 0 {
		return
	}
	rows := max(stripRows, stripSums/h.n)
	for i := 0; i < h.m; i += rows {
		s := h
		s.m, s.a.p, s.c.p = min(rows, h.m-i), h.a.at(i, 0), h.c.at(i, 0)
		e.strip(s, workers)
	}
}

// strip computes a product of not too many rows.
func (e *pairs) strip(h productBF16, workers int) {
	if h.n == 1 && h.m > 1 && h.c.row == 1 && h.bias == nil { // the transposed product has one row
		h.m, h.n, h.a, h.b, h.c = h.n, h.m, h.b.t(), h.a.t(), h.c.t()
	}
	sums := e.ws.get(h.m * h.n)
	defer e.ws.put(sums)
	p := product[float32]{m: h.m, n: h.n, k: (h.k + 1) / 2, c: matrixOf(*sums, h.n)}
	if h.bias != nil {
		p.add = matrix[float32]{matrixOf(h.bias, 1).p, 0, 1}
	}
	p.done = func(i, j, m, n int) {
		if h.relu {
			clamp(p.c, relu32)(i, j, m, n)
		}
		for r := i; r < i+m; r++ {
			e.narrow(window[uint16](h.c.at(r, j), n), window[float32](p.c.at(r, j), n))
		}
	}
	if h.readsPairs() {
		p.a.matrix, p.b.matrix = matrix[float32]{h.a.p, 1, h.a.row / 2}, matrix[float32]{h.b.p, 1, h.b.col / 2}
		e.dots(&p, workers)
		return
	}
	p.a.pack, p.b.pack = e.packer(h.a.t(), h.k), e.packer(h.b, h.k)
	e.engine.run(&p, workers)
}

// readsPairs reports whether rows of a and columns of b are pairs in memory
// already, and packing b is not worth it.
func (h *productBF16) readsPairs() bool {
	return h.m <= fewRows && h.k > 0 && h.k%2 == 0 && h.a.col == 1 && h.b.row == 1 && h.b.col%2 == 0 && (h.m == 1 || h.a.row%2 == 0)
}

// packer is the pack of an operand of k rows; row and rows count pairs of them.
func (e *pairs) packer(m matrix[uint16], k int) func(dst []float32, width, row, col, rows, cols int) {
	return func(dst []float32, width, row, col, rows, cols int) {
		for j := 0; j < cols; j += width {
			part := matrix[uint16]{m.at(2*row, col+j), m.row, m.col}
			e.packPanel(dst[j*rows:], width, part, min(2*rows, k-2*row), min(width, cols-j))
		}
	}
}

// packPanel packs k rows of one panel; an odd last row is paired with zeros.
// Kernels write whole vectors, so the last columns come first, as in packWith.
func (e *pairs) packPanel(dst []float32, width int, m matrix[uint16], k, cols int) {
	whole, step, size := k/2, width*bytesOf[float32](), bytesOf[uint16]()
	words := words[uint32](dst)
	for c := (cols - 1) / e.lanes * e.lanes; c >= 0 && whole > 0; c -= e.lanes {
		n, src := min(e.lanes, cols-c), m.at(0, c)
		switch {
		case m.row == 1:
			e.packCols(&dst[c], step, (*float32)(src), m.col*size, whole, n)
		case m.col == 1:
			e.packPairs(&dst[c], step, (*uint16)(src), m.row*size, whole, n)
		default:
			for l := range whole {
				for j := c; j < c+n; j++ {
					words[l*width+j] = uint32(*(*uint16)(m.at(2*l, j))) | uint32(*(*uint16)(m.at(2*l+1, j)))<<16
				}
			}
		}
	}
	if k%2 != 0 {
		for j := range cols {
			words[whole*width+j] = uint32(*(*uint16)(m.at(k-1, j)))
		}
	}
}

// matmulBF16 is matmul with the products of pairs, or in float32 where there are none.
func matmulBF16(e *pairs) kernel {
	if e == nil {
		return widened(matmul(gemm32), bf16as32)
	}
	return func(c device.Call) error {
		a, b, out := c.In[0], c.In[1], c.Out[0]
		r := int(out.Rank) - 2
		p := productBF16{m: out.Dim[r], n: out.Dim[r+1], k: a.Dim[a.Rank-1], a: matrixOfView[uint16](a), b: matrixOfView[uint16](b), c: matrixOfView[uint16](out)}
		if r == 0 {
			e.run(p, NumThreads())
			return nil
		}
		eachProduct(&c, p.m*p.n*p.k, func(out, a, b unsafe.Pointer, workers int) {
			q := p
			q.c.p, q.a.p, q.b.p = out, a, b
			e.run(q, workers)
		})
		return nil
	}
}

// linear is x·wᵀ + b of bfloat16.
func (e *pairs) linear(c device.Call) error {
	x, w, out := c.In[0], c.In[1], c.Out[0]
	p := productBF16{m: 1, n: w.Dim[0], k: w.Dim[1], c: matrix[uint16]{out.Ptr(), w.Dim[0], 1}}
	for _, d := range x.Dim[:x.Rank-1] {
		p.m *= d
	}
	a, _ := c.Attr.(device.Affine)
	p.relu = a.ReLU
	p.a, p.b = matrix[uint16]{x.Ptr(), p.k, 1}, matrix[uint16]{w.Ptr(), 1, p.k}
	if b := c.In[2]; b != nil {
		bias := e.ws.get(p.n)
		defer e.ws.put(bias)
		bf16as32.load(*bias, b.Ptr(), 1)
		p.bias = *bias
	}
	e.run(p, NumThreads())
	return nil
}
