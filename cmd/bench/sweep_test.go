package main

import (
	"testing"

	"github.com/facula-ml/facula/conformance"
)

// The sweep has a call of every op of the corpus that facula supports, which
// binds to the op's signature.
func TestSweepIsWhole(t *testing.T) {
	corpus, err := conformance.Load("../../conformance/testdata")
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, c := range sweepCalls() {
		has[c.Op] = true
	}
	leftOut := conformance.Unsupported()
	for _, op := range corpus.Ops() {
		if !has[op] && leftOut[op] == "" && unswept[op] == "" {
			t.Errorf("the sweep lacks %s", op)
		}
		if has[op] && unswept[op] != "" {
			t.Errorf("the sweep has %s, and a reason to leave it out", op)
		}
	}
	if _, err := sweep(); err != nil {
		t.Error(err)
	}
}
