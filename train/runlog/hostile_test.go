//go:build unix

package runlog_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/facula-ml/facula/train/runlog"
)

// Lines that are no events are skipped, and what stands around them is read.
var hostile = []string{
	``, `x`, `[]`, `null`, `1`, `"a"`, `{}`, `{`, `{"t":1,"step":1}`, "\x00\x00", "\xff",
	`{"t":1,"step":1,"kind":"scalar","tag":"x"}`,
	`{"t":1,"step":1,"kind":"scalar","tag":"x","value":null}`,
	`{"t":1,"step":1,"kind":"scalar","tag":"x","value":"1"}`,
	`{"t":1,"step":1,"kind":"scalar","tag":"x","value":1e999}`,
	`{"t":1,"step":1,"kind":"scalar","tag":"x","value":[1]}`,
	`{"t":1e300,"step":1,"kind":"scalar","tag":"x","value":1}`,
	`{"t":"NaN","step":1,"kind":"scalar","tag":"x","value":1}`,
	`{"t":1,"step":1.5,"kind":"scalar","tag":"x","value":1}`,
	`{"t":1,"step":1e30,"kind":"scalar","tag":"x","value":1}`,
	`{"t":1,"step":1,"kind":"scalar","tag":"","value":1}`,
	`{"t":1,"step":1,"kind":"scalar","tag":5,"value":1}`,
	`{"t":1,"step":1,"kind":"","tag":"x","value":1}`,
	`{"t":1,"step":1,"kind":"film","tag":"x","value":1}`,
	`{"step":1,"kind":"scalar","tag":"x","value":1}`,
	`{"t":1,"kind":"scalar","tag":"x","value":1}`,
	`{"t":1,"step":1,"kind":"histogram","tag":"x"}`,
	`{"t":1,"step":1,"kind":"histogram","tag":"x","edges":[],"counts":[]}`,
	`{"t":1,"step":1,"kind":"histogram","tag":"x","edges":[1],"counts":[]}`,
	`{"t":1,"step":1,"kind":"histogram","tag":"x","edges":[1,2],"counts":[-1]}`,
	`{"t":1,"step":1,"kind":"histogram","tag":"x","edges":[2,1],"counts":[1]}`,
	`{"t":1,"step":1,"kind":"histogram","tag":"x","edges":["NaN",1],"counts":[1]}`,
	`{"t":1,"step":1,"kind":"histogram","tag":"x","edges":[0,1],"counts":["NaN"]}`,
	`{"t":1,"step":1,"kind":"histogram","tag":"x","edges":[0,null],"counts":[1]}`,
	`{"t":1,"step":1,"kind":"image","tag":"x"}`,
	`{"t":1,"step":1,"kind":"image","tag":"x","file":"/etc/passwd"}`,
	`{"t":1,"step":1,"kind":"image","tag":"x","file":"images/../../etc/passwd"}`,
	`{"t":1,"step":1,"kind":"image","tag":"x","file":"images\\..\\x"}`,
	`{"t":1,"step":1,"kind":"image","tag":"x","file":"../images/x"}`,
	`{"t":1,"step":1,"kind":"image","tag":"x","file":"images/a\u0000b"}`,
	`{"t":1,"step":1,"kind":"matrix","tag":"x"}`,
	`{"t":1,"step":1,"kind":"matrix","tag":"x","rows":[]}`,
	`{"t":1,"step":1,"kind":"matrix","tag":"x","rows":null}`,
	`{"t":1,"step":1,"kind":"matrix","tag":"x","rows":[null]}`,
	`{"t":1,"step":1,"kind":"matrix","tag":"x","rows":[[1,2]]}`,
	`{"t":1,"step":1,"kind":"matrix","tag":"x","rows":[[1],[2]]}`,
	`{"t":1,"step":1,"kind":"matrix","tag":"x","labels":["a","b"],"rows":[[1]]}`,
	strings.Repeat("[", 1_000_000),
	`{"a":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`,
	strings.Repeat("x", 10<<20), // longer than a line may be
	`{"t":1,"step":1,"kind":"text","tag":"x","text":"` + strings.Repeat("y", 5<<20) + `"}`,
}

// events puts lines into a run's folder.
func events(t testing.TB, text string) string {
	dir := t.TempDir()
	w, err := runlog.Create(dir, runlog.Info{})
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := os.WriteFile(filepath.Join(dir, "events.jsonl"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestHostileLines(t *testing.T) {
	good := every[0].line
	dir := events(t, good+"\n"+strings.Join(hostile, "\n")+"\n"+good+"\n")
	r, err := runlog.Open(dir)
	must(t, err)
	n := 0
	for range 100 {
		events, err := r.Next()
		must(t, err)
		n += len(events)
	}
	if n != 2 || r.Skipped() != len(hostile) {
		t.Errorf("%d events, %d of %d lines skipped", n, r.Skipped(), len(hostile))
	}
}

// A pipe in the place of a file would block a reader for ever.
func TestHostileFiles(t *testing.T) {
	for name, do := range map[string]func(name string) error{
		"pipe":   func(name string) error { return syscall.Mkfifo(name, 0o666) },
		"folder": func(name string) error { return os.Mkdir(name, 0o777) },
		"link":   func(name string) error { return os.Symlink("/etc/passwd", name) },
	} {
		dir := events(t, "")
		must(t, os.Remove(filepath.Join(dir, "events.jsonl")))
		must(t, do(filepath.Join(dir, "events.jsonl")))
		if _, _, err := runlog.Read(dir); err == nil {
			t.Errorf("a %s reads as events", name)
		}
		must(t, os.Remove(filepath.Join(dir, "run.json")))
		must(t, do(filepath.Join(dir, "run.json")))
		if _, err := runlog.Open(dir); err == nil {
			t.Errorf("a %s reads as run.json", name)
		}
	}
	for _, text := range []string{"", "x", `{"created":"yesterday"}`, `{"threads":"x"}`, strings.Repeat(" ", 2<<20) + "{}", strings.Repeat("[", 1<<19)} {
		dir := events(t, "")
		must(t, os.WriteFile(filepath.Join(dir, "run.json"), []byte(text), 0o666))
		if _, err := runlog.Open(dir); err == nil {
			t.Errorf("run.json %.20q opens", text)
		}
	}
}

// Many small events are the worst for memory: what is alive stays within 4
// times the file.
func TestMemoryOfMany(t *testing.T) {
	const n = 50_000
	const line = `{"t":1,"step":1,"kind":"scalar","tag":"a","value":1}` + "\n"
	dir := events(t, strings.Repeat(line, n))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_, all, err := runlog.Read(dir)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil || len(all) != n {
		t.Fatalf("%d events, %v", len(all), err)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4*int64(n*len(line)) {
		t.Errorf("%d bytes for a file of %d", grown, n*len(line))
	}
	runtime.KeepAlive(all)
}

func FuzzRead(f *testing.F) {
	for _, x := range every {
		f.Add([]byte(x.line + "\n"))
	}
	for _, x := range hostile {
		if len(x) < 1000 {
			f.Add([]byte(x + "\n" + every[3].line))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := events(t, string(b))
		_, all, err := runlog.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all { // what was read can be written
			if _, err := e.MarshalJSON(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
