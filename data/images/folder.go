package images

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// Folder is a data set of the pictures in a folder, with a sub-folder for each
// class. A picture is read when its sample is asked for. X of a sample is as
// Open returns it, so pictures of different sizes need a transform before they
// make a batch; Y is the number of the class, int64 without dims. Reading is safe
// for several goroutines at once.
type Folder struct {
	classes []string
	files   []string
	labels  []int
	o       options
}

// OpenFolder lists the pictures below root: those of root/cat, and of folders
// in it, are of the class cat. Classes are numbered in the order of their names, as
// torchvision's ImageFolder does, and files come in the order of their paths.
// Files with other endings than those of pictures, and names that begin with a dot,
// are passed over.
//
// It returns an error when a folder cannot be read, when there is no class, and
// when a class has no picture.
func OpenFolder(root string, opts ...Option) (*Folder, error) {
	entries, err := os.ReadDir(root) // sorted
	if err != nil {
		return nil, fmt.Errorf("images: %w", err)
	}
	f := &Folder{o: newOptions(opts)}
	endings := extensions()
	for _, e := range entries {
		path := filepath.Join(root, e.Name())
		if info, err := os.Stat(path); strings.HasPrefix(e.Name(), ".") || err != nil || !info.IsDir() {
			continue
		}
		before := len(f.files)
		if err := f.list(path, endings); err != nil {
			return nil, fmt.Errorf("images: %w", err)
		}
		if len(f.files) == before {
			return nil, fmt.Errorf("images: %s has no pictures (%s); every folder in %s is a class", path, strings.Join(endings, ", "), root)
		}
		for range len(f.files) - before {
			f.labels = append(f.labels, len(f.classes))
		}
		f.classes = append(f.classes, e.Name())
	}
	if len(f.classes) == 0 {
		return nil, fmt.Errorf("images: %s has no folders; want one for each class, with its pictures", root)
	}
	return f, nil
}

// extensions returns the endings of picture files.
func extensions() (all []string) {
	for _, f := range formats() {
		all = append(all, f.extensions...)
	}
	return all
}

// list adds the pictures below a folder.
func (f *Folder) list(folder string, endings []string) error {
	// A trailing separator makes WalkDir follow a class that is a link.
	return filepath.WalkDir(folder+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(d.Name(), ".") && d.Name() != ".":
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && slices.Contains(endings, strings.ToLower(filepath.Ext(path))):
			f.files = append(f.files, filepath.Clean(path))
		}
		return nil
	})
}

// Len returns the number of pictures.
func (f *Folder) Len() int { return len(f.files) }

// Classes returns the names of the classes, in the order of their numbers.
func (f *Folder) Classes() []string { return slices.Clone(f.classes) }

// Path returns the file of picture i, which must be from 0 to Len()-1.
func (f *Folder) Path(i int) string { return f.files[i] }

// Labels returns the class of each picture.
func (f *Folder) Labels() []int64 {
	wide := make([]int64, len(f.labels))
	for i, c := range f.labels {
		wide[i] = int64(c)
	}
	return wide
}

// At reads a picture. The error names its file.
func (f *Folder) At(i int) (data.Sample, error) {
	if i < 0 || i >= len(f.files) {
		return data.Sample{}, fmt.Errorf("images: index %d is outside a folder of %d pictures", i, len(f.files))
	}
	t, err := open(f.files[i], f.o)
	if err != nil {
		return data.Sample{}, fmt.Errorf("images: %s: %w", f.files[i], err)
	}
	return data.Sample{X: t, Y: tensor.Scalar(int64(f.labels[i]))}, nil
}
