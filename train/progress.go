package train

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far an epoch is: a bar on a terminal, now and then a line
// elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	every    time.Duration // between two lines, or two drawings of the bar
	epoch    string

	bar          *progressbar.ProgressBar
	shown, total int // samples
	what         string
	last         time.Time
}

func newProgress(w io.Writer, every time.Duration) *progress {
	p := &progress{w: w, every: every}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if p.terminal {
		p.every = 100 * time.Millisecond
	}
	return p
}

// start begins a pass over total samples.
func (p *progress) start(total int, val bool) {
	p.shown, p.total, p.what, p.last = 0, total, p.epoch, time.Now()
	if val {
		p.what += " val"
	}
	if p.terminal {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.w), progressbar.OptionSetWidth(20),
			progressbar.OptionShowCount())
	}
}

// update shows how far m is, if it is time. The loss is read only then.
func (p *progress) update(m *meter) {
	if time.Since(p.last) < p.every {
		return
	}
	p.last = time.Now()
	// The rate is our own: the bar's is that from one drawing to the next.
	text := fmt.Sprintf("loss %.4g  %.0f samples/s", m.loss(), m.rate())
	if p.terminal {
		p.bar.Describe(p.what + "  " + text)
		_ = p.bar.Add(m.n - p.shown) // a terminal that is gone must not end the training
	} else {
		fmt.Fprintf(p.w, "%s  %d/%d  %s\n", p.what, m.n, p.total, text)
	}
	p.shown = m.n
}

// clear takes the bar off the terminal.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// line writes a line of its own.
func (p *progress) line(text string) {
	p.clear()
	fmt.Fprintln(p.w, text)
}
