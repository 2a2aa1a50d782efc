package torch

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/facula-ml/facula/checkpoint/archive"
)

// An entry is a stored file of the archive. archive/zip finds it; its bytes are
// read by offset, because PyTorch can leave checksums zero.
type entry struct {
	name     string
	at, size int64
	crc      uint32
}

// entries are the archive's files by name. It refuses what torch.save does not
// write and a trap may: compressed, encrypted, repeated and overlapping files.
func (f *File) entries() (map[string]entry, string, error) {
	z, err := zip.NewReader(f.r, f.size)
	if err != nil {
		return nil, "", fmt.Errorf("the zip archive has no readable directory; is the file cut short? (%w)", err)
	}
	if slices.ContainsFunc(z.File, func(x *zip.File) bool { return strings.HasSuffix(x.Name, "/constants.pkl") }) {
		return nil, "", errors.New("a TorchScript archive, which has a program; " + resave)
	}
	byName, all := make(map[string]entry, len(z.File)), make([]entry, 0, len(z.File))
	for _, x := range z.File {
		if strings.HasSuffix(x.Name, "/constants.pkl") {
			return nil, "", errors.New("a TorchScript archive, which has a program; " + resave)
		}
	}
	for _, x := range z.File {
		if x.Method != zip.Store || x.CompressedSize64 != x.UncompressedSize64 || x.Flags&1 != 0 {
			return nil, "", fmt.Errorf("%q in the zip archive is compressed or encrypted; torch.save stores as is", x.Name)
		}
		at, err := x.DataOffset()
		if err != nil {
			return nil, "", fmt.Errorf("%q in the zip archive: %w", x.Name, err)
		}
		if at > f.size || x.UncompressedSize64 > uint64(f.size-at) {
			return nil, "", fmt.Errorf("%q in the zip archive ends beyond the file", x.Name)
		}
		e := entry{x.Name, at, int64(x.UncompressedSize64), x.CRC32}
		if _, ok := byName[e.name]; ok {
			return nil, "", fmt.Errorf("%q is in the zip archive twice", e.name)
		}
		byName[e.name], all = e, append(all, e)
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	for i := range max(len(all)-1, 0) {
		const header = 30 // of the next file, which comes before its data
		if a, b := all[i], all[i+1]; a.at+a.size > b.at-header-int64(len(b.name)) {
			return nil, "", fmt.Errorf("%q and %q overlap in the zip archive", a.name, b.name)
		}
	}
	if len(z.File) == 0 {
		return byName, "", nil
	}
	prefix, _, _ := strings.Cut(z.File[0].Name, "/")
	return byName, prefix + "/", nil
}

// readZip reads the archive's data.pkl and finds its storages.
func (f *File) readZip(left *budget) error {
	f.form = "zip"
	all, prefix, err := f.entries()
	if err != nil {
		return err
	}
	pkl, ok := all[prefix+"data.pkl"]
	if !ok {
		return fmt.Errorf("%w: a zip archive without data.pkl", archive.ErrFormat)
	}
	if err := f.byteOrder(all[prefix+"byteorder"]); err != nil {
		return err
	}
	b, err := f.read(pkl.at, pkl.size, pkl.crc)
	if err != nil {
		return fmt.Errorf("data.pkl: %w", err)
	}
	m := newMachine(bytes.NewReader(b), 0, pkl.size, left, f.storageRef)
	if f.root, err = m.load(); err != nil {
		return fmt.Errorf("data.pkl: %w", err)
	}
	for key, s := range f.storages {
		e, ok := all[prefix+"data/"+key]
		switch {
		case !ok:
			return fmt.Errorf("storage %q is not in the zip archive", key)
		case e.size != s.bytes:
			return fmt.Errorf("storage %q has %d bytes; its tensors say %d", key, e.size, s.bytes)
		}
		s.at, s.crc = e.at, e.crc
	}
	return nil
}

// byteOrder reads the entry that says it; files before PyTorch 2.1 have none.
func (f *File) byteOrder(e entry) error {
	if e.name == "" {
		return nil
	}
	if e.size > 16 {
		return fmt.Errorf("byteorder has %d bytes; want little or big", e.size)
	}
	b, err := f.read(e.at, e.size, e.crc)
	if err != nil {
		return fmt.Errorf("byteorder: %w", err)
	}
	switch string(b) {
	case "little":
	case "big":
		f.big = true
	default:
		return fmt.Errorf("byteorder is %q; want little or big", b)
	}
	return nil
}

// read reads n bytes that are known to be in the file.
func (f *File) read(at, n int64, crc uint32) ([]byte, error) {
	b, err := archive.ReadAt(f.r, at, n)
	if err != nil {
		return nil, err
	}
	if crc != 0 && crc32.ChecksumIEEE(b) != crc {
		return nil, errors.New("the checksum is wrong: the file is damaged")
	}
	return b, nil
}
