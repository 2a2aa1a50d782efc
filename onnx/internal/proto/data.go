package proto

import "fmt"

// A Sequence is a file with a list of values of one type.
type Sequence struct {
	Name      string
	ElemType  int32
	Tensors   []*Tensor
	Sequences []*Sequence
	Optionals []*Optional
}

// UnmarshalSequence reads a file that holds a sequence, and shares its memory.
func UnmarshalSequence(data []byte) (*Sequence, error) {
	s := new(Sequence)
	if err := unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	return s, nil
}

// Marshal returns s as the bytes of a file.
func (s *Sequence) Marshal() []byte { return marshal(s) }

func (s *Sequence) fields(c *codec) {
	c.text(1, &s.Name)
	varint(c, 2, &s.ElemType)
	many(c, 3, &s.Tensors)
	many(c, 5, &s.Sequences)
	many(c, 7, &s.Optionals)
}

// An Optional is a file with a value that may be missing.
type Optional struct {
	Name     string
	ElemType int32
	Tensor   *Tensor
	Sequence *Sequence
	Optional *Optional
}

// UnmarshalOptional reads a file that holds an optional, and shares its memory.
func UnmarshalOptional(data []byte) (*Optional, error) {
	o := new(Optional)
	if err := unmarshal(data, o); err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	return o, nil
}

// Marshal returns o as the bytes of a file.
func (o *Optional) Marshal() []byte { return marshal(o) }

func (o *Optional) fields(c *codec) {
	c.text(1, &o.Name)
	varintAlways(c, 2, &o.ElemType)
	single(c, 3, &o.Tensor)
	single(c, 5, &o.Sequence)
	single(c, 7, &o.Optional)
}
