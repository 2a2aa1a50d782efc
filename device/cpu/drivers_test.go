package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Every path of the drivers, small and large, contiguous and not, gives what a
// naive loop over indices gives, bit for bit the same for any number of threads.

// array is a float64 view with a random layout, and its elements by index.
type array struct {
	device.View
	mem []float64
}

func (a *array) at(idx []int) *float64 {
	pos := a.Offset
	for i := range int(a.Rank) {
		if a.Dim[i] != 1 {
			pos += idx[i] * a.Stride[i]
		}
	}
	return &a.mem[pos]
}

// layout makes an array whose dims lie in memory in random order, with gaps,
// and repeat (stride 0) if repeats allows it.
func layout(rng *rand.Rand, shape []int, repeats bool, value func() float64) *array {
	a := &array{}
	a.DType, a.Rank = device.Float64, uint8(len(shape))
	copy(a.Dim[:], shape)
	order := rng.Perm(len(shape))
	if rng.IntN(2) == 0 { // row-major as often as all others
		for i := range order {
			order[i] = len(order) - 1 - i
		}
	}
	n, gaps := 1, rng.IntN(3) == 0
	for _, d := range order {
		if gaps && rng.IntN(2) == 0 {
			n *= 2
		}
		if a.Stride[d] = n; repeats && rng.IntN(8) == 0 {
			a.Stride[d] = 0
			continue
		}
		n *= max(shape[d], 1)
	}
	a.Offset = rng.IntN(3)
	a.mem = make([]float64, n+a.Offset+1)
	for i := range a.mem {
		a.mem[i] = value()
	}
	a.Buf = &device.Buffer{Ptr: unsafe.Pointer(unsafe.SliceData(a.mem)), Bytes: 8 * len(a.mem)}
	a.UpdateContig()
	return a
}

// each calls f for every index of a shape.
func each(shape []int, f func(idx []int)) {
	idx := make([]int, len(shape))
	if slices.Contains(shape, 0) {
		return
	}
	for {
		f(idx)
		d := len(shape) - 1
		for ; d >= 0; d-- {
			if idx[d]++; idx[d] < shape[d] {
				break
			}
			idx[d] = 0
		}
		if d < 0 {
			return
		}
	}
}

// shapes are small ones, with dims 0 and 1, and ones that take the parallel paths.
func shapes(rng *rand.Rand) []int {
	large := [][]int{{70_001}, {210_000}, {2, 70_001}, {70_001, 2}, {300, 301}, {3, 300, 101}, {41, 43, 47}, {1, 66_000, 3}, {5, 1, 4, 5000}, {2, 1, 150_000}, {140_001, 2}}
	if rng.IntN(6) == 0 {
		return large[rng.IntN(len(large))]
	}
	s := make([]int, rng.IntN(5))
	for i := range s {
		if s[i] = 1 + rng.IntN(6); rng.IntN(40) == 0 {
			s[i] = 0
		}
	}
	if len(s) > 0 && rng.IntN(3) == 0 {
		s[rng.IntN(len(s))] = 1200
	}
	return s
}

// run launches f with 1, 2 and 3 threads on copies of out, checks that all
// write the same bits, and returns the first.
func run(t *testing.T, what string, out *array, f func(out *device.View) error) *array {
	t.Helper()
	defer threads.Store(threads.Load())
	var first *array
	for n := 1; n <= 3; n++ {
		SetNumThreads(n)
		o := *out
		o.mem = slices.Clone(out.mem)
		o.Buf = &device.Buffer{Ptr: unsafe.Pointer(unsafe.SliceData(o.mem)), Bytes: 8 * len(o.mem)}
		if err := f(&o.View); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if first == nil {
			first = &o
		}
		for i, v := range o.mem {
			if math.Float64bits(v) != math.Float64bits(first.mem[i]) {
				t.Fatalf("%s: element %d of memory is %v with %d threads, %v with one", what, i, v, n, first.mem[i])
			}
		}
	}
	return first
}

// untouched fails if f wrote outside the view.
func untouched(t *testing.T, what string, before, after *array) {
	t.Helper()
	mine := map[int]bool{}
	each(after.Shape(), func(idx []int) {
		mine[int(uintptr(unsafe.Pointer(after.at(idx)))-uintptr(unsafe.Pointer(&after.mem[0])))/8] = true
	})
	for i, v := range after.mem {
		if !mine[i] && v != before.mem[i] {
			t.Fatalf("%s: wrote element %d of memory, which is not the output's", what, i)
		}
	}
}

func small(rng *rand.Rand) func() float64 { // sums of these are exact
	return func() float64 { return float64(rng.IntN(9) - 4) }
}

func describe(vs ...*array) string {
	s := ""
	for _, v := range vs {
		s += fmt.Sprintf("%v strides %v, ", v.Shape(), v.Stride[:v.Rank])
	}
	return s
}

// rounds is fewer in a short run, such as one under the race detector.
func rounds(n int) int {
	if testing.Short() {
		return n / 4
	}
	return n
}

func TestIterate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	f := elementwise(row2(native[float64](), native[float64](), sub[float64]))
	for range rounds(300) {
		shape := shapes(rng)
		in := func() *array { // some dims broadcast, some on the left are missing
			s := slices.Clone(shape)
			for i := range s {
				if rng.IntN(5) == 0 {
					s[i] = 1
				}
			}
			if len(s) > 0 && rng.IntN(5) == 0 {
				s = s[1:]
			}
			return layout(rng, s, true, small(rng))
		}
		a, b, out := in(), in(), layout(rng, shape, false, small(rng))
		what := describe(out, a, b)
		got := run(t, what, out, func(o *device.View) error {
			return f(device.Call{Out: [device.MaxOut]*device.View{o}, In: [device.MaxIn]*device.View{&a.View, &b.View}})
		})
		each(shape, func(idx []int) {
			x, y := *a.at(idx[len(shape)-int(a.Rank):]), *b.at(idx[len(shape)-int(b.Rank):])
			if g := *got.at(idx); g != x-y {
				t.Fatalf("%s: %v at %v; want %v", what, g, idx, x-y)
			}
		})
		untouched(t, what, out, got)
	}
}

func TestLanes(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	reverse := alongDim(lane1(native[float64](), native[float64](), func(dst, a []float64) {
		for i, v := range a {
			dst[len(dst)-1-i] = v
		}
	}))
	for range rounds(200) {
		shape := shapes(rng)
		dim := rng.IntN(max(len(shape), 1))
		in, out := layout(rng, shape, true, small(rng)), layout(rng, shape, false, small(rng))
		what := fmt.Sprint(describe(out, in), "dim ", dim)
		got := run(t, what, out, func(o *device.View) error {
			return reverse(device.Call{Attr: device.Dim{Dim: dim}, Out: [device.MaxOut]*device.View{o}, In: [device.MaxIn]*device.View{&in.View}})
		})
		each(shape, func(idx []int) {
			want := *in.at(idx)
			to := slices.Clone(idx)
			if len(shape) > 0 {
				to[dim] = shape[dim] - 1 - idx[dim]
			}
			if g := *got.at(to); g != want {
				t.Fatalf("%s: %v at %v; want %v", what, g, to, want)
			}
		})
		untouched(t, what, out, got)
	}
}

// reduceCase is one kernel with the naive function of one result's elements.
type reduceCase struct {
	name string
	f    kernel
	want func(x []float64) float64
	tol  float64
}

func reduceCases() []reduceCase {
	d := native[float64]()
	mean := func(x []float64) float64 {
		s := 0.0
		for _, v := range x {
			s += v
		}
		return s / float64(len(x))
	}
	return []reduceCase{
		{"sum", reduced(d, d, wideSums(&asm.F64)), func(x []float64) (s float64) {
			for _, v := range x {
				s += v
			}
			return s
		}, 0},
		{"mean", reduced(d, d, means(&asm.F64)), mean, 0},
		{"max", reduced(d, d, byVectors(largest(math.Inf(-1)), asm.F64.Reduce.Max, asm.F64.Maximum)), func(x []float64) float64 { return slices.Max(append(x, math.Inf(-1))) }, 0},
		{"min", reduced(d, d, byVectors(smallest(math.Inf(1)), asm.F64.Reduce.Min, asm.F64.Minimum)), func(x []float64) float64 { return slices.Min(append(x, math.Inf(1))) }, 0},
		{"norm", reduced(d, d, norms(&asm.F64)), func(x []float64) (s float64) {
			for _, v := range x {
				s += v * v
			}
			return math.Sqrt(s)
		}, 0},
		{"var", reduced(d, d, spreads(&asm.F64, false)), func(x []float64) (s float64) {
			m := mean(x)
			for _, v := range x {
				s += (v - m) * (v - m)
			}
			return s / float64(len(x))
		}, 1e-12}, // Welford's rounding grows with the number of rows, at most 66,000 times 1e-16
	}
}

func TestReduce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	cases := reduceCases()
	paths := map[string]int{}
	for i := range rounds(500) {
		shape := shapes(rng)
		dims := device.Dims(rng.IntN(1 << len(shape)))
		if i%16 == 0 { // the paths that chance seldom takes
			shape, dims = [][]int{{66_000, 4}, {260, 1100}}[i/16%2], 1
		}
		keep := rng.IntN(2) == 0
		var to []int
		for i, n := range shape {
			if !dims.Has(i) {
				to = append(to, n)
			} else if keep {
				to = append(to, 1)
			}
		}
		in, out := layout(rng, shape, true, small(rng)), layout(rng, to, false, small(rng))
		c := cases[rng.IntN(len(cases))]
		call := device.Call{Attr: device.Reduce{Dims: dims}, Out: [device.MaxOut]*device.View{&out.View}, In: [device.MaxIn]*device.View{&in.View}}
		paths[pathOf(&call)]++
		what := fmt.Sprintf("%s of %sdims %b keep %v", c.name, describe(in), dims, keep)
		got := run(t, what, out, func(o *device.View) error {
			call.Out[0] = o
			return c.f(call)
		})
		want := naive(in, out, dims, c.want)
		i := 0
		each(to, func(idx []int) {
			w := want[i]
			i++
			if g := *got.at(idx); g != w && !(g != g && w != w) && !(math.Abs(g-w) <= c.tol*max(1, math.Abs(w))) {
				t.Fatalf("%s: %v at %v; want %v", what, g, idx, w)
			}
		})
		untouched(t, what, out, got)
	}
	for _, p := range []string{"rows", "rows parallel", "wide", "columns", "columns parallel", "tall", "tall and wide", "none"} {
		if paths[p] == 0 {
			t.Errorf("no sample took the path %q: %v", p, paths)
		}
	}
}

// naive is f of the elements of each result, in row-major order of the results.
func naive(in, out *array, dims device.Dims, f func(x []float64) float64) []float64 {
	lists := make([][]float64, out.Len())
	each(in.Shape(), func(idx []int) {
		pos := 0
		for i, x := range idx {
			if !dims.Has(i) {
				pos = pos*in.Dim[i] + x
			}
		}
		lists[pos] = append(lists[pos], *in.at(idx))
	})
	want := make([]float64, len(lists))
	for i, l := range lists {
		want[i] = f(l)
	}
	return want
}

// pathOf names the path of run that a call takes with three threads.
func pathOf(c *device.Call) string {
	kept, red := splitNest(c, c.Attr.(device.Reduce).Dims)
	cols := red.rank > 0 && kept.rank > 0 && absInt(kept.stride[1][kept.rank-1]) < absInt(red.stride[0][red.rank-1])
	large := kept.len()*red.len() >= 2*grain
	switch {
	case kept.len()*red.len() == 0:
		return "none"
	case cols && isTall(&kept, red.len()) && kept.len() > 1024:
		return "tall and wide"
	case cols && isTall(&kept, red.len()):
		return "tall"
	case cols && large:
		return "columns parallel"
	case cols:
		return "columns"
	case large && kept.len() < 3 && red.len() > blockLen:
		return "wide"
	case large:
		return "rows parallel"
	}
	return "rows"
}
