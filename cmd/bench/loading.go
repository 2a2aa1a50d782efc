package main

import (
	"context"
	"runtime"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// loading reads an epoch of 100 shuffled batches from memory.
func loading() []work {
	read := func(workers int) func() func() {
		return func() func() {
			set := data.NewTensors(tensor.Randn(6400, 1, 28, 28), tensor.RandInt(0, 10, 6400))
			l := data.NewLoader(set, data.Config{BatchSize: 64, Shuffle: true, Workers: workers})
			return func() {
				for b, err := range l.All(context.Background()) {
					if err != nil {
						panic(err)
					}
					runtime.KeepAlive(b)
				}
			}
		}
	}
	const bytes = 2 * 6400 * 28 * 28 * 4
	return []work{
		{name: "loader_6400_b64", bytes: bytes, limit: copying, prepare: read(0)},
		{name: "loader_6400_b64_worker", bytes: bytes, limit: copying, prepare: read(1)}, // PyTorch's workers are processes
	}
}
