package tensor

import (
	"slices"
	"strings"
)

// refEinsum goes through all values of all letters.
func refEinsum(eq string, xs []Array) Array {
	left, right, explicit := strings.Cut(strings.ReplaceAll(eq, " ", ""), "->")
	lists := strings.Split(left, ",")
	unnamed := 0
	for i, l := range lists {
		if strings.Contains(l, "...") {
			unnamed = max(unnamed, len(xs[i].Shape)-len(l)+3)
		}
	}
	dots := "01234567"[:unnamed] // as letters
	for i, l := range lists {
		lists[i] = strings.Replace(l, "...", dots[max(0, unnamed-len(xs[i].Shape)+len(l)-3):], 1)
	}
	all := strings.Join(lists, "")
	right = strings.Replace(right, "...", dots, 1)
	if !explicit {
		var once []string
		for _, r := range all {
			if strings.Count(all, string(r)) == 1 && r > '9' {
				once = append(once, string(r))
			}
		}
		slices.Sort(once)
		right = dots + strings.Join(once, "")
	}
	var letters string
	size := map[rune]int{}
	for i, l := range lists {
		for d, r := range l {
			size[r] = max(size[r], xs[i].Shape[d])
			if xs[i].Shape[d] == 0 {
				size[r] = 0
			}
			if !strings.ContainsRune(letters, r) {
				letters += string(r)
			}
		}
	}
	var space, shape []int
	for _, r := range letters {
		space = append(space, size[r])
	}
	for _, r := range right {
		shape = append(shape, size[r])
	}
	coordinates := func(at []int, list string) []int {
		var out []int
		for _, r := range list {
			out = append(out, at[strings.IndexRune(letters, r)])
		}
		return out
	}
	out, everything := NewArray(shape...), NewArray(space...)
	st := out.Strides()
	for p := range everything.V {
		at := everything.Index(p)
		v, to := 1.0, 0
		for i, l := range lists {
			v *= xs[i].At(coordinates(at, l)...)
		}
		for d, k := range coordinates(at, right) {
			to += k * st[d]
		}
		out.V[to] += v
	}
	return out
}

func einsumEntry() Entry {
	sample := func(eq string, shapes ...[]int) Sample {
		var list []any
		for _, s := range shapes {
			list = append(list, In(s...))
		}
		return Sample{Args: []any{list, eq}}
	}
	bad := func(why, eq string, shapes ...[]int) Bad {
		return Bad{Args: sample(eq, shapes...).Args, Want: "tensor: einsum " + why}
	}
	return Entry{
		// The corpus gives the tensors before the equation.
		Name: "einsum", Sig: "einsum(tensors, equation)", At: Here(), Ops: []any{matmulOp{}, mulOp{}}, Go: []string{"Einsum"},
		Call:   func(a *Args) []*Tensor { return one(Einsum(a.Str("equation"), a.Tensors("tensors")...)) },
		Ref:    func(a *Args) []Array { return []Array{refEinsum(a.Str("equation"), a.Arrays("tensors"))} },
		DTypes: append([]DType{Int64}, Floats...),
		Abs:    4,
		Samples: []Sample{
			sample("i->", []int{3}), sample("ij->i", []int{2, 3}), sample("ij->ji", []int{2, 3}), sample("ji", []int{2, 3}), sample("ii->i", []int{3, 3}), sample("ii", []int{3, 3}),
			sample("->", nil), sample(",i->i", nil, []int{1}), sample("ij,jk->ik", []int{2, 3}, []int{3, 2}), sample("ij, jk", []int{2, 3}, []int{3, 2}), sample("ij,Ab->ijAb", []int{2, 1}, []int{2, 2}),
			sample("bij,bjk->kbi", []int{2, 2, 3}, []int{2, 3, 2}), sample("i,j,k->kij", []int{2}, []int{2}, []int{3}), sample("...ij,...jk->...ik", []int{2, 2, 2}, []int{2, 3}),
			sample("...ik, ...j -> ij", []int{1, 2, 3}, []int{3}), sample("...,...", []int{2, 3}, []int{3}), sample("iji->j", []int{2, 3, 2}), sample("ij,jk->ik", []int{2, 1}, []int{3, 2}),
			sample("bn,anm,bm->ba", []int{2, 2}, []int{3, 2, 2}, []int{2, 2}), sample("i...->...", []int{2, 3}), sample("a...,b...->a...b", []int{2, 3}, []int{2, 3}), sample("ij,ij->i", []int{2, 3}, []int{2, 3}),
			sample("ij,jk->ik", []int{2, 0}, []int{0, 2}), sample("ij,k->i", []int{2, 3}, []int{2}),
		},
		Bad: []Bad{
			bad(`[2 3]: "ij->ik": no tensor has the letter k of the result`, "ij->ik", []int{2, 3}),
			bad(`[2 3]: "ij->ii": the result has i twice`, "ij->ii", []int{2, 3}),
			bad(`[2 3]: "ij,j": 1 tensors; want 2`, "ij,j", []int{2, 3}),
			bad(`[2 3]: "i": 1 letters for the 2 dims of tensor 0`, "i", []int{2, 3}),
			bad(`[2]: "ij...": 2 letters for the 1 dims of tensor 0`, "ij...", []int{2}),
			bad(`[2]: "i.": '.' in the list of tensor 0; want letters, and "..." once`, "i.", []int{2}),
			bad(`[2 3]: the letter i of tensor 0 has the sizes 2 and 3`, "ii", []int{2, 3}),
			bad(`[2], [3]: dim of size 3 of tensor 1; before it was 2`, "i,i", []int{2}, []int{3}),
		},
		Why: map[string]string{"special": "0·inf depends on the order of the sum", "tol": "terms of size 4 cancel"},
	}
}
