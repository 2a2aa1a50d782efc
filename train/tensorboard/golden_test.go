package tensorboard

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/facula-ml/facula/train/internal/appender"
	"github.com/facula-ml/facula/train/runlog"
)

// TestGolden compares with the bytes that TensorBoard's own classes write for the
// same events: see testdata/make_events.py.
func TestGolden(t *testing.T) {
	name := filepath.Join(t.TempDir(), "events")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := &Writer{file: appender.New(f)}
	for _, e := range []runlog.Event{
		{Time: 1.5, Step: 100, Kind: runlog.KindScalar, Tag: "train/loss", Value: 0.25},
		{Time: 2.5, Step: 101, Kind: runlog.KindScalar, Tag: "zero"},
		{Time: 3.5, Step: 102, Kind: runlog.KindScalar, Tag: "nan", Value: math.NaN()},
		{Time: 4.5, Step: 103, Kind: runlog.KindHistogram, Tag: "weights", Histogram: &runlog.Histogram{
			Edges: []float64{-1, 0, 1, 2}, Counts: []float64{3, 0, 5}, Min: -1, Max: 2, Mean: 0.5, Std: 1.5}},
		{Time: 5.5, Step: 104, Kind: runlog.KindText, Tag: "note", Text: "größer **is** better"},
		{Time: 6.5, Step: 105, Kind: runlog.KindMatrix, Tag: "confusion", Matrix: &runlog.Matrix{Labels: []string{"a|b", "c"}, Rows: [][]float64{{9, 1}, {2.5, 8}}}},
		{Time: 7.5, Step: 50, Kind: runlog.KindResume},
	} {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	params := map[string]any{"lr": 0.125, "width": 64, "optimizer": "Adam", "augment": false, "wide": true, "warmup": float32(0)}
	if err := w.hparams(8.5, params, []string{"val/loss", "val/accuracy"}); err != nil {
		t.Fatal(err)
	}
	if err := w.end(9.5); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/events.bin")
	if err != nil {
		t.Fatal(err)
	}
	a, b := split(t, got), split(t, want)
	if len(a) != len(b) {
		t.Fatalf("%d records, want %d", len(a), len(b))
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			t.Errorf("record %d:\ngot  %x\nwant %x", i, a[i], b[i])
		}
	}
}

// split cuts a file into records with their frames.
func split(t *testing.T, b []byte) (records [][]byte) {
	t.Helper()
	for len(b) > 0 {
		n := 16 + int(binary.LittleEndian.Uint64(b))
		if n > len(b) {
			t.Fatalf("a record of %d bytes of %d", n, len(b))
		}
		records, b = append(records, b[:n]), b[n:]
	}
	return records
}

// TestChecksum has the vectors of RFC 3720, B.4, unmasked.
func TestChecksum(t *testing.T) {
	for _, x := range []struct {
		data []byte
		want uint32
	}{{make([]byte, 32), 0x8a9136aa}, {bytes.Repeat([]byte{0xff}, 32), 0x62a8ab43}} {
		c := checksum(x.data) - 0xa282ead8
		if got := c>>17 | c<<15; got != x.want {
			t.Errorf("%x, want %x", got, x.want)
		}
	}
}

// field returns the bytes of a field of a message.
func field(t *testing.T, m []byte, want protowire.Number) []byte {
	t.Helper()
	for len(m) > 0 {
		num, typ, n := protowire.ConsumeTag(m)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		m = m[n:]
		if num == want && typ == protowire.BytesType {
			v, _ := protowire.ConsumeBytes(m)
			return v
		}
		if n = protowire.ConsumeFieldValue(num, typ, m); n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		m = m[n:]
	}
	t.Fatalf("no field %d", want)
	return nil
}

func TestImage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	w, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Create(dir) // of the same second
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	picture := image.NewGray(image.Rect(0, 0, 5, 2))
	if err := w.Write(runlog.Event{Step: 3, Kind: runlog.KindImage, Tag: "samples", Image: &runlog.Image{Picture: picture}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	names, _ := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*"))
	if len(names) != 2 {
		t.Fatalf("the files are %v", names)
	}
	b, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	records := split(t, b)
	if v := field(t, records[0][12:len(records[0])-4], 3); string(v) != "brain.Event:2" {
		t.Errorf("the version is %q", v)
	}
	e := records[1][12 : len(records[1])-4]
	v := field(t, field(t, e, 5), 1)
	if tag := field(t, v, 1); string(tag) != "samples" {
		t.Errorf("the tag is %q", tag)
	}
	m, err := png.Decode(bytes.NewReader(field(t, field(t, v, 4), 4)))
	if err != nil || m.Bounds().Dx() != 5 || m.Bounds().Dy() != 2 {
		t.Errorf("%v", err)
	}
}

func TestErrors(t *testing.T) {
	w, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []runlog.Event{
		{Kind: "film", Tag: "x"}, {Kind: runlog.KindHistogram, Tag: "x"}, {Kind: runlog.KindMatrix, Tag: "x"}, {Kind: runlog.KindImage, Tag: "x"},
		{Kind: runlog.KindImage, Tag: "x", Image: &runlog.Image{File: "images/a.png"}}, {Kind: runlog.KindHistogram, Tag: "x", Histogram: &runlog.Histogram{}},
	} {
		if err := w.Write(e); err == nil {
			t.Errorf("%+v passes", e)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Write(runlog.Scalar(1, 1, "x", 1)); err == nil {
		t.Error("a write after Close passes")
	}
	if _, err := Create("golden_test.go/x"); err == nil {
		t.Error("a file passes for a folder")
	}
}
