// Package transform changes pictures before a model sees them: to one size, to
// the range of values that it expects, and at random, so that a picture looks a
// little different in each epoch.
//
//	augment := transform.Compose(
//		transform.RandomResizedCrop(224, 224),
//		transform.RandomHFlip(0.5),
//		transform.ColorJitter(0.2, 0.2, 0.2, 0.05),
//		transform.Normalize(mean, std),
//	)
//	train := transform.Apply(folder, augment)
//	loader := data.NewLoader(train, data.Config{BatchSize: 64, Shuffle: true, Workers: 4})
//
// A [Transform] is a function, so one of your own needs no more. In a loader its
// random numbers follow from the loader's seed, the epoch and the sample's index:
// an epoch repeats exactly, whatever the number of workers.
//
// Pictures are tensors of shape [c, h, w] or [n, c, h, w], floating point with
// values from 0 to 1; all pictures of a batch change alike. Names and results are
// those of torchvision's transforms on tensors.
package transform
