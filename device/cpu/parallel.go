package cpu

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
)

// threads is the limit, 0 for GOMAXPROCS.
var threads = startThreads(os.Getenv("FACULA_NUM_THREADS"), os.Stderr)

// startThreads reads FACULA_NUM_THREADS. A program should not die of a typing
// mistake in its surroundings, and should not run on the wrong number of cores
// without a word either: a bad value is reported and ignored.
func startThreads(env string, log io.Writer) *atomic.Int32 {
	t := new(atomic.Int32)
	if env == "" {
		return t
	}
	n, err := strconv.ParseInt(env, 10, 32)
	if err != nil || n < 1 {
		fmt.Fprintf(log, "facula: FACULA_NUM_THREADS is %q; want a whole number from 1 on; using GOMAXPROCS\n", env)
		return t
	}
	t.Store(int32(n))
	return t
}

// SetNumThreads limits how many goroutines one kernel uses. Results do not
// depend on it. It panics if n < 1.
func SetNumThreads(n int) {
	if n < 1 {
		panic("cpu: SetNumThreads wants at least 1")
	}
	threads.Store(int32(min(n, 1<<20)))
}

// NumThreads is how many goroutines one kernel uses at most. It starts as the
// environment variable FACULA_NUM_THREADS, or else GOMAXPROCS.
func NumThreads() int {
	if n := threads.Load(); n > 0 {
		return int(n)
	}
	return runtime.GOMAXPROCS(0)
}

// grain is how many elements make it worth to ask another goroutine for help:
// half of them take as long as the asking (BenchmarkFork).
const grain = 1 << 13

// maxPieces is into how many pieces a range is cut at most: enough for the
// others to take over from a core that is held up.
const maxPieces = 64

// parallel calls f for ranges that cover 0…n, at least min long each but for
// the last. Where they lie depends on n and min alone, but a call that has no
// help gets the whole range at once: f's results must not depend on the cuts.
func parallel(n, min int, f func(lo, hi int)) {
	fork(n, pieceLen(n, min), f)
}

// pieceLen is the length of the pieces of a range. Long ones begin at multiples
// of 64, so that pieces of a row begin at cache lines if the row does.
func pieceLen(n, least int) int {
	size := max(least, (n+maxPieces-1)/maxPieces, 1)
	if size >= 512 {
		size = (size + 63) &^ 63
	}
	return size
}

// tasks calls f for every i below n. Several goroutines do, so the calls must
// not depend on each other.
func tasks(n int, f func(i int)) {
	fork(n, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f(i)
		}
	})
}
