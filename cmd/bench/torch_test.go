package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// fake is PyTorch's side that answers each request with the next line.
func fake(t *testing.T, lines ...string) *peer {
	t.Helper()
	toFake, in := io.Pipe()
	out, fromFake := io.Pipe()
	go func() {
		defer fromFake.Close()
		io.WriteString(fromFake, `{"torch": "2.0", "python": "3.11", "threads": 2, "capability": "AVX2"}`+"\n")
		requests := bufio.NewReader(toFake)
		for _, line := range lines {
			asked, err := requests.ReadBytes('\n')
			var r request
			if err != nil || json.Unmarshal(asked, &r) != nil || r.Case != "add" || r.Seconds != 0.5 {
				io.WriteString(fromFake, `{"case": "add", "error": "bad request"}`+"\n")
				continue
			}
			io.WriteString(fromFake, line+"\n")
		}
	}()
	p, err := newPeer(in, out)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPeer(t *testing.T) {
	p := fake(t, `{"case": "add", "us": 12.5, "runs": 7}`, `{"case": "add", "error": "no such case"}`, `{"case": "add", "error": "ValueError: x"}`,
		`{"case": "sub", "us": 1}`, `{"case": "add", "us": 0}`, `Segmentation fault`)
	if p.Torch != "2.0" || p.Threads != 2 || p.Capability != "AVX2" {
		t.Errorf("hello %+v", p.hello)
	}
	half := 500 * time.Millisecond
	if s, err := (remote{p, work{name: "add"}}).round(half); err != nil || s != 12.5e-6 {
		t.Errorf("%v, %v; want 12.5 µs", s, err)
	}
	if _, err := p.measure(work{name: "add"}, half); !errors.Is(err, errNoCase) {
		t.Errorf("error %v; want %v", err, errNoCase)
	}
	for _, want := range []string{"ValueError: x", `answered for "sub"`, "with 0 us", "Segmentation fault"} {
		if _, err := p.measure(work{name: "add"}, half); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one with %q", err, want)
		}
	}
}

func TestPeerEnds(t *testing.T) {
	if _, err := newPeer(io.Discard, strings.NewReader("")); err == nil {
		t.Error("a process that says nothing is taken")
	}
	p, err := newPeer(io.Discard, strings.NewReader("{}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.measure(work{name: "add"}, 0); !errors.Is(err, io.EOF) {
		t.Errorf("error %v; want %v", err, io.EOF)
	}
}

func TestSetup(t *testing.T) {
	s := setup{blas: "/lib/blas", core: "Cooperlake", shim: "/tmp/shim.so"}
	env := strings.Join(s.env(2), " ")
	for _, want := range []string{"OMP_NUM_THREADS=2", "LD_LIBRARY_PATH=/lib/blas", "OPENBLAS_CORETYPE=Cooperlake", "LD_PRELOAD=/tmp/shim.so"} {
		if !strings.Contains(env, want) {
			t.Errorf("environment lacks %s: %s", want, env)
		}
	}
	if strings.Contains(env, "ATEN_CPU_CAPABILITY") {
		t.Errorf("what is not known is set: %s", env)
	}
}

// Where PyTorch is installed, it has every case but those it cannot have.
func TestCasesOfPyTorch(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PyTorch")
	}
	python, err := findPython(t.Context(), "")
	if err != nil {
		t.Skip(err)
	}
	tr := &torch{ctx: t.Context(), python: python, dir: "torch"}
	out, err := tr.command(1, "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string]bool{}
	for name := range strings.FieldsSeq(string(out)) {
		theirs[name] = true
	}
	ours := map[string]bool{}
	for _, w := range suite() {
		ours[w.name] = true
		if !theirs[w.name] && w.name != "loader_6400_b64_worker" {
			t.Errorf("PyTorch's side lacks %s", w.name)
		}
	}
	for name := range theirs {
		if !ours[name] {
			t.Errorf("PyTorch's side alone has %s", name)
		}
	}
}
