// Package data feeds a training loop: datasets, the order of their samples,
// and loaders that make batches.
//
//	train := data.NewTensors(x, y) // rows of two tensors
//	loader := data.NewLoader(train, data.Config{BatchSize: 64, Shuffle: true, Workers: 4})
//	for range epochs {
//		for batch, err := range loader.All(ctx) {
//			if err != nil {
//				return err
//			}
//			loss := criterion.Forward(model.Forward(batch.X), batch.Y)
//			…
//		}
//	}
//
// A [Dataset] of any sample type is read by index; [Map], [MapRand],
// [NewSubset], [RandomSplit] and [Concat] make new ones of it. [NewLoader]
// stacks the tensors of each [Sample]; [NewLoaderFunc] takes a collate function
// for samples and batches of other types.
//
// Every order and every random number follows from a seed, the epoch's number
// and the sample's index. Runs repeat exactly, whatever the number of workers,
// and a loader whose [Loader.State] was saved goes on in the middle of an epoch.
//
// A [Sampler] decides the order: [Shuffled], [Weighted], [ByLength] and others,
// and [Distributed] for one of several processes. A [Stream] is for what has no
// index; [ShuffleStream], [Interleave] and [Part] make new ones of it, and
// [NewStreamLoader] makes batches.
//
// Folder datasets has well-known data sets.
package data
