package safetensors

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func TestSharded(t *testing.T) {
	for _, opts := range [][]Option{nil, {MMap}} {
		s, err := OpenIndex(filepath.Join("testdata", "sharded", IndexName), opts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []tensor.DType{tensor.Float32, tensor.Int64, tensor.BFloat16} {
			x, err := s.Tensor(d.String())
			if err != nil {
				t.Fatal(err)
			}
			same(t, d.String(), x, golden(d, 2, 3))
		}
		if _, err := s.Tensor("none"); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%v; want ErrNotFound", err)
		}
		if len(s.Infos()) != 3 || s.Metadata()["total_size"] != "84" {
			t.Errorf("%v, %v; want 3 tensors of 84 bytes", s.Infos(), s.Metadata())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWriteSharded(t *testing.T) {
	dir := t.TempDir()
	s := &nn.State{}
	for _, n := range []string{"a", "b", "large", "c", "d"} {
		s.Set(n, tensor.Full(float32(n[0]), 10))
	}
	s.Set("large", tensor.Full(float32(7), 100))
	if err := WriteSharded(dir, s, 80, Metadata(map[string]string{"k": "v"})); err != nil {
		t.Fatal(err)
	}
	// a b | large | c d
	entries, _ := os.ReadDir(dir)
	if len(entries) != 4 || entries[2].Name() != "model-00003-of-00003.safetensors" || entries[3].Name() != IndexName {
		t.Errorf("files %v; want three shards and an index", entries)
	}
	x, err := OpenIndex(filepath.Join(dir, IndexName))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for n, want := range s.All() {
		got, err := x.Tensor(n)
		if err != nil {
			t.Fatal(err)
		}
		same(t, n, got, want)
	}
	if x.Metadata()["total_size"] != "560" || x.shards[0].Metadata()["k"] != "v" {
		t.Errorf("metadata %v, %v", x.Metadata(), x.shards[0].Metadata())
	}
	if err := WriteSharded(dir, nil, 80); err == nil {
		t.Error("nil is not refused")
	}
}

func TestHostileIndex(t *testing.T) {
	outside := t.TempDir()
	dir := filepath.Join(outside, "model")
	os.MkdirAll(filepath.Join(dir, "sub"), 0o777)
	for _, p := range []string{filepath.Join(dir, "s"), filepath.Join(outside, "s"), filepath.Join(dir, "sub", "s")} {
		os.WriteFile(p, file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1), 0o666)
	}
	os.WriteFile(filepath.Join(dir, "bad"), []byte("no shard at all"), 0o666)
	links := os.Symlink(filepath.Join("..", "s"), filepath.Join(dir, "link")) == nil
	for _, c := range []struct{ text, want string }{
		{``, `want '{'`},
		{`[]`, `want '{'`},
		{"\xff", "not UTF-8"},
		{`{}`, "no weight_map"},
		{`{"weight_map":{}}x`, "after the last brace"},
		{`{"weight_map":{"a":"s"}`, "the end"},
		{`{"weight_map":[]}`, `want '{'`},
		{`{"weight_map":{"a":1}}`, `want '"'`},
		{`{"weight_map":{"a":"s"},"weight_map":{"a":"s"}}`, "a second weight_map"},
		{`{"metadata":{},"metadata":{},"weight_map":{"a":"s"}}`, "a second metadata"},
		{`{"metadata":{"x":1,"x":2},"weight_map":{"a":"s"}}`, `two keys "x"`},
		{`{"metadata":{"x":{}},"weight_map":{"a":"s"}}`, "want a text"},
		{`{"metadata":{"x":[1]},"weight_map":{"a":"s"}}`, "want a text"},
		{`{"metadata":{"x":bare},"weight_map":{"a":"s"}}`, "want a text"},
		{`{"Weight_Map":{"a":"s"}}`, "unknown key"},
		{`{"weight_map":{"a":"s","a":"s"}}`, "two tensors of the name"},
		{`{"weight_map":{"a":"s","b":"s"}}`, `"b" is in s, and it is not there`},
		{`{"weight_map":{"a":"none"}}`, "no such file"},
		{`{"weight_map":{"a":"bad"}}`, "not a file of this format"},
		{`{"weight_map":{"a":"sub"}}`, "not a regular file"},
		{`{"weight_map":{"a":""}}`, "in the folder"},
		{`{"weight_map":{"a":"."}}`, "in the folder"},
		{`{"weight_map":{"a":".."}}`, "in the folder"},
		{`{"weight_map":{"a":"../s"}}`, "in the folder"},
		{`{"weight_map":{"a":"./s"}}`, "in the folder"},
		{`{"weight_map":{"a":"sub/s"}}`, "in the folder"},
		{`{"weight_map":{"a":"sub\\s"}}`, "in the folder"},
		{`{"weight_map":{"a":"C:s"}}`, "in the folder"},
		{`{"weight_map":{"a":"s\u0000"}}`, "in the folder"},
		{`{"weight_map":{"a":"/etc/passwd"}}`, "in the folder"},
		{`{"weight_map":{"a":"link"}}`, "escapes"},
	} {
		if strings.Contains(c.text, "link") && !links {
			continue
		}
		path := filepath.Join(dir, IndexName)
		os.WriteFile(path, []byte(c.text), 0o666)
		s, err := OpenIndex(path)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v; want %q and the path", c.text, err, c.want)
		}
	}
}
