package checkpoint

import (
	"bytes"
	"encoding/binary"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/checkpoint/gguf"
	"github.com/facula-ml/facula/checkpoint/npy"
	"github.com/facula-ml/facula/checkpoint/safetensors"
)

// A format is a kind of file that Open knows.
type format struct {
	name  string
	sniff func(head []byte) bool // looks at up to 4096 bytes
	open  func(path string) (archive.File, error)
}

// formats lists them; the first that fits is taken. A new one is a line.
func formats() []format {
	return []format{
		{"safetensors", isSafetensors, opener(safetensors.Open)},
		{"a safetensors index", isIndex, opener(safetensors.OpenIndex)},
		{"a NumPy array", begins("\x93NUMPY"), opener(npy.Open)},
		{"NumPy arrays", isNPZ, opener(npy.Open)},
		{"PyTorch", begins("PK\x03\x04"), nil},
		{"PyTorch before 1.6", begins("\x80\x02"), nil},
		{"GGUF", begins("GGUF"), opener(func(path string, _ ...struct{}) (*gguf.File, error) { return gguf.Open(path) })},
	}
}

// opener is open without its options.
func opener[F archive.File, O any](open func(string, ...O) (F, error)) func(string) (archive.File, error) {
	return func(path string) (archive.File, error) {
		f, err := open(path)
		if err != nil {
			return nil, err // not f: a nil pointer in an interface is not nil
		}
		return f, nil
	}
}

func begins(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// isSafetensors looks for the length of a header, which fits the format's
// limit in 4 bytes of 8, and the brace that it begins with.
func isSafetensors(head []byte) bool {
	return len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint32(head[4:]) == 0
}

func isIndex(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
}

// isNPZ looks for a zip without entries, or whose first is an array.
func isNPZ(head []byte) bool {
	if bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return true
	}
	if len(head) < 30 || !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return false
	}
	name := head[30:]
	return bytes.HasSuffix(name[:min(len(name), int(binary.LittleEndian.Uint16(head[26:])))], []byte(".npy"))
}
