package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/facula-ml/facula/conformance"
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// The sweep measures every op of the conformance corpus once, at about 1e6
// elements, beside PyTorch. A case is a call, which both sides make from the
// same description; PyTorch's gets it with the request.

// floor is the ratio below which an op of the sweep is too slow.
const floor = 0.5

// A call is op(args..., **kw), where a random stands for a tensor of numbers
// that each side draws for itself.
type call struct {
	Op   string         `json:"op"`
	Args []any          `json:"args"`
	Kw   map[string]any `json:"kw,omitempty"`

	order []int // of Args in facula's signature, where that of the corpus is another
}

// A random is a tensor of random numbers: of a floating dtype uniform in
// [Lo, Hi), of int64 the integers from Lo to Hi-1, of bool both. Alter changes
// it further; see randomForms.
type random struct {
	Shape  []int   `json:"random"`
	DType  string  `json:"dtype"`
	Lo, Hi float64 `json:",omitempty"`
	Alter  string  `json:"alter,omitempty"`
}

// randomForms are the values of random.Alter, in Python and in Go.
var randomForms = map[string]func(x *tensor.Tensor) *tensor.Tensor{
	"":       func(x *tensor.Tensor) *tensor.Tensor { return x },
	"spd":    spd,
	"sorted": func(x *tensor.Tensor) *tensor.Tensor { y, _ := x.Sort(-1); return y },
	"prob":   func(x *tensor.Tensor) *tensor.Tensor { return x.Softmax(-1) },
	"lower":  func(x *tensor.Tensor) *tensor.Tensor { return spd(x).Tril(0) },
}

// spd makes a matrix positive definite and well conditioned.
func spd(x *tensor.Tensor) *tensor.Tensor {
	n := x.Size(-1)
	eye := tensor.Make{DType: x.DType()}.Eye(n).MulScalar(n)
	return x.MatMul(x.Transpose(-1, -2)).Add(eye)
}

func (r random) tensor() *tensor.Tensor {
	switch r.DType {
	case "int64":
		return tensor.RandInt(int(r.Lo), int(r.Hi), r.Shape...)
	case "bool":
		return tensor.RandInt(0, 2, r.Shape...).Cast(tensor.Bool)
	case "float64":
		return randomForms[r.Alter](tensor.Make{DType: tensor.Float64}.Uniform(r.Lo, r.Hi, r.Shape...))
	}
	return randomForms[r.Alter](tensor.Make{}.Uniform(r.Lo, r.Hi, r.Shape...))
}

// A kind is a dtype as an argument.
type kind struct {
	Name string `json:"torch"`
}

func (k kind) dtype() tensor.DType {
	for d := range device.NumDTypes {
		if d.String() == k.Name {
			return d
		}
	}
	panic("sweep: no dtype " + k.Name)
}

// made is the arguments of a call, and the tensors among them.
type made []*tensor.Tensor

// argument makes the tensors in v.
func (m *made) argument(v any) any {
	switch v := v.(type) {
	case random:
		t := v.tensor()
		*m = append(*m, t)
		return t
	case kind:
		return v.dtype()
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = m.argument(v[i])
		}
		return out
	case []int:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out
	}
	return v
}

// sweep returns the cases: at least one for each op of the corpus that facula
// supports, with names of their own.
func sweep() ([]work, error) {
	entries := map[string]tensor.Entry{}
	for _, e := range conformance.Entries() {
		entries[e.Name] = e
	}
	var all []work
	seen := map[string]int{}
	for _, c := range sweepCalls() {
		e, ok := entries[c.Op]
		if !ok {
			return nil, fmt.Errorf("sweep: no entry for %s", c.Op)
		}
		raw, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		name := "op_" + c.Op
		if mode, ok := c.Kw["mode"].(string); ok {
			name += "_" + mode
		}
		if seen[name]++; seen[name] > 1 {
			name += fmt.Sprint("_", seen[name])
		}
		all = append(all, work{name: name, call: raw, prepare: func() func() { return c.prepare(e) }})
	}
	return all, nil
}

// prepare makes the arguments and returns the call. Results are freed at once,
// as PyTorch's counting of references does, unless they are views of arguments.
func (c call) prepare(e tensor.Entry) func() {
	var given made
	kw := map[string]any{}
	for k, v := range c.Kw {
		kw[k] = given.argument(v)
	}
	positional := given.argument(c.Args).([]any)
	if c.order != nil {
		moved := make([]any, len(positional))
		for i, k := range c.order {
			moved[i] = positional[k]
		}
		positional = moved
	}
	args, err := tensor.Bind(e.Sig, positional, kw)
	if err != nil {
		panic(fmt.Errorf("sweep: %s: %w", c.Op, err))
	}
	return func() {
		for _, y := range e.Call(args) {
			if y != nil && !slices.ContainsFunc(given, y.SameStorage) {
				y.Free()
			}
		}
	}
}

// writeSweep writes the sweep as Markdown.
func writeSweep(c config, t *torch, results []result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Every op beside PyTorch\n\nWritten by `go run ./cmd/bench %s` on %s; do not edit.\n\n", strings.Join(c.args, " "), time.Now().UTC().Format(time.DateOnly))
	describe(&b, t)
	slow, measured := 0, 0
	for _, r := range results {
		if r.TorchUS > 0 {
			measured++
			if r.Ratio < floor {
				slow++
			}
		}
	}
	fmt.Fprintf(&b, "%d of %d calls of about 1e6 elements (fewer where work grows faster) are below %v of PyTorch's speed.\n\n| op | threads | µs | PyTorch's | ratio | |\n|---|---:|---:|---:|---:|---|\n", slow, measured, floor)
	for _, r := range results {
		mark := ""
		if r.TorchUS > 0 && r.Ratio < floor {
			mark = "slow"
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s |\n", strings.TrimPrefix(r.Case, "op_"), r.Threads, number(r.US), number(r.TorchUS), ratio(r), mark)
	}
	return os.WriteFile(c.write, []byte(b.String()), 0o644)
}
