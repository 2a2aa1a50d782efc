package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/facula-ml/facula/device/cpu"
)

// writeReport writes the comparison as Markdown.
func writeReport(c config, t *torch, results []result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Performance\n\nWritten by `go run ./cmd/bench %s` on %s; do not edit.\n\n", strings.Join(c.args, " "), time.Now().UTC().Format(time.DateOnly))
	describe(&b, t)
	cols := columns(true)
	row := func(cell func(column) string) {
		for _, col := range cols {
			fmt.Fprintf(&b, "| %s ", strings.ReplaceAll(cell(col), "|", "\\|"))
		}
		b.WriteString("|\n")
	}
	row(func(col column) string { return col.title })
	row(func(col column) string {
		if col.left {
			return "---"
		}
		return "---:"
	})
	for _, r := range results {
		row(func(col column) string { return col.cell(r) })
	}
	b.WriteString("\n```text")
	printMisses(&b, results)
	b.WriteString("```\n")
	return os.WriteFile(c.write, []byte(b.String()), 0o644)
}

// describe says what was measured, and on what.
func describe(b *strings.Builder, t *torch) {
	fmt.Fprintf(b, "Machine: %s, %d cores, %s/%s. facula's %s kernels, %s.", cpuInfo("model name"), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, cpu.Tier(), runtime.Version())
	for _, p := range t.peers {
		fmt.Fprintf(b, " PyTorch %s (%s) under Python %s", p.Torch, p.Capability, p.Python)
		break
	}
	if s := t.setup; s.shim != "" {
		b.WriteString(", products through oneDNN and OpenBLAS")
	}
	if core := t.setup.core; core != "" {
		fmt.Fprintf(b, " (core type %s)", core)
	}
	b.WriteString(`.

Medians of rounds, both sides in turn in one run, on the same number of cores. ratio is PyTorch's time (or memory) over ours: above 1 facula is
faster. "of limit" is how close we come, and "theirs" how close PyTorch comes, to what the hardware gives in the same rounds: fused multiply-adds from registers, or memory read, copied or
combined (two arrays read, one written) in arrays of the case's size. scaling is our time on the first number of threads over that on this one. bytes and mallocs are of
Go's heap, a run.

`)
}
