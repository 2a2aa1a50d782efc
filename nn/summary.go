package nn

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/facula-ml/facula/tensor"
)

// Summary runs m on inputs and returns a table of its layers: path, type, shape
// of the output, and how many numbers their own parameters hold. Layers that
// did not run, or whose Forward does not end in [tensor.Observed], show no
// shape. The run records nothing and is in evaluation mode; m is left as it was.
//
//	panics: *tensor.Error unless m has a method Forward that takes inputs,
//	none of which is nil
func Summary(m any, inputs ...*tensor.Tensor) string {
	for i, x := range inputs {
		if x == nil {
			refuse(fmt.Errorf("Summary: input %d is nil", i))
		}
	}
	w := walk(m)
	rows := make([]row, len(w.modules))
	at := map[any]*row{}
	for i, x := range w.modules {
		rows[i] = row{path: x.path, kind: kindOf(x), params: x.params}
		if k := x.value(); reflect.TypeOf(k).Comparable() {
			at[k] = &rows[i]
		}
	}
	var mu sync.Mutex // a model may run layers at once
	out := runEval(m, inputs, func(layer any, _, out *tensor.Tensor) *tensor.Tensor {
		if !reflect.TypeOf(layer).Comparable() {
			return out
		}
		mu.Lock()
		defer mu.Unlock()
		if r := at[layer]; r != nil {
			r.output = out.Shape()
			r.runs++
		}
		return out
	})
	if len(rows) > 0 && rows[0].path == "" && rows[0].runs == 0 && out != nil {
		rows[0].output, rows[0].runs = out.Shape(), 1
	}
	total, trainable := 0, 0
	for _, p := range Params(m) {
		total += p.Len()
		if p.RequiresGrad() {
			trainable += p.Len()
		}
	}
	return table(rows) + fmt.Sprintf("%s parameters, %s of them trainable\n", commas(total), commas(trainable))
}

type row struct {
	path, kind string
	output     []int
	runs       int
	params     int
}

func kindOf(m *module) string {
	if name := m.v.Type().Name(); name != "" {
		return name
	}
	return "struct"
}

// runEval calls m's Forward in evaluation mode, with f as the observer.
func runEval(m any, inputs []*tensor.Tensor, f tensor.Observer) (out *tensor.Tensor) {
	Evaluating(m, func() {
		args := make([]reflect.Value, len(inputs))
		for i, x := range inputs {
			args[i] = reflect.ValueOf(x.NoGrad().Observe(f))
		}
		forward := reflect.ValueOf(m).MethodByName("Forward")
		if !takes(forward, len(inputs)) {
			refuse(fmt.Errorf("Summary: %T has no method Forward that takes %d tensors", m, len(inputs)))
		}
		if res := forward.Call(args); len(res) > 0 {
			out, _ = res[0].Interface().(*tensor.Tensor)
		}
	})
	return out
}

// takes reports whether f is a function of n tensors.
func takes(f reflect.Value, n int) bool {
	if !f.IsValid() || f.Type().NumIn() != n || f.Type().IsVariadic() {
		return false
	}
	for i := range n {
		if f.Type().In(i) != reflect.PointerTo(tensorType) {
			return false
		}
	}
	return true
}

// table lays out rows in columns; numbers stand on the right.
func table(rows []row) string {
	cells := [][]string{{"layer", "type", "output", "parameters"}}
	for _, r := range rows {
		shape, params := "-", "-"
		if r.runs > 0 {
			shape = fmt.Sprint(r.output)
		}
		if r.runs > 1 {
			shape += fmt.Sprintf(" ×%d", r.runs)
		}
		if r.params > 0 {
			params = commas(r.params)
		}
		if r.path == "" {
			r.path = "."
		}
		cells = append(cells, []string{r.path, r.kind, shape, params})
	}
	var width [4]int
	for _, c := range cells {
		for i, s := range c {
			width[i] = max(width[i], len([]rune(s)))
		}
	}
	var b strings.Builder
	for _, c := range cells {
		for i, s := range c[:3] {
			b.WriteString(s + strings.Repeat(" ", width[i]-len([]rune(s))+2))
		}
		b.WriteString(strings.Repeat(" ", width[3]-len(c[3])) + c[3] + "\n")
	}
	return b.String()
}

// commas writes n with a comma at every thousand.
func commas(n int) string {
	s := fmt.Sprint(n)
	var parts []string
	for ; len(s) > 3; s = s[:len(s)-3] {
		parts = append(parts, s[len(s)-3:])
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return strings.Join(parts, ",")
}
