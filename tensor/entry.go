package tensor

import (
	"fmt"
	"path"
	"runtime"

	"github.com/facula-ml/facula/device"
)

// An Entry is the table's description of one op: PyTorch's name and signature,
// an adapter for generic calls, and what a test needs to prove it. It lives
// beside the op; see [Entries].
type Entry struct {
	Name string   // PyTorch's name below torch, such as "nn.functional.relu"
	Sig  string   // PyTorch's signature: "add(input, other, *, alpha=1)"
	Go   []string // the exported functions and methods of *Tensor it proves
	At   string   // file:line of this entry; a failure prints it
	Ops  []any    // the Ops and MultiOps it goes through, fused gradients too

	// Call makes the call that a holds.
	Call func(a *Args) []*Tensor
	// Ref is the same function on float64 arrays, written without this
	// package's ops. Its values are rounded to the result's dtype.
	Ref func(a *Args) []Array
	// Out is the dtype of result i for inputs of dtype d; nil is d itself.
	Out func(d DType, i int) DType
	// Undefined says that the arguments do not determine the values, such as
	// random ones: Ref gives the shape only, and Why["values"] what tests them.
	Undefined bool

	DTypes  []DType // that In arguments may have
	Samples []Sample
	Bad     []Bad

	// Tol, GradTol and Grad2Tol loosen the suite's bound for a reason that Why
	// gives. The bound is relative to the value, or to Abs where that is more:
	// the size of terms whose sum may be small.
	Tol, GradTol, Grad2Tol, Abs float64
	// Why explains each thing the entry leaves out, by the suite's word for it:
	// "0-d", "empty", "size-1", "special", "infinite", "layout", "errors",
	// "tol", "values".
	Why map[string]string
}

// A Sample is one call: Arg values stand for tensors, all else is passed on.
type Sample struct {
	Args   []any
	Kw     map[string]any
	Only   []DType                    // instead of the entry's DTypes
	NoGrad bool                       // the point is not differentiable
	Out    func(d DType, i int) DType // instead of the entry's
	// GradTol loosens the bound of gradients where the point is ill-conditioned; Why["tol"].
	GradTol float64
}

// An Arg is a tensor argument: random values in [Lo, Hi), or the Values given.
type Arg struct {
	Shape  []int
	Lo, Hi float64 // [-2, 2) when both are zero
	Values []float64
	DType  DType // 0 is the dtype under test; a fixed one has no gradient
	Apart  bool  // no two elements are equal or close: for maxima and sorting
}

// In is a tensor argument of the dtype under test.
func In(shape ...int) Arg { return Arg{Shape: shape} }

// Within is a with values in [lo, hi).
func (a Arg) Within(lo, hi float64) Arg { a.Lo, a.Hi = lo, hi; return a }

// With is a with the given values.
func (a Arg) With(v ...float64) Arg { a.Values = v; return a }

// As is a with a dtype of its own, such as an index.
func (a Arg) As(d DType) Arg { a.DType = d; return a }

// Distinct is a with elements that differ by more than a finite difference.
func (a Arg) Distinct() Arg { a.Apart = true; return a }

// A Bad is a call that must panic with exactly this message.
type Bad struct {
	Args []any
	Kw   map[string]any
	Want string
}

// Sets of dtypes for entries.
var (
	Floats    = []DType{Float32, Float64, Float16, BFloat16}
	Ints      = []DType{Int8, Int16, Int32, Int64, UInt8}
	Numbers   = append(append([]DType{}, Floats...), Ints...)
	AllDTypes = append(append([]DType{}, Numbers...), Bool)
)

// Rules for Entry.Out.

// OutBool is the rule of comparisons.
func OutBool(DType, int) DType { return Bool }

// OutFloat is the rule of functions such as Exp: integers give float32.
func OutFloat(d DType, _ int) DType {
	if d.IsFloat() {
		return d
	}
	return Float32
}

// OutSum is the rule of Sum and Prod: integers give int64.
func OutSum(d DType, _ int) DType {
	if d.IsFloat() {
		return d
	}
	return Int64
}

// OutInt64 is the rule of ArgMax.
func OutInt64(DType, int) DType { return Int64 }

// OutIndexed is the rule of ops that return values and int64 indices.
func OutIndexed(d DType, i int) DType {
	if i == 1 {
		return Int64
	}
	return d
}

// Here returns the file and line of its caller.
func Here() string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", path.Base(file), line)
}

// one is the results of an op that has one.
func one(t *Tensor) []*Tensor { return []*Tensor{t} }

// An Array is float64 values in row-major order: what references compute with.
type Array struct {
	Shape []int
	V     []float64
}

// NewArray returns an array of zeros.
func NewArray(shape ...int) Array {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return Array{append([]int{}, shape...), make([]float64, n)}
}

func (a Array) len() int { return len(a.V) }

// Strides are the row-major strides of a's shape.
func (a Array) Strides() []int {
	st := make([]int, len(a.Shape))
	n := 1
	for i := len(a.Shape) - 1; i >= 0; i-- {
		st[i] = n
		n *= a.Shape[i]
	}
	return st
}

// Index splits a flat position into coordinates.
func (a Array) Index(pos int) []int {
	idx := make([]int, len(a.Shape))
	for d := len(a.Shape) - 1; d >= 0; d-- {
		idx[d] = pos % a.Shape[d]
		pos /= a.Shape[d]
	}
	return idx
}

// At is the element at idx; dims of size 1, and missing dims on the left, repeat.
func (a Array) At(idx ...int) float64 {
	st, pos := a.Strides(), 0
	for d := range a.Shape {
		if i := idx[d+len(idx)-len(a.Shape)]; a.Shape[d] != 1 {
			pos += i * st[d]
		}
	}
	return a.V[pos]
}

// RefMap is the reference of an elementwise op on all tensor and number
// arguments, in the order of the signature, given on float64 scalars.
func RefMap(f func(x ...float64) float64) func(*Args) []Array {
	return func(a *Args) []Array {
		in := a.arrays()
		var shape device.Spec
		for _, x := range in {
			s, _ := shapeSpec(Float64, x.Shape)
			shape, _ = broadcast(&shape, &s)
		}
		out := NewArray(shape.Shape()...)
		x := make([]float64, len(in))
		for i := range out.V {
			idx := out.Index(i)
			for k := range in {
				x[k] = in[k].At(idx...)
			}
			out.V[i] = f(x...)
		}
		return []Array{out}
	}
}

// UnarySamples are the shapes every elementwise op of one input is tried on.
func UnarySamples(lo, hi float64) []Sample {
	var s []Sample
	for _, shape := range [][]int{{}, {1}, {5}, {2, 0}, {3, 4}, {2, 3, 4}, {600}} {
		s = append(s, Sample{Args: []any{In(shape...).Within(lo, hi)}})
	}
	return s
}

// BinarySamples are pairs of shapes that broadcast in every way.
func BinarySamples() []Sample { return BinaryWithin(-2, 2, -2, 2) }

// BinaryWithin is BinarySamples with values of the first input in [lo, hi), and
// of the second in [lo2, hi2).
func BinaryWithin(lo, hi, lo2, hi2 float64) []Sample {
	var s []Sample
	for _, p := range [][2][]int{
		{{}, {}}, {{1}, {1}}, {{2, 3}, {2, 3}}, {{2, 3}, {3}}, {{4, 1}, {1, 5}}, {{}, {2, 2}}, {{2, 2}, {}},
		{{2, 0}, {1}}, {{2, 1, 3}, {4, 1}}, {{1000}, {1000}},
	} {
		s = append(s, Sample{Args: []any{In(p[0]...).Within(lo, hi), In(p[1]...).Within(lo2, hi2)}})
	}
	return s
}

// numberSamples are a tensor with a Go number. A float with an integer tensor
// promotes, which the rule of Entry.Out does not say: those are for floats.
func numberSamples() []Sample {
	return []Sample{
		{Args: []any{In(2, 3), 2.5}, Only: Floats},
		{Args: []any{In(2, 3), 3}, Only: Numbers},
		{Args: []any{In(), 2}, Only: Numbers},
	}
}

// BroadcastBad are shapes that do not broadcast.
func BroadcastBad(op string) []Bad {
	return []Bad{{
		Args: []any{In(2, 3), In(2, 4)},
		Want: "tensor: " + op + " [2 3], [2 4]: dim -1 is 3 and 4; want equal, or one of them 1",
	}}
}

// withOther calls the tensor or the number form, as the argument "other" is.
func withOther(a *Args, tensor func(t, u *Tensor) *Tensor, num func(t *Tensor, v any) *Tensor) *Tensor {
	if u, ok := a.Any("other").(*Tensor); ok {
		return tensor(a.Tensor("input"), u)
	}
	return num(a.Tensor("input"), a.Any("other"))
}

// UnaryCall is Entry.Call of a method without arguments.
func UnaryCall(f func(*Tensor) *Tensor) func(*Args) []*Tensor {
	return func(a *Args) []*Tensor { return one(f(a.Tensor("input"))) }
}
