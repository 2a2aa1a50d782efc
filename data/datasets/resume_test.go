package datasets

import (
	"bytes"
	"net/http"
	"testing"
)

func TestFetchResume(t *testing.T) {
	m := &mirror{content: testContent}
	f, url := start(t, m)
	dir := t.TempDir()
	writePart(t, dir, testContent[:1000])
	first := Progress{}
	f.progress = func(p Progress) {
		if first.Done == 0 {
			first = p
		}
	}
	if err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent)); err != nil {
		t.Fatal(err)
	}
	expectFile(t, dir, testContent)
	if m.ranges[0] != "bytes=1000-" {
		t.Errorf("asked for the range %q", m.ranges[0])
	}
	if first.Done <= 1000 || first.Total != int64(len(testContent)) {
		t.Errorf("progress of a resumed file starts at %+v", first)
	}
}

func TestFetchResumesAfterCut(t *testing.T) {
	m := &mirror{content: testContent}
	cutAfter(5000, 1, m)
	f, url := start(t, m)
	dir := t.TempDir()
	if err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent)); err != nil {
		t.Fatal(err)
	}
	expectFile(t, dir, testContent)
	if m.count.Load() != 2 || m.ranges[1] != "bytes=5000-" {
		t.Errorf("ranges asked for: %q", m.ranges)
	}
}

func TestFetchCompletePart(t *testing.T) {
	m := &mirror{content: testContent}
	f, url := start(t, m)
	dir := t.TempDir()
	writePart(t, dir, testContent)
	if err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent)); err != nil {
		t.Fatal(err)
	}
	expectFile(t, dir, testContent)
	if m.count.Load() != 1 {
		t.Errorf("%d requests", m.count.Load())
	}
}

// A partial file of other content, longer than the file, or of a server that
// answers another range than asked for must not end up in the file.
func TestFetchBadPart(t *testing.T) {
	wrongRange := func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n > 0 {
			return false
		}
		w.Header().Set("Content-Range", "bytes 7-9/10")
		w.WriteHeader(http.StatusPartialContent)
		w.Write([]byte("abc"))
		return true
	}
	cases := []struct {
		name   string
		part   []byte
		answer func(int, http.ResponseWriter, *http.Request) bool
	}{
		{"other content", []byte("other content"), nil},
		{"too long", append(bytes.Clone(testContent), "junk"...), nil},
		{"same length", bytes.ToUpper(testContent), nil},
		{"wrong range", testContent[:100], wrongRange},
	}
	for _, c := range cases {
		m := &mirror{content: testContent, answer: c.answer}
		f, url := start(t, m)
		dir := t.TempDir()
		writePart(t, dir, c.part)
		if err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent)); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		expectFile(t, dir, testContent)
		if m.count.Load() != 2 {
			t.Errorf("%s: %d requests, want 2", c.name, m.count.Load())
		}
	}
}

func TestFetchServerIgnoresRange(t *testing.T) {
	m := &mirror{content: testContent}
	m.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		w.Write(m.content)
		return true
	}
	f, url := start(t, m)
	dir := t.TempDir()
	writePart(t, dir, bytes.Repeat([]byte("x"), len(testContent)+10)) // longer, so it must be cut too
	if err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent)); err != nil {
		t.Fatal(err)
	}
	expectFile(t, dir, testContent)
	if m.count.Load() != 1 {
		t.Errorf("%d requests, want 1", m.count.Load())
	}
}

func TestContentRange(t *testing.T) {
	cases := []struct {
		header      string
		start, size int64
	}{
		{"bytes 5-9/10", 5, 10}, {"bytes */10", -1, 10}, {"bytes 5-9/*", 5, -1},
		{"", -1, -1}, {"bytes", -1, -1}, {"bytes -5-9/10", -1, 10}, {"bytes 99999999999999999999-/1", -1, 1},
	}
	for _, c := range cases {
		if start, size := contentRange(c.header); start != c.start || size != c.size {
			t.Errorf("%q: %d, %d", c.header, start, size)
		}
	}
}
