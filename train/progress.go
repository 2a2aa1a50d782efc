package train

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how far an epoch is: a bar on a terminal, now and then a line
// elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	every    time.Duration // between two lines, or two texts of the bar
	epoch    string

	total int // samples
	what  string
	last  time.Time

	bars *mpb.Progress // draws the bar in a goroutine, until it is cleared
	bar  *mpb.Bar
	text atomic.Value // right of the bar
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
	p.clear()
	p.total, p.what, p.last = total, p.epoch, time.Now()
	if val {
		p.what += " val"
	}
	if p.terminal {
		p.text.Store("")
		p.bars = mpb.New(mpb.WithOutput(p.w), mpb.WithAutoRefresh())
		p.bar = p.bars.AddBar(int64(max(total, 1)), mpb.BarWidth(24), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(p.what+"  "), decor.CountersNoUnit("%d/%d ")),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return p.text.Load().(string) })))
	}
}

// due reports whether it is time for an update.
func (p *progress) due() bool { return time.Since(p.last) >= p.every }

// update shows how far m is. It reads the loss, and so waits for the device.
func (p *progress) update(m *meter) {
	p.last = time.Now()
	text := fmt.Sprintf("loss %.4g  %.0f samples/s", m.loss(), m.rate())
	if p.terminal {
		p.text.Store(text)
		p.bar.SetCurrent(int64(m.n))
	} else {
		fmt.Fprintf(p.w, "%s  %d/%d  %s\n", p.what, m.n, p.total, text)
	}
}

// clear takes the bar off the terminal.
func (p *progress) clear() {
	if p.bars != nil {
		p.bar.Abort(true)
		p.bars.Wait()
		p.bars = nil
	}
}

// line writes a line of its own.
func (p *progress) line(text string) {
	p.clear()
	fmt.Fprintln(p.w, text)
}
