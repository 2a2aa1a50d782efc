package optest

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/facula-ml/facula/internal/half"
	"github.com/facula-ml/facula/tensor"
)

// A layout is how an input lies in memory.
type layout int

const (
	contiguous layout = iota
	transposed        // dims reversed in memory
	strided           // every second element of a larger buffer, with an offset
	expanded          // the first dim repeats with stride 0
)

var layouts = []layout{contiguous, transposed, strided, expanded}

func (l layout) String() string {
	return []string{"contiguous", "transposed", "strided", "expanded"}[l]
}

// values makes the elements of every tensor argument. Floats are exact in each
// floating dtype and never 0 or an integer, so that kinks are not hit.
func (r *runner) values(d tensor.DType, l layout, special bool) [][]float64 {
	rng := rand.New(rand.NewPCG(uint64(r.i)+1, 2))
	var out [][]float64
	for _, a := range tensorArgs(r.s) {
		dt := d
		if a.DType != 0 {
			dt = a.DType
		}
		v := argValues(a, dt, rng)
		if special && a.Values == nil && a.DType == 0 {
			odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1)}
			for i := range v {
				if k := rng.IntN(2 * len(odd)); k < len(odd) {
					v[i] = odd[k]
				}
			}
		}
		if l == expanded && len(a.Shape) > 0 && a.Shape[0] > 0 && a.Values == nil {
			row := len(v) / a.Shape[0]
			for i := row; i < len(v); i++ {
				v[i] = v[i%row]
			}
		}
		out = append(out, v)
	}
	return out
}

func argValues(a tensor.Arg, d tensor.DType, rng *rand.Rand) []float64 {
	if a.Values != nil {
		v := slices.Clone(a.Values)
		for i := range v {
			v[i] = rounded(v[i], d)
		}
		return v
	}
	n := 1
	for _, k := range a.Shape {
		n *= k
	}
	v := make([]float64, n)
	lo, hi := a.Lo, a.Hi
	if lo == 0 && hi == 0 {
		lo, hi = -2, 2
	}
	perm := rng.Perm(n)
	for i := range v {
		switch {
		case d == tensor.Bool:
			v[i] = float64(rng.IntN(2))
		case d.IsInt():
			from, to := math.Ceil(max(lo, -5)), math.Floor(min(hi, 5))
			if a.DType != 0 && hi != 0 { // an index: hi is excluded
				from, to = lo, hi-1
			}
			if d == tensor.UInt8 {
				from = max(from, 0)
			}
			v[i] = from + float64(rng.IntN(max(1, int(to-from)+1)))
			if a.Apart {
				v[i] = from + float64(perm[i])
			}
		case a.Apart:
			v[i] = lo + (float64(perm[i])+0.5)*(hi-lo)/float64(n)
		default:
			v[i] = lo + float64(2*rng.IntN(64)+1)*(hi-lo)/128
		}
		if a.Apart { // in half precision and small integers some become equal
			v[i] = rounded(v[i], d)
		} else if d.IsFloat() {
			v[i] = float64(half.BF16From64(v[i]).Float32())
		}
	}
	return v
}

// bind makes the call's arguments of the given values; each input is passed to
// see, if given, as it is made.
func (r *runner) bind(d tensor.DType, l layout, vals [][]float64, see func(*tensor.Tensor)) (*tensor.Args, error) {
	k := 0
	pos, kw := visit(r.s, func(a tensor.Arg) any {
		dt := d
		if a.DType != 0 {
			dt = a.DType
		}
		x := r.input(vals[k], a, dt, l)
		k++
		if see != nil {
			see(x)
		}
		return x
	})
	return tensor.Bind(r.e.Sig, pos, kw)
}

// bindArrays is bind for the reference.
func (r *runner) bindArrays(vals [][]float64) (*tensor.Args, error) {
	k := 0
	pos, kw := visit(r.s, func(a tensor.Arg) any {
		x := tensor.NewArray(a.Shape...)
		x.V = slices.Clone(vals[k])
		k++
		return x
	})
	return tensor.Bind(r.e.Sig, pos, kw)
}

// input makes one tensor in the wanted layout.
func (r *runner) input(v []float64, a tensor.Arg, d tensor.DType, l layout) *tensor.Tensor {
	x := tensor.FromSlice(v, a.Shape).Cast(d).To(r.dev)
	n := len(a.Shape)
	switch {
	case l == transposed && n >= 2:
		rev := make([]int, n)
		for i := range rev {
			rev[i] = n - 1 - i
		}
		return x.Permute(rev...).Clone().Contiguous().Permute(rev...).Detach()
	case l == strided && n >= 1:
		wide := slices.Clone(a.Shape)
		wide[n-1] = 2*wide[n-1] + 1
		buf := tensor.Make{DType: d, Device: r.dev}.Full(1, wide...)
		part := buf.Slice(n-1, 1, wide[n-1], 2)
		part.CopyFrom(x)
		return part.Detach()
	case l == expanded && n >= 1 && a.Shape[0] > 0 && a.Values == nil:
		return x.Narrow(0, 0, 1).Clone().Expand(a.Shape...).Detach()
	}
	return x
}

func sortedKeys(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
