package autograd

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/facula-ml/facula/internal/share"
	"github.com/facula-ml/facula/tensor"
)

// PerSample returns the gradients of loss for each sample of a batch by itself:
// result p has the gradients of params[p], one after the other. Batch is the
// tensors that loss takes, such as images and labels; loss sees one sample of
// each at a time, with a first dim of size 1. Samples run on several
// goroutines, so loss must not change what they share. A model with batch
// normalisation in training mixes the samples of a batch and has no such gradients.
//
//	shape:  batch [n, ...] → [n, params[p]...]
//	panics: *tensor.Error if the batch is empty or its first dims differ, or if
//	loss's result has more than one element
//	source: torch.func.vmap(torch.func.grad(loss))
func PerSample(loss Func, params []*tensor.Tensor, batch ...*tensor.Tensor) []*tensor.Tensor {
	n := batchSize(batch)
	rows := make([][]*tensor.Tensor, len(params))
	for p := range rows {
		rows[p] = make([]*tensor.Tensor, n)
	}
	each(n, func(i int) {
		sample := make([]*tensor.Tensor, len(batch))
		for k, t := range batch {
			sample[k] = t.Narrow(0, i, 1)
		}
		for p, g := range gradients(scalar("per_sample", loss(sample)), params, nil) {
			rows[p][i] = g
		}
	})
	out := make([]*tensor.Tensor, len(params))
	for p := range rows {
		out[p] = tensor.Stack(0, rows[p]...)
	}
	return out
}

func batchSize(batch []*tensor.Tensor) int {
	if len(batch) == 0 || batch[0].Dim() == 0 || batch[0].Size(0) == 0 {
		tensor.Misuse("per_sample", errors.New("no samples"), batch...)
	}
	n := batch[0].Size(0)
	for _, t := range batch[1:] {
		if t.Dim() == 0 || t.Size(0) != n {
			tensor.Misuse("per_sample", fmt.Errorf("the first dims differ; want %d samples in each", n), batch...)
		}
	}
	return n
}

// each calls f for 0…n-1 on as many goroutines as there are cores, and panics
// with the first panic of theirs.
func each(n int, f func(i int)) {
	var (
		once  sync.Once
		fault any
	)
	guarded := func(i int) {
		defer func() {
			if p := recover(); p != nil {
				once.Do(func() { fault = p })
			}
		}()
		f(i)
	}
	share.Loop(n, runtime.GOMAXPROCS(0), func() func(int) { return guarded })
	if fault != nil {
		panic(fault)
	}
}
