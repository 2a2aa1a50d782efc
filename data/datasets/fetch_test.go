package datasets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// mirror is a server of one file that can misbehave. answer says how request
// number n, from 0, is treated.
type mirror struct {
	content []byte
	answer  func(n int, w http.ResponseWriter, r *http.Request) bool // false: serve the file
	count   atomic.Int32
	ranges  []string // the Range header of each request
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := int(m.count.Add(1)) - 1
	m.ranges = append(m.ranges, r.Header.Get("Range"))
	if m.answer != nil && m.answer(n, w, r) {
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(m.content))
}

// cutAfter makes the first requests break off after that many bytes.
func cutAfter(bytes, requests int, m *mirror) {
	m.answer = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n >= requests {
			return false
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(m.content)))
		w.Write(m.content[:bytes])
		return true
	}
}

const testName = "x-images.gz"

// start returns a test's fetcher and its mirror's address.
func start(t *testing.T, m *mirror) (*fetcher, string) {
	t.Helper()
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return &fetcher{
		client: server.Client(), verified: true, attempts: 3,
		pause: time.Millisecond, stall: 5 * time.Second, limit: 1 << 20,
	}, server.URL
}

// exactly accepts one content.
func exactly(want []byte) func(string) error {
	return func(path string) error {
		got, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%w: %d bytes", ErrChecksum, len(got))
		}
		return nil
	}
}

// expectFile fails unless dir holds the file with want and nothing else.
func expectFile(t *testing.T, dir string, want []byte) {
	t.Helper()
	if err := exactly(want)(filepath.Join(dir, testName)); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
}

func writePart(t *testing.T, dir string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, testName+".part"), content, 0o644); err != nil {
		t.Fatal(err)
	}
}

var testContent = bytes.Repeat([]byte("facula "), 20000)

func TestFetch(t *testing.T) {
	m := &mirror{content: testContent}
	m.answer = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("Accept-Encoding is %q: the transport would unzip on the way", got)
		}
		return false
	}
	f, url := start(t, m)
	var last Progress
	f.progress = func(p Progress) {
		if p.Done < last.Done {
			t.Errorf("progress goes back from %d to %d", last.Done, p.Done)
		}
		last = p
	}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	for _, address := range []string{url, url + "/"} {
		if err := f.fetch(t.Context(), []string{address}, dir, testName, exactly(testContent)); err != nil {
			t.Fatal(err)
		}
		last.Done = 0
	}
	expectFile(t, dir, testContent)
	if want := (Progress{testName, 0, int64(len(testContent))}); last != want {
		t.Errorf("last progress %+v, want %+v", last, want)
	}
}

func TestFetchTruncated(t *testing.T) {
	m := &mirror{content: testContent}
	m.answer = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", fmt.Sprint(len(m.content)))
		w.Write(m.content[:100])
		return true
	}
	f, url := start(t, m)
	dir := t.TempDir()
	err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, testName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a truncated file was given its name: %v", err)
	}
	if m.count.Load() != 3 {
		t.Errorf("%d requests, want 3", m.count.Load())
	}
}

func TestFetchWrongChecksum(t *testing.T) {
	m := &mirror{content: []byte("a page of a captive portal")}
	f, url := start(t, m)
	dir := t.TempDir()
	err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent))
	if !errors.Is(err, ErrChecksum) {
		t.Errorf("got %v", err)
	}
	if m.count.Load() != 1 {
		t.Errorf("%d requests for a file that is another one, want 1", m.count.Load())
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestFetchStatus(t *testing.T) {
	cases := []struct{ status, requests int }{{404, 1}, {403, 1}, {204, 1}, {500, 3}, {503, 3}, {429, 3}}
	for _, c := range cases {
		m := &mirror{}
		m.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(c.status)
			return true
		}
		f, url := start(t, m)
		dir := t.TempDir()
		err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(c.status)) || !strings.Contains(err.Error(), url) {
			t.Errorf("%d: %v", c.status, err)
		}
		if int(m.count.Load()) != c.requests {
			t.Errorf("%d: %d requests, want %d", c.status, m.count.Load(), c.requests)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 0 {
			t.Errorf("%d: left behind: %v", c.status, entries)
		}
	}
}

func TestFetchNextMirror(t *testing.T) {
	gone := &mirror{answer: func(_ int, w http.ResponseWriter, r *http.Request) bool {
		http.NotFound(w, r)
		return true
	}}
	_, goneURL := start(t, gone)
	other := &mirror{content: []byte("another file")}
	_, otherURL := start(t, other)
	f, url := start(t, &mirror{content: testContent})
	dir := t.TempDir()
	err := f.fetch(t.Context(), []string{goneURL, otherURL, url}, dir, testName, exactly(testContent))
	if err != nil {
		t.Fatal(err)
	}
	expectFile(t, dir, testContent)
	if gone.count.Load() != 1 || other.count.Load() != 1 {
		t.Errorf("requests: %d and %d", gone.count.Load(), other.count.Load())
	}
}

func TestFetchUnreachable(t *testing.T) {
	f, url := start(t, &mirror{})
	server := httptest.NewServer(nil)
	server.Close()
	_ = url
	err := f.fetch(t.Context(), []string{server.URL, "::bad"}, t.TempDir(), testName, exactly(nil))
	if err == nil || !strings.Contains(err.Error(), server.URL) || !strings.Contains(err.Error(), "::bad") {
		t.Errorf("the error does not name each address: %v", err)
	}
	if err := f.fetch(t.Context(), nil, t.TempDir(), testName, exactly(nil)); err == nil {
		t.Error("no mirrors: no error")
	}
}

func TestFetchCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := &mirror{content: testContent}
	m.answer = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", fmt.Sprint(len(m.content)))
		w.Write(m.content[:1000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return true
	}
	f, url := start(t, m)
	f.progress = func(Progress) { cancel() }
	dir := t.TempDir()
	err := f.fetch(ctx, []string{url, url}, dir, testName, exactly(testContent))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	part, err := os.ReadFile(filepath.Join(dir, testName+".part"))
	if err != nil || !bytes.Equal(part, testContent[:len(part)]) || len(part) == 0 {
		t.Errorf("the partial file does not stay for the next time: %d bytes, %v", len(part), err)
	}
	if m.count.Load() != 1 {
		t.Errorf("%d requests after a cancellation", m.count.Load())
	}
}

func TestFetchCancelledInPause(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := &mirror{answer: func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusServiceUnavailable)
		time.AfterFunc(10*time.Millisecond, cancel)
		return true
	}}
	f, url := start(t, m)
	f.pause = time.Hour
	if err := f.fetch(ctx, []string{url}, t.TempDir(), testName, exactly(nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestFetchStall(t *testing.T) {
	m := &mirror{content: testContent}
	m.answer = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n > 0 {
			return false
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(m.content)))
		w.Write(m.content[:1000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return true
	}
	f, url := start(t, m)
	f.stall = 50 * time.Millisecond
	dir := t.TempDir()
	if err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent)); err != nil {
		t.Fatal(err)
	}
	expectFile(t, dir, testContent)

	f.attempts = 1
	m.count.Store(0)
	err := f.fetch(t.Context(), []string{url}, t.TempDir(), testName, exactly(testContent))
	if !errors.Is(err, errStall) {
		t.Errorf("got %v", err)
	}
}

func TestFetchLimit(t *testing.T) {
	for _, length := range []bool{true, false} {
		m := &mirror{content: testContent}
		m.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			if !length {
				w.(http.Flusher).Flush() // the answer comes in chunks, without a length
			}
			w.Write(m.content)
			return true
		}
		f, url := start(t, m)
		f.limit = 1000
		err := f.fetch(t.Context(), []string{url}, t.TempDir(), testName, exactly(testContent))
		if err == nil || !strings.Contains(err.Error(), "limit of 1000") {
			t.Errorf("length %v: %v", length, err)
		}
		if m.count.Load() != 1 {
			t.Errorf("%d requests", m.count.Load())
		}
	}
}

func TestFetchInsecure(t *testing.T) {
	m := &mirror{content: testContent}
	f, url := start(t, m)
	f.verified = false
	err := f.fetch(t.Context(), []string{url}, t.TempDir(), testName, exactly(testContent))
	if !errors.Is(err, ErrInsecure) {
		t.Errorf("got %v", err)
	}

	server := httptest.NewTLSServer(m)
	defer server.Close()
	f.client = server.Client()
	dir := t.TempDir()
	writePart(t, dir, testContent[:10])
	if err := f.fetch(t.Context(), []string{server.URL}, dir, testName, exactly(testContent)); err != nil {
		t.Fatal(err)
	}
	expectFile(t, dir, testContent)
	if last := m.ranges[len(m.ranges)-1]; last != "" {
		t.Errorf("continued a partial file that nothing verifies: %q", last)
	}
}

func TestFetchDisk(t *testing.T) {
	f, url := start(t, &mirror{content: testContent})
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, testName+".part"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.fetch(t.Context(), []string{url}, dir, testName, exactly(testContent)); err == nil {
		t.Error("a folder in the way: no error")
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.fetch(t.Context(), []string{url}, file, testName, exactly(testContent)); err == nil {
		t.Error("a file in place of the folder: no error")
	}
}
