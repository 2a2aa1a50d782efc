package checkpoint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

// A Report says what [LoadInto] did, or why it did nothing.
type Report struct {
	Loaded    []string     // tensors of the module that are now the file's
	Missing   []string     // the module has them, the file does not
	Extra     []string     // the file has them, after renaming; the module does not
	Different []Difference // both have them, and they do not fit
	hints     []string
}

// A Difference is a tensor of another shape or dtype than the module's.
type Difference struct {
	Name             string
	Shape, WantShape []int
	Kind             string       // the element type in the file's own word
	DType, WantDType tensor.DType // DType is 0 if facula has none for Kind
}

func (d *Difference) wrongShape() bool { return !slices.Equal(d.Shape, d.WantShape) }

// fits reports whether the file can be loaded.
func (r *Report) fits(partial bool) bool {
	return len(r.Different) == 0 && (partial || len(r.Missing)+len(r.Extra) == 0)
}

// String is the report as text: long lists of names are grouped by their
// prefix, and the last lines say what may help.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d loaded, %d missing, %d extra, %d different", len(r.Loaded), len(r.Missing), len(r.Extra), len(r.Different))
	for _, line := range grouped(r.Missing) {
		fmt.Fprintf(&b, "\n  missing  %s", line)
	}
	for _, line := range grouped(r.Extra) {
		fmt.Fprintf(&b, "\n  extra    %s", line)
	}
	for i := range r.Different {
		if i == maxLines {
			fmt.Fprintf(&b, "\n  and %d more that differ", len(r.Different)-i)
			break
		}
		r.Different[i].describe(&b)
	}
	for _, h := range r.hints {
		fmt.Fprintf(&b, "\n  %s", h)
	}
	return b.String()
}

func (d *Difference) describe(b *strings.Builder) {
	if d.wrongShape() {
		fmt.Fprintf(b, "\n  shape    %s is %v; want %v", short(d.Name), d.Shape, d.WantShape)
		if len(d.Shape) == 2 && len(d.WantShape) == 2 && d.Shape[0] == d.WantShape[1] && d.Shape[1] == d.WantShape[0] {
			b.WriteString(" (the transpose: TensorFlow, JAX and GPT-2 keep the weights of linear layers so)")
		}
	}
	switch {
	case d.DType == 0:
		fmt.Fprintf(b, "\n  dtype    %s is %s, which facula has no dtype for; want %v", short(d.Name), short(d.Kind), d.WantDType)
	case d.DType != d.WantDType:
		fmt.Fprintf(b, "\n  dtype    %s is %v; want %v (checkpoint.AnyDType converts)", short(d.Name), d.DType, d.WantDType)
	}
}

const (
	maxNames = 10 // a longer list is grouped
	maxLines = 20
)

// grouped returns a line for each name, or for each group of many: those of one
// module, at the depth that gives the most lines within the limit.
func grouped(names []string) []string {
	lines := make([]string, 0, maxLines)
	if len(names) <= maxNames {
		for _, n := range names {
			lines = append(lines, short(n))
		}
		return lines
	}
	groups := groupsAt(names, 1)
	for depth := 2; depth < 8; depth++ {
		deeper := groupsAt(names, depth)
		if len(deeper) > maxNames {
			break
		}
		groups = deeper
	}
	for i, g := range groups {
		switch {
		case i == maxLines:
			return append(lines, fmt.Sprintf("and %d more groups", len(groups)-i))
		case len(g) == 1:
			lines = append(lines, short(g[0]))
		default:
			lines = append(lines, fmt.Sprintf("%d tensors from %s to %s", len(g), short(g[0]), short(g[len(g)-1])))
		}
	}
	return lines
}

// groupsAt groups names whose first components are the same, in their order.
func groupsAt(names []string, depth int) [][]string {
	at := map[string]int{}
	var groups [][]string
	for _, n := range names {
		parts := strings.SplitN(n, ".", depth+1)
		key := strings.Join(parts[:min(depth, len(parts))], ".")
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], n)
	}
	return groups
}

// short is a name for a report. A file could have a very long one, or one with
// control characters.
func short(name string) string {
	q := fmt.Sprintf("%.100q", name)
	if len(name) <= 100 && q == `"`+name+`"` && name != "" {
		return name
	}
	return q
}
