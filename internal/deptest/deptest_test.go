package deptest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// root is the module's folder: tests run in the folder of their package.
const root = "../.."

// maxLines is the length at which a file has more than one subject.
const maxLines = 500

func tree(t *testing.T) []file {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !bytes.HasPrefix(mod, []byte("module "+module+"\n")) {
		t.Fatalf("%s/go.mod is not that of %s (%v)", root, module, err)
	}
	files, err := scan(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestImportsRunDownwards(t *testing.T) {
	for _, bad := range edges(tree(t)) {
		t.Error(bad)
	}
}

// TestFileLength holds hand-written files to a length that one can read,
// nested modules included.
func TestFileLength(t *testing.T) {
	for _, f := range tree(t) {
		if !f.test && !f.generated && f.lines > maxLines {
			t.Errorf("%s has %d lines, want at most %d: split it by subject", f.name, f.lines, maxLines)
		}
	}
}

// readers are the packages of data that need modules from elsewhere: those of
// the table of modules. The others must not reach them.
var readers = []string{"data/images", "data/text"}

// TestClosure lists all that a user of the libraries links, on each platform
// with files of its own. With -e a module that is not downloaded is listed too,
// so this needs no network.
func TestClosure(t *testing.T) {
	var packages []string
	for _, f := range tree(t) {
		p := module + "/" + f.pkg
		if f.test || f.nested || f.program || slices.Contains(packages, p) || slices.Contains(readers, f.pkg) {
			continue
		}
		for _, lib := range []string{"tensor/...", "nn/...", "optim/...", "data/..."} {
			if match(lib, f.pkg) {
				packages = append(packages, p)
			}
		}
	}
	if len(packages) == 0 {
		t.Skip("no library packages yet")
	}
	for _, platform := range []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64", "js/wasm"} {
		t.Run(platform, func(t *testing.T) {
			goos, goarch, _ := strings.Cut(platform, "/")
			args := []string{"list", "-e", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}"}
			cmd := exec.Command("go", append(args, packages...)...)
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0", "GOPROXY=off", "GOWORK=off")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
			}
			deps := strings.Fields(string(out))
			if !slices.Contains(deps, packages[0]) {
				t.Fatalf("go list does not know %s: %q", packages[0], deps)
			}
			for _, dep := range outside(deps) {
				t.Errorf("the libraries reach %s; want the standard library, golang.org/x/sys and facula alone "+
					"(to see the way: go mod why %s)", dep, dep)
			}
		})
	}
}

// outside returns the packages among deps that no library may reach.
func outside(deps []string) []string {
	var bad []string
	for _, dep := range deps {
		if !match(module+"/...", dep) && !match("golang.org/x/sys/...", dep) {
			bad = append(bad, dep)
		}
	}
	return bad
}

func TestOutside(t *testing.T) {
	deps := []string{module, module + "/tensor", "golang.org/x/sys/unix", "golang.org/x/system", "golang.org/x/exp/rand",
		"github.com/ebitengine/purego", module + "x/nn"}
	want := []string{"golang.org/x/system", "golang.org/x/exp/rand", "github.com/ebitengine/purego", module + "x/nn"}
	if got := outside(deps); !slices.Equal(got, want) {
		t.Errorf("outside = %q, want %q", got, want)
	}
}

// TestCheck plants edges: refused ones with a part of the reason, allowed ones
// with "".
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		from, path string // path without a dot in its first element is of this module
		want       string
	}{
		// upwards
		{"internal/shape", "tensor", "internal is the bottom"},
		{"internal/shape", "device/cpu", "internal is the bottom"},
		{"device", "internal/half", "only the standard library"},
		{"device", "device/cpu", "only the standard library"},
		{"device/cpu", "tensor", "not tensors"},
		{"device/cpu", "device/cuda", "may import only"},
		{"device/cuda", "device/cpu", "may import only"},
		{"device/cuda/ptx", "tensor", "may import only"},
		{"tensor", "nn", "rests on devices"},
		{"tensor", "optim", "rests on devices"},
		{"tensor", "linalg", "rests on devices"},
		{"tensor", "device/cuda", "rests on devices"},
		{"tensor", "tensor/optest", "rests on devices"},
		{"tensor/optest", "nn", "takes the device as a value"},
		{"tensor/optest", "device/cpu", "takes the device as a value"},
		{"linalg", "nn", "tensor.Apply"},
		{"nn/init", "nn", "layers are not needed"},
		{"nn/init", "optim", "layers are not needed"},
		{"nn", "nn/other", "do not know each other"},
		{"checkpoint", "data", "not the other way round"},
		{"checkpoint", "train", "not the other way round"},
		{"data", "data/datasets", "above it"},
		{"data", "data/transform", "above it"},
		{"optim", "optim/schedule", "take tensors"},
		{"onnx", "train", "does not train"},
		{"train", "onnx", "top library"},
		// sideways
		{"nn", "optim", "do not know each other"},
		{"nn", "data", "do not know each other"},
		{"optim", "nn", "do not know each other"},
		{"optim", "data", "do not know each other"},
		{"optim/schedule", "nn", "do not know each other"},
		{"data", "nn", "may import only"},
		{"data/datasets", "nn", "do not know each other"},
		{"data/transform", "optim", "do not know each other"},
		// programs
		{"train", "examples/mnist", "nobody imports examples"},
		{"tensor", "cmd/facula", "nobody imports examples"},
		{"examples/mnist", "examples/gpt", "nobody imports examples"},
		{"cmd/facula", "cmd/bench", "nobody imports examples"},
		{"cmd/facula", "examples/mnist", "nobody imports examples"},
		{"nn", "python", "nobody imports examples"},
		{".", "tensor", "no facade"},
		// not in the table
		{"nnx", "tensor", "has no layer"},
		{"device/opencl", "device", "has no layer"},
		{"tensor/extra", "tensor", "has no layer"},
		// outside
		{"tensor", "github.com/ebitengine/purego", "only device/cuda/... (the CUDA driver without cgo) may"},
		{"cmd/facula", "github.com/ebitengine/purego", "only device/cuda/... (the CUDA driver without cgo) may"},
		{"nn", "github.com/vbauerster/mpb/v8", "only train/... (the progress bar), cmd/facula/... (progress bars) may"},
		{"device/cpu", "github.com/ebitengine/purego", "only device/cuda/... (the CUDA driver without cgo) may"},
		{"device/cudax", "github.com/ebitengine/purego", "only device/cuda/... (the CUDA driver without cgo) may"},
		{"nn", "gonum.org/v1/gonum/mat", "only linalg (LAPACK) may"},
		{"tensor", "gonum.org/v1/gonum/lapack/gonum", "only linalg (LAPACK) may"},
		{"examples/mnist", "golang.org/x/exp/rand", "alone"},
		{"nn", "golang.org/x/system", "alone"},
		{"device", "golang.org/x/sys/unix", "only the standard library"},
		{"tensor", "C", "no cgo"},
		{"device/cuda", "C", "no cgo"},

		{"tensor", "device", ""},
		{"tensor", "device/cpu", ""},
		{"tensor", "internal/shape", ""},
		{"tensor/optest", "tensor", ""},
		{"device/cpu", "internal/half", ""},
		{"device/cpu/asm", "device/cpu", ""},
		{"device/cuda", "github.com/ebitengine/purego", ""},
		{"train", "github.com/vbauerster/mpb/v8", ""},
		{"device/cuda/driver", "github.com/ebitengine/purego/objc", ""},
		{"linalg", "gonum.org/v1/gonum/lapack/gonum", ""},
		{"device/cpu", "golang.org/x/sys/cpu", ""},
		{"nn", "nn/init", ""},
		{"nn", "linalg", ""},
		{"optim/schedule", "optim", ""},
		{"data/datasets", "data/transform", ""},
		{"train", "checkpoint", ""},
		{"train", "optim/schedule", ""},
		{"checkpoint", "nn", ""},
		{"examples/mnist", "device/cuda", ""},
		{"cmd/facula", "train", ""},
		{"cmd/bench", "cmd/bench/suite", ""},
		{"python", "C", ""},
		{"tensor", "go/parser", ""},
	} {
		path := c.path
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") && path != "C" && first != "go" {
			path = module + "/" + path
		}
		err := check(c.from, path, false)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s → %s is refused: %v", c.from, c.path, err)
		case c.want != "" && err == nil:
			t.Errorf("%s → %s is allowed, want %q", c.from, c.path, c.want)
		case c.want != "" && !strings.Contains(err.Error(), c.want):
			t.Errorf("%s → %s is refused with %q, want %q", c.from, c.path, err, c.want)
		}
	}
}

// TestCheckTests: a _test.go file may look up, but not at programs, and brings
// no dependency of its own.
func TestCheckTests(t *testing.T) {
	if err := check("device/cpu", module+"/tensor/optest", true); err != nil {
		t.Error(err)
	}
	for _, path := range []string{module + "/cmd/facula", "github.com/ebitengine/purego", "gotest.tools/v3/assert"} {
		if check("device/cpu", path, true) == nil {
			t.Errorf("a test may import %s", path)
		}
	}
}

// TestScan runs the whole way from files to complaints on a planted tree.
func TestScan(t *testing.T) {
	src := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	up := "package x\n\nimport _ \"" + module + "/train\"\n"
	files, err := scan(fstest.MapFS{
		"go.mod":                    src("module " + module + "\n"),
		"tensor/bad.go":             src(up),
		"tensor/bad_windows.go":     src("//go:build windows && !race\n\n" + up),
		"tensor/fine_test.go":       src(up),
		"tensor/gen.go":             src("//go:build ignore\n\n" + up),
		"tensor/stub.go":            src("// Code generated by gen. DO NOT EDIT.\n\npackage x\n"),
		"tensor/testdata/t.go":      src("not Go"),
		"tensor/_old/t.go":          src("not Go"),
		"examples/data/go.mod":      src("module d\n"),
		"examples/data/deep/d/d.go": src("package d\n\nimport _ \"example.com/other\"\n"),
		"tensor/long.go":            src("package x\n" + strings.Repeat("\n", maxLines)),
	})
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Join(edges(files), "\n")
	if n := strings.Count(bad, "tensor imports train"); n != 2 || strings.Count(bad, "\n") != 1 {
		t.Errorf("want the two planted edges, have:\n%s", bad)
	}
	var got []string
	for _, f := range files {
		got = append(got, fmt.Sprintf("%s lines=%d nested=%t program=%t generated=%t", f.name, f.lines, f.nested, f.program, f.generated))
	}
	want := []string{
		"examples/data/deep/d/d.go lines=3 nested=true program=false generated=false",
		"tensor/bad.go lines=3 nested=false program=false generated=false",
		"tensor/bad_windows.go lines=5 nested=false program=false generated=false",
		"tensor/fine_test.go lines=3 nested=false program=false generated=false",
		"tensor/gen.go lines=5 nested=false program=true generated=false",
		"tensor/long.go lines=501 nested=false program=false generated=false",
		"tensor/stub.go lines=3 nested=false program=false generated=true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("scan gives\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
