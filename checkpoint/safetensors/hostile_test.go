package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
)

// file is a file with that header and n zeros as elements.
func file(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

// one is a header with one tensor, a, whose parts are given as JSON.
func one(dtype, shape, offsets string) string {
	return fmt.Sprintf(`{"a":{"dtype":%s,"shape":%s,"data_offsets":%s}}`, dtype, shape, offsets)
}

// u8 is the entry of a tensor of bytes.
func u8(name string, begin, end int) string {
	return fmt.Sprintf(`"%s":{"dtype":"U8","shape":[%d],"data_offsets":[%d,%d]}`, name, end-begin, begin, end)
}

type hostile struct {
	raw  []byte
	want string
}

// hostiles are files that must be refused, with a part of the reason.
func hostiles() []hostile {
	good := file("{"+u8("a", 0, 4)+"}", 4)
	withLength := func(n uint64) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint64(b, n)
		return b
	}
	list := []hostile{
		{nil, "0 bytes"},
		{good[:8], "8 bytes"},
		{withLength(0), "the end"},
		{withLength(1), "the end"},
		{withLength(1 << 63), "the format allows"},
		{withLength(math.MaxUint64), "the format allows"},
		{withLength(maxHeader + 1), "the format allows"},
		{withLength(maxHeader), "cut off"},
		{withLength(uint64(len(good)) - 7), "cut off"},
		{withLength(uint64(len(good)) - 8), "after the last brace"},
		{[]byte("PK\x03\x04 a zip file"), "begins with"},
		{[]byte(`{"weight_map":{"a":"b"}}`), "begins with"},
		{file(" {}", 0), "begins with"},
		{file("[]", 0), "begins with"},
		{file("{\"\xff\":1}", 0), "not UTF-8"},
		{file(strings.Repeat(`{"a":`, 100_000), 0), "unknown key"},
		{file(strings.Repeat(`{`, 100_000), 0), `want '"'`},
	}
	// Headers without elements after them.
	for _, c := range [][2]string{
		{`{`, "the end"},
		{`{]`, `want '"'`},
		{`{}}`, "after the last brace"},
		{`{}{}`, "after the last brace"},
		{"{}\x00", "after the last brace"},
		{"{\x00}", `want '"'`},
		{`{,}`, `want '"'`},
		{`{"a"}`, `want ':'`},
		{`{"a":}`, `want '{'`},
		{`{"a":1}`, `want '{'`},
		{`{"a":null}`, `want '{'`},
		{`{"a":[]}`, `want '{'`},
		{`{"a":{}}`, "want a dtype"},
		{`{"a`, "the end, in a string"},
		{`{"a\`, "the end, in a string"},
		{`{"a\"`, "the end, in a string"},
		{"{\"a\nb\":1}", "in a string"},
		{`{"\x":1}`, `unknown escape, \x`},
		{`{"\u12":1}`, "four hexadecimal digits"},
		{`{"\u12g4":1}`, "four hexadecimal digits"},
		{`{'a':1}`, `want '"'`},
		{`{a:1}`, `want '"'`},
		{`{/**/}`, `want '"'`},
		{`{"__metadata__":null}`, `want '{'`},
		{`{"__metadata__":[]}`, `want '{'`},
		{`{"__metadata__":"x"}`, `want '{'`},
		{`{"__metadata__":{"a":1}}`, `want '"'`},
		{`{"__metadata__":{"a":{}}}`, `want '"'`},
		{`{"__metadata__":{"a":null}}`, `want '"'`},
		{`{"__metadata__":{"a":"b","a":"b"}}`, `two keys "a"`},
		{`{"__metadata__":{"a":"b","\u0061":"b"}}`, `two keys "a"`},
		{`{"__metadata__":{},"__metadata__":{}}`, "a second __metadata__"},
		{`{"__metadata__":{},"__meta\u0064ata__":{}}`, "a second __metadata__"},
		{`{"__metadata__":{"a":"b",}}`, `want '"'`},
		{`{"__metadata__":{"a":"b"}`, "the end"},
		{`{"__METADATA__":{"a":"b"}}`, "unknown key"},
		{`{"__metadata__":{` + texts(maxTexts+1) + `}}`, "more than 10000 texts"},
		{`{"a":{"dtype":"U8","shape":[0]}}`, "want a dtype"},
		{`{"a":{"dtype":"U8","data_offsets":[0,0]}}`, "want a dtype"},
		{`{"a":{"shape":[0],"data_offsets":[0,0]}}`, "want a dtype"},
		{`{"a":{"DType":"U8","shape":[0],"data_offsets":[0,0]}}`, `unknown key "DType"`},
		{`{"a":{"dtype":"U8","Shape":[0],"data_offsets":[0,0]}}`, `unknown key "Shape"`},
		{`{"a":{"dtype":"U8","shape":[0],"Data_Offsets":[0,0]}}`, `unknown key "Data_Offsets"`},
		{`{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}`, `unknown key "x"`},
		{`{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, "a second dtype"},
		{`{"a":{"dtype":"U8","\u0064type":"U8","shape":[0],"data_offsets":[0,0]}}`, "a second dtype"},
		{`{"a":{"dtype":"U8","shape":[],"shape":[0],"data_offsets":[0,0]}}`, "a second shape"},
		{`{"a":{"dtype":"U8","shape":[0],"data_offsets":[],"data_offsets":[0,0]}}`, "a second data_offsets"},
		{`{"a":{"dtype":"U8" "shape":[0],"data_offsets":[0,0]}}`, `want '}'`},
		{one(`"U8"`, `[0]`, `[0,0]`) + ",", "after the last brace"},
		{one(`"u8"`, `[0]`, `[0,0]`), `unknown dtype "u8"`},
		{one(`""`, `[0]`, `[0,0]`), `unknown dtype ""`},
		{one(`"F128"`, `[0]`, `[0,0]`), `unknown dtype "F128"`},
		{one(`"`+strings.Repeat("F", 9999)+`"`, `[0]`, `[0,0]`), `FFFF`},
		{one(`8`, `[0]`, `[0,0]`), `want '"'`},
		{one(`["U8"]`, `[0]`, `[0,0]`), `want '"'`},
		{one(`"U8"`, `0`, `[0,0]`), `want '['`},
		{one(`"U8"`, `{}`, `[0,0]`), `want '['`},
		{one(`"U8"`, `null`, `[0,0]`), `want '['`},
		{one(`"U8"`, `["0"]`, `[0,0]`), "want a number"},
		{one(`"U8"`, `[-1]`, `[0,0]`), "not negative"},
		{one(`"U8"`, `[-0]`, `[0,0]`), "not negative"},
		{one(`"U8"`, `[+0]`, `[0,0]`), "not negative"},
		{one(`"U8"`, `[0.0]`, `[0,0]`), "fraction"},
		{one(`"U8"`, `[0e0]`, `[0,0]`), "fraction"},
		{one(`"U8"`, `[0E9]`, `[0,0]`), "fraction"},
		{one(`"U8"`, `[00]`, `[0,0]`), "leading zero"},
		{one(`"U8"`, `[0x0]`, `[0,0]`), `want ']'`},
		{one(`"U8"`, `[0,]`, `[0,0]`), "want a number"},
		{one(`"U8"`, `[,0]`, `[0,0]`), "want a number"},
		{one(`"U8"`, `[0 0]`, `[0,0]`), `want ']'`},
		{one(`"U8"`, `[[0]]`, `[0,0]`), "want a number"},
		{one(`"U8"`, `[0,1,1,1,1,1,1,1,1]`, `[0,0]`), "more than 8 numbers"},
		{one(`"U8"`, `[`+strings.Repeat("1,", 100_000)+`0]`, `[0,0]`), "more than 8 numbers"},
		{one(`"U8"`, `[9223372036854775808]`, `[0,0]`), "larger than any file"},
		{one(`"U8"`, `[18446744073709551616]`, `[0,0]`), "larger than any file"},
		{one(`"U8"`, `[4611686018427387904]`, `[0,4611686018427387904]`), "more elements than this machine can address"},
		{one(`"U8"`, `[4294967296,4294967296]`, `[0,0]`), "more elements"},
		{one(`"U8"`, `[2147483648,2147483648,4]`, `[0,0]`), "more elements"},
		{one(`"U8"`, `[0,4294967296,4294967296]`, `[0,0]`), "more elements"},
		{one(`"F64"`, `[4611686018427387903]`, `[0,0]`), "more elements than this machine can address"},
		{one(`"U8"`, `[1]`, `[0,0]`), "the data_offsets say 0"},
		{one(`"U8"`, `[]`, `[0,0]`), "the data_offsets say 0"},
		{one(`"U8"`, `[0]`, `[]`), "two data_offsets"},
		{one(`"U8"`, `[0]`, `[0]`), "two data_offsets"},
		{one(`"U8"`, `[0]`, `[0,0,0]`), "more than 2 numbers"},
		{one(`"U8"`, `[0]`, `[-1,-1]`), "not negative"},
		{one(`"U8"`, `[0]`, `0`), `want '['`},
		{one(`"U8"`, `[0]`, `[1,1]`), "nothing fills"},
		{one(`"U8"`, `[0]`, `[1,0]`), "end before they begin"},
		{one(`"U8"`, `[1]`, `[0,1]`), "cut off"},
		{one(`"U8"`, `[1099511627776]`, `[0,1099511627776]`), "cut off"},
		{one(`"F4"`, `[1]`, `[0,1]`), "whole bytes"},
		{one(`"F6_E2M3"`, `[3]`, `[0,2]`), "whole bytes"},
		{"{" + u8("a", 0, 0) + "," + u8("a", 0, 0) + "}", "two tensors have the name"},
		{"{" + u8("a", 0, 0) + "," + u8(`\u0061`, 0, 0) + "}", "two tensors have the name"},
		{"{" + u8(`\ud800`, 0, 0) + "," + u8(`\ud801`, 0, 0) + "}", "two tensors have the name"},
		{"{" + u8("a", 0, 0) + u8("b", 0, 0) + "}", `want '}'`},
	} {
		list = append(list, hostile{file(c[0], 0), c[1]})
	}
	// Headers before 8 bytes of elements.
	for _, c := range [][2]string{
		{`{}`, "8 bytes after the last tensor"},
		{"{" + u8("a", 0, 7) + "}", "1 bytes after the last tensor"},
		{"{" + u8("a", 0, 9) + "}", "cut off"},
		{"{" + u8("a", 1, 8) + "}", "nothing fills"},
		{"{" + u8("a", 0, 4) + "," + u8("b", 3, 8) + "}", "within the one before"},
		{"{" + u8("a", 0, 4) + "," + u8("b", 5, 8) + "}", "nothing fills"},
		{"{" + u8("a", 0, 8) + "," + u8("b", 0, 8) + "}", "within the one before"},
		{"{" + u8("a", 0, 8) + "," + u8("b", 2, 4) + "}", "within the one before"},
		{"{" + u8("a", 0, 8) + "," + u8("b", 4, 4) + "}", "within the one before"},
		{"{" + u8("a", 0, 8) + "," + u8("b", 9, 9) + "}", "nothing fills"},
		{"{" + u8("a", 0, 4) + "," + u8("a", 4, 8) + "}", "two tensors have the name"},
		{"{" + u8("b", 4, 8) + "," + u8("a", 0, 4) + "," + u8("b", 8, 8) + "}", "two tensors have the name"},
		{one(`"F32"`, `[2]`, `[0,4]`), "the data_offsets say 4"},
		{one(`"F32"`, `[1]`, `[0,8]`), "the data_offsets say 8"},
		{one(`"F64"`, `[8]`, `[0,8]`), "the data_offsets say 8"},
		{one(`"F4"`, `[8]`, `[0,8]`), "the data_offsets say 8"},
		{one(`"I16"`, `[2,2,2]`, `[0,8]`), "the data_offsets say 8"},
	} {
		list = append(list, hostile{file(c[0], 8), c[1]})
	}
	return list
}

// texts is the inside of an object with n keys.
func texts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"%d":"",`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

func TestHostile(t *testing.T) {
	list := hostiles()
	if len(list) < 100 {
		t.Errorf("%d files; want at least 100", len(list))
	}
	for _, c := range list {
		_, err := New(bytes.NewReader(c.raw), int64(len(c.raw)))
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 500 {
			t.Errorf("%.120q: %v; want %q", c.raw, err, c.want)
		}
	}
	raw := file(one(`"BOOL"`, `[8]`, `[0,8]`), 8)
	raw[len(raw)-1] = 2
	f, err := New(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Tensor("a"); err == nil || !strings.Contains(err.Error(), "element 7 is a bool of value 2") {
		t.Errorf("a bool of 2: %v", err)
	}
}

// each is what one tensor takes beside its elements.
const each = 1024

// checkMemory opens a file and reads all of it, and fails if one of them takes
// more memory than the file justifies.
func checkMemory(t *testing.T, name string, raw []byte) {
	t.Helper()
	var f *File
	var err error
	limit := 4*int64(len(raw)) + slack
	if n := allocated(func() { f, err = New(bytes.NewReader(raw), int64(len(raw))) }); n > limit {
		t.Errorf("%s: opening a file of %d bytes took %d; want at most %d", name, len(raw), n, limit)
	}
	if err != nil {
		return
	}
	limit += each * int64(len(f.Infos()))
	n := allocated(func() {
		for _, info := range f.Infos() {
			f.Tensor(info.Name)
		}
	})
	if n > limit {
		t.Errorf("%s: reading %d tensors in %d bytes took %d; want at most %d", name, len(f.Infos()), len(raw), n, limit)
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

// slack is what opening and reading may allocate beyond 4 times the file.
const slack = 2 << 20

func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("slow, and of no use with the race detector, which takes memory too")
	}
	var many, spaces strings.Builder
	many.WriteString("{")
	for i := range 50_000 {
		if i > 0 {
			many.WriteString(",")
		}
		fmt.Fprintf(&many, `"%x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`, i)
	}
	many.WriteString("}")
	spaces.WriteString(`{`)
	spaces.WriteString(strings.Repeat(" ", 1<<22) + "}")
	for name, raw := range map[string][]byte{
		"many tensors":  file(many.String(), 0),
		"many offsets":  file(`{"`+strings.Repeat(`\"data_offsets\"`, 1<<18)+`":{}}`, 0),
		"spaces":        file(spaces.String(), 0),
		"a long name":   file(`{"`+strings.Repeat("x", 1<<22)+`":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, 0),
		"escapes":       file(`{"`+strings.Repeat(`\n`, 1<<21)+`":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, 0),
		"elements":      file(one(`"F32"`, `[1048576]`, `[0,4194304]`), 1<<22),
		"wider in here": file(one(`"U16"`, `[2097152]`, `[0,4194304]`), 1<<22),
		"metadata":      file(`{"__metadata__":{`+texts(maxTexts)+`}}`, 0),
	} {
		checkMemory(t, name, raw)
	}
	h, err := New(bytes.NewReader(file(many.String(), 0)), int64(many.Len()+8))
	if err != nil || h.find("c34f") < 0 || h.find("c350") >= 0 {
		t.Errorf("%v; want 50000 tensors", err)
	}
}

func FuzzNew(f *testing.F) {
	for _, h := range hostiles() {
		if len(h.raw) < 10_000 {
			f.Add(h.raw)
		}
	}
	for _, name := range []string{"native", "other"} {
		raw, err := os.ReadFile("testdata/" + name + ".safetensors")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkMemory(t, "fuzz", raw)
		// What is accepted has the sizes that it says.
		f, err := New(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		sum := f.data
		for _, info := range f.Infos() {
			sum += info.Bytes
			if x, err := f.Tensor(info.Name); err == nil && x.DType() != info.DType {
				t.Errorf("%v; want %v", x.DType(), info.DType)
			}
		}
		if sum != int64(len(raw)) {
			t.Errorf("tensors fill %d bytes of %d", sum, len(raw))
		}
	})
}

func FuzzIndex(f *testing.F) {
	for _, s := range []string{`{"metadata":{"total_size":1.5e3,"x":"y","z":null},"weight_map":{"a":"b","c":"b"}}`, `{}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var x *index
		var err error
		if n := allocated(func() { x, err = readIndex(bytes.NewReader(raw), int64(len(raw))) }); n > 4*int64(len(raw))+slack {
			t.Errorf("%d bytes for an index of %d", n, len(raw))
		}
		for i := 0; err == nil && i < len(x.shards); i++ {
			if strings.ContainsAny(x.shards[i], "/\\") {
				t.Errorf("shard %q", x.shards[i])
			}
		}
	})
}
