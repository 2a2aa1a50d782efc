package tensor_test

import (
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// What may be added to on several goroutines at once, and what may not.
func TestWhatOverlaps(t *testing.T) {
	x := tensor.Zeros(4, 6)
	for _, c := range []struct {
		name string
		view *tensor.Tensor
		want bool
	}{
		{"contiguous", x, false},
		{"transposed", x.T(), false},
		{"every second", x.Slice(1, 0, 6, 2), false},
		{"expanded", x.Select(0, 0).Expand(3, 6), true},
		{"windows that share", x.Unfold(1, 3, 1), true},
		{"windows side by side", x.Unfold(1, 3, 3), false},
		{"empty", x.Narrow(0, 0, 0).Unfold(1, 3, 1), false},
	} {
		if got := tensor.Overlaps(c.view); got != c.want {
			t.Errorf("%s: overlap is %v; want %v", c.name, got, c.want)
		}
	}
}
