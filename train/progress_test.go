package train

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/facula-ml/facula/tensor"
)

// TestBar is the output on a terminal: one line that is drawn again and again,
// and is gone before the epoch's own line.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, time.Hour)
	p.terminal, p.epoch = true, "epoch 1/3"
	p.start(64, false)
	p.last = time.Time{}
	m := &meter{n: 32, sum: tensor.Of([]float64{16})}
	p.update(m)
	if s := out.String(); !strings.Contains(s, "epoch 1/3  loss 0.5  ") || !strings.Contains(s, "32/64") || strings.Contains(s, "\n") {
		t.Errorf("the bar is %q", s)
	}
	m.n = 64
	p.update(m)
	p.line("epoch 1/3  done")
	s := out.String()
	if !strings.HasSuffix(s, "\repoch 1/3  done\n") || strings.Count(s, "\n") != 1 {
		t.Errorf("the output is %q", s)
	}
	p.start(10, true)
	p.last = time.Time{}
	m.n = 1
	p.update(m)
	if !strings.Contains(out.String(), "epoch 1/3 val  loss") {
		t.Errorf("the output is %q", out.String())
	}
}

func TestIsTerminal(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if newProgress(f, 1).terminal || newProgress(&bytes.Buffer{}, 1).terminal {
		t.Error("a file or a buffer passes for a terminal")
	}
}
