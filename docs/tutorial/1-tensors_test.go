package tutorial

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

func Example_making() {
	a := tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	fmt.Println(a)
	fmt.Println(a.Shape(), a.Dim(), a.Size(-1), a.Len(), a.DType())

	fmt.Println(tensor.Zeros(3))
	fmt.Println(tensor.Full(0.5, 2, 2))
	fmt.Println(tensor.Arange(0, 5, 1))

	m := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(7)}
	r := m.Randn(2, 2)
	fmt.Println(r.Shape(), r.DType())
	// Output:
	// tensor([[1., 2., 3.],
	//         [4., 5., 6.]], shape=[2 3], dtype=float32)
	// [2 3] 2 3 6 float32
	// tensor([0., 0., 0.], shape=[3], dtype=float32)
	// tensor([[0.5000, 0.5000],
	//         [0.5000, 0.5000]], shape=[2 2], dtype=float32)
	// tensor([0, 1, 2, 3, 4], shape=[5], dtype=int64)
	// [2 2] float64
}

func Example_printing() {
	big := tensor.Arange(0, 10000, 1).Reshape(100, 100)
	fmt.Println(big)
	fmt.Printf("%.1v\n", tensor.Of([]float32{0.25, 100}))
	// Output:
	// tensor([[   0,    1,    2,  ...,   97,   98,   99],
	//         [ 100,  101,  102,  ...,  197,  198,  199],
	//         [ 200,  201,  202,  ...,  297,  298,  299],
	//         ...,
	//         [9700, 9701, 9702,  ..., 9797, 9798, 9799],
	//         [9800, 9801, 9802,  ..., 9897, 9898, 9899],
	//         [9900, 9901, 9902,  ..., 9997, 9998, 9999]], shape=[100 100],
	//        dtype=int64)
	// tensor([  0.2, 100.0], shape=[2], dtype=float32)
}

func Example_dtypes() {
	n := tensor.Of([]int64{7, 8, 9})
	fmt.Println(n.AddScalar(1).DType(), n.AddScalar(1.0).DType(), n.DivScalar(2).DType())
	fmt.Println(n.Add(tensor.Ones(3)).DType(), n.Cast(tensor.UInt8).DType())

	fmt.Println(tensor.Slice[float32](n))    // all elements, as a Go slice
	fmt.Println(tensor.Item[int64](n.Sum())) // the only element
	fmt.Println(n.Sum().Float())             // the same, as a float64
	// Output:
	// int64 float32 float32
	// float32 uint8
	// [7 8 9]
	// 24
	// 24
}

func Example_views() {
	x := tensor.Arange(0, 12, 1).Reshape(3, 4)
	fmt.Println(x.Index(tensor.At(-1)))                                         // x[-1]
	fmt.Println(x.Index(tensor.Range(0, 2, 1), tensor.Range(1, tensor.End, 2))) // x[:2, 1::2]
	fmt.Println(x.Index(tensor.Of([]int64{2, 0}), tensor.At(1)))                // x[[2, 0], 1]
	fmt.Println(x.Index(x.GtScalar(8)))                                         // x[x > 8]

	x.Select(1, 0).Fill(-1) // x[:, 0] = -1
	fmt.Println(x)
	fmt.Println(x.T().Shape(), x.T().SameStorage(x), x.Clone().SameStorage(x))
	// Output:
	// tensor([ 8,  9, 10, 11], shape=[4], dtype=int64)
	// tensor([[1, 3],
	//         [5, 7]], shape=[2 2], dtype=int64)
	// tensor([9, 1], shape=[2], dtype=int64)
	// tensor([ 9, 10, 11], shape=[3], dtype=int64)
	// tensor([[-1,  1,  2,  3],
	//         [-1,  5,  6,  7],
	//         [-1,  9, 10, 11]], shape=[3 4], dtype=int64)
	// [4 3] true false
}

func Example_broadcasting() {
	tens := tensor.Of([]float32{10, 20, 30}, 3, 1)
	ones := tensor.Of([]float32{1, 2, 3, 4})
	table := tens.Add(ones) // [3 1] and [4] give [3 4]
	fmt.Println(table)

	fmt.Println(table.Sum())               // over all dims
	fmt.Println(table.Sum(tensor.Dims(1))) // of each row
	fmt.Println(table.Mean(tensor.Dims(0), tensor.KeepDim).Shape())
	values, indices := table.MaxDim(0)
	fmt.Println(values.Shape(), tensor.Slice[int64](indices))
	fmt.Println(table.MatMul(tensor.Ones(4, 2)).Shape())
	// Output:
	// tensor([[11., 12., 13., 14.],
	//         [21., 22., 23., 24.],
	//         [31., 32., 33., 34.]], shape=[3 4], dtype=float32)
	// tensor(270., shape=[], dtype=float32)
	// tensor([ 50.,  90., 130.], shape=[3], dtype=float32)
	// [1 4]
	// [4] [2 2 2 2]
	// [3 2]
}

func Example_mistakes() {
	a, b := tensor.Zeros(2, 3), tensor.Zeros(4, 8)
	err := tensor.Try(func() { a.MatMul(b) })
	fmt.Println(err)
	fmt.Println(tensor.Try(func() { a.Sum(tensor.Dims(2)) }))
	// Output:
	// tensor: matmul [2 3], [4 8]: inner dims are 3 and 4, want equal
	// tensor: sum [2 3]: dim 2 is out of range; want -2 to 1
}
