package torch_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/torch"
)

// allowed is what reading a file may allocate. The constant is torch's, and a
// little for the test itself.
func allowed(size int) uint64 { return uint64(4*size) + 64<<20 + 1<<20 }

// allocated is how much f allocates, freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// readAll does all that a reader does with a file: it must neither panic nor
// allocate without bounds, whatever the file says.
func readAll(t *testing.T, file []byte) {
	t.Helper()
	open := func() *torch.File {
		f, _ := torch.New(bytes.NewReader(file), int64(len(file)))
		return f
	}
	var f *torch.File
	check := func(what string, do func()) {
		t.Helper()
		if n := allocated(do); n > allowed(len(file)) {
			t.Errorf("%s of %d bytes allocates %d; want at most %d", what, len(file), n, allowed(len(file)))
		}
	}
	check("Open", func() { f = open() })
	if f == nil {
		return
	}
	check("Metadata", func() { f.Metadata() })
	check("Load", func() { f.Load() })
	check("StateDict", func() { f.StateDict() })
	for i, x := range f.Infos() {
		if i < 10 {
			check("Tensor", func() { f.Tensor(x.Name) })
		}
	}
}

func seed(f *testing.F, pattern string) {
	names, err := filepath.Glob("testdata/" + pattern)
	if err != nil || len(names) == 0 {
		f.Fatalf("no %s (%v)", pattern, err)
	}
	for _, n := range names {
		f.Add(read(f, filepath.Base(n)))
	}
}

// FuzzFile mutates whole files: the zip archive and the legacy form.
func FuzzFile(f *testing.F) {
	seed(f, "*.pt")
	f.Fuzz(func(t *testing.T, file []byte) { readAll(t, file) })
}

// FuzzPickle mutates the pickle of a file whose archive is right.
func FuzzPickle(f *testing.F) {
	for _, traps := range [][]trap{pickleTraps(), globalTraps(), tensorTraps()} {
		for _, c := range traps {
			_, body, _ := bytes.Cut(c.file, []byte("a/data.pkl"))
			body, _, _ = bytes.Cut(body, []byte("PK\x03\x04"))
			f.Add(body)
		}
	}
	f.Add([]byte(proto + dict(str("w"), vector, str("p"), call("torch._utils._rebuild_parameter", vector, "\x88", hooks)) + "."))
	f.Fuzz(func(t *testing.T, pickle []byte) { readAll(t, zipPickle(string(pickle))) })
}

// FuzzLegacy mutates what follows the magic number of the older form.
func FuzzLegacy(f *testing.F) {
	data := le64(4) + strings.Repeat("\x00\x00\x80\x3f", 4)
	f.Add(legacy(vector, list(str("0")), data)[len(legacyMagic):])
	f.Add(legacy(dict(str("w"), vector, str("x"), floats(1, []int64{2}, []int64{2})), list(str("0")), data)[len(legacyMagic):])
	f.Fuzz(func(t *testing.T, rest []byte) { readAll(t, append([]byte(legacyMagic), rest...)) })
}

// The pickles that make the most of a byte: a megabyte or more of each opcode
// that makes objects. Small files may take a hundred times their size, large
// ones four times.
func TestAllocations(t *testing.T) {
	again := func(s string) string { return strings.Repeat(s, 2<<20/len(s)) }
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("J" + le32(uint32(i)) + "N")
		}
		return b.String()
	}
	tensors := func(n int) string { // one storage, many tensors of four dims
		b := "](" + rebuild + "q\x00(" + storageOf("FloatStorage", "0", 4) + num(0) + nums(2, 1, 2, 1) + nums(1, 1, 1, 1) + "\x89Ntq\x01R"
		return b + strings.Repeat("h\x00h\x01R", n) + "e"
	}
	for name, body := range map[string]string{
		"dicts": again("}"), "lists": again("]"), "tuples": again(")"), "Nones": again("N"), "marks": again("("), "tuples of one": "N" + again("\x85"),
		"dicts in a list": "](" + again("}") + "e", "lists in a list": "](" + again("]") + "e", "ints": "](" + again("M\xff\xff") + "e",
		"floats": "](" + again("G\x00\x00\x00\x00\x00\x00\x00\x01") + "e", "keys": "}(" + keys(500_000) + "u", "keys one by one": "}" + strings.ReplaceAll(keys(500_000), "N", "Ns"),
		"appends": "]" + again("Na"), "puts": "N" + puts(700_000), "short strings": "](" + again("U\x01a") + "e", "a long string": str(again("a")), "strings": "](" + again(str("abc")) + "e",
		"longs": "](" + strings.Repeat("\x8a\x09abcdefgh\xfe", 400_000) + "e", "ordered dicts": "(ccollections\nOrderedDict\nq\x00" + again("h\x00)R") + "t",
		"dicts of one": "](" + again("}K\x01Ns") + "e", "globals": "](" + again("ctorch\nfloat32\n") + "e", "sets": "(" + again("\x8f") + "t",
		"tensors": tensors(600_000), "few tensors": tensors(20_000), "small dicts": "](" + strings.Repeat("}K\x01Ns", 50_000) + "e", "few floats": "](" + strings.Repeat("G\x00\x00\x00\x00\x00\x00\x00\x01", 200_000) + "e",
		"shared": "]q\x00(" + again("h\x00") + "t", "copies of a list": "(](" + strings.Repeat("N", 1000) + "eq\x00" + strings.Repeat("h\x00", 20_000) + "t", "copies of a dict": "}(" + keys(2000) + "uq\x00" + "(" + strings.Repeat("ccollections\nOrderedDict\nh\x00\x85R", 3000) + "t",
	} {
		t.Run(name, func(t *testing.T) {
			readAll(t, pickle(body))
		})
	}
}

// What is large and honest is read.
func TestLargeAndHonest(t *testing.T) {
	var words strings.Builder
	for i := range 250_000 {
		words.WriteString(str(fmt.Sprintf("word%06d", i)) + "J" + le32(uint32(i)))
		if i%1000 == 999 {
			words.WriteString("u(")
		}
	}
	for name, body := range map[string]string{
		"250,000 words":      "}(" + words.String() + "u",
		"a million floats":   "](" + strings.Repeat(strings.Repeat("G\x3f\xf0\x00\x00\x00\x00\x00\x01", 1000)+"e(", 1000) + "e",
		"many small tensors": "](" + strings.Repeat(vector, 20_000) + "e",
	} {
		file := pickle(body)
		if !opens(file) {
			_, err := torch.New(bytes.NewReader(file), int64(len(file)))
			t.Errorf("%s: %v", name, err)
		}
	}
}

// puts stores a value n times, under n numbers.
func puts(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("r" + le32(uint32(i)))
	}
	return b.String()
}

// A directory of many entries costs little more than its size.
func TestAllocationsOfDirectory(t *testing.T) {
	var m []member
	for i := range 20_000 {
		m = append(m, member{name: fmt.Sprint(i)})
	}
	readAll(t, zipOf(m...))
}
