package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	c, err := parse([]string{"-threads", "2, 1", "-run", "^add", "-vs", "torch", "-quick", "-write", "x.md"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.threads, []int{2, 1}) || c.run.String() != "^add" || !c.torch || !c.quick || c.write != "x.md" {
		t.Errorf("parse gives %+v", c)
	}
	for _, bad := range []struct{ args, want string }{
		{"-threads 0", "numbers above 0"},
		{"-threads 1,x", "numbers above 0"},
		{"-threads 1,1", "twice"},
		{"-run (", "-run"},
		{"-vs numpy", "want torch"},
		{"-write x.md", "needs -vs torch"},
		{"add", "unexpected argument"},
	} {
		if _, err := parse(strings.Fields(bad.args), io.Discard); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: error %v; want one with %q", bad.args, err, bad.want)
		}
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	_, _ = parse([]string{"-help"}, &out)
	for _, want := range []string{"-vs torch", "-quick", "above 1 facula is faster", "-threads"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("-help lacks %q", want)
		}
	}
}

// Each name is there once, and -list prints them all.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range suite() {
		if seen[w.name] {
			t.Errorf("two cases are named %s", w.name)
		}
		seen[w.name] = true
		if (w.prepare == nil) == (w.once == nil) {
			t.Errorf("%s: want prepare or once", w.name)
		}
	}
	c, err := parse([]string{"-list"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c.do(t.Context(), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != len(seen) {
		t.Errorf("-list prints %d lines for %d cases", n, len(seen))
	}
}

// Cases that take no time run as they are, from the flags to the line of JSON.
func TestJSON(t *testing.T) {
	c, err := parse([]string{"-json", "-quick", "-threads", "1", "-run", "^(mm_f32_64|disp_.*|xor.*)$"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c.do(t.Context(), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(out.String()) {
		var r result
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if !(0 < r.MinUS && r.MinUS <= r.US && r.US <= r.MaxUS) || r.Threads != 1 {
			t.Errorf("%s", line)
		}
		if strings.HasPrefix(r.Case, "mm_") != (r.GFLOPS > 0) {
			t.Errorf("GFLOP/s in %s", line)
		}
		names = append(names, r.Case)
	}
	if len(names) != 7 {
		t.Errorf("cases %q; want 7", names)
	}
}

func TestNothingToRun(t *testing.T) {
	c, err := parse([]string{"-run", "no such thing"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.do(t.Context(), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "-list") {
		t.Errorf("error %v; want one that names -list", err)
	}
}

func TestNoPyTorch(t *testing.T) {
	_, err := openTorch(t.Context(), "no-such-python")
	if err == nil || !strings.Contains(err.Error(), "python3-torch libdnnl-dev libopenblas0-openmp gcc") {
		t.Errorf("error %v; want what to install", err)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c, err := parse([]string{"-run", "add_1000$"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.do(ctx, io.Discard, io.Discard); err != context.Canceled {
		t.Errorf("error %v; want %v", err, context.Canceled)
	}
}

// counter is a side that tells the order of calls.
type counter struct {
	name  string
	value float64
	calls *[]string
}

func (c *counter) round(time.Duration) (float64, error) {
	*c.calls = append(*c.calls, c.name)
	c.value++
	return c.value, nil
}

func TestAlternate(t *testing.T) {
	var calls []string
	a, b := &counter{"a", 0, &calls}, &counter{"b", 10, &calls}
	s, err := alternate(plan{rounds: 4, budget: time.Hour}, a, nil, b)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(calls, ""); got != "abbabaab" {
		t.Errorf("order %s", got)
	}
	if want := (spread{2.5, 1, 4}); s[0] != want {
		t.Errorf("a gave %v; want %v", s[0], want)
	}
	if s[1] != (spread{}) || s[2].median != 12.5 {
		t.Errorf("sides gave %v", s)
	}
}

func TestTimes(t *testing.T) {
	p := plan{rounds: 7, budget: time.Second}
	for _, c := range []struct {
		round time.Duration
		want  int
	}{{0, 7}, {10 * time.Millisecond, 7}, {200 * time.Millisecond, 5}, {2 * time.Second, 3}, {5 * time.Second, 1}} {
		if got := p.times(c.round); got != c.want {
			t.Errorf("%d rounds of %v; want %d", got, c.round, c.want)
		}
	}
}
