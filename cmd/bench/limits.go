package main

import (
	"errors"
	"time"

	"github.com/facula-ml/facula/device/cpu/limits"
)

// A limit is what no program can beat on this machine. It is measured beside a
// case, in the same rounds.
type limit int

const (
	none    limit = iota
	fma32         // fused multiply-adds of float32 from registers
	fma64         // of float64
	read          // sums of an array as large as what the case reads
	copying       // copies between arrays of that size
	triad         // two arrays read, one written
)

func (l limit) String() string {
	return [...]string{"", "FMA", "FMA f64", "read", "copy", "triad"}[l]
}

// An ideal is a side that says how long a case would take at its limit.
type ideal struct {
	work
	threads int
	arrays  *limits.Arrays
}

// maxArrays bounds the arrays of the limit: larger ones are no slower.
const maxArrays = 256 << 20

// newIdeal is the limit's side of a case, nil where it has none or this machine
// has no kernels to measure it with.
func newIdeal(w work, threads int) (*ideal, error) {
	i := &ideal{work: w, threads: threads}
	switch w.limit {
	case none:
		return nil, nil
	case fma32, fma64:
		if _, err := limits.FMA32(1, 0); err != nil {
			return nil, nil
		}
		return i, nil
	}
	pattern := map[limit]limits.Pattern{read: limits.Read, copying: limits.Copy, triad: limits.Triad}[w.limit]
	var err error
	i.arrays, err = limits.NewArrays(pattern, int(min(w.bytes, maxArrays)), threads)
	if errors.Is(err, limits.ErrNoKernels) {
		return nil, nil
	}
	return i, err
}

func (i *ideal) round(d time.Duration) (float64, error) {
	d = min(d, 10*time.Millisecond)
	switch i.limit {
	case fma32:
		rate, err := limits.FMA32(i.threads, d)
		return i.flops / rate, err
	case fma64:
		rate, err := limits.FMA64(i.threads, d)
		return i.flops / rate, err
	}
	return i.bytes / i.arrays.Bandwidth(d), nil
}

func (i *ideal) close() {
	if i.arrays != nil {
		i.arrays.Close()
	}
}
