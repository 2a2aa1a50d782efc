package archive

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"github.com/facula-ml/facula/tensor"
)

func TestOpenFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	os.WriteFile(path, []byte("abc"), 0o666)
	f, n, err := OpenFile(path)
	if err != nil || n != 3 {
		t.Fatalf("size %d, %v; want 3", n, err)
	}
	f.Close()
	if _, _, err := OpenFile(dir); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, _, err := OpenFile(os.DevNull); err == nil || !strings.Contains(err.Error(), "regular") {
		t.Errorf("a device: %v", err)
	}
}

func TestReadAt(t *testing.T) {
	r := strings.NewReader("0123456789")
	b, err := ReadAt(r, 2, 3)
	if err != nil || string(b) != "234" || uintptr(unsafe.Pointer(&b[0]))%8 != 0 {
		t.Errorf("%q, %v; want 234, aligned", b, err)
	}
	if b, err := ReadAt(r, 7, 3); string(b) != "789" || err != nil {
		t.Errorf("up to the end: %q, %v", b, err)
	}
	if _, err := ReadAt(r, 8, 3); err == nil || !strings.Contains(err.Error(), io.ErrUnexpectedEOF.Error()) {
		t.Errorf("beyond the end: %v", err)
	}
}

func TestBytes(t *testing.T) {
	x, err := FromBytes([]byte{1, 0, 0, 0, 0, 1, 0, 0, 255, 255, 255, 255}, tensor.Int32, []int{3})
	if err != nil {
		t.Fatal(err)
	}
	if !x.Equal(tensor.FromSlice([]int32{1, 256, -1}, []int{3})) {
		t.Errorf("%v; want 1, 256, -1", x)
	}
	raw, err := ToBytes(x.Flip(0))
	if want := []byte{255, 255, 255, 255, 0, 1, 0, 0, 1, 0, 0, 0}; err != nil || !bytes.Equal(raw, want) {
		t.Errorf("%v, %v; want %v", raw, err, want)
	}
	if _, err := FromBytes([]byte{0, 1, 2}, tensor.Bool, []int{3}); err == nil || !strings.Contains(err.Error(), "element 2") {
		t.Errorf("a bool of 2: %v", err)
	}
	if _, err := ToBytes(nil); err == nil {
		t.Error("nil is not refused")
	}
	for size, want := range map[int]string{1: "abcdefgh", 2: "badcfehg", 4: "dcbahgfe", 8: "hgfedcba"} {
		b := []byte("abcdefgh")
		if Swap(b, size); string(b) != want {
			t.Errorf("swap %d: %s; want %s", size, b, want)
		}
	}
	if got := Widen([]byte{1, 255, 2, 0}, 2); !bytes.Equal(got, []byte{1, 255, 0, 0, 2, 0, 0, 0}) {
		t.Errorf("widened %v", got)
	}
}
