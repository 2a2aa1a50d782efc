package tensorboard

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/facula-ml/facula/train/internal/appender"
	"github.com/facula-ml/facula/train/runlog"

	"google.golang.org/protobuf/encoding/protowire"
)

// A Writer writes one event file. It buffers for a second at most, and may be
// used by several goroutines.
type Writer struct {
	file *appender.File

	mu      sync.Mutex
	session bool // hyper-parameters were written: Close says that the run has ended
}

// Create makes an event file in a folder, and the folder. A training that goes on
// makes another file in the same folder.
func Create(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	host, err := os.Hostname()
	if err != nil || strings.ContainsAny(host, `/\`) {
		host = "localhost"
	}
	now := time.Now()
	var f *os.File
	for i := 0; ; i++ { // two files of one second
		name := fmt.Sprintf("events.out.tfevents.%010d.%s.%d.%d", now.Unix(), host, os.Getpid(), i)
		f, err = os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if !errors.Is(err, os.ErrExist) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	w := &Writer{file: appender.New(f)}
	if err := w.event(event(seconds(now), 0).text(3, "brain.Event:2")); err != nil {
		f.Close()
		return nil, err
	}
	return w, w.Flush()
}

// seconds since 1970.
func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// event begins an Event.
func event(t float64, step int) message {
	return message(nil).double(1, t).integer(2, int64(step))
}

func (w *Writer) event(m message) error {
	before, after := frame(m)
	if err := w.file.Append(before, m, after); err != nil {
		return fmt.Errorf("tensorboard: %w", err)
	}
	return nil
}

// Write writes an event. A matrix becomes a text with a table. A resume event
// makes TensorBoard drop the steps after it. An image needs its Picture.
func (w *Writer) Write(e runlog.Event) error {
	if e.Time == 0 {
		e.Time = seconds(time.Now())
	}
	if e.Kind == runlog.KindResume {
		start := message(nil).integer(1, 1) // SessionLog.START
		return w.event(event(e.Time, e.Step+1).bytes(7, start))
	}
	v, err := value(e)
	if err != nil {
		return fmt.Errorf("tensorboard: %s %q: %w", e.Kind, e.Tag, err)
	}
	return w.event(event(e.Time, e.Step).bytes(5, message(nil).bytes(1, v)))
}

// value is the Summary.Value of an event.
func value(e runlog.Event) (message, error) {
	m := message(nil).text(1, e.Tag)
	switch {
	case e.Kind == runlog.KindScalar:
		return m.always(2, protowire.Fixed32Type, uint64(math.Float32bits(float32(e.Value)))), nil
	case e.Kind == runlog.KindText:
		return textValue(e.Tag, e.Text), nil
	case e.Kind == runlog.KindHistogram && e.Histogram != nil:
		if len(e.Histogram.Edges) != len(e.Histogram.Counts)+1 {
			return nil, errors.New("want one edge more than counts")
		}
		return m.bytes(5, histogram(e.Histogram)), nil
	case e.Kind == runlog.KindImage && e.Image != nil && e.Image.Picture != nil:
		var b bytes.Buffer
		if err := png.Encode(&b, e.Image.Picture); err != nil {
			return nil, err
		}
		size := e.Image.Picture.Bounds().Size()
		i := message(nil).integer(1, int64(size.Y)).integer(2, int64(size.X)).integer(3, 4)
		return m.bytes(4, i.bytes(4, b.Bytes())), nil
	case e.Kind == runlog.KindMatrix && e.Matrix != nil:
		return textValue(e.Tag, table(e.Matrix)), nil
	}
	return nil, errors.New("the event lacks what its kind has, or the kind is unknown")
}

// histogram is a HistogramProto, whose buckets are known by their right edges.
func histogram(h *runlog.Histogram) message {
	n := 0.0
	for _, c := range h.Counts {
		n += c
	}
	return message(nil).double(1, h.Min).double(2, h.Max).double(3, n).double(4, h.Mean*n).
		double(5, (h.Std*h.Std+h.Mean*h.Mean)*n).doubles(6, h.Edges[1:]).doubles(7, h.Counts)
}

// textValue is a Summary.Value of the plugin for texts, which reads Markdown.
func textValue(tag, text string) message {
	const dtString = 7
	shape := message(nil).bytes(2, message(nil).integer(1, 1))
	tensor := message(nil).integer(1, dtString).bytes(2, shape).text(8, text)
	return message(nil).text(1, tag+"/text_summary").bytes(8, tensor).bytes(9, plugin("text", nil))
}

// plugin is a SummaryMetadata.
func plugin(name string, content []byte) message {
	data := message(nil).text(1, name)
	if content != nil {
		data = data.bytes(2, content)
	}
	return message(nil).bytes(1, data)
}

// table is a matrix in Markdown.
func table(m *runlog.Matrix) string {
	label := func(i int) string {
		if i < len(m.Labels) {
			return strings.NewReplacer("|", `\|`, "\n", " ").Replace(m.Labels[i])
		}
		return strconv.Itoa(i)
	}
	var s strings.Builder
	s.WriteString("| |")
	for i := range m.Rows {
		s.WriteString(" " + label(i) + " |")
	}
	s.WriteString("\n|---|" + strings.Repeat("---|", len(m.Rows)))
	for i, row := range m.Rows {
		s.WriteString("\n| **" + label(i) + "** |")
		for _, v := range row {
			s.WriteString(" " + strconv.FormatFloat(v, 'g', 6, 64) + " |")
		}
	}
	return s.String()
}

// Flush hands what is buffered to the operating system.
func (w *Writer) Flush() error {
	if err := w.file.Flush(); err != nil {
		return fmt.Errorf("tensorboard: %w", err)
	}
	return nil
}

// Close writes the end of the run, if it has hyper-parameters, and closes the
// file. A second Close does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	session := w.session
	w.session = false
	w.mu.Unlock()
	var err error
	if session {
		err = w.end(seconds(time.Now()))
	}
	if e := w.file.Close(); e != nil && err == nil {
		err = fmt.Errorf("tensorboard: %w", e)
	}
	return err
}
