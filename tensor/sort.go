package tensor

import (
	"slices"

	"github.com/facula-ml/facula/device"
)

// A SortOption changes Sort and ArgSort.
type SortOption int

const (
	// Descending sorts from the largest to the smallest.
	Descending SortOption = 1 + iota
	// Unstable leaves equal elements in the order in which torch.sort leaves them
	// on the CPU when it is not asked to be stable. It is not faster.
	Unstable
)

// Sort returns the elements of each line along dim in ascending order, and the
// indices they had. Equal elements keep their order, unless Unstable is
// given. NaN counts as the largest.
//
//	shape:  any → same
//	dtype:  values as t, indices int64
//	panics: *Error if dim is out of range
//	source: torch.sort
func (t *Tensor) Sort(dim int, opts ...SortOption) (values, indices *Tensor) {
	return t.order("sort", dim, 0, -1, slices.Contains(opts, Descending), sortTies(opts))
}

// ArgSort returns the indices of [Tensor.Sort].
//
//	source: torch.argsort
func (t *Tensor) ArgSort(dim int, opts ...SortOption) *Tensor {
	_, indices := t.order("argsort", dim, 0, -1, slices.Contains(opts, Descending), sortTies(opts))
	return indices
}

func sortTies(opts []SortOption) device.Ties {
	if slices.Contains(opts, Unstable) {
		return device.AsSort
	}
	return device.FirstFirst
}

// order is the elements from … k-1 of each line in order; k = -1 is its length.
func (t *Tensor) order(op string, dim, from, k int, descending bool, ties device.Ties) (values, indices *Tensor) {
	o := orderOp{name: op, dim: t.dim(op, dim), from: from, descending: descending, ties: ties}
	n := 1
	if t.Dim() > 0 {
		n = t.shape()[o.dim]
	}
	if o.k = k; k < 0 {
		o.k = n
	}
	out := ApplyMulti(o, t)
	return out[0], out[1]
}

type orderOp struct {
	name       string
	dim        int
	from, k    int
	descending bool
	ties       device.Ties
}

func (o orderOp) Name() string        { return o.name }
func (orderOp) Kernel() device.Kernel { return device.Sort }
func (o orderOp) Attr() any {
	return device.Order{Dim: o.dim, From: o.from, K: o.k, Descending: o.descending, Ties: o.ties}
}
func (orderOp) Reads() Reads { return Out1 }
func (o orderOp) Infer(in []*Tensor) ([]device.Spec, error) {
	v := *in[0].spec()
	if v.Rank > 0 {
		v.Dim[o.dim] = o.k - o.from
	}
	i := v
	i.DType = Int64
	return []device.Spec{v, i}, nil
}
func (o orderOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{placed(c.Shape(0), o.dim, c.Out(1), dy)}
}

// refSorted sorts by insertion and returns the first k values and indices.
func refSorted(x []float64, k int, descending bool) [][]float64 {
	before := func(a, b float64) bool {
		if descending {
			a, b = b, a
		}
		return a < b || b != b && a == a
	}
	var v, at []float64
	for i, e := range x {
		p := len(v)
		for p > 0 && before(e, v[p-1]) {
			p--
		}
		v = append(v[:p], append([]float64{e}, v[p:]...)...)
		at = append(at[:p], append([]float64{float64(i)}, at[p:]...)...)
	}
	return [][]float64{v[:k], at[:k]}
}

func (a *Args) sortOptions() (o []SortOption) {
	if a.Bool("descending") {
		o = append(o, Descending)
	}
	if !a.Bool("stable") {
		o = append(o, Unstable)
	}
	return o
}

// orderSamples are lines to sort, some with equal elements.
func orderSamples() []Sample {
	var s []Sample
	for _, p := range lineSamples() {
		a, dim := p.Args[0].(Arg), p.Args[1].(int)
		s = append(s, Sample{Args: []any{a.Distinct(), dim}}, Sample{Args: []any{a.Distinct(), dim, true}},
			Sample{Args: []any{a, dim}, NoGrad: true}, Sample{Args: []any{a, dim, true}, NoGrad: true})
	}
	for i := range s {
		if i%2 == 0 {
			s[i].Kw = map[string]any{"stable": true}
		}
	}
	return append(s, Sample{Args: []any{In(3, 5).Distinct()}}, Sample{Args: []any{In(3, 5).Distinct()}, Kw: map[string]any{"descending": true}})
}

func sortEntry() Entry {
	return Entry{
		Name: "sort", Sig: "sort(input, dim=-1, descending=False, stable=False)", At: Here(), Ops: []any{orderOp{}}, Go: []string{"Sort"},
		Call: func(a *Args) []*Tensor {
			v, i := a.Tensor("input").Sort(a.Int("dim"), a.sortOptions()...)
			return []*Tensor{v, i}
		},
		Ref: func(a *Args) []Array {
			return refLines(a.Array("input"), a.Int("dim"), false, func(x []float64) [][]float64 {
				if a.Bool("stable") {
					return refSorted(x, len(x), a.Bool("descending"))
				}
				before := less
				if a.Bool("descending") {
					before = greater
				}
				return newRefPlaces(x, before).sorted().part(0, len(x))
			})
		},
		Out:     OutIndexed,
		DTypes:  AllDTypes,
		Samples: orderSamples(),
		Bad:     []Bad{{Args: []any{In(2, 3), 2}, Want: "tensor: sort [2 3]: dim 2 is out of range; want -2 to 1"}},
	}
}

func argsortEntry() Entry {
	e := sortEntry()
	e.Name, e.Sig, e.At, e.Go = "argsort", "argsort(input, dim=-1, descending=False, stable=False)", Here(), []string{"ArgSort"}
	e.Call = func(a *Args) []*Tensor {
		return one(a.Tensor("input").ArgSort(a.Int("dim"), a.sortOptions()...))
	}
	ref := e.Ref
	e.Ref = func(a *Args) []Array { return ref(a)[1:] }
	e.Out = OutInt64
	e.Bad = []Bad{{Args: []any{In(2, 3), 2}, Want: "tensor: argsort [2 3]: dim 2 is out of range; want -2 to 1"}}
	return e
}
