package archive

import (
	"math"
	"testing"
)

func TestElements(t *testing.T) {
	for _, c := range []struct {
		shape []int
		want  int // -1: refused
	}{
		{nil, 1}, {[]int{0}, 0}, {[]int{2, 3}, 6}, {[]int{1, 1, 1, 1, 1, 1, 1, 1}, 1}, {[]int{1, 1, 1, 1, 1, 1, 1, 1, 1}, -1},
		{[]int{-1}, -1}, {[]int{-1, 0}, -1}, {[]int{0, math.MaxInt, math.MaxInt}, -1}, {[]int{math.MaxInt, 2}, -1},
		{[]int{1 << 16, 1 << 16, 1 << 16, 1 << 16}, -1}, {[]int{1 << 20, 0}, 0}, {[]int{math.MaxInt / 63, 0}, -1}, {[]int{math.MaxInt / 64, 0, 1}, 0},
	} {
		n, err := Elements(c.shape)
		if (err != nil) != (c.want < 0) || err == nil && n != c.want {
			t.Errorf("Elements(%v) = %d, %v; want %d", c.shape, n, err, c.want)
		}
	}
	if n, err := Bytes([]int{3, 5}, 8); n != 120 || err != nil {
		t.Errorf("Bytes = %d, %v; want 120", n, err)
	}
	if _, err := Bytes([]int{1 << 30, 1 << 30}, 8); err == nil {
		t.Error("2^63 bytes are not refused")
	}
}
