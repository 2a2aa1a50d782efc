package export

import (
	"fmt"
	"math"
	"slices"
)

// view translates a view, from what it does to the geometry alone.
func (g *graph) view(r *record) error {
	v, err := g.value(r.in[0])
	if err != nil {
		return nil // perhaps nobody reads it; if so, that is the error
	}
	if r.empty() {
		return fmt.Errorf("%s has a tensor without elements", r.where())
	}
	out := g.viewed(v, &r.in[0].geo, &r.out[0].geo)
	if out == nil {
		return fmt.Errorf("%s is a view with strides %v of one with strides %v, which ONNX has no operator for",
			r.where(), r.out[0].geo.strides(), r.in[0].geo.strides())
	}
	if out.shape == nil {
		out.shape = r.out[0].geo.dims()
	}
	g.at[r.out[0]] = out
	return nil
}

// viewed is the view of v, whose geometry is from, that has the geometry to.
// Names of ops do not matter: geometries say where each element is.
func (g *graph) viewed(v *value, from, to *geometry) *value {
	switch {
	case from.len() == 0 || to.len() == 0:
		return nil
	case from.offset == to.offset && slices.Equal(from.dims(), to.dims()) && slices.Equal(from.strides(), to.strides()):
		return v
	case from.len() == to.len():
		return g.rearranged(v, from, to)
	case from.len() > to.len():
		return g.part(v, from, to)
	}
	return g.expanded(v, from, to)
}

// rearranged is a view of all elements.
func (g *graph) rearranged(v *value, from, to *geometry) *value {
	if from.offset != to.offset {
		return g.flipped(v, from, to)
	}
	if slices.Equal(coalesced(from), coalesced(to)) {
		return g.reshape(v, slices.Clone(to.dims())) // the order of the elements stays
	}
	perm := permutation(from, to)
	if perm == nil {
		return nil
	}
	if from.rank != to.rank {
		small := make([]int, 0, len(perm))
		for _, d := range from.dims() {
			if d != 1 {
				small = append(small, d)
			}
		}
		return g.reshape(g.transpose(g.reshape(v, small), perm...), slices.Clone(to.dims()))
	}
	return g.transpose(v, perm...)
}

// coalesced are the sizes and strides of the fewest dims that walk alike.
func coalesced(g *geometry) []int {
	var out []int
	for i, d := range g.dims() {
		n := len(out)
		switch {
		case d == 1:
		case n > 0 && out[n-1] == d*g.stride[i]:
			out[n-2], out[n-1] = out[n-2]*d, g.stride[i]
		default:
			out = append(out, d, g.stride[i])
		}
	}
	return out
}

// permutation says which dim of from each dim of to is: of those longer than 1,
// unless the ranks are equal; nil if there is none.
func permutation(from, to *geometry) []int {
	all := from.rank == to.rank
	var a []int // dims of from
	for i, d := range from.dims() {
		if all || d != 1 {
			a = append(a, i)
		}
	}
	used := make([]bool, len(a))
	var perm []int
	for i, d := range to.dims() {
		if !all && d == 1 {
			continue
		}
		k := slices.IndexFunc(a, func(j int) bool {
			at := slices.Index(a, j)
			return !used[at] && from.shape[j] == d && (d == 1 || from.stride[j] == to.stride[i])
		})
		if k < 0 {
			return nil
		}
		used[k] = true
		perm = append(perm, k)
	}
	if len(perm) != len(a) {
		return nil
	}
	return perm
}

// flipped walks some dims backwards.
func (g *graph) flipped(v *value, from, to *geometry) *value {
	if from.rank != to.rank || !slices.Equal(from.dims(), to.dims()) {
		return nil
	}
	for i := range from.dims() {
		switch to.stride[i] {
		case from.stride[i]:
		case -from.stride[i]:
			v = g.slice(v, i, -1, math.MinInt, -1)
		default:
			return nil
		}
	}
	return v
}

// part is a slice along one dim, or one element of it.
func (g *graph) part(v *value, from, to *geometry) *value {
	by := to.offset - from.offset
	if from.rank == to.rank+1 {
		for d := range from.rank {
			rest := geometry{rank: to.rank}
			copy(rest.shape[:], slices.Delete(slices.Clone(from.dims()), d, d+1))
			copy(rest.stride[:], slices.Delete(slices.Clone(from.strides()), d, d+1))
			if sameStrides(&rest, to) && within(by, from.stride[d], from.shape[d]) {
				return g.add("Gather", list(v, g.index(by/max(from.stride[d], 1))), attrInt("axis", d))
			}
		}
		return nil
	}
	if from.rank != to.rank {
		return nil
	}
	for d := range from.rank {
		if to.shape[d] == from.shape[d] {
			continue
		}
		same := *to
		same.shape[d], same.stride[d] = from.shape[d], from.stride[d]
		if !sameStrides(&same, from) || !within(by, from.stride[d], from.shape[d]) {
			return nil
		}
		step := 1
		if to.shape[d] > 1 && from.stride[d] > 0 {
			step = to.stride[d] / from.stride[d]
		}
		start := by / max(from.stride[d], 1)
		end := start + (to.shape[d]-1)*step + 1
		if end > from.shape[d] {
			return nil // beyond it: two parameters in one storage
		}
		if end+step > from.shape[d] {
			end = math.MaxInt // to the end, however long it is
		}
		return g.slice(v, d, start, end, step)
	}
	return nil
}

// within reports whether an offset is that of one of n elements.
func within(by, stride, n int) bool {
	if stride <= 0 {
		return by == 0
	}
	return by >= 0 && by%stride == 0 && by/stride < n
}

// sameStrides reports whether two views walk alike: the stride of a dim of size
// 1 does not count.
func sameStrides(a, b *geometry) bool {
	if !slices.Equal(a.dims(), b.dims()) {
		return false
	}
	for i, d := range a.dims() {
		if d > 1 && a.stride[i] != b.stride[i] {
			return false
		}
	}
	return true
}

// expanded repeats dims of size 1.
func (g *graph) expanded(v *value, from, to *geometry) *value {
	if from.offset != to.offset || from.rank > to.rank {
		return nil
	}
	k := to.rank - from.rank
	for i, d := range to.dims() {
		switch {
		case i < k && (d == 1 || to.stride[i] == 0):
		case i >= k && d == from.shape[i-k] && (d == 1 || to.stride[i] == from.stride[i-k]):
		case i >= k && from.shape[i-k] == 1 && to.stride[i] == 0:
		default:
			return nil
		}
	}
	if v.shape == nil {
		v.shape = from.dims()
	}
	return g.expand(v, slices.Clone(to.dims()))
}
