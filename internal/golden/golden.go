// Package golden reads the JSON files that the scripts in testdata folders
// write with PyTorch; scripts/golden.py is the other side.
package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"
)

// A Tensor is an array in row-major order. Float32 data was rounded to
// float32, as PyTorch holds it.
type Tensor struct {
	DType string
	Shape []int
	Data  []float64
}

// UnmarshalJSON reads {"dtype", "shape", "data"}.
func (t *Tensor) UnmarshalJSON(b []byte) error {
	var raw struct {
		DType string
		Shape []int
		Data  []json.RawMessage
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*t = Tensor{raw.DType, raw.Shape, make([]float64, len(raw.Data))}
	if t.Shape == nil {
		t.Shape = []int{}
	}
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	if n != len(t.Data) {
		return fmt.Errorf("golden: %d elements of shape %v", len(t.Data), t.Shape)
	}
	for i, x := range raw.Data {
		v, err := number(x, raw.DType)
		if err != nil {
			return err
		}
		t.Data[i] = v
	}
	return nil
}

func number(x json.RawMessage, dtype string) (float64, error) {
	switch s := string(bytes.Trim(x, `"`)); s {
	case "inf":
		return math.Inf(1), nil
	case "-inf":
		return math.Inf(-1), nil
	case "nan":
		return math.NaN(), nil
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	default:
		bits := 64
		if dtype == "float32" {
			bits = 32
		}
		return strconv.ParseFloat(s, bits)
	}
}

// A State is a state dict, in order.
type State []Named

// A Named is one entry of a State; Tensor is nil for None.
type Named struct {
	Name   string
	Tensor *Tensor
}

// UnmarshalJSON keeps the order of the object's keys.
func (s *State) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil { // {
		return err
	}
	*s = State{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		n := Named{Name: name.(string)}
		if err := d.Decode(&n.Tensor); err != nil {
			return err
		}
		*s = append(*s, n)
	}
	return nil
}

// Read decodes a file into v.
func Read(t testing.TB, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}
