package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// file is a .npy file of version 1.0 with that header and n zeros as elements.
func file(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint16([]byte(magic+"\x01\x00"), uint16(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

// dict is a header whose parts are given as Python.
func dict(descr, fortran, shape string) string {
	return fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n", descr, fortran, shape)
}

type hostile struct {
	raw  []byte
	want string
}

// hostiles are .npy files that must be refused, with a part of the reason.
func hostiles() []hostile {
	good := file(dict("'<f4'", "False", "(2,)"), 8)
	at := func(i int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[i:], b)
		return c
	}
	long := binary.LittleEndian.AppendUint32([]byte(magic+"\x02\x00"), 1<<31)
	list := []hostile{
		{nil, "begins with"},
		{[]byte("\x93"), "begins with"},
		{[]byte("\x93NUMPX\x01\x00"), "begins with"},
		{good[:6], "cut off"},
		{good[:9], "cut off"},
		{good[:10], "a header of"},
		{good[:40], "a header of"},
		{good[:len(good)-1], "8 bytes, and 7 are there"},
		{append(bytes.Clone(good), 0), "8 bytes, and 9 are there"},
		{at(6, 0, 0), "version 0.0"},
		{at(6, 4, 0), "version 4.0"},
		{at(6, 1, 1), "version 1.1"},
		{at(6, 255, 255), "version 255.255"},
		{at(6, 2), "a header of"},
		{at(8, 0, 0), `want '{'`},
		{at(8, 1, 0), `want a text in quotes`},
		{at(8, 255, 255), "a header of 65535 bytes"},
		{long, "a header of 2147483648 bytes"},
		{append([]byte(magic+"\x03\x00\xff\xff\xff\xff"), good...), "a header of 4294967295 bytes"},
		{file(dict("'<f4'", "False", "(0,)")+strings.Repeat(" ", maxHeader), 0), "want at most 10000"},
	}
	for _, c := range [][2]string{ // headers without elements
		{"", `want '{'`},
		{"\n", `want '{'`},
		{"{", "in quotes"},
		{"{}", `want ["descr" "fortran_order" "shape"]`},
		{"[]", `want '{'`},
		{"None", `want '{'`},
		{"{'descr': '<f4'}", `want ["descr" "fortran_order" "shape"]`},
		{"{'descr': '<f4', 'fortran_order': False}", `want ["descr" "fortran_order" "shape"]`},
		{"{'shape': (0,), 'fortran_order': False}", `want ["descr" "fortran_order" "shape"]`},
		{"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "a second"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (0,), 'shape': (0,)}", "a second"},
		{"{'descr': '<f4', 'fortran_order': False, 'fortran_order': False, 'shape': (0,)}", "a second"},
		{"{'Descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "unknown key"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (0,), 'x': 1}", "unknown key"},
		{"{descr: '<f4', 'fortran_order': False, 'shape': (0,)}", "in quotes"},
		{"{'descr' '<f4', 'fortran_order': False, 'shape': (0,)}", `want ':'`},
		{"{'descr': '<f4' 'fortran_order': False, 'shape': (0,)}", `want '}'`},
		{"{'descr': '<f4',, 'fortran_order': False, 'shape': (0,)}", "in quotes"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (0,)", `want '}'`},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}}", "after the dict"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}\x00", "after the dict"},
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (0,)} + __import__('os')", "after the dict"},
		{"{'descr", "in quotes"},
		{"{'descr': '<f4", "in quotes"},
		{"{'des\\x63r': '<f4', 'fortran_order': False, 'shape': (0,)}", "without a backslash"},
		{strings.Repeat("{'descr':", 1000), "in quotes"},
		{dict("__import__('os').system('true')", "False", "(0,)"), "in quotes"},
		{dict("<f4", "False", "(0,)"), "in quotes"},
		{dict("''", "False", "(0,)"), `want one such as`},
		{dict("'f4'", "False", "(0,)"), `want one such as`},
		{dict("'<'", "False", "(0,)"), `want one such as`},
		{dict("'!f4'", "False", "(0,)"), `want one such as`},
		{dict("'float32'", "False", "(0,)"), `want one such as`},
		{dict("'<f'", "False", "(0,)"), "unknown dtype"},
		{dict("'<f-4'", "False", "(0,)"), "unknown dtype"},
		{dict("'<f4x'", "False", "(0,)"), "unknown dtype"},
		{dict("'<f99999999999999999999'", "False", "(0,)"), "unknown dtype"},
		{dict("'<x4'", "False", "(0,)"), "unknown dtype"},
		{dict("'|O8x'", "False", "(0,)"), "unknown dtype"},
		{dict("'<f8[ns]'", "False", "(0,)"), "unknown dtype"},
		{dict("'"+strings.Repeat("f", 5000)+"'", "False", "(0,)"), "want one such as"},
		{dict("None", "False", "(0,)"), "in quotes"},
		{dict("4", "False", "(0,)"), "in quotes"},
		{dict("['<f4'", "False", "(0,)"), "a list without an end"},
		{dict(strings.Repeat("[", 9000), "False", "(0,)"), "a list without an end"},
		{dict("[('a', '<f4", "False", "(0,)"), "in quotes"},
		{dict("('<f4', (2,))", "False", "(0,)"), "in quotes"},
		{dict("'<f4'", "false", "(0,)"), "want True or False"},
		{dict("'<f4'", "0", "(0,)"), "want True or False"},
		{dict("'<f4'", "'False'", "(0,)"), "want True or False"},
		{dict("'<f4'", "", "(0,)"), "want True or False"},
		{dict("'<f4'", "Falsehood", "(0,)"), `want '}'`},
		{dict("'<f4'", "False", "0"), `want '('`},
		{dict("'<f4'", "False", "[0]"), `want '('`},
		{dict("'<f4'", "False", "None"), `want '('`},
		{dict("'<f4'", "False", "(0)"), "want (0,)"},
		{dict("'<f4'", "False", "(-1,)"), "not negative"},
		{dict("'<f4'", "False", "(0.0,)"), "want ')'"},
		{dict("'<f4'", "False", "(0x0,)"), "want ')'"},
		{dict("'<f4'", "False", "(1e9,)"), "want ')'"},
		{dict("'<f4'", "False", "(0 0)"), "want ')'"},
		{dict("'<f4'", "False", "(,)"), "not negative"},
		{dict("'<f4'", "False", "(0,,)"), "not negative"},
		{dict("'<f4'", "False", "('0',)"), "not negative"},
		{dict("'<f4'", "False", "((0,),)"), "not negative"},
		{dict("'<f4'", "False", "(0,"), "not negative"},
		{dict("'<f4'", "False", "(LL,)"), "not negative"},
		{dict("'<f4'", "False", "(0,0,0,0,0,0,0,0,0)"), "more than 8 dims"},
		{dict("'<f4'", "False", "("+strings.Repeat("1,", 4000)+")"), "more than 8 dims"},
		{dict("'<f4'", "False", "(9223372036854775808,)"), "out of range"},
		{dict("'<f4'", "False", "(99999999999999999999999999,)"), "out of range"},
		{dict("'<f4'", "False", "(4611686018427387903,)"), "more elements than this machine can address"},
		{dict("'<f4'", "False", "(4294967296, 4294967296)"), "more elements"},
		{dict("'<f4'", "False", "(0, 9223372036854775807, 9223372036854775807)"), "more elements"},
		{dict("'<f4'", "False", "(1,)"), "4 bytes, and 0 are there"},
		{dict("'<f4'", "False", "()"), "4 bytes, and 0 are there"},
		{dict("'<f4'", "True", "(1000000, 1000000)"), "4000000000000 bytes, and 0 are there"},
		{dict("'<u8'", "False", "(1,)"), "8 bytes, and 0 are there"},
		{dict("'<U268435455'", "False", "(1,)"), "1073741820 bytes, and 0 are there"},
		{dict("'<u4'", "False", "(1,)"), "4 bytes, and 0 are there"},
	} {
		list = append(list, hostile{file(c[0], 0), c[1]})
	}
	return list
}

// An entry of a zip, which may lie about its size.
type entry struct {
	name     string
	data     []byte // as it lies in the file
	method   uint16
	size     int64 // -1: len(data)
	flags    uint16
	checksum uint32 // 0: the right one
}

func zipOf(entries ...entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: e.method, Flags: e.flags, CRC32: e.checksum,
			CompressedSize64: uint64(len(e.data)), UncompressedSize64: uint64(e.size)}
		if e.size < 0 {
			h.UncompressedSize64 = h.CompressedSize64
		}
		if e.checksum == 0 {
			h.CRC32 = crc32.ChecksumIEEE(e.data)
		}
		w, err := z.CreateRaw(h)
		if err != nil {
			panic(err)
		}
		w.Write(e.data)
	}
	z.Close()
	return b.Bytes()
}

// hostileZips are .npz files that must be refused when opened.
func hostileZips() []hostile {
	a := file(dict("'<f4'", "False", "(2,)"), 8)
	good := zipOf(entry{name: "a.npy", data: a, size: -1})
	at := func(i int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[(i+len(c))%len(c):], b)
		return c
	}
	two := zipOf(entry{name: "a.npy", data: a, size: -1}, entry{name: "b.npy", data: a, size: -1})
	overlap := bytes.Clone(two) // the second record of the directory points to the first entry
	second := bytes.LastIndex(overlap, []byte("PK\x01\x02"))
	copy(overlap[second+42:], []byte{0, 0, 0, 0})
	list := []hostile{
		{[]byte("PK"), "not a valid zip"},
		{[]byte("PK\x03\x04"), "not a valid zip"},
		{good[:len(good)-1], "not a valid zip"},
		{good[:len(good)/2], "not a valid zip"},
		{at(-12, 255, 255), "unexpected EOF"},
		{at(-6, 255, 255, 255, 127), "negative offset"},
		{at(-2, 255, 255), "not a valid zip"},
		{at(0, 'X'), "begins with"},
		{at(2, 'X'), "not a valid zip"},
		{overlap, "overlap"},
		{zipOf(entry{name: "a", data: a, size: -1}), "ends with .npy"},
		{zipOf(entry{name: "a.NPY", data: a, size: -1}), "ends with .npy"},
		{zipOf(entry{name: "a.npy/", data: nil, size: -1}), "ends with .npy"},
		{zipOf(entry{name: "archive/data.pkl", data: []byte("\x80\x02}."), size: -1}), "ends with .npy"},
		{zipOf(entry{name: "a.npy", data: a, size: -1}, entry{name: "a.npy", data: a, size: -1}), "two arrays"},
		{zipOf(entry{name: "a.npy", data: a, size: int64(len(a)) + 1}), "stored in"},
		{zipOf(entry{name: "a.npy", data: a, size: 0}), "stored in"},
		{zipOf(entry{name: "a.npy", data: a, size: -1, flags: 1}), "encrypted"},
		{zipOf(entry{name: "a.npy", data: a, size: -1, method: 12}), "method 12"},
		{zipOf(entry{name: "a.npy", data: a, size: -1, method: 99}), "method 99"},
		{zipOf(entry{name: "a.npy", data: a, size: 1 << 40, method: zip.Deflate}), "cannot have"},
		{zipOf(entry{name: "a.npy", data: make([]byte, 1<<17), size: 100 << 20, method: zip.Deflate}), "npy.Inflate"},
		{zipOf(entry{name: "a.npy", data: a, size: 100, method: zip.Deflate}), "cut off"},
		{zipOf(entry{name: "a.npy", data: nil, size: -1}), "cut off"},
		{zipOf(entry{name: "a.npy", data: []byte("not an array at all"), size: -1}), "begins with"},
		{zipOf(entry{name: "a.npy", data: good, size: -1}), "begins with"},
	}
	for i, h := range hostiles() { // and all arrays that are wrong by themselves
		if len(h.raw) < 10 || i < 4 {
			continue
		}
		list = append(list, hostile{zipOf(entry{name: "good.npy", data: a, size: -1}, entry{name: "bad.npy", data: h.raw, size: -1}), h.want})
	}
	return list
}

func TestHostile(t *testing.T) {
	single, zips := hostiles(), hostileZips()
	if len(single) < 100 || len(zips) < 100 {
		t.Errorf("%d and %d files; want at least 100 each", len(single), len(zips))
	}
	for _, c := range append(single, zips...) {
		f, err := New(bytes.NewReader(c.raw), int64(len(c.raw)))
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 600 {
			t.Errorf("%.100q: %v, %v; want %q", c.raw, f, err, c.want)
		}
	}
}

// Entries whose elements are not what their headers say, found when read.
func TestHostileElements(t *testing.T) {
	deflated := func(n int) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, _ := z.Create("a.npy")
		w.Write(file(dict("'<f4'", "False", "(2,)"), n))
		z.Close()
		r, _ := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		at, _ := r.File[0].DataOffset()
		return b.Bytes()[at : at+int64(r.File[0].CompressedSize64)]
	}
	whole := int64(len(file(dict("'<f4'", "False", "(2,)"), 8)))
	a := file(dict("'<f4'", "False", "(2,)"), 8)
	two := file(dict("'|b1'", "False", "(2,)"), 2)
	two[len(two)-1] = 2
	for _, c := range []hostile{
		{zipOf(entry{name: "a.npy", data: deflated(4), size: whole, method: zip.Deflate}), "read 8 bytes"},
		{zipOf(entry{name: "a.npy", data: deflated(12), size: whole, method: zip.Deflate}), "want the end"},
		{zipOf(entry{name: "a.npy", data: a, size: -1, checksum: 1}), "checksum"},
		{zipOf(entry{name: "a.npy", data: two, size: -1}), "element 1 is a bool of value 2"},
	} {
		f, err := New(bytes.NewReader(c.raw), int64(len(c.raw)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Tensor("a"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %q", err, c.want)
		}
	}
}

// A file that is compressed more than the limit is read if the caller says so.
func TestInflate(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	path := filepath.Join(t.TempDir(), "zeros.npz")
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(w)
	e, _ := z.Create("a.npy")
	e.Write(file(dict("'|u1'", "False", "(83886080,)"), 80<<20))
	z.Close()
	w.Close()
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "npy.Inflate") {
		t.Errorf("%v; want one that names npy.Inflate", err)
	}
	f, err := Open(path, Inflate(100<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if x := get(t, f, "a"); x.Len() != 80<<20 {
		t.Errorf("%d elements", x.Len())
	}
}

// allocated returns how many bytes f allocates.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// checkMemory opens a file and reads all of it, and fails if that takes more
// memory than the file justifies: 4 times its size for elements, which the
// tests do not compress more than that; 8 times for opening, since a record of
// a zip's directory, of 46 bytes and a name, is a struct of 300 in archive/zip.
func checkMemory(t *testing.T, name string, raw []byte) {
	t.Helper()
	const slack = 1 << 20
	var f *File
	var err error
	size := int64(len(raw))
	if n := allocated(func() { f, err = New(bytes.NewReader(raw), size, Inflate(4*size)) }); n > 8*size+slack {
		t.Errorf("%s: opening a file of %d bytes took %d", name, size, n)
	}
	if err != nil {
		return
	}
	n := allocated(func() {
		for _, info := range f.Infos() {
			f.Tensor(info.Name)
		}
	})
	if most := 4*size + slack + int64(len(f.Infos()))*2048; n > most {
		t.Errorf("%s: reading %d arrays of a file of %d bytes took %d; want at most %d", name, len(f.Infos()), size, n, most)
	}
}

func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("slow, and of no use with the race detector, which takes memory too")
	}
	var many []entry
	for i := range 20_000 {
		many = append(many, entry{name: fmt.Sprintf("%d.npy", i), data: file(dict("'|u1'", "False", "(0,)"), 0), size: -1})
	}
	// A directory alone: all records point to one entry.
	one := zipOf(entry{name: "a.npy", data: file(dict("'|u1'", "False", "(0,)"), 0), size: -1})
	start, end := bytes.Index(one, []byte("PK\x01\x02")), bytes.Index(one, []byte("PK\x05\x06"))
	directory := bytes.Repeat(one[start:end], 60_000)
	records := append(bytes.Clone(one[:start]), directory...)
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint16(tail[8:], 60_000)
	binary.LittleEndian.PutUint16(tail[10:], 60_000)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(directory)))
	records = append(records, tail...)
	if _, err := New(bytes.NewReader(records), int64(len(records))); err == nil || !strings.Contains(err.Error(), "overlap") {
		t.Errorf("%v; want an overlap", err)
	}
	for name, raw := range map[string][]byte{
		"elements":         file(dict("'<f4'", "False", "(1048576,)"), 1<<22),
		"fortran":          file(dict("'<f4'", "True", "(1024, 1024)"), 1<<22),
		"wider in here":    file(dict("'<u2'", "False", "(2097152,)"), 1<<22),
		"stored":           zipOf(entry{name: "a.npy", data: file(dict("'>f4'", "False", "(1048576,)"), 1<<22), size: -1}),
		"many":             zipOf(many...),
		"only a directory": records,
	} {
		checkMemory(t, name, raw)
	}
}

func FuzzNew(f *testing.F) {
	for _, h := range append(hostiles(), hostileZips()...) {
		if len(h.raw) < 10_000 {
			f.Add(h.raw)
		}
	}
	for _, name := range []string{"native.npz", "odd.npz", "numpy-2.4.6.npy"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) { checkMemory(t, "fuzz", raw) })
}
