package runlog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/facula-ml/facula/train/runlog"
)

// create returns a writer of a new run and its folder.
func create(t *testing.T) (*runlog.Writer, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a-run")
	w, err := runlog.Create(dir, runlog.Info{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w, dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func lines(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "events.jsonl"))
	must(t, err)
	return string(b)
}

// every is an event of each kind, with the line that the format's page gives it.
var every = []struct {
	e    runlog.Event
	line string
}{
	{runlog.Event{Time: 1.5, Step: 100, Epoch: 1, Kind: "scalar", Tag: "train/loss", Value: 0.5},
		`{"t":1.5,"step":100,"epoch":1,"kind":"scalar","tag":"train/loss","value":0.5}`},
	{runlog.Event{Time: 1.5, Kind: "scalar", Tag: "x", Value: math.Inf(-1)},
		`{"t":1.5,"step":0,"epoch":0,"kind":"scalar","tag":"x","value":"-Infinity"}`},
	{runlog.Event{Time: 1.5, Kind: "scalar", Tag: "x", Value: math.Inf(1)},
		`{"t":1.5,"step":0,"epoch":0,"kind":"scalar","tag":"x","value":"Infinity"}`},
	{runlog.Event{Time: 2, Step: 3, Epoch: 1, Kind: "histogram", Tag: "w", Histogram: &runlog.Histogram{
		Edges: []float64{-1, 0, 1}, Counts: []float64{3, 5}, Min: -1, Max: 1, Mean: 0, Std: 0.25}},
		`{"t":2,"step":3,"epoch":1,"kind":"histogram","tag":"w","edges":[-1,0,1],"counts":[3,5],"min":-1,"max":1,"mean":0,"std":0.25}`},
	{runlog.Event{Time: 2, Kind: "image", Tag: "samples", Image: &runlog.Image{File: "images/000100-samples.png", Caption: "a seven"}},
		`{"t":2,"step":0,"epoch":0,"kind":"image","tag":"samples","file":"images/000100-samples.png","caption":"a seven"}`},
	{runlog.Event{Time: 2, Kind: "matrix", Tag: "confusion", Matrix: &runlog.Matrix{Labels: []string{"cat", "dog"}, Rows: [][]float64{{9, 1}, {2, 8}}}},
		`{"t":2,"step":0,"epoch":0,"kind":"matrix","tag":"confusion","labels":["cat","dog"],"rows":[[9,1],[2,8]]}`},
	{runlog.Event{Time: 2, Kind: "text", Tag: "note", Text: "é\n"},
		`{"t":2,"step":0,"epoch":0,"kind":"text","tag":"note","text":"é\n"}`},
}

func TestEveryKind(t *testing.T) {
	w, dir := create(t)
	var want string
	for _, x := range every {
		must(t, w.Write(x.e))
		want += x.line + "\n"
	}
	must(t, w.Close())
	must(t, w.Close())
	if got := lines(t, dir); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	_, events, err := runlog.Read(dir)
	must(t, err)
	if len(events) != len(every) {
		t.Fatalf("%d events, want %d", len(events), len(every))
	}
	for i, x := range every {
		if !reflect.DeepEqual(events[i], x.e) {
			t.Errorf("got  %+v\nwant %+v", events[i], x.e)
		}
	}
	if err := w.Write(every[0].e); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a write after Close: %v", err)
	}
}

func TestNaN(t *testing.T) {
	w, dir := create(t)
	must(t, w.Write(runlog.Scalar(1, 1, "loss", math.NaN())))
	must(t, w.Close())
	_, events, err := runlog.Read(dir)
	if err != nil || len(events) != 1 || !math.IsNaN(events[0].Value) || !strings.Contains(lines(t, dir), `"value":"NaN"`) {
		t.Errorf("%+v, %v, %s", events, err, lines(t, dir))
	}
	if d := time.Since(events[0].When()); d < -time.Second || d > time.Minute {
		t.Errorf("the event is %v old", d)
	}
}

func TestInfo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "er")
	made := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	w, err := runlog.Create(dir, runlog.Info{Created: made, Argv: []string{"a", "b"}, Version: "v1", Device: "cpu", Threads: 3,
		HParams: map[string]any{"lr": 0.1, "width": 64, "limit": math.Inf(1)}})
	must(t, err)
	must(t, w.Close())
	b, err := os.ReadFile(filepath.Join(dir, "run.json"))
	must(t, err)
	var got any
	must(t, json.Unmarshal(b, &got))
	want := map[string]any{"name": "er", "created": "2026-03-04T05:06:07Z", "argv": []any{"a", "b"}, "version": "v1", "device": "cpu", "threads": 3.0,
		"hparams": map[string]any{"lr": 0.1, "width": 64.0, "limit": "Infinity"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	r, err := runlog.Open(dir)
	if err != nil || r.Info().Name != "er" || !r.Info().Created.Equal(made) || r.Dir() != dir {
		t.Errorf("%+v, %v", r.Info(), err)
	}
	if _, err := runlog.Create(dir, runlog.Info{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second run in the folder: %v", err)
	}
	if _, err := runlog.Create(t.TempDir(), runlog.Info{HParams: map[string]any{"f": func() {}}}); err == nil {
		t.Error("a function passes for a hyper-parameter")
	}
}

// A kill tears the last line anywhere. Readers skip it, a writer cuts it off.
func TestTornTail(t *testing.T) {
	line := every[3].line
	for _, before := range []string{"", every[0].line + "\n"} {
		for n := 0; n <= len(line); n += 4 { // to 124, the line without its end
			w, dir := create(t)
			must(t, w.Close())
			name := filepath.Join(dir, "events.jsonl")
			must(t, os.WriteFile(name, []byte(before+line[:n]), 0o666))
			_, events, err := runlog.Read(dir)
			if err != nil || len(events) != strings.Count(before, "\n") {
				t.Fatalf("%d bytes of a line: %d events, %v", n, len(events), err)
			}
			w, err = runlog.Append(dir, 1000)
			must(t, err)
			must(t, w.Write(every[4].e))
			must(t, w.Close())
			got := lines(t, dir)
			if !strings.HasPrefix(got, before+`{"t":`) || !strings.HasSuffix(got, "\"kind\":\"resume\"}\n"+every[4].line+"\n") {
				t.Fatalf("%d bytes of a line: %s", n, got)
			}
		}
	}
}

// A torn line longer than the blocks that the repair reads.
func TestLongTornTail(t *testing.T) {
	w, dir := create(t)
	must(t, w.Close())
	name := filepath.Join(dir, "events.jsonl")
	must(t, os.WriteFile(name, []byte(every[0].line+"\n"+strings.Repeat("x", 200_000)), 0o666))
	w, err := runlog.Append(dir, 1000)
	must(t, err)
	must(t, w.Close())
	if got := lines(t, dir); strings.Contains(got, "x") || strings.Count(got, "\n") != 2 {
		t.Errorf("got %.200s", got)
	}
}

func steps(events []runlog.Event) string {
	var s []string
	for _, e := range events {
		s = append(s, fmt.Sprint(e.Step))
	}
	return strings.Join(s, " ")
}

func TestResume(t *testing.T) {
	w, dir := create(t)
	for step := 1; step <= 5; step++ {
		must(t, w.Write(runlog.Scalar(step, 1, "loss", 1)))
	}
	must(t, w.Close())
	for _, from := range []int{4, 2} {
		var err error
		w, err = runlog.Append(dir, from)
		must(t, err)
		for step := from + 1; step <= 4; step++ {
			must(t, w.Write(runlog.Scalar(step, 1, "loss", float64(from))))
		}
		must(t, w.Close())
	}
	_, events, err := runlog.Read(dir)
	if got := steps(events); err != nil || got != "1 2 3 4" || events[1].Value != 1 || events[2].Value != 2 {
		t.Errorf("the steps are %s, %v", got, err)
	}
	if _, err := runlog.Append(t.TempDir(), 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder without a run: %v", err)
	}
}

func TestMerge(t *testing.T) {
	at := func(steps ...int) (events []runlog.Event) {
		for _, s := range steps {
			e := runlog.Scalar(s, 1, "x", 0)
			if s < 0 {
				e = runlog.Event{Step: -s, Kind: runlog.KindResume}
			}
			events = append(events, e)
		}
		return events
	}
	for _, x := range []struct {
		have, more []int
		want       string
	}{
		{nil, nil, ""},
		{[]int{1, 2, 3}, []int{4}, "1 2 3 4"},
		{[]int{1, 2, 3}, []int{-2, 3, 4}, "1 2 3 4"},
		{[]int{1, 2, 3}, []int{4, -3, 4, -1, 2, 7}, "1 2 7"},
		{[]int{1, 5}, []int{9, -4, 8, -6, 7}, "1 7"},
		{[]int{1, 5}, []int{-5}, "1 5"},
	} {
		if got := steps(runlog.Merge(at(x.have...), at(x.more...))); got != x.want {
			t.Errorf("%v and %v: %s, want %s", x.have, x.more, got, x.want)
		}
	}
}

func TestFollow(t *testing.T) {
	w, dir := create(t)
	r, err := runlog.Open(dir)
	must(t, err)
	next := func(want string) {
		t.Helper()
		events, err := r.Next()
		if got := steps(events); err != nil || got != want {
			t.Fatalf("got %q, %v; want %q", got, err, want)
		}
	}
	next("")
	must(t, w.Write(runlog.Scalar(1, 1, "x", 0)))
	next("") // in the buffer
	must(t, w.Flush())
	next("1")
	must(t, w.Write(runlog.Scalar(2, 1, "x", 0)))
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		events, err := r.Next() // the writer flushes by itself
		must(t, err)
		if len(events) == 1 && events[0].Step == 2 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nothing is flushed in 20 s")
		}
	}
	name := filepath.Join(dir, "events.jsonl")
	must(t, os.WriteFile(name, []byte(every[1].line+"\n"+`{"t":1,`), 0o666))
	next("-1 0") // a new run, with half a line
	must(t, os.WriteFile(name, []byte(every[1].line+"\n"+`{"t":1,"step":7,"kind":"text","tag":"a"}`+"\n"), 0o666))
	next("7")
	must(t, os.Remove(name))
	next("")
}

func TestConcurrentWriters(t *testing.T) {
	w, dir := create(t)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				if err := w.Write(runlog.Scalar(i, g, "x", float64(i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	r, err := runlog.Open(dir)
	must(t, err)
	n := 0
	count := func() {
		events, err := r.Next()
		if err != nil {
			t.Error(err)
		}
		n += len(events)
	}
	for range 20 {
		count()
	}
	wg.Wait()
	must(t, w.Close())
	count()
	if n != 4000 || r.Skipped() != 0 {
		t.Errorf("%d events, %d skipped", n, r.Skipped())
	}
}

func TestImage(t *testing.T) {
	w, dir := create(t)
	m := image.NewGray(image.Rect(0, 0, 3, 2))
	m.SetGray(1, 1, color.Gray{200})
	must(t, w.Write(runlog.Event{Step: 100, Kind: runlog.KindImage, Tag: "val/../a b", Image: &runlog.Image{Picture: m}}))
	must(t, w.Close())
	_, events, err := runlog.Read(dir)
	must(t, err)
	if got := events[0].Image.File; got != "images/000100-val____a_b.png" {
		t.Errorf("the file is %s", got)
	}
	r, err := runlog.Open(dir)
	must(t, err)
	f, err := r.OpenImage(events[0].Image)
	must(t, err)
	defer f.Close()
	back, err := png.Decode(f)
	if err != nil || back.At(1, 1) != (color.Gray{200}) || back.Bounds().Dx() != 3 {
		t.Errorf("%v, %v", back, err)
	}
	// A link must not lead out of the folder.
	must(t, os.Symlink("/etc/passwd", filepath.Join(dir, "images", "x.png")))
	for _, name := range []string{"images/x.png", "images/../run.json", "/etc/passwd", "run.json", "images/none.png", "images"} {
		if f, err := r.OpenImage(&runlog.Image{File: name}); err == nil {
			t.Errorf("%s opens", name)
			f.Close()
		}
	}
}

func TestRefused(t *testing.T) {
	w, _ := create(t)
	for want, e := range map[string]runlog.Event{
		`runlog: scalar "": want a tag`: {Kind: "scalar"},
		`runlog: film "x": want a kind: scalar, histogram, image, matrix, text or resume`: {Kind: "film", Tag: "x"},
		`runlog: histogram "x": Histogram is nil`:                                         {Kind: "histogram", Tag: "x"},
		`runlog: histogram "x": 1 edges and 1 counts; want one edge more than counts`: {Kind: "histogram", Tag: "x",
			Histogram: &runlog.Histogram{Edges: []float64{1}, Counts: []float64{1}}},
		`runlog: histogram "x": bin 0 from 1 to 0 has the count 1; want rising edges and counts of 0 or more`: {Kind: "histogram", Tag: "x",
			Histogram: &runlog.Histogram{Edges: []float64{1, 0}, Counts: []float64{1}}},
		`runlog: matrix "x": Matrix is nil`:                                       {Kind: "matrix", Tag: "x"},
		`runlog: matrix "x": 1 rows and 2 labels; want a label for each, or none`: {Kind: "matrix", Tag: "x", Matrix: &runlog.Matrix{Labels: []string{"a", "b"}, Rows: [][]float64{{1}}}},
		`runlog: matrix "x": row 0 has 2 columns; want 1`:                         {Kind: "matrix", Tag: "x", Matrix: &runlog.Matrix{Rows: [][]float64{{1, 2}}}},
		`runlog: image "x": Image is nil`:                                         {Kind: "image", Tag: "x"},
		`runlog: image "x": the file is "../a.png"; want a name below images/`:    {Kind: "image", Tag: "x", Image: &runlog.Image{File: "../a.png"}},
		`runlog: text "x" has 5000060 bytes; want fewer than 4194304`:             {Time: 1, Kind: "text", Tag: "x", Text: strings.Repeat("x", 5_000_000)},
	} {
		if err := w.Write(e); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// A full disk is an error of a write or of Close, and not a half of a log.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	w, dir := create(t)
	must(t, w.Close())
	name := filepath.Join(dir, "events.jsonl")
	must(t, os.Remove(name))
	must(t, os.Symlink("/dev/full", name))
	if _, err := runlog.Append(dir, 0); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("a full disk gives %v", err)
	}
	if _, err := runlog.Create("/proc/self/status/run", runlog.Info{}); err == nil {
		t.Error("a file passes for a folder")
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b", "a/deep", "a/deep/inner", "a/x/y/z"} {
		w, err := runlog.Create(filepath.Join(dir, name), runlog.Info{})
		must(t, err)
		must(t, w.Close())
	}
	for depth, want := range []string{"", "b", "a/deep b", "a/deep b", "a/deep a/x/y/z b"} {
		runs, err := runlog.Find(dir, depth)
		must(t, err)
		var got []string
		for _, r := range runs {
			rel, err := filepath.Rel(dir, r)
			must(t, err)
			got = append(got, filepath.ToSlash(rel))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("depth %d: %q, want %q", depth, s, want)
		}
	}
	if runs, err := runlog.Find(filepath.Join(dir, "b"), 0); err != nil || len(runs) != 1 {
		t.Errorf("%v, %v", runs, err)
	}
	if _, err := runlog.Find(filepath.Join(dir, "none"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestCSV(t *testing.T) {
	var b strings.Builder
	c := runlog.NewCSV(&b)
	for _, e := range append([]runlog.Event{{Time: 1.25, Step: 1, Epoch: 2, Kind: "scalar", Tag: `a,"b"`, Value: math.NaN()}}, every[0].e, every[2].e, every[3].e, every[6].e) {
		must(t, c.Write(e))
	}
	const want = "time,step,epoch,tag,value\n" + `1.25,1,2,"a,""b""",NaN` + "\n1.5,100,1,train/loss,0.5\n1.5,0,0,x,+Inf\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if err := c.Write(runlog.Event{Kind: "scalar"}); err == nil {
		t.Error("no tag passes")
	}
	if err := runlog.NewCSV(full{}).Write(every[0].e); err == nil {
		t.Error("a full disk is no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }
