package tensor

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// Repeat returns a copy of t laid out times[i] times along each dim. There may
// be more times than dims; the first ones are for new dims on the left.
//
//	panics: *Error for fewer times than dims, or one below 0
//	source: torch.Tensor.repeat
func (t *Tensor) Repeat(times ...int) *Tensor {
	if len(times) < t.known("repeat").Dim() {
		misuse("repeat", fmt.Errorf("%d times for %d dims; want one for each", len(times), t.Dim()), t)
	}
	return t.repeat("repeat", times)
}

// Tile is Repeat, but missing times on the left are 1.
//
//	panics: *Error if a number of times is below 0
//	source: torch.tile
func (t *Tensor) Tile(times ...int) *Tensor {
	full := append([]int{}, times...)
	for len(full) < t.known("tile").Dim() {
		full = append([]int{1}, full...)
	}
	return t.repeat("tile", full)
}

// repeat works on three dims at a time: what is outside a dim, the repetition,
// and the dim with all inside it.
func (t *Tensor) repeat(name string, times []int) *Tensor {
	shape := append(make([]int, 0, len(times)), t.shape()...)
	for len(shape) < len(times) {
		shape = append([]int{1}, shape...)
	}
	for i, k := range times {
		if k < 0 {
			misuse(name, fmt.Errorf("%d times along dim %d; want 0 or more", k, i), t)
		}
		shape[i] = product([]int{shape[i], k})
	}
	if _, err := shapeSpec(t.DType(), shape); err != nil {
		misuse(name, err, t)
	}
	if y := t.repeatOnce(times, shape); y != nil {
		return y
	}
	out, inner := t, 1
	for i := len(times) - 1; i >= 0; i-- {
		if d := i - len(times) + t.Dim(); d >= 0 {
			inner *= t.shape()[d]
		}
		if times[i] == 1 {
			continue
		}
		outer := 1
		for d := 0; d < i-len(times)+t.Dim(); d++ {
			outer *= t.shape()[d]
		}
		out = out.Reshape(outer, 1, inner).Expand(outer, times[i], inner)
		inner *= times[i]
	}
	if out = out.Reshape(shape...); out.SameStorage(t) {
		return out.Clone()
	}
	return out.Contiguous() // leading times may still repeat one place
}

// repeatOnce is repeat by one copy; nil where that takes too many dims.
func (t *Tensor) repeatOnce(times, shape []int) *Tensor {
	var split, wide []int
	for i, k := range times {
		n := 1
		if d := i - len(times) + t.Dim(); d >= 0 {
			n = t.shape()[d]
		}
		if k != 1 {
			split, wide = append(split, 1), append(wide, k)
		}
		split, wide = append(split, n), append(wide, n)
	}
	if len(wide) > device.MaxRank {
		return nil
	}
	out := t.Reshape(split...).Expand(wide...).Contiguous().Reshape(shape...)
	if out.SameStorage(t) {
		return out.Clone()
	}
	return out
}

func repeatEntry() Entry {
	return Entry{
		Name: "repeat", Sig: "repeat(input, *repeats)", At: Here(), Go: []string{"Repeat"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").Repeat(a.Ints("repeats")...)) },
		Ref:    refRepeat("repeats"),
		DTypes: AllDTypes,
		Samples: []Sample{
			call(nil, []int{}), call(nil, 2, 3), call([]int{1}, 3), call([]int{3}, 2), call([]int{2, 3}, 2, 2), call([]int{2, 3}, 1, 1), call([]int{2, 3}, 2, 1, 3),
			call([]int{2, 3}, 0, 2), call([]int{2, 0}, 2, 2), call([]int{2, 1, 3}, 3, 2, 2),
		},
		Bad: []Bad{
			bad("tensor: repeat [2 3]: 1 times for 2 dims; want one for each", []int{2, 3}, 2),
			bad("tensor: repeat [2]: shape [9223372036854775807] has too many elements", []int{2}, math.MaxInt>>1+1),
			bad("tensor: repeat [2 3]: -1 times along dim 1; want 0 or more", []int{2, 3}, 2, -1),
		},
	}
}

func tileEntry() Entry {
	return Entry{
		Name: "tile", Sig: "tile(input, *dims)", At: Here(), Go: []string{"Tile"},
		Call:    func(a *Args) []*Tensor { return one(a.Tensor("input").Tile(a.Ints("dims")...)) },
		Ref:     refRepeat("dims"),
		DTypes:  AllDTypes,
		Samples: []Sample{call(nil, []int{}), call(nil, 2), call([]int{1}, 3), call([]int{2, 3}, 2), call([]int{2, 3}, []int{}), call([]int{3}, 2, 2), call([]int{2, 0}, 2)},
		Bad:     []Bad{bad("tensor: tile [2 3]: -2 times along dim 1; want 0 or more", []int{2, 3}, -2)},
	}
}

func refRepeat(times string) func(*Args) []Array {
	return refMove(func(a *Args, in Array) ([]int, func([]int) []int) {
		k, src := a.Ints(times), in.Shape
		for len(k) < len(src) {
			k = append([]int{1}, k...)
		}
		for len(src) < len(k) {
			src = append([]int{1}, src...)
		}
		shape := make([]int, len(k))
		for i := range k {
			shape[i] = k[i] * src[i]
		}
		return shape, func(i []int) []int {
			from := make([]int, len(i))
			for d := range i {
				from[d] = i[d] % src[d]
			}
			return from
		}
	})
}
