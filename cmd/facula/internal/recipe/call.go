package recipe

import (
	"fmt"
	"strconv"
	"strings"
)

// A call is one item of a list such as "conv2d(1, 32, 3, padding=1)": a name,
// numbers by place, and numbers or switches by name.
type call struct {
	name   string
	args   []float64
	named  map[string]string
	err    error
	wanted string // how to write it, for errors
}

// parseCall reads one item.
func parseCall(text string) (*call, error) {
	c := &call{named: map[string]string{}}
	name, rest, open := strings.Cut(strings.TrimSpace(text), "(")
	c.name = strings.ToLower(strings.TrimSpace(name))
	if c.name == "" {
		return nil, fmt.Errorf("%q has no name; want one such as relu or linear(784, 10)", text)
	}
	if !open {
		return c, nil
	}
	inside, after, closed := strings.Cut(rest, ")")
	if !closed || strings.TrimSpace(after) != "" {
		return nil, fmt.Errorf("%q: want one closing parenthesis, at the end", text)
	}
	if strings.TrimSpace(inside) == "" {
		return c, nil
	}
	for _, part := range strings.Split(inside, ",") {
		key, value, isNamed := strings.Cut(part, "=")
		if isNamed {
			key = strings.TrimSpace(key)
			if _, twice := c.named[key]; twice {
				return nil, fmt.Errorf("%q: %s is given twice", text, key)
			}
			c.named[key] = strings.TrimSpace(value)
			continue
		}
		if len(c.named) > 0 {
			return nil, fmt.Errorf("%q: %s stands after a named argument; put it before", text, strings.TrimSpace(part))
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return nil, fmt.Errorf("%q: %q is not a number", text, strings.TrimSpace(part))
		}
		c.args = append(c.args, v)
	}
	return c, nil
}

// fail keeps the first thing that is wrong.
func (c *call) fail(format string, a ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: "+format+"; write it as %s", append(append([]any{c.name}, a...), c.wanted)...)
	}
}

// float is the argument at place i, or of that name.
func (c *call) float(i int, name string, missing float64, needed bool) float64 {
	text, ok := c.named[name]
	delete(c.named, name)
	switch {
	case ok && i >= 0 && i < len(c.args):
		c.fail("%s is given twice", name)
	case ok:
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			c.fail("%s is %q, not a number", name, text)
		}
		return v
	case i >= 0 && i < len(c.args):
		return c.args[i]
	case needed:
		c.fail("%s is missing", name)
	}
	return missing
}

// int is a whole number that must be given.
func (c *call) int(i int, name string) int { return c.whole(name, c.float(i, name, 0, true)) }

// intOr is a whole number that may be left out.
func (c *call) intOr(i int, name string, missing int) int {
	return c.whole(name, c.float(i, name, float64(missing), false))
}

func (c *call) whole(name string, v float64) int {
	if v != float64(int(v)) {
		c.fail("%s is %v; want a whole number", name, v)
	}
	return int(v)
}

// bool is a switch by name.
func (c *call) bool(name string, missing bool) bool {
	text, ok := c.named[name]
	delete(c.named, name)
	if !ok {
		return missing
	}
	v, err := strconv.ParseBool(text)
	if err != nil {
		c.fail("%s is %q; want true or false", name, text)
	}
	return v
}

// end refuses what nobody asked for. most is the number of places.
func (c *call) end(most int) error {
	if len(c.args) > most {
		c.fail("%d numbers are given", len(c.args))
	}
	for name := range c.named {
		c.fail("there is no %s", name)
	}
	return c.err
}
