package conformance_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/facula-ml/facula/conformance"
)

var (
	dir    = flag.String("corpus", "", "a `folder` with another corpus; default testdata")
	update = flag.Bool("update", false, "write docs/COVERAGE.md, docs/NN.md and docs/OPS.md anew")
	all    []*conformance.Report
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if len(all) > 0 {
		fmt.Println(conformance.Summary(all))
	}
	os.Exit(code)
}

// TestCorpus holds every op of the corpus to PyTorch's results.
func TestCorpus(t *testing.T) {
	corpus, err := conformance.Load(folder())
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range corpus.Ops() {
		t.Run(op, func(t *testing.T) {
			r := corpus.Run(op)
			all = append(all, r)
			if !r.Supported && r.Reason == conformance.Missing {
				t.Errorf("%s is neither in an op table nor in the list of what is not supported", op)
			}
			for _, f := range r.Failures {
				t.Error(f)
			}
			for _, f := range r.Accepted {
				t.Log(f)
			}
		})
	}
	whole := len(all) == len(corpus.Ops())
	if whole && *dir == "" {
		checkDoc(t, "../docs/COVERAGE.md", conformance.Coverage(all))
	}
}

// folder is the corpus's; a relative one may be meant from the root.
func folder() string {
	if *dir == "" {
		return "testdata"
	}
	if _, err := os.Stat(*dir); err != nil && !filepath.IsAbs(*dir) {
		return filepath.Join("..", *dir)
	}
	return *dir
}
