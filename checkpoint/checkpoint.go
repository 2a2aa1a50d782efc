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

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/internal/atomicfile"
	"github.com/facula-ml/facula/nn"
)

// Open opens the file at path, in any format of which facula has a reader. The
// content decides, not the name.
func Open(path string) (archive.File, error) {
	head, err := readHead(path)
	if err != nil {
		return nil, err
	}
	for _, f := range formats() {
		if !f.sniff(head) {
			continue
		}
		if f.open == nil {
			return nil, fmt.Errorf("%s: a file of %s, which this version of facula does not read", path, f.name)
		}
		return f.open(path)
	}
	return nil, fmt.Errorf("%s: %w that facula reads: it begins with %.16q", path, archive.ErrFormat, head)
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
//	panics: *tensor.Error if what is no model; see [nn.StateDict]
func Save(path string, what any, opts ...safetensors.WriteOption) error {
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
