package tensor_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// noOps are the exported functions and methods of *Tensor that are not ops of
// the table, with what they are. Add a name here only if it computes no tensor
// from tensors, or if it is proven elsewhere.
var noOps = map[string]string{
	// What a tensor is.
	"Shape": "geometry", "Dim": "geometry", "Size": "geometry", "Len": "geometry", "Stride": "geometry", "Offset": "geometry",
	"IsContiguous": "geometry", "IsChannelsLast": "geometry", "ChannelsLast": "geometry: channelslast_test.go", "DType": "kind", "Device": "kind", "SameStorage": "storage", "Version": "storage",
	"Bytes": "reading: bytes_test.go", "FromBytes": "creation: bytes_test.go",
	"String": "printing: print_test.go", "Format": "printing: print_test.go",

	// Go data in and out.
	"Of": "from a Go slice: every test", "FromSlice": "from a Go slice: cow_test.go", "Share": "an option of FromSlice", "Strides": "an option of FromSlice",
	"Item": "to Go", "Float": "to Go", "Int": "to Go", "Data": "to Go: cow_test.go", "Free": "memory: free_test.go", "MemoryStats": "memory: memory_test.go", "ResetPeak": "memory: memory_test.go", "ReleaseMemory": "memory: memory_test.go",
	"TraceOps": "a mark: tracer_test.go", "IsTraced": "a mark: tracer_test.go",
	"NewScope": "memory: scope_test.go", "Keep": "memory: scope_test.go",

	// Dtypes, shapes, options.
	"PromoteTypes": "a rule", "ResultType": "a rule", "Dims": "an option", "KeepDim": "an option",
	"Causal": "an option: attention_test.go", "CausalLowerRight": "an option: attention_test.go", "AttentionMask": "an option: attention_test.go",
	"AttentionScale": "an option: attention_test.go", "AttentionDropout": "an option: attention_test.go", "GroupedQuery": "an option: attention_test.go",

	// The record and its gradients: autograd_test.go.
	"RequireGrad": "autograd", "RequiresGrad": "autograd", "IsLeaf": "autograd", "Freeze": "autograd", "Grad": "autograd", "SetGrad": "autograd",
	"ZeroGrad": "autograd", "RetainGrad": "autograd", "Detach": "autograd", "Hook": "autograd", "Backward": "autograd", "NoGrad": "a mark",
	"DetectAnomaly": "a mark", "IsNoGrad": "a mark", "Autocast": "a mark: autocast_test.go", "CastFor": "a rule: autocast_test.go", "Observe": "a mark", "Observed": "a mark", "Observing": "a mark", "RetainGraph": "an option of Backward", "CreateGraph": "an option of Backward",
	"AllowUnused": "an option of Backward", "Seed": "an option of Backward", "GradCheck": "a test of gradients", "GradGradCheck": "a test of gradients",
	"SetNumThreads": "threads", "NumThreads": "threads", "CheckStep": "an option of GradCheck", "CheckTol": "an option of GradCheck",

	// In place: the op is that of the table.

	"Update": "in place, by optimizers: optim/optim_test.go", "SetData": "in place: setdata_test.go",
	"Padding": "an option of convolutions", "Dilation": "an option of convolutions", "Groups": "an option of convolutions", "Divisor": "an option of AvgPool",
	"GradFn": "the record", "Graph": "the record",

	// Making ops, and the table itself.
	"Composed": "the door, by a name: composed ops", "Apply": "the door", "ApplyMulti": "the door", "Misuse": "errors", "Try": "errors", "Entries": "the table", "Bind": "the table",
	"Here": "the table", "UnaryCall": "the table", "RefMap": "the table", "UnarySamples": "the table", "BinarySamples": "the table",
	"BinaryWithin": "the table", "BroadcastBad": "the table",
	"In": "the table", "NewArray": "the table", "OutBool": "the table", "OutFloat": "the table", "OutSum": "the table", "OutInt64": "the table", "OutIndexed": "the table",

	// Random numbers.
	"NewGenerator": "a generator", "ManualSeed": "a generator", "DefaultGenerator": "a generator",
}

// Every exported function and method of *Tensor is proven by an entry of the
// table, or is on the list above; and the list and the entries name only what
// there is.
func TestEveryOpHasAnEntry(t *testing.T) {
	exported := exportedNames(t)
	entry := map[string]string{}
	names := map[string]bool{}
	for _, e := range tensor.Entries() {
		if names[e.Name] {
			t.Errorf("%s: a second entry %s", e.At, e.Name)
		}
		names[e.Name] = true
		for _, n := range e.Go {
			entry[n] = e.At
		}
	}
	for n, at := range exported {
		if entry[n] == "" && noOps[n] == "" {
			t.Errorf("%s: %s is in no Entry.Go and not among noOps in api_test.go", at, n)
		}
	}
	for n, at := range entry {
		if exported[n] == "" {
			t.Errorf("%s: Entry.Go names %s, which package tensor does not export", at, n)
		}
		if noOps[n] != "" {
			t.Errorf("%s: noOps excuses %s, which has an entry", at, n)
		}
	}
	for n := range noOps {
		if exported[n] == "" {
			t.Errorf("noOps names %s, which package tensor does not export", n)
		}
	}
}

// exportedNames are the package's exported functions and methods of *Tensor,
// with the file that has them.
func exportedNames(t *testing.T) map[string]string {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	names := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Name.IsExported() && (fn.Recv == nil || isTensor(fn.Recv.List[0].Type)) {
				names[fn.Name.Name] = file
			}
		}
	}
	return names
}

func isTensor(x ast.Expr) bool {
	if p, ok := x.(*ast.StarExpr); ok {
		x = p.X
	}
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "Tensor"
}
