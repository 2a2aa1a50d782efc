package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// The example's setting learns from every one of 20 seeds.
func TestLearnsFromEverySeed(t *testing.T) {
	for seed := range uint64(20) {
		if loss := run(io.Discard, seed, defaultSteps); !(loss < 1e-3) {
			t.Errorf("seed %d: loss %v; want less than 1e-3", seed, loss)
		}
	}
}

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	run(&out, 0, 500)
	for _, want := range []string{"step    0  loss ", "0 xor 1 = 0.99", "1 xor 1 = 0.00"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, out.String())
		}
	}
}
