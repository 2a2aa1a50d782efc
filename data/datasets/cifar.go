package datasets

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
)

// CIFAR10 returns the training or the test split of Krizhevsky's small pictures
// of ten classes: 50,000 and 10,000 in color, of 32×32. dir holds the archive
// cifar-10-binary.tar.gz; "" means the folder facula/cifar-10 in the user's cache.
// CIFAR10Classes names the labels. A split takes 154 or 31 MB of memory.
//
// The errors are those of MNIST.
//
// source: https://www.cs.toronto.edu/~kriz/cifar.html. The SHA-256 is that of
// TensorFlow Datasets, and was not compared with a download of the project's own.
func CIFAR10(dir string, train bool, opts ...Option) (*ImageSet, error) {
	return cifar10().load(dir, train, opts)
}

// CIFAR100 is CIFAR10 with 100 classes, or, with Coarse, their 20 groups.
// CIFAR100Classes and CIFAR100Groups name the labels. dir holds the archive
// cifar-100-binary.tar.gz; "" means facula/cifar-100 in the user's cache.
func CIFAR100(dir string, train bool, opts ...Option) (*ImageSet, error) {
	return cifar100().load(dir, train, opts)
}

// cifar is one of the two sets: records of some labels and a picture.
type cifar struct {
	archive
	train, test []string // the files of each split
	records     int      // of a training file
	tests       int      // records of the test file
	classes     []int    // of each label of a record
}

func cifar10() cifar {
	return cifar{
		archive: archive{
			name: "cifar-10", file: "cifar-10-binary.tar.gz", bytes: 170_052_171,
			mirrors: []string{"https://www.cs.toronto.edu/~kriz/"},
			sum:     "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
		},
		train:   []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
		test:    []string{"test_batch.bin"},
		records: 10_000, tests: 10_000, classes: []int{10},
	}
}

func cifar100() cifar {
	return cifar{
		archive: archive{
			name: "cifar-100", file: "cifar-100-binary.tar.gz", bytes: 168_513_733,
			mirrors: []string{"https://www.cs.toronto.edu/~kriz/"},
			sum:     "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
		},
		train: []string{"train.bin"}, test: []string{"test.bin"},
		records: 50_000, tests: 10_000, classes: []int{20, 100},
	}
}

// picture is the bytes of a picture: red, green and blue planes.
const picture = 3 * 32 * 32

// load reads a split into memory.
func (c cifar) load(dir string, train bool, opts []Option) (*ImageSet, error) {
	o := newOptions(opts)
	if err := o.check(3); err != nil {
		return nil, err
	}
	path, err := c.locate(dir, o)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	set, err := c.read(f, train, o.coarse)
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", path, err)
	}
	set.convertBy(o)
	return set, nil
}

// read takes a split from the archive.
func (c cifar) read(file io.Reader, train, coarse bool) (*ImageSet, error) {
	unzip, err := gzip.NewReader(file)
	if err != nil {
		return nil, readError(err)
	}
	names, records := c.test, c.tests
	if train {
		names, records = c.train, c.records
	}
	found := make([][]byte, len(names))
	size := int64(records) * int64(len(c.classes)+picture)
	for files := tar.NewReader(unzip); slices.ContainsFunc(found, func(b []byte) bool { return b == nil }); {
		h, err := files.Next()
		if err == io.EOF {
			return nil, fmt.Errorf("%w: the archive lacks some of %q", ErrFormat, names)
		}
		if err != nil {
			return nil, readError(err)
		}
		i := slices.Index(names, path.Base(h.Name))
		if i < 0 || h.Typeflag != tar.TypeReg {
			continue
		}
		if h.Size != size {
			return nil, fmt.Errorf("%w: %s has %d bytes, want the %d of %d pictures", ErrFormat, h.Name, h.Size, size, records)
		}
		if found[i], err = readAtMost(files, size); err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, readError(err))
		}
	}
	return c.split(found, coarse)
}

// readAtMost reads size bytes, and takes memory only as they come.
func readAtMost(r io.Reader, size int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, size))
	if err == nil && int64(len(b)) < size {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// split takes labels and pictures apart.
func (c cifar) split(files [][]byte, coarse bool) (*ImageSet, error) {
	set := &ImageSet{channels: 3, rows: 32, cols: 32}
	label := len(c.classes) - 1
	if coarse {
		if label == 0 {
			return nil, errors.New("Coarse is for CIFAR100")
		}
		label = 0
	}
	pictures := len(files) * len(files[0]) / (len(c.classes) + picture)
	set.labels, set.pixels = make([]byte, 0, pictures), make([]byte, 0, pictures*picture)
	for _, file := range files {
		for record := range slices.Chunk(file, len(c.classes)+picture) {
			if got := int(record[label]); got >= c.classes[label] {
				return nil, fmt.Errorf("%w: label %d of picture %d, want less than %d", ErrFormat, got, len(set.labels), c.classes[label])
			}
			set.labels = append(set.labels, record[label])
			set.pixels = append(set.pixels, record[len(c.classes):]...)
		}
	}
	return set, nil
}
