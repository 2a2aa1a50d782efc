package checkpoint

import (
	"fmt"
	"slices"
	"strings"
)

// A lack is a tensor of the module that the file does not have.
type lack struct {
	name  string
	shape []int
}

// maxPairs bounds how many names are compared with how many: a file can have
// millions.
const maxPairs = 300

// suggest says what could make the missing tensors of what is extra in a file.
func suggest(missing []lack, extra []part) []string {
	var hints []string
	old, new, n := commonRename(missing, extra)
	if 4*n < min(len(missing), maxPairs) {
		n = 0 // so few are chance: any two models have a bias of one shape
	}
	if n > 0 {
		example := missing[slices.IndexFunc(missing, func(m lack) bool { return has(extra, old, new, m.name) })].name
		hints = append(hints, fmt.Sprintf("the file has %s where the module has %s; did you mean checkpoint.Rename(%q, %q)? It finds %d of the %d missing tensors",
			short(old+example[len(new):]), short(example), old, new, n, len(missing)))
	}
	for _, m := range missing[:min(len(missing), maxPairs)] {
		if len(hints) > 5 {
			break
		}
		if n > 0 && has(extra, old, new, m.name) {
			continue
		}
		if near := nearest(m, extra); near != "" {
			hints = append(hints, fmt.Sprintf("for %s the file may have %s, which has its shape", short(m.name), short(near)))
		}
	}
	return hints
}

// has reports whether extra has the tensor that is name once new has taken the
// place of old.
func has(extra []part, old, new, name string) bool {
	rest, ok := strings.CutPrefix(name, new)
	return ok && slices.ContainsFunc(extra[:min(len(extra), maxPairs)], func(e part) bool { return e.name == old+rest })
}

// commonRename returns the change of a prefix that finds the most missing
// tensors, and how many it finds among those that it looks at.
func commonRename(missing []lack, extra []part) (old, new string, n int) {
	type change struct{ old, new string }
	votes := map[change]int{}
	var best change
	for _, m := range missing[:min(len(missing), maxPairs)] {
		for _, e := range extra[:min(len(extra), maxPairs)] {
			if !slices.Equal(m.shape, e.info.Shape) {
				continue
			}
			k := commonSuffix(e.name, m.name)
			if k == 0 {
				continue
			}
			c := change{e.name[:len(e.name)-k], m.name[:len(m.name)-k]}
			if votes[c]++; votes[c] > votes[best] {
				best = c
			}
		}
	}
	return best.old, best.new, votes[best]
}

// commonSuffix returns the length of the longest common end of a and b that
// begins a component in both.
func commonSuffix(a, b string) int {
	k := 0
	for k < min(len(a), len(b)) && a[len(a)-1-k] == b[len(b)-1-k] {
		k++
	}
	begins := func(s string) bool { return len(s) == k || s[len(s)-1-k] == '.' }
	for k > 0 && !(begins(a) && begins(b)) {
		k--
	}
	return k
}

// nearest returns the name in extra that is written most like m's and has its
// shape, or "" if none is alike.
func nearest(m lack, extra []part) string {
	best, name := max(2, len(m.name)/3)+1, ""
	for _, e := range extra[:min(len(extra), maxPairs)] {
		if max(len(e.name)-len(m.name), len(m.name)-len(e.name)) >= best || !slices.Equal(m.shape, e.info.Shape) {
			continue
		}
		if d := distance(m.name, e.name); d < best {
			best, name = d, e.name
		}
	}
	return name
}

// distance is how many bytes must be put in, taken out or changed.
//
// source: V. Levenshtein, Soviet Physics Doklady 10 (1966)
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, corner+1, row[j]+1)
		}
	}
	return row[len(b)]
}
