package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A WriteOption changes [Write] and [WriteSharded].
type WriteOption func(*writeConfig)

type writeConfig struct{ metadata map[string]string }

// Metadata puts texts into the file's header. Programs that load models of the
// transformers library want {"format": "pt"}.
func Metadata(m map[string]string) WriteOption {
	return func(c *writeConfig) { c.metadata = m }
}

// Write writes the tensors of s, larger dtypes first and then by name, so that
// the bytes are those that the reference implementation writes for the same
// tensors, and the elements are aligned. One tensor at a time is copied.
func Write(w io.Writer, s *nn.State, opts ...WriteOption) error {
	var c writeConfig
	for _, o := range opts {
		o(&c)
	}
	if s == nil {
		return errors.New("safetensors: the state is nil")
	}
	names, err := fileOrder(s)
	if err == nil {
		err = c.write(w, s, names)
	}
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	return nil
}

func (c *writeConfig) write(w io.Writer, s *nn.State, names []string) error {
	header, err := c.header(s, names)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, n := range names {
		raw, err := archive.ToBytes(s.Get(n))
		if err != nil {
			return fmt.Errorf("tensor %s: %w", quote(n), err)
		}
		if _, err := w.Write(raw); err != nil {
			return err
		}
	}
	return nil
}

// fileOrder returns the names in the order of the file.
func fileOrder(s *nn.State) ([]string, error) {
	for n, t := range s.All() {
		switch {
		case t == nil:
			return nil, fmt.Errorf("tensor %s is nil", quote(n))
		case n == metadataKey:
			return nil, fmt.Errorf("a tensor cannot have the name %s", quote(n))
		}
	}
	names := s.Names()
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(s.Get(b).DType()), rank(s.Get(a).DType())), strings.Compare(a, b))
	})
	return names, nil
}

// header returns the length and the JSON, padded with spaces so that the
// elements begin at a multiple of 8.
func (c *writeConfig) header(s *nn.State, names []string) ([]byte, error) {
	b := append(make([]byte, 8), '{')
	if len(c.metadata) > 0 {
		var err error
		if b, err = c.appendMetadata(b); err != nil {
			return nil, err
		}
	}
	at := int64(0)
	for _, n := range names {
		if len(b) > 9 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendText(b, n); err != nil {
			return nil, err
		}
		t := s.Get(n)
		end := at + size(t)
		shape := strings.ReplaceAll(fmt.Sprint(t.Shape()), " ", ",")
		b = fmt.Appendf(b, `:{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}`, order[rank(t.DType())].name, shape, at, end)
		at = end
	}
	b = append(b, '}')
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	if len(b)-8 > maxHeader {
		return nil, fmt.Errorf("the names and texts make a header of %d bytes; the format allows %d", len(b)-8, maxHeader)
	}
	binary.LittleEndian.PutUint64(b, uint64(len(b)-8))
	return b, nil
}

func (c *writeConfig) appendMetadata(b []byte) ([]byte, error) {
	if len(c.metadata) > maxTexts {
		return nil, fmt.Errorf("%d texts of metadata; want at most %d", len(c.metadata), maxTexts)
	}
	b = append(b, `"`+metadataKey+`":{`...)
	for i, k := range slices.Sorted(maps.Keys(c.metadata)) {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendText(b, k); err != nil {
			return nil, err
		}
		b = append(b, ':')
		if b, err = appendText(b, c.metadata[k]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendText adds s as a JSON string. The encoder would put U+FFFD for what is
// not UTF-8.
func appendText(b []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("%s is not UTF-8", quote(s))
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return nil, err
	}
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...), nil
}

// size is how many bytes t has in a file.
func size(t *tensor.Tensor) int64 { return int64(t.Len()) * int64(t.DType().Size()) }
