package torch

import (
	"encoding/binary"
	"fmt"
)

// readLegacy reads the form before PyTorch 1.6: pickles of a magic number, the
// protocol, the machine's sizes, the object, and the keys of the storages; then
// each storage, its number of elements before it. Elements are little-endian.
func (f *File) readLegacy(left *budget) error {
	f.form = "legacy"
	m := newMachine(f.r, int64(len(legacyMagic)), f.size, left, f.storageRef)
	protocol, err := m.load()
	if err != nil {
		return fmt.Errorf("protocol: %w", err)
	}
	if protocol != int64(1001) {
		return fmt.Errorf("protocol %v of PyTorch's older format; want 1001", protocol)
	}
	if _, err = m.load(); err != nil { // sizes of C's types, which nothing depends on
		return fmt.Errorf("system: %w", err)
	}
	if f.root, err = m.load(); err != nil {
		return err
	}
	keys, err := m.load()
	if err != nil {
		return fmt.Errorf("keys of storages: %w", err)
	}
	l, ok := keys.(*list)
	if !ok || len(l.items) != len(f.storages) {
		return fmt.Errorf("the keys of storages are a %s; want a list of %d", typeName(keys), len(f.storages))
	}
	at := m.at
	found := map[string]bool{}
	for _, k := range l.items {
		key, _ := k.(string)
		s := f.storages[key]
		if s == nil || found[key] {
			return fmt.Errorf("storage %v is named twice, or used by no tensor", k)
		}
		found[key] = true
		if at, err = f.legacyStorage(s, at); err != nil {
			return err
		}
	}
	if at != f.size {
		return fmt.Errorf("%d bytes follow the last storage", f.size-at)
	}
	return nil
}

// legacyStorage finds s at a place in the file and returns the next place.
func (f *File) legacyStorage(s *storage, at int64) (int64, error) {
	const count = 8
	if f.size-at < count || s.bytes > f.size-at-count {
		return 0, fmt.Errorf("storage %q ends beyond the file; is it cut short?", s.key)
	}
	b, err := f.read(at, count, 0)
	if err != nil {
		return 0, err
	}
	if n := binary.LittleEndian.Uint64(b); n != uint64(s.bytes)/uint64(s.elem) {
		return 0, fmt.Errorf("storage %q has %d elements; its tensors say %d", s.key, n, s.bytes/int64(s.elem))
	}
	s.at = at + count
	return s.at + s.bytes, nil
}
