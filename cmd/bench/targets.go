package main

import (
	"fmt"
	"math"
	"path"
	"strings"
)

// A target is what a case must reach against PyTorch on the same cores.
type target struct {
	cases     string  // patterns of path.Match, separated by spaces
	ratio     float64 // PyTorch's time (or memory) over ours
	bandwidth float64 // or this part of the bandwidth measured beside it
	wall      bool    // where PyTorch is above 95 % of the FMA peak, 0.97 is enough
	peak      float64 // and this part of the FMA peak, on one core
	scaling   float64 // and our time on one core over that on two
	under     float64 // and less than so many seconds
}

// targets is searched from the top; the first pattern that matches holds.
var targets = []target{
	{cases: "mm_f32_256 mm_f32_512 mm_f32_1024", ratio: 1, wall: true, peak: 0.9, scaling: 1.9},
	{cases: "mm_f32_* mm_f64_1024 bmm_*", ratio: 1, wall: true},
	{cases: "add_[0-9]* add_out_* add_bcast_* relu_* exp_* sigmoid_* log_*", ratio: 1.1, bandwidth: 0.95},
	{cases: "tanh_* gelu_tanh_* argmax_* maxpool2_* transpose_* sum_dim0_* cumsum_* sort_* rand_* randn_*", ratio: 3},
	{cases: "softmax_* layernorm_* batchnorm2d_* cross_entropy_*", ratio: 1.5},
	{cases: "lstm_* gru_* rnn_*", ratio: 1.5},
	{cases: "dwconv* conv1x1*_bwd", ratio: 1.5},
	{cases: "conv*", ratio: 1},
	{cases: "disp_*", ratio: 4},
	{cases: "xor_*", ratio: 10},
	{cases: "mlp_*_step_*", ratio: 1.5},
	{cases: "lenet_step_*", ratio: 2},
	{cases: "resnet18_step_*", ratio: 1.15},
	{cases: "sdpa_*", ratio: 1},
	{cases: "gpt2_prefill_*", ratio: 1.1},
	{cases: "gpt2_decode_*", ratio: 1.25, bandwidth: 0.9},
	{cases: "gpt_*_step_*", ratio: 1.2},
	{cases: "start_mlp_step", under: 0.030},
	{cases: "rss_mlp_*", ratio: 1 / 0.3},
	{cases: "rss_resnet18", ratio: 1 / 0.8},
}

// targetOf is the target of a case; its zero is to have none.
func targetOf(name string) target {
	for _, t := range targets {
		if matchesAny(t.cases, name) {
			return t
		}
	}
	return target{}
}

// matchesAny reports whether name matches one of the patterns.
func matchesAny(patterns, name string) bool {
	for pattern := range strings.FieldsSeq(patterns) {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}

func (t target) String() string {
	var parts []string
	add := func(on float64, format string, v ...any) {
		if on > 0 {
			parts = append(parts, fmt.Sprintf(format, v...))
		}
	}
	ratio := "≥ " + number(t.ratio)
	if t.bandwidth > 0 {
		ratio += fmt.Sprintf(" or %.0f %% of bandwidth", 100*t.bandwidth)
	}
	add(t.ratio, "%s", ratio)
	add(t.peak, "%.0f %% of peak on 1", 100*t.peak)
	add(t.scaling, "×%.1f on 2", t.scaling)
	add(t.under, "< %.0f ms", 1e3*t.under)
	return strings.Join(parts, ", ")
}

// A verdict is how a result stands to its target.
type verdict string

const (
	met      verdict = "ok"
	missed   verdict = "MISS"
	untested verdict = "" // no target, or nothing to compare with
)

// judge compares what is known of a result with the target. A figure that was
// not measured, such as a limit, meets no alternative and breaks no condition.
func (t target) judge(r result) verdict {
	if t.ratio == 0 && t.under == 0 {
		return untested
	}
	if t.ratio > 0 && r.Ratio == 0 {
		return untested
	}
	ok := r.Ratio >= t.ratio
	if t.bandwidth > 0 && r.OfLimit >= t.bandwidth {
		ok = true
	}
	if t.wall && r.TorchOfLimit > 0.95 && r.Ratio >= 0.97 {
		ok = true
	}
	if t.under > 0 && r.US >= 1e6*t.under {
		ok = false
	}
	if t.peak > 0 && r.Threads == 1 && r.OfLimit > 0 && r.OfLimit < t.peak {
		ok = false
	}
	if t.scaling > 0 && r.Threads == 2 && r.Scaling > 0 && r.Scaling < t.scaling {
		ok = false
	}
	if ok {
		return met
	}
	return missed
}

// number is v with three digits that count.
func number(v float64) string {
	switch {
	case v == 0:
		return ""
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	digits := 2 - int(math.Floor(math.Log10(v)))
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.*f", digits, v), "0"), ".")
}
