package tensor

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Args are the arguments of a generic call, bound to the names of PyTorch's
// signature: what conformance tests and the Python layer pass to Entry.Call.
//
// Values are *Tensor, []*Tensor, bool, int, float64, string, DType, nil, or
// []any of those; for a reference, Array takes the place of *Tensor.
type Args struct {
	names  []string
	values map[string]any
}

// A BindError reports arguments that do not fit a signature.
type BindError struct{ Sig, Msg string }

// Error says the signature and what does not fit.
func (e *BindError) Error() string { return e.Sig + ": " + e.Msg }

// Bind gives positional and named arguments the names of sig. A parameter
// "*name" takes all positional ones that are left, or one list; after a bare
// "*" come parameters that are passed by name only. Parameters with "=" have
// that default: None, True, False, a number, or a quoted string.
func Bind(sig string, pos []any, kw map[string]any) (*Args, error) {
	a := &Args{values: map[string]any{}}
	open := strings.IndexByte(sig, '(')
	bad := func(format string, v ...any) (*Args, error) {
		return nil, &BindError{sig, fmt.Sprintf(format, v...)}
	}
	if open < 0 || !strings.HasSuffix(sig, ")") {
		return bad("want a signature such as add(input, other)")
	}
	named := false
	next := 0
	for _, p := range splitParams(sig[open+1 : len(sig)-1]) {
		name, def, hasDef := strings.Cut(p, "=")
		if name == "*" {
			named = true
			continue
		}
		if rest, ok := strings.CutPrefix(name, "*"); ok {
			name, named = rest, true
			if left := pos[next:]; len(left) == 1 && isList(left[0]) {
				a.values[name] = left[0]
			} else if len(left) > 0 {
				a.values[name] = slices.Clone(left)
			}
			next = len(pos)
		}
		a.names = append(a.names, name)
		if !named && next < len(pos) {
			a.values[name] = pos[next]
			next++
		}
		if v, ok := kw[name]; ok {
			if _, twice := a.values[name]; twice {
				return bad("%s is given twice", name)
			}
			a.values[name] = v
		}
		if _, ok := a.values[name]; !ok {
			if !hasDef {
				return bad("%s is missing", name)
			}
			a.values[name] = literal(def)
		}
	}
	if next < len(pos) {
		return bad("%d positional arguments; want at most %d", len(pos), next)
	}
	for k := range kw {
		if !slices.Contains(a.names, k) {
			return bad("no parameter %s", k)
		}
	}
	return a, nil
}

// splitParams splits at commas that are not within brackets.
func splitParams(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, c := range s + "," {
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				if p := strings.TrimSpace(s[start:i]); p != "" {
					out = append(out, p)
				}
				start = i + 1
			}
		}
	}
	return out
}

// literal reads a default value.
func literal(s string) any {
	switch s = strings.TrimSpace(s); s {
	case "None":
		return nil
	case "True":
		return true
	case "False":
		return false
	}
	if t := strings.Trim(s, "'"); t != s {
		return t
	}
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		var list []any
		for _, p := range splitParams(s[1 : len(s)-1]) {
			list = append(list, literal(p))
		}
		return list
	}
	var i int
	if json.Unmarshal([]byte(s), &i) == nil {
		return i
	}
	var f float64
	if err := json.Unmarshal([]byte(s), &f); err != nil {
		panic(fmt.Sprintf("tensor: %q is no literal", s))
	}
	return f
}

func isList(v any) bool {
	switch v.(type) {
	case []any, []int, []*Tensor:
		return true
	}
	return false
}

func (a *Args) wrong(name, want string) {
	panic(&BindError{name, fmt.Sprintf("is %T; want %s", a.values[name], want)})
}

// Any is the argument as it is; nil for None.
func (a *Args) Any(name string) any { return a.values[name] }

// Has reports whether the argument is not None.
func (a *Args) Has(name string) bool { return a.values[name] != nil }

// Tensor is a tensor argument; a number becomes a scalar tensor.
func (a *Args) Tensor(name string) *Tensor {
	switch v := a.values[name].(type) {
	case *Tensor:
		return v
	case int, float64, bool:
		return Scalar(v)
	}
	a.wrong(name, "a tensor")
	return nil
}

// IsTensor reports whether the argument is a tensor, not a number.
func (a *Args) IsTensor(name string) bool {
	_, ok := a.values[name].(*Tensor)
	return ok
}

// OnlyTensor is a tensor argument of an op that takes no number in its place.
func (a *Args) OnlyTensor(name string) *Tensor {
	if !a.IsTensor(name) {
		a.wrong(name, "a tensor")
	}
	return a.Tensor(name)
}

// OptTensor is a tensor argument, nil for None.
func (a *Args) OptTensor(name string) *Tensor {
	if !a.Has(name) {
		return nil
	}
	return a.Tensor(name)
}

// Tensors is a list of tensors.
func (a *Args) Tensors(name string) []*Tensor {
	switch v := a.values[name].(type) {
	case []*Tensor:
		return v
	case []any:
		var out []*Tensor
		for _, x := range v {
			t, ok := x.(*Tensor)
			if !ok {
				a.wrong(name, "a list of tensors")
			}
			out = append(out, t)
		}
		return out
	}
	a.wrong(name, "a list of tensors")
	return nil
}

// Int is an integer argument, or a tensor of integers without dims.
func (a *Args) Int(name string) int {
	if t, ok := a.values[name].(*Tensor); ok && t.Dim() == 0 && t.DType().IsInt() {
		return Item[int](t)
	}
	i, ok := a.values[name].(int)
	if !ok {
		a.wrong(name, "an integer")
	}
	return i
}

// Ints is a list of integers; one integer is a list of one, None is empty.
func (a *Args) Ints(name string) []int {
	switch v := a.values[name].(type) {
	case nil:
		return nil
	case int:
		return []int{v}
	case []int:
		return v
	case []any:
		out := []int{}
		for _, x := range v {
			i, ok := x.(int)
			if !ok {
				a.wrong(name, "a list of integers")
			}
			out = append(out, i)
		}
		return out
	}
	a.wrong(name, "a list of integers")
	return nil
}

// Float is a number as a float64.
func (a *Args) Float(name string) float64 {
	switch v := a.values[name].(type) {
	case float64:
		return v
	case int:
		return float64(v)
	case bool:
		return float64(b2i(v))
	}
	a.wrong(name, "a number")
	return 0
}

// Bool is a truth value; None is false.
func (a *Args) Bool(name string) bool {
	switch v := a.values[name].(type) {
	case nil:
		return false
	case bool:
		return v
	case int:
		return v != 0
	}
	a.wrong(name, "a bool")
	return false
}

// Str is a string argument; None is empty.
func (a *Args) Str(name string) string {
	if !a.Has(name) {
		return ""
	}
	s, ok := a.values[name].(string)
	if !ok {
		a.wrong(name, "a string")
	}
	return s
}

// DType is a dtype argument, 0 for None.
func (a *Args) DType(name string) DType {
	d, ok := a.values[name].(DType)
	if !ok && a.Has(name) {
		a.wrong(name, "a dtype")
	}
	return d
}

// Array is a tensor argument of a reference; a number is a scalar.
func (a *Args) Array(name string) Array {
	x, ok := toArray(a.values[name])
	if !ok {
		a.wrong(name, "an array")
	}
	return x
}

// Arrays is a list of tensors of a reference.
func (a *Args) Arrays(name string) []Array {
	var out []Array
	list, _ := a.values[name].([]any)
	for _, v := range list {
		x, ok := v.(Array)
		if !ok {
			a.wrong(name, "a list of arrays")
		}
		out = append(out, x)
	}
	return out
}

func toArray(v any) (Array, bool) {
	switch x := v.(type) {
	case Array:
		return x, true
	case float64:
		return Array{nil, []float64{x}}, true
	case int:
		return Array{nil, []float64{float64(x)}}, true
	case bool:
		return Array{nil, []float64{float64(b2i(x))}}, true
	}
	return Array{}, false
}

// arrays are the tensors and numbers that were passed, in order, up to the
// first argument that is neither.
func (a *Args) arrays() []Array {
	var out []Array
	for _, n := range a.names {
		x, ok := toArray(a.values[n])
		if !ok || (n == "alpha") {
			break
		}
		out = append(out, x)
	}
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// wantAlpha refuses a fraction as the factor of integers.
func (a *Args) wantAlpha(op string) {
	if _, ok := a.Any("alpha").(float64); !ok {
		return
	}
	if x, y := a.Tensor("input"), a.Tensor("other"); !ResultType(x, y).IsFloat() {
		misuse(op, errors.New("alpha is no integer, but the tensors are"), x, y)
	}
}

// isOne reports whether a number argument is 1, the usual default of alpha.
func isOne(v any) bool { return v == 1 || v == 1.0 }
