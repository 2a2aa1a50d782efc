package train

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/facula-ml/facula/tensor"
)

// TestBar is the output on a terminal, as far as it can be seen without one:
// the bar is drawn with place, loss and rate, and nothing draws after clear.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, 0)
	p.terminal, p.epoch = true, "epoch 1/3"
	m := &meter{n: 32, sum: tensor.Of([]float64{16}), start: time.Now()}
	p.start(64, false)
	p.update(m)
	p.clear() // waits for the goroutine that draws
	first := out.String()
	for _, want := range []string{"epoch 1/3  32/64", "loss 0.5  ", " samples/s"} {
		if !strings.Contains(first, want) {
			t.Errorf("the bar is %q; want %q in it", first, want)
		}
	}
	m.n = 64
	p.start(64, true)
	p.update(m)
	p.line("epoch 1/3  done")
	p.clear()
	s := strings.TrimPrefix(out.String(), first)
	if !strings.Contains(s, "epoch 1/3 val  64/64") || !strings.HasSuffix(s, "epoch 1/3  done\n") {
		t.Errorf("the output is %q", s)
	}
	p.start(0, false) // an empty pass draws no nonsense
	p.clear()
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
