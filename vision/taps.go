package vision

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// taps is which elements of dim i, of n, each new one is the sum of; nil if
// nothing changes. Places are computed in the arithmetic of dtype d, as PyTorch
// does: the nearest element is a matter of rounding.
func (c *interpolation) taps(n, i int, d tensor.DType) *device.Taps {
	m := c.size[i]
	g := geometry{n: n, m: m, single: d != tensor.Float64 || c.mode == Nearest || c.mode == NearestExact}
	g.scale = g.round(float64(n) / float64(m))
	switch {
	case c.corners && m > 1:
		g.scale = g.round(float64(n-1) / float64(m-1))
	case c.corners:
		g.scale = 0
	case c.scale[i] > 0:
		g.scale = g.round(1 / c.scale[i])
	}
	t := &device.Taps{Start: make([]int, 1, m+1)}
	linear := !c.antialias && (c.mode == Linear || c.mode == Bilinear || c.mode == Trilinear)
	switch {
	case n == m && (g.scale == 1 || linear): // PyTorch's shortcut, whatever the scale
		return nil
	case c.antialias:
		g.antialiased(t, c.mode == Bicubic)
	case c.mode == Nearest || c.mode == NearestExact:
		g.nearest(t, c.mode == NearestExact)
	case c.mode == Bicubic:
		g.cubic(t, c.corners)
	default:
		g.linear(t, c.corners)
	}
	return t
}

// A geometry is how m new elements lie over n old ones.
type geometry struct {
	n, m   int
	single bool    // arithmetic of float32
	scale  float64 // old elements for a new one
}

// round is x as the arithmetic has it. Float64 then gives the result of each operation in
// float32 too: it has more than twice the digits.
func (g *geometry) round(x float64) float64 {
	if g.single {
		return float64(float32(x))
	}
	return x
}

// middle is where the middle of new element i lies, counted in old ones.
func (g *geometry) middle(i int, corners bool) float64 {
	if corners {
		return g.round(g.scale * float64(i))
	}
	return g.round(g.round(g.scale*(float64(i)+0.5)) - 0.5)
}

func (g *geometry) nearest(t *device.Taps, exact bool) {
	for i := range g.m {
		x := float64(i)
		if exact {
			x += 0.5
		}
		at := int(g.round(x * g.scale))
		add(t, min(at, g.n-1), 1)
		end(t)
	}
}

func (g *geometry) linear(t *device.Taps, corners bool) {
	for i := range g.m {
		x := max(g.middle(i, corners), 0)
		at := min(int(x), g.n-1)
		far := g.round(min(max(x-float64(at), 0), 1))
		add(t, at, g.round(1-far))
		add(t, min(at+1, g.n-1), far)
		end(t)
	}
}

// cubic takes elements beyond the edge for the one at the edge.
func (g *geometry) cubic(t *device.Taps, corners bool) {
	const a = -0.75
	for i := range g.m {
		x := g.middle(i, corners)
		floor := math.Floor(x)
		for k := -1; k <= 2; k++ {
			add(t, min(max(int(floor)+k, 0), g.n-1), keys(a, g.round(x-floor)-float64(k)))
		}
		end(t)
	}
}

// antialiased stretches the filter over all elements that a new one covers.
func (g *geometry) antialiased(t *device.Taps, cubic bool) {
	radius, filter := 1.0, func(x float64) float64 { return max(0, 1-math.Abs(x)) }
	if cubic {
		radius, filter = 2, func(x float64) float64 { return keys(-0.5, x) }
	}
	stretch := max(g.scale, 1)
	for i := range g.m {
		x := g.scale * (float64(i) + 0.5)
		lo, hi := max(int(x-radius*stretch+0.5), 0), min(int(x+radius*stretch+0.5), g.n)
		total := 0.0
		for k := lo; k < hi; k++ {
			total += filter((float64(k) - x + 0.5) / stretch)
		}
		for k := lo; k < hi; k++ {
			w := filter((float64(k) - x + 0.5) / stretch)
			if total != 0 {
				w /= total
			}
			add(t, k, w)
		}
		end(t)
	}
}

// keys is the cubic filter with the slope a at its first zero.
func keys(a, x float64) float64 {
	switch x = math.Abs(x); {
	case x <= 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	}
	return 0
}

func add(t *device.Taps, at int, w float64) {
	t.At, t.Weight = append(t.At, at), append(t.Weight, w)
}

func end(t *device.Taps) { t.Start = append(t.Start, len(t.At)) }

// transposed gives each of n old elements the new ones that it counts for.
func transposed(t *device.Taps, n int) *device.Taps {
	back := &device.Taps{Dim: t.Dim, Start: make([]int, n+1), At: make([]int, len(t.At)), Weight: make([]float64, len(t.At))}
	for _, at := range t.At {
		back.Start[at+1]++
	}
	for i := range n {
		back.Start[i+1] += back.Start[i]
	}
	next := append([]int{}, back.Start...)
	for i := range len(t.Start) - 1 {
		for k := t.Start[i]; k < t.Start[i+1]; k++ {
			to := next[t.At[k]]
			next[t.At[k]]++
			back.At[to], back.Weight[to] = i, t.Weight[k]
		}
	}
	return back
}

// resampleOp is linear: its gradient is that of the transposed taps.
type resampleOp struct {
	taps *device.Taps
	in   int // elements of the dim
}

func (*resampleOp) Name() string              { return "interpolate" }
func (*resampleOp) Kernel() device.Kernel     { return device.Resample }
func (*resampleOp) Reads() tensor.Reads       { return tensor.Nothing }
func (o *resampleOp) Attr() any               { return o.taps }
func (o *resampleOp) out() int                { return len(o.taps.Start) - 1 }
func (o *resampleOp) transposed() *resampleOp { return &resampleOp{transposed(o.taps, o.in), o.out()} }
func (o *resampleOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	s := specOf(in[0].DType(), in[0].Shape())
	s.Dim[o.taps.Dim] = o.out()
	return s, nil
}
func (o *resampleOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	return tensor.Grads{tensor.Apply(o.transposed(), dy)}
}

// specOf is a dtype and a shape that are known to fit.
func specOf(d tensor.DType, shape []int) device.Spec {
	s := device.Spec{DType: d, Rank: uint8(len(shape))}
	copy(s.Dim[:], shape)
	return s
}
