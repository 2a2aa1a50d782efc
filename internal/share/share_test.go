package share_test

import (
	"sync/atomic"
	"testing"

	"github.com/facula-ml/facula/internal/share"
)

func TestLoop(t *testing.T) {
	for _, n := range []int{0, 1, 2, 100} {
		for _, workers := range []int{-1, 0, 1, 3, 200} {
			done := make([]int32, n)
			var started atomic.Int32
			share.Loop(n, workers, func() func(int) {
				started.Add(1)
				return func(i int) { atomic.AddInt32(&done[i], 1) }
			})
			for i, k := range done {
				if k != 1 {
					t.Errorf("%d of %d ran %d times", i, n, k)
				}
			}
			if most := max(1, min(n, workers)); int(started.Load()) > most {
				t.Errorf("%d goroutines for %d pieces; want at most %d", started.Load(), n, most)
			}
		}
	}
}
