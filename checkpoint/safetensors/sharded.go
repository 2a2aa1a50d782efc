package safetensors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// maxShards bounds how many files an index makes us open.
const maxShards = 10_000

// A Sharded is an open index of a model in several files. Several goroutines
// may use it.
type Sharded struct {
	directory
	metadata map[string]string
	shards   []*File
	where    []int32 // the shard of each tensor
}

var _ archive.File = (*Sharded)(nil)

// OpenIndex opens an index, model.safetensors.index.json, and the files that
// it names. They lie in the folder of the index: a name with a folder in it is
// refused, and so is a link that leads out of it.
func OpenIndex(path string, opts ...Option) (*Sharded, error) {
	var c config
	for _, o := range opts {
		o(&c)
	}
	f, size, err := archive.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	x, err := readIndex(f, size)
	if err != nil {
		return nil, fmt.Errorf("%s: safetensors: %w", path, err)
	}
	s := &Sharded{metadata: x.metadata}
	if err := s.open(filepath.Dir(path), x, c); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// open opens the shards and lists their tensors.
func (s *Sharded) open(dir string, x *index, c config) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for i, name := range x.shards {
		f, err := openShard(root, name, c)
		if err != nil {
			return err
		}
		s.shards = append(s.shards, f)
		for _, info := range f.infos {
			if x.take(info.Name, i) {
				s.infos, s.where = append(s.infos, info), append(s.where, int32(i))
			}
		}
	}
	for _, a := range x.tensors {
		if a.shard >= 0 {
			return fmt.Errorf("the index says that tensor %s is in %s, and it is not there", quote(a.name), x.shards[a.shard])
		}
	}
	return s.index()
}

func openShard(root *os.Root, name string, c config) (*File, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("shard %s: %w", quote(name), err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("shard %s is not a regular file", quote(name))
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("shard %s: %w", quote(name), err)
	}
	s, err := c.open(f, info.Size())
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("shard %s: %w", quote(name), err)
	}
	return s, nil
}

// Infos lists the tensors of all files, in the order in which the index first
// names those.
func (s *Sharded) Infos() []archive.Info { return s.infos }

// Metadata returns what the index says of the model, as text.
func (s *Sharded) Metadata() map[string]string { return s.metadata }

// Tensor reads a tensor from the file that has it; see [File.Tensor].
func (s *Sharded) Tensor(name string) (*tensor.Tensor, error) {
	i := s.find(name)
	if i < 0 {
		return nil, fmt.Errorf("safetensors: tensor %s: %w", quote(name), archive.ErrNotFound)
	}
	return s.shards[s.where[i]].Tensor(name)
}

// Close closes all files.
func (s *Sharded) Close() error {
	var err error
	for _, f := range s.shards {
		err = errors.Join(err, f.Close())
	}
	return err
}

// An index says which file each tensor is in.
type index struct {
	metadata map[string]string
	tensors  []assigned // by name
	shards   []string
}

type assigned struct {
	name  string
	shard int32 // -1 once it is found
}

func readIndex(r io.ReaderAt, size int64) (*index, error) {
	if size > maxHeader {
		return nil, fmt.Errorf("%w: an index of %d bytes; want at most %d", archive.ErrFormat, size, maxHeader)
	}
	raw, err := archive.ReadAt(r, 0, size)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%w: the index is not UTF-8", archive.ErrFormat)
	}
	s, x := &scanner{b: raw}, &index{}
	weights := false
	for ok := s.first('{', '}'); ok; ok = s.next('}') {
		switch key := s.key(); string(key) {
		case "metadata":
			x.readMetadata(s)
		case "weight_map":
			if weights {
				s.fail("a second weight_map")
			}
			weights = true
			x.readWeights(s)
		default:
			s.fail("unknown key %s; want metadata and weight_map", quote(string(key)))
		}
	}
	s.end()
	if s.err == nil && !weights {
		s.fail("no weight_map")
	}
	if s.err != nil {
		return nil, s.err
	}
	return x, x.sort()
}

func (x *index) readMetadata(s *scanner) {
	if x.metadata != nil {
		s.fail("a second metadata")
	}
	x.metadata = map[string]string{}
	for ok := s.first('{', '}'); ok; ok = s.next('}') {
		k := string(s.key())
		if _, ok := x.metadata[k]; ok || len(x.metadata) == maxTexts {
			s.fail("the metadata has two keys %s, or more than %d", quote(k), maxTexts)
		}
		x.metadata[k] = s.scalar()
	}
}

func (x *index) readWeights(s *scanner) {
	rest := s.b[s.i:]
	x.tensors = make([]assigned, 0, min(bytes.Count(rest, []byte(`":`)), len(rest)/len(`"":"x",`)))
	seen := map[string]int32{}
	for ok := s.first('{', '}'); ok; ok = s.next('}') {
		name, file := string(s.key()), s.text()
		i, ok := seen[string(file)]
		if !ok {
			i = int32(len(x.shards))
			x.shards = append(x.shards, string(file))
			seen[x.shards[i]] = i
			if err := checkShard(x.shards[i]); err != nil && s.err == nil {
				s.fail("%v", err)
			}
			if len(x.shards) > maxShards {
				s.fail("more than %d shards", maxShards)
			}
		}
		x.tensors = append(x.tensors, assigned{name, i})
	}
}

// checkShard refuses the name of a file that is not plain.
func checkShard(file string) error {
	if file == "" || file == "." || file == ".." || strings.ContainsAny(file, "/\\:\x00") || !filepath.IsLocal(file) {
		return fmt.Errorf("the file name %s; a shard lies in the folder of the index", quote(file))
	}
	return nil
}

// sort orders the tensors by name, and refuses two of one name.
func (x *index) sort() error {
	slices.SortFunc(x.tensors, func(a, b assigned) int { return cmp.Compare(a.name, b.name) })
	for i := 1; i < len(x.tensors); i++ {
		if n := x.tensors[i].name; n == x.tensors[i-1].name {
			return fmt.Errorf("the index has two tensors of the name %s", quote(n))
		}
	}
	return nil
}

// take reports whether the index has the tensor in that shard, and notes that
// it was found.
func (x *index) take(name string, shard int) bool {
	i, ok := slices.BinarySearchFunc(x.tensors, name, func(a assigned, n string) int { return cmp.Compare(a.name, n) })
	if !ok || x.tensors[i].shard != int32(shard) {
		return false
	}
	x.tensors[i].shard = -1
	return true
}
