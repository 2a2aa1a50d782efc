package nn

import (
	"fmt"
	"reflect"
	"strings"
)

// Describe returns the layers of m as PyTorch prints a module: one a line, below
// the one that holds it, by the name in the state, with the shapes of its own
// parameters and its exported fields. A layer in two places is listed twice.
//
//	panics: *tensor.Error as [Params] does
//	source: torch.nn.Module.__repr__
func Describe(m any) string {
	tree := walk(m).tree
	var b strings.Builder
	for len(tree) > 0 {
		if path := tree[0].path; path != "" { // in a slice or map
			b.WriteString("(" + path + "): ")
		}
		tree = describe(&b, tree, "")
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// describe writes the first of the modules and those in it, and returns the rest.
func describe(b *strings.Builder, tree []*module, indent string) []*module {
	m := tree[0]
	tree = tree[1:]
	var has []string
	for _, p := range m.own {
		has = append(has, fmt.Sprintf("%s=%v", below(m.path, p.name), p.t.Shape()))
	}
	b.WriteString(kindOf(m) + "(" + strings.Join(append(has, settings(m.v)...), ", "))
	inner := indent + "  "
	parts := false
	for len(tree) > 0 && tree[0].outer == m {
		parts = true
		b.WriteString("\n" + inner)
		if name := below(m.path, tree[0].path); name != "" {
			b.WriteString("(" + name + "): ")
		}
		tree = describe(b, tree, inner)
	}
	if parts {
		b.WriteString("\n" + indent)
	}
	b.WriteString(")")
	return tree
}

// below is the path of something in the module at outer, as seen from there.
func below(outer, path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, outer), ".")
}

// settings are the exported fields of a struct that are no tensors or layers,
// as name=value, but for those that are off or empty.
func settings(v reflect.Value) (out []string) {
	for i := range v.NumField() {
		sf, f := v.Type().Field(i), v.Field(i)
		switch {
		case sf.Anonymous && f.Kind() == reflect.Struct && !hasForward(sf.Type):
			out = append(out, settings(f)...)
			continue
		case !sf.IsExported() || sf.Anonymous || sf.Name == "Training" || sf.Name == "Gen" || leads(sf.Type, false, nil) != "":
			continue
		}
		switch f.Kind() {
		case reflect.Func, reflect.Pointer, reflect.Chan:
			continue
		case reflect.Bool, reflect.String:
			if f.IsZero() {
				continue
			}
		case reflect.Slice, reflect.Map:
			if f.Len() == 0 {
				continue
			}
		}
		out = append(out, fmt.Sprintf("%s=%v", snake(sf.Name), f.Interface()))
	}
	return out
}
