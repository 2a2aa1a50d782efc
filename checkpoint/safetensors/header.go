package safetensors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/facula-ml/facula/checkpoint/archive"
)

// maxTexts bounds the memory of the metadata's map, whose entries can be much
// larger than their text.
const maxTexts = 10_000

const metadataKey = "__metadata__"

// A directory finds tensors by name without a map: millions of short names
// would make that several times larger than the file.
type directory struct {
	infos  []archive.Info
	byName []int32 // the indices of infos, in the order of their names
}

// index fills byName and refuses two tensors of one name.
func (d *directory) index() error {
	d.byName = make([]int32, len(d.infos))
	for i := range d.byName {
		d.byName[i] = int32(i)
	}
	slices.SortFunc(d.byName, func(a, b int32) int { return strings.Compare(d.infos[a].Name, d.infos[b].Name) })
	for i := 1; i < len(d.byName); i++ {
		if n := d.infos[d.byName[i]].Name; n == d.infos[d.byName[i-1]].Name {
			return fmt.Errorf("two tensors have the name %s", quote(n))
		}
	}
	return nil
}

// find returns the index of the tensor of that name, or -1.
func (d *directory) find(name string) int {
	i, ok := slices.BinarySearchFunc(d.byName, name, func(i int32, n string) int { return strings.Compare(d.infos[i].Name, n) })
	if !ok {
		return -1
	}
	return int(d.byName[i])
}

// A header is what a file says of its tensors, in the order of their elements.
type header struct {
	directory
	starts   []int64 // where the elements begin, counted from the end of the header
	metadata map[string]string
}

// parseHeader reads the header of a file with size bytes of elements.
func parseHeader(raw []byte, size int64) (*header, error) {
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%w: the header is not UTF-8", archive.ErrFormat)
	}
	n := min(bytes.Count(raw, []byte(`"data_offsets"`)), len(raw)/len(`"":{"dtype":"U8","shape":[],"data_offsets":[0,1]}`))
	h := &header{directory: directory{infos: make([]archive.Info, 0, n)}, starts: make([]int64, 0, n)}
	s := &scanner{b: raw}
	for ok := s.first('{', '}'); ok; ok = s.next('}') {
		if key := s.key(); string(key) == metadataKey {
			h.readMetadata(s)
		} else {
			h.readTensor(s, string(key))
		}
	}
	s.end()
	if s.err != nil {
		return nil, s.err
	}
	sort.Stable(byOffset{h})
	if err := h.contiguous(size); err != nil {
		return nil, err
	}
	return h, h.index()
}

func (h *header) readMetadata(s *scanner) {
	if h.metadata != nil {
		s.fail("a second %s", metadataKey)
		return
	}
	h.metadata = map[string]string{}
	for ok := s.first('{', '}'); ok; ok = s.next('}') {
		k := string(s.key())
		if _, ok := h.metadata[k]; ok {
			s.fail("the metadata has two keys %s", quote(k))
		}
		if len(h.metadata) == maxTexts {
			s.fail("more than %d texts of metadata", maxTexts)
		}
		h.metadata[k] = string(s.text())
	}
}

// readTensor reads what the header says of one tensor.
func (h *header) readTensor(s *scanner, name string) {
	var k *kind
	var dims [archive.MaxRank]int64
	var at [2]int64
	rank, offsets := -1, -1
	for ok := s.first('{', '}'); ok; ok = s.next('}') {
		switch key := s.key(); string(key) {
		case "dtype":
			if k != nil {
				s.fail("tensor %s: a second dtype", quote(name))
			}
			d := s.text()
			if k = kindOf(string(d)); k == nil && s.err == nil {
				s.fail("tensor %s: unknown dtype %s", quote(name), quote(string(d)))
			}
		case "shape":
			if rank >= 0 {
				s.fail("tensor %s: a second shape", quote(name))
			}
			rank = s.numbers(dims[:])
		case "data_offsets":
			if offsets >= 0 {
				s.fail("tensor %s: a second data_offsets", quote(name))
			}
			offsets = s.numbers(at[:])
		default:
			s.fail("tensor %s: unknown key %s; want dtype, shape and data_offsets", quote(name), quote(string(key)))
		}
	}
	if s.err != nil {
		return
	}
	if k == nil || rank < 0 || offsets != len(at) {
		s.fail("tensor %s: want a dtype, a shape and two data_offsets", quote(name))
		return
	}
	info, err := k.info(name, dims[:rank], at)
	if err != nil {
		s.fail("tensor %s: %v", quote(name), err)
	}
	h.infos, h.starts = append(h.infos, info), append(h.starts, at[0])
}

// info holds the size in the file against the shape.
func (k *kind) info(name string, dims []int64, at [2]int64) (archive.Info, error) {
	info := archive.Info{Name: name, Kind: k.name, DType: k.dtype, Bytes: at[1] - at[0]}
	if len(dims) > 0 {
		info.Shape = make([]int, len(dims))
	}
	for i, d := range dims {
		if int64(int(d)) != d {
			return info, fmt.Errorf("dim %d is %d, more than this machine can address", i, d)
		}
		info.Shape[i] = int(d)
	}
	bits, err := archive.Bytes(info.Shape, k.bits)
	switch {
	case err != nil:
		return info, err
	case info.Bytes < 0:
		return info, errors.New("data_offsets that end before they begin")
	case bits%8 != 0:
		return info, fmt.Errorf("%v of %s do not fill whole bytes", info.Shape, k.name)
	case bits/8 != info.Bytes:
		return info, fmt.Errorf("%v of %s are %d bytes; the data_offsets say %d", info.Shape, k.name, bits/8, info.Bytes)
	}
	return info, nil
}

// contiguous makes sure that the tensors fill size bytes without a gap.
func (h *header) contiguous(size int64) error {
	end := int64(0)
	for i, start := range h.starts {
		n := quote(h.infos[i].Name)
		switch b := h.infos[i].Bytes; {
		case start < end:
			return fmt.Errorf("tensor %s begins at %d, within the one before it, which ends at %d", n, start, end)
		case start > end:
			return fmt.Errorf("tensor %s begins at %d; nothing fills the bytes from %d on", n, start, end)
		case b > size-end:
			return fmt.Errorf("the file is cut off: tensor %s ends at %d, and %d bytes are there", n, start+b, size)
		default:
			end += b
		}
	}
	if end != size {
		return fmt.Errorf("%d bytes after the last tensor", size-end)
	}
	return nil
}

type byOffset struct{ *header }

func (h byOffset) Len() int { return len(h.infos) }
func (h byOffset) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h.starts[i], h.starts[j]), cmp.Compare(h.infos[i].Bytes, h.infos[j].Bytes)) < 0
}
func (h byOffset) Swap(i, j int) {
	h.infos[i], h.infos[j] = h.infos[j], h.infos[i]
	h.starts[i], h.starts[j] = h.starts[j], h.starts[i]
}

// quote is a name for an error, which a file could make very long.
func quote(name string) string { return fmt.Sprintf("%.100q", name) }
