package main

import (
	"encoding/json"
	"regexp"

	"github.com/facula-ml/facula/tensor"
)

// A work is one case of the suite. PyTorch's side knows it by the same name.
type work struct {
	name  string
	flops float64 // of one run; 0 where that says little
	bytes float64 // moved by one run if caches held nothing
	limit limit   // what the hardware could do at best

	// prepare makes what a run needs and returns the run. A throughput case
	// runs goroutines of its own.
	prepare func() func()

	// call tells PyTorch's side what to run, of a case that it has no name for.
	call json.RawMessage

	// once is set instead for what needs a process of its own.
	once *process
}

// suite returns every case, in the order of the report.
func suite() []work {
	var all []work
	for _, part := range [][]work{products(), pointwise(), reductions(), moves(), norms(), small(), models(), recurrents(), attention(), convolutions(),
		loading(), processes()} {
		all = append(all, part...)
	}
	return all
}

// matching returns the cases whose names match.
func matching(all []work, re *regexp.Regexp) []work {
	var some []work
	for _, w := range all {
		if re.MatchString(w.name) {
			some = append(some, w)
		}
	}
	return some
}

// giving makes a run of what gives a new tensor. It is freed at once, as
// PyTorch's counting of references does.
func giving(f func() *tensor.Tensor) func() {
	return func() { f().Free() }
}
