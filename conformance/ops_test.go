package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/facula-ml/facula/conformance"
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// docs/OPS.md is the table of ops as the code has it.
func TestOpsTable(t *testing.T) {
	checkDoc(t, "../docs/OPS.md", opsTable())
}

func opsTable() string {
	var w strings.Builder
	entries := conformance.Entries()
	samples, refusals := 0, 0
	for _, e := range entries {
		samples, refusals = samples+len(e.Samples), refusals+len(e.Bad)
	}
	fmt.Fprintf(&w, "# Ops\n\nMade from the op table by `go test ./conformance -run TestOpsTable -update`: %d entries, %d samples, %d refused calls with the exact text.\n\n",
		len(entries), samples, refusals)
	fmt.Fprint(&w, "A sample is tried in each dtype, in four memory layouts, with special values, and for first and second gradients in float64. *Runs as*: a kernel of the CPU, "+
		"a definition in other ops, or both, which are then held against each other; a view computes nothing.\n\n")
	fmt.Fprint(&w, "| PyTorch | in Go | dtypes | samples | refusals | runs as |\n|---|---|---|---|---|---|\n")
	for _, e := range entries {
		fmt.Fprintf(&w, "| %s | %s | %s | %d | %d | %s |\n", e.Name, strings.Join(e.Go, ", "), dtypeSet(e.DTypes), len(e.Samples), len(e.Bad), runsAs(e))
	}
	return w.String()
}

func dtypeSet(d []tensor.DType) string {
	switch len(d) {
	case len(tensor.AllDTypes):
		return "all"
	case len(tensor.Numbers):
		return "numbers"
	}
	var names []string
	for _, x := range d {
		names = append(names, x.String())
	}
	if s := strings.Join(names, ", "); s != "float32, float64, float16, bfloat16" {
		return s
	}
	return "floats"
}

func runsAs(e tensor.Entry) string {
	kernel, body := false, false
	for _, op := range e.Ops {
		if k := op.(interface{ Kernel() device.Kernel }).Kernel(); k != device.NoKernel {
			kernel = kernel || (&cpu.CPU{}).Supports(k, tensor.Float32) || (&cpu.CPU{}).Supports(k, tensor.Int64)
		}
		_, single := op.(tensor.Composite)
		_, multi := op.(tensor.MultiComposite)
		body = body || single || multi
	}
	switch {
	case kernel && body:
		return "kernel and definition"
	case kernel:
		return "kernel"
	case body:
		return "definition"
	}
	return "other ops, or a view"
}
