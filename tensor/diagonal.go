package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// Diagonal returns a view of the diagonals of the matrices that dims dim1 and
// dim2 span. The diagonal is the last dim of the result. An offset above 0
// takes a diagonal above the main one, below 0 one below it.
//
//	shape:  [..., m, n] → [..., min(m, n)] for dims -2, -1 and offset 0
//	panics: *Error if a dim is out of range or both are the same
//	source: torch.diagonal
func (t *Tensor) Diagonal(offset, dim1, dim2 int) *Tensor {
	return t.see(newDiagonal("diagonal", t, t.known("diagonal").Dim(), offset, dim1, dim2))
}

type diagonalOp struct{ offset, dim1, dim2 int }

// newDiagonal checks the dims for a tensor of the given rank.
func newDiagonal(name string, t *Tensor, rank, offset, dim1, dim2 int) diagonalOp {
	d := [2]int{dim1, dim2}
	for i := range d {
		if d[i] < -rank || d[i] >= rank {
			misuse(name, fmt.Errorf("dim %d is out of range; want %d to %d", d[i], -rank, rank-1), t)
		}
		d[i] = wrap(d[i], rank)
	}
	if d[0] == d[1] {
		misuse(name, fmt.Errorf("dims %d and %d are the same", dim1, dim2), t)
	}
	return diagonalOp{within(offset), d[0], d[1]}
}

func (diagonalOp) Name() string { return "diagonal" }
func (o diagonalOp) view(v *device.View) error {
	m, n, s, t := v.Dim[o.dim1], v.Dim[o.dim2], v.Stride[o.dim1], v.Stride[o.dim2]
	below, right := max(-o.offset, 0), max(o.offset, 0) // where the diagonal starts
	length := max(min(m-below, n-right), 0)
	if length > 0 {
		v.Offset += below*s + right*t
	}
	dropDim(v, max(o.dim1, o.dim2))
	dropDim(v, min(o.dim1, o.dim2))
	v.Dim[v.Rank], v.Stride[v.Rank] = length, s+t
	v.Rank++
	return nil
}
func (o diagonalOp) grad(dy *Tensor, in *device.Spec) *Tensor { return scatterView(o, dy, in) }

// DiagEmbed returns zeros with the last dim of t on the diagonals of new
// matrices, which dims dim1 and dim2 of the result span: Diagonal undone.
//
//	shape:  [..., n] → [..., n+|offset|, n+|offset|] for dims -2, -1
//	panics: *Error for a scalar, if a dim is out of range or both are the same
//	source: torch.diag_embed
func (t *Tensor) DiagEmbed(offset, dim1, dim2 int) *Tensor {
	return t.diagEmbed("diag_embed", offset, dim1, dim2)
}

func (t *Tensor) diagEmbed(name string, offset, dim1, dim2 int) *Tensor {
	if t.known(name).Dim() == 0 || t.Dim() == device.MaxRank {
		misuse(name, fmt.Errorf("%d dims; want 1 to %d", t.Dim(), device.MaxRank-1), t)
	}
	rank := t.Dim() + 1
	o := newDiagonal(name, t, rank, offset, dim1, dim2)
	n := t.Size(-1) + absInt(o.offset)
	var shape []int
	for i, k := 0, 0; i < rank; i++ {
		if i == o.dim1 || i == o.dim2 {
			shape = append(shape, n)
		} else {
			shape = append(shape, t.shape()[k])
			k++
		}
	}
	spec, err := shapeSpec(t.DType(), shape)
	if err != nil {
		misuse(name, err, t)
	}
	return Apply(&diagEmbedOp{scatterViewOp{[]viewOp{o}, spec}, name}, t)
}

// diagEmbedOp is the gradient of diagonal under its own name.
type diagEmbedOp struct {
	scatterViewOp
	name string
}

func (o *diagEmbedOp) Name() string { return o.name }

// Diag returns a diagonal of a matrix as a new vector, or the matrix that has
// a vector on that diagonal and zeros elsewhere.
//
//	shape:  [n] → [n+|diagonal|, n+|diagonal|]; [m, n] → [k]
//	panics: *Error unless t has one or two dims
//	source: torch.diag
func (t *Tensor) Diag(diagonal int) *Tensor {
	switch t.known("diag").Dim() {
	case 1:
		return t.diagEmbed("diag", diagonal, 0, 1)
	case 2:
		return t.Diagonal(diagonal, 0, 1).Clone()
	}
	misuse("diag", errors.New("want one or two dims"), t)
	return nil
}

func diagonalEntry() Entry {
	kw := func(offset, d1, d2 int) map[string]any {
		return map[string]any{"offset": offset, "dim1": d1, "dim2": d2}
	}
	return Entry{
		Name: "diagonal", Sig: "diagonal(input, offset=0, dim1=0, dim2=1)", At: Here(), Go: []string{"Diagonal"},
		Ops: []any{&scatterViewOp{ops: []viewOp{diagonalOp{}}}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Diagonal(a.Int("offset"), a.Int("dim1"), a.Int("dim2")))
		},
		Ref:    refMove(refDiagonal),
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1, 1}), call([]int{3, 3}), call([]int{3, 5}), call([]int{5, 3}, 1), call([]int{5, 3}, -2), call([]int{2, 2}, 7), call([]int{2, 2}, math.MinInt),
			call([]int{0, 3}), {Args: []any{In(2, 3, 4)}, Kw: kw(1, -1, 0)}, {Args: []any{In(2, 3, 4)}, Kw: kw(-1, 1, 2)},
		},
		Bad: []Bad{
			bad("tensor: diagonal [2 3]: dim 2 is out of range; want -2 to 1", []int{2, 3}, 0, 0, 2),
			bad("tensor: diagonal [2 3]: dims 1 and -1 are the same", []int{2, 3}, 0, 1, -1),
			bad("tensor: diagonal []: dim 0 is out of range; want 0 to -1", nil),
		},
		Why: map[string]string{"0-d": "has no diagonal"},
	}
}

// refDiagonal collects the elements whose coordinates differ by the offset.
func refDiagonal(a *Args, in Array) ([]int, func([]int) []int) {
	n := len(in.Shape)
	d1, d2, k := wrap(a.Int("dim1"), n), wrap(a.Int("dim2"), n), a.Int("offset")
	length := 0
	for i := range in.Shape[d1] {
		if j := i + k; j >= 0 && j < in.Shape[d2] {
			length++
		}
	}
	lo, hi := min(d1, d2), max(d1, d2)
	return append(without(without(in.Shape, hi), lo), length), func(i []int) []int {
		j := i[len(i)-1]
		full := inserted(inserted(i[:len(i)-1], lo, 0), hi, 0)
		full[d1], full[d2] = j+max(-k, 0), j+max(k, 0)
		return full
	}
}

func diagEmbedEntry() Entry {
	return Entry{
		Name: "diag_embed", Sig: "diag_embed(input, offset=0, dim1=-2, dim2=-1)", At: Here(), Go: []string{"DiagEmbed"},
		Ops: []any{&diagEmbedOp{scatterViewOp: scatterViewOp{ops: []viewOp{diagonalOp{}}}}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").DiagEmbed(a.Int("offset"), a.Int("dim1"), a.Int("dim2")))
		},
		Ref: func(a *Args) []Array {
			return []Array{refDiagEmbed(a.Array("input"), a.Int("offset"), a.Int("dim1"), a.Int("dim2"))}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}), call([]int{3}), call([]int{0}), call([]int{2, 3}), call([]int{2, 3}, 1), call([]int{2, 3}, -2, 0, 2),
			call([]int{2, 3}, 1, 1, 0), call([]int{0}, 2),
		},
		Bad: []Bad{
			bad("tensor: diag_embed [2]: shape [144115188075855873 144115188075855873] has too many elements", []int{2}, math.MinInt),
			bad("tensor: diag_embed []: 0 dims; want 1 to 7", nil),
			bad("tensor: diag_embed [2]: dim 3 is out of range; want -2 to 1", []int{2}, 0, 0, 3),
			bad("tensor: diag_embed [2]: dims 0 and -2 are the same", []int{2}, 0, 0, -2),
		},
		Why: map[string]string{"0-d": "has no last dim"},
	}
}

func refDiagEmbed(in Array, k, dim1, dim2 int) Array {
	last := len(in.Shape) - 1
	d1, d2 := wrap(dim1, last+2), wrap(dim2, last+2)
	n := in.Shape[last] + max(k, -k)
	lo, hi := min(d1, d2), max(d1, d2)
	out := NewArray(inserted(inserted(in.Shape[:last], lo, n), hi, n)...)
	for i := range out.V {
		idx := out.Index(i)
		if idx[d2]-idx[d1] == k {
			j := min(idx[d1], idx[d2])
			out.V[i] = in.At(append(without(without(idx, hi), lo), j)...)
		}
	}
	return out
}

func diagEntry() Entry {
	return Entry{
		Name: "diag", Sig: "diag(input, diagonal=0)", At: Here(), Go: []string{"Diag"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Diag(a.Int("diagonal"))) },
		Ref: func(a *Args) []Array {
			in, k := a.Array("input"), a.Int("diagonal")
			if len(in.Shape) == 1 {
				return []Array{refDiagEmbed(in, k, 0, 1)}
			}
			var v []float64
			for i := range in.Shape[0] {
				if j := i + k; j >= 0 && j < in.Shape[1] {
					v = append(v, in.At(i, j))
				}
			}
			return []Array{{[]int{len(v)}, v}}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}), call([]int{4}), call([]int{3}, -1), call([]int{0}), call([]int{3, 4}), call([]int{3, 4}, 2),
			call([]int{4, 3}, -1), call([]int{2, 2}, 5), call([]int{1, 1}),
		},
		Bad: []Bad{bad("tensor: diag [2 2 2]: want one or two dims", []int{2, 2, 2})},
		Why: map[string]string{"0-d": "neither a vector nor a matrix"},
	}
}
