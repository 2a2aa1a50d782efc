package tensor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// Each op stands in the table once, and each Go name belongs to one op only
// where several PyTorch names mean the same thing.
func TestEntriesAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, e := range tensor.Entries() {
		if at, ok := seen[e.Name]; ok {
			t.Errorf("%s stands in the table twice: %s and %s", e.Name, at, e.At)
		}
		seen[e.Name] = e.At
		if !strings.Contains(e.Sig, "(") || e.Call == nil || e.Ref == nil || len(e.Samples) == 0 {
			t.Errorf("%s: %s lacks a signature, call, reference or samples", e.At, e.Name)
		}
	}
}

// An int is an Int64, as the labels of a Go programmer are.
func TestOfInt(t *testing.T) {
	x := tensor.Of([]int{3, -1, 2})
	if x.DType() != tensor.Int64 && x.DType() != tensor.Int32 {
		t.Errorf("dtype %v; want int64", x.DType())
	}
	if got := tensor.Slice[int](x); !slices.Equal(got, []int{3, -1, 2}) {
		t.Errorf("got %v", got)
	}
}
