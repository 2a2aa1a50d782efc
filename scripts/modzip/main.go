// Modzip makes the zip that the go command downloads for users of facula, and
// fails when it holds the examples' data, lacks a file that it should have, or
// is too large.
//
//	go run . [root of the repository]
package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

const (
	path     = "github.com/facula-ml/facula"
	maxBytes = 3_500_000
)

func main() {
	root := "../.."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := run(root); err != nil {
		fmt.Fprintln(os.Stderr, "modzip:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	files, err := list(root)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	version := module.Version{Path: path, Version: "v0.0.0"}
	if err := modzip.Create(&out, version, files); err != nil {
		return err
	}
	names, err := entries(out.Bytes(), path+"@"+version.Version+"/")
	if err != nil {
		return err
	}
	fmt.Printf("%d files, %d bytes\n", len(names), out.Len())
	return check(names, out.Len())
}

// check holds the zip's content to what users should receive.
func check(names []string, size int) error {
	var errs []error
	for _, name := range names {
		if strings.HasPrefix(name, "examples/data/") {
			errs = append(errs, fmt.Errorf("%s is in the zip; is examples/data/go.mod gone?", name))
		}
	}
	for _, name := range []string{"go.mod", "LICENSE"} {
		if !slices.Contains(names, name) {
			errs = append(errs, fmt.Errorf("%s is not in the zip", name))
		}
	}
	if size > maxBytes {
		errs = append(errs, fmt.Errorf("the zip has %d bytes, want at most %d", size, maxBytes))
	}
	return errors.Join(errs...)
}

// list returns the files that git has or would add, as a download is made from
// a commit; where there is no git, every file.
func list(root string) ([]modzip.File, error) {
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	var names []string
	if err == nil {
		names = strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	} else if names, err = walk(root); err != nil {
		return nil, err
	}
	slices.Sort(names)
	var files []modzip.File
	for _, name := range slices.Compact(names) {
		f := file{root: root, name: name}
		if _, err := f.Lstat(); errors.Is(err, fs.ErrNotExist) {
			continue // deleted, not committed yet
		}
		files = append(files, f)
	}
	return files, nil
}

func walk(root string) ([]string, error) {
	var names []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// A file is a modzip.File below root.
type file struct{ root, name string }

func (f file) at() string                   { return filepath.Join(f.root, filepath.FromSlash(f.name)) }
func (f file) Path() string                 { return f.name }
func (f file) Lstat() (os.FileInfo, error)  { return os.Lstat(f.at()) }
func (f file) Open() (io.ReadCloser, error) { return os.Open(f.at()) }

func entries(data []byte, prefix string) ([]string, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range r.File {
		name, ok := strings.CutPrefix(f.Name, prefix)
		if !ok {
			return nil, fmt.Errorf("entry %s does not start with %s", f.Name, prefix)
		}
		names = append(names, name)
	}
	return names, nil
}
