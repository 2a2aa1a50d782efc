package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
)

const page = "../../docs/tutorial/command-line.md"

// fence is a block of the page: its kind, the name of its file if it is one, and
// its text.
var fence = regexp.MustCompile("(?ms)^```(\\w+) ?(\\S*)\n(.*?)^```$")

// The page shows what happens: its files are written, its commands run in order,
// and what it says they print is in what they print, lines that follow each other.
func TestTutorial(t *testing.T) {
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	printed, ran := "", 0
	blocks := fence.FindAllStringSubmatch(string(raw), -1)
	if n := strings.Count(string(raw), "\n```"); n != 2*len(blocks) {
		t.Errorf("%d fences and %d blocks", n, len(blocks))
	}
	for _, b := range blocks {
		switch kind, name, text := b[1], b[2], b[3]; kind {
		case "toml", "csv":
			write(t, name, text)
			if kind == "toml" {
				if _, err := recipe.Read(name); err != nil {
					t.Error(err)
				}
			}
		case "sh":
			printed = ""
			for line := range strings.Lines(text) {
				if args := strings.Fields(line); len(args) > 1 && args[0] == "facula" {
					printed += command(t, args[1:])
					ran++
				}
			}
		case "text":
			if !strings.Contains(printed, text) {
				t.Errorf("the page has\n%sthe commands before it print\n%s", text, printed)
			}
		default:
			t.Errorf("a block of %q; want toml, csv, sh or text", kind)
		}
	}
	if ran < 15 {
		t.Errorf("%d commands on the page; want 15 or more", ran)
	}
}

// command runs one; of those that do not end soon it checks flags and arguments.
func command(t *testing.T, args []string) string {
	t.Helper()
	line := "facula " + strings.Join(args, " ")
	if args[0] == "board" || line == "facula train mnist.toml" {
		c, rest, err := (&app{}).root().Find(args)
		if err == nil {
			err = c.ParseFlags(rest)
		}
		if err == nil {
			err = c.ValidateArgs(c.Flags().Args())
		}
		if err == nil && c.Name() == "train" {
			_, err = recipe.Read(c.Flags().Arg(0))
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
		return ""
	}
	file := ""
	if n := len(args) - 2; n > 0 && args[n] == ">" {
		args, file = args[:n], args[n+1]
	}
	code, out, log := facula("", args...)
	if code != exitOK {
		t.Fatalf("%s: exit code %d\n%s", line, code, log)
	}
	if file != "" {
		write(t, file, out)
		return ""
	}
	return log + out
}

// Prose names commands and flags that exist, and all commands and settings.
func TestTutorialNames(t *testing.T) {
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	commands, flags := map[string]bool{}, map[string]bool{"--help": true, "--json": true, "--listen": true}
	root := (&app{}).root()
	root.InitDefaultCompletionCmd("x")
	for _, c := range root.Commands() {
		commands[c.Name()] = true
		for _, f := range regexp.MustCompile(`--[a-z]+`).FindAllString(c.Flags().FlagUsages(), -1) {
			flags[f] = true
		}
		if !regexp.MustCompile("`(facula )?" + c.Name() + "\\b|(?m)^facula " + c.Name() + "\\b").MatchString(text) {
			t.Errorf("facula %s is not on the page", c.Name())
		}
	}
	for _, m := range regexp.MustCompile("(?m)(?:`|^)facula (\\w+)").FindAllStringSubmatch(text, -1) {
		if !commands[m[1]] {
			t.Errorf("there is no command %q", m[1])
		}
	}
	for _, f := range regexp.MustCompile(`--[a-z]+`).FindAllString(text, -1) {
		if !flags[f] {
			t.Errorf("there is no flag %s", f)
		}
	}
	settings(t, reflect.TypeFor[recipe.Recipe](), text)
	for _, picture := range regexp.MustCompile(`\]\((\.\./pictures/[^)]*)\)`).FindAllStringSubmatch(text, -1) {
		dir := filepath.Join(filepath.Dir(page), "../pictures") // the module's zip is without
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(page), picture[1])); err != nil {
			t.Error(err)
		}
	}
}

// settings wants every setting of a recipe on the page.
func settings(t *testing.T, r reflect.Type, text string) {
	for i := range r.NumField() {
		f := r.Field(i)
		name := f.Tag.Get("toml")
		if f.Type.Kind() == reflect.Struct {
			settings(t, f.Type, text)
			name = "[" + name + "]"
		}
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("the setting %s is not on the page", name)
		}
	}
}
