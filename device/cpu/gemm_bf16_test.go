package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
	"github.com/facula-ml/facula/internal/half"
)

// enginesBF16 calls f for the products of pairs of each tier that has them.
func enginesBF16(t *testing.T, f func(t *testing.T, e *pairs)) {
	for _, s := range simd.Available() {
		if e := newPairs(s); e != nil {
			t.Run(s.Tier, func(t *testing.T) { f(t, e) })
		}
	}
}

// A heldBF16 is a matrix of bfloat16 in a larger slice, with guards around it.
type heldBF16 struct {
	matrix[uint16]
	mem  []uint16
	m, n int
}

const guardBF16 = 0x4321

func (h *heldBF16) each(f func(i, j int, v *uint16)) {
	for i := range h.m {
		for j := range h.n {
			f(i, j, (*uint16)(h.at(i, j)))
		}
	}
}

// holdBF16 makes a matrix of layout 0, by rows; 1, by columns; 2, with gaps both ways.
func holdBF16(m, n, gap, layout int, value func() float64) *heldBF16 {
	h := &heldBF16{m: m, n: n}
	switch layout {
	case 0:
		h.row, h.col = n+gap, 1
	case 1:
		h.row, h.col = 1, m+gap
	default:
		h.row, h.col = 3*n+gap, 3
	}
	h.mem = make([]uint16, 5+m*h.row+n*h.col+40)
	for i := range h.mem {
		h.mem[i] = guardBF16
	}
	h.p = matrixOf(h.mem[5:], 1).p
	h.each(func(_, _ int, v *uint16) { *v = uint16(half.BF16From64(value())) })
	return h
}

func (h *heldBF16) t() *heldBF16 { return &heldBF16{h.matrix.t(), h.mem, h.n, h.m} }

// values are the elements row by row.
func (h *heldBF16) values() (all []float64) {
	h.each(func(_, _ int, v *uint16) { all = append(all, float64(half.BF16(*v).Float32())) })
	return all
}

// A sumBF16 is a product's element in float64, and the sum of its terms' sizes.
type sumBF16 struct{ sum, size float64 }

// wantBF16 multiplies, and fails where right, given an element and its reference, says so.
func wantBF16(t *testing.T, e *pairs, a, b *heldBF16, bias []float32, workers int, right func(got half.BF16, want sumBF16) bool) {
	t.Helper()
	c := holdBF16(a.m, b.n, a.row&1, 0, func() float64 { return 5 })
	defer threads.Store(threads.Load())
	SetNumThreads(workers)
	e.run(productBF16{m: a.m, n: b.n, k: a.n, a: a.matrix, b: b.matrix, c: c.matrix, bias: bias}, workers)
	what := fmt.Sprintf("%dx%dx%d, strides %d %d and %d %d, bias %v, workers %d", a.m, b.n, a.n, a.row, a.col, b.row, b.col, bias != nil, workers)
	rows, columns := a.values(), b.t().values()
	c.each(func(i, j int, v *uint16) {
		var w sumBF16
		if bias != nil {
			w.sum = float64(bias[j])
			w.size = math.Abs(w.sum)
		}
		column := columns[j*a.n:]
		for l, x := range rows[i*a.n:][:a.n] {
			term := x * column[l]
			w.sum += term
			w.size += math.Abs(term)
		}
		if got := half.BF16(*v); !right(got, w) {
			t.Fatalf("%s: element %d,%d is %v; want about %v", what, i, j, got.Float32(), w.sum)
		}
		*v = guardBF16
	})
	for i, v := range c.mem {
		if v != guardBF16 {
			t.Fatalf("%s: wrote element %d of memory, which is not c's", what, i-5)
		}
	}
}

// TestBF16Exact multiplies small integers: sums are exact, so the only rounding
// is the last, and not a bit may differ.
func TestBF16Exact(t *testing.T) {
	enginesBF16(t, func(t *testing.T, e *pairs) {
		rng := rand.New(rand.NewPCG(1, 2))
		small := func() float64 { return float64(rng.IntN(33) - 16) }
		exact := func(m, n, k, workers int) {
			t.Helper()
			a, b := holdBF16(m, k, rng.IntN(3), rng.IntN(3), small), holdBF16(k, n, rng.IntN(3), rng.IntN(3), small)
			var bias []float32
			if rng.IntN(3) == 0 {
				bias = make([]float32, n)
				for i := range bias {
					bias[i] = float32(small())
				}
			}
			wantBF16(t, e, a, b, bias, workers, func(got half.BF16, want sumBF16) bool {
				return got == half.BF16From64(want.sum) || want.sum == 0 && got.Float32() == 0
			})
		}
		for m := range 71 {
			for n := range 71 {
				if !testing.Short() || (m+n)%7 == 0 {
					exact(m, n, rng.IntN(71), 1)
				}
			}
		}
		seams := *e.engine
		seams.mc, seams.kc, seams.nc = 3*e.rows, 24, 3*e.width()
		e = &pairs{&seams, e.packPairs, e.narrow}
		for range rounds(400) {
			exact(rng.IntN(150), rng.IntN(250), rng.IntN(500), 1+rng.IntN(3))
		}
	})
}

// near tells whether got is the sum in float32, rounded to bfloat16. Of k terms
// each is rounded at most twice, by 2⁻²⁴ of what is added up so far; subnormal
// terms are flushed; the result is rounded by 2⁻⁸ of what that makes, as it has 8 bits.
func near(k int) func(got half.BF16, want sumBF16) bool {
	return func(got half.BF16, want sumBF16) bool {
		sum := 2 * float64(k+1) * (0x1p-24*want.size + 0x1p-126)
		return math.Abs(float64(got.Float32())-want.sum) <= sum+0x1p-8*(math.Abs(want.sum)+sum)
	}
}

// TestBF16Real multiplies real numbers, and small ones whose products are subnormal.
func TestBF16Real(t *testing.T) {
	enginesBF16(t, func(t *testing.T, e *pairs) {
		rng := rand.New(rand.NewPCG(3, 4))
		for _, scale := range []float64{1, 0x1p-60, 0x1p-66, 0x1p60} {
			value := func() float64 { return rng.NormFloat64() * scale }
			for _, s := range [][3]int{{1, 1, 1}, {1, 70, 64}, {3, 40, 2200}, {37, 66, 41}, {130, 70, 2501}, {70, 1, 130}} {
				a, b := holdBF16(s[0], s[2], 0, rng.IntN(3), value), holdBF16(s[2], s[1], 0, rng.IntN(3), value)
				wantBF16(t, e, a, b, nil, 1+rng.IntN(3), near(s[2]))
			}
		}
	})
}

// TestBF16Special puts an infinity against a zero, a number and a NaN: each
// marks its row or column, and no other.
func TestBF16Special(t *testing.T) {
	enginesBF16(t, func(t *testing.T, e *pairs) {
		rng := rand.New(rand.NewPCG(5, 6))
		for range rounds(300) {
			m, n, k := 1+rng.IntN(40), 1+rng.IntN(70), 1+rng.IntN(40)
			one := func() float64 { return 1 }
			a, b := holdBF16(m, k, rng.IntN(2), rng.IntN(3), one), holdBF16(k, n, rng.IntN(2), rng.IntN(3), one)
			i, j, l := rng.IntN(m), rng.IntN(n), rng.IntN(k)
			*(*uint16)(a.at(i, l)) = uint16(half.BF16From64(math.Inf(1 - 2*rng.IntN(2))))
			*(*uint16)(b.at(l, j)) = uint16(half.BF16From64([]float64{0, -2, math.NaN()}[rng.IntN(3)]))
			wantBF16(t, e, a, b, nil, 1, func(got half.BF16, want sumBF16) bool {
				g := float64(got.Float32())
				return g == want.sum || g != g && want.sum != want.sum
			})
		}
	})
}

// TestBF16Threads finds the same bits with any number of goroutines.
func TestBF16Threads(t *testing.T) {
	enginesBF16(t, func(t *testing.T, e *pairs) {
		rng := rand.New(rand.NewPCG(7, 8))
		for _, s := range [][3]int{{130, 70, 601}, {33, 500, 340}, {3, 700, 300}, {257, 129, 1100}, {1, 3000, 80}, {3000, 1, 80}} {
			a, b := holdBF16(s[0], s[2], 0, 0, rng.NormFloat64), holdBF16(s[2], s[1], 0, rng.IntN(2), rng.NormFloat64)
			var first []half.BF16
			for _, workers := range []int{1, 2, 3, 5} {
				var bits []half.BF16
				wantBF16(t, e, a, b, nil, workers, func(got half.BF16, _ sumBF16) bool {
					bits = append(bits, got)
					return first == nil || first[len(bits)-1] == got
				})
				first = bits
			}
		}
	})
}

// callBF16 is a call of x times y, of these shapes and strides, with values of a cycle.
func callBF16(x, y, out device.View) device.Call {
	for k, v := range []*device.View{&x, &y, &out} {
		s := make([]uint16, 4096)
		for i := range s {
			s[i] = uint16(half.BF16From64(float64((i*7+k)%9 - 4)))
		}
		v.DType, v.Buf = device.BFloat16, &device.Buffer{Ptr: matrixOf(s, 1).p}
	}
	return device.Call{In: [device.MaxIn]*device.View{&x, &y}, Out: [device.MaxOut]*device.View{&out}}
}

// TestBF16Gate takes the machine's bit away: the widened path must run, and
// gives the same, batch by batch, as these sums are exact.
func TestBF16Gate(t *testing.T) {
	if e := newPairs(&simd.Set{Tier: "avx512", Bytes: 64}); e != nil {
		t.Fatal("a machine without BF16 multiplies pairs")
	}
	view := func(stride [3]int, dim ...int) (v device.View) {
		v.Rank = uint8(len(dim))
		copy(v.Dim[:], dim)
		copy(v.Stride[:], stride[:])
		return v
	}
	out := view([3]int{5 * 33, 33, 1}, 4, 5, 33)
	out.SetContiguous()
	x, y := view([3]int{5 * 7, 7, 1}, 4, 5, 7), view([3]int{0, 1, 7}, 4, 7, 33)
	plain := callBF16(x, y, out)
	if err := matmulBF16(nil)(plain); err != nil {
		t.Fatal(err)
	}
	enginesBF16(t, func(t *testing.T, e *pairs) {
		fast := callBF16(x, y, out)
		if err := matmulBF16(e)(fast); err != nil {
			t.Fatal(err)
		}
		a, b := elements[half.BF16](fast.Out[0]), elements[half.BF16](plain.Out[0])
		for i := range a {
			if a[i].Float32() != b[i].Float32() {
				t.Fatalf("element %d is %v with pairs, %v without", i, a[i].Float32(), b[i].Float32())
			}
		}
	})
}
