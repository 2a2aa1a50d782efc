package vision_test

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

func ExampleInterpolate() {
	x := tensor.Of([]float32{0, 2, 4, 6}, 1, 1, 2, 2)
	fmt.Println(vision.Interpolate(x, vision.Scale(2)).Reshape(4, 4))
	fmt.Println(vision.Interpolate(x, vision.Size(3, 3), vision.Bilinear, vision.AlignCorners).Reshape(3, 3))
	// Output:
	// tensor([[0., 0., 2., 2.],
	//         [0., 0., 2., 2.],
	//         [4., 4., 6., 6.],
	//         [4., 4., 6., 6.]], shape=[4 4], dtype=float32)
	// tensor([[0., 1., 2.],
	//         [2., 3., 4.],
	//         [4., 5., 6.]], shape=[3 3], dtype=float32)
}

// An image mirrored from left to right.
func ExampleGridSample() {
	x := tensor.Of([]float32{1, 2, 3, 4}, 1, 1, 2, 2)
	mirror := tensor.Of([]float32{-1, 0, 0, 0, 1, 0}, 1, 2, 3)
	grid := vision.AffineGrid(mirror, []int{1, 1, 2, 2})
	fmt.Println(vision.GridSample(x, grid).Reshape(2, 2))
	// Output:
	// tensor([[2., 1.],
	//         [4., 3.]], shape=[2 2], dtype=float32)
}

func ExampleNMS() {
	boxes := tensor.Of([]float32{0, 0, 2, 2, 0, 0, 2, 1.8, 3, 3, 4, 4}, 3, 4)
	fmt.Println(vision.NMS(boxes, tensor.Of([]float32{0.6, 0.9, 0.8}), 0.5))
	// Output: tensor([1, 2], shape=[2], dtype=int64)
}

// The windows of an image as columns, each window's sum put back in its place.
func ExampleUnfold() {
	x := tensor.Of([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 1, 3, 3)
	w := vision.Window{Kernel: []int{2, 2}}
	columns := vision.Unfold(x, w)
	fmt.Println(columns.Shape())
	fmt.Println(vision.Fold(columns, []int{3, 3}, w).Reshape(3, 3)) // each element as often as windows have it
	// Output:
	// [1 4 4]
	// tensor([[ 1.,  4.,  3.],
	//         [ 8., 20., 12.],
	//         [ 7., 16.,  9.]], shape=[3 3], dtype=float32)
}

// Four channels become an image of twice the size.
func ExamplePixelShuffle() {
	x := tensor.Of([]float32{1, 2, 3, 4}, 1, 4, 1, 1)
	y := vision.PixelShuffle(x, 2)
	fmt.Println(y.Reshape(2, 2))
	fmt.Println(vision.PixelUnshuffle(y, 2).Shape())
	// Output:
	// tensor([[1., 2.],
	//         [3., 4.]], shape=[2 2], dtype=float32)
	// [1 4 1 1]
}
