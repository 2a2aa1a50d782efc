package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// contents is what facula inspect says of a file.
type contents struct {
	File     string            `json:"file"`
	Format   string            `json:"format"`
	Tensors  []entry           `json:"tensors"`
	Elements int64             `json:"elements"`
	Bytes    int64             `json:"bytes"`
	Metadata map[string]string `json:"metadata,omitempty"`
}

// entry is one tensor; Stats only if they were asked for.
type entry struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	DType string `json:"dtype,omitempty"` // empty: facula has none for Kind
	Shape []int  `json:"shape"`
	Bytes int64  `json:"bytes"`
	Stats *stats `json:"stats,omitempty"`
	Error string `json:"error,omitempty"`
}

// stats are of all elements that are finite.
type stats struct {
	Mean number  `json:"mean"`
	Std  number  `json:"std"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
	Zero float64 `json:"zero"` // the part of elements that are 0
	NaN  int     `json:"nan"`
	Inf  int     `json:"inf"`
}

func (a *app) inspect() *cobra.Command {
	var withStats bool
	var match string
	c := &cobra.Command{
		Use:   "inspect FILE [TENSOR]",
		Short: "Shows what is in a file of weights: names, shapes, dtypes, numbers",
		Long: `inspect reads any file of weights that facula knows (safetensors, PyTorch's .pt
and .pth, .npy, .npz, GGUF) or an ONNX model, by what it holds and not by its name;
of the folder of a run the weights.
Nothing in the file is run, and a broken or hostile file is an error, never a crash.

  facula inspect model.safetensors             names, dtypes, shapes
  facula inspect model.pth --stats             and mean, deviation, smallest, largest
  facula inspect model.pth --match layer4      only names with that in them
  facula inspect model.pth fc.weight           one tensor: its numbers and their spread`,
		Args: wantArgs(1, 2, "a file or the folder of a run, and the name of a tensor if you like"),
		RunE: func(_ *cobra.Command, args []string) error {
			if isONNX(args[0]) {
				return a.inspectONNX(args[0], withStats)
			}
			path, err := weightsOf(args[0])
			if err != nil {
				return err
			}
			f, err := checkpoint.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			if len(args) == 2 {
				return a.inspectTensor(f, args[1])
			}
			return a.inspectFile(f, path, match, withStats)
		},
	}
	c.Flags().BoolVar(&withStats, "stats", false, "read all elements and say what they are like")
	c.Flags().StringVar(&match, "match", "", "only tensors with this in their name")
	return c
}

func (a *app) inspectFile(f archive.File, path, match string, withStats bool) error {
	format, err := checkpoint.Format(path)
	if err != nil {
		return err
	}
	c := contents{File: path, Format: format, Tensors: []entry{}, Metadata: f.Metadata()}
	for _, info := range f.Infos() {
		if !strings.Contains(info.Name, match) {
			continue
		}
		e := describe(info)
		if n, err := archive.Elements(info.Shape); err == nil {
			c.Elements += int64(n)
		}
		c.Bytes += info.Bytes
		if withStats {
			if t, err := f.Tensor(info.Name); err != nil {
				e.Error = err.Error()
			} else {
				e.Stats = statsOf(t)
			}
		}
		c.Tensors = append(c.Tensors, e)
	}
	if match != "" && len(c.Tensors) == 0 {
		return fmt.Errorf("%s has no tensor with %q in its name", path, match)
	}
	return a.result(c, func() { a.showFile(c, withStats) })
}

func describe(info archive.Info) entry {
	e := entry{Name: info.Name, Kind: info.Kind, Shape: info.Shape, Bytes: info.Bytes}
	if e.Shape == nil {
		e.Shape = []int{}
	}
	if info.DType != 0 {
		e.DType = info.DType.String()
	}
	return e
}

func (a *app) showFile(c contents, withStats bool) {
	a.table(weightRows(c.Tensors, withStats))
	fmt.Fprintf(a.out, "\n%s: %d tensors, %s elements, %s\n", c.Format, len(c.Tensors), thousands(c.Elements), size(c.Bytes))
	keys := make([]string, 0, len(c.Metadata))
	for k := range c.Metadata {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		v := printable(c.Metadata[k])
		if len(v) > 100 {
			v = v[:100] + "…"
		}
		fmt.Fprintf(a.out, "  %s = %s\n", printable(k), v)
	}
}

// weightRows are the lines of a table of tensors.
func weightRows(list []entry, withStats bool) [][]string {
	head := []string{"name", "kind", "shape", "size"}
	if withStats {
		head = append(head, "mean", "std", "min", "max", "zeros", "")
	}
	rows := [][]string{head}
	for _, e := range list {
		row := []string{printable(e.Name), e.Kind, fmt.Sprint(e.Shape), size(e.Bytes)}
		if s := e.Stats; s != nil {
			row = append(row, short(float64(s.Mean)), short(float64(s.Std)), short(s.Min), short(s.Max), fmt.Sprintf("%.1f %%", 100*s.Zero), strange(s))
		} else if e.Error != "" {
			row = append(row, printable(e.Error))
		}
		rows = append(rows, row)
	}
	return rows
}

// strange says what is not finite.
func strange(s *stats) string {
	if s.NaN+s.Inf == 0 {
		return ""
	}
	return fmt.Sprintf("! %d NaN, %d infinite", s.NaN, s.Inf)
}

// printable is text of a file without what would move a terminal's cursor.
func printable(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return s
	}
	return strconv.Quote(s)
}

// short is a number in a few letters.
func short(v float64) string { return fmt.Sprintf("%.4g", v) }

// thousands groups digits.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// statsOf reads t a part at a time, so that a float64 copy of all is never made.
func statsOf(t *tensor.Tensor) *stats {
	const part = 1 << 20
	flat := t.Reshape(-1)
	s := &stats{Min: math.Inf(1), Max: math.Inf(-1)}
	var n, zeros int
	var mean, m2 float64 // Welford's
	for at := 0; at < flat.Len(); at += part {
		for _, v := range tensor.Slice[float64](flat.Narrow(0, at, min(part, flat.Len()-at))) {
			switch {
			case math.IsNaN(v):
				s.NaN++
				continue
			case math.IsInf(v, 0):
				s.Inf++
				continue
			case v == 0:
				zeros++
			}
			n++
			d := v - mean
			mean += d / float64(n)
			m2 += d * (v - mean)
			s.Min, s.Max = min(s.Min, v), max(s.Max, v)
		}
	}
	if n == 0 {
		s.Min, s.Max = 0, 0
		return s
	}
	s.Mean, s.Std, s.Zero = number(mean), number(math.Sqrt(m2/float64(n))), float64(zeros)/float64(flat.Len())
	return s
}

// inspectTensor shows one tensor's numbers, and a histogram of them.
func (a *app) inspectTensor(f archive.File, name string) error {
	var names []string
	for _, info := range f.Infos() {
		names = append(names, info.Name)
		if info.Name != name {
			continue
		}
		t, err := f.Tensor(name)
		if err != nil {
			return err
		}
		e := describe(info)
		e.Stats = statsOf(t)
		return a.result(e, func() {
			fmt.Fprintf(a.out, "%s: %s %v, %s\n\n%v\n\n", printable(name), e.Kind, e.Shape, size(e.Bytes), t)
			a.histogram(t, e.Stats)
			line := fmt.Sprintf("mean %s, std %s, %.1f %% zeros %s", short(float64(e.Stats.Mean)), short(float64(e.Stats.Std)), 100*e.Stats.Zero, strange(e.Stats))
			fmt.Fprintln(a.out, "\n"+strings.TrimRight(line, " "))
		})
	}
	return fmt.Errorf("%w: %q%s", archive.ErrNotFound, name, near(name, names))
}

// histogram draws how often values come, in 16 steps from the smallest to the largest.
func (a *app) histogram(t *tensor.Tensor, s *stats) {
	const steps = 16
	if !(s.Max > s.Min) {
		return
	}
	counts, most := [steps]int{}, 1
	for _, v := range tensor.Slice[float64](t.Reshape(-1)) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			k := min(steps-1, int((v-s.Min)/(s.Max-s.Min)*steps))
			counts[k]++
			most = max(most, counts[k])
		}
	}
	for k, n := range counts {
		lo := s.Min + (s.Max-s.Min)*float64(k)/steps
		fmt.Fprintf(a.out, "%10s  %s %s\n", short(lo), bar(float64(n)/float64(most), 40), thousands(int64(n)))
	}
}
