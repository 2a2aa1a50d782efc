// Package datasets loads well-known data sets as data.Dataset values.
//
//	train, err := datasets.MNIST("", true, datasets.Download)
//	test, err := datasets.MNIST("", false, datasets.Download)
//	loader := data.NewLoader(train, data.Config{BatchSize: 64, Shuffle: true})
//
// Nothing is fetched unless Download says so. Every file is checked: its
// format, the number of images and labels, the range of the labels, and the
// SHA-256 of its uncompressed content against the published value.
package datasets
