package csv

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// Table is a table in memory: a data set whose sample i is row i. X of a
// sample is float32 of shape [columns]; Y has no dims, and is float32 for a
// Number and int64 for an Integer or a Category.
type Table struct {
	*data.Tensors
	x, y    *tensor.Tensor
	columns []string
	classes []string
}

// X returns all inputs, float32 of shape [rows, columns].
func (t *Table) X() *tensor.Tensor { return t.x }

// Y returns all labels, of shape [rows], or nil where there is no Label.
func (t *Table) Y() *tensor.Tensor { return t.y }

// Columns names the columns of X. One of a Category is called column=value.
func (t *Table) Columns() []string { return t.columns }

// Classes returns what the numbers in Y stand for, or nil unless the Label is a
// Category.
func (t *Table) Classes() []string { return t.classes }

// Open reads the table in a file. It returns an error when the file cannot be
// read, when cfg does not fit its columns, and when a value is not what cfg says.
func Open(path string, cfg Config) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("csv: %w", err)
	}
	defer f.Close()
	t, err := read(f, cfg)
	if err != nil {
		return nil, fmt.Errorf("csv: %s: %w", path, err)
	}
	return t, nil
}

// Read is Open for a table that comes from r.
func Read(r io.Reader, cfg Config) (*Table, error) {
	t, err := read(r, cfg)
	if err != nil {
		return nil, fmt.Errorf("csv: %w", err)
	}
	return t, nil
}

func read(src io.Reader, cfg Config) (*Table, error) {
	r, err := newReader(src, cfg)
	if err != nil {
		return nil, err
	}
	var b builder
	for {
		v, err := r.read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		b.add(v, r.label)
	}
	if len(b.x) == 0 {
		return nil, errors.New("no rows")
	}
	return b.table(r.plan), nil
}

// builder collects rows.
type builder struct {
	x, y  []float32
	ids   []int64
	found map[string]int64 // values of the label, numbered as they came
}

func (b *builder) add(v row, label *column) {
	b.x = append(b.x, v.x...)
	switch {
	case label == nil:
	case label.kind == Number:
		b.y = append(b.y, v.y)
	case label.kind == Category && label.number == nil:
		id, ok := b.found[v.name]
		if !ok {
			if b.found == nil {
				b.found = map[string]int64{}
			}
			id = int64(len(b.found))
			b.found[strings.Clone(v.name)] = id // a field is part of its whole record
		}
		b.ids = append(b.ids, id)
	default:
		b.ids = append(b.ids, v.id)
	}
}

// table makes tensors of the rows, which it does not copy.
func (b *builder) table(p *plan) *Table {
	rows := len(b.x) / p.width
	t := &Table{x: tensor.FromSlice(b.x, []int{rows, p.width}, tensor.Share), columns: p.columns()}
	switch {
	case p.label == nil:
		t.Tensors = data.NewTensors(t.x)
		return t
	case p.label.kind == Number:
		t.y = tensor.FromSlice(b.y, []int{rows}, tensor.Share)
	default:
		t.classes = slices.Clone(p.cfg.Values[p.label.name])
		if b.found != nil {
			t.classes = b.sortClasses()
		}
		t.y = tensor.FromSlice(b.ids, []int{rows}, tensor.Share)
	}
	t.Tensors = data.NewTensors(t.x, t.y)
	return t
}

// sortClasses numbers the values of the label in the order of their names.
func (b *builder) sortClasses() []string {
	classes := slices.Sorted(maps.Keys(b.found))
	sorted := make([]int64, len(classes))
	for i, name := range classes {
		sorted[b.found[name]] = int64(i)
	}
	for i, id := range b.ids {
		b.ids[i] = sorted[id]
	}
	return classes
}

// Stream returns the rows of a file as samples, of the shapes that a Table has.
// It reads the file anew each epoch, and holds one record of it. A Category
// needs its Values. Stream returns an error when the file's header cannot be
// read or does not fit cfg; wrong rows come as errors in the stream, which
// goes on after a wrong value and ends where a line is no record.
func Stream(path string, cfg Config) (data.Stream[data.Sample], error) {
	f, r, err := open(path, cfg)
	if err != nil {
		return nil, err
	}
	f.Close()
	if r.label != nil && r.label.kind == Category && r.label.number == nil {
		return nil, fmt.Errorf("csv: %s: a stream needs the values of %q in Config.Values", path, r.label.name)
	}
	return func(int) iter.Seq2[data.Sample, error] {
		return func(yield func(data.Sample, error) bool) { samples(path, cfg, yield) }
	}, nil
}

// open opens a file and reads its header.
func open(path string, cfg Config) (*os.File, *reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("csv: %w", err)
	}
	r, err := newReader(f, cfg)
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("csv: %s: %w", path, err)
	}
	return f, r, nil
}

// samples yields the rows of a file.
func samples(path string, cfg Config, yield func(data.Sample, error) bool) {
	f, r, err := open(path, cfg)
	if err != nil {
		yield(data.Sample{}, err)
		return
	}
	defer f.Close()
	for {
		v, err := r.read()
		switch {
		case err == io.EOF:
			return
		case err != nil:
			if !yield(data.Sample{}, fmt.Errorf("csv: %s: %w", path, err)) || r.broken {
				return
			}
		case !yield(sample(v, r.label), nil):
			return
		}
	}
}

// sample makes tensors of a row.
func sample(v row, label *column) data.Sample {
	s := data.Sample{X: tensor.Of(v.x, len(v.x))}
	switch {
	case label == nil:
	case label.kind == Number:
		s.Y = tensor.Scalar(v.y)
	default:
		s.Y = tensor.Scalar(v.id)
	}
	return s
}
