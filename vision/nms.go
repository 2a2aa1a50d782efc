package vision

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// NMS returns which boxes to keep, those of higher scores first, as int64: a box
// goes if it overlaps with one that is kept, by more than the threshold of their
// intersection over their union. A box is x1, y1, x2, y2 with x1 ≤ x2 and
// y1 ≤ y2. Of equal scores the first box comes first.
//
//	shape:  [n, 4], [n] → [kept]
//	dtype:  floating point, both the same; overlaps are computed in it, half precision in float32
//	panics: *tensor.Error for other shapes and dtypes
//	source: torchvision.ops.nms
func NMS(boxes, scores *tensor.Tensor, threshold float64) *tensor.Tensor {
	var err error
	switch {
	case boxes == nil || scores == nil:
		err = errors.New("the boxes or the scores are nil")
	case boxes.Dim() != 2 || boxes.Size(1) != 4 || scores.Dim() != 1 || scores.Len() != boxes.Size(0):
		err = errors.New("want [n, 4] boxes and [n] scores")
	case !boxes.DType().IsFloat() || boxes.DType() != scores.DType():
		err = fmt.Errorf("dtypes %v and %v; want one floating-point dtype", boxes.DType(), scores.DType())
	}
	if err != nil {
		tensor.Misuse("nms", err, boxes, scores)
	}
	var keep []int64
	if boxes.DType() == tensor.Float64 {
		keep = suppress(tensor.Slice[float64](boxes), tensor.Slice[float64](scores), threshold)
	} else {
		keep = suppress(tensor.Slice[float32](boxes), tensor.Slice[float32](scores), threshold)
	}
	return tensor.Of(keep, len(keep)).To(boxes.Device())
}

// suppress is NMS on slices.
func suppress[T float32 | float64](box, score []T, threshold float64) []int64 {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := score[a], score[b]; {
		case x > y || x != x && y == y: // NaN is the largest
			return -1
		case x < y || y != y && x == x:
			return 1
		}
		return 0
	})
	gone := make([]bool, len(score))
	keep := []int64{}
	for k, i := range order {
		if gone[i] {
			continue
		}
		keep = append(keep, int64(i))
		a := box[4*i : 4*i+4]
		area := (a[2] - a[0]) * (a[3] - a[1])
		for _, j := range order[k+1:] {
			b := box[4*j : 4*j+4]
			both := max(0, min(a[2], b[2])-max(a[0], b[0])) * max(0, min(a[3], b[3])-max(a[1], b[1]))
			if float64(both/(area+(b[2]-b[0])*(b[3]-b[1])-both)) > threshold {
				gone[j] = true
			}
		}
	}
	return keep
}
