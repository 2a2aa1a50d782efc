package tensor

import "github.com/facula-ml/facula/device/cpu"

// SetNumThreads limits how many goroutines one op on the CPU uses. Results do
// not depend on it. The limit starts as the environment variable
// FACULA_NUM_THREADS, or else GOMAXPROCS.
//
//	panics: if n < 1
//	source: torch.set_num_threads
func SetNumThreads(n int) { cpu.SetNumThreads(n) }

// NumThreads is how many goroutines one op on the CPU uses at most.
//
//	source: torch.get_num_threads
func NumThreads() int { return cpu.NumThreads() }
