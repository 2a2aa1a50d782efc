package conformance

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

// A Count is how many of how many passed.
type Count struct{ Passed, Total int }

// String is passed/total.
func (c Count) String() string { return fmt.Sprintf("%d/%d", c.Passed, c.Total) }

func (c *Count) add(ok bool) {
	c.Total++
	if ok {
		c.Passed++
	}
}

// A Report is what became of one op's calls.
type Report struct {
	Op                          string
	Supported                   bool
	Reason                      string // why it is not supported
	Samples, Gradients, Refused Count
	Rounded                     int      // float32 results that differ from PyTorch's by no more than its own rounding
	Failures                    []string // samples and gradients that are wrong
	Accepted                    []string // calls that PyTorch refuses and facula does not
}

// Missing is the reason of an op that nobody has looked at.
const Missing = "MISSING"

// Ops is the names of the corpus's ops, sorted.
func (c *Corpus) Ops() []string {
	names := map[string]bool{}
	for _, call := range c.Samples {
		names[call.Op] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// calls is the op that the corpus calls under a name: PyTorch 1.13's table of
// samples has randn_like for rand_like.
func calls(op string) string {
	if op == "rand_like" {
		return "randn_like"
	}
	return op
}

// Run checks all calls of one op.
func (c *Corpus) Run(op string) *Report {
	if c.table == nil {
		c.table = map[string]*tensor.Entry{}
		for _, e := range Entries() {
			c.table[e.Name] = &e
		}
		c.reasons = Unsupported()
	}
	e := c.table[calls(op)]
	r := &Report{Op: op, Reason: c.reasons[op]}
	if r.Supported = e != nil && r.Reason == ""; !r.Supported {
		if r.Reason == "" {
			r.Reason = Missing
		}
		return r
	}
	c.rounded = 0
	for _, call := range c.Samples {
		if call.Op == op {
			r.sample(c, e, call)
		}
	}
	r.Rounded = c.rounded
	for _, call := range c.Refusals {
		if call.Op == op {
			r.refusal(c, e, call)
		}
	}
	return r
}

func (r *Report) sample(c *Corpus, e *tensor.Entry, call *Call) {
	grads, err := c.check(e, call)
	r.Samples.add(err == nil || grads)
	if len(call.Cotangents) > 0 {
		r.Gradients.add(err == nil)
	}
	if err != nil {
		r.Failures = append(r.Failures, fmt.Sprintf("samples.jsonl:%d: %s %s: %v\n\t%s", call.Line, call.Variant, call.DType, err, call))
	}
}

func (r *Report) refusal(c *Corpus, e *tensor.Entry, call *Call) {
	err := c.refuses(e, call)
	if errors.Is(err, errInexpressible) {
		return
	}
	r.Refused.add(err == nil)
	if err != nil {
		r.Accepted = append(r.Accepted, fmt.Sprintf("errors.jsonl:%d: %v\n\t%s", call.Line, err, call))
	}
}

// String is the call in short.
func (c *Call) String() string {
	var w strings.Builder
	fmt.Fprintf(&w, "%s(%s", c.Op, c.Input)
	for _, a := range c.Args {
		fmt.Fprintf(&w, ", %s", a)
	}
	for _, k := range c.Kwargs.Names {
		fmt.Fprintf(&w, ", %s=%s", k, c.Kwargs.Values[k])
	}
	return w.String() + ")"
}

// Summary is the last line of a run.
func Summary(reports []*Report) string {
	var ops, samples, grads, refused Count
	for _, r := range reports {
		ops.add(r.Supported && len(r.Failures) == 0)
		for _, p := range [][2]*Count{{&samples, &r.Samples}, {&grads, &r.Gradients}, {&refused, &r.Refused}} {
			p[0].Passed += p[1].Passed
			p[0].Total += p[1].Total
		}
	}
	return fmt.Sprintf("conformance: ops %v samples %v gradients %v refusals %v", ops, samples, grads, refused)
}

// Coverage is the table of docs/COVERAGE.md.
func Coverage(reports []*Report) string {
	var w strings.Builder
	fmt.Fprint(&w, "# Coverage of PyTorch's samples\n\nMade by `go test ./conformance -update` from the corpus of PyTorch 1.13.1's OpInfo samples. Passed of all, for each op:\n",
		"values, dtypes and strides (samples), gradients, and calls that PyTorch refuses and facula must refuse too.\n",
		"*Rounded* counts float32 results beyond the tolerance that are within it of the float64 result of the same call, or err at most four times as much as PyTorch's own float32 result.\n\n")
	fmt.Fprintf(&w, "`%s`\n\n| op | samples | gradients | refusals | rounded | not supported, because |\n|---|---|---|---|---|---|\n", Summary(reports))
	for _, r := range reports {
		fmt.Fprintf(&w, "| %s | %v | %v | %v | %s | %s |\n", r.Op, r.Samples, r.Gradients, r.Refused, strings.TrimPrefix(fmt.Sprint(r.Rounded), "0"), r.Reason)
	}
	return strings.ReplaceAll(w.String(), "| 0/0 ", "| ")
}
