package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A column of the table. Numbers stand right, words left.
type column struct {
	title string
	width int
	left  bool
	cell  func(result) string
}

func columns(versus bool) []column {
	cols := []column{
		{"case", 37, true, func(r result) string { return r.Case }},
		{"threads", 7, false, func(r result) string { return fmt.Sprint(r.Threads) }},
		{"ours", 9, false, func(r result) string { return value(r.US, r.PeakKiB) }},
	}
	if versus {
		cols = append(cols,
			column{"PyTorch", 9, false, func(r result) string { return value(r.TorchUS, r.TorchKiB) }},
			column{"ratio", 6, false, ratio})
	}
	cols = append(cols,
		column{"speed", 13, false, rate},
		column{"of limit", 12, false, func(r result) string { return percent(r.OfLimit, r.Limit) }})
	if versus {
		cols = append(cols,
			column{"theirs", 6, false, func(r result) string { return percent(r.TorchOfLimit, "") }})
	}
	cols = append(cols,
		column{"scaling", 7, false, func(r result) string { return number(r.Scaling) }},
		column{"bytes/run", 9, false, func(r result) string { return r.heap(r.Bytes) }},
		column{"mallocs", 7, false, func(r result) string { return r.heap(r.Mallocs) }})
	if versus {
		cols = append(cols,
			column{"", 4, true, func(r result) string { return string(r.Verdict) }},
			column{"target", 0, true, func(r result) string { return r.Target }})
	}
	return cols
}

// ratio is marked where the rounds disagree.
func ratio(r result) string {
	if r.Noisy && r.Ratio > 0 {
		return "~" + number(r.Ratio)
	}
	return number(r.Ratio)
}

func rate(r result) string {
	switch {
	case r.GFLOPS > 0:
		return number(r.GFLOPS) + " GFLOP/s"
	case r.GBS > 0:
		return number(r.GBS) + " GB/s"
	}
	return ""
}

func percent(part float64, of string) string {
	if part == 0 {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%.0f %% %s", 100*part, of))
}

// heap is a count of Go's heap, if it is known.
func (r result) heap(n float64) string {
	if r.own {
		return ""
	}
	return count(n)
}

// count is a number of bytes or objects, short.
func count(n float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= u.size {
			return number(n/u.size) + u.name
		}
	}
	return fmt.Sprintf("%.0f", n)
}

// printLine prints a row of the table; a cell too wide moves those after it.
func printLine(w io.Writer, cols []column, cell func(column) string) {
	var b strings.Builder
	for i, c := range cols {
		if i > 0 {
			b.WriteString("  ")
		}
		text := cell(c)
		pad := strings.Repeat(" ", max(0, c.width-utf8.RuneCountInString(text)))
		if c.left {
			b.WriteString(text + pad)
		} else {
			b.WriteString(pad + text)
		}
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}

func printHead(w io.Writer, cols []column) {
	printLine(w, cols, func(c column) string { return c.title })
}

func printRow(w io.Writer, cols []column, r result) {
	printLine(w, cols, func(c column) string { return c.cell(r) })
}

// printMisses ends a comparison: what was reached, and what was not, the
// farthest first.
func printMisses(w io.Writer, results []result) {
	var misses []result
	judged, noisy := 0, 0
	for _, r := range results {
		if r.Noisy {
			noisy++
		}
		if r.Verdict != untested {
			judged++
		}
		if r.Verdict == missed {
			misses = append(misses, r)
		}
	}
	if noisy > 0 {
		fmt.Fprintf(w, "\n~ marks the %d whose rounds differ much: the machine had something else to do.\n", noisy)
	}
	fmt.Fprintf(w, "\n%d of %d targets met", judged-len(misses), judged)
	if len(misses) == 0 {
		fmt.Fprintln(w)
		return
	}
	fmt.Fprintln(w, "; missed, the farthest first:")
	slices.SortStableFunc(misses, func(a, b result) int { return cmp.Compare(distance(a), distance(b)) })
	for _, r := range misses {
		scaling := ""
		if r.Scaling > 0 {
			scaling = ", scaling " + number(r.Scaling)
		}
		fmt.Fprintf(w, "  %-37s %d  %s of %s%s; wanted: %s\n", r.Case, r.Threads, ratio(r), value(r.TorchUS, r.TorchKiB), scaling, r.Target)
		if why := whyMissed(r); why != "" {
			fmt.Fprintf(w, "  %-39s  %s\n", "", why)
		}
	}
}

// distance is how much of its ratio a result reaches.
func distance(r result) float64 {
	return r.Ratio / max(targetOf(r.Case).ratio, 1e-9)
}
