package train

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// TopK is the part of samples whose target is among the k largest outputs.
type TopK struct {
	k     int
	right *tensor.Tensor // stays on the device
	n     int
}

// NewTopK returns the metric "topK", such as "top5".
//
//	panics: with an error if k is less than 1
func NewTopK(k int) *TopK {
	if k < 1 {
		panic(fmt.Errorf("train: NewTopK(%d): want 1 or more", k))
	}
	return &TopK{k: k}
}

// Name returns "top5", for k = 5.
func (t *TopK) Name() string { return fmt.Sprintf("top%d", t.k) }

// Reset forgets all batches.
func (t *TopK) Reset() { *t = TopK{k: t.k} }

// Add counts a batch. With k classes or less, all samples are right. Which of
// equal outputs are among the k is [tensor.Tensor.TopK]'s choice.
//
//	shape:  out [..., classes], of 2 classes or more; target [...]
//	dtype:  target is an integer
//	panics: *tensor.Error otherwise
func (t *TopK) Add(out, target *tensor.Tensor) {
	if err := wantClasses(out, target); err != nil {
		tensor.Misuse(t.Name(), err, out, target)
	}
	_, index := out.TopK(min(t.k, out.Size(-1)), -1)
	right := index.Eq(target.Unsqueeze(-1)).Sum()
	if t.right != nil {
		right = right.Add(t.right)
	}
	t.right = right.Keep()
	t.n += target.Len()
}

// Value returns right/all, 0 of nothing.
func (t *TopK) Value() float64 {
	if t.n == 0 {
		return 0
	}
	return t.right.Float() / float64(t.n)
}
