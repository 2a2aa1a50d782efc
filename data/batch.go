package data

import "context"

// Batcher is a Dataset[Sample] that reads a batch at once, faster than sample
// by sample. It is called as At is: from several goroutines at once.
type Batcher interface {
	Batch(indices []int) (Batch, error)
}

// NewLoader returns a loader whose batches are stacked samples of ds. It calls
// ds.Len() once, here. A Batcher, or a Subset of one, reads each batch at once;
// other datasets are read sample by sample and stacked by Collate.
//
// It panics when ds is nil, when BatchSize, Workers or Prefetch is negative and when Shuffle
// and Sampler are both set.
func NewLoader(ds Dataset[Sample], cfg Config) *Loader[Batch] {
	wantSet("NewLoader", ds)
	gather := batcher(ds)
	if gather == nil {
		return NewLoaderFunc(ds, Collate, cfg)
	}
	l := newLoader[Batch](ds.Len(), false, cfg)
	l.load = func(ctx context.Context, j job) (b Batch, err error) {
		if err := ctx.Err(); err != nil {
			return b, err
		}
		for _, i := range j.indices {
			if err := checkIndex(i, l.size); err != nil {
				return b, &SampleError{i, err}
			}
		}
		b, err = guard(func() (Batch, error) { return gather(j.indices) })
		if err != nil {
			return Batch{}, &BatchError{j.indices, err}
		}
		return b, nil
	}
	return l
}

// batcher returns what reads whole batches of ds, or nil.
func batcher(ds Dataset[Sample]) func(indices []int) (Batch, error) {
	switch ds := ds.(type) {
	case Batcher:
		return ds.Batch
	case *Subset[Sample]:
		gather := batcher(ds.ds)
		if gather == nil {
			return nil
		}
		return func(indices []int) (Batch, error) {
			below := make([]int, len(indices))
			for k, i := range indices {
				below[k] = ds.indices[i]
			}
			return gather(below)
		}
	}
	return nil
}
