package tutorial

import (
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The pages show what runs: each go block stands in the test file of the same
// name, and each text block in the output of the example that the go block
// before it is from.
func TestPages(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil || len(pages) < 7 {
		t.Fatalf("pages %v, %v; want at least the index, five chapters and From PyTorch", pages, err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		code, err := os.ReadFile(strings.TrimSuffix(page, ".md") + "_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems(string(text), string(code)) {
			t.Errorf("%s:%s", page, p)
		}
		for _, link := range regexp.MustCompile(`]\(([^)]*\.md)\)`).FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(link[1]); err != nil {
				t.Errorf("%s: link: %v", page, err)
			}
		}
	}
}

// problems lists where a page differs from its code.
func problems(page, code string) (list []string) {
	examples, err := parse(code)
	if err != nil {
		return []string{err.Error()}
	}
	var from []*example // those that the last go block is in
	blocks, list := split(page)
	for _, b := range blocks {
		switch b.kind {
		case "go":
			if !within(b.text, code, strings.TrimSpace) {
				list = append(list, fmt.Sprintf("%d: the code is not in the test file", b.line))
			}
			from = nil
			for _, e := range examples {
				if within(b.text, e.code, strings.TrimSpace) {
					e.shown = true
					from = append(from, e)
				}
			}
		case "text":
			ok := false
			for _, e := range from {
				ok = ok || within(b.text, e.Output, func(s string) string { return strings.TrimRight(s, " ") })
			}
			if !ok {
				list = append(list, fmt.Sprintf("%d: no example with the code before it prints this", b.line))
			}
		case "sh":
		default:
			list = append(list, fmt.Sprintf("%d: a block of %q; want go, text or sh", b.line, b.kind))
		}
	}
	for _, e := range examples {
		if !e.shown {
			list = append(list, fmt.Sprintf(" Example%s is not on the page", e.Name))
		}
		if e.Output == "" || e.Unordered {
			list = append(list, fmt.Sprintf(" Example%s has no output that is checked", e.Name))
		}
	}
	return list
}

type example struct {
	*doc.Example
	code  string
	shown bool
}

// parse finds the examples of a test file.
func parse(code string) ([]*example, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", code, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var list []*example
	for _, e := range doc.Examples(f) {
		at := func(p token.Pos) int { return fset.Position(p).Offset }
		list = append(list, &example{Example: e, code: code[at(e.Code.Pos()):at(e.Code.End())]})
	}
	return list, nil
}

type block struct {
	kind, text string
	line       int
}

// split finds the fenced blocks of a page.
func split(page string) (list []block, bad []string) {
	open := false
	for i, line := range strings.Split(page, "\n") {
		kind, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence && !open:
			list = append(list, block{kind: kind, line: i + 1})
			open = true
		case fence:
			open = false
		case open:
			list[len(list)-1].text += line + "\n"
		}
	}
	if open {
		bad = append(bad, fmt.Sprintf("%d: the block has no end", list[len(list)-1].line))
	}
	return list, bad
}

// within reports whether the lines of part stand together in whole, after trim
// and without the empty ones.
func within(part, whole string, trim func(string) string) bool {
	lines := func(s string) string {
		out := "\n"
		for line := range strings.Lines(s) {
			if line = trim(strings.TrimRight(line, "\n")); line != "" {
				out += line + "\n"
			}
		}
		return out
	}
	p := lines(part)
	return p != "\n" && strings.Contains(lines(whole), p)
}

// The check above sees each kind of drift.
func TestProblems(t *testing.T) {
	const code = `package p

func Example_a() {
	x := 1
	if x > 0 {
		fmt.Println(x)
	}
	// Output:
	// 1
	//  2
}

func Example_b() {
	fmt.Println(3)
	// Output: 3
}
`
	page := func(parts ...string) string { return strings.Join(parts, "\n") }
	a := "```go\nx := 1\nif x > 0 {\n  fmt.Println(x)\n}\n```\n"
	outA := "```text\n1\n 2\n```\n"
	b := "```go\nfmt.Println(3)\n```\n```text\n3\n```\n"
	for _, c := range []struct{ name, page, want string }{
		{"right", page(a, "prose", outA, b), ""},
		{"code changed", page(strings.Replace(a, "x := 1", "x := 2", 1), a, outA, b), "1: the code is not in the test file"},
		{"part of a line", page("```go\nfmt.Println\n```", a, outA, b), "1: the code is not in the test file"},
		{"output changed", page(a, "```text\n1\n2\n```\n", b), "8: no example with the code before it prints this"},
		{"output of another example", page(a, "```text\n3\n```\n", b), "8: no example with the code before it prints this"},
		{"empty block", page("```go\n```", a, outA, b), "1: the code is not in the test file"},
		{"no language", page(a, outA, b, "```\nx := 5\n```\n"), `20: a block of ""; want go, text or sh`},
		{"no end", page(a, outA, b, "```sh\nls\n"), "20: the block has no end"},
		{"not shown", page(a, outA), " Example_b is not on the page"},
	} {
		if got := strings.Join(problems(c.page, code), "\n"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	silent := strings.Replace(code, "// Output: 3", "", 1)
	if got, want := problems(page(a, outA, "```go\nfmt.Println(3)\n```"), silent), " Example_b has no output that is checked"; len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
