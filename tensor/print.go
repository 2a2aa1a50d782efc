package tensor

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// How PyTorch prints by default.
const (
	lineWidth = 80
	threshold = 1000 // tensors of more elements are summarised
	edgeItems = 3    // elements shown at each end of a summarised dim
	precision = 4
)

// String shows t as PyTorch does: aligned columns with 4 digits, in scientific
// notation where the elements differ by more than 1000 times, and only the edges
// of a tensor of more than 1000 elements. The shape and the dtype are always
// shown, and whether t has a gradient.
func (t *Tensor) String() string {
	if why := t.unprintable(); why != "" {
		return why
	}
	return t.text(printer{digits: precision}, threshold)
}

// unprintable is what to print of a tensor without data.
func (t *Tensor) unprintable() string {
	switch {
	case t != nil && t.mode == closedMode:
		return "tensor(of a closed scope)"
	case t == nil || t.b == nil:
		return "<nil>"
	case t.b.store.Bytes < 0:
		return "tensor(freed)"
	}
	return ""
}

// Format makes t print well with package fmt: %v and %s are String, %.2v shows
// 2 digits, and %+v shows every element. %f, %e and %g, with their width and
// precision, are for each floating-point element.
func (t *Tensor) Format(f fmt.State, verb rune) {
	if why := t.unprintable(); why != "" {
		io.WriteString(f, why)
		return
	}
	p := printer{digits: precision}
	most := threshold
	switch verb {
	case 'v', 's':
	case 'f', 'e', 'g':
		p.verb, p.digits = byte(verb), 6
		if verb == 'g' {
			p.digits = -1 // as many as it takes
		}
		p.least, _ = f.Width()
	default:
		fmt.Fprintf(f, "%%!%c(*tensor.Tensor)", verb)
		return
	}
	if n, ok := f.Precision(); ok {
		p.digits = n
	}
	if f.Flag('+') {
		most = math.MaxInt
	}
	io.WriteString(f, t.text(p, most))
}

func (t *Tensor) text(p printer, most int) string {
	const start = "tensor("
	p.cut, p.single = t.Len() > most, t.DType() != Float64
	p.collect(t.Detach().NoGrad())
	p.measure()
	s := start + p.block(t.shape(), len(start))
	notes := []string{fmt.Sprintf("shape=%v", t.shape()), "dtype=" + t.DType().String()}
	if t.b.dev != host {
		notes = append(notes, "device="+t.b.dev.Name())
	}
	if d := t.b.grad(); t.RequiresGrad() && d.leaf != nil {
		notes = append(notes, "requires_grad=True")
	} else if t.RequiresGrad() {
		notes = append(notes, "grad_fn=<"+d.name()+">")
	}
	line := len(s) - strings.LastIndexByte(s, '\n') - 1
	for _, n := range notes {
		if line+len(n)+2 > lineWidth {
			s += ",\n" + strings.Repeat(" ", len(start)) + n
			line = len(start) + len(n)
		} else {
			s += ", " + n
			line += len(n) + 2
		}
	}
	return s + ")"
}

// A printer holds the elements that are shown, in order.
type printer struct {
	cut    bool // show the edges only
	digits int
	verb   byte // of each element, 0 for PyTorch's notation
	least  int  // width
	single bool // the floats are not float64
	floats []float64
	words  []string // of integers and bools, which need no measuring
	sci    bool     // scientific notation
	whole  bool     // all are whole numbers
	width  int
}

// edges lists the positions along a dim of size n that are shown; -1 stands for
// those left out.
func (p *printer) edges(n int) []int {
	var list []int
	if !p.cut || n <= 2*edgeItems {
		for i := range n {
			list = append(list, i)
		}
		return list
	}
	for i := range edgeItems {
		list = append(list, i)
	}
	list = append(list, -1)
	for i := n - edgeItems; i < n; i++ {
		list = append(list, i)
	}
	return list
}

// collect reads the elements that are shown.
func (p *printer) collect(t *Tensor) {
	switch {
	case p.cut && t.Dim() == 1 && t.Len() > 2*edgeItems: // the common row, in two reads
		p.read(t.Narrow(0, 0, edgeItems))
		p.read(t.Narrow(0, -edgeItems, edgeItems))
	case p.cut && t.Dim() > 1:
		for _, i := range p.edges(t.Size(0)) {
			if i >= 0 {
				p.collect(t.Select(0, i))
			}
		}
	default:
		p.read(t)
	}
}

func (p *printer) read(t *Tensor) {
	switch d := t.DType(); {
	case d.IsFloat():
		p.floats = append(p.floats, Slice[float64](t)...)
	case d == Bool:
		for _, v := range Slice[bool](t) {
			p.words = append(p.words, []string{"False", "True"}[b2i(v)])
		}
	default:
		for _, v := range Slice[int64](t) {
			p.words = append(p.words, strconv.FormatInt(v, 10))
		}
	}
}

// measure chooses the notation and the width of a column. Only finite numbers
// other than 0 count.
func (p *printer) measure() {
	p.width, p.whole = max(1, p.least), true
	lo, hi := math.Inf(1), 0.0
	for _, v := range p.floats {
		if a := math.Abs(v); a > 0 && !math.IsInf(a, 1) {
			lo, hi = min(lo, a), max(hi, a)
			p.whole = p.whole && v == math.Ceil(v)
		}
	}
	p.sci = hi > 0 && (hi/lo > 1000 || hi > 1e8 || !p.whole && lo < 1e-4)
	for _, v := range p.floats {
		if v != 0 && !math.IsInf(v, 0) && v == v {
			p.width = max(p.width, len(p.number(v)))
		}
	}
	for _, w := range p.words {
		p.width = max(p.width, len(w))
	}
}

// number is a float without padding.
func (p *printer) number(v float64) string {
	switch {
	case v != v:
		return "nan"
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'f', 0, 64), "+"))
	case p.verb != 0 && p.single:
		return strconv.FormatFloat(v, p.verb, p.digits, 32)
	case p.verb != 0:
		return strconv.FormatFloat(v, p.verb, p.digits, 64)
	case p.sci:
		return strconv.FormatFloat(v, 'e', p.digits, 64)
	case p.whole:
		return strconv.FormatFloat(v, 'f', 0, 64) + "."
	}
	return strconv.FormatFloat(v, 'f', p.digits, 64)
}

// next is the next element, padded.
func (p *printer) next() string {
	var s string
	if len(p.floats) > 0 {
		s, p.floats = p.number(p.floats[0]), p.floats[1:]
	} else {
		s, p.words = p.words[0], p.words[1:]
	}
	return strings.Repeat(" ", max(0, p.width-len(s))) + s
}

// block is the nested list of the elements of a shape, indented.
func (p *printer) block(shape []int, indent int) string {
	for _, d := range shape {
		if d == 0 {
			return "[]"
		}
	}
	switch len(shape) {
	case 0:
		return p.next()
	case 1:
		return p.row(shape[0], indent)
	}
	var parts []string
	for _, i := range p.edges(shape[0]) {
		if i < 0 {
			parts = append(parts, "...")
		} else {
			parts = append(parts, p.block(shape[1:], indent+1))
		}
	}
	gap := "," + strings.Repeat("\n", len(shape)-1) + strings.Repeat(" ", indent+1)
	return "[" + strings.Join(parts, gap) + "]"
}

// row breaks a list of n elements into lines.
func (p *printer) row(n, indent int) string {
	var parts []string
	for _, i := range p.edges(n) {
		if i < 0 {
			parts = append(parts, " ...")
		} else {
			parts = append(parts, p.next())
		}
	}
	perLine := max(1, (lineWidth-indent)/(p.width+2))
	var lines []string
	for i := 0; i < len(parts); i += perLine {
		lines = append(lines, strings.Join(parts[i:min(i+perLine, len(parts))], ", "))
	}
	return "[" + strings.Join(lines, ",\n"+strings.Repeat(" ", indent+1)) + "]"
}
