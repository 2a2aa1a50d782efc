package board_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/facula-ml/facula/train/board"
	"github.com/facula-ml/facula/train/runlog"
)

// get asks the handler and returns status and body.
func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Host = "localhost:6060"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

type answer struct {
	Generation, Next int
	Reset, More      bool
	Events           []runlog.Event
}

func events(t *testing.T, h http.Handler, run string, from, generation int) (a answer) {
	t.Helper()
	code, body := get(t, h, fmt.Sprintf("/api/events?run=%s&from=%d&generation=%d", run, from, generation))
	if code != 200 {
		t.Fatalf("status %d: %s", code, body)
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func write(t *testing.T, w *runlog.Writer, err error, more ...runlog.Event) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range more {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestEvents(t *testing.T) {
	dir := t.TempDir()
	h := board.Handler(dir)
	var many []runlog.Event
	for i := range 6000 {
		many = append(many, runlog.Scalar(i+1, 1, "train/loss", float64(i)))
	}
	w, err := runlog.Create(filepath.Join(dir, "a", "b"), runlog.Info{HParams: map[string]any{"lr": 0.1}})
	write(t, w, err, many...)
	code, body := get(t, h, "/api/runs")
	if code != 200 || !strings.Contains(body, `"name":"a/b"`) || !strings.Contains(body, `"lr":0.1`) || !strings.Contains(body, `"live":true`) {
		t.Fatalf("status %d, runs %s", code, body)
	}
	one := events(t, h, "a/b", 0, 0)
	two := events(t, h, "a/b", one.Next, one.Generation)
	if !one.Reset || !one.More || len(one.Events) != 5000 || two.Reset || two.More || len(two.Events) != 1000 || two.Events[999].Value != 5999 {
		t.Errorf("first %d events, reset %v, more %v; then %d, %v, %v", len(one.Events), one.Reset, one.More, len(two.Events), two.Reset, two.More)
	}
	w, err = runlog.Append(filepath.Join(dir, "a", "b"), 10)
	write(t, w, err, runlog.Scalar(11, 1, "train/loss", -1))
	three := events(t, h, "a/b", two.Next, two.Generation)
	if !three.Reset || len(three.Events) != 11 || three.Events[10].Value != -1 {
		t.Errorf("after a resume: reset %v, %d events; want all 11 anew", three.Reset, len(three.Events))
	}
}

// A folder of one run is served too, and a new run in it is another.
func TestOneRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	h := board.Handler(dir)
	w, err := runlog.Create(dir, runlog.Info{})
	write(t, w, err, runlog.Scalar(1, 1, "x", 1), runlog.Scalar(2, 1, "x", 2))
	first := events(t, h, "mine", 0, 0)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if code, _ := get(t, h, "/api/events?run=mine"); code != 404 {
		t.Errorf("status %d without a run; want 404", code)
	}
	w, err = runlog.Create(dir, runlog.Info{})
	write(t, w, err, runlog.Scalar(1, 1, "x", 3))
	if a := events(t, h, "mine", first.Next, first.Generation); !a.Reset || len(a.Events) != 1 || a.Events[0].Value != 3 {
		t.Errorf("of the new run %+v", a)
	}
}

func TestImage(t *testing.T) {
	dir := t.TempDir()
	h := board.Handler(dir)
	w, err := runlog.Create(filepath.Join(dir, "r"), runlog.Info{})
	write(t, w, err, runlog.Event{Step: 1, Kind: runlog.KindImage, Tag: "samples", Image: &runlog.Image{Picture: image.NewGray(image.Rect(0, 0, 3, 2))}})
	file := events(t, h, "r", 0, 0).Events[0].Image.File
	code, body := get(t, h, "/api/image?run=r&file="+file)
	if p, _, err := image.Decode(strings.NewReader(body)); code != 200 || err != nil || p.Bounds().Dx() != 3 {
		t.Errorf("status %d, %v", code, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"?run=r&file=../secret", "?run=r&file=images/../../secret", "?run=r&file=run.json", "?run=..&file=images/x", "?run=/etc&file=passwd", "?run=r&file=" + file + "x", "?run=&file="} {
		if code, body := get(t, h, "/api/image"+path); code == 200 || strings.Contains(body, "secret\n") {
			t.Errorf("%s: status %d", path, code)
		}
	}
}

// Only this machine's names are answered, and the page may load only its own.
func TestGuard(t *testing.T) {
	h := board.Handler(t.TempDir())
	for host, want := range map[string]int{"localhost": 200, "localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "192.168.0.7:80": 200, "evil.example": 403, "evil.example:80": 403, "": 403} {
		r := httptest.NewRequest("GET", "/api/runs", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("host %q: status %d; want %d", host, w.Code, want)
		}
		if w.Code == 200 && !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("host %q: no policy", host)
		}
	}
	for path, want := range map[string]int{"/api/events?run=x&from=-1": 400, "/api/events?run=x&from=a": 400, "/api/events?run=../x": 404, "/nothing": 404} {
		if code, body := get(t, h, path); code != want {
			t.Errorf("%s: status %d %s; want %d", path, code, body, want)
		}
	}
	r := httptest.NewRequest("POST", "/api/runs", nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 405 {
		t.Errorf("POST: status %d; want 405", w.Code)
	}
}

// The page names no address but its own files, which are all there.
func TestPage(t *testing.T) {
	h := board.Handler(t.TempDir())
	links := regexp.MustCompile(`(?:src|href|from) ?=? ?"([^"#]+)"`)
	seen := map[string]bool{}
	var walk func(path string)
	walk = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		code, body := get(t, h, "/"+strings.TrimPrefix(path, "./"))
		if code != 200 {
			t.Errorf("%s: status %d", path, code)
		}
		if strings.Contains(strings.ReplaceAll(body, "http://www.w3.org/2000/svg", ""), "http") {
			t.Errorf("%s names an address of the internet", path)
		}
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			walk(m[1])
		}
	}
	walk("")
	files, err := fs.Glob(os.DirFS("page"), "*")
	if err != nil || len(seen) != len(files) { // the page itself is seen as ""
		t.Errorf("the page uses %d files, the folder has %d", len(seen), len(files))
	}
}

func Example() {
	dir, _ := os.MkdirTemp("", "runs")
	defer os.RemoveAll(dir)
	w, err := runlog.Create(filepath.Join(dir, "first"), runlog.Info{})
	if err != nil {
		fmt.Println(err)
		return
	}
	w.Close()
	server := httptest.NewServer(board.Handler(dir)) // or http.ListenAndServe("localhost:6060", …)
	defer server.Close()
	r, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Body.Close()
	page, _ := io.ReadAll(r.Body)
	fmt.Println(r.StatusCode, bytes.Contains(page, []byte("<title>facula board</title>")))
	// Output: 200 true
}
