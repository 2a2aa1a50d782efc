package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// OneHot returns, for each label, a line of zeros with a 1 at the label. If
// classes is -1 it is one more than the largest label.
//
//	shape:  any → the same with classes added
//	dtype:  int64 or int32 → int64
//	panics: *Error for classes below -1, a label outside 0 … classes-1, and for
//	no labels if classes is -1
//	source: torch.nn.functional.one_hot
func OneHot(labels *Tensor, classes int) *Tensor {
	const op = "one_hot"
	idx := asIndex(op, nil, labels)
	if classes < -1 {
		misuse(op, fmt.Errorf("%d classes; want 0 or more, or -1 to count them", classes), labels)
	}
	if classes < 0 {
		if idx.Len() == 0 {
			misuse(op, fmt.Errorf("no labels to count the classes of; want a number of classes"), labels)
		}
		classes = idx.Max().Int() + 1
	}
	r := device.IndexRange{Index: device.Index{Dim: idx.Dim()}, Size: classes}
	idx, err := run(resolveOp{r: r}, new(body), []*Tensor{idx})
	if err != nil {
		misuse(op, err, labels)
	}
	shape := append(idx.Shape(), classes)
	return zeroView(idx.b.dev, Int64, shape).ScatterScalar(-1, idx.Unsqueeze(-1), 1)
}

func oneHotEntry() Entry {
	label := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	return Entry{
		Name: "nn.functional.one_hot", Sig: "one_hot(tensor, num_classes=-1)", At: Here(), Ops: []any{scatterOp{}, resolveOp{}}, Go: []string{"OneHot"},
		Call: func(a *Args) []*Tensor { return one(OneHot(a.Tensor("tensor"), a.Int("num_classes"))) },
		Ref: func(a *Args) []Array {
			x, n := a.Array("tensor"), a.Int("num_classes")
			for _, v := range x.V {
				if a.Int("num_classes") < 0 {
					n = max(n, int(v)+1)
				}
			}
			out := NewArray(append(append([]int{}, x.Shape...), n)...)
			for i, v := range x.V {
				out.V[i*n+int(v)] = 1
			}
			return []Array{out}
		},
		Out:    OutInt64,
		DTypes: []DType{Int64, Int32},
		Samples: []Sample{
			{Args: []any{In().Within(0, 5), 6}}, {Args: []any{In(1).Within(0, 4)}}, {Args: []any{In(5).Within(0, 4)}}, {Args: []any{In(2, 3).Within(0, 4), 5}},
			{Args: []any{In(0), 3}},
		},
		Bad: []Bad{
			{Args: []any{label(0, 3), 3}, Want: "tensor: one_hot [2]: index 3 at [1] is out of range for dim 1 of size 3; want 0 to 2"},
			{Args: []any{label(-1, 2)}, Want: "tensor: one_hot [2]: index -1 at [0] is out of range for dim 1 of size 3; want 0 to 2"},
			{Args: []any{label(1), -5}, Want: "tensor: one_hot [1]: -5 classes; want 0 or more, or -1 to count them"},
			{Args: []any{label()}, Want: "tensor: one_hot [0]: no labels to count the classes of; want a number of classes"},
			{Args: []any{In(2)}, Want: "tensor: one_hot [2]: the index is float32; want int64 or int32"},
		},
	}
}
