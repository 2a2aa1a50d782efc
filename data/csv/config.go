package csv

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Config says what a table's columns mean. The zero value takes every column
// as a number of X.
type Config struct {
	Comma    rune   // between fields; 0 means ','
	NoHeader bool   // the first line holds values; columns are called "0", "1", …
	Label    string // the column of Y; "" means none

	// Features are the columns of X, in order; nil means all but Label.
	Features []string

	// Types of columns that do not hold plain numbers.
	Types map[string]Type

	// Values of Category columns, in the order of their numbers. The Label of a
	// table in memory needs none: it gets those of the file, sorted.
	Values map[string][]string

	Missing      Policy   // what to do with rows that lack a value
	MissingTexts []string // what a lacking value looks like; nil means "", "NA" and "NaN"
}

// A Type is what a column holds.
type Type int

// The types.
const (
	Number   Type = iota // float32
	Integer              // int64 in Y, for classes that are numbers already; as Number in X
	Category             // names: int64 in Y; in X one column for each value, which is 1 where it stands and else 0
)

// A Policy is what to do with rows that lack a value.
type Policy int

// The policies.
const (
	Refuse Policy = iota // return an error
	Skip                 // leave the row out
	NaN                  // put NaN in its place; refused for an Integer or Category, which have none
)

// column is a column that is used.
type column struct {
	name   string
	at     int // in the record
	kind   Type
	number map[string]int64 // of each value of a Category; nil where the file decides
	width  int              // in X
}

// plan is what to read of each record.
type plan struct {
	cfg      Config
	names    []string // of all columns
	features []column
	label    *column // nil for none
	width    int     // of X
}

// maxColumns bounds what is kept per column, whatever a header says.
const maxColumns = 1 << 14

// maxWidth bounds a row of X.
const maxWidth = 1 << 20

// newPlan checks the configuration against the names of the columns.
func newPlan(cfg Config, names []string) (*plan, error) {
	if cfg.MissingTexts == nil {
		cfg.MissingTexts = []string{"", "NA", "NaN"}
	}
	if cfg.Missing < Refuse || cfg.Missing > NaN {
		return nil, fmt.Errorf("Config.Missing is %d, want Refuse, Skip or NaN", cfg.Missing)
	}
	place := make(map[string]int, len(names))
	for i, name := range names {
		if j, twice := place[name]; twice {
			return nil, fmt.Errorf("columns %d and %d are both called %q; rename one, or set NoHeader", j+1, i+1, name)
		}
		place[name] = i
	}
	p := &plan{cfg: cfg, names: names}
	features := cfg.Features
	if features == nil {
		features = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == cfg.Label })
	}
	p.features = make([]column, 0, len(features))
	for _, name := range features {
		c, err := p.column(name, place)
		if err != nil {
			return nil, err
		}
		if c.kind == Category {
			if c.number == nil {
				return nil, fmt.Errorf("column %q of X is a Category: list its values in Config.Values", name)
			}
			c.width = len(c.number)
		}
		p.features = append(p.features, c)
		if p.width += c.width; p.width > maxWidth {
			return nil, fmt.Errorf("X would have more than %d columns", maxWidth)
		}
	}
	if cfg.Label != "" {
		c, err := p.column(cfg.Label, place)
		if err != nil {
			return nil, err
		}
		p.label = &c
	}
	if p.width == 0 {
		return nil, fmt.Errorf("no columns for X")
	}
	return p, nil
}

// column finds a column by its name.
func (p *plan) column(name string, place map[string]int) (column, error) {
	at, ok := place[name]
	if !ok {
		return column{}, fmt.Errorf("no column %q; there are %s", name, listed(p.names))
	}
	c := column{name: name, at: at, kind: p.cfg.Types[name], width: 1}
	if c.kind < Number || c.kind > Category {
		return column{}, fmt.Errorf("Config.Types[%q] is %d, want Number, Integer or Category", name, c.kind)
	}
	if values, ok := p.cfg.Values[name]; ok && c.kind == Category {
		c.number = make(map[string]int64, len(values))
		for i, v := range values {
			if _, twice := c.number[v]; twice {
				return column{}, fmt.Errorf("Config.Values[%q] has %q twice", name, v)
			}
			c.number[v] = int64(i)
		}
	}
	return c, nil
}

// listed is some names, for an error.
func listed(names []string) string {
	const show = 20
	quoted := make([]string, min(len(names), show))
	for i := range quoted {
		quoted[i] = strconv.Quote(names[i])
	}
	if len(names) > show {
		quoted = append(quoted, fmt.Sprintf("… (%d of them)", len(names)))
	}
	return strings.Join(quoted, ", ")
}

// columns names the columns of X.
func (p *plan) columns() []string {
	var names []string
	for _, c := range p.features {
		if c.kind != Category {
			names = append(names, c.name)
			continue
		}
		for _, v := range p.cfg.Values[c.name] {
			names = append(names, c.name+"="+v)
		}
	}
	return names
}
