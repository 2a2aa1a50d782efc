package main

import (
	"bytes"
	"testing"
)

func TestOutput(t *testing.T) {
	const want = `f(x) = Σ x³, at x = [1 2 3]

The record that Backward follows:
#1 sum []
└─ #2 mul [3]
   ├─ #3 mul [3]
   │  ├─ #4 leaf [3]
   │  └─ #4
   └─ #4

f'(x)  = 3x²: [3 12 27]
f''(x) = 6x:  [6 12 18]

Σ eˣ of a marked x requires a gradient: false

A mistake: tensor: add [3], [2]: dim -1 is 3 and 2; want equal, or one of them 1
`
	var out bytes.Buffer
	run(&out)
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
