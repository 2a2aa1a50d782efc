package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun plants what the check must see: data without its stub go.mod, a
// missing licence, and a file that makes the zip too large.
func TestRun(t *testing.T) {
	large := make([]byte, maxBytes)
	rand.NewChaCha8([32]byte{}).Read(large)
	base := map[string]string{"go.mod": "module " + path + "\n", "LICENSE": "x", "examples/data/a.gz": "x", "examples/data/go.mod": "module d\n"}
	for _, c := range []struct {
		change, content, want string
	}{
		{"", "", ""},
		{"examples/data/large.gz", string(large), ""},
		{"examples/data/go.mod", "", "examples/data/a.gz is in the zip"},
		{"LICENSE", "", "LICENSE is not in the zip"},
		{"nn/testdata/large.json", string(large), "want at most"},
	} {
		root := t.TempDir()
		for name, content := range base {
			if name != c.change {
				write(t, root, name, content)
			}
		}
		if c.content != "" {
			write(t, root, c.change, c.content)
		}
		err := run(root)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q changed: %v, want %q", c.change, err, c.want)
		}
	}
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	at := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
