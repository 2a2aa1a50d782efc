package checkpoint

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/facula-ml/facula/checkpoint/npy"
	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/internal/atomicfile"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

var exchange = flag.String("exchange", "", "a folder of files to read and write for scripts/checkpoint")

// TestExchange is facula's part of scripts/checkpoint: it reads each file in
// one folder and writes it to another in every format that facula writes.
func TestExchange(t *testing.T) {
	if *exchange == "" {
		t.Skip("scripts/checkpoint runs this")
	}
	entries, err := os.ReadDir(filepath.Join(*exchange, "in"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		in, out := filepath.Join(*exchange, "in", e.Name()), filepath.Join(*exchange, "out", e.Name())
		if e.IsDir() {
			in = filepath.Join(in, safetensors.IndexName)
		}
		s, err := Load(in)
		if err == nil {
			err = rewrite(out, s)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// rewrite writes s in every format to names that begin with path.
func rewrite(path string, s *nn.State) error {
	if err := Save(path+".safetensors", s); err != nil {
		return err
	}
	if err := os.Mkdir(path+".shards", 0o777); err != nil {
		return err
	}
	if err := safetensors.WriteSharded(path+".shards", s, 1<<20); err != nil {
		return err
	}
	if err := os.Mkdir(path+".arrays", 0o777); err != nil {
		return err
	}
	known := &nn.State{} // to NumPy
	for n, x := range s.All() {
		if x.DType() == tensor.BFloat16 {
			continue
		}
		known.Set(n, x)
		err := atomicfile.Write(filepath.Join(path+".arrays", n+".npy"), func(w io.Writer) error { return npy.WriteArray(w, x) })
		if err != nil {
			return err
		}
	}
	return atomicfile.Write(path+".npz", func(w io.Writer) error { return npy.Write(w, known) })
}
