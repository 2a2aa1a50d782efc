package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// source is a published data set in IDX files.
type source struct {
	name        string // of its cache folder
	mirrors     []string
	train, test pair
	classes     int
	rows, cols  int
}

// pair is the images and the labels of one split.
type pair struct{ images, labels file }

// file is an IDX file. It is stored as name or as name.gz.
type file struct {
	name string
	rank int
	sum  string // SHA-256 of the uncompressed content; "" means any
}

// split returns the files of the training or the test data.
func (s source) split(train bool, o options) pair {
	p := s.test
	if train {
		p = s.train
	}
	if o.skipChecksum {
		p.images.sum, p.labels.sum = "", ""
	}
	return p
}

// read returns the content of a split's two files. It downloads them when they
// are missing and the options say so.
func (s source) read(dir string, train bool, o options) (images, labels idx, err error) {
	if dir, err = folder(dir, s.name); err != nil {
		return idx{}, idx{}, err
	}
	p := s.split(train, o)
	imagesPath, labelsPath, err := s.locate(dir, p, o)
	if err != nil {
		return idx{}, idx{}, err
	}
	images, labels, err = readPair(imagesPath, p.images, labelsPath, p.labels, s.classes)
	if err != nil {
		return idx{}, idx{}, err
	}
	if images.shape[1] != s.rows || images.shape[2] != s.cols {
		return idx{}, idx{}, fmt.Errorf("datasets: %s: %w: images are %d×%d, want %d×%d",
			imagesPath, ErrFormat, images.shape[1], images.shape[2], s.rows, s.cols)
	}
	return images, labels, nil
}

// folder returns dir, or the folder of a data set in the user's cache.
func folder(dir, name string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("datasets: %s: no folder given and no cache folder: %w", name, err)
	}
	return filepath.Join(cache, "facula", name), nil
}

// locate returns the paths of a split's two files.
func (s source) locate(dir string, p pair, o options) (images, labels string, err error) {
	images, imagesErr := find(dir, p.images.name)
	labels, labelsErr := find(dir, p.labels.name)
	if err := cmp.Or(imagesErr, labelsErr); err != nil && !o.download {
		return "", "", fmt.Errorf("datasets: %s: put %s and %s (plain, or with .gz) into %s, or pass datasets.Download: %w",
			s.name, p.images.name, p.labels.name, dir, err)
	}
	if imagesErr != nil {
		if images, err = s.download(dir, p.images, o); err != nil {
			return "", "", err
		}
	}
	if labelsErr != nil {
		if labels, err = s.download(dir, p.labels, o); err != nil {
			return "", "", err
		}
	}
	return images, labels, nil
}

// find returns the path of a file, plain or gzip.
func find(dir, name string) (string, error) {
	plain := filepath.Join(dir, name)
	if _, err := os.Stat(plain); err == nil {
		return plain, nil
	}
	packed := plain + ".gz"
	_, err := os.Stat(packed)
	return packed, err
}

// download fetches a file and returns its path.
func (s source) download(dir string, want file, o options) (string, error) {
	mirrors := s.mirrors
	if o.mirrors != nil {
		mirrors = o.mirrors
	}
	name := want.name + ".gz"
	err := newFetcher(o).fetch(o.ctx, mirrors, dir, name, func(path string) error {
		_, err := readIDXFile(path, want.rank, want.sum)
		return err
	})
	return filepath.Join(dir, name), err
}

// readPair reads images and labels and checks that they belong together.
func readPair(imagesPath string, imagesFile file, labelsPath string, labelsFile file, classes int) (images, labels idx, err error) {
	if images, err = readIDXFile(imagesPath, imagesFile.rank, imagesFile.sum); err != nil {
		return idx{}, idx{}, hint(err)
	}
	if labels, err = readIDXFile(labelsPath, labelsFile.rank, labelsFile.sum); err != nil {
		return idx{}, idx{}, hint(err)
	}
	if images.shape[0] != labels.shape[0] {
		return idx{}, idx{}, fmt.Errorf("datasets: %w: %d images in %s, but %d labels in %s",
			ErrFormat, images.shape[0], imagesPath, labels.shape[0], labelsPath)
	}
	for i, label := range labels.data {
		if int(label) >= classes {
			return idx{}, idx{}, fmt.Errorf("datasets: %s: %w: label %d of image %d, want less than %d",
				labelsPath, ErrFormat, label, i, classes)
		}
	}
	return images, labels, nil
}

// hint says what helps against a wrong checksum.
func hint(err error) error {
	if errors.Is(err, ErrChecksum) {
		return fmt.Errorf("%w; delete the file to download it anew, or pass datasets.SkipChecksum", err)
	}
	return err
}
