package torch_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"strings"
)

// What hostile files are made of: pieces of pickles, zip archives and legacy
// files. None of it uses the writer of the package.

const (
	proto       = "\x80\x02"
	legacyMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
	rebuild     = "ctorch._utils\n_rebuild_tensor_v2\n"
	rebuild3    = "ctorch._utils\n_rebuild_tensor_v3\n"
	hooks       = "ccollections\nOrderedDict\n)R"
)

func le32(n uint32) string { return string(binary.LittleEndian.AppendUint32(nil, n)) }
func le64(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }

func str(s string) string { return "X" + le32(uint32(len(s))) + s }

// num is an int of eight bytes.
func num(n int64) string { return "\x8a\x08" + le64(uint64(n)) }

func tuple(items ...string) string { return "(" + strings.Join(items, "") + "t" }
func list(items ...string) string  { return "](" + strings.Join(items, "") + "e" }
func dict(items ...string) string  { return "}(" + strings.Join(items, "") + "u" }

func nums(n ...int64) string {
	var out []string
	for _, x := range n {
		out = append(out, num(x))
	}
	return tuple(out...)
}

func call(name string, args ...string) string {
	i := strings.LastIndexByte(name, '.')
	return "c" + name[:i] + "\n" + name[i+1:] + "\n" + tuple(args...) + "R"
}

func storageOf(class, key string, n int64) string {
	return tuple(str("storage"), "ctorch\n"+class+"\n", str(key), str("cpu"), num(n)) + "Q"
}

// floats is a tensor in storage 0, which has four float32.
func floats(offset int64, shape, stride []int64) string {
	return rebuild + tuple(storageOf("FloatStorage", "0", 4), num(offset), nums(shape...), nums(stride...), "\x89", hooks) + "R"
}

var vector = floats(0, []int64{4}, []int64{1})

// A member is a file of a zip archive.
type member struct {
	name, data string
	change     func(h *zip.FileHeader)
}

func zipOf(members ...member) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(m.data)),
			CompressedSize64: uint64(len(m.data)), UncompressedSize64: uint64(len(m.data))}
		if m.change != nil {
			m.change(h)
		}
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write([]byte(m.data))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// zipPickle is a whole file with a pickle, and storage 0.
func zipPickle(body string) []byte {
	return zipOf(member{name: "a/data.pkl", data: body}, member{name: "a/byteorder", data: "little"}, member{name: "a/data/0", data: strings.Repeat("\x00\x00\x80\x3f", 4)})
}

// pickle is zipPickle with the frame of every pickle.
func pickle(body string) []byte { return zipPickle(proto + body + ".") }

// legacy is a file of the old form: an object, keys, and what follows.
func legacy(object, keys, rest string) []byte {
	sys := dict(str("little_endian"), "\x88")
	return []byte(legacyMagic + proto + "M\xe9\x03." + proto + sys + "." + proto + object + "." + proto + keys + "." + rest)
}

// at returns good with some bytes replaced; old must be there once.
func at(good []byte, old, with string) []byte {
	if bytes.Count(good, []byte(old)) != 1 {
		panic("at: want it once: " + old)
	}
	return bytes.Replace(good, []byte(old), []byte(with), 1)
}

const (
	maxInt = math.MaxInt64
	minInt = math.MinInt64
)
