package images

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// tree makes files below a new folder; "x.png" gets a picture, others a text.
func tree(t *testing.T, paths ...string) string {
	t.Helper()
	root := t.TempDir()
	for i, path := range paths {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(path) == ".PNG" || filepath.Ext(path) == ".png" {
			if err := SavePNG(path, tensor.Full(float32(i)/255, 1, 2, 3)); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte("no picture"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestOpenFolder(t *testing.T) {
	root := tree(t, "dog/b.png", "dog/a.PNG", "cat/deep/er/1.png", "cat/2.png", "dog/notes.txt", "top.png", ".git/x.png", "cat/.hidden.png", "cat/.thumbs/x.png")
	if err := os.Symlink(filepath.Join(root, "cat"), filepath.Join(root, "linked")); err != nil {
		t.Skip(err)
	}
	f, err := OpenFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Classes(); !slices.Equal(got, []string{"cat", "dog", "linked"}) {
		t.Errorf("classes %v", got)
	}
	var names []string
	for i := range f.Len() {
		rel, err := filepath.Rel(root, f.Path(i))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(rel))
	}
	want := []string{"cat/2.png", "cat/deep/er/1.png", "dog/a.PNG", "dog/b.png", "linked/2.png", "linked/deep/er/1.png"}
	if !slices.Equal(names, want) || !slices.Equal(f.Labels(), []int64{0, 0, 1, 1, 2, 2}) {
		t.Errorf("files %v of %v", names, f.Labels())
	}
	for b, err := range data.NewLoader(f, data.Config{BatchSize: 6, Workers: 3}).All(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(b.X.Shape(), []int{6, 3, 2, 3}) || !slices.Equal(tensor.Slice[int64](b.Y), f.Labels()) {
			t.Errorf("%v %v", b.X.Shape(), b.Y)
		}
		first := tensor.Slice[float32](b.X.Select(1, 0).Select(1, 0).Select(1, 0).Contiguous())
		if want := []float32{3. / 255, 2. / 255, 1. / 255, 0, 3. / 255, 2. / 255}; !slices.Equal(first, want) {
			t.Errorf("pixels %v, want %v", first, want)
		}
	}
}

func TestFolderErrors(t *testing.T) {
	for want, root := range map[string]string{
		"no such file":    filepath.Join(t.TempDir(), "none"),
		"has no folders":  tree(t, "a.png"),
		"has no pictures": tree(t, "cat/a.png", "dog/notes.txt"),
	} {
		if _, err := OpenFolder(root); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), root) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	f, err := OpenFolder(tree(t, "cat/a.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.At(0); err == nil || strings.Count(err.Error(), f.Path(0)) != 1 {
		t.Error(err)
	}
	for _, i := range []int{-1, 1} {
		if _, err := f.At(i); err == nil {
			t.Errorf("picture %d", i)
		}
	}
}
