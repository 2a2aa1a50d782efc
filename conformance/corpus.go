package conformance

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/facula-ml/facula/tensor"
)

// A Corpus is calls of PyTorch with what PyTorch gave.
type Corpus struct {
	Samples, Refusals []*Call
	tensors           map[string]stored
	table             map[string]*tensor.Entry
	reasons           map[string]string
	rounded           int // results of the current op; see roundsAlike
}

// A Call is op(Input, *Args, **Kwargs) and its outcome, as the corpus has it.
type Call struct {
	Op, Variant, DType string
	Input              json.RawMessage
	Args               []json.RawMessage
	Kwargs             Kwargs

	Deterministic bool
	Output        json.RawMessage
	OutputShapes  [][]int `json:"output_shapes"`
	Cotangents    []struct {
		Output int
		Tensor string
	}
	Grads []*string // one for each input that requires grad; null is none

	Error, Message string // of a refused call
	Line           int    // in its file
}

// Kwargs are named arguments. Names keeps the order of the call.
type Kwargs struct {
	Names  []string
	Values map[string]json.RawMessage
}

// UnmarshalJSON reads an object.
func (k *Kwargs) UnmarshalJSON(b []byte) error {
	*k = Kwargs{}
	if err := json.Unmarshal(b, &k.Values); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err == nil {
			k.Names = append(k.Names, fmt.Sprint(name))
			err = d.Decode(&json.RawMessage{})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Load reads the corpus in dir.
func Load(dir string) (*Corpus, error) {
	c := &Corpus{}
	data, err := readFile(dir, "data.safetensors")
	if err != nil {
		return nil, err
	}
	if c.tensors, err = readTensors(data); err != nil {
		return nil, fmt.Errorf("%s: data.safetensors: %w", dir, err)
	}
	if c.Samples, err = readCalls(dir, "samples.jsonl"); err != nil {
		return nil, err
	}
	c.Refusals, err = readCalls(dir, "errors.jsonl")
	return c, err
}

// readFile reads name or name.gz in dir.
func readFile(dir, name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	f, err := os.Open(filepath.Join(dir, name+".gz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return io.ReadAll(z)
}

func readCalls(dir, name string) ([]*Call, error) {
	b, err := readFile(dir, name)
	if err != nil {
		return nil, err
	}
	var calls []*Call
	in := bufio.NewScanner(bytes.NewReader(b))
	in.Buffer(nil, 1<<24)
	for line := 1; in.Scan(); line++ {
		c := &Call{Line: line}
		if err := json.Unmarshal(in.Bytes(), c); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", filepath.Join(dir, name), line, err)
		}
		calls = append(calls, c)
	}
	return calls, in.Err()
}

// A stored tensor lies row-major in the file.
type stored struct {
	dtype tensor.DType
	shape []int
	bytes []byte
}

var dtypeCodes = map[string]tensor.DType{
	"F64": tensor.Float64, "F32": tensor.Float32, "F16": tensor.Float16, "BF16": tensor.BFloat16, "I64": tensor.Int64,
	"I32": tensor.Int32, "I16": tensor.Int16, "I8": tensor.Int8, "U8": tensor.UInt8, "BOOL": tensor.Bool,
}

// readTensors reads the safetensors format: the length of a JSON header, the
// header, the data.
func readTensors(b []byte) (map[string]stored, error) {
	if len(b) < 8 || binary.LittleEndian.Uint64(b) > uint64(len(b)-8) {
		return nil, errors.New("the header is cut off")
	}
	n := binary.LittleEndian.Uint64(b)
	header, data := b[8:8+n], b[8+n:]
	var list map[string]struct {
		DType   string
		Shape   []int
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(header, &list); err != nil {
		return nil, err
	}
	out := make(map[string]stored, len(list))
	for name, t := range list {
		if name == "__metadata__" {
			continue
		}
		d, ok := dtypeCodes[t.DType]
		size := d.Size()
		for _, n := range t.Shape {
			size *= n
		}
		lo, hi := t.Offsets[0], t.Offsets[1]
		if !ok || lo < 0 || hi < lo || hi > len(data) || hi-lo != size {
			return nil, fmt.Errorf("tensor %s: %s %v does not fit its %d bytes", name, t.DType, t.Shape, hi-lo)
		}
		out[name] = stored{d, t.Shape, data[lo:hi]}
	}
	return out, nil
}
