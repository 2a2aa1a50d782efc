// Package limits measures what this machine gives at best: multiply-adds from
// registers, and memory read, copied or combined. Benchmarks stand beside it.
package limits

import (
	"errors"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// ErrNoKernels means that this machine, or the tier that FACULA_CPU names, has
// no assembly kernels, so that there is nothing to measure with.
var ErrNoKernels = errors.New("limits: no assembly kernels here")

// FMA32 and FMA64 return how many floating-point operations a second the given
// number of threads reach in multiply-adds from registers, two each. They take
// about d.
func FMA32(threads int, d time.Duration) (float64, error) {
	return fma(simd.Best().F32.FMA, threads, d)
}

// FMA64 is FMA32 of float64.
func FMA64(threads int, d time.Duration) (float64, error) {
	return fma(simd.Best().F64.FMA, threads, d)
}

func fma[T float32 | float64](kernel func(int) T, threads int, d time.Duration) (float64, error) {
	if kernel == nil {
		return 0, ErrNoKernels
	}
	const rounds = 10000 // some 100 µs
	each := 2 * float64(kernel(1)) * rounds * float64(threads)
	return each * best(threads, d, func(int) { kernel(rounds) }), nil
}

// A Pattern is a way to go through memory.
type Pattern int

// The patterns: one array; from one to another; from two to a third.
const (
	Read Pattern = iota
	Copy
	Triad
)

// Arrays are what a pattern goes through.
type Arrays struct {
	parts   [][3][]float32 // of each thread
	bytes   float64        // of one pass
	kernels []func(r [3][]float32)
	buffers []device.Buffer
}

// NewArrays takes arrays for the threads to share, of so many bytes together.
func NewArrays(p Pattern, bytes, threads int) (*Arrays, error) {
	k := &simd.Best().F32
	if k.Read == nil {
		return nil, ErrNoKernels
	}
	a := &Arrays{}
	switch p {
	case Read:
		a.kernels = append(a.kernels, func(r [3][]float32) { k.Read(r[0]) })
	case Copy:
		a.kernels = append(a.kernels, func(r [3][]float32) { k.Copy(r[0], r[1]) }, func(r [3][]float32) { k.CopyNT(r[0], r[1]) })
	case Triad:
		a.kernels = append(a.kernels, func(r [3][]float32) { k.Triad(r[0], r[1], r[2]) }, func(r [3][]float32) { k.TriadNT(r[0], r[1], r[2]) })
	}
	arrays := int(p) + 1
	length := max(1, bytes/4/arrays/threads/256) * 256 // whole turns of every loop
	for range threads {
		var part [3][]float32
		for i := range arrays {
			row, err := a.row(length)
			if err != nil {
				a.Close()
				return nil, err
			}
			part[i] = row
		}
		a.parts = append(a.parts, part)
	}
	a.bytes = float64(4 * length * arrays * threads)
	return a, nil
}

// row takes memory as tensors do, aligned to a cache line, with pages behind it.
func (a *Arrays) row(length int) ([]float32, error) {
	b, err := new(cpu.CPU).Alloc(4*length + 64)
	if err != nil {
		return nil, err
	}
	a.buffers = append(a.buffers, b)
	row := unsafe.Slice((*float32)(unsafe.Add(b.Ptr, -uintptr(b.Ptr)&63)), length)
	for i := range row {
		row[i] = 1
	}
	return row, nil
}

// Close gives the memory back.
func (a *Arrays) Close() {
	for _, b := range a.buffers {
		new(cpu.CPU).Free(b)
	}
	*a = Arrays{}
}

// Bandwidth returns how many bytes a second the threads move together, with
// stores through the caches or past them, whichever is faster. It takes about d.
func (a *Arrays) Bandwidth(d time.Duration) float64 {
	fastest := 0.0
	for _, f := range a.kernels {
		each := d / time.Duration(len(a.kernels))
		fastest = max(fastest, a.bytes*best(len(a.parts), each, func(thread int) { f(a.parts[thread]) }))
	}
	return fastest
}

// best is the best of a few tries of d together: the system may put two threads
// on one core before it sees that both are busy.
func best(threads int, d time.Duration, f func(thread int)) float64 {
	const tries = 4
	fastest := 0.0
	for range tries {
		fastest = max(fastest, passes(threads, d/tries, f))
	}
	return fastest
}

// passes returns how often a second the threads finish f, which each repeats for
// about d: the mean of all.
func passes(threads int, d time.Duration, f func(thread int)) float64 {
	var start, end sync.WaitGroup
	start.Add(threads)
	rates := make([]float64, threads)
	for t := range threads {
		end.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			f(t)
			start.Done()
			start.Wait()
			n, begin := 0, time.Now()
			for n == 0 || time.Since(begin) < d {
				f(t)
				n++
			}
			rates[t] = float64(n) / time.Since(begin).Seconds()
		})
	}
	end.Wait()
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	return sum / float64(threads)
}
