package tensor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/facula-ml/facula/device"
)

// Einsum returns a sum of products after Einstein's convention. The equation
// names the dims of each tensor by letters, in lists with commas between:
// "ij,jk->ik" is the product of two matrices. A letter that is not in the
// result is summed over; one that a tensor has twice takes its diagonal; "..."
// stands for the dims without names, which broadcast. Without "->" the result
// has the dims of "..." and then the letters that appear once, in order,
// capitals first. Several tensors are multiplied from the left on.
//
//	dtype:  the same for all, numbers if a dim of two tensors is summed over
//	panics: *Error for an equation that is malformed or does not fit the tensors
//	source: torch.einsum
func Einsum(equation string, ts ...*Tensor) *Tensor {
	for _, t := range ts {
		t.known("einsum")
	}
	e, err := newEquation(equation, ts)
	if err != nil {
		misuse("einsum", fmt.Errorf("%q: %w", equation, err), ts...)
	}
	return e.contract(ts)
}

const ellipsis = '.' // in a list of letters

// An equation says at which place of a common space, that of the result's dims
// and then those to sum, each letter lies.
type equation struct {
	operands  []string
	at        map[rune]int // where a letter, or the first dim of the ellipsis, lies
	unnamed   int          // dims of the ellipsis
	out, dims int          // how many dims the result and the space have
}

func newEquation(s string, ts []*Tensor) (*equation, error) {
	left, right, explicit := strings.Cut(strings.ReplaceAll(s, " ", ""), "->")
	e := &equation{operands: strings.Split(left, ","), at: map[rune]int{}}
	if len(e.operands) != len(ts) || len(ts) == 0 {
		return nil, fmt.Errorf("%d tensors; want %d", len(ts), len(e.operands))
	}
	count := map[rune]int{}
	for i, op := range e.operands {
		letters, err := e.letters(op, fmt.Sprintf("of tensor %d", i))
		if err != nil {
			return nil, err
		}
		e.operands[i] = letters
		named, rank := len(strings.ReplaceAll(letters, ".", "")), ts[i].Dim()
		free := strings.ContainsRune(letters, ellipsis)
		if named > rank || named < rank && !free {
			return nil, fmt.Errorf("%d letters for the %d dims of tensor %d", named, rank, i)
		}
		if free {
			e.unnamed = max(e.unnamed, rank-named)
		}
		for _, r := range letters {
			count[r]++
		}
	}
	if !explicit {
		right = implicit(count)
	}
	if err := e.place(right, count); err != nil {
		return nil, err
	}
	if e.dims > device.MaxRank {
		return nil, fmt.Errorf("%d different dims; want at most %d: contract in parts", e.dims, device.MaxRank)
	}
	return e, nil
}

// letters checks one list and writes its "..." as one point.
func (e *equation) letters(list, whose string) (string, error) {
	out := strings.Replace(list, "...", string(ellipsis), 1)
	for _, r := range strings.Replace(list, "...", "", 1) {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return "", fmt.Errorf("%q in the list %s; want letters, and \"...\" once", r, whose)
		}
	}
	return out, nil
}

// implicit is the list of the result where none is given.
func implicit(count map[rune]int) string {
	var out []rune
	for r, n := range count {
		if n == 1 && r != ellipsis {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	if count[ellipsis] > 0 {
		return "..." + string(out)
	}
	return string(out)
}

// place gives each letter its dim: those of the result in order, and then the others.
func (e *equation) place(right string, count map[rune]int) error {
	letters, err := e.letters(right, "of the result")
	if err != nil {
		return err
	}
	for _, r := range letters {
		switch _, twice := e.at[r]; {
		case twice:
			return fmt.Errorf("the result has %c twice", r)
		case r != ellipsis && count[r] == 0:
			return fmt.Errorf("no tensor has the letter %c of the result", r)
		}
		e.put(r)
	}
	e.out = e.dims
	rest := []rune{}
	for r := range count {
		if _, done := e.at[r]; !done {
			rest = append(rest, r)
		}
	}
	slices.Sort(rest) // the ellipsis is first
	for _, r := range rest {
		e.put(r)
	}
	return nil
}

func (e *equation) put(r rune) {
	e.at[r] = e.dims
	if r == ellipsis {
		e.dims += e.unnamed
	} else {
		e.dims++
	}
}

// spread is the view of tensor i in the common space.
func (e *equation) spread(i int, t *Tensor) *Tensor {
	place := make([]int, 0, e.dims) // of each dim of t
	seen := map[rune]int{}
	letters := e.operands[i]
	missing := e.unnamed - (t.Dim() - len(letters) + 1)
	d := 0
	for _, r := range letters {
		if r == ellipsis {
			for range missing {
				t = t.Unsqueeze(d)
			}
			for k := range e.unnamed {
				place = append(place, e.at[r]+k)
			}
			d += e.unnamed
			continue
		}
		if first, twice := seen[r]; twice {
			if t.Size(first) != t.Size(d) {
				misuse("einsum", fmt.Errorf("the letter %c of tensor %d has the sizes %d and %d", r, i, t.Size(first), t.Size(d)), t)
			}
			t = t.Diagonal(0, first, d).MoveDim(-1, first)
			continue
		}
		seen[r] = d
		place = append(place, e.at[r])
		d++
	}
	order := make([]int, e.dims)
	for k := range order {
		order[k] = slices.Index(place, k)
		if order[k] < 0 {
			t = t.Unsqueeze(-1)
			order[k] = t.Dim() - 1
		}
	}
	return t.Permute(order...)
}

// contract multiplies the tensors, and sums each dim with the last that has it.
func (e *equation) contract(ts []*Tensor) *Tensor {
	ops := make([]*Tensor, len(ts))
	size, left := make([]int, e.dims), make([]int, e.dims) // of dims, and tensors to come that have them
	for i, t := range ts {
		ops[i] = e.spread(i, t)
		for d, n := range ops[i].shape() {
			if n != 1 {
				if left[d] > 0 && size[d] != n {
					misuse("einsum", fmt.Errorf("dim of size %d of tensor %d; before it was %d", n, i, size[d]), ts...)
				}
				size[d] = n
				left[d]++
			}
		}
	}
	y := ops[0]
	for _, next := range ops[1:] {
		y = e.pair(y, next, left)
	}
	for d := e.dims - 1; d >= e.out; d-- {
		if y.Size(d) == 1 && len(ops) > 1 {
			y = y.Squeeze(d)
		} else {
			y = y.Sum(Dims(d))
		}
	}
	return y
}

// pair is the product of a and b, summed over the dims that nobody needs later.
func (e *equation) pair(a, b *Tensor, left []int) *Tensor {
	var onlyA, onlyB, both []int
	for d := e.out; d < e.dims; d++ {
		x, y := a.Size(d) != 1, b.Size(d) != 1
		switch {
		case x && y:
			if left[d]--; left[d] == 1 {
				both, left[d] = append(both, d), 0
			}
		case left[d] == 1 && x:
			onlyA, left[d] = append(onlyA, d), 0
		case left[d] == 1 && y:
			onlyB, left[d] = append(onlyB, d), 0
		}
	}
	if onlyA != nil {
		a = a.Sum(Dims(onlyA...), KeepDim)
	}
	if onlyB != nil {
		b = b.Sum(Dims(onlyB...), KeepDim)
	}
	a, b = promote(a, b) // a sum of integers is int64
	if both == nil {
		return a.Mul(b)
	}
	return sumOfProducts(a, b, both)
}

// sumOfProducts is Σ a·b over dims that both have; they stay with size 1. It is
// one product of batches of matrices: of the dims that both have and that
// stay, those of a alone, and those of b alone.
func sumOfProducts(a, b *Tensor, sum []int) *Tensor {
	var batch, rows, cols []int
	for d := range a.Dim() {
		switch x, y := a.Size(d) != 1, b.Size(d) != 1; {
		case slices.Contains(sum, d):
		case x && y:
			batch = append(batch, d)
		case x:
			rows = append(rows, d)
		default:
			cols = append(cols, d)
		}
	}
	size := func(t *Tensor, dims []int) []int {
		var n []int
		for _, d := range dims {
			n = append(n, t.Size(d))
		}
		return n
	}
	nb, nr, ns, nc := size(a, batch), size(a, rows), size(a, sum), size(b, cols)
	left := a.Permute(slices.Concat(batch, rows, sum, cols)...).Reshape(product(nb), product(nr), product(ns))
	right := b.Permute(slices.Concat(batch, sum, cols, rows)...).Reshape(product(nb), product(ns), product(nc))
	ones := make([]int, len(sum))
	for i := range ones {
		ones[i] = 1
	}
	back := make([]int, a.Dim())
	for i, d := range slices.Concat(batch, rows, sum, cols) {
		back[d] = i
	}
	return left.MatMul(right).Reshape(slices.Concat(nb, nr, ones, nc)...).Permute(back...)
}
