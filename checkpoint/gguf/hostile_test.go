package gguf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
)

// Files are made from the pieces of the format.
func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
func u16(v uint16) []byte        { return binary.LittleEndian.AppendUint16(nil, v) }
func u32(v uint32) []byte        { return binary.LittleEndian.AppendUint32(nil, v) }
func u64(v uint64) []byte        { return binary.LittleEndian.AppendUint64(nil, v) }
func str(s string) []byte        { return cat(u64(uint64(len(s))), []byte(s)) }

func kv(name string, kind uint32, value ...[]byte) []byte {
	return cat(str(name), u32(kind), cat(value...))
}

func info(name string, kind uint32, offset uint64, dims ...uint64) []byte {
	b := cat(str(name), u32(uint32(len(dims))))
	for _, d := range dims {
		b = cat(b, u64(d))
	}
	return cat(b, u32(kind), u64(offset))
}

type section struct {
	n    uint64
	body []byte
}

func counted(parts [][]byte) *section      { return &section{uint64(len(parts)), cat(parts...)} }
func keys(parts ...[]byte) *section        { return counted(parts) }
func tensors(parts ...[]byte) *section     { return counted(parts) }
func declared(n uint64, b []byte) *section { return &section{n, b} }

// file is a file with 32 as alignment.
func file(version uint32, keys, tensors *section, data []byte) []byte {
	if keys == nil {
		keys = &section{}
	}
	if tensors == nil {
		tensors = &section{}
	}
	b := cat([]byte("GGUF"), u32(version), u64(tensors.n), u64(keys.n), keys.body, tensors.body)
	if len(data) > 0 {
		b = append(b, make([]byte, roundUp(int64(len(b)), 32)-int64(len(b)))...)
	}
	return append(b, data...)
}

func open(t *testing.T, b []byte) *File {
	t.Helper()
	f, err := New(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

type hostile struct {
	name string
	file []byte
	want string // part of the error
}

// hostileFiles are refused, each for a reason of its own.
func hostileFiles() []hostile {
	data := make([]byte, 64)
	big, max64 := uint64(1)<<62, ^uint64(0)
	x := info("x", 0, 0, 8) // 32 bytes of float32
	key := func(kind uint32, value ...[]byte) []byte { return file(3, keys(kv("k", kind, value...)), nil, data) }
	one := func(info []byte) []byte { return file(3, nil, tensors(info), data) }
	files := []hostile{
		{"empty", nil, "does not begin with GGUF"},
		{"half a magic", []byte("GG"), "does not begin with GGUF"},
		{"another magic", []byte("GGML\x03\x00\x00\x00"), "does not begin with GGUF"},
		{"no version", []byte("GGUF\x03"), "cut off"},
		{"version 0", file(0, nil, nil, nil), "version 0; want 2 or 3"},
		{"version 1", file(1, nil, nil, nil), "version 1"},
		{"version 4", file(4, nil, nil, nil), "version 4; want 2 or 3"},
		{"big-endian", file(3<<24, nil, nil, nil), "big-endian"},
		{"no number of tensors", []byte("GGUF\x03\x00\x00\x00\x01"), "cut off"},
		{"no number of keys", cat([]byte("GGUF"), u32(3), u64(0), []byte{1}), "cut off"},
		{"too many keys", file(3, declared(10001, nil), nil, nil), "10001 keys of metadata; want at most 10000"},
		{"2^64-1 keys", file(3, declared(max64, nil), nil, nil), "keys of metadata; want at most"},
		{"keys without bytes", file(3, declared(10000, nil), nil, data), "10000 keys of metadata do not fit into 72 bytes"},
		{"tensors without bytes", file(3, nil, declared(1000, nil), data), "1000 tensors do not fit into 72 bytes"},
		{"2^64-1 tensors", file(3, nil, declared(max64, nil), data), "tensors do not fit"},
		{"2^32 tensors", file(3, nil, declared(1<<32, nil), data), "tensors do not fit"},
		{"one key too few", file(3, declared(2, kv("k", typeUint8, []byte{1})), nil, data), "key 1 of the metadata: a name of 0 bytes"},
		{"one tensor too few", file(3, nil, declared(2, x), data), "name of tensor 1: a name of 0 bytes"},

		{"key without a name", file(3, keys(kv("", typeUint8, []byte{1})), nil, data), "a name of 0 bytes; want 1 to 65535"},
		{"key too long", file(3, keys(kv(strings.Repeat("k", 65536), typeUint8, []byte{1})), nil, data), "a name of 65536 bytes; want 1 to 65535"},
		{"key beyond the file", file(3, declared(1, cat(u64(1000), []byte("k"))), nil, data), "1000 values of 1 bytes or more do not fit"},
		{"key of 2^64-1 bytes", file(3, declared(1, cat(u64(max64), []byte("k"))), nil, data), "do not fit"},
		{"key of 2^63 bytes", file(3, declared(1, cat(u64(1<<63), []byte("k"))), nil, data), "do not fit"},
		{"key that is no UTF-8", file(3, keys(kv("k\xff", typeUint8, []byte{1})), nil, data), "is not UTF-8"},
		{"key twice", file(3, keys(kv("k", typeUint8, []byte{1}), kv("j", typeBool, []byte{1}), kv("k", typeUint8, []byte{1})), nil, nil), `the name "k" is there twice`},
		{"unknown type", key(13, u64(0)), "a value of the unknown type 13"},
		{"type 2^32-1", key(1<<32-1, u64(0)), "a value of the unknown type 4294967295"},
		{"string beyond the file", key(typeString, u64(1000), data), "1000 values of 1 bytes or more do not fit"},
		{"string of 2^64-1 bytes", key(typeString, u64(max64)), "do not fit"},
		{"string of 2^63 bytes", key(typeString, u64(1<<63)), "do not fit"},
		{"array of unknown type", key(typeArray, u32(13), u64(1), u64(1)), "a value of the unknown type 13"},
		{"array of 2^62 words", key(typeArray, u32(typeUint64), u64(big)), "do not fit"},
		{"array of 2^61 words, 0 bytes mod 2^64", key(typeArray, u32(typeUint64), u64(1<<61)), "do not fit"},
		{"array of 2^63 strings", key(typeArray, u32(typeString), u64(1<<63)), "do not fit"},
		{"array of strings beyond the file", key(typeArray, u32(typeString), u64(2), str("a"), u64(1000)), "1000 values of 1 bytes or more do not fit"},
		{"array of arrays, the second unknown", key(typeArray, u32(typeArray), u64(2), u32(typeUint8), u64(0), u32(99), u64(0)), "unknown type 99"},
		{"array of arrays beyond the file", key(typeArray, u32(typeArray), u64(1), u32(typeUint32), u64(1000)), "1000 values of 4 bytes or more do not fit"},
		{"arrays 5 deep", key(typeArray, nested(5)), "more than 4 deep"},
		{"arrays 10000 deep", key(typeArray, nested(10000)), "more than 4 deep"},

		{"alignment 0", aligned(typeUint32, u32(0)), "general.alignment is 0; want a power of two, at most 1048576"},
		{"alignment 24", aligned(typeUint32, u32(24)), "general.alignment is 24"},
		{"alignment 2^31", aligned(typeUint32, u32(1<<31)), "general.alignment is 2147483648"},
		{"alignment as uint64", aligned(typeUint64, u64(32)), "general.alignment is of type 10; want 4, a uint32"},
		{"alignment as int32", aligned(typeInt32, u32(32)), "general.alignment is of type 5"},
		{"alignment as string", aligned(typeString, str("32")), "general.alignment is of type 8"},
		{"alignment as array", aligned(typeArray, u32(typeUint32), u64(1), u32(32)), "general.alignment is of type 9"},

		{"tensor without a name", one(info("", 0, 0, 8)), "name of tensor 0: a name of 0 bytes"},
		{"tensor's name too long", one(info(strings.Repeat("x", 65536), 0, 0, 8)), "a name of 65536 bytes"},
		{"tensor's name is no UTF-8", one(info("\xc0\x80", 0, 0, 8)), "is not UTF-8"},
		{"tensor's name beyond the file", file(3, nil, declared(1, cat(u64(1<<40), data)), data), "do not fit"},
		{"tensor twice", file(3, nil, tensors(x, info("x", 0, 32, 8)), data), `the name "x" is there twice`},
		{"a long name of control characters", one(info(strings.Repeat("\x00", 65535), 0, 0)), "0 dims; want 1 to 4"},
		{"a long name, twice", file(3, nil, tensors(info(strings.Repeat("\x00", 65535), 0, 0, 8), info(strings.Repeat("\x00", 65535), 0, 32, 8)), data), "is there twice"},
		{"a long name that is no UTF-8", one(info(strings.Repeat("\xff", 65535), 0, 0, 8)), "is not UTF-8"},
		{"tensor without dims", one(info("x", 0, 0)), `tensor "x": 0 dims; want 1 to 4`},
		{"5 dims", one(info("x", 0, 0, 1, 1, 1, 1, 1)), "5 dims; want 1 to 4"},
		{"2^32-1 dims", one(cat(str("x"), u32(1<<32-1), data)), "4294967295 dims"},
		{"dim 2^64-1", one(info("x", 0, 0, max64)), "dim 0 is 18446744073709551615; want less"},
		{"dim 2^63", one(info("x", 0, 0, 1, 1<<63)), "dim 1 is 9223372036854775808; want less"},
		{"dims whose product is 2^64", one(info("x", 0, 0, 1<<32, 1<<32)), "more elements than this machine can address"},
		{"dims whose product is 2^64 + 8", one(info("x", 0, 0, 8, 1<<61)), "more elements"},
		{"dims with a 0 that hides an overflow", one(info("x", 0, 0, 1<<40, 1<<40, 0)), "more elements"},
		{"a 0 beside 2^60", one(info("x", 0, 0, 1<<60, 0)), "more elements than this machine can address"},
		{"a 0 beside 2^60, quantised", one(info("x", 2, 0, 1<<60, 0)), "more elements than this machine can address"},
		{"2^62 elements of 8 bytes", one(info("x", 28, 0, 1<<62)), "more elements than this machine can address"},
		{"2^62 elements of Q4_0", one(info("x", 2, 0, 1<<62)), "more elements than this machine can address"},
		{"2^40 elements", one(info("x", 0, 0, 1<<40)), "needs 4398046511104 bytes of elements, and the file has 64 left"},
		{"one element too many", one(info("x", 0, 0, 17)), "needs 68 bytes of elements, and the file has 64 left"},
		{"one row too many", one(info("x", 24, 0, 13, 5)), "needs 65 bytes of elements, and the file has 64 left"},
		{"kind 2^32-1", one(info("x", 1<<32-1, 0, 8)), "elements of the unknown kind 4294967295"},
		{"first tensor not at 0", one(info("x", 0, 32, 8)), `tensor "x" begins at 32 of the elements; the one before it ends at 0`},
		{"offset 2^63", one(info("x", 0, 1<<63, 8)), "begins at 9223372036854775808; want less"},
		{"offset 2^64-32", one(info("x", 0, max64-31, 8)), "want less"},
		{"overlap", file(3, nil, tensors(x, info("y", 0, 0, 8)), data), `tensor "y" begins at 0 of the elements; the one before it ends at 32`},
		{"overlap by half", file(3, nil, tensors(x, info("y", 0, 16, 8)), data), "begins at 16"},
		{"hole", file(3, nil, tensors(x, info("y", 0, 64, 8)), data), "begins at 64 of the elements; the one before it ends at 32"},
		{"offsets swapped", file(3, nil, tensors(info("x", 0, 32, 8), info("y", 0, 0, 8)), data), "begins at 32"},
		{"not aligned", file(3, nil, tensors(info("x", 24, 0, 5), info("y", 24, 5, 5)), data), "begins at 5 of the elements; the one before it ends at 32"},
		{"second tensor cut off", file(3, nil, tensors(x, info("y", 0, 32, 9)), data), `tensor "y" needs 36 bytes of elements, and the file has 32 left`},
		{"no elements at all", file(3, nil, tensors(x), nil), "needs 32 bytes of elements, and the file has 0 left"},
		{"tensor cut off in its dims", file(3, nil, declared(1, x[:len(x)-14]), nil), "do not fit"},
	}
	for kind, size := range sizes { // every type of metadata, cut off, and as an array of more than there is
		cut := cat([]byte("GGUF"), u32(3), u64(0), u64(1), str("key"), u32(uint32(kind)), make([]byte, size-1))
		files = append(files,
			hostile{fmt.Sprintf("type %d without a value", kind), cut, "cut off"},
			hostile{fmt.Sprintf("array of type %d beyond the file", kind), key(typeArray, u32(uint32(kind)), u64(1000)), fmt.Sprintf("1000 values of %d bytes or more do not fit", size)})
	}
	for _, kind := range []uint32{4, 5, 31, 32, 33, 36, 37, 38, 42, 1000} {
		files = append(files, hostile{fmt.Sprintf("kind %d", kind), one(info("x", kind, 0, 256)), fmt.Sprintf("elements of the unknown kind %d", kind)})
	}
	for n, k := range kinds { // every kind, with a row of no whole blocks, and one byte too short
		if k.block > 1 {
			files = append(files, hostile{k.name + " in part of a block", one(info("x", n, 0, uint64(k.block/2))), fmt.Sprintf("rows of %d elements; %s has blocks of %d", k.block/2, k.name, k.block)})
		}
		files = append(files, hostile{k.name + " cut off", file(3, nil, tensors(info("x", n, 0, uint64(k.block), 2)), make([]byte, 2*k.bytes-1)), fmt.Sprintf("needs %d bytes of elements, and the file has %d left", 2*k.bytes, 2*k.bytes-1)})
	}
	return files
}

// nested is an array of arrays, that many deep.
func nested(depth int) []byte {
	b := cat(u32(typeUint8), u64(0))
	for range depth - 1 {
		b = cat(u32(typeArray), u64(1), b)
	}
	return b
}

func aligned(kind uint32, value ...[]byte) []byte {
	return file(3, keys(kv(alignment, kind, value...)), tensors(info("x", 0, 0, 8)), make([]byte, 64))
}

func TestHostileFiles(t *testing.T) {
	files := hostileFiles()
	if len(files) < 100 {
		t.Errorf("%d files; want 100 or more", len(files))
	}
	for _, c := range files {
		spent := allocated(func() {
			_, err := New(bytes.NewReader(c.file), int64(len(c.file)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v; want %q", c.name, err, c.want)
			}
		})
		if most := bound(c.file); spent > most {
			t.Errorf("%s: %d bytes are allocated; want at most %d", c.name, spent, most)
		}
	}
}

// What the table refuses must be one step away from what is read.
func TestGoodFiles(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing":        file(3, nil, nil, nil),
		"version 2":      file(2, nil, tensors(info("x", 0, 0, 8)), make([]byte, 32)),
		"depth 4":        file(3, keys(kv("k", typeArray, nested(4))), nil, nil),
		"alignment 1":    file(3, keys(kv(alignment, typeUint32, u32(1))), tensors(info("x", 24, 0, 3), info("y", 24, 3, 3)), make([]byte, 64)),
		"no elements":    file(3, nil, tensors(info("x", 0, 0, 0, 5)), nil),
		"not padded":     file(3, nil, tensors(info("x", 24, 0, 5)), make([]byte, 5)),
		"4 dims":         file(3, nil, tensors(info("x", 24, 0, 1, 2, 1, 2)), make([]byte, 4)),
		"longest name":   file(3, keys(kv(strings.Repeat("k", 65535), typeBool, []byte{1})), nil, nil),
		"empty array":    file(3, keys(kv("k", typeArray, u32(typeString), u64(0))), nil, nil),
		"more than told": file(3, nil, tensors(info("x", 24, 0, 5)), make([]byte, 500)),
	} {
		f, err := New(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		readAll(t, f)
	}
}

// Every beginning of a file is refused, and says why.
func TestTruncated(t *testing.T) {
	raw, err := os.ReadFile("testdata/golden.gguf")
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(raw) - 64 { // the end is padding
		if n > 1000 && n%97 != 0 {
			continue
		}
		if _, err := New(bytes.NewReader(raw[:n]), int64(n)); err == nil || !strings.HasPrefix(err.Error(), "gguf: ") {
			t.Fatalf("%d of %d bytes: %v", n, len(raw), err)
		}
	}
}

// Files made of the shortest things that a parser remembers.
func TestAllocation(t *testing.T) {
	var manyTensors, manyKeys [][]byte
	for i := range 20000 {
		manyTensors = append(manyTensors, info(fmt.Sprintf("%03x", i), 24, 0, 0))
	}
	for i := range maxKeys {
		manyKeys = append(manyKeys, kv(fmt.Sprintf("%03x", i), typeUint8, []byte{1}))
	}
	array := func(kind uint32, n int, value []byte) []byte {
		return file(3, keys(kv("k", typeArray, u32(kind), u64(uint64(n)), bytes.Repeat(value, n))), nil, nil)
	}
	for name, b := range map[string][]byte{
		"tensors": file(3, nil, tensors(manyTensors...), nil),
		"keys":    file(3, keys(manyKeys...), nil, nil),
		"strings": array(typeString, 100000, str("")),
		"texts":   array(typeString, 100000, str("12345678")),
		"text":    file(3, keys(kv("k", typeString, str(strings.Repeat("x", 1<<20)))), nil, nil),
		"arrays":  array(typeArray, 100000, cat(u32(typeUint8), u64(0))),
		"bytes":   array(typeUint8, 1<<20, []byte{1}),
		"bools":   array(typeBool, 1<<20, []byte{1}),
		"floats":  array(typeFloat64, 1<<17, u64(1)),
	} {
		var f *File
		if spent := allocated(func() { f = open(t, b) }); spent > bound(b) {
			t.Errorf("%s: New allocates %d bytes for a file of %d", name, spent, len(b))
		}
		if len(f.Keys()) != 1 {
			continue
		}
		if spent := allocated(func() { f.Value("k") }); spent > bound(b) {
			t.Errorf("%s: Value allocates %d bytes for a file of %d", name, spent, len(b))
		}
		if spent := allocated(func() { f.Metadata() }); spent > bound(b) {
			t.Errorf("%s: Metadata allocates %d bytes for a file of %d", name, spent, len(b))
		}
	}
}

// bound is what reading a file may allocate.
func bound(file []byte) uint64 { return perByte*uint64(len(file)) + 64<<10 }

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// readAll reads all of f; nothing may panic, and a tensor costs what it says.
func readAll(t *testing.T, f *File) {
	t.Helper()
	f.Metadata()
	for _, k := range f.Keys() {
		if _, err := f.Value(k); err != nil {
			t.Errorf("metadata %q: %v", k, err)
		}
	}
	for _, i := range f.Infos() {
		n, err := archive.Elements(i.Shape)
		if err != nil {
			t.Fatal(err)
		}
		spent := allocated(func() {
			x, err := f.Tensor(i.Name)
			if i.DType == 0 {
				if !errors.Is(err, archive.ErrKind) {
					t.Errorf("%s: %v", i.Name, err)
				}
			} else if err != nil || x.Len() != n || x.DType() != i.DType {
				t.Errorf("%+v: %v, %v", i, x, err)
			}
		})
		if most := uint64(i.Bytes) + 4*uint64(n) + 64<<10; spent > most {
			t.Errorf("%+v: %d bytes are allocated; want at most %d", i, spent, most)
		}
	}
}

func FuzzOpen(f *testing.F) {
	golden, err := os.ReadFile("testdata/golden.gguf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	for _, c := range hostileFiles() {
		if len(c.file) < 1000 {
			f.Add(c.file)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var file *File
		var err error
		spent := allocated(func() { file, err = New(bytes.NewReader(b), int64(len(b))) })
		if most := bound(b) + 1<<20; spent > most { // the fuzzer allocates as well
			t.Errorf("%d bytes are allocated for a file of %d", spent, len(b))
		}
		if err == nil {
			readAll(t, file)
		}
	})
}
