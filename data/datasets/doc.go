// Package datasets loads well-known data sets as data.Dataset values.
//
//	train, err := datasets.MNIST("", true, datasets.Download)
//	test, err := datasets.MNIST("", false, datasets.Download)
//	loader := data.NewLoader(train, data.Config{BatchSize: 64, Shuffle: true})
//
// Nothing is fetched unless Download says so. Every file is checked: its
// format, the number of images and labels, the range of the labels, and its
// SHA-256 against the published value: of MNIST's files that of the uncompressed
// content, of others that of the file as it is downloaded.
//
// [CIFAR10], [CIFAR100], [TinyShakespeare] and [WikiText2] are like MNIST. [Iris]
// is part of the package. [List] says what there is.
package datasets
