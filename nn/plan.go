package nn

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode"

	"github.com/facula-ml/facula/tensor"
)

var tensorType = reflect.TypeFor[tensor.Tensor]()

// A plan is what the walk does with structs of one type.
// Structs are listed by Modules if they have a Forward method, or tensors or
// layers in exported fields; embedded ones only if they have Forward.
type plan struct {
	params, buffers, children []field
	hidden                    []field // unexported interfaces: what is in them?
	training                  int     // the field Training, or -1
	isModule, hasForward      bool
	err                       error
}

type field struct {
	index  int
	goName string
	name   string
	inline bool
	suffix bool
	joined bool
}

// plans remembers the plan of each type; types never change.
var plans sync.Map

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := newPlan(t)
	plans.Store(t, p)
	return p
}

func newPlan(t reflect.Type) *plan {
	p := &plan{training: -1, hasForward: hasForward(t)}
	p.isModule = p.hasForward || leads(t, false, nil) != ""
	taken := map[string]string{}
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Name == "Training" && sf.Type.Kind() == reflect.Bool {
			p.training = i
			continue
		}
		f, kind, err := parseTag(sf)
		f.index = i
		switch {
		case err != nil:
			p.err = fmt.Errorf("%v.%s: %w", t, sf.Name, err)
			return p
		case kind == skipped:
			continue
		case !sf.IsExported() && !sf.Anonymous:
			if what := leads(sf.Type, true, nil); what != "" {
				p.err = hiddenError(t, sf.Name, what)
				return p
			}
			if sf.Type.Kind() == reflect.Interface {
				p.hidden = append(p.hidden, f)
			}
			continue
		case leads(sf.Type, false, nil) == "":
			continue
		}
		if first, ok := taken[f.name]; ok && !f.inline {
			p.err = fmt.Errorf("%v: fields %s and %s have the same name %q in the state; give one another by a tag", t, first, sf.Name, f.name)
			return p
		}
		taken[f.name] = sf.Name
		isTensor := sf.Type == reflect.PointerTo(tensorType)
		switch {
		case kind == buffer && !isTensor:
			p.err = fmt.Errorf("%v.%s: is %v, and only a *tensor.Tensor can be a buffer", t, sf.Name, sf.Type)
			return p
		case kind == buffer:
			p.buffers = append(p.buffers, f)
		case isTensor:
			p.params = append(p.params, f)
		default:
			p.children = append(p.children, f)
		}
	}
	return p
}

func hiddenError(t reflect.Type, name, what string) error {
	return fmt.Errorf("%v.%s is unexported and holds %s, which the walk would miss; export the field, or tag it `state:\"-\"`", t, name, what)
}

type fieldKind int

const (
	plain fieldKind = iota
	buffer
	skipped
)

// parseTag reads `state:"name,option"`.
func parseTag(sf reflect.StructField) (f field, kind fieldKind, err error) {
	tag := sf.Tag.Get("state")
	if tag == "-" || sf.Name == "_" {
		return f, skipped, nil
	}
	name, option, _ := strings.Cut(tag, ",")
	f = field{goName: sf.Name, name: name, inline: sf.Anonymous && name == ""}
	if name == "" {
		f.name = snake(sf.Name)
	}
	switch option {
	case "":
	case "buffer":
		kind = buffer
	case "inline":
		f.inline = true
	case "suffix":
		f.name, f.inline, f.suffix = name, true, true
	case "joined":
		f.joined = true
	default:
		err = fmt.Errorf("tag option %q is unknown; want buffer, inline, suffix or joined", option)
	}
	return f, kind, err
}

// hasForward reports whether pointers to t have a method Forward, of whatever
// signature.
func hasForward(t reflect.Type) bool {
	_, ok := reflect.PointerTo(t).MethodByName("Forward")
	return ok
}

// leads says what can be found behind a type, "" for nothing: "a tensor", "a
// layer", or "an interface" if that depends on the value. With hidden it also
// looks through unexported fields, and not into interfaces.
func leads(t reflect.Type, hidden bool, seen map[reflect.Type]bool) string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return leads(t.Elem(), hidden, seen)
	case reflect.Interface:
		if !hidden {
			return "an interface"
		}
	case reflect.Struct:
		if t == tensorType {
			return "a tensor"
		}
		if seen[t] {
			return ""
		}
		if hasForward(t) {
			return "a layer"
		}
		if seen == nil {
			seen = map[reflect.Type]bool{}
		}
		seen[t] = true
		for i := range t.NumField() {
			sf := t.Field(i)
			if sf.Tag.Get("state") == "-" || !(hidden || sf.IsExported() || sf.Anonymous) {
				continue
			}
			if what := leads(sf.Type, hidden, seen); what != "" {
				return what
			}
		}
	}
	return ""
}

// snake is a Go name in snake case: WeightIH is weight_ih, FC1 is fc1.
func snake(name string) string {
	var b strings.Builder
	r := []rune(name)
	for i, c := range r {
		if i > 0 && unicode.IsUpper(c) && r[i-1] != '_' {
			next := i+1 < len(r) && unicode.IsLower(r[i+1])
			if !unicode.IsUpper(r[i-1]) || next {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}
