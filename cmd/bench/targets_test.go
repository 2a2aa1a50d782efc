package main

import (
	"bytes"
	"strings"
	"testing"
)

// Each pattern holds for a case, so that a renamed case cannot lose its target.
func TestTargetsAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, w := range suite() {
		used[targetOf(w.name).cases] = true
	}
	for _, g := range targets {
		if !used[g.cases] {
			t.Errorf("no case has the target %q", g.cases)
		}
	}
	for name, want := range map[string]float64{
		"mm_f32_1023": 1, "mm_f32_1024_nt": 1, "bmm_64x(128x64x128)": 1, "add_1000000": 1.1, "add_bcast_1024x1024+1024x1": 1.1,
		"gelu_tanh_1e6": 3, "gelu_1e6": 0, "sum_dim0_4096": 3, "sum_all_4096": 0, "conv1x1_256-64_56_b8_bwd": 1.5, "conv1x1_256-64_56_b8_fwd": 1,
		"dwconv64_3x3_56_b8_fwd": 1.5, "xor_2-8-1_step_sgd": 10, "mlp_784-128-10_step_adam_b64": 1.5, "mlp_784-128-10_fwd_b64": 0,
		"resnet18_step_sgd_b32_channels_last": 1.15, "max_dim1_4096": 0,
	} {
		if got := targetOf(name).ratio; got != want {
			t.Errorf("the target of %s is %v; want %v", name, got, want)
		}
	}
}

// Each case with a target has a reason, and each reason such a case.
func TestReasonsAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, w := range suite() {
		if targetOf(w.name).ratio == 0 {
			continue
		}
		why := whyMissed(result{Case: w.name})
		if used[why] = true; why == "" {
			t.Errorf("%s has a target, and no reason to miss it", w.name)
		}
	}
	for _, g := range reasons {
		if !used[g.why] {
			t.Errorf("no case is missed for %q", g.why)
		}
	}
	if why := whyMissed(result{Case: "softmax_4096x1024", TorchOfLimit: 0.95}); !strings.Contains(why, "95 % of the limit, which leaves 1.05") {
		t.Errorf("PyTorch at the limit leaves %q", why)
	}
	if why := whyMissed(result{Case: "relu_1e6", TorchOfLimit: 0.95}); strings.Contains(why, "limit") {
		t.Errorf("where our own bandwidth would do, PyTorch at the limit leaves %q", why)
	}
}

func TestJudge(t *testing.T) {
	mm, add, start := targetOf("mm_f32_1024"), targetOf("add_1000000"), targetOf("start_mlp_step")
	for _, c := range []struct {
		what string
		t    target
		r    result
		want verdict
	}{
		{"faster", mm, result{Threads: 1, Ratio: 1.01, OfLimit: 0.95}, met},
		{"slower", mm, result{Threads: 1, Ratio: 0.98, OfLimit: 0.95, TorchOfLimit: 0.94}, missed},
		{"both at the wall", mm, result{Threads: 1, Ratio: 0.98, OfLimit: 0.95, TorchOfLimit: 0.96}, met},
		{"far from the wall", mm, result{Threads: 1, Ratio: 1.2, OfLimit: 0.85}, missed},
		{"that holds on one core only", mm, result{Threads: 2, Ratio: 1.2, OfLimit: 0.85, Scaling: 1.95}, met},
		{"does not scale", mm, result{Threads: 2, Ratio: 1.2, OfLimit: 0.95, Scaling: 1.8}, missed},
		{"limit not measured", mm, result{Threads: 1, Ratio: 1.2}, met},
		{"no PyTorch", mm, result{Threads: 1, OfLimit: 0.95}, untested},
		{"ratio", add, result{Ratio: 1.1}, met},
		{"bandwidth", add, result{Ratio: 0.9, OfLimit: 0.95}, met},
		{"neither", add, result{Ratio: 1.05, OfLimit: 0.9}, missed},
		{"time", start, result{US: 29e3}, met},
		{"late", start, result{US: 31e3, Ratio: 20}, missed},
		{"no target", target{}, result{Ratio: 2}, untested},
	} {
		if got := c.t.judge(c.r); got != c.want {
			t.Errorf("%s: %q; want %q", c.what, got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "", 0.04331: "0.0433", 0.98765: "0.988", 1: "1", 1.1: "1.1", 12.34: "12.3", 99.9: "99.9", 583.6: "584"} {
		if got := number(v); got != want {
			t.Errorf("number(%v) is %q; want %q", v, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	r := result{Case: "add_1000000", Threads: 2, US: 250, TorchUS: 500, Ratio: 2, GBS: 48, OfLimit: 0.91, Limit: "triad", Scaling: 1.7, Bytes: 4.01e6, Mallocs: 2}
	r.judge([]result{{Case: "add_1000000", Threads: 1, US: 400}})
	if r.Scaling != 1.6 || r.Verdict != met {
		t.Errorf("judged %+v", r)
	}
	var out bytes.Buffer
	printHead(&out, columns(true))
	printRow(&out, columns(true), r)
	head, row, _ := strings.Cut(out.String(), "\n")
	for title, cell := range map[string]string{"ours": "250 µs", "PyTorch": "500 µs", "ratio": "2", "speed": "48 GB/s", "of limit": "91 % triad", "scaling": "1.6"} {
		end := len([]rune(head[:strings.Index(head, title)+len(title)]))
		if !strings.HasSuffix(string([]rune(row)[:end]), " "+cell) {
			t.Errorf("below %q there is no %q:\n%s\n%s", title, cell, head, row)
		}
	}

	noisy := r
	if noisy.fill(work{}, spread{130, 100, 200}, spread{260, 250, 270}, spread{}); ratio(noisy) != "~2" {
		t.Errorf("noisy ratio %q", ratio(noisy))
	}

	slow, slower := r, r
	slow.Verdict, slow.Ratio = missed, 0.9
	slower.Verdict, slower.Ratio, slower.Case = missed, 0.1, "add_1000"
	out.Reset()
	printMisses(&out, []result{slow, r, slower})
	if got := out.String(); !strings.Contains(got, "1 of 3 targets met") || strings.Index(got, "add_1000 ") > strings.Index(got, "add_1000000") {
		t.Errorf("summary:\n%s", got)
	}
}
