package csv

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

const plants = "\ufeffwidth, height,kind\r\n1,2.5,b\n\n3, -4e1 ,a\n\"5\",6,b\n"

var labelled = Config{Label: "kind", Types: map[string]Type{"kind": Category}}

func mustRead(t *testing.T, text string, cfg Config) *Table {
	t.Helper()
	table, err := Read(strings.NewReader(text), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// show writes a table as one line.
func show(t *Table) string {
	s := fmt.Sprint(t.Columns(), t.X().Shape(), tensor.Slice[float32](t.X()))
	switch y := t.Y(); {
	case y == nil:
	case y.DType() == tensor.Int64:
		s += fmt.Sprint(" int64 ", tensor.Slice[int64](y))
	default:
		s += fmt.Sprint(" ", tensor.Slice[float32](y))
	}
	if t.Classes() != nil {
		s += fmt.Sprint(" ", t.Classes())
	}
	return s
}

func TestRead(t *testing.T) {
	kinds := map[string][]string{"kind": {"c", "b", "a"}}
	types := labelled.Types
	cases := []struct {
		name, text string
		cfg        Config
		want       string
	}{
		{"label", plants, labelled, "[width height] [3 2] [1 2.5 3 -40 5 6] int64 [1 0 1] [a b]"},
		{"values", plants, Config{Label: "kind", Types: types, Values: kinds}, "[width height] [3 2] [1 2.5 3 -40 5 6] int64 [1 2 1] [c b a]"},
		{"one-hot", plants, Config{Features: []string{"kind", "width"}, Label: "height", Types: types, Values: kinds},
			"[kind=c kind=b kind=a width] [3 4] [0 1 0 1 0 0 1 3 0 1 0 5] [2.5 -40 6]"},
		{"no label", "a\n1\n2\n", Config{}, "[a] [2 1] [1 2]"},
		{"no header", "1;2\n3;4\n", Config{NoHeader: true, Comma: ';', Label: "1", Types: map[string]Type{"1": Integer}}, "[0] [2 1] [1 3] int64 [2 4]"},
		{"integer of X", "a,b\n7,8\n", Config{Label: "b", Types: map[string]Type{"a": Integer}}, "[a] [1 1] [7] [8]"},
		{"skip", "a,b\n1,\nNA,2\n3,4\n", Config{Missing: Skip}, "[a b] [1 2] [3 4]"},
		{"skip of what is used", "a,b\n1,\nNA,2\n3,4\n", Config{Missing: Skip, Features: []string{"a"}}, "[a] [2 1] [1 3]"},
		{"other missing", "a\n?\n3\n", Config{Missing: Skip, MissingTexts: []string{"?"}}, "[a] [1 1] [3]"},
		{"NaN", "a,b\n1,\n", Config{Missing: NaN, Label: "b"}, "[a] [1 1] [1] [NaN]"},
		{"quotes", "a,\"b,\"\"c\"\"\nd\"\n1,2\n", Config{}, "[a b,\"c\"\nd] [1 2] [1 2]"},
	}
	for _, c := range cases {
		if got := show(mustRead(t, c.text, c.cfg)); got != c.want {
			t.Errorf("%s: got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	cat := func(name string) Config { return Config{Label: name, Types: map[string]Type{name: Category}} }
	wide := strings.Repeat("a,", maxColumns+5000)
	cases := []struct {
		name, text string
		cfg        Config
		want       string
	}{
		{"empty", "", Config{}, "the table is empty"},
		{"no rows", "a,b\n", Config{}, "no rows"},
		{"no rows left", "a\n\"\"\n", Config{Missing: Skip}, "no rows"},
		{"no column", "a,b\n1,2\n", Config{Label: "c"}, `no column "c"; there are "a", "b"`},
		{"twice", "a,b,a\n", Config{}, `columns 1 and 3 are both called "a"`},
		{"word", "a,b\n1,2\n3,x\n", Config{}, `line 3, column "b": "x" is not a number of float32`},
		{"large", "a\n1e39\n", Config{}, `line 2, column "a": "1e39" is not a number`},
		{"fraction", "a,b\n1,1.5\n", Config{Label: "b", Types: map[string]Type{"b": Integer}}, `line 2, column "b": "1.5" is not an integer`},
		{"missing", "a,b\n1,NA\n", Config{}, `line 2, column "b": "NA" is a missing value`},
		{"no NaN of a class", "a,b\n1,NA\n", Config{Label: "b", Missing: NaN, Types: map[string]Type{"b": Category}}, `line 2, column "b": "NA" is a missing value`},
		{"fields", "a,b\n1,2\n3\n", Config{}, "line 3: 1 fields, want the 2 of the first line"},
		{"quote", "a,b\n1,\"2\n3,4\n", Config{}, "line 3"},
		{"bare quote", "a,b\n1,2\"\n", Config{}, "line 2, column 4"},
		{"category of X", "a,b\n1,x\n", Config{Types: map[string]Type{"b": Category}}, `column "b" of X is a Category: list its values`},
		{"unknown value", "a,b\n1,x\n", Config{Label: "b", Types: map[string]Type{"b": Category}, Values: map[string][]string{"b": {"y"}}}, `line 2, column "b": "x" is not one of Config.Values`},
		{"no X", "a\n1\n", cat("a"), "no columns for X"},
		{"bad type", "a\n1\n", Config{Types: map[string]Type{"a": 7}}, `Config.Types["a"] is 7`},
		{"bad policy", "a\n1\n", Config{Missing: -1}, "Config.Missing is -1"},
		{"value twice", "a,b\n1,x\n", Config{Types: map[string]Type{"b": Category}, Values: map[string][]string{"b": {"y", "y"}}}, `has "y" twice`},
		{"bad comma", "a\n1\n", Config{Comma: '"'}, "delimiter"},
		{"many columns", wide + "a\n" + wide, Config{}, "after line 0: a record of more than 16 MB or 16384 columns"},
		{"long record", "a\n1\n\"" + strings.Repeat("x", maxRecord+10_000), Config{}, "after line 2: a record of more than"},
	}
	for _, c := range cases {
		_, err := Read(strings.NewReader(c.text), c.cfg)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "csv: ") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpen(t *testing.T) {
	path := write(t, "a\n1\nx\n")
	if _, err := Open(path, Config{}); err == nil || !strings.Contains(err.Error(), path+": line 3") {
		t.Error(err)
	}
	if _, err := Open(path+"?", Config{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Stream(path+"?", Config{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// A stream has the samples of the table, and goes on after a wrong value.
func TestStream(t *testing.T) {
	cfg := labelled
	path := write(t, plants)
	if _, err := Stream(path, cfg); err == nil || !strings.Contains(err.Error(), `needs the values of "kind"`) {
		t.Error(err)
	}
	cfg.Values = map[string][]string{"kind": {"a", "b"}}
	table, err := Open(path, cfg)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := Stream(path, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for epoch := range 2 {
		i := 0
		for s, err := range stream(epoch) {
			if err != nil {
				t.Fatal(err)
			}
			want, err := table.At(i)
			if err != nil || s.Y.DType() != tensor.Int64 || s.Y.Dim() != 0 || s.Y.Int() != want.Y.Int() ||
				!slices.Equal(tensor.Slice[float32](s.X), tensor.Slice[float32](want.X)) {
				t.Errorf("row %d is %v, want %v (%v)", i, s, want, err)
			}
			i++
		}
		if i != 3 {
			t.Errorf("%d rows", i)
		}
	}
	for text, want := range map[string]string{
		"a\nx\n2\n":     "X ok",
		"a\n1,2\n2\n":   "X ok",
		"a\n1\"\n2\n":   "X",
		"a\n1\n\"2\n3":  "ok X",
		"a\n1\nNA\n3\n": "ok X ok",
	} {
		stream, err := Stream(write(t, text), Config{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, err := range stream(0) {
			if err != nil {
				got = append(got, "X")
				continue
			}
			got = append(got, "ok")
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q gives %s, want %s", text, s, want)
		}
	}
}

func TestTableIsRead(t *testing.T) {
	var _ data.Batcher = &Table{} // whole batches at once
	b, err := mustRead(t, plants, labelled).Batch([]int{2, 0})
	if err != nil || !slices.Equal(tensor.Slice[float32](b.X), []float32{5, 6, 1, 2.5}) || !slices.Equal(tensor.Slice[int64](b.Y), []int64{1, 1}) {
		t.Errorf("%v, %v", b, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{plants, "a,b\n1,NA\n", "\"a\n1", "a;b\n1;2", "0x1p-2\n1_0\n", "\ufeff", "a\n" + strings.Repeat("1\n", 2000), strings.Repeat(",", 5000)} {
		f.Add(text, true, false)
		f.Add(text, false, true)
	}
	f.Fuzz(func(t *testing.T, text string, header, label bool) {
		cfg := Config{NoHeader: !header, Missing: NaN}
		if label {
			cfg.Label, cfg.Types = "a", map[string]Type{"a": Category}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		table, err := Read(strings.NewReader(text), cfg)
		runtime.ReadMemStats(&after)
		// A column has a name, a place in a map and a plan, some 400 bytes with
		// what growing them leaves behind; their number has a limit.
		columns := min(strings.Count(text, ",")+1, maxColumns+4096)
		if n := after.TotalAlloc - before.TotalAlloc; n > uint64(40*len(text)+400*columns+1<<18) {
			t.Errorf("%d bytes for %d", n, len(text))
		}
		if err != nil {
			return
		}
		for _, v := range tensor.Slice[float32](table.X()) {
			if math.IsInf(float64(v), 0) && !strings.Contains(strings.ToLower(text), "inf") {
				t.Errorf("infinite without the word")
			}
		}
	})
}
