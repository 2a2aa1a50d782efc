package tensor

import "fmt"

// Meshgrid returns, for vectors of n0, n1, … elements, one view of each that
// repeats it over a grid. With indexing "ij" the grid is [n0, n1, …]; with "xy"
// its first two dims are swapped. A scalar counts as a vector of one element.
//
//	panics: *Error for another indexing, or a tensor of more than one dim
//	source: torch.meshgrid
func Meshgrid(indexing string, ts ...*Tensor) []*Tensor {
	if indexing != "ij" && indexing != "xy" {
		misuse("meshgrid", fmt.Errorf("indexing is %q; want \"ij\" or \"xy\"", indexing), ts...)
	}
	grid, place := make([]int, len(ts)), make([]int, len(ts)) // where each vector lies
	for i, t := range ts {
		place[i] = i
		if indexing == "xy" && i < 2 && len(ts) > 1 {
			place[i] = 1 - i
		}
		if t.Dim() > 1 {
			misuse("meshgrid", fmt.Errorf("tensor %d has %d dims; want at most one", i, t.Dim()), ts...)
		}
		grid[place[i]] = t.Len()
	}
	out := make([]*Tensor, len(ts))
	for i, t := range ts {
		shape := make([]int, len(ts))
		for k := range shape {
			shape[k] = 1
		}
		shape[place[i]] = t.Len()
		out[i] = t.Reshape(shape...).Expand(grid...)
	}
	return out
}

func meshgridEntry() Entry {
	xy := map[string]any{"indexing": "xy"}
	return Entry{
		Name: "meshgrid", Sig: "meshgrid(*tensors, indexing='ij')", At: Here(), Go: []string{"Meshgrid"},
		Call: func(a *Args) []*Tensor { return Meshgrid(a.Str("indexing"), a.Tensors("tensors")...) },
		Ref: func(a *Args) []Array {
			var out []Array
			var shape []int
			place := func(i int) int { return i }
			in := a.Arrays("tensors")
			if a.Str("indexing") == "xy" && len(in) > 1 {
				place = func(i int) int { return []int{1, 0, 2, 3}[i] }
			}
			for i := range in {
				shape = append(shape, len(in[place(i)].V))
			}
			for i, x := range in {
				x.Shape = []int{len(x.V)}
				out = append(out, x.moved(shape, func(idx []int) []int { return []int{idx[place(i)]} }))
			}
			return out
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In()}}, {Args: []any{In(3), In(2)}}, {Args: []any{In(1), In(3), In(2)}}, {Args: []any{In(3), In(), In(2)}, Kw: xy},
			{Args: []any{In(3), In(2)}, Kw: xy}, {Args: []any{In(2), In(0)}}, {Args: []any{In(3)}, Kw: xy},
		},
		Bad: []Bad{
			{Args: []any{In(2), In(2, 1)}, Want: "tensor: meshgrid [2], [2 1]: tensor 1 has 2 dims; want at most one"},
			{Args: []any{In(2)}, Kw: map[string]any{"indexing": "ji"}, Want: `tensor: meshgrid [2]: indexing is "ji"; want "ij" or "xy"`},
		},
	}
}
