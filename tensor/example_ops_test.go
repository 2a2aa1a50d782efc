package tensor_test

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// Letters name dims; those that the result lacks are summed over.
func ExampleEinsum() {
	a := tensor.Of([]float32{1, 2, 3, 4}, 2, 2)
	b := tensor.Of([]float32{1, 0, 1, 1}, 2, 2)
	fmt.Println(tensor.Einsum("ij,jk->ik", a, b)) // the product of two matrices
	fmt.Println(tensor.Einsum("ii", a))           // the trace
	// Output:
	// tensor([[3., 2.],
	//         [7., 4.]], shape=[2 2], dtype=float32)
	// tensor(5., shape=[], dtype=float32)
}

// Writing by index tensors and masks: x[[0, 2]] = -1, and x[x > 2] = 0.
func ExampleTensor_IndexPut() {
	x := tensor.Arange(0, 4, 1)
	y := x.IndexPut(tensor.Scalar(-1), false, tensor.Of([]int64{0, 2}))
	fmt.Println(y)
	y.IndexPutInPlace(tensor.Scalar(0), false, y.GtScalar(2))
	fmt.Println(y)
	// Output:
	// tensor([-1,  1, -1,  3], shape=[4], dtype=int64)
	// tensor([-1,  1, -1,  0], shape=[4], dtype=int64)
}

// The score of each row's label.
func ExampleTensor_Gather() {
	scores := tensor.Of([]float32{0.1, 0.9, 0.8, 0.2}, 2, 2)
	labels := tensor.Of([]int64{1, 0}, 2, 1)
	fmt.Println(scores.Gather(1, labels))
	// Output:
	// tensor([[0.9000],
	//         [0.8000]], shape=[2 1], dtype=float32)
}

// Sums of groups: the index says which group each number is in.
func ExampleTensor_ScatterAdd() {
	group := tensor.Of([]int64{0, 1, 0, 1, 2})
	x := tensor.Of([]float32{1, 10, 2, 20, 5})
	fmt.Println(tensor.Zeros(3).ScatterAdd(0, group, x))
	most := tensor.Zeros(3).ScatterReduce(0, group, x, tensor.CombineMax)
	fmt.Println(most)
	// Output:
	// tensor([ 3., 30.,  5.], shape=[3], dtype=float32)
	// tensor([ 2., 20.,  5.], shape=[3], dtype=float32)
}

func ExampleTensor_Sort() {
	x := tensor.Of([]float32{3, 1, 2})
	values, indices := x.Sort(-1, tensor.Descending)
	fmt.Println(values, indices)
	top, _ := x.TopK(2, -1)
	fmt.Println(top)
	// Output:
	// tensor([3., 2., 1.], shape=[3], dtype=float32) tensor([0, 2, 1], shape=[3], dtype=int64)
	// tensor([3., 2.], shape=[2], dtype=float32)
}

func ExampleTensor_Unique() {
	values, inverse, counts := tensor.Of([]int64{7, 5, 7}).Unique()
	fmt.Println(values)
	fmt.Println(inverse)
	fmt.Println(counts)
	// Output:
	// tensor([5, 7], shape=[2], dtype=int64)
	// tensor([1, 0, 1], shape=[3], dtype=int64)
	// tensor([1, 2], shape=[2], dtype=int64)
}

func ExampleTensor_Quantile() {
	x := tensor.Of([]float64{1, 2, 3, 4, 100})
	fmt.Println(x.Quantile(tensor.Of([]float64{0.25, 0.5}), tensor.InterpolateLinear))
	fmt.Println(x.Mean(), x.Std(tensor.Correction(0)))
	counts, _ := x.Histogram(4, tensor.Limits(0, 8))
	fmt.Println(counts)
	// Output:
	// tensor([2., 3.], shape=[2], dtype=float64)
	// tensor(22., shape=[], dtype=float64) tensor(39.0128, shape=[], dtype=float64)
	// tensor([1., 2., 1., 0.], shape=[4], dtype=float64)
}

// A filter slides over an image, and pooling keeps the largest of each window.
func ExampleTensor_Conv2d() {
	image := tensor.Arange(0, 16, 1).Cast(tensor.Float32).Reshape(1, 1, 4, 4)
	edge := tensor.Of([]float32{-1, 1}, 1, 1, 1, 2) // the step from one column to the next
	fmt.Println(image.Conv2d(edge, nil).Shape())
	fmt.Println(image.Conv2d(edge, nil, tensor.Stride(2)).Reshape(2, 2))
	fmt.Println(image.MaxPool2d([]int{2}).Reshape(2, 2))
	// Output:
	// [1 1 4 3]
	// tensor([[1., 1.],
	//         [1., 1.]], shape=[2 2], dtype=float32)
	// tensor([[ 5.,  7.],
	//         [13., 15.]], shape=[2 2], dtype=float32)
}

// Float16 and bfloat16 where they are enough; the parameters stay float32.
func ExampleTensor_Autocast() {
	w := tensor.Ones(2, 3).RequireGrad()
	y := tensor.Ones(1, 2).Autocast(tensor.BFloat16).MatMul(w)
	loss := y.Softmax(-1).Sum()
	loss.Backward()
	fmt.Println(y.DType(), loss.DType(), w.Grad().DType())
	// Output: bfloat16 float32 float32
}

// GradCheck compares a gradient with finite differences.
func ExampleGradCheck() {
	x := tensor.Of([]float64{0.5, -1}).RequireGrad()
	cube := func(in []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{in[0].PowScalar(3)} }
	fmt.Println(tensor.GradCheck(cube, []*tensor.Tensor{x}))
	// Output: <nil>
}
