package runlog

import (
	"encoding/csv"
	"io"
	"strconv"
	"sync"
)

// A CSV writes scalars as lines of time, step, epoch, tag and value, below one
// that names them. Each line reaches its writer at once. NaN and the infinities
// are NaN, +Inf and -Inf. It may be used by several goroutines.
type CSV struct {
	mu    sync.Mutex
	w     *csv.Writer
	begun bool
}

// NewCSV returns a CSV that writes to w.
func NewCSV(w io.Writer) *CSV { return &CSV{w: csv.NewWriter(w)} }

// Write writes a scalar, and leaves out events of other kinds.
func (c *CSV) Write(e Event) error {
	if err := e.check(); err != nil || e.Kind != KindScalar {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		c.begun = true
		if err := c.w.Write([]string{"time", "step", "epoch", "tag", "value"}); err != nil {
			return err
		}
	}
	e.stamp()
	err := c.w.Write([]string{strconv.FormatFloat(e.Time, 'f', -1, 64), strconv.Itoa(e.Step), strconv.Itoa(e.Epoch),
		e.Tag, strconv.FormatFloat(e.Value, 'g', -1, 64)})
	if err != nil {
		return err
	}
	c.w.Flush()
	return c.w.Error()
}
