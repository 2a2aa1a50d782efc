// Package checkpoint saves models and loads files of weights, whoever wrote them.
//
// [Open] looks at what a file holds, not at its name, and opens any format that
// a package below this one reads. [Load] reads all of a file. [LoadInto] puts a
// file's tensors into a module, one at a time, if all of them fit; names that
// differ by a prefix are what [Rename] is for, and the error of a file that does
// not fit says which. [Save] writes safetensors, replacing a file whole or not
// at all.
package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/internal/atomicfile"
	"github.com/facula-ml/facula/nn"
)

// Open opens the file at path, in any format of which facula has a reader. The
// content decides, not the name.
func Open(path string) (archive.File, error) {
	f, err := find(path)
	if err != nil {
		return nil, err
	}
	return f.open(path)
}

// Format names what kind of file is at path, such as "safetensors" or "PyTorch",
// by its first bytes.
func Format(path string) (string, error) {
	f, err := find(path)
	return f.name, err
}

func find(path string) (format, error) {
	head, err := readHead(path)
	if err != nil {
		return format{}, err
	}
	for _, f := range formats() {
		if f.sniff(head) {
			return f, nil
		}
	}
	return format{}, fmt.Errorf("%s: %w that facula reads: it begins with %.16q", path, archive.ErrFormat, head)
}

// readHead reads the beginning of a file.
func readHead(path string) ([]byte, error) {
	f, _, err := archive.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if n == 0 && err == io.EOF {
		return nil, fmt.Errorf("%s: %w: it is empty", path, archive.ErrFormat)
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return head[:n], nil
}

// Load reads all tensors of the file at path, in the order of the file. If one
// has elements that facula has no dtype for, the error is [archive.ErrKind];
// [Open] gives the others.
func Load(path string) (*nn.State, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &nn.State{}
	for _, info := range f.Infos() {
		t, err := f.Tensor(info.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s.Set(info.Name, t)
	}
	return s, nil
}

// Save writes what, a module or a *[nn.State], to path as safetensors. The file
// has all of it or is what it was before: a crash, a full disk or a kill
// leaves no half of it. Its metadata are {"format": "pt"}, which the
// transformers library asks for, unless an option says otherwise.
//
// A name that ends as another format's does, such as .pt, is an error: other
// programs go by it. Packages torch and npy write those.
//
//	panics: *tensor.Error if what is no model; see [nn.StateDict]
func Save(path string, what any, opts ...safetensors.WriteOption) error {
	switch end := strings.ToLower(filepath.Ext(path)); end {
	case ".pt", ".pth", ".ckpt", ".npy", ".npz", ".gguf", ".onnx":
		return fmt.Errorf("checkpoint: %s: Save writes safetensors, not %s; see packages checkpoint/torch, checkpoint/npy and onnx", path, end)
	}
	s, ok := what.(*nn.State)
	if !ok {
		s = nn.StateDict(what)
	}
	opts = append([]safetensors.WriteOption{safetensors.Metadata(map[string]string{"format": "pt"})}, opts...)
	return atomicfile.Write(path, func(w io.Writer) error { return safetensors.Write(w, s, opts...) })
}

// Sweep removes the temporary files beside path that a killed [Save] left. The
// caller makes sure that nobody saves to path now.
func Sweep(path string) error {
	if err := atomicfile.Sweep(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
