package datasets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// idxBytes returns an IDX file of bytes.
func idxBytes(content []byte, shape ...int) []byte {
	b := []byte{0, 0, 8, byte(len(shape))}
	for _, dim := range shape {
		b = binary.BigEndian.AppendUint32(b, uint32(dim))
	}
	return append(b, content...)
}

// zip returns b as a gzip file.
func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestReadIDX(t *testing.T) {
	plain := idxBytes([]byte{1, 2, 3, 4, 5, 6}, 3, 1, 2)
	for _, raw := range [][]byte{plain, gzipped(plain)} {
		for _, size := range []int64{-1, int64(len(raw))} {
			x, err := readIDX(bytes.NewReader(raw), size, 3, sumOf(plain))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(x.shape, []int{3, 1, 2}) || !bytes.Equal(x.data, []byte{1, 2, 3, 4, 5, 6}) {
				t.Errorf("got %v %v", x.shape, x.data)
			}
		}
	}
}

func TestReadIDXEmpty(t *testing.T) {
	x, err := readIDX(bytes.NewReader(idxBytes(nil, 0, 28, 28)), -1, 3, "")
	if err != nil || len(x.data) != 0 {
		t.Errorf("no images: %v, %v", x, err)
	}
}

func TestReadIDXErrors(t *testing.T) {
	good := idxBytes([]byte{1, 2, 3, 4, 5, 6}, 3, 1, 2)
	packed := gzipped(good)
	badCRC := slices.Clone(packed)
	badCRC[len(badCRC)-5] ^= 1
	cases := []struct {
		name string
		raw  []byte
		want string
	}{
		{"empty", nil, "ends within the header"},
		{"short magic", good[:3], "ends within the header"},
		{"short dims", good[:15], "ends within the header"},
		{"text", []byte("<html><body>not found"), "starts with 00 00 08 03, this one with 3c 68 74 6d"},
		{"other rank", idxBytes([]byte{1}, 1), "this one with 00 00 08 01"},
		{"floats", append([]byte{0, 0, 13, 3}, good[4:]...), "this one with 00 00 0d 03"},
		{"cut", good[:len(good)-1], "dims [3 1 2] are 6 elements, the file has 5"},
		{"trailing", append(slices.Clone(good), 7), "goes on after the 6 elements"},
		{"huge dim", append([]byte{0, 0, 8, 3, 255, 255, 255, 255}, make([]byte, 8)...), "above the limit"},
		{"huge product", idxBytes(nil, 1<<16, 1<<16, 1), "above the limit"},
		{"wrapping product", idxBytes(nil, 1<<30, 1<<30, 1<<30), "above the limit"},
		{"huge beside 0", idxBytes(nil, 0, 1<<20, 1<<20), "above the limit"},
		{"declares much", idxBytes([]byte{1}, 1<<10, 1<<10, 1<<10), "the file has 1"},
		{"gzip cut", packed[:len(packed)-9], "unexpected EOF"},
		{"gzip header cut", packed[:6], "unexpected EOF"},
		{"gzip crc", badCRC, "invalid checksum"},
		{"gzip trailing", append(slices.Clone(packed), "junk"...), "bad format"},
		{"gzip of cut", gzipped(good[:len(good)-1]), "the file has 5"},
		{"gzip of trailing", gzipped(append(slices.Clone(good), 7)), "goes on"},
	}
	for _, c := range cases {
		for _, size := range []int64{-1, int64(len(c.raw))} {
			_, err := readIDX(bytes.NewReader(c.raw), size, 3, "")
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, size %d: %v, want %q", c.name, size, err, c.want)
			}
		}
	}
}

func TestReadIDXChecksum(t *testing.T) {
	raw := idxBytes([]byte{1, 2}, 2)
	_, err := readIDX(bytes.NewReader(raw), -1, 1, sumOf([]byte("other")))
	if !errors.Is(err, ErrChecksum) || !strings.Contains(err.Error(), sumOf(raw)) {
		t.Errorf("got %v", err)
	}
}

// A plain file of another size than its header says is refused unread.
func TestReadIDXSizeFirst(t *testing.T) {
	header := idxBytes(nil, 1<<20)
	broken := io.MultiReader(bytes.NewReader(header), brokenReader{})
	if _, err := readIDX(broken, int64(len(header))+5, 1, ""); !errors.Is(err, ErrFormat) || errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func TestReadIDXReadError(t *testing.T) {
	broken := io.MultiReader(bytes.NewReader(idxBytes([]byte{1}, 9)), brokenReader{})
	if _, err := readIDX(broken, -1, 1, ""); !errors.Is(err, errBroken) || errors.Is(err, ErrFormat) {
		t.Errorf("got %v, want the error of the disk only", err)
	}
}

var errBroken = &fs.PathError{Op: "read", Path: "x", Err: errors.New("broken disk")}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestReadIDXFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if _, err := readIDXFile(path, 1, ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := readIDXFile(dir, 1, ""); err == nil {
		t.Error("a folder was read")
	}
	if err := os.WriteFile(path, idxBytes([]byte{1}, 1<<29), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := readIDXFile(path, 1, "")
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("the error does not name the file: %v", err)
	}
}

// deflate expands a byte at most 1032 times; growing a slice and the reader's
// own buffers take the rest.
func allocationBound(raw []byte) uint64 {
	if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		return 1<<20 + 8*1032*uint64(len(raw))
	}
	return 1<<20 + 8*uint64(len(raw))
}

func FuzzReadIDX(f *testing.F) {
	good := idxBytes([]byte{1, 2, 3, 4, 5, 6}, 3, 1, 2)
	f.Add(good)
	f.Add(gzipped(good))
	f.Add(idxBytes([]byte{9}, 1<<10, 1<<10, 1<<10))
	f.Add(gzipped(idxBytes(make([]byte, 1<<16), 1<<10, 1<<10, 1<<10)))
	f.Add([]byte{0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		x, err := readIDX(bytes.NewReader(raw), int64(len(raw)), 3, "")
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > allocationBound(raw) {
			t.Errorf("%d bytes of input allocated %d", len(raw), got)
		}
		if err == nil && len(x.data) != x.shape[0]*x.shape[1]*x.shape[2] {
			t.Errorf("shape %v with %d elements", x.shape, len(x.data))
		}
		if err != nil && !errors.Is(err, ErrFormat) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}
