package torch

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/facula-ml/facula/checkpoint/archive"
)

// A File is an open file of torch.save. It holds the structure of what was
// saved; elements are read when they are asked for. Several goroutines may use it.
type File struct {
	r     io.ReaderAt
	size  int64
	close func() error

	form     string // "zip" or "legacy"
	big      bool   // elements are big-endian
	storages map[string]*storage
	root     any
	infos    []archive.Info
	at       map[string]*tensorRef
}

// Open opens the file at path.
//
// The error wraps archive.ErrFormat if it is not a file of torch.save at all.
// Otherwise it says where the file is damaged, or what in it is more than
// tensors and plain values, and how to save it anew.
func Open(path string) (*File, error) {
	r, size, err := archive.OpenFile(path)
	if err != nil {
		return nil, fmt.Errorf("torch: %w", err)
	}
	f, err := open(r, size)
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("torch: %s: %w", path, err)
	}
	f.close = r.Close
	return f, nil
}

// New opens a file that is size bytes of r. Close does not close r.
func New(r io.ReaderAt, size int64) (*File, error) {
	f, err := open(r, size)
	if err != nil {
		return nil, fmt.Errorf("torch: %w", err)
	}
	return f, nil
}

// What files begin with: a zip archive, and the legacy form, a pickle of the
// number 0x1950a86a20f9469cfc6c.
const (
	zipMagic    = "PK\x03\x04"
	legacyMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
)

// Sniff reports whether a file that starts with head may be one of torch.save.
// A zip archive may also be another's; then Open gives archive.ErrFormat.
func Sniff(head []byte) bool {
	return bytes.HasPrefix(head, []byte(zipMagic)) || bytes.HasPrefix(head, []byte(legacyMagic))
}

func open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size, storages: map[string]*storage{}, at: map[string]*tensorRef{}}
	head := make([]byte, 512)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	head = head[:n]
	left := budgetFor(size)
	switch {
	case bytes.HasPrefix(head, []byte(zipMagic)):
		err = f.readZip(&left)
	case bytes.HasPrefix(head, []byte(legacyMagic)):
		err = f.readLegacy(&left)
	case len(head) > 262 && string(head[257:262]) == "ustar":
		err = errors.New("the tar format of PyTorch before 0.2, which is not read; torch.load it in Python and torch.save it again")
	default:
		err = fmt.Errorf("%w: it starts neither as a zip archive nor as PyTorch's older format", archive.ErrFormat)
	}
	if err != nil {
		return nil, err
	}
	left = budgetFor(size)
	w := walker{left: &left, tensor: f.list}
	return f, w.walk("", f.root, 0)
}

func (f *File) list(name string, t *tensorRef) error {
	if f.at[name] != nil {
		return fmt.Errorf("two tensors are named %q", name)
	}
	bytes, err := archive.Bytes(t.shape, t.elem())
	f.at[name] = t
	f.infos = append(f.infos, archive.Info{Name: name, Kind: t.kind, DType: kinds[t.kind].dtype, Shape: t.shape, Bytes: bytes})
	return err
}

// Infos lists the tensors in the order in which they were saved. A name is the
// keys on the way to the tensor, joined by dots: "fc.weight" in a state dict,
// "optimizer.state.0.exp_avg" in a larger whole. A tensor that was saved alone
// is "tensor". Kind is PyTorch's name of the dtype.
func (f *File) Infos() []archive.Info { return f.infos }

// maxLines is how many lines of Metadata there are at most.
const maxLines = 1000

// Metadata has numbers and strings that were saved, each under its name, the
// first thousand of them, and "format". Load has them all.
func (f *File) Metadata() map[string]string {
	out := map[string]string{}
	left := budgetFor(f.size)
	w := walker{left: &left, scalar: func(name string, v any) error {
		if s, ok := line(v); ok {
			out[name] = s
		}
		if len(out) >= maxLines {
			return errors.New("enough")
		}
		return nil
	}}
	_ = w.walk("", f.root, 0) // it stops where there is enough
	out["format"] = "pytorch " + f.form
	return out
}

// Close closes the file that Open opened. Tensors that were read stay.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

var _ archive.File = (*File)(nil)
