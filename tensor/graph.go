package tensor

import (
	"fmt"
	"strings"
)

// GradFn returns the name of the op that t is the recorded result of, "" if it
// is a leaf or needs no gradient.
func (t *Tensor) GradFn() string {
	if d := t.known("grad_fn").b.grad(); d != nil && d.leaf == nil {
		return d.name()
	}
	return ""
}

// Graph draws the record that Backward would follow from t, an op a line, with
// its inputs indented below it. A node that was drawn before is named by its
// number only.
//
//	#1 sum []
//	└─ #2 mul [2]
//	   ├─ #3 leaf [2]
//	   └─ #3
func (t *Tensor) Graph() string {
	d := t.known("graph").b.grad()
	if d == nil {
		return "no gradient is recorded\n"
	}
	var w strings.Builder
	g := graphPrinter{&w, map[*node]int{}}
	g.print(edge{d, t.b.out}, "", "")
	return w.String()
}

type graphPrinter struct {
	w    *strings.Builder
	seen map[*node]int
}

func (g *graphPrinter) print(e edge, first, rest string) {
	if n := g.seen[e.node]; n > 0 {
		fmt.Fprintf(g.w, "%s#%d\n", first, n)
		return
	}
	g.seen[e.node] = len(g.seen) + 1
	fmt.Fprintf(g.w, "%s#%d %s %v\n", first, g.seen[e.node], e.node.name(), e.spec().Shape())
	var in []edge
	for _, x := range e.node.edges() {
		if x.node != nil {
			in = append(in, x)
		}
	}
	for i, x := range in {
		if i == len(in)-1 {
			g.print(x, rest+"└─ ", rest+"   ")
		} else {
			g.print(x, rest+"├─ ", rest+"│  ")
		}
	}
}
