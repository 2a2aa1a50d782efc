package appender

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestWholeRecords(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	a := New(f)
	record := strings.Repeat("x", 999)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				if err := a.Append([]byte(record), []byte{'\n'}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	before, err := os.ReadFile(name)
	if err != nil || len(before)%1000 != 0 || len(before) < 400_000-2*size {
		t.Errorf("%d bytes before Close, %v", len(before), err)
	}
	for range 2 {
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(name)
	if err != nil || string(b) != strings.Repeat(record+"\n", 400) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if err := a.Append([]byte("x")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// After a write that failed nothing is written any more, and every call says so.
func TestErrorStays(t *testing.T) {
	f, err := os.Open(os.DevNull) // not for writing
	if err != nil {
		t.Fatal(err)
	}
	a := New(f)
	if err := a.Append([]byte("x")); err != nil {
		t.Fatal(err)
	}
	first := a.Flush()
	if first == nil || a.Flush() != first || a.Append([]byte("y")) != first || a.Close() != first {
		t.Errorf("the first error is %v", first)
	}
}
