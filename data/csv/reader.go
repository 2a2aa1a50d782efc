package csv

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxRecord bounds the bytes of a record: a quote that is not closed would
// make one of the whole file.
const maxRecord = 16 << 20

// reader reads the rows of a table as numbers.
type reader struct {
	*plan
	src    *csv.Reader
	limit  *limited
	record []string // the first one without a header, until it is used
	line   int      // where the last record began
	broken bool     // no more records can be read
	x      []float32
}

// limited is a reader that bounds a record, in bytes and in fields.
type limited struct {
	r     io.Reader
	comma byte // the last one of a comma's encoding
	bytes int
	found int // commas
}

func (l *limited) Read(b []byte) (int, error) {
	if l.bytes > maxRecord || l.found > maxColumns {
		return 0, errRecord
	}
	n, err := l.r.Read(b)
	l.bytes += n
	l.found += bytes.Count(b[:n], []byte{l.comma})
	return n, err
}

var errRecord = fmt.Errorf("a record of more than %d MB or %d columns; is a quote not closed?", maxRecord>>20, maxColumns)

// newReader reads the header, and checks cfg against it.
func newReader(src io.Reader, cfg Config) (*reader, error) {
	buffered := bufio.NewReader(src)
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" { // a byte order mark, as spreadsheets write
		buffered.Discard(3)
	}
	if cfg.Comma == 0 {
		cfg.Comma = ','
	}
	encoded := string(cfg.Comma)
	r := &reader{limit: &limited{r: buffered, comma: encoded[len(encoded)-1]}}
	r.src = csv.NewReader(r.limit)
	r.src.ReuseRecord = true
	r.src.Comma = cfg.Comma
	record, err := r.next()
	if err == io.EOF {
		return nil, errors.New("the table is empty")
	}
	if err != nil {
		return nil, err
	}
	names := make([]string, len(record))
	for i, name := range record {
		names[i] = strings.Clone(strings.TrimSpace(name))
		if cfg.NoHeader {
			names[i] = strconv.Itoa(i)
		}
	}
	if cfg.NoHeader {
		r.record = slices.Clone(record)
	}
	r.plan, err = newPlan(cfg, names)
	if err != nil {
		return nil, err
	}
	r.x = make([]float32, r.width)
	return r, nil
}

// next returns the next record.
func (r *reader) next() ([]string, error) {
	if record := r.record; record != nil {
		r.record = nil
		return record, nil
	}
	r.limit.bytes, r.limit.found = 0, 0
	record, err := r.src.Read()
	switch {
	case err == nil:
		r.line, _ = r.src.FieldPos(0)
	case errors.Is(err, csv.ErrFieldCount):
		r.line, _ = r.src.FieldPos(0)
		err = fmt.Errorf("line %d: %d fields, want the %d of the first line", r.line, len(record), r.src.FieldsPerRecord)
	case errors.Is(err, errRecord):
		err = fmt.Errorf("after line %d: %w", r.line, errRecord)
		r.broken = true
	default:
		r.broken = true
	}
	return record, err
}

// row is a row as numbers.
type row struct {
	x    []float32 // valid until the next row
	y    float32   // of a Number
	id   int64     // of an Integer or Category
	name string    // of a Category whose values the file decides
}

// errSkip is for a row to leave out.
var errSkip = errors.New("a value is missing")

// read returns the next row, or io.EOF.
func (r *reader) read() (row, error) {
	for {
		record, err := r.next()
		if err != nil {
			return row{}, err
		}
		v, err := r.parse(record)
		if err != errSkip {
			return v, err
		}
	}
}

// parse makes numbers of a record.
func (r *reader) parse(record []string) (row, error) {
	to := r.x
	for _, c := range r.features {
		v, err := r.value(c, record)
		if err != nil {
			return row{}, err
		}
		if c.kind == Category {
			clear(to[:c.width])
			to[v.id] = 1
		} else {
			to[0] = v.y
		}
		to = to[c.width:]
	}
	if r.label == nil {
		return row{x: r.x}, nil
	}
	v, err := r.value(*r.label, record)
	v.x = r.x
	return v, err
}

// value reads one field: a number in y and, of an Integer, in id.
func (r *reader) value(c column, record []string) (v row, err error) {
	text := strings.TrimSpace(record[c.at])
	if slices.Contains(r.cfg.MissingTexts, text) {
		switch {
		case r.cfg.Missing == Skip:
			return v, errSkip
		case r.cfg.Missing == NaN && c.kind == Number:
			return row{y: float32(math.NaN())}, nil
		}
		return v, r.wrong(c, text, "is a missing value; set Config.Missing, or list what is missing in MissingTexts")
	}
	switch c.kind {
	case Number:
		y, err := strconv.ParseFloat(text, 32)
		if err != nil {
			return v, r.wrong(c, text, "is not a number of float32")
		}
		v.y = float32(y)
	case Integer:
		if v.id, err = strconv.ParseInt(text, 10, 64); err != nil {
			return v, r.wrong(c, text, "is not an integer")
		}
		v.y = float32(v.id)
	case Category:
		id, ok := c.number[text]
		if !ok && c.number != nil {
			return v, r.wrong(c, text, "is not one of Config.Values")
		}
		v.id, v.name = id, text
	}
	return v, nil
}

// wrong says where a value is wrong.
func (r *reader) wrong(c column, text, what string) error {
	if len(text) > 40 {
		text = text[:40] + "…"
	}
	line, _ := r.src.FieldPos(c.at)
	return fmt.Errorf("line %d, column %q: %q %s", line, c.name, text, what)
}
