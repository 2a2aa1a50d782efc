package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// drawDigits prints 28×28 images side by side, two rows of pixels a line of
// text, with a caption below each.
func drawDigits(w io.Writer, images [][]float32, captions []string) {
	const size = 28
	for y := 0; y < size; y += 2 {
		var line strings.Builder
		for i, img := range images {
			if i > 0 {
				line.WriteString("  ")
			}
			for x := range size {
				line.WriteString(halfBlock(img[y*size+x] > 0.5, img[(y+1)*size+x] > 0.5))
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
	for i, c := range captions {
		if i > 0 {
			fmt.Fprint(w, "  ")
		}
		fmt.Fprintf(w, "%-*s", size, c)
	}
	fmt.Fprintln(w)
}

// halfBlock is the character with the upper, the lower, both or no half filled.
func halfBlock(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}

// printConfusion prints counts[label][prediction] as a table.
func printConfusion(w io.Writer, counts [10][10]int) {
	fmt.Fprintln(w, "confusion matrix (rows: label, columns: prediction)")
	t := tabwriter.NewWriter(w, 5, 0, 1, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\t")
	for c := range 10 {
		fmt.Fprintf(t, "%d\t", c)
	}
	fmt.Fprintln(t, "recall\t")
	for label, row := range counts {
		fmt.Fprintf(t, "%d\t", label)
		total := 0
		for _, n := range row {
			total += n
			if n == 0 {
				fmt.Fprint(t, "·\t")
			} else {
				fmt.Fprintf(t, "%d\t", n)
			}
		}
		fmt.Fprintf(t, "%.1f%%\t\n", 100*float64(row[label])/float64(max(total, 1)))
	}
	t.Flush()
}
