package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each bug's text stands once in its file: code that moves on takes it along.
func TestBugsStand(t *testing.T) {
	for _, b := range slices.Concat(bugs, fileBugs) {
		src, err := os.ReadFile(filepath.Join("..", "..", b.file))
		if err != nil {
			t.Errorf("%s: %v", b.name, err)
			continue
		}
		if n := strings.Count(string(src), b.old); n != 1 {
			t.Errorf("%s: %s has its text %d times", b.name, b.file, n)
		}
	}
}
