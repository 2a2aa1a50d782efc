package datasets

import (
	"os"
	"path/filepath"
)

// Info describes a data set.
type Info struct {
	Name        string `json:"name"` // as in the user's cache
	Description string `json:"description"`
	License     string `json:"license"`
	Source      string `json:"source"`  // an address
	Bytes       int64  `json:"bytes"`   // of the download; 0 for none
	Present     bool   `json:"present"` // all files lie in the user's cache, unchecked
}

// List returns the data sets of this package.
func List() []Info {
	var all []Info
	add := func(name string, bytes int64, files []string, description, license, source string) {
		all = append(all, Info{name, description, license, source, bytes, present(name, files)})
	}
	add(mnist().name, 11_594_722, mnist().files(), "70,000 handwritten digits, gray, 28×28, 10 classes",
		"none stated", "http://yann.lecun.com/exdb/mnist/")
	add(fashionMNIST().name, 30_878_645, fashionMNIST().files(), "70,000 pictures of clothing, gray, 28×28, 10 classes",
		"MIT", "https://github.com/zalandoresearch/fashion-mnist")
	for _, c := range []struct {
		a                            archive
		description, license, source string
	}{
		{cifar10().archive, "60,000 small pictures, color, 32×32, 10 classes", "none stated", "https://www.cs.toronto.edu/~kriz/cifar.html"},
		{cifar100().archive, "60,000 small pictures, color, 32×32, 100 classes in 20 groups", "none stated", "https://www.cs.toronto.edu/~kriz/cifar.html"},
		{tinyShakespeare(), "1.1 million characters of Shakespeare's plays", "public domain", "https://github.com/karpathy/char-rnn"},
		{wikiText2(), "2 million words of Wikipedia articles", "CC BY-SA 3.0", "https://wikitext.smerity.com"},
	} {
		add(c.a.name, c.a.bytes, []string{c.a.file}, c.description, c.license, c.source)
	}
	add("iris", 0, nil, "150 flowers, four lengths, 3 classes; part of this package", "public domain", "https://doi.org/10.1111/j.1469-1809.1936.tb02137.x")
	return all
}

// files names the files of both splits.
func (s source) files() []string {
	return []string{s.train.images.name, s.train.labels.name, s.test.images.name, s.test.labels.name}
}

// present reports whether the cache has the files, plain or with .gz.
func present(name string, files []string) bool {
	if len(files) == 0 {
		return true
	}
	dir, err := folder("", name)
	if err != nil {
		return false
	}
	for _, f := range files {
		if _, err := find(dir, f); err == nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			return false
		}
	}
	return true
}
