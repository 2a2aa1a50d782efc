package onnx

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// orderOps sort and find.
func orderOps() map[string]opFunc {
	return map[string]opFunc{
		"TopK":              opTopK,
		"Unique":            opUnique,
		"NonMaxSuppression": one(opNonMaxSuppression),
	}
}

// opTopK takes the lower index of equal elements, so it sorts, which keeps their order.
func opTopK(c *call) []*Value {
	x, k := c.x(0), c.intAttr("k", 0)
	if c.version >= 10 {
		k = c.integer(1, 0)
	}
	dim := c.axis(-1, x.Dim())
	if k < 0 || k > x.Size(dim) {
		c.failf("k is %d of %d elements", k, x.Size(dim))
	}
	var opts []tensor.SortOption
	if c.flag("largest", true) {
		opts = append(opts, tensor.Descending)
	}
	values, indices := x.Sort(dim, opts...)
	return []*Value{typed(values.Narrow(dim, 0, k), c.elem(0)), NewValue(indices.Narrow(dim, 0, k))}
}

func opUnique(c *call) []*Value {
	x := c.x(0)
	var values, inverse, counts *tensor.Tensor
	dim := 0
	if c.attrs["axis"] == nil {
		values, inverse, counts = x.Reshape(-1).Unique()
	} else {
		dim = c.axis(0, x.Dim())
		values, inverse, counts = x.UniqueDim(dim)
	}
	first := repeat(-1, counts.Len())
	inv := intsOf(inverse)
	for i, u := range inv {
		if first[u] < 0 {
			first[u] = i
		}
	}
	if !c.flag("sorted", true) {
		order := make([]int, len(first)) // by first appearance
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return first[a] - first[b] })
		place := make([]int, len(order))
		for i, u := range order {
			place[u] = i
		}
		for i, u := range inv {
			inv[i] = place[u]
		}
		at := int64s(order)
		values, counts = values.IndexSelect(dim, at), counts.IndexSelect(0, at)
		slices.Sort(first)
	}
	return []*Value{typed(values, c.elem(0)), NewValue(int64s(first)), NewValue(int64s(inv)), NewValue(counts)}
}

// opNonMaxSuppression keeps, for each image and class, the boxes of high scores
// that do not overlap with better ones.
func opNonMaxSuppression(c *call) *tensor.Tensor {
	boxes, scores := c.x(0), c.x(1)
	if boxes.Dim() != 3 || scores.Dim() != 3 || boxes.Size(2) != 4 || boxes.Size(0) != scores.Size(0) || boxes.Size(1) != scores.Size(2) {
		c.failf("boxes %v and scores %v; want [n, boxes, 4] and [n, classes, boxes]", boxes.Shape(), scores.Shape())
	}
	most, iou := c.integer(2, 0), c.number(3, 0)
	threshold, least := c.number(4, 0), c.has(4)
	n, classes, count := scores.Size(0), scores.Size(1), scores.Size(2)
	b, s := floatsOf(boxes), floatsOf(scores)
	corners := make([][4]float64, n*count)
	for i := range corners {
		corners[i] = corner([4]float64(b[4*i:]), c.flag("center_point_box", false))
	}
	var kept []int64
	for i := range n {
		for k := range classes {
			line := s[(i*classes+k)*count:][:count]
			for _, j := range suppress(corners[i*count:][:count], line, most, iou, threshold, least) {
				kept = append(kept, int64(i), int64(k), int64(j))
			}
		}
	}
	return tensor.FromSlice(kept, []int{len(kept) / 3, 3})
}

// corner is a box with its least coordinates first.
func corner(b [4]float64, center bool) [4]float64 {
	if center {
		x, y, w, h := b[0], b[1], b[2], b[3]
		return [4]float64{y - h/2, x - w/2, y + h/2, x + w/2}
	}
	return [4]float64{min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3])}
}

func suppress(boxes [][4]float64, scores []float64, most int, iou, threshold float64, least bool) []int {
	var order []int
	for i, s := range scores {
		if !least || s > threshold {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	var kept []int
	for _, i := range order {
		if len(kept) >= most {
			break
		}
		if !slices.ContainsFunc(kept, func(k int) bool { return overlap(boxes[i], boxes[k]) > iou }) {
			kept = append(kept, i)
		}
	}
	return kept
}

// overlap is the intersection of two boxes over their union.
func overlap(a, b [4]float64) float64 {
	h := min(a[2], b[2]) - max(a[0], b[0])
	w := min(a[3], b[3]) - max(a[1], b[1])
	if h <= 0 || w <= 0 {
		return 0
	}
	union := (a[2]-a[0])*(a[3]-a[1]) + (b[2]-b[0])*(b[3]-b[1]) - h*w
	return h * w / union
}
